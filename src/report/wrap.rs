//! Breaking long lines between words.

/// The longest quotation that is kept on one line.
const QUOTATION: usize = 40;

/// Breaks each line at spaces so that it fits `width`; a word that is longer stands alone, whole,
/// and a short quotation in backticks is one word.
pub(super) fn wrap(text: &str, width: usize) -> String {
    text.split('\n').map(|line| wrap_line(line, width)).collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let mut wrapped = String::new();
    let mut column = 0;
    for word in words(line) {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            wrapped.push('\n');
            column = 0;
        }
        if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(&word);
        column += length;
    }
    wrapped
}

fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut rest = line.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = rest.next() {
        let mut whole = word.to_owned();
        if is_open(word) {
            let mut ahead = rest.clone();
            while let Some(next) = ahead.next() {
                whole.push(' ');
                whole.push_str(next);
                if !is_open(&whole) || whole.len() > QUOTATION {
                    break;
                }
                ahead.peek();
            }
            if is_open(&whole) || whole.len() > QUOTATION {
                word.clone_into(&mut whole);
            } else {
                rest = ahead;
            }
        }
        words.push(whole);
    }
    words
}

fn is_open(text: &str) -> bool {
    text.matches('`').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_only() {
        assert_eq!(wrap("one two three four", 9), "one two\nthree\nfour");
        assert_eq!(wrap("a-very-long-name b", 5), "a-very-long-name\nb");
        assert_eq!(wrap("a\nb", 5), "a\nb");
        assert_eq!(wrap("use the `selects: all` form", 16), "use the\n`selects: all`\nform");
        assert_eq!(wrap("an `open one two three", 9), "an `open\none two\nthree");
    }
}
