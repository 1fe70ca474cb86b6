//! Paths in a store of secrets.

use super::error::ValueError;
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// A path in a store of secrets, below which others lie: `kv/prod`, or `/prod` in a store whose
/// paths begin with `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StorePath(String);

fn check(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.ends_with('/') {
        return Err("it ends with `/`".to_owned());
    }
    for part in text.strip_prefix('/').unwrap_or(text).split('/') {
        if part.is_empty() {
            return Err("it holds `//`".to_owned());
        }
        if matches!(part, "." | "..") {
            return Err(format!("`{part}` is no part of a path"));
        }
        super::name::characters(part, "a letter, a digit, `-`, `_` or `.`", |c| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
        })?;
    }
    super::name::length(text, StorePath::MAX)
}

impl StorePath {
    /// The most characters.
    pub const MAX: usize = 512;
}

impl FromStr for StorePath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check(text).map_err(|reason| {
            let proposal = text.trim().trim_end_matches('/').to_owned();
            let sound = check(&proposal).is_ok();
            ValueError::not(text, Self::WHAT, reason).write(sound.then_some(proposal))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for StorePath {
    const WHAT: &'static str = "a path in a store of secrets";
    const DESCRIPTION: &'static str =
        "A path in a store of secrets: letters, digits, `-`, `_` and `.`, its parts apart by `/`.";
    const PATTERN: &'static str = r"^/?([-_A-Za-z0-9]|\.[-_A-Za-z0-9]|\.\.[-_.A-Za-z0-9])[-_.A-Za-z0-9]*(/([-_A-Za-z0-9]|\.[-_A-Za-z0-9]|\.\.[-_.A-Za-z0-9])[-_.A-Za-z0-9]*)*$";
    const EXAMPLES: &'static [&'static str] = &["kv/prod", "/prod/shop"];
    const MAX_LENGTH: Option<usize> = Some(Self::MAX);
}

text!(StorePath);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips};

    #[test]
    fn store_paths() {
        good::<StorePath>(&[
            ("kv/prod", "kv/prod"),
            ("/prod", "/prod"),
            ("a.b_c-d", "a.b_c-d"),
            (".hidden", ".hidden"),
            ("...", "..."),
        ]);
        let what = "is not a path in a store of secrets";
        bad::<StorePath>(&[
            ("", &format!("`` {what}: it is empty")),
            ("/", &format!("`/` {what}: it ends with `/`")),
            ("kv/", &format!("`kv/` {what}: it ends with `/`\nhelp: write `kv`")),
            ("kv//prod", &format!("`kv//prod` {what}: it holds `//`")),
            ("kv/../prod", &format!("`kv/../prod` {what}: `..` is no part of a path")),
            (
                "kv/prod#x",
                &format!("`kv/prod#x` {what}: `#` is not a letter, a digit, `-`, `_` or `.`"),
            ),
        ]);
        assert!("a".repeat(513).parse::<StorePath>().is_err());
        round_trips::<StorePath>();
    }
}
