//! Characters that a terminal would obey rather than show.

use std::borrow::Cow;

/// What is shown for a character: always one character, so that columns stay right.
pub(super) fn visible_char(character: char) -> char {
    match character {
        '\t' => '\t',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{e000}'
        | '\u{e001}'
        | '\u{feff}' => '\u{fffd}',
        other => other,
    }
}

/// A line of text that a terminal shows as it is; a tab stays a tab.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| visible_char(character) == character) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(visible_char).collect())
}

/// As [`visible`], but line ends stay line ends, and tabs are spaces.
pub(super) fn visible_lines(text: &str) -> String {
    let line = |line: &str| visible(line.strip_suffix('\r').unwrap_or(line)).replace('\t', "    ");
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// As [`visible`], with white space of any kind as single spaces.
pub(super) fn visible_words(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(visible("a\u{1b}[31mb\u{7f}\u{9b}\u{202e}\r"), "a␛[31mb␡\u{fffd}\u{fffd}␍");
        assert_eq!(visible_lines("a\r\n\tb\u{7}\n"), "a\n    b␇\n");
        assert_eq!(visible_words(" a \n\t b "), "a b");
        for number in 0..=0x2_ffffu32 {
            let Some(character) = char::from_u32(number) else { continue };
            let shown = visible_char(character);
            assert!(shown == '\t' || !shown.is_control(), "{number:x}");
        }
    }
}
