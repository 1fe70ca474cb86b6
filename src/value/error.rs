//! What a text that is not a value gets: what is wrong with it, and the way out.

use std::fmt;

/// Why a text is not the value that was wanted.
///
/// Its [`Display`](fmt::Display) form is the message, then, if there is help, a second line that
/// begins with `help: `. A deserializer that carries the error as text can split there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    /// What was found and what is allowed; one line, lower case, no full stop.
    pub message: String,
    /// What to do; one line.
    pub help: Option<String>,
}

impl ValueError {
    /// An error without help.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// `text` is not `what`, and why.
    pub(super) fn not(text: &str, what: &str, reason: impl fmt::Display) -> Self {
        Self::new(format!("{} is not {what}: {reason}", quoted(text)))
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Proposes another text, if there is one.
    pub(super) fn write(self, proposal: Option<impl fmt::Display>) -> Self {
        match proposal {
            Some(proposal) => self.help(format!("write `{proposal}`")),
            None => self,
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "\nhelp: {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ValueError {}

/// The most characters of a text that a message repeats.
const SHOWN: usize = 80;

/// A text in backticks, on one line whatever it holds, and not longer than a message should be.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown = String::from("`");
    for (index, character) in text.chars().enumerate() {
        if index == SHOWN {
            shown.push('…');
            break;
        }
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}

/// A character in backticks.
pub(super) fn quoted_char(character: char) -> String {
    quoted(character.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_a_second_line() {
        let error = ValueError::new("`a` is wrong");
        assert_eq!(error.to_string(), "`a` is wrong");
        assert_eq!(error.write(Some("b")).to_string(), "`a` is wrong\nhelp: write `b`");
    }

    #[test]
    fn what_was_found_stays_on_one_short_line() {
        assert_eq!(quoted("a\nb\t"), "`a\\nb\\t`");
        assert_eq!(quoted("größe"), "`größe`");
        assert_eq!(quoted(&"x".repeat(80)), format!("`{}`", "x".repeat(80)));
        assert_eq!(quoted(&"x".repeat(81)), format!("`{}…`", "x".repeat(80)));
    }
}
