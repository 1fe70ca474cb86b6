//! The tables follow Kubernetes' own `quantity_test.go`.

use super::*;
use crate::value::testing::{bad, good};
use proptest::prelude::*;

fn parsed(text: &str) -> Quantity {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn canonical_forms_are_those_of_kubernetes() {
    good::<Quantity>(&[
        // Zero has no unit.
        ("0", "0"),
        ("0n", "0"),
        ("0Ki", "0"),
        ("0.0e3", "0"),
        ("00", "0"),
        // Binary units.
        ("1Ki", "1Ki"),
        ("1024Mi", "1Gi"),
        ("307200Ki", "300Mi"),
        ("1025024Mi", "1001Gi"),
        ("1024Gi", "1Ti"),
        ("1.5Gi", "1536Mi"),
        ("0.5Mi", "512Ki"),
        ("7Ei", "7Ei"),
        // A binary quantity below 1024, or one with a fraction, becomes decimal.
        ("0.5Ki", "512"),
        (".001Ki", "1024m"),
        (".000001Ki", "1024u"),
        (".000000001Ki", "1024n"),
        (".000000000001Ki", "2n"),
        ("100.035Ki", "102435840m"),
        ("0.05Gi", "53687091200m"),
        // Decimal units.
        ("5000m", "5"),
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1000M", "1G"),
        ("0.001T", "1G"),
        ("1000u", "1m"),
        ("1.08", "1080m"),
        ("1080000000n", "1080m"),
        ("1234567M", "1234567M"),
        ("100000", "100k"),
        ("12345", "12345"),
        ("1234000", "1234k"),
        ("12E", "12E"),
        ("1000E", "1e21"),
        ("5000E", "5e21"),
        ("1000000E", "1e24"),
        ("100.035k", "100035"),
        ("1.2345", "1234500u"),
        ("18446744073709551616", "18446744073709551616"),
        // Exponents.
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("1E-3", "1e-3"),
        (".001e12", "1e9"),
        ("1000e-12", "1e-9"),
        ("0.5e0", "500e-3"),
        ("1e14", "100e12"),
        ("1.3E+6", "1300e3"),
        ("3e0", "3"),
        // What is finer than nano is rounded away from zero.
        ("0.1n", "1n"),
        ("-0.1n", "-1n"),
        ("3.001n", "4n"),
        ("1.1E-9", "2e-9"),
        ("0.00000012345", "124n"),
        ("0.0000000000000000000000000000000000000000000000000001", "1n"),
        ("1e-99999999999999999999", "1e-9"),
        // Signs, and other odd but legal forms.
        ("-1.5Gi", "-1536Mi"),
        ("+1", "1"),
        ("1.", "1"),
        ("1.G", "1G"),
        ("007", "7"),
        ("1.500k", "1500"),
    ]);
}

#[test]
fn what_kubernetes_refuses_is_refused() {
    let grammar = |text: &str| {
        format!(
            "`{text}` is not a quantity: it is a number with or without a unit, such as `2`, \
             `500m`, `1.5Gi`"
        )
    };
    for text in ["", "1.1.M", "1+1.0M", "aoeu", "-3.01e-", ".", "-", "Ki", "+-1", "1e1.5", "1 Xi"] {
        bad::<Quantity>(&[(text, &grammar(text))]);
    }
    for (text, proposal) in [(" 1", "1"), ("1 ", "1"), ("1 Gi", "1Gi")] {
        bad::<Quantity>(&[(text, &format!("{}\nhelp: write `{proposal}`", grammar(text)))]);
    }
    let unknown = |text: &str, unit: &str| {
        format!(
            "`{text}` has the unknown unit `{unit}`; known: n, u, m, k, M, G, T, P, E, \
             Ki, Mi, Gi, Ti, Pi, Ei"
        )
    };
    for (text, unit) in [(".5i", "i"), ("1i", "i"), ("-3.01i", "i"), ("0.1am", "am"), ("1e", "e")] {
        if unit == "e" {
            bad::<Quantity>(&[(text, &format!("{}\nhelp: write `1E`", unknown(text, unit)))]);
        } else {
            bad::<Quantity>(&[(text, &unknown(text, unit))]);
        }
    }
    for (text, unit, proposal) in [
        ("0.1mi", "mi", "0.1Mi"),
        ("1gi", "gi", "1Gi"),
        ("1GB", "GB", "1G"),
        ("1MiB", "MiB", "1Mi"),
        ("1K", "K", "1k"),
    ] {
        let message = format!("{}\nhelp: write `{proposal}`", unknown(text, unit));
        bad::<Quantity>(&[(text, &message)]);
    }
    bad::<Quantity>(&[
        (
            "8Ei",
            "`8Ei` is not a quantity: a binary quantity is less than `8Ei`, of at most 20 digits",
        ),
        ("1e30", "`1e30` is not a quantity: it is less than `1e29`, of at most 38 digits"),
        (
            "1e99999999999999999999",
            "`1e99999999999999999999` is not a quantity: it is less than `1e29`, of at most 38 digits",
        ),
    ]);
}

#[test]
fn numbers_are_quantities() {
    let read = |json: serde_json::Value| serde_json::from_value::<Quantity>(json).unwrap();
    assert_eq!(read(64.into()).to_string(), "64");
    assert_eq!(read((-1).into()).to_string(), "-1");
    assert_eq!(read(0.5.into()).to_string(), "500m");
}

#[test]
fn equality_and_order_are_those_of_the_amount() {
    assert_eq!(parsed("1024Mi"), parsed("1Gi"));
    assert_eq!(parsed("1e3"), parsed("1k"));
    assert!(parsed("100m") > parsed("50m"));
    assert!(parsed("10000T") > parsed("100Gi"));
    assert!(parsed("-1") < parsed("0"));
}

#[test]
fn sums_keep_the_format() {
    let sum = |a, b| parsed(a).checked_add(parsed(b)).unwrap().to_string();
    assert_eq!(sum("1Gi", "512Mi"), "1536Mi");
    assert_eq!(sum("0", "1Gi"), "1Gi");
    assert_eq!(sum("1Gi", "0"), "1Gi");
    assert_eq!(sum("500m", "0.25"), "750m");
    assert_eq!(parsed("250m").checked_mul(3).unwrap().to_string(), "750m");
    assert_eq!(parsed("1e28").checked_mul(i64::MAX), None);
    assert_eq!(Quantity::from_nanos(i128::MAX, Notation::DecimalSi).checked_add(parsed("1")), None);
}

#[test]
fn what_the_pattern_matches_round_trips() {
    crate::value::testing::round_trips::<Quantity>();
}

proptest! {
    #[test]
    fn order_is_that_of_the_numbers(a: i64, b: i64, unit in 0..3_usize) {
        let unit = ["n", "m", ""][unit];
        let order = parsed(&format!("{a}{unit}")).cmp(&parsed(&format!("{b}{unit}")));
        prop_assert_eq!(order, a.cmp(&b));
    }

    #[test]
    fn canonical_form_keeps_the_amount(nano in any::<i64>(), notation in 0..3_usize) {
        let notation = [Notation::DecimalSi, Notation::BinarySi, Notation::DecimalExponent][notation];
        let quantity = Quantity::from_nanos(nano.into(), notation);
        let text = quantity.to_string();
        prop_assert_eq!(parsed(&text), quantity);
        prop_assert!(!text.contains('.'));
    }

    #[test]
    fn binary_numbers_keep_their_amount(value in 0..i64::MAX, shift in 0..63_u32) {
        let quantity = Quantity::from_int(value >> shift << shift, Notation::BinarySi);
        prop_assert_eq!(parsed(&quantity.to_string()), quantity);
    }
}
