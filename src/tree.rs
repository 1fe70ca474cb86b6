//! The located tree: what a YAML file says, where each value stands.

use crate::source::Place;
use std::collections::BTreeMap;

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value stands.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// What a node can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`: in a layer, "remove what was said before".
    Null,
    /// What stands here is at fault, which was reported. Nothing is asked of it any more, since an
    /// answer could only follow from the fault.
    Unknown,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, finite, written exactly as Rust would write it.
    Float(f64),
    /// Text.
    Text(String),
    /// A list; it is replaced as a whole by a later layer.
    List(Vec<Node>),
    /// A map; it is merged key by key.
    Map(Map),
    /// One of several alternatives; another alternative replaces it, the same one is merged.
    Variant(Box<Variant>),
}

/// A map keyed by name. Order of keys never matters, so none is kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Map {
    /// The entries.
    pub entries: BTreeMap<String, Entry>,
    /// Whether what earlier layers said is forgotten first.
    pub reset: bool,
}

/// The value of a key, and where the key stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where the key stands.
    pub key: Place,
    /// The value.
    pub node: Node,
}

/// The chosen alternative of a one-of.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub key: Place,
    /// What it holds.
    pub node: Node,
    /// Whether what earlier layers said is forgotten first.
    pub reset: bool,
}

impl Node {
    /// A node at a place.
    #[must_use]
    pub fn new(place: Place, value: Value) -> Self {
        Self { place, value }
    }

    /// Something at fault, at a place.
    #[must_use]
    pub fn unknown(place: Place) -> Self {
        Self::new(place, Value::Unknown)
    }

    /// Whether this node is at fault as a whole.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.value == Value::Unknown
    }

    /// Whether this node or anything in it is at fault.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        match &self.value {
            Value::Unknown => true,
            Value::List(items) => items.iter().any(Self::has_unknown),
            Value::Map(map) => map.entries.values().any(|entry| entry.node.has_unknown()),
            Value::Variant(variant) => variant.node.has_unknown(),
            _ => false,
        }
    }

    /// The map that this node is, if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The entry below a key, or the content of the chosen alternative of that name.
    #[must_use]
    pub fn child(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(map) => map.entries.get(key).map(|entry| &entry.node),
            Value::Variant(variant) if variant.name == key => Some(&variant.node),
            Value::List(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        }
    }

    /// The node at a path of keys and list indices.
    #[must_use]
    pub fn at<S: AsRef<str>>(&self, path: &[S]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.child(key.as_ref()))
    }

    /// The place of the last key of a path; of the deepest thing that exists, if the path does not.
    #[must_use]
    pub fn key_place<S: AsRef<str>>(&self, path: &[S]) -> Place {
        let mut node = self;
        let mut place = self.place;
        for key in path {
            let key = key.as_ref();
            place = match &node.value {
                Value::Map(map) => match map.entries.get(key) {
                    Some(entry) => entry.key,
                    None => return place,
                },
                Value::Variant(variant) if variant.name == key => variant.key,
                _ => match node.child(key) {
                    Some(child) => child.place,
                    None => return place,
                },
            };
            match node.child(key) {
                Some(child) => node = child,
                None => return place,
            }
        }
        place
    }

    /// The place of the value at a path; of the deepest thing that exists, if the path does not.
    #[must_use]
    pub fn value_place<S: AsRef<str>>(&self, path: &[S]) -> Place {
        let mut node = self;
        for key in path {
            match node.child(key.as_ref()) {
                Some(child) => node = child,
                None => break,
            }
        }
        node.place
    }

    /// The value without its places.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null | Value::Unknown => Json::Null,
            Value::Bool(word) => (*word).into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(map) => {
                map.entries.iter().map(|(key, entry)| (key.clone(), entry.node.to_json())).collect()
            }
            Value::Variant(variant) => {
                Json::Object([(variant.name.clone(), variant.node.to_json())].into_iter().collect())
            }
        }
    }

    /// What the value is, for messages: `text`, `a map`, …
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Unknown => "at fault",
            Value::Bool(_) => "true or false",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) | Value::Variant(_) => "a map",
        }
    }
}
