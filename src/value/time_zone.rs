//! Time zones of schedules.

use super::error::{ValueError, quoted};
use super::scalar::{Scalar, text};
use crate::finding::nearest;
use std::str::FromStr;

/// The names of the IANA's database, without those that it keeps for old programs only.
const KNOWN: &str = include_str!("time_zones.txt");

/// A time zone by its name in the IANA's database, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeZone(String);

impl FromStr for TimeZone {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let known = || KNOWN.split_ascii_whitespace();
        if known().any(|name| name == text) {
            return Ok(Self(text.to_owned()));
        }
        let near =
            known().find(|name| name.eq_ignore_ascii_case(text)).or_else(|| nearest(text, known()));
        let error = ValueError::new(format!("there is no time zone {}", quoted(text)));
        Err(match near {
            Some(near) => error.write(Some(near)),
            None => error.help("name one of the IANA's database, such as `Europe/Berlin` or `UTC`"),
        })
    }
}

impl Scalar for TimeZone {
    const WHAT: &'static str = "a time zone";
    const DESCRIPTION: &'static str =
        "The name of a time zone in the IANA's database: a region and a city, or `UTC`.";
    const PATTERN: &'static str = "^(UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+){1,2})$";
    const EXAMPLES: &'static [&'static str] = &["Europe/Berlin", "UTC"];
}

text!(TimeZone);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good};

    #[test]
    fn every_known_zone_is_one() {
        let known: Vec<(&str, &str)> =
            KNOWN.split_ascii_whitespace().map(|name| (name, name)).collect();
        assert!(known.len() > 400, "{}", known.len());
        good::<TimeZone>(&known);
    }

    #[test]
    fn others_are_refused_with_the_nearest() {
        let none = "name one of the IANA's database, such as `Europe/Berlin` or `UTC`";
        bad::<TimeZone>(&[
            ("Europe/Berln", "there is no time zone `Europe/Berln`\nhelp: write `Europe/Berlin`"),
            ("europe/berlin", "there is no time zone `europe/berlin`\nhelp: write `Europe/Berlin`"),
            ("Local", &format!("there is no time zone `Local`\nhelp: {none}")),
            ("+02:00", &format!("there is no time zone `+02:00`\nhelp: {none}")),
        ]);
    }
}
