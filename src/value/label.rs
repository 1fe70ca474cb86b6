//! Keys and values of labels; annotations have the same keys.

use super::error::{ValueError, quoted};
use super::host;
use super::name::{characters, ends_well, length};
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// The key of a label or an annotation: `[prefix/]name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelKey(String);

impl LabelKey {
    /// The host before the `/`, if there is one.
    #[must_use]
    pub fn prefix(&self) -> Option<&str> {
        self.0.split_once('/').map(|(prefix, _)| prefix)
    }

    /// What follows the prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(self.as_str(), |(_, name)| name)
    }
}

/// The most characters of a value, and of a key's name.
const MAX: usize = 63;

fn check_part(text: &str) -> Result<(), String> {
    characters(text, "a letter, a digit, `-`, `_` or `.`", |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
    })?;
    let alphanumeric = |c: char| c.is_ascii_alphanumeric();
    ends_well(text.chars().next(), "starts", "a letter or digit", alphanumeric)?;
    ends_well(text.chars().next_back(), "ends", "a letter or digit", alphanumeric)?;
    length(text, MAX)
}

fn check_key(text: &str) -> Result<(), String> {
    let Some((prefix, name)) = text.split_once('/') else { return check_part(text) };
    host::check(prefix).map_err(|reason| format!("of its prefix {}, {reason}", quoted(prefix)))?;
    check_part(name).map_err(|reason| format!("of its name {}, {reason}", quoted(name)))
}

/// The same with `-` where something else stands, and nothing of that at the ends.
fn proposal(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_./".contains(c) { c } else { '-' };
    let text: String = text.trim().chars().map(plain).collect();
    text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

impl FromStr for LabelKey {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_key(text).map_err(|reason| {
            let proposal = text.is_ascii().then(|| proposal(text));
            let slashes = |text: &str| text.matches('/').count();
            let same = |other: &String| slashes(other) == slashes(text);
            let proposal = proposal.filter(|text| same(text) && check_key(text).is_ok());
            ValueError::not(text, Self::WHAT, reason).write(proposal)
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for LabelKey {
    const WHAT: &'static str = "a label's key";
    const DESCRIPTION: &'static str = "The key of a label or an annotation: at most 63 letters, \
        digits, `-`, `_` and `.`; a host and `/` may stand before it.";
    const PATTERN: &'static str = r"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
    const EXAMPLES: &'static [&'static str] = &["team", "example.com/tier"];
}

text!(LabelKey);

/// The value of a label. It may be empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelValue(String);

impl FromStr for LabelValue {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if !text.is_empty() {
            check_part(text).map_err(|reason| {
                let proposal = text.is_ascii().then(|| proposal(text).replace('/', "-"));
                let proposal = proposal.filter(|text| check_part(text).is_ok());
                ValueError::not(text, Self::WHAT, reason).write(proposal)
            })?;
        }
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for LabelValue {
    const WHAT: &'static str = "a label's value";
    const DESCRIPTION: &'static str =
        "The value of a label: at most 63 letters, digits, `-`, `_` and `.`; it may be empty.";
    const PATTERN: &'static str = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";
    const EXAMPLES: &'static [&'static str] = &["payments", "1.4"];
}

text!(LabelValue);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, refusal, round_trips, wants_quotes};

    #[test]
    fn keys() {
        let longest = "k".repeat(63);
        good::<LabelKey>(&[
            ("team", "team"),
            ("app.kubernetes.io/name", "app.kubernetes.io/name"),
            ("A_b.c-d", "A_b.c-d"),
            (&longest, &longest),
        ]);
        let key: LabelKey = "app.kubernetes.io/name".parse().unwrap();
        assert_eq!((key.prefix(), key.name()), (Some("app.kubernetes.io"), "name"));
        let key: LabelKey = "team".parse().unwrap();
        assert_eq!((key.prefix(), key.name()), (None, "team"));
        let long = "k".repeat(64);
        bad::<LabelKey>(&[
            ("", "`` is not a label's key: it is empty"),
            (
                "my team",
                "`my team` is not a label's key: a space is not a letter, a digit, `-`, `_` or `.`\
                 \nhelp: write `my-team`",
            ),
            (
                "_a",
                "`_a` is not a label's key: it starts with `_`, not with a letter or digit\
                 \nhelp: write `a`",
            ),
            (
                "Example.com/tier",
                "`Example.com/tier` is not a label's key: of its prefix `Example.com`, `E` is not a \
                 lower-case letter, a digit, `-` or `.`",
            ),
            ("example.com/", "`example.com/` is not a label's key: of its name ``, it is empty"),
            (
                "a/b/c",
                "`a/b/c` is not a label's key: of its name `b/c`, `/` is not a letter, a digit, \
                 `-`, `_` or `.`",
            ),
            (
                &long,
                &format!(
                    "`{long}` is not a label's key: it has 64 characters, at most 63 are allowed"
                ),
            ),
        ]);
        round_trips::<LabelKey>();
    }

    #[test]
    fn values() {
        good::<LabelValue>(&[("", ""), ("payments", "payments"), ("1.4_b-C", "1.4_b-C")]);
        bad::<LabelValue>(&[
            (
                "a@b.c",
                "`a@b.c` is not a label's value: `@` is not a letter, a digit, `-`, `_` or `.`\
                 \nhelp: write `a-b.c`",
            ),
            (
                "-1",
                "`-1` is not a label's value: it starts with `-`, not with a letter or digit\
                 \nhelp: write `1`",
            ),
            (
                "größe",
                "`größe` is not a label's value: `ö` is not a letter, a digit, `-`, `_` or `.`",
            ),
        ]);
        wants_quotes::<LabelValue>(7);
        assert_eq!(
            refusal::<LabelValue>(true.into()),
            "`true` is a truth value, a label's value is wanted\nhelp: write `\"true\"`"
        );
        round_trips::<LabelValue>();
    }
}
