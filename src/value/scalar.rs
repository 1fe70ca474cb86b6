//! What all values have in common: they are read from a scalar, written as their canonical text,
//! and described to editors by a pattern.

use super::error::{ValueError, quoted};
use schemars::{Schema, json_schema};
use serde::de::{self, Visitor};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// A value that stands in one scalar of a file.
pub(super) trait Scalar: FromStr<Err = ValueError> + fmt::Display {
    /// What it is, with its article: `a port name`.
    const WHAT: &'static str;
    /// Hover text in an editor.
    const DESCRIPTION: &'static str;
    /// Matches every text that is accepted, and not many others.
    const PATTERN: &'static str;
    /// Matches texts that match [`Self::PATTERN`] and are refused all the same.
    const EXCEPT: Option<&'static str> = None;
    /// Texts that are accepted; the first one stands in messages.
    const EXAMPLES: &'static [&'static str];
    /// Whether the examples are all that is accepted.
    const CLOSED: bool = false;
    /// The most characters of an accepted text, where the pattern cannot say it.
    const MAX_LENGTH: Option<usize> = None;
    /// Whether a plain number must be more than zero.
    const POSITIVE: bool = false;
    /// What a plain number means.
    const NUMBERS: Numbers = Numbers::Quote;
}

/// What a plain number means where a [`Scalar`] is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// The value is text: the help is to put the number in quotes.
    Quote,
    /// The number lacks a unit: it is parsed for the sake of the error that says so.
    LackUnit,
    /// The number is the value.
    Are,
}

/// The JSON Schema of a value.
pub(super) fn schema<T: Scalar>() -> Schema {
    if T::CLOSED {
        return json_schema!({
            "title": T::WHAT,
            "description": T::DESCRIPTION,
            "type": "string",
            "enum": T::EXAMPLES,
        });
    }
    let mut schema = json_schema!({
        "title": T::WHAT,
        "description": T::DESCRIPTION,
        "type": "string",
        "pattern": T::PATTERN,
        "examples": T::EXAMPLES,
    });
    if T::NUMBERS == Numbers::Are {
        schema.insert("type".to_owned(), serde_json::json!(["string", "number"]));
        if T::POSITIVE {
            schema.insert("exclusiveMinimum".to_owned(), 0.into());
        }
    }
    if let Some(except) = T::EXCEPT {
        schema.insert("not".to_owned(), serde_json::json!({ "type": "string", "pattern": except }));
    }
    if let Some(most) = T::MAX_LENGTH {
        schema.insert("maxLength".to_owned(), most.into());
    }
    schema
}

/// Reads a value from a scalar.
pub(super) struct ScalarVisitor<T>(PhantomData<T>);

impl<T> ScalarVisitor<T> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Scalar> ScalarVisitor<T> {
    fn number<E: de::Error>(number: &str) -> Result<T, E> {
        match T::NUMBERS {
            Numbers::Quote => Err(E::custom(Self::unquoted(number, "a number"))),
            Numbers::LackUnit | Numbers::Are => number.parse().map_err(E::custom),
        }
    }

    fn unquoted(text: &str, kind: &str) -> ValueError {
        let error = ValueError::new(format!("{} is {kind}, {} is wanted", quoted(text), T::WHAT));
        match text.parse::<T>() {
            Ok(_) => error.write(Some(format_args!("\"{text}\""))),
            Err(_) => error,
        }
    }
}

impl<T: Scalar> Visitor<'_> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)?;
        match T::EXAMPLES.first() {
            Some(example) => write!(f, " such as `{example}`"),
            None => Ok(()),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        Err(E::custom(Self::unquoted(if value { "true" } else { "false" }, "a truth value")))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        Self::number(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        Self::number(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        Self::number(&number.to_string())
    }
}

/// Writes a [`Scalar`] as its canonical text, reads it, and describes it to editors.
macro_rules! scalar {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::value::scalar::ScalarVisitor::new())
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::value::scalar::schema::<Self>()
            }
        }
    };
}

/// As `scalar!`, for a newtype of `String`.
macro_rules! text {
    ($type:ident) => {
        $crate::value::scalar::scalar!($type);

        impl $type {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

pub(super) use {scalar, text};
