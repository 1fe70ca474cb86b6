//! What can be wrong with a value, in words for people.

use crate::source::Place;
use crate::tree::{Node, Value};
use crate::value::quoted;
use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// What is wrong with a value.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// A key that the type does not have.
    UnknownKey { key: String, allowed: &'static [&'static str] },
    /// A word that is none of those that are allowed.
    UnknownWord { given: String, allowed: &'static [&'static str] },
    /// A value of another type.
    WrongType { found: String, expected: String, help: Option<String> },
    /// A key that must be said.
    MissingKey { key: &'static str },
    /// Two alternatives of a one-of.
    TwoVariants { first: String, first_place: Place, second: String },
    /// A value that its type refuses.
    Value { message: String, help: Option<String> },
    /// Nothing is left of a one-of, since what it held is at fault, which was reported.
    Emptied,
}

/// A fault, where it stands, and by which keys it is reached.
#[derive(Debug)]
pub(super) struct ReadError {
    pub(super) fault: Fault,
    pub(super) place: Option<Place>,
    pub(super) path: Vec<String>,
}

impl ReadError {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, place: None, path: Vec::new() }
    }

    /// Says where it is, unless something inside said it already.
    pub(super) fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    /// Adds the key by which what holds it is reached.
    pub(super) fn below(mut self, key: impl Into<String>) -> Self {
        self.path.insert(0, key.into());
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.fault)
    }
}

impl std::error::Error for ReadError {}

impl Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        // Value types put what to do on a second line.
        let text = message.to_string();
        let (message, help) = match text.split_once("\nhelp: ") {
            Some((message, help)) => (message.to_owned(), Some(help.to_owned())),
            None => (text, None),
        };
        Self::new(Fault::Value { message, help })
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let serde_name = expected.to_string();
        let is_text = serde_name == "a string" || serde_name.starts_with("text, or ");
        let help = match (found, serde_name.as_str()) {
            (Unexpected::Signed(number), _) if is_text => Some(format!("\"{number}\"")),
            (Unexpected::Float(number), _) if is_text => Some(format!("\"{number}\"")),
            (Unexpected::Bool(word), _) if is_text => Some(format!("\"{word}\"")),
            (Unexpected::Str(text @ ("true" | "false")), "a boolean") => Some(text.to_owned()),
            (Unexpected::Str(text), "u16" | "u32" | "u64" | "i64")
                if text.parse::<i64>().is_ok_and(|number| number.to_string() == text) =>
            {
                Some(text.to_owned())
            }
            (Unexpected::Str(text), "a sequence") if is_word(text) => Some(format!("[{text}]")),
            _ => None,
        };
        Self::new(Fault::WrongType {
            found: found_as(found),
            expected: expectation(serde_name),
            help: help.map(|text| format!("write `{text}`")),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expectation(expected.to_string());
        Self::new(Fault::WrongType { found: found_as(found), expected, help: None })
    }

    fn unknown_variant(given: &str, allowed: &'static [&'static str]) -> Self {
        Self::new(Fault::UnknownWord { given: given.to_owned(), allowed })
    }

    fn unknown_field(key: &str, allowed: &'static [&'static str]) -> Self {
        Self::new(Fault::UnknownKey { key: key.to_owned(), allowed })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(Fault::MissingKey { key })
    }
}

/// Whether a text may stand in a list as it is.
fn is_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') && text.chars().all(plain)
}

/// serde's names of types in the words of YAML.
fn expectation(serde_name: String) -> String {
    match serde_name.as_str() {
        "a string" => "text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "u64" => "a whole number from 0 on".to_owned(),
        "i64" => "a whole number".to_owned(),
        _ => serde_name,
    }
}

fn found_as(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(word) => format!("`{word}`"),
        Unexpected::Unsigned(number) => format!("the number `{number}`"),
        Unexpected::Signed(number) => format!("the number `{number}`"),
        Unexpected::Float(number) => format!("the number `{number}`"),
        Unexpected::Str(text) => format!("the text {}", quoted(text)),
        Unexpected::Unit | Unexpected::Option => "`null`".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a map".to_owned(),
        other => other.to_string(),
    }
}

/// What a value is, for messages.
pub(super) fn described(node: &Node) -> String {
    match &node.value {
        Value::Null => "`null`".to_owned(),
        Value::Bool(word) => format!("`{word}`"),
        Value::Integer(number) => format!("the number `{number}`"),
        Value::Float(number) => format!("the number `{number}`"),
        Value::Text(text) => format!("the text {}", quoted(text)),
        Value::Map(map) if map.entries.is_empty() => "an empty map".to_owned(),
        _ => node.kind().to_owned(),
    }
}
