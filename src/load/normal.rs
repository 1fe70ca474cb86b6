//! Writes a typed layer back as a located tree in its normal form.
//!
//! Every short form has become its long form, so that merging never meets one. A value keeps the
//! place of the text that says it; what a short form implies has the place of the short form.
//! Alternatives that exclude each other are made explicit: one that is said removes the others.

use crate::finding::Finding;
use crate::layer::exclusive;
use crate::source::Place;
use crate::tree::{Entry, Map, Node, Value, Variant};
use serde::ser::{
    Error, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};
use std::cell::RefCell;
use std::fmt;

/// The tree of a layer in its normal form, and what is wrong with it.
///
/// # Panics
/// If a layer holds what no YAML file can say; the types do not let it.
pub fn normalise<T: Serialize>(layer: &T, source: &Node) -> (Node, Vec<Finding>) {
    let findings = RefCell::new(Vec::new());
    let writer = Writer { source: Some(source), place: source.place, findings: &findings };
    let node = layer
        .serialize(writer)
        .expect("layers hold what YAML can say")
        .unwrap_or_else(|| Node::new(source.place, Value::Map(Map::default())));
    (node, findings.into_inner())
}

#[derive(Clone, Copy)]
struct Writer<'a> {
    source: Option<&'a Node>,
    place: Place,
    findings: &'a RefCell<Vec<Finding>>,
}

/// Layers hold maps, lists, texts, numbers and booleans; anything else is a fault of the program.
#[derive(Debug)]
struct Unsupported(String);

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsupported {}

impl Error for Unsupported {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl<'a> Writer<'a> {
    /// The key's place and a writer for its value.
    fn child(self, key: &str) -> (Place, Self) {
        let found = match self.source.map(|node| &node.value) {
            Some(Value::Map(map)) => map.entries.get(key).map(|entry| (entry.key, &entry.node)),
            Some(Value::Variant(variant)) if variant.name == key => {
                Some((variant.key, &variant.node))
            }
            _ => None,
        };
        match found {
            Some((key, node)) => (key, Self { source: Some(node), place: node.place, ..self }),
            None => (self.place, Self { source: None, ..self }),
        }
    }

    fn item(self, index: usize) -> Self {
        match self.source.map(|node| &node.value) {
            Some(Value::List(items)) if index < items.len() => {
                Self { source: Some(&items[index]), place: items[index].place, ..self }
            }
            _ => Self { source: None, ..self },
        }
    }

    fn node(self, value: Value) -> Node {
        Node::new(self.place, value)
    }

    fn entries(self, name: &'static str) -> Entries<'a> {
        Entries { writer: self, name, key: None, map: Map::default() }
    }
}

impl<'a> Serializer for Writer<'a> {
    type Ok = Option<Node>;
    type Error = Unsupported;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Impossible<Option<Node>, Unsupported>;
    type SerializeTupleStruct = Impossible<Option<Node>, Unsupported>;
    type SerializeTupleVariant = Impossible<Option<Node>, Unsupported>;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = Entries<'a>;
    type SerializeStructVariant = Impossible<Option<Node>, Unsupported>;

    fn serialize_bool(self, value: bool) -> Result<Self::Ok, Unsupported> {
        Ok(Some(self.node(Value::Bool(value))))
    }

    fn serialize_i8(self, value: i8) -> Result<Self::Ok, Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Self::Ok, Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Self::Ok, Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Self::Ok, Unsupported> {
        Ok(Some(self.node(Value::Integer(value))))
    }

    fn serialize_u8(self, value: u8) -> Result<Self::Ok, Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Self::Ok, Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Self::Ok, Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Self::Ok, Unsupported> {
        self.serialize_i64(i64::try_from(value).map_err(Unsupported::custom)?)
    }

    fn serialize_f32(self, value: f32) -> Result<Self::Ok, Unsupported> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Self::Ok, Unsupported> {
        Ok(Some(self.node(Value::Float(value))))
    }

    fn serialize_char(self, value: char) -> Result<Self::Ok, Unsupported> {
        Ok(Some(self.node(Value::Text(value.to_string()))))
    }

    fn serialize_str(self, value: &str) -> Result<Self::Ok, Unsupported> {
        Ok(Some(self.node(Value::Text(value.to_owned()))))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Self::Ok, Unsupported> {
        Err(Unsupported::custom("bytes"))
    }

    fn serialize_none(self) -> Result<Self::Ok, Unsupported> {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Self::Ok, Unsupported> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Self::Ok, Unsupported> {
        Ok(Some(self.node(Value::Null)))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Self::Ok, Unsupported> {
        Ok(Some(self.node(Value::Null)))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Self::Ok, Unsupported> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Unsupported> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Unsupported> {
        let (key, content) = self.child(name);
        let node = value
            .serialize(content)?
            .unwrap_or_else(|| Node::new(content.place, Value::Map(Map::default())));
        let variant = Variant { name: name.to_owned(), key, node, reset: false };
        Ok(Some(self.node(Value::Variant(Box::new(variant)))))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Unsupported> {
        Ok(Items { writer: self, items: Vec::new() })
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        Err(Unsupported::custom("a tuple"))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Unsupported> {
        Err(Unsupported::custom(name))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unsupported> {
        Err(Unsupported::custom(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'a>, Unsupported> {
        Ok(self.entries(""))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Entries<'a>, Unsupported> {
        Ok(self.entries(name))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unsupported> {
        Err(Unsupported::custom(name))
    }
}

struct Items<'a> {
    writer: Writer<'a>,
    items: Vec<Node>,
}

impl SerializeSeq for Items<'_> {
    type Ok = Option<Node>;
    type Error = Unsupported;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        let item = value.serialize(self.writer.item(self.items.len()))?;
        self.items.extend(item);
        Ok(())
    }

    fn end(self) -> Result<Option<Node>, Unsupported> {
        Ok(Some(self.writer.node(Value::List(self.items))))
    }
}

struct Entries<'a> {
    writer: Writer<'a>,
    name: &'static str,
    key: Option<String>,
    map: Map,
}

impl Entries<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Unsupported> {
        let (key, content) = self.writer.child(name);
        if let Some(node) = value.serialize(content)? {
            self.map.entries.insert(name.to_owned(), Entry { key, node });
        }
        Ok(())
    }

    /// A `null` of the source stands for a removal, which no type keeps.
    fn keep_removals(&mut self) {
        let Some(source) = self.writer.source.and_then(Node::as_map) else { return };
        for (key, entry) in &source.entries {
            if entry.node.value == Value::Null {
                self.map.entries.entry(key.clone()).or_insert_with(|| entry.clone());
            }
        }
    }

    fn exclude_alternatives(&mut self) {
        let groups = exclusive(self.name);
        let said: Vec<(usize, &str, Place)> = groups
            .iter()
            .enumerate()
            .filter_map(|(index, keys)| {
                keys.iter().find_map(|key| {
                    let entry = self.map.entries.get(*key)?;
                    (entry.node.value != Value::Null).then_some((index, *key, entry.key))
                })
            })
            .collect();
        if let [one, other, ..] = said[..] {
            // The later one is the one too many.
            let (first, second) = if one.2 <= other.2 { (one, other) } else { (other, one) };
            self.writer.findings.borrow_mut().push(excluding(
                self.name,
                (first.1, first.2),
                (second.1, second.2),
            ));
            // Nobody knows which of them is meant.
            for key in groups.iter().flat_map(|keys| keys.iter()) {
                if let Some(entry) = self.map.entries.get_mut(*key) {
                    entry.node.value = Value::Unknown;
                }
            }
            return;
        }
        if let [(chosen, _, place), ..] = said[..] {
            for (index, keys) in groups.iter().enumerate() {
                if index != chosen {
                    for key in *keys {
                        let removed = Entry { key: place, node: Node::new(place, Value::Null) };
                        self.map.entries.entry((*key).to_owned()).or_insert(removed);
                    }
                }
            }
        }
    }

    fn finish(mut self) -> Node {
        self.keep_removals();
        self.exclude_alternatives();
        self.writer.node(Value::Map(self.map))
    }
}

/// The finding about two keys of which only one may be said.
fn excluding(name: &str, first: (&str, Place), second: (&str, Place)) -> Finding {
    let of_kinds = |(key, _): &(&str, Place)| matches!(*key, "version" | "options" | "mirror");
    let stray = [first, second].into_iter().find(of_kinds).filter(|_| name == "Service");
    if let Some((key, place)) = stray {
        let other = if place == first.1 { second } else { first };
        let message =
            format!("`{key}` is for kinds of the catalogue, and this service says `{}`", other.0);
        return Finding::error("only-for-kinds", message)
            .at(place)
            .related(other.1, format!("`{}` is said here", other.0))
            .help(format!("remove `{key}`, or say `kind` instead of `{}`", other.0));
    }
    let (first, first_place) = first;
    let (second, second_place) = second;
    Finding::error("exclusive-keys", format!("`{first}` and `{second}` exclude each other"))
        .at(second_place)
        .related(first_place, format!("`{first}` is said here"))
        .help("keep one of them")
}

impl SerializeMap for Entries<'_> {
    type Ok = Option<Node>;
    type Error = Unsupported;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unsupported> {
        let key = serde_json::to_value(key).map_err(Unsupported::custom)?;
        self.key = Some(key.as_str().map_or_else(|| key.to_string(), ToOwned::to_owned));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        let key = self.key.take().expect("serde writes a key before its value");
        self.add(&key, value)
    }

    fn end(self) -> Result<Option<Node>, Unsupported> {
        Ok(Some(self.finish()))
    }
}

impl SerializeStruct for Entries<'_> {
    type Ok = Option<Node>;
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Unsupported> {
        self.add(key, value)
    }

    fn end(self) -> Result<Option<Node>, Unsupported> {
        Ok(Some(self.finish()))
    }
}
