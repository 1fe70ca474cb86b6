//! Amounts of memory and storage.

use super::error::{ValueError, quoted};
use super::percent::Percent;
use super::quantity::{Notation, Quantity, meant, split};
use super::scalar::{Numbers, Scalar, scalar};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::Sum;
use std::ops::{Add, Mul};
use std::str::FromStr;

/// An amount of memory or storage such as `512Mi` or `10G`: always with a unit, more than zero.
///
/// It is a whole number of kibibytes or kilobytes, so that its canonical form has a unit too.
/// Equality and order are those of the amount. Sums and products are exact; no real one comes near
/// the point where they would saturate.
#[derive(Debug, Clone, Copy)]
pub struct Bytes {
    count: u64,
    notation: Notation,
}

const UNITS: &str = "k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei";
const BYTE: i128 = 1_000_000_000;

impl Bytes {
    /// The number of bytes.
    #[must_use]
    pub fn count(self) -> u64 {
        self.count
    }

    /// As a quantity.
    #[must_use]
    pub fn quantity(self) -> Quantity {
        Quantity::from_nanos(i128::from(self.count) * BYTE, self.notation)
    }

    /// This and a part of it more, rounded up to a whole `Ki` or `k`.
    #[must_use]
    pub fn more_by(self, part: Percent) -> Self {
        let least = if self.notation == Notation::BinarySi { 1024 } else { 1000 };
        let whole = u128::from(self.count) * u128::from(100 + u16::from(part.get()));
        let count = whole.div_ceil(100 * least).saturating_mul(least);
        Self { count: u64::try_from(count).unwrap_or(u64::MAX), notation: self.notation }
    }
}

impl FromStr for Bytes {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let not = |reason: &str| ValueError::not(text, Self::WHAT, reason);
        let Some((number, unit)) = split(text) else {
            let error = not("it is a number with a unit such as `512Mi`");
            let spaceless: String = text.split_whitespace().collect();
            let changed = spaceless != text && spaceless.parse::<Self>().is_ok();
            return Err(error.write(changed.then_some(spaceless)));
        };
        let factor = match unit {
            "k" | "M" | "G" | "T" | "P" | "E" => 1000,
            "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei" => 1024,
            _ => return Err(unit_error(text, number, unit)),
        };
        let quantity = text.parse::<Quantity>()?;
        let nanos = quantity.nanos();
        if nanos <= 0 {
            return Err(not("it is more than zero"));
        }
        if nanos % (factor * BYTE) != 0 {
            let least = if factor == 1024 { "Ki" } else { "k" };
            let error = not(&format!("it is not a whole number of `{least}`"));
            return Err(error.write(rounded_up(nanos, factor, quantity.notation())));
        }
        match i64::try_from(nanos / BYTE) {
            Ok(count) => Ok(Self { count: count.unsigned_abs(), notation: quantity.notation() }),
            Err(_) => Err(not("it is less than `8Ei`")),
        }
    }
}

/// The next amount that has three or four digits in a unit, which is not far away.
fn rounded_up(nanos: i128, factor: i128, notation: Notation) -> Option<Quantity> {
    let mut unit = factor * BYTE;
    while nanos / unit >= factor {
        unit *= factor;
    }
    let digits = if nanos / unit < 10 && unit > factor * BYTE { unit / factor } else { unit };
    let nanos = (nanos / digits).checked_add(1)?.checked_mul(digits)?;
    Some(Quantity::from_nanos(nanos, notation))
}

fn unit_error(text: &str, number: &str, unit: &str) -> ValueError {
    if unit.is_empty() {
        let error = ValueError::new(format!("missing unit in {}; allowed: {UNITS}", quoted(text)));
        let digits = number.trim_start_matches(['+', '-']);
        return match digits.parse::<i64>() {
            Ok(0) => error,
            // So many can only have been meant as bytes.
            Ok(bytes) if bytes >= 1 << 16 => {
                let binary = Quantity::from_int(bytes, Notation::BinarySi);
                let decimal = Quantity::from_int(bytes, Notation::DecimalSi);
                let exact = [binary.to_string(), decimal.to_string()];
                error.write(
                    exact.into_iter().find(|text| !text.ends_with(|c: char| c.is_ascii_digit())),
                )
            }
            Ok(_) => error.write(Some(format_args!("{digits}Mi"))),
            Err(_) => error.write(Some(format_args!("{digits}Gi"))),
        };
    }
    let error = ValueError::new(format!(
        "{} has the unit {}; allowed: {UNITS}",
        quoted(text),
        quoted(unit)
    ));
    match meant(unit) {
        Some(unit) if unit.len() == 1 => error.help(format!(
            "write `{number}{}i`, or `{number}{unit}` for powers of 1000",
            unit.to_ascii_uppercase()
        )),
        unit => error.write(unit.map(|unit| format!("{number}{unit}"))),
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quantity().fmt(f)
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
    }
}

impl Eq for Bytes {}

impl PartialOrd for Bytes {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bytes {
    fn cmp(&self, other: &Self) -> Ordering {
        self.count.cmp(&other.count)
    }
}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.count.hash(state);
    }
}

impl Add for Bytes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let notation = if self.count == 0 { other.notation } else { self.notation };
        Self { count: self.count.saturating_add(other.count), notation }
    }
}

impl Mul<u32> for Bytes {
    type Output = Self;

    fn mul(self, factor: u32) -> Self {
        Self { count: self.count.saturating_mul(factor.into()), notation: self.notation }
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self { count: 0, notation: Notation::BinarySi }, Add::add)
    }
}

impl Scalar for Bytes {
    const WHAT: &'static str = "an amount of bytes";
    const DESCRIPTION: &'static str = "An amount of memory or storage, with its unit: Ki, Mi, Gi, \
        Ti (powers of 1024) or k, M, G, T (powers of 1000).";
    const PATTERN: &'static str = r"^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[kMGTPE])$";
    const EXCEPT: Option<&'static str> = Some(r"^\+?[0.]+([KMGTPE]i|[kMGTPE])$");
    const EXAMPLES: &'static [&'static str] = &["512Mi", "1.5Gi", "10G"];
    const NUMBERS: Numbers = Numbers::LackUnit;
}

scalar!(Bytes);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, refusal};

    #[test]
    fn a_number_with_a_unit() {
        good::<Bytes>(&[
            ("512Mi", "512Mi"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("0.5Gi", "512Mi"),
            ("10G", "10G"),
            ("1000M", "1G"),
            ("+1Ki", "1Ki"),
            ("9E", "9E"),
        ]);
    }

    #[test]
    fn the_unit_must_be_there_and_be_one_for_bytes() {
        let allowed = "; allowed: k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei";
        for (text, help) in [
            ("512", "\nhelp: write `512Mi`"),
            ("1.5", "\nhelp: write `1.5Gi`"),
            ("1073741824", "\nhelp: write `1Gi`"),
            ("5000000", "\nhelp: write `5M`"),
            ("1234567", ""),
            ("0", ""),
        ] {
            bad::<Bytes>(&[(text, &format!("missing unit in `{text}`{allowed}{help}"))]);
        }
        for (text, unit, help) in [
            ("512mb", "mb", "write `512Mi`, or `512M` for powers of 1000"),
            ("512MB", "MB", "write `512Mi`, or `512M` for powers of 1000"),
            ("2GB", "GB", "write `2Gi`, or `2G` for powers of 1000"),
            ("2g", "g", "write `2Gi`, or `2G` for powers of 1000"),
            ("64K", "K", "write `64Ki`, or `64k` for powers of 1000"),
            ("1gi", "gi", "write `1Gi`"),
            ("1GiB", "GiB", "write `1Gi`"),
            ("64ki", "ki", "write `64Ki`"),
            ("512m", "m", "write `512Mi`, or `512M` for powers of 1000"),
        ] {
            let message = format!("`{text}` has the unit `{unit}`{allowed}\nhelp: {help}");
            bad::<Bytes>(&[(text, &message)]);
        }
        bad::<Bytes>(&[
            ("5n", &format!("`5n` has the unit `n`{allowed}")),
            ("1e9", &format!("`1e9` has the unit `e9`{allowed}")),
        ]);
        assert_eq!(
            refusal::<Bytes>(512.into()),
            format!("missing unit in `512`{allowed}\nhelp: write `512Mi`")
        );
    }

    #[test]
    fn the_amount_is_whole_and_more_than_zero() {
        bad::<Bytes>(&[
            (
                "much",
                "`much` is not an amount of bytes: it is a number with a unit such as `512Mi`",
            ),
            (
                "1 Gi",
                "`1 Gi` is not an amount of bytes: it is a number with a unit such as `512Mi`\
                 \nhelp: write `1Gi`",
            ),
            ("-1Gi", "`-1Gi` is not an amount of bytes: it is more than zero"),
            ("0Gi", "`0Gi` is not an amount of bytes: it is more than zero"),
            (
                "0.1Gi",
                "`0.1Gi` is not an amount of bytes: it is not a whole number of `Ki`\
                 \nhelp: write `103Mi`",
            ),
            (
                "1.3Gi",
                "`1.3Gi` is not an amount of bytes: it is not a whole number of `Ki`\
                 \nhelp: write `1332Mi`",
            ),
            (
                "0.5Ki",
                "`0.5Ki` is not an amount of bytes: it is not a whole number of `Ki`\
                 \nhelp: write `1Ki`",
            ),
            ("10E", "`10E` is not an amount of bytes: it is less than `8Ei`"),
        ]);
    }

    #[test]
    fn sums_and_products_are_exact() {
        let bytes = |text: &str| text.parse::<Bytes>().unwrap();
        let sum: Bytes = [bytes("512Mi") * 3, bytes("1Gi")].into_iter().sum();
        assert_eq!(sum.to_string(), "2560Mi");
        assert_eq!(bytes("1024Mi"), bytes("1Gi"));
        assert!(bytes("1G") < bytes("1Gi"));
    }

    #[test]
    fn a_part_more_is_rounded_up_to_what_has_a_unit() {
        let more = |text: &str, part: &str| {
            let part: Percent = part.parse().unwrap();
            text.parse::<Bytes>().unwrap().more_by(part).to_string()
        };
        assert_eq!(more("256Mi", "50%"), "384Mi");
        assert_eq!(more("1Gi", "50%"), "1536Mi");
        assert_eq!(more("1M", "50%"), "1500k");
        assert_eq!(more("3Ki", "10%"), "4Ki");
        assert_eq!(more("10G", "0%"), "10G");
    }

    #[test]
    fn the_editor_wants_a_unit() {
        let schema = serde_json::to_value(schemars::schema_for!(Bytes)).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(!validator.is_valid(&512.into()));
        assert!(!validator.is_valid(&"512".into()));
    }

    #[test]
    fn what_the_pattern_matches_round_trips() {
        crate::value::testing::round_trips::<Bytes>();
    }
}
