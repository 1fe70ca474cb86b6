//! Amounts of cpu.

use super::error::{ValueError, quoted};
use super::quantity::{Notation, Quantity, split};
use super::scalar::{Numbers, Scalar, scalar};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul};
use std::str::FromStr;

/// An amount of cpu: cores (`2`, `0.5`) or thousandths of a core (`500m`).
///
/// Sums and products are exact; no real one comes near the point where they would saturate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpu {
    millis: u64,
}

/// Nanos in a thousandth of a core.
const MILLI: i128 = 1_000_000;
/// One less than a million cores, in thousandths.
const MOST: u64 = 999_999_999;

impl Cpu {
    /// Thousandths of a core.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.millis
    }

    /// As a quantity.
    #[must_use]
    pub fn quantity(self) -> Quantity {
        Quantity::from_nanos(i128::from(self.millis) * MILLI, Notation::DecimalSi)
    }
}

impl FromStr for Cpu {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let not = |reason: &str| ValueError::not(text, Self::WHAT, reason);
        let Some((number, unit)) = split(text) else {
            let error =
                not("it is a number of cores such as `2`, or of thousandths such as `500m`");
            let spaceless: String = text.split_whitespace().collect();
            let changed = spaceless != text && spaceless.parse::<Self>().is_ok();
            return Err(error.write(changed.then_some(spaceless)));
        };
        if !matches!(unit, "" | "m" | "k") {
            let error = ValueError::new(format!(
                "{} has the unit {}, but cpu is counted in cores (no unit) or in thousandths (`m`)",
                quoted(text),
                quoted(unit)
            ));
            return Err(match unit {
                "M" => error.write(Some(format_args!("{number}m"))),
                _ => error,
            });
        }
        let nanos = text.parse::<Quantity>()?.nanos();
        if nanos <= 0 {
            return Err(not("it is more than zero"));
        }
        if nanos % MILLI != 0 {
            let rounded = Quantity::from_nanos((nanos / MILLI + 1) * MILLI, Notation::DecimalSi);
            return Err(not("it is finer than `1m`").write(Some(rounded)));
        }
        match u64::try_from(nanos / MILLI) {
            Ok(millis) if millis <= MOST => Ok(Self { millis }),
            _ => Err(not("it is less than a million cores")),
        }
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quantity().fmt(f)
    }
}

impl Add for Cpu {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { millis: self.millis.saturating_add(other.millis) }
    }
}

impl Mul<u32> for Cpu {
    type Output = Self;

    fn mul(self, factor: u32) -> Self {
        Self { millis: self.millis.saturating_mul(factor.into()) }
    }
}

impl Sum for Cpu {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self { millis: 0 }, Add::add)
    }
}

impl Scalar for Cpu {
    const WHAT: &'static str = "an amount of cpu";
    const DESCRIPTION: &'static str =
        "An amount of cpu: a number of cores (2, 0.5) or of thousandths of a core (500m).";
    const PATTERN: &'static str = r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)[mk]?$";
    const EXCEPT: Option<&'static str> = Some(r"^\+?[0.]+[mk]?$");
    const POSITIVE: bool = true;
    const EXAMPLES: &'static [&'static str] = &["500m", "2", "0.5"];
    const NUMBERS: Numbers = Numbers::Are;
}

scalar!(Cpu);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, refusal};

    #[test]
    fn cores_and_thousandths() {
        good::<Cpu>(&[
            ("500m", "500m"),
            ("0.5", "500m"),
            (".5", "500m"),
            ("2", "2"),
            ("2000m", "2"),
            ("1500m", "1500m"),
            ("1.5", "1500m"),
            ("1000", "1k"),
            ("1.500", "1500m"),
        ]);
        assert_eq!(serde_json::from_str::<Cpu>("2").unwrap().millis(), 2000);
        assert_eq!(serde_json::from_str::<Cpu>("0.25").unwrap().millis(), 250);
    }

    #[test]
    fn everything_else_is_refused() {
        bad::<Cpu>(&[
            (
                "two",
                "`two` is not an amount of cpu: it is a number of cores such as `2`, or of \
                 thousandths such as `500m`",
            ),
            (
                "500 m",
                "`500 m` is not an amount of cpu: it is a number of cores such as `2`, or of \
                 thousandths such as `500m`\nhelp: write `500m`",
            ),
            (
                "2Gi",
                "`2Gi` has the unit `Gi`, but cpu is counted in cores (no unit) or in thousandths \
                 (`m`)",
            ),
            (
                "500M",
                "`500M` has the unit `M`, but cpu is counted in cores (no unit) or in thousandths \
                 (`m`)\nhelp: write `500m`",
            ),
            (
                "1e3",
                "`1e3` has the unit `e3`, but cpu is counted in cores (no unit) or in thousandths \
                 (`m`)",
            ),
            ("-1", "`-1` is not an amount of cpu: it is more than zero"),
            ("0", "`0` is not an amount of cpu: it is more than zero"),
            ("0.0005", "`0.0005` is not an amount of cpu: it is finer than `1m`\nhelp: write `1m`"),
            (
                "1.0001",
                "`1.0001` is not an amount of cpu: it is finer than `1m`\nhelp: write `1001m`",
            ),
            ("1000k", "`1000k` is not an amount of cpu: it is less than a million cores"),
        ]);
        assert_eq!(
            refusal::<Cpu>((-1).into()),
            "`-1` is not an amount of cpu: it is more than zero"
        );
        assert_eq!(
            refusal::<Cpu>(serde_json::json!([])),
            "invalid type: sequence, expected an amount of cpu such as `500m`"
        );
    }

    #[test]
    fn sums_and_products_are_exact() {
        let cpu = |text: &str| text.parse::<Cpu>().unwrap();
        assert_eq!([cpu("250m") * 3, cpu("1")].into_iter().sum::<Cpu>(), cpu("1750m"));
        assert!(cpu("0.5") < cpu("501m"));
        assert_eq!([].into_iter().sum::<Cpu>().to_string(), "0");
    }

    #[test]
    fn the_editor_allows_what_is_accepted() {
        assert_eq!(
            serde_json::to_value(schemars::schema_for!(Cpu)).unwrap()["type"],
            serde_json::json!(["string", "number"])
        );
    }

    #[test]
    fn what_the_pattern_matches_round_trips() {
        crate::value::testing::round_trips::<Cpu>();
    }
}
