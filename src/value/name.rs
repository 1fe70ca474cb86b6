//! Names: of services and all that is named like them, of namespaces, of ports.

use super::error::{ValueError, quoted_char};
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// The name of a service, or of anything that is named like one (a volume, a shape, a system).
///
/// It becomes a Service's name, so it is a DNS-1035 label, which starts with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The most characters: a `CronJob` of this name appends 11 to make its jobs' names, and a
    /// `StatefulSet` as many for the label `controller-revision-hash`; both end at 63.
    pub const MAX: usize = 52;
}

impl FromStr for Name {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let label = Label { max: Self::MAX, letter_first: true };
        label.check(text).map_err(|reason| {
            ValueError::not(text, Self::WHAT, reason).write(label.proposal(text))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for Name {
    const WHAT: &'static str = "a name";
    const DESCRIPTION: &'static str =
        "A name: at most 52 lower-case letters, digits and `-`, a letter first.";
    const PATTERN: &'static str = "^[a-z]([-a-z0-9]{0,50}[a-z0-9])?$";
    const EXAMPLES: &'static [&'static str] = &["api-gateway", "postgres"];
}

text!(Name);

/// The name of a Kubernetes namespace: a DNS-1123 label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namespace(String);

impl Namespace {
    /// The most characters.
    pub const MAX: usize = 63;
}

impl FromStr for Namespace {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let label = Label { max: Self::MAX, letter_first: false };
        label.check(text).map_err(|reason| {
            ValueError::not(text, Self::WHAT, reason).write(label.proposal(text))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for Namespace {
    const WHAT: &'static str = "a namespace";
    const DESCRIPTION: &'static str =
        "The name of a namespace: at most 63 lower-case letters, digits and `-`.";
    const PATTERN: &'static str = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";
    const EXAMPLES: &'static [&'static str] = &["monitoring", "iot-edge"];
}

text!(Namespace);

/// The name of a port, as Kubernetes allows it on a container: an IANA service name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortName(String);

impl PortName {
    /// The most characters.
    pub const MAX: usize = 15;

    fn check(text: &str) -> Result<(), String> {
        Label { max: Self::MAX, letter_first: false }.check(text)?;
        if text.contains("--") {
            return Err("it has two `-` in a row".to_owned());
        }
        if !text.contains(|c: char| c.is_ascii_lowercase()) {
            return Err("it has no letter".to_owned());
        }
        Ok(())
    }
}

impl FromStr for PortName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::check(text).map_err(|reason| {
            let proposal = slug(text).filter(|slug| Self::check(slug).is_ok());
            ValueError::not(text, Self::WHAT, reason).write(proposal)
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for PortName {
    const WHAT: &'static str = "a port name";
    const DESCRIPTION: &'static str = "The name of a port: at most 15 lower-case letters, digits \
        and single `-`, at least one letter.";
    const PATTERN: &'static str = "^[0-9]*(-?[0-9])*-?[a-z](-?[a-z0-9])*$";
    const EXAMPLES: &'static [&'static str] = &["http", "metrics", "grpc-admin"];
    const MAX_LENGTH: Option<usize> = Some(Self::MAX);
}

text!(PortName);

/// A DNS label with a limit.
#[derive(Clone, Copy)]
struct Label {
    max: usize,
    letter_first: bool,
}

impl Label {
    fn check(self, text: &str) -> Result<(), String> {
        characters(text, "a lower-case letter, a digit or `-`", |c| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
        })?;
        let start = if self.letter_first {
            ends_well(text.chars().next(), "starts", "a letter", |c| c.is_ascii_lowercase())
        } else {
            ends_well(text.chars().next(), "starts", "a letter or digit", |c| c != '-')
        };
        start?;
        ends_well(text.chars().next_back(), "ends", "a letter or digit", |c| c != '-')?;
        length(text, self.max)
    }

    fn proposal(self, text: &str) -> Option<String> {
        slug(text).filter(|slug| self.check(slug).is_ok())
    }
}

/// That a text is not empty and holds only allowed characters.
pub(super) fn characters(
    text: &str,
    allowed: &str,
    is_allowed: impl Fn(char) -> bool,
) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    match text.chars().find(|c| !is_allowed(*c)) {
        Some(' ') => Err(format!("a space is not {allowed}")),
        Some(other) => Err(format!("{} is not {allowed}", quoted_char(other))),
        None => Ok(()),
    }
}

/// That the first or last character is allowed there.
pub(super) fn ends_well(
    end: Option<char>,
    verb: &str,
    allowed: &str,
    is_allowed: impl Fn(char) -> bool,
) -> Result<(), String> {
    match end {
        Some(other) if !is_allowed(other) => {
            Err(format!("it {verb} with {}, not with {allowed}", quoted_char(other)))
        }
        _ => Ok(()),
    }
}

/// That a text is not too long.
pub(super) fn length(text: &str, most: usize) -> Result<(), String> {
    match text.chars().count() {
        count if count > most => {
            Err(format!("it has {count} characters, at most {most} are allowed"))
        }
        _ => Ok(()),
    }
}

/// A label that resembles a text: lower case, words joined by `-`. None if letters would be lost.
pub(super) fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    let mut before = None;
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            let new_word = character.is_ascii_uppercase()
                && before.is_some_and(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
            if (new_word || before.is_some_and(|c| !c.is_ascii_alphanumeric())) && !slug.is_empty()
            {
                slug.push('-');
            }
            slug.push(character.to_ascii_lowercase());
        } else if character.is_alphanumeric() {
            return None;
        }
        before = Some(character);
    }
    (!slug.is_empty() && slug != text).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, refusal, round_trips, wants_quotes};

    #[test]
    fn names() {
        let longest = "a".repeat(52);
        good::<Name>(&[
            ("a", "a"),
            ("api-gateway", "api-gateway"),
            ("a--b2", "a--b2"),
            (&longest, &longest),
        ]);
        let long = "a".repeat(53);
        bad::<Name>(&[
            ("", "`` is not a name: it is empty"),
            (
                "Api_Gateway",
                "`Api_Gateway` is not a name: `A` is not a lower-case letter, a digit or `-`\
                 \nhelp: write `api-gateway`",
            ),
            (
                "apiGateway",
                "`apiGateway` is not a name: `G` is not a lower-case letter, a digit or `-`\
                 \nhelp: write `api-gateway`",
            ),
            (
                "api.v2",
                "`api.v2` is not a name: `.` is not a lower-case letter, a digit or `-`\
                 \nhelp: write `api-v2`",
            ),
            (
                "api ",
                "`api ` is not a name: a space is not a lower-case letter, a digit or `-`\
                 \nhelp: write `api`",
            ),
            ("größe", "`größe` is not a name: `ö` is not a lower-case letter, a digit or `-`"),
            (
                "a\nb",
                "`a\\nb` is not a name: `\\n` is not a lower-case letter, a digit or `-`\
                 \nhelp: write `a-b`",
            ),
            ("3scale", "`3scale` is not a name: it starts with `3`, not with a letter"),
            ("-a", "`-a` is not a name: it starts with `-`, not with a letter\nhelp: write `a`"),
            (
                "a-",
                "`a-` is not a name: it ends with `-`, not with a letter or digit\nhelp: write `a`",
            ),
            (
                &long,
                &format!("`{long}` is not a name: it has 53 characters, at most 52 are allowed"),
            ),
        ]);
        round_trips::<Name>();
    }

    #[test]
    fn quotes_are_proposed_where_they_would_help() {
        assert_eq!(refusal::<Name>(8080.into()), "`8080` is a number, a name is wanted");
        assert_eq!(
            refusal::<Name>(true.into()),
            "`true` is a truth value, a name is wanted\nhelp: write `\"true\"`"
        );
        assert_eq!(
            refusal::<Name>(serde_json::Value::Null),
            "invalid type: null, expected a name such as `api-gateway`"
        );
    }

    #[test]
    fn namespaces() {
        let longest = "1".repeat(63);
        good::<Namespace>(&[("3scale", "3scale"), ("a-b", "a-b"), (&longest, &longest)]);
        let long = "a".repeat(64);
        bad::<Namespace>(&[
            (
                "Iot_Edge",
                "`Iot_Edge` is not a namespace: `I` is not a lower-case letter, a digit or `-`\
                 \nhelp: write `iot-edge`",
            ),
            (
                "-a",
                "`-a` is not a namespace: it starts with `-`, not with a letter or digit\
                 \nhelp: write `a`",
            ),
            (
                &long,
                &format!(
                    "`{long}` is not a namespace: it has 64 characters, at most 63 are allowed"
                ),
            ),
        ]);
        wants_quotes::<Namespace>(42);
        round_trips::<Namespace>();
    }

    #[test]
    fn port_names() {
        good::<PortName>(&[
            ("http", "http"),
            ("a", "a"),
            ("1a", "1a"),
            ("0-0-a-0", "0-0-a-0"),
            ("abcdefghijklmno", "abcdefghijklmno"),
        ]);
        bad::<PortName>(&[
            ("8080", "`8080` is not a port name: it has no letter"),
            ("a--b", "`a--b` is not a port name: it has two `-` in a row\nhelp: write `a-b`"),
            (
                "a-",
                "`a-` is not a port name: it ends with `-`, not with a letter or digit\nhelp: write `a`",
            ),
            (
                "HTTP",
                "`HTTP` is not a port name: `H` is not a lower-case letter, a digit or `-`\
                 \nhelp: write `http`",
            ),
            (
                "abcdefghijklmnop",
                "`abcdefghijklmnop` is not a port name: it has 16 characters, at most 15 are allowed",
            ),
        ]);
        round_trips::<PortName>();
    }

    #[test]
    fn a_map_is_looked_up_by_text() {
        let map = std::collections::BTreeMap::from([("web".parse::<Name>().unwrap(), 1)]);
        assert_eq!(map.get("web"), Some(&1));
        let json = serde_json::to_value(&map).unwrap();
        assert_eq!(
            serde_json::from_value::<std::collections::BTreeMap<Name, i32>>(json).unwrap(),
            map
        );
    }
}
