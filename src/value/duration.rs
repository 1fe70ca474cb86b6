//! Lengths of time.

use super::error::{ValueError, quoted};
use super::scalar::{Numbers, Scalar, scalar};
use std::fmt;
use std::str::FromStr;

/// A length of time such as `500ms`, `30s`, `5m`, `2h`, `1d` or `1h30m`: whole numbers with units,
/// the largest unit first, each at most once.
///
/// Its canonical form is a single number of the largest unit that divides it: `300s` is `5m`,
/// `1h30m` is `90m`, `24h` is `1d`. So equal lengths are written alike, and every reader of
/// durations that knows the unit reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    millis: u64,
}

/// Units with their milliseconds, the largest first.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// The units of Go's durations, which end at hours.
const GO_UNITS: usize = 1;

/// The longest: Kubernetes counts seconds in 32 bits.
const MOST_SECONDS: u64 = i32::MAX as u64;

impl Duration {
    /// That many seconds, or the most that can be said.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        let seconds = if seconds > MOST_SECONDS { MOST_SECONDS } else { seconds };
        Self { millis: seconds * 1000 }
    }

    /// Whole milliseconds.
    #[must_use]
    pub fn as_millis(self) -> u64 {
        self.millis
    }

    /// Whole seconds, rounded up, as Kubernetes' fields count them.
    #[must_use]
    pub fn as_secs_ceil(self) -> i32 {
        i32::try_from(self.millis.div_ceil(1000)).unwrap_or(i32::MAX)
    }

    /// As Go's `time.ParseDuration` reads it, which knows no days: `48h` for `2d`.
    #[must_use]
    pub fn to_go(self) -> String {
        self.in_largest(&UNITS[GO_UNITS..])
    }

    /// As the Gateway API writes it, which takes few digits for each unit: `1m30s`.
    #[must_use]
    pub fn to_gateway(self) -> String {
        let mut rest = self.millis;
        let mut text = String::new();
        for (unit, millis) in &UNITS[GO_UNITS..] {
            let number = rest / millis;
            rest %= millis;
            if number > 0 {
                text.push_str(&format!("{number}{unit}"));
            }
        }
        if text.is_empty() { "0s".to_owned() } else { text }
    }

    fn in_largest(self, units: &[(&str, u64)]) -> String {
        match units
            .iter()
            .find(|(_, millis)| self.millis != 0 && self.millis.is_multiple_of(*millis))
        {
            Some((unit, millis)) => format!("{}{unit}", self.millis / millis),
            None => "0s".to_owned(),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_largest(&UNITS))
    }
}

impl FromStr for Duration {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let not = |reason: &str| ValueError::not(text, Self::WHAT, reason);
        let mut rest = text;
        let mut units = UNITS.iter();
        let mut millis = 0_u64;
        while !rest.is_empty() {
            let (number, unit, after) = part(rest);
            if number.is_empty() {
                return Err(not("it is a number with a unit such as `30s`").write(meant(text)));
            }
            if unit.is_empty() {
                let error = ValueError::new(format!(
                    "missing unit in {}; allowed: ms, s, m, h, d",
                    quoted(text)
                ));
                let (next, _) = units.next().unwrap_or(&("ms", 1));
                let next = if rest == text { "s" } else { next };
                // The number as it stands: who wrote it knows it.
                let proposal = format!("{text}{next}");
                let is_right = meant(&proposal).is_some();
                return Err(error.write(is_right.then_some(proposal)));
            }
            if !UNITS.iter().any(|(known, _)| *known == unit) {
                let error = ValueError::new(format!(
                    "{} has the unit {}; allowed: ms, s, m, h, d",
                    quoted(text),
                    quoted(unit)
                ));
                return Err(error.write(meant(text)));
            }
            let Some((_, factor)) = units.find(|(known, _)| *known == unit) else {
                return Err(not("larger units come first, each once").write(meant(text)));
            };
            if number.contains('.') {
                return Err(not("its numbers are whole").write(meant(text)));
            }
            millis = number
                .parse::<u64>()
                .ok()
                .and_then(|number| number.checked_mul(*factor)?.checked_add(millis))
                .filter(|millis| *millis <= MOST_SECONDS * 1000)
                .ok_or_else(|| not("it is at most `24855d`"))?;
            rest = after;
        }
        if text.is_empty() {
            return Err(not("it is a number with a unit such as `30s`"));
        }
        Ok(Self { millis })
    }
}

/// The first number and unit of a text, and what follows.
fn part(text: &str) -> (&str, &str, &str) {
    let numeric = |c: char| c.is_ascii_digit() || c == '.';
    let end = text.find(|c| !numeric(c)).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let end = rest.find(numeric).unwrap_or(rest.len());
    let (unit, after) = rest.split_at(end);
    (number, unit, after)
}

/// What was probably meant: fractions, words, spaces and any order of units are understood.
fn meant(text: &str) -> Option<Duration> {
    let mut total = 0_u64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, unit, after) = part(rest);
        let factor = match unit.trim().trim_end_matches(',').to_ascii_lowercase().as_str() {
            "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => 1,
            "s" | "sec" | "secs" | "second" | "seconds" => 1000,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            "w" | "week" | "weeks" => 7 * 86_400_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let places = u32::try_from(fraction.len()).ok()?;
        let scaled = fraction.parse::<u64>().ok()?.checked_mul(factor)?;
        let power = 10_u64.checked_pow(places)?;
        let exact = scaled % power == 0;
        let part = whole.parse::<u64>().ok()?.checked_mul(factor)?.checked_add(scaled / power)?;
        total = exact.then(|| total.checked_add(part))??;
        rest = after.trim_start();
    }
    (total <= MOST_SECONDS * 1000).then_some(Duration { millis: total })
}

impl Scalar for Duration {
    const WHAT: &'static str = "a duration";
    const DESCRIPTION: &'static str =
        "A length of time: whole numbers with the units d, h, m, s, ms, the largest first.";
    const PATTERN: &'static str = r"^([0-9]+d([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?|[0-9]+h([0-9]+m)?([0-9]+s)?([0-9]+ms)?|[0-9]+m([0-9]+s)?([0-9]+ms)?|[0-9]+s([0-9]+ms)?|[0-9]+ms)$";
    const EXAMPLES: &'static [&'static str] = &["30s", "500ms", "5m", "2h", "1d", "1h30m"];
    const NUMBERS: Numbers = Numbers::LackUnit;
}

scalar!(Duration);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, refusal};
    use proptest::prelude::*;

    #[test]
    fn the_canonical_form_is_one_number_of_the_largest_unit() {
        good::<Duration>(&[
            ("500ms", "500ms"),
            ("1500ms", "1500ms"),
            ("1000ms", "1s"),
            ("30s", "30s"),
            ("300s", "5m"),
            ("90s", "90s"),
            ("1h30m", "90m"),
            ("24h", "1d"),
            ("36h", "36h"),
            ("1d2h3m4s5ms", "93784005ms"),
            ("0s", "0s"),
            ("0d", "0s"),
            ("024h", "1d"),
            ("24855d", "24855d"),
        ]);
    }

    #[test]
    fn everything_else_is_refused() {
        bad::<Duration>(&[
            ("", "`` is not a duration: it is a number with a unit such as `30s`"),
            ("soon", "`soon` is not a duration: it is a number with a unit such as `30s`"),
            ("-5s", "`-5s` is not a duration: it is a number with a unit such as `30s`"),
            (
                " 5s",
                "` 5s` is not a duration: it is a number with a unit such as `30s`\nhelp: write `5s`",
            ),
            ("30", "missing unit in `30`; allowed: ms, s, m, h, d\nhelp: write `30s`"),
            ("300", "missing unit in `300`; allowed: ms, s, m, h, d\nhelp: write `300s`"),
            ("1h30", "missing unit in `1h30`; allowed: ms, s, m, h, d\nhelp: write `1h30m`"),
            ("5min", "`5min` has the unit `min`; allowed: ms, s, m, h, d\nhelp: write `5m`"),
            ("5M", "`5M` has the unit `M`; allowed: ms, s, m, h, d\nhelp: write `5m`"),
            ("5 m", "`5 m` has the unit ` m`; allowed: ms, s, m, h, d\nhelp: write `5m`"),
            (
                "2 hours",
                "`2 hours` has the unit ` hours`; allowed: ms, s, m, h, d\nhelp: write `2h`",
            ),
            ("2w", "`2w` has the unit `w`; allowed: ms, s, m, h, d\nhelp: write `14d`"),
            ("100us", "`100us` has the unit `us`; allowed: ms, s, m, h, d"),
            ("1y", "`1y` has the unit `y`; allowed: ms, s, m, h, d"),
            ("1.5h", "`1.5h` is not a duration: its numbers are whole\nhelp: write `90m`"),
            ("0.0005s", "`0.0005s` is not a duration: its numbers are whole"),
            (
                "30m1h",
                "`30m1h` is not a duration: larger units come first, each once\nhelp: write `90m`",
            ),
            (
                "1h1h",
                "`1h1h` is not a duration: larger units come first, each once\nhelp: write `2h`",
            ),
            ("24856d", "`24856d` is not a duration: it is at most `24855d`"),
            (
                "99999999999999999999d",
                "`99999999999999999999d` is not a duration: it is at most `24855d`",
            ),
        ]);
        assert_eq!(
            refusal::<Duration>(30.into()),
            "missing unit in `30`; allowed: ms, s, m, h, d\nhelp: write `30s`"
        );
        assert_eq!(
            refusal::<Duration>(0.into()),
            "missing unit in `0`; allowed: ms, s, m, h, d\nhelp: write `0s`"
        );
    }

    #[test]
    fn conversions() {
        let duration = |text: &str| text.parse::<Duration>().unwrap();
        assert_eq!(duration("500ms").as_secs_ceil(), 1);
        assert_eq!(duration("2m").as_secs_ceil(), 120);
        assert_eq!(duration("24855d").as_secs_ceil(), 2_147_472_000);
        assert_eq!(duration("2m").as_millis(), 120_000);
        assert_eq!(duration("2d").to_go(), "48h");
        assert_eq!(duration("0s").to_go(), "0s");
        assert_eq!(Duration::from_secs(90), duration("90s"));
        assert_eq!(Duration::from_secs(u64::MAX).as_secs_ceil(), i32::MAX);
        assert!(duration("59s") < duration("1m"));
    }

    #[test]
    fn what_the_pattern_matches_round_trips() {
        crate::value::testing::round_trips::<Duration>();
    }

    #[test]
    fn the_gateway_api_takes_each_unit_by_itself() {
        for (text, written) in
            [("0s", "0s"), ("90s", "1m30s"), ("100500ms", "1m40s500ms"), ("2d", "48h")]
        {
            assert_eq!(text.parse::<Duration>().unwrap().to_gateway(), written);
        }
    }

    proptest! {
        #[test]
        fn all_lengths_round_trip(millis in 0..=MOST_SECONDS * 1000) {
            let duration = Duration { millis };
            prop_assert_eq!(duration.to_string().parse(), Ok(duration));
            prop_assert_eq!(duration.to_go().parse(), Ok(duration));
            prop_assert_eq!(duration.to_gateway().parse(), Ok(duration));
        }
    }
}
