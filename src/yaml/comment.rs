//! Comments: text that can never become data.

/// Appends a comment line for each line of `comment`, indented by `indent`.
///
/// Whatever any reader takes for a line break starts a new comment line; other characters that
/// YAML does not allow become spaces.
pub(super) fn append(text: &mut String, indent: &str, comment: &str) {
    let comment = comment.replace("\r\n", "\n");
    for line in comment.split(is_line_break) {
        text.push_str(indent);
        text.push_str("# ");
        text.extend(line.chars().map(|c| if is_allowed(c) { c } else { ' ' }));
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_allowed(c: char) -> bool {
    c == '\t' || (!c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}'))
}
