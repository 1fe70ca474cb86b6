//! Kubernetes quantities, as far as one can be called smaller than another.

use serde_json::Value;

/// Suffixes and what they stand for.
const UNITS: &[(&str, f64)] = &[
    ("Ki", 1024.0),
    ("Mi", 1024.0 * 1024.0),
    ("Gi", 1024.0 * 1024.0 * 1024.0),
    ("Ti", 1024.0 * 1024.0 * 1024.0 * 1024.0),
    ("Pi", 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0),
    ("Ei", 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0 * 1024.0),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
];

/// The size of a quantity such as `10Gi`, `500m`, `1e3` or `2`.
pub(super) fn of(value: &Value) -> Option<f64> {
    let text = match value {
        Value::Number(number) => return number.as_f64(),
        Value::String(text) => text,
        _ => return None,
    };
    let unit = UNITS.iter().find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, factor)));
    let (digits, factor) = unit.unwrap_or((text, &1.0));
    let starts_well = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let number = digits.parse::<f64>().ok().filter(|number| starts_well && number.is_finite());
    number.map(|number| number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quantities_are_compared_across_units() {
        let size = |text: &str| of(&json!(text)).expect("a quantity");
        assert!(size("1Gi") > size("1G"));
        assert!(size("500m") < size("1"));
        assert!((size("1e3") - size("1k")).abs() < f64::EPSILON);
        assert!((size("1024Mi") - size("1Gi")).abs() < f64::EPSILON);
        assert_eq!(of(&json!("nan")), None);
        assert_eq!(of(&json!("many")), None);
        assert_eq!(of(&json!(2)), Some(2.0));
    }
}
