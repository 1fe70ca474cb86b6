//! Percentages.

use super::error::{ValueError, quoted};
use super::scalar::{Numbers, Scalar, scalar};
use std::fmt;
use std::str::FromStr;

/// A whole percentage from `0%` to `100%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// The number before the sign, from 0 to 100.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let Some(number) = text.strip_suffix('%') else {
            let error = ValueError::new(format!("missing `%` in {}", quoted(text)));
            let proposal = format!("{}%", text.trim());
            let sound = proposal.parse::<Self>().is_ok();
            return Err(error.write(sound.then_some(proposal)));
        };
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        match number.parse() {
            Ok(percent @ 0..=100) if digits => Ok(Self(percent)),
            _ => {
                let error =
                    ValueError::not(text, Self::WHAT, "it is a whole number from `0%` to `100%`");
                let trimmed = format!("{}%", number.trim());
                let sound = trimmed != text && trimmed.parse::<Self>().is_ok();
                Err(error.write(sound.then_some(trimmed)))
            }
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl Scalar for Percent {
    const WHAT: &'static str = "a percentage";
    const DESCRIPTION: &'static str = "A whole percentage from 0% to 100%.";
    const PATTERN: &'static str = "^0*([0-9]|[1-9][0-9]|100)%$";
    const EXAMPLES: &'static [&'static str] = &["70%", "25%"];
    const NUMBERS: Numbers = Numbers::LackUnit;
}

scalar!(Percent);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, refusal};

    #[test]
    fn whole_numbers_to_a_hundred() {
        good::<Percent>(&[("0%", "0%"), ("70%", "70%"), ("100%", "100%"), ("007%", "7%")]);
        assert_eq!("70%".parse(), Ok(Percent(70)));
        assert_eq!(Percent(70).get(), 70);
    }

    #[test]
    fn everything_else_is_refused() {
        let range = "it is a whole number from `0%` to `100%`";
        bad::<Percent>(&[
            ("70", "missing `%` in `70`\nhelp: write `70%`"),
            ("half", "missing `%` in `half`"),
            ("170", "missing `%` in `170`"),
            ("", "missing `%` in ``"),
            ("101%", &format!("`101%` is not a percentage: {range}")),
            ("-1%", &format!("`-1%` is not a percentage: {range}")),
            ("+1%", &format!("`+1%` is not a percentage: {range}")),
            ("0.5%", &format!("`0.5%` is not a percentage: {range}")),
            ("%", &format!("`%` is not a percentage: {range}")),
            ("70 %", &format!("`70 %` is not a percentage: {range}\nhelp: write `70%`")),
        ]);
        assert_eq!(refusal::<Percent>(70.into()), "missing `%` in `70`\nhelp: write `70%`");
        assert_eq!(refusal::<Percent>(0.7.into()), "missing `%` in `0.7`");
    }

    #[test]
    fn what_the_pattern_matches_round_trips() {
        crate::value::testing::round_trips::<Percent>();
    }
}
