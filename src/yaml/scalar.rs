//! The styles of scalars: bare, in double quotes, or as a `|` block.
//!
//! A text is bare only if no reader could see anything else in it, by rules that are wider than
//! those of any one reader: a text in quotes too many harms nobody.

use serde_json::Number;
use std::fmt::Write;

/// Appends a number as YAML 1.1 and 1.2 both write it: a float has a dot and its exponent a sign.
pub(super) fn append_number(text: &mut String, number: &Number) {
    let start = text.len();
    write!(text, "{number}").expect("a string takes everything");
    if let Some(e) = text[start..].find('e') {
        if !text[start + e + 1..].starts_with(['+', '-']) {
            text.insert(start + e + 1, '+');
        }
        if !text[start..start + e].contains('.') {
            text.insert_str(start + e, ".0");
        }
    }
}

/// Appends a key.
pub(super) fn append_key(text: &mut String, key: &str) {
    if is_bare(key) && !key.contains(':') {
        text.push_str(key);
    } else {
        append_quoted(text, key);
    }
}

/// Appends a text that is a value, without a newline behind it. The lines of a block are indented
/// by `indent`, two more than the key or dash before it.
pub(super) fn append_text(text: &mut String, value: &str, indent: &str) {
    if is_bare(value) {
        text.push_str(value);
    } else if is_block(value) {
        append_block(text, value, indent);
    } else {
        append_quoted(text, value);
    }
}

/// Appends a `|` block.
fn append_block(text: &mut String, value: &str, indent: &str) {
    let content = value.trim_end_matches('\n');
    text.push('|');
    if content.trim_start_matches('\n').starts_with(' ') {
        text.push('2');
    }
    match value.len() - content.len() {
        0 => text.push('-'),
        1 => {}
        _ => text.push('+'),
    }
    for line in content.split('\n') {
        text.push('\n');
        if !line.is_empty() {
            text.push_str(indent);
            text.push_str(line);
        }
    }
    // The newline that ends every scalar comes from the caller.
    text.extend(value[content.len()..].chars().skip(1));
}

/// Appends a text in double quotes, whatever it holds.
fn append_quoted(text: &mut String, value: &str) {
    text.push('"');
    let mut copied = 0;
    for (at, c) in value.char_indices() {
        if c != '"' && c != '\\' && is_printable(c) {
            continue;
        }
        text.push_str(&value[copied..at]);
        copied = at + c.len_utf8();
        let escaped = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\t' => "\\t",
            '\r' => "\\r",
            '\0' => "\\0",
            '\u{1b}' => "\\e",
            _ => {
                let code = u32::from(c);
                if code <= 0xff {
                    write!(text, "\\x{code:02X}")
                } else {
                    write!(text, "\\u{code:04X}")
                }
                .expect("a string takes everything");
                continue;
            }
        };
        text.push_str(escaped);
    }
    text.push_str(&value[copied..]);
    text.push('"');
}

/// Whether a character may stand as it is. Those that turn the direction of text may not: what a
/// reviewer sees must be what a program reads. All that may not lie below U+10000.
fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        _ => {
            !c.is_control()
                && !matches!(
                    c,
                    '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
                )
        }
    }
}

/// Whether a text is written as a `|` block: several lines, of which the first that is not empty
/// does not start with a tab (`PyYAML` and go-yaml refuse that), and nothing that needs an escape.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.trim_start_matches('\n').starts_with('\t')
        && text.contains(|c| !matches!(c, ' ' | '\t' | '\n'))
        && text.chars().all(|c| matches!(c, '\n' | '\t') || is_printable(c))
}

/// Whether a text needs no quotes.
fn is_bare(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let start_is_fine = match first {
        'a'..='z' | 'A'..='Z' => !is_word(text),
        '/' | '$' | '(' => true,
        // A line that starts with `...` ends a document.
        '0'..='9' | '.' | '_' => !text.starts_with("...") && !is_number_like(text),
        '-' => {
            let rest = text.trim_start_matches('-');
            // A line that starts with `---` is where kubectl and Helm cut a stream.
            !text.starts_with("---")
                && rest.starts_with(|c: char| c.is_ascii_alphabetic())
                && !is_word(rest)
        }
        _ => !first.is_ascii(),
    };
    start_is_fine && is_bare_inside(text)
}

/// Whether nothing in a text is syntax or invisible at an end.
fn is_bare_inside(text: &str) -> bool {
    let mut before = ' ';
    for c in text.chars() {
        let is_syntax = match c {
            ' ' => before == ':',
            '#' => before == ' ',
            '\u{21}'..='\u{7e}' => false,
            _ => !is_printable(c) || c.is_whitespace(),
        };
        if is_syntax {
            return false;
        }
        before = c;
    }
    !matches!(before, ' ' | ':')
}

/// Whether a text is a boolean, a null or a number in letters, in any version of YAML.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["y", "n", "no", "on", "yes", "off", "nan", "inf", "true", "null", "false"];
    text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text might be a number, a time or a date: it has a prefix of a base, or nothing but
/// what can be in one (with the letters of `.inf` and `.nan`).
fn is_number_like(text: &str) -> bool {
    matches!(text.as_bytes(), [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B' | b'_', ..])
        || text.bytes().all(|byte| {
            matches!(byte, b'0'..=b'9' | b'_' | b'+' | b'-' | b'.' | b':' | b',' | b' ')
                || matches!(
                    byte.to_ascii_lowercase(),
                    b'e' | b't' | b'z' | b'i' | b'n' | b'f' | b'a'
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_everyday_are_bare() {
        for text in [
            "app",
            "250m",
            "512Mi",
            "30s",
            "15d",
            "10.0.0.0/8",
            "--listen=:8080",
            "-c",
            "/bin/sh",
            "./run",
            ".env",
            "ghcr.io/a/b:1.2@sha256:00",
            "http://x:80/?a=b#c",
            "$(POD_IP)",
            "it's",
            "a, b",
            "ü",
            "pg_isready -U \"$$USER\"",
            "checksum/config",
            "node.js",
            "yes-man",
            "no, thanks",
            "None",
        ] {
            assert!(is_bare(text), "{text}");
        }
    }

    #[test]
    fn whatever_may_be_something_else_is_not_bare() {
        for text in [
            "",
            " ",
            "a ",
            " a",
            "a:",
            "a: b",
            "a #b",
            "~",
            "1",
            "1.2.3",
            "8080:80",
            "0x1f",
            "0o17",
            "0_1",
            "1_000",
            "1e3",
            "22:22",
            "2024-01-01",
            "2001-12-14 21:59:43.10 -5",
            ".inf",
            "-.inf",
            "+.inf",
            ".5",
            "-1",
            "+1",
            "_",
            "_1",
            "=",
            "<<",
            "-",
            "--",
            "---",
            "... a$$",
            "---a",
            "- a",
            "-inf",
            "yes",
            "Off",
            "n",
            "NULL",
            "a\tb",
            "a\u{a0}",
            "\u{feff}a",
            "a\u{202e}b",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "|",
            ">",
            "{a",
            "[a",
            "'a",
            "\"a",
            "#a",
            ",a",
            "?a",
            "]",
            "}",
            ":a",
        ] {
            assert!(!is_bare(text), "{text}");
        }
    }
}
