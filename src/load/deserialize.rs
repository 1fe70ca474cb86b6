//! serde's view of a located tree, with errors that know where they happened.

use super::fault::{Fault, ReadError, described};
use crate::source::Place;
use crate::tree::{Entry, Map, Node, Value, Variant};
use crate::value::quoted;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::collections::{BTreeMap, btree_map};

/// What is not read of a tree, since it is at fault and was reported.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    gone: bool,
    below: BTreeMap<String, Self>,
}

impl Dropped {
    /// Drops what is at a path; whether it was there still.
    pub(super) fn drop(&mut self, path: &[String]) -> bool {
        let place =
            path.iter().fold(self, |dropped, key| dropped.below.entry(key.clone()).or_default());
        !std::mem::replace(&mut place.gone, true)
    }

    /// What is at fault in a tree already. Of a list, all that is in it.
    pub(super) fn of(node: &Node) -> Self {
        let mut dropped = Self { gone: node.is_unknown(), below: BTreeMap::new() };
        let mut below = |key: &str, node: &Node| {
            let child = Self::of(node);
            if child.gone || !child.below.is_empty() {
                dropped.below.insert(key.to_owned(), child);
            }
        };
        match &node.value {
            Value::Map(map) => {
                map.entries.iter().for_each(|(key, entry)| below(key, &entry.node));
            }
            Value::Variant(variant) => below(&variant.name, &variant.node),
            // A shorter list would mean something else.
            Value::List(_) => dropped.gone = node.has_unknown(),
            _ => {}
        }
        dropped
    }

    /// Marks in the normal form of a tree what was dropped of it, where it stands in the source.
    pub(super) fn mark(&self, node: &mut Node, source: &Node) {
        if self.gone {
            node.value = Value::Unknown;
            return;
        }
        for (key, dropped) in &self.below {
            let said = source.as_map().and_then(|map| map.entries.get(key));
            let below = source.child(key).unwrap_or(source);
            match &mut node.value {
                Value::Map(map) => {
                    let entry = map.entries.entry(key.clone()).or_insert_with(|| Entry {
                        key: said.map_or(source.place, |entry| entry.key),
                        node: Node::unknown(below.place),
                    });
                    dropped.mark(&mut entry.node, below);
                }
                Value::Variant(variant) if variant.name == *key => {
                    dropped.mark(&mut variant.node, below);
                }
                _ => node.value = Value::Unknown,
            }
        }
    }

    /// Whether something was dropped that stood directly below a path.
    pub(super) fn has_below(&self, path: &[String]) -> bool {
        let end = path.iter().try_fold(self, |dropped, key| dropped.below.get(key));
        end.is_some_and(|dropped| dropped.below.values().any(|child| child.gone))
    }
}

/// A node, as serde reads it.
#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'a> {
    node: &'a Node,
    dropped: Option<&'a Dropped>,
}

impl<'a> NodeDeserializer<'a> {
    pub(super) fn new(node: &'a Node, dropped: &'a Dropped) -> Self {
        Self { node, dropped: Some(dropped) }
    }

    /// What is below a key; nothing if it was dropped.
    fn below(self, key: &str, node: &'a Node) -> Option<Self> {
        let dropped = self.dropped.and_then(|dropped| dropped.below.get(key));
        match dropped {
            Some(dropped) if dropped.gone => None,
            _ => Some(Self { node, dropped }),
        }
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.node.value {
            // What is at fault is dropped before anything is read.
            Value::Null | Value::Unknown => visitor.visit_unit(),
            Value::Bool(word) => visitor.visit_bool(*word),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => {
                visitor.visit_seq(Items { list: self, items: items.iter().enumerate() })
            }
            Value::Map(map) => visitor.visit_map(self.entries(map, false)),
            Value::Variant(variant) => {
                visitor.visit_map(Single { of: self, variant, taken: false })
            }
        }
    }

    /// In a map keyed by name a `null` removes an entry, so that there is nothing to read.
    fn entries(self, map: &'a Map, named: bool) -> Entries<'a> {
        Entries { map: self, rest: map.entries.iter(), named, value: None }
    }

    /// The chosen alternative of a map that must hold exactly one. A `null` beside it removes
    /// another, which it does anyway.
    fn chosen(
        self,
        map: &'a Map,
        variants: &'static [&'static str],
    ) -> Result<Chosen<'a>, ReadError> {
        let mut entries: Vec<(&String, &Entry)> = map.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.key);
        let there = entries.len();
        entries.retain(|(name, entry)| self.below(name, &entry.node).is_some());
        if there > 0 && entries.is_empty() {
            return Err(ReadError::new(Fault::Emptied));
        }
        if let Some((name, entry)) =
            entries.iter().find(|(name, _)| !variants.contains(&name.as_str()))
        {
            let fault = Fault::UnknownWord { given: (*name).clone(), allowed: variants };
            return Err(ReadError::new(fault).at(entry.key).below(*name));
        }
        let is_said = |(_, entry): &&(&String, &Entry)| entry.node.value != Value::Null;
        let said: Vec<_> = entries.iter().filter(is_said).collect();
        match (said[..].split_first(), &entries[..]) {
            (Some(((name, entry), [])), _) => Ok(Chosen {
                name,
                key: entry.key,
                content: Self {
                    node: &entry.node,
                    dropped: self.dropped.and_then(|dropped| dropped.below.get(*name)),
                },
            }),
            (Some(((first, entry), [(second, other), ..])), _) => {
                let fault = Fault::TwoVariants {
                    first: (*first).clone(),
                    first_place: entry.key,
                    second: (*second).clone(),
                };
                Err(ReadError::new(fault).at(other.key).below(*second))
            }
            (None, [(name, entry), ..]) => {
                let fault = Fault::WrongType {
                    found: "`null`".to_owned(),
                    expected: format!("what `{name}` holds"),
                    help: Some(format!("write `{name}: {{}}`")),
                };
                Err(ReadError::new(fault).at(entry.node.place).below(*name))
            }
            (None, []) => Err(self.no_variant(variants)),
        }
    }

    fn no_variant(self, variants: &'static [&'static str]) -> ReadError {
        ReadError::new(Fault::WrongType {
            found: described(self.node),
            expected: format!("one of {}", variants.join(", ")),
            help: None,
        })
    }
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.visit(visitor).map_err(|error| error.at(self.node.place))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.node.value {
            Value::Map(map) => visitor.visit_map(self.entries(map, true)),
            _ => self.visit(visitor),
        }
        .map_err(|error| error.at(self.node.place))
    }

    /// serde would take a list for a struct whose keys are not named.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.node.value {
            Value::List(_) => Err(ReadError::invalid_type(Unexpected::Seq, &visitor)),
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
            Value::Text(text) => visitor.visit_enum(Word(text)),
            Value::Variant(variant) => match self.below(&variant.name, &variant.node) {
                Some(content) => {
                    visitor.visit_enum(Chosen { name: &variant.name, key: variant.key, content })
                }
                None => Err(ReadError::new(Fault::Emptied)),
            },
            Value::Map(map) => {
                self.chosen(map, variants).and_then(|chosen| visitor.visit_enum(chosen))
            }
            _ => Err(self.no_variant(variants)),
        };
        result.map_err(|error| error.at(self.node.place))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct identifier ignored_any
    }
}

struct Entries<'a> {
    map: NodeDeserializer<'a>,
    rest: btree_map::Iter<'a, String, Entry>,
    named: bool,
    value: Option<(&'a str, NodeDeserializer<'a>)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        for (key, entry) in self.rest.by_ref() {
            if self.named && entry.node.value == Value::Null {
                continue;
            }
            let Some(content) = self.map.below(key, &entry.node) else { continue };
            self.value = Some((key, content));
            return seed
                .deserialize(key.as_str().into_deserializer())
                .map(Some)
                .map_err(|error: ReadError| error.at(entry.key).below(key));
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let (key, content) = self.value.take().expect("serde asks for a key before its value");
        seed.deserialize(content).map_err(|error| error.at(content.node.place).below(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A chosen alternative, read as a map with one key.
struct Single<'a> {
    of: NodeDeserializer<'a>,
    variant: &'a Variant,
    taken: bool,
}

impl<'de> MapAccess<'de> for Single<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let name = &self.variant.name;
        if std::mem::replace(&mut self.taken, true)
            || self.of.below(name, &self.variant.node).is_none()
        {
            return Ok(None);
        }
        seed.deserialize(name.as_str().into_deserializer())
            .map(Some)
            .map_err(|error: ReadError| error.at(self.variant.key).below(name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let name = &self.variant.name;
        let content = self.of.below(name, &self.variant.node);
        let content = content.expect("a key was given, so that there is a value");
        seed.deserialize(content).map_err(|error| error.at(content.node.place).below(name))
    }
}

struct Items<'a> {
    list: NodeDeserializer<'a>,
    items: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        for (index, node) in self.items.by_ref() {
            let index = index.to_string();
            let Some(content) = self.list.below(&index, node) else { continue };
            return seed
                .deserialize(content)
                .map(Some)
                .map_err(|error| error.at(node.place).below(index));
        }
        Ok(None)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// A word that names an alternative.
struct Word<'a>(&'a str);

impl<'a, 'de> EnumAccess<'de> for Word<'a> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let name: StrDeserializer<'a, ReadError> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl Word<'_> {
    /// The alternative holds something, so that the word alone is not enough.
    fn alone(&self) -> ReadError {
        let name = self.0;
        ReadError::new(Fault::WrongType {
            found: format!("the text {}", quoted(name)),
            expected: format!("a map `{{ {name}: … }}`"),
            help: Some(format!("write `{{ {name}: {{}} }}`")),
        })
    }
}

impl<'de> VariantAccess<'de> for Word<'_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, ReadError> {
        Err(self.alone())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ReadError> {
        Err(self.alone())
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, ReadError> {
        Err(self.alone())
    }
}

/// An alternative and what it holds.
struct Chosen<'a> {
    name: &'a str,
    key: Place,
    content: NodeDeserializer<'a>,
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
        Ok((name, ChosenContent { name: self.name, content: self.content }))
    }
}

struct ChosenContent<'a> {
    name: &'a str,
    content: NodeDeserializer<'a>,
}

impl<'de> VariantAccess<'de> for ChosenContent<'_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        let fault = Fault::WrongType {
            found: "a map".to_owned(),
            expected: format!("only the word `{}`", self.name),
            help: Some(format!("write `{}`", self.name)),
        };
        Err(ReadError::new(fault))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        seed.deserialize(self.content).map_err(|error| error.below(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.content.deserialize_any(visitor).map_err(|error| error.below(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.content.deserialize_any(visitor).map_err(|error| error.below(self.name))
    }
}
