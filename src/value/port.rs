//! Port numbers.

use super::error::{ValueError, quoted};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU16;
use std::str::FromStr;

/// The number of a port, from 1 to 65535. In files it is a number, not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(NonZeroU16);

impl Port {
    /// The number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

fn error(text: &str) -> ValueError {
    ValueError::not(text, "a port", "it is a number from 1 to 65535")
}

impl FromStr for Port {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).map(Self).ok_or_else(|| error(text))
    }
}

impl TryFrom<u16> for Port {
    type Error = ValueError;

    fn try_from(number: u16) -> Result<Self, ValueError> {
        NonZeroU16::new(number).map(Self).ok_or_else(|| error(&number.to_string()))
    }
}

impl From<Port> for u16 {
    fn from(port: Port) -> Self {
        port.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Port {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.get())
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PortVisitor)
    }
}

struct PortVisitor;

impl Visitor<'_> for PortVisitor {
    type Value = Port;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a port such as `8080`")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Port, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Port, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Port, E> {
        Err(E::custom(error(&number.to_string())))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Port, E> {
        Err(E::custom(match text.parse::<Port>() {
            Ok(port) => ValueError::new(format!("{} is text, a port is a number", quoted(text)))
                .help(format!("write `{port}` without quotes")),
            Err(error) => error,
        }))
    }
}

impl JsonSchema for Port {
    fn schema_name() -> Cow<'static, str> {
        // A service's port, a map, is the type `Port`.
        "PortNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "a port number",
            "description": "The number of a port.",
            "type": "integer",
            "minimum": 1,
            "maximum": 65535,
            "examples": [8080, 443],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, refusal};
    use proptest::prelude::*;

    #[test]
    fn everything_else_is_refused() {
        for text in ["0", "70000", "-1", "+80", "http", "", "80 ", "8080.5"] {
            let message = format!("`{text}` is not a port: it is a number from 1 to 65535");
            bad::<Port>(&[(text, &message)]);
            assert_eq!(refusal::<Port>(text.into()), message);
        }
        let message = |text| format!("`{text}` is not a port: it is a number from 1 to 65535");
        assert_eq!(refusal::<Port>(0.into()), message("0"));
        assert_eq!(refusal::<Port>(70000.into()), message("70000"));
        assert_eq!(refusal::<Port>((-1).into()), message("-1"));
        assert_eq!(refusal::<Port>(80.5.into()), message("80.5"));
        assert_eq!(
            refusal::<Port>("8080".into()),
            "`8080` is text, a port is a number\nhelp: write `8080` without quotes"
        );
    }

    proptest! {
        #[test]
        fn every_number_but_zero_is_a_port(number in 1..=u16::MAX) {
            let port = Port::try_from(number).unwrap();
            prop_assert_eq!(port.to_string().parse(), Ok(port));
            let json = serde_json::to_value(port).unwrap();
            prop_assert_eq!(&json, &serde_json::json!(number));
            prop_assert_eq!(serde_json::from_value::<Port>(json).unwrap(), port);
        }
    }

    #[test]
    fn the_schema_says_the_same() {
        let schema = serde_json::to_value(schemars::schema_for!(Port)).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for (number, valid) in [(0, false), (1, true), (65535, true), (65536, false)] {
            assert_eq!(validator.is_valid(&number.into()), valid);
        }
    }
}
