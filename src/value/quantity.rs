//! Kubernetes' quantities: its grammar, its canonical form, exact arithmetic.
//!
//! The grammar is the documented one of `resource.Quantity`, and the canonical form is that of its
//! `CanonicalizeBytes`. Three things differ on purpose, each where Kubernetes would change what
//! was written without a word, or reads what nobody meant:
//! - a number without any digit (`.`, `Ki`, `-`) is refused, where Kubernetes reads zero;
//! - a binary quantity above 2^63 - 1 is refused, where Kubernetes cuts it down to that;
//! - a text that is not canonical is never kept (Kubernetes' parser keeps `1.500k` and `+1`).

use super::error::{ValueError, quoted};
use super::scalar::{Numbers, Scalar, scalar};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// An amount such as `500m`, `2`, `1.5Gi` or `1e3`.
///
/// Equality and order are those of the amount: `1024Mi` equals `1Gi`, `1000m` equals `1`. How it
/// is written (binary, decimal, exponent) is kept beside it for the canonical form.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    nano: i128,
    notation: Notation,
}

/// How the canonical form of a quantity writes its scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// `n u m k M G T P E`: powers of 1000.
    DecimalSi,
    /// `Ki Mi Gi Ti Pi Ei`: powers of 1024.
    BinarySi,
    /// `e3`, `e6`: powers of 1000 as an exponent.
    DecimalExponent,
}

/// Nanos in one.
const ONE: i128 = 1_000_000_000;
/// The largest binary quantity that Kubernetes keeps.
const MOST_BINARY: i128 = i64::MAX as i128 * ONE;
/// The units of powers of 1000, from 10^-9 to 10^18.
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
/// The units of powers of 1024, from 2^0 to 2^60.
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

impl Quantity {
    /// A number of nanos: billionths of one.
    #[must_use]
    pub fn from_nanos(nano: i128, notation: Notation) -> Self {
        Self { nano, notation }
    }

    /// A whole number.
    #[must_use]
    pub fn from_int(value: i64, notation: Notation) -> Self {
        Self { nano: i128::from(value) * ONE, notation }
    }

    /// The amount in nanos: billionths of one.
    #[must_use]
    pub fn nanos(self) -> i128 {
        self.nano
    }

    /// How the canonical form writes the scale.
    #[must_use]
    pub fn notation(self) -> Notation {
        self.notation
    }

    /// The sum, in the notation of `self` (of `other`, if `self` is zero, as Kubernetes does);
    /// `None` beyond about 10^29.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let notation = if self.nano == 0 { other.notation } else { self.notation };
        Some(Self { nano: self.nano.checked_add(other.nano)?, notation })
    }

    /// The product; `None` beyond about 10^29.
    #[must_use]
    pub fn checked_mul(self, factor: i64) -> Option<Self> {
        Some(Self { nano: self.nano.checked_mul(factor.into())?, notation: self.notation })
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nano.cmp(&other.nano)
    }
}

impl Hash for Quantity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nano.hash(state);
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nano == 0 {
            return f.write_str("0");
        }
        let small = self.nano.abs() < 1024 * ONE;
        if self.notation == Notation::BinarySi && !small && self.nano % ONE == 0 {
            let (number, unit) = reduce(self.nano / ONE, 1024, BINARY.len() - 1);
            return write!(f, "{number}{}", BINARY[unit]);
        }
        let (number, thousands) = reduce(self.nano, 1000, usize::MAX);
        match DECIMAL.get(thousands) {
            Some(unit) if self.notation != Notation::DecimalExponent => write!(f, "{number}{unit}"),
            _ if thousands == 3 => write!(f, "{number}"),
            _ if thousands < 3 => write!(f, "{number}e-{}", 9 - 3 * thousands),
            _ => write!(f, "{number}e{}", 3 * thousands - 9),
        }
    }
}

/// Divides by `base` as long as nothing is lost, and counts.
fn reduce(mut number: i128, base: i128, most: usize) -> (i128, usize) {
    let mut times = 0;
    while times < most && number % base == 0 {
        number /= base;
        times += 1;
    }
    (number, times)
}

impl FromStr for Quantity {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let Some((number, unit)) = split(text) else {
            let error = ValueError::not(
                text,
                Self::WHAT,
                "it is a number with or without a unit, such as `2`, `500m`, `1.5Gi`",
            );
            let spaceless: String = text.split_whitespace().collect();
            let changed = spaceless != text && spaceless.parse::<Self>().is_ok();
            return Err(error.write(changed.then_some(spaceless)));
        };
        let Some(scale) = Scale::of(unit) else {
            let error = ValueError::new(format!(
                "{} has the unknown unit {}; known: n, u, m, k, M, G, T, P, E, \
                 Ki, Mi, Gi, Ti, Pi, Ei",
                quoted(text),
                quoted(unit)
            ));
            return Err(error.write(meant(unit).map(|unit| format!("{number}{unit}"))));
        };
        scale.apply(number).ok_or_else(|| {
            let most = match scale {
                Scale::Binary(_) => "a binary quantity is less than `8Ei`, of at most 20 digits",
                Scale::Decimal(_) | Scale::Exponent(_) => {
                    "it is less than `1e29`, of at most 38 digits"
                }
            };
            ValueError::not(text, Self::WHAT, most)
        })
    }
}

/// Splits a quantity into its signed number and its unit; the number has a digit.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, unit) = text.split_at(text.len() - unsigned.len() + end);
    let digits = number.bytes().any(|byte| byte.is_ascii_digit());
    let points = number.bytes().filter(|byte| *byte == b'.').count();
    let spaced = unit.contains(char::is_whitespace);
    let exponent = unit.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'));
    let known = !exponent || matches!(Scale::of(unit), Some(Scale::Exponent(_)));
    (digits && points < 2 && !spaced && known).then_some((number, unit))
}

/// The unit that was probably meant by one that does not exist.
pub(super) fn meant(unit: &str) -> Option<&'static str> {
    let lower = unit.to_ascii_lowercase();
    let stem = lower.strip_suffix("ytes").map_or(lower.as_str(), |_| "");
    let stem = stem.strip_suffix('b').unwrap_or(stem);
    let same = |known: &&&str| !known.is_empty() && known.eq_ignore_ascii_case(stem);
    BINARY.iter().find(same).or_else(|| DECIMAL[4..].iter().find(same)).copied()
}

/// What a unit multiplies by.
#[derive(Clone, Copy)]
enum Scale {
    /// A power of two.
    Binary(u32),
    /// A power of ten.
    Decimal(i64),
    /// A power of ten that was written as an exponent.
    Exponent(i64),
}

impl Scale {
    fn of(unit: &str) -> Option<Self> {
        if let Some(index) = DECIMAL.iter().position(|known| *known == unit) {
            return Some(Self::Decimal(i64::try_from(index).ok()? * 3 - 9));
        }
        if let Some(index) = BINARY.iter().position(|known| *known == unit) {
            return Some(Self::Binary(u32::try_from(index).ok()? * 10));
        }
        let digits = unit.strip_prefix(['e', 'E'])?;
        let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(digits);
        let number = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
        // An exponent of more digits is as much out of range, or as near to zero, as this one.
        let far = if digits.starts_with('-') { -1_000_000 } else { 1_000_000 };
        number.then(|| Self::Exponent(digits.parse().unwrap_or(far).clamp(-1_000_000, 1_000_000)))
    }

    fn apply(self, number: &str) -> Option<Quantity> {
        let (notation, ten, two) = match self {
            Self::Binary(two) => (Notation::BinarySi, 0, two),
            Self::Decimal(ten) => (Notation::DecimalSi, ten, 0),
            Self::Exponent(ten) => (Notation::DecimalExponent, ten, 0),
        };
        let nano = nanos(number, ten, two)?;
        let kept = notation != Notation::BinarySi || nano.abs() <= MOST_BINARY;
        kept.then_some(Quantity { nano, notation })
    }
}

/// `number` × 10^`ten` × 2^`two` in nanos, away from zero where it is finer than one.
fn nanos(number: &str, ten: i64, two: u32) -> Option<i128> {
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    let power = ten + 9 + i64::try_from(zeros).ok()? - i64::try_from(fraction.len()).ok()?;
    let value = significant.parse::<i128>().ok()?.checked_mul(1 << two)?;
    let places = u32::try_from(power.unsigned_abs()).ok()?;
    let nano = match 10_i128.checked_pow(places) {
        Some(factor) if power >= 0 => value.checked_mul(factor)?,
        Some(divisor) => value / divisor + i128::from(value % divisor != 0),
        None if power >= 0 => return None,
        None => 1,
    };
    Some(if number.starts_with('-') { -nano } else { nano })
}

impl Scalar for Quantity {
    const WHAT: &'static str = "a quantity";
    const DESCRIPTION: &'static str = "A Kubernetes quantity: a number with or without a unit. \
        Units are n, u, m, k, M, G, T, P, E (powers of 1000) and Ki, Mi, Gi, Ti, Pi, Ei (powers \
        of 1024).";
    const PATTERN: &'static str =
        r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$";
    const EXAMPLES: &'static [&'static str] = &["500m", "2", "1.5Gi"];
    const NUMBERS: Numbers = Numbers::Are;
}

scalar!(Quantity);

#[cfg(test)]
mod tests;
