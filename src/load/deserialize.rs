//! serde's view of a located tree, with errors that know where they happened.

use crate::source::Place;
use crate::tree::{Entry, Map, Node, Value, Variant};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::cell::Cell;
use std::collections::btree_map;
use std::fmt;
use std::rc::Rc;

/// What is wrong with a value.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    UnknownKey { key: String, allowed: &'static [&'static str] },
    UnknownWord { given: String, allowed: &'static [&'static str] },
    WrongType { found: String, expected: String, help: Option<String> },
    MissingKey { key: &'static str },
    TwoVariants { first: String, second: String, second_place: Place },
    Value { message: String, help: Option<String> },
}

/// A fault, where it stands, and by which keys it is reached.
#[derive(Debug)]
pub(super) struct ReadError {
    pub(super) fault: Fault,
    pub(super) place: Option<Place>,
    pub(super) path: Vec<String>,
}

impl ReadError {
    fn new(fault: Fault) -> Self {
        Self { fault, place: None, path: Vec::new() }
    }

    fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    fn below(mut self, key: impl Into<String>) -> Self {
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
        let expected = expectation(expected);
        let help = match found {
            Unexpected::Signed(number) if expected == "text" => {
                Some(format!("write `\"{number}\"`"))
            }
            Unexpected::Float(number) if expected == "text" => {
                Some(format!("write `\"{number}\"`"))
            }
            Unexpected::Bool(word) if expected == "text" => Some(format!("write `\"{word}\"`")),
            _ => None,
        };
        Self::new(Fault::WrongType { found: finding(found), expected, help })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expectation(expected);
        Self::new(Fault::WrongType { found: finding(found), expected, help: None })
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

/// serde's names of types in the words of YAML.
fn expectation(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "a string" => "text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "u16" | "u32" | "u64" => "a whole number from 0 on".to_owned(),
        "i64" => "a whole number".to_owned(),
        _ => text,
    }
}

fn finding(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(word) => format!("`{word}`"),
        Unexpected::Unsigned(number) => format!("the number `{number}`"),
        Unexpected::Signed(number) => format!("the number `{number}`"),
        Unexpected::Float(number) => format!("the number `{number}`"),
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Unit | Unexpected::Option => "`null`".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a map".to_owned(),
        other => other.to_string(),
    }
}

/// A node, as serde reads it.
#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'a> {
    node: &'a Node,
}

impl<'a> NodeDeserializer<'a> {
    pub(super) fn new(node: &'a Node) -> Self {
        Self { node }
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(word) => visitor.visit_bool(*word),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            Value::Map(map) => visit_map(map, false, visitor),
            Value::Variant(variant) => visitor.visit_map(Single { variant, taken: false }),
        }
    }
}

/// Reads a map, and gives an error about one of its keys the place of that key. In a map keyed by
/// name a `null` removes an entry, so that there is nothing to read.
fn visit_map<'de, V: Visitor<'de>>(
    map: &Map,
    named: bool,
    visitor: V,
) -> Result<V::Value, ReadError> {
    let current = Rc::new(Cell::new(None));
    let entries =
        Entries { entries: map.entries.iter(), named, value: None, current: Rc::clone(&current) };
    visitor.visit_map(entries).map_err(|error| match (&error.fault, current.get()) {
        (Fault::UnknownKey { .. }, Some(place)) if error.place.is_none() => {
            let key = map
                .entries
                .iter()
                .find(|(_, entry)| entry.key == place)
                .map(|(key, _)| key.clone())
                .unwrap_or_default();
            error.at(place).below(key)
        }
        _ => error,
    })
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.visit(visitor).map_err(|error| error.at(self.node.place))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.node.value {
            Value::Map(map) => visit_map(map, true, visitor),
            _ => self.visit(visitor),
        }
        .map_err(|error| error.at(self.node.place))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.node.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self).map_err(|error| error.at(self.node.place))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let result = match &self.node.value {
            Value::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Variant(variant) => visitor.visit_enum(Chosen {
                name: &variant.name,
                key: variant.key,
                node: &variant.node,
            }),
            Value::Map(map) if map.entries.len() == 1 => {
                let (name, entry) = map.entries.iter().next().expect("one entry");
                visitor.visit_enum(Chosen { name, key: entry.key, node: &entry.node })
            }
            Value::Map(map) if map.entries.len() > 1 => {
                let mut entries: Vec<(&String, &Entry)> = map.entries.iter().collect();
                entries.sort_by_key(|(_, entry)| entry.key);
                Err(ReadError::new(Fault::TwoVariants {
                    first: entries[0].0.clone(),
                    second: entries[1].0.clone(),
                    second_place: entries[1].1.key,
                })
                .at(entries[0].1.key))
            }
            _ => Err(ReadError::new(Fault::WrongType {
                found: described(self.node),
                expected: format!("one of {}", variants.join(", ")),
                help: None,
            })),
        };
        result.map_err(|error| error.at(self.node.place))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct struct identifier ignored_any
    }
}

fn described(node: &Node) -> String {
    match &node.value {
        Value::Bool(word) => format!("`{word}`"),
        Value::Integer(number) => format!("the number `{number}`"),
        Value::Float(number) => format!("the number `{number}`"),
        Value::Text(text) => format!("the text `{text}`"),
        Value::Map(map) if map.entries.is_empty() => "an empty map".to_owned(),
        _ => node.kind().to_owned(),
    }
}

struct Entries<'a> {
    entries: btree_map::Iter<'a, String, Entry>,
    named: bool,
    value: Option<(&'a String, &'a Entry)>,
    current: Rc<Cell<Option<Place>>>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let named = self.named;
        let next = self.entries.find(|(_, entry)| !named || entry.node.value != Value::Null);
        let Some((key, entry)) = next else {
            self.current.set(None);
            return Ok(None);
        };
        self.value = Some((key, entry));
        self.current.set(Some(entry.key));
        let deserializer = key.as_str().into_deserializer();
        seed.deserialize(deserializer)
            .map(Some)
            .map_err(|error: ReadError| error.at(entry.key).below(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let (key, entry) = self.value.take().expect("serde asks for a key before its value");
        seed.deserialize(NodeDeserializer::new(&entry.node))
            .map_err(|error| error.at(entry.node.place).below(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// A chosen alternative, read as a map with one key.
struct Single<'a> {
    variant: &'a Variant,
    taken: bool,
}

impl<'de> MapAccess<'de> for Single<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        if std::mem::replace(&mut self.taken, true) {
            return Ok(None);
        }
        seed.deserialize(self.variant.name.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        seed.deserialize(NodeDeserializer::new(&self.variant.node))
            .map_err(|error| error.below(&self.variant.name))
    }
}

struct Items<'a> {
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        seed.deserialize(NodeDeserializer::new(node))
            .map(Some)
            .map_err(|error| error.at(node.place).below(index.to_string()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Chosen<'a> {
    name: &'a str,
    key: Place,
    node: &'a Node,
}

impl<'a, 'de> EnumAccess<'de> for Chosen<'a> {
    type Error = ReadError;
    type Variant = ChosenContent<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, ChosenContent<'a>), ReadError> {
        let name = seed
            .deserialize(self.name.into_deserializer())
            .map_err(|error: ReadError| error.at(self.key))?;
        Ok((name, ChosenContent { name: self.name, node: self.node }))
    }
}

struct ChosenContent<'a> {
    name: &'a str,
    node: &'a Node,
}

impl<'de> VariantAccess<'de> for ChosenContent<'_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        let fault = Fault::WrongType {
            found: described(self.node),
            expected: format!("only the word `{}`", self.name),
            help: Some(format!("write `{}`", self.name)),
        };
        Err(ReadError::new(fault).at(self.node.place))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        seed.deserialize(NodeDeserializer::new(self.node)).map_err(|error| error.below(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        NodeDeserializer::new(self.node).deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        NodeDeserializer::new(self.node).deserialize_any(visitor)
    }
}
