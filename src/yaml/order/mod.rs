//! The order of keys as people write it.

mod compose;
mod kubernetes;

use serde_json::{Map, Value};

/// How the keys of maps are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrder {
    /// As Kubernetes objects are written; custom resources too.
    Kubernetes,
    /// As Compose files are written.
    Compose,
    /// As the value has them.
    AsIs,
}

/// Puts the keys of all maps of a value into an order: first those that its table knows, then the
/// others by alphabet. Maps whose keys are the user's (labels, data, environment …) are in
/// alphabetical order whatever their keys.
pub fn arrange(value: &mut Value, order: KeyOrder) {
    if order != KeyOrder::AsIs {
        *value = arranged(value, Place::root(order, value));
    }
}

fn arranged(value: &Value, place: Place<'_>) -> Value {
    match value {
        Value::Object(entries) => {
            let level = place.level();
            let arranged = level
                .sorted(entries)
                .map(|(key, value)| (key.to_owned(), arranged(value, level.child(key, value))));
            Value::Object(arranged.collect())
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| arranged(item, place.element(item))).collect())
        }
        scalar => scalar.clone(),
    }
}

/// What the keys of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Fields, these first.
    Fields(&'static [&'static str]),
    /// The user's: no key has a meaning.
    Data,
}

/// Where a value stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    order: KeyOrder,
    /// The kind of the Kubernetes object.
    kind: &'a str,
    /// The key above `key`.
    within: &'a str,
    /// The nearest key that is a field: empty at the root.
    key: &'a str,
    /// Whether this is an element of the list, or of the map with the user's keys, below `key`.
    is_element: bool,
}

impl<'a> Place<'a> {
    /// The root of a document.
    pub(super) fn root(order: KeyOrder, value: &'a Value) -> Self {
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        Self { order, kind, within: "", key: "", is_element: false }
    }

    /// An element of the list that stands here.
    pub(super) fn element(self, value: &'a Value) -> Self {
        if self.key == "items" && self.within.is_empty() && self.kind.ends_with("List") {
            return Self::root(self.order, value);
        }
        Self { is_element: true, ..self }
    }

    /// The map that stands here.
    pub(super) fn level(self) -> Level<'a> {
        let keys = match self.order {
            KeyOrder::Kubernetes => kubernetes::keys(&self),
            KeyOrder::Compose => compose::keys(&self),
            KeyOrder::AsIs => Keys::Fields(&[]),
        };
        Level { place: self, keys }
    }
}

/// A map at a place: its keys were looked up, once for all its entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level<'a> {
    place: Place<'a>,
    keys: Keys,
}

impl<'a> Level<'a> {
    /// The value below a key.
    pub(super) fn child(self, key: &'a str, value: &'a Value) -> Place<'a> {
        if self.keys == Keys::Data {
            self.place.element(value)
        } else {
            Place { key, within: self.place.key, is_element: false, ..self.place }
        }
    }

    /// The entries, in order.
    pub(super) fn sorted(
        self,
        entries: &'a Map<String, Value>,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let first = match self.keys {
            Keys::Fields(first) => first,
            Keys::Data => &[],
        };
        let rank = |key: &str| first.iter().position(|known| *known == key).unwrap_or(first.len());
        let mut ranked: Vec<(usize, &str, &Value)> =
            entries.iter().map(|(key, value)| (rank(key), key.as_str(), value)).collect();
        if self.place.order != KeyOrder::AsIs {
            ranked.sort_unstable_by_key(|(rank, key, _)| (*rank, *key));
        }
        ranked.into_iter().map(|(_, key, value)| (key, value))
    }
}
