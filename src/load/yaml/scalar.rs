//! What a plain (unquoted) scalar is, and whether every reader of YAML agrees about it.
//!
//! Readers in use: YAML 1.2's core schema; YAML 1.1 as `PyYAML` reads it; and go-yaml, which reads
//! a mixture of both. Where they differ in edge cases, the union counts as ambiguous.

/// A plain scalar that all readers understand alike, and that is written back as it was typed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text,
}

/// Why a plain scalar is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ambiguity {
    /// Continues a sentence that starts with the scalar: `is true in YAML 1.1 and …`.
    pub(super) why: String,
    /// How to write it if text is not what was meant, and what that is called.
    pub(super) instead: Option<(String, &'static str)>,
}

impl Ambiguity {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), instead: None }
    }

    fn instead(self, write: impl Into<String>, what: &'static str) -> Self {
        Self { instead: Some((write.into(), what)), ..self }
    }

    fn number(self, write: String) -> Self {
        // Hundreds of digits help nobody.
        if write.len() > 20 { self } else { self.instead(write, "the number") }
    }
}

/// Reads a plain scalar that is not empty.
pub(super) fn read(text: &str) -> Result<Plain, Ambiguity> {
    let first = text.bytes().next().unwrap_or(b' ');
    match first {
        b'+' | b'-' | b'.' | b'0'..=b'9' => number(text),
        b'~' | b'=' | b'<' | b'y' | b'Y' | b'n' | b'N' | b'o' | b'O' | b't' | b'T' | b'f'
        | b'F' => word(text),
        _ => Ok(Plain::Text),
    }
}

fn word(text: &str) -> Result<Plain, Ambiguity> {
    match text {
        "null" => Ok(Plain::Null),
        "true" => Ok(Plain::Bool(true)),
        "false" => Ok(Plain::Bool(false)),
        "~" | "Null" | "NULL" => {
            Err(Ambiguity::new("is another spelling of `null`").instead("null", "null"))
        }
        "True" | "TRUE" => {
            Err(Ambiguity::new("is another spelling of `true`").instead("true", "the truth value"))
        }
        "False" | "FALSE" => {
            Err(Ambiguity::new("is another spelling of `false`")
                .instead("false", "the truth value"))
        }
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            Err(Ambiguity::new("is true in YAML 1.1 and text in YAML 1.2")
                .instead("true", "the truth value"))
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            Err(Ambiguity::new("is false in YAML 1.1 and text in YAML 1.2")
                .instead("false", "the truth value"))
        }
        "=" => Err(Ambiguity::new("is a special value in YAML 1.1 and text in YAML 1.2")),
        "<<" => Err(Ambiguity::new("is a merge key in YAML 1.1 and text in YAML 1.2")),
        _ => Ok(Plain::Text),
    }
}

fn number(text: &str) -> Result<Plain, Ambiguity> {
    if is_date(text) {
        return Err(Ambiguity::new("is a date in YAML 1.1 and text in YAML 1.2"));
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if is_sexagesimal(unsigned) {
        return Err(Ambiguity::new("is a number to base 60 in YAML 1.1 and text in YAML 1.2"));
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return Err(Ambiguity::new("is a number without a finite value"));
    }
    // go-yaml forgets every underscore of a scalar that starts like a number.
    let digits = unsigned.replace('_', "");
    if let Some(ambiguity) = radix(text, &digits) {
        return Err(ambiguity);
    }
    if !is_decimal(&digits) {
        return Ok(Plain::Text);
    }
    let minus = if text.starts_with('-') { "-" } else { "" };
    decimal(text, &format!("{minus}{digits}"))
}

/// Reads what has the form of a decimal number. `number` is the text without underscores and `+`.
fn decimal(text: &str, number: &str) -> Result<Plain, Ambiguity> {
    let too_large = || Ambiguity::new("is a number too large to be read the same everywhere");
    let digits = number.trim_start_matches('-');
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    let (plain, canonical) = if whole {
        let value: i64 = number.parse().map_err(|_| too_large())?;
        (Plain::Integer(value), value.to_string())
    } else {
        // The form was checked, so this cannot fail; it would become a number that is refused.
        let value: f64 = number.parse().unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            return Err(too_large());
        }
        (Plain::Float(value), value.to_string())
    };
    if canonical == text {
        return Ok(plain);
    }
    if whole && digits.len() > 1 && digits.starts_with('0') {
        let minus = if number.starts_with('-') { "-" } else { "" };
        return Err(Ambiguity::new(match i128::from_str_radix(digits, 8) {
            Ok(octal) => format!("is {minus}{octal} in YAML 1.1 and {canonical} in YAML 1.2"),
            Err(_) => format!("is text in YAML 1.1 and {canonical} in YAML 1.2"),
        }));
    }
    let why = if text.contains('_') {
        format!("is {canonical} in YAML 1.1 and text in YAML 1.2")
    } else {
        format!("is a number that would be read as {canonical}")
    };
    Err(Ambiguity::new(why).number(canonical))
}

/// Numbers to base 16, 8 and 2, which no two readers treat alike. `digits` has no underscores.
fn radix(text: &str, digits: &str) -> Option<Ambiguity> {
    let mut rest = digits.chars();
    let (base, yaml) = match (rest.next()?, rest.next()?) {
        ('0', 'x' | 'X') => (16, "1.1 and 1.2"),
        ('0', 'o' | 'O') => (8, "1.2"),
        ('0', 'b' | 'B') => (2, "1.1"),
        _ => return None,
    };
    let rest = rest.as_str();
    let has_form = if rest.is_empty() {
        text.ends_with('_')
    } else {
        rest.chars().all(|digit| digit.is_digit(base))
    };
    if !has_form {
        return None;
    }
    let value = i64::from_str_radix(rest, base).ok();
    // Only the plainest spelling has one known meaning in each version.
    let plainest = text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b");
    let Some(value) = value.filter(|_| plainest && !text.contains('_')) else {
        return Some(Ambiguity::new("is a number for some readers of YAML and text for others"));
    };
    let why = match yaml {
        "1.1" => format!("is {value} in YAML 1.1 and text in YAML 1.2"),
        "1.2" => format!("is text in YAML 1.1 and {value} in YAML 1.2"),
        _ => format!("is a number that would be read as {value}"),
    };
    Some(Ambiguity::new(why).number(value.to_string()))
}

/// `1`, `1.`, `1.5`, `.5`, each with an exponent or without.
fn is_decimal(digits: &str) -> bool {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    all_digits(whole)
        && all_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !exponent.is_empty() && all_digits(exponent)
        })
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `22:22`, `1:30:00`, `1:30.5`: minutes and seconds of YAML 1.1.
fn is_sexagesimal(unsigned: &str) -> bool {
    let Some((first, rest)) = unsigned.split_once(':') else {
        return false;
    };
    let (rest, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    first.starts_with(|digit: char| digit.is_ascii_digit())
        && first.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit() || byte == b'_')
        && rest
            .split(':')
            .all(|part| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']))
}

/// `2024-01-01`, with a time or without. Readers differ about details, so any time will do.
fn is_date(text: &str) -> bool {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(text.len());
    let (date, time) = text.split_at(end);
    let mut parts = date.splitn(3, '-').map(str::len);
    let has_form = parts.next() == Some(4)
        && matches!(parts.next(), Some(1 | 2))
        && matches!(parts.next(), Some(1 | 2))
        && parts.next().is_none();
    let is_time = |c: char| c.is_ascii_digit() || " \t:.+-Zz".contains(c);
    has_form
        && !date.ends_with('-')
        && (time.is_empty()
            || time.starts_with(['T', 't', ' ', '\t']) && time[1..].chars().all(is_time))
}
