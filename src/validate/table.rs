//! Reads `data/kubernetes/schemas.txt`, whose format is described in the README beside it.
//!
//! Opening a version only finds where each definition starts; a definition is read when an object
//! first needs it.

use std::sync::OnceLock;

pub(super) static TEXT: &str = include_str!("../../data/kubernetes/schemas.txt");

/// The definitions of one Kubernetes version.
#[derive(Debug)]
pub(super) struct Table {
    minor: &'static str,
    /// Sorted by name.
    entries: Vec<Entry>,
    /// Sorted.
    kinds: Vec<Served>,
}

/// A definition by its number in the table.
pub(super) type Id = usize;

/// A kind that can be applied.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Served {
    pub(super) kind: &'static str,
    pub(super) api_version: &'static str,
    pub(super) definition: Id,
}

#[derive(Debug)]
struct Entry {
    name: &'static str,
    /// What follows the name in its line.
    header: &'static str,
    /// The lines of its fields.
    body: &'static str,
    read: OnceLock<Definition>,
}

/// What a definition says.
#[derive(Debug)]
pub(super) enum Definition {
    /// A map of known fields, or null.
    Fields(Fields),
    /// Another name of a type.
    Alias(Type),
}

/// The fields of a map.
#[derive(Debug)]
pub(super) struct Fields {
    /// Sorted by name.
    pub(super) all: Vec<Field>,
    /// How many of them are required.
    pub(super) required: usize,
}

/// One field of a map.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) of: Type,
    /// The allowed texts, joined by commas, where they are limited.
    pub(super) allowed: Option<&'static str>,
    /// `key=value` words, separated by spaces.
    notes: &'static str,
}

/// A type, and whether it may be null besides.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) shape: Shape,
    /// Of no effect on a definition, which decides for itself.
    pub(super) nullable: bool,
}

/// What a value must look like.
#[derive(Debug)]
pub(super) enum Shape {
    Any,
    Scalar(Scalar),
    /// Text or a whole number, never null.
    TextOrInteger,
    /// Text or a number, never null.
    TextOrNumber,
    /// A map whose content is free.
    Object,
    List(Box<Type>),
    Map(Box<Type>),
    Definition(Id),
}

/// A value without parts. Formats are notes: nothing is checked but the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Text,
    Byte,
    DateTime,
    Integer,
    Int32,
    Int64,
    Number,
    Double,
    Boolean,
}

impl Table {
    /// The definitions of Kubernetes 1.`minor`.
    pub(super) fn open(minor: &'static str) -> Self {
        let mut table = Self { minor, entries: Vec::with_capacity(1024), kinds: Vec::new() };
        let mut offset = 0;
        let mut open = false;
        for line in TEXT.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            if line.starts_with(' ') {
                continue;
            }
            if open {
                table.close_last(start);
            }
            open = table.header(line.trim_ascii_end(), offset);
        }
        if open {
            table.close_last(offset);
        }
        table.kinds.sort_unstable();
        table
    }

    /// Adds the definition of a header line, if it is one of this version.
    fn header(&mut self, line: &'static str, body: usize) -> bool {
        let Some(line) = in_version(line, self.minor) else { return false };
        let (name, header) = line.split_once(' ').unwrap_or((line, ""));
        if name == "#" || name == "versions" {
            return false;
        }
        if let Some(api_version) = note(header, "kind") {
            let kind = last_part(name);
            self.kinds.push(Served { kind, api_version, definition: self.entries.len() });
        }
        self.entries.push(Entry { name, header, body: &TEXT[body..], read: OnceLock::new() });
        true
    }

    /// Ends the body of the last definition at an offset of the text.
    fn close_last(&mut self, end: usize) {
        if let Some(entry) = self.entries.last_mut() {
            let length = entry.body.len() - (TEXT.len() - end);
            entry.body = &entry.body[..length];
        }
    }

    /// The kinds that can be applied, sorted by kind, then by API version.
    pub(super) fn kinds(&self) -> &[Served] {
        &self.kinds
    }

    /// The definition of a kind.
    pub(super) fn kind(&self, api_version: &str, kind: &str) -> Option<Id> {
        let at = self
            .kinds
            .binary_search_by(|served| (served.kind, served.api_version).cmp(&(kind, api_version)))
            .ok()?;
        Some(self.kinds[at].definition)
    }

    /// The number of a definition.
    pub(super) fn find(&self, name: &str) -> Option<Id> {
        self.entries.binary_search_by(|entry| entry.name.cmp(name)).ok()
    }

    /// The full name of a definition, for instance `core.v1.PodSpec`.
    pub(super) fn name(&self, id: Id) -> &'static str {
        self.entries[id].name
    }

    /// A definition, read on first use.
    pub(super) fn definition(&self, id: Id) -> &Definition {
        let entry = &self.entries[id];
        entry.read.get_or_init(|| self.read(entry))
    }

    fn read(&self, entry: &Entry) -> Definition {
        if let Some(alias) = entry.header.strip_prefix("= ") {
            return Definition::Alias(self.read_type(word(alias).0));
        }
        let all: Vec<Field> = entry
            .body
            .lines()
            .filter_map(|line| in_version(line, self.minor))
            .map(|line| self.read_field(line))
            .collect();
        let required = all.iter().filter(|field| field.required).count();
        Definition::Fields(Fields { all, required })
    }

    fn read_field(&self, line: &'static str) -> Field {
        let (name, rest) = word(line.trim_ascii_start());
        let (of, rest) = word(rest);
        let (allowed, notes) = match rest.strip_prefix('=') {
            Some(rest) => {
                let (allowed, notes) = word(rest);
                (Some(allowed), notes)
            }
            None => (None, rest),
        };
        let (name, required) = match name.strip_suffix('!') {
            Some(name) => (name, true),
            None => (name, false),
        };
        Field { name, required, of: self.read_type(of), allowed, notes }
    }

    fn read_type(&self, text: &'static str) -> Type {
        let (text, nullable) = match text.strip_suffix('?') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let inside = |open, close| text.strip_prefix(open).and_then(|t| t.strip_suffix(close));
        let shape = if let Some(items) = inside('[', ']') {
            Shape::List(Box::new(self.read_type(items)))
        } else if let Some(values) = inside('{', '}') {
            Shape::Map(Box::new(self.read_type(values)))
        } else if text.contains('.') {
            let id = self.find(text);
            Shape::Definition(id.expect("schemas.txt holds whatever it refers to"))
        } else {
            Shape::simple(text)
        };
        Type { shape, nullable }
    }
}

impl Shape {
    fn simple(text: &str) -> Self {
        Self::Scalar(match text {
            "any" => return Self::Any,
            "object" => return Self::Object,
            "string|integer" => return Self::TextOrInteger,
            "string|number" => return Self::TextOrNumber,
            "string" => Scalar::Text,
            "byte" => Scalar::Byte,
            "date-time" => Scalar::DateTime,
            "integer" => Scalar::Integer,
            "int32" => Scalar::Int32,
            "int64" => Scalar::Int64,
            "number" => Scalar::Number,
            "double" => Scalar::Double,
            "boolean" => Scalar::Boolean,
            _ => unreachable!("schemas.txt speaks of the unknown type `{text}`"),
        })
    }
}

impl Fields {
    /// The field of a name.
    pub(super) fn get(&self, name: &str) -> Option<&Field> {
        let at = self.all.binary_search_by(|field| field.name.cmp(name)).ok()?;
        Some(&self.all[at])
    }
}

impl Field {
    /// The value of a note, for instance `name` for `keys`.
    pub(super) fn note(&self, key: &str) -> Option<&'static str> {
        note(self.notes, key)
    }
}

/// The last part of a definition's name: `PodSpec` of `core.v1.PodSpec`.
pub(super) fn last_part(name: &'static str) -> &'static str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

/// A line without its `@35,36`; none if that does not list the version.
fn in_version(line: &'static str, minor: &str) -> Option<&'static str> {
    match line.rsplit_once(" @") {
        None => Some(line),
        Some((line, minors)) => minors.split(',').any(|each| each == minor).then_some(line),
    }
}

/// The first word of a text, and the rest.
fn word(text: &'static str) -> (&'static str, &'static str) {
    text.split_once(' ').unwrap_or((text, ""))
}

fn note(notes: &'static str, key: &str) -> Option<&'static str> {
    notes.split(' ').find_map(|note| note.strip_prefix(key)?.strip_prefix('='))
}

#[cfg(test)]
impl Table {
    /// How many definitions there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The value of a note on a definition.
    pub(super) fn note(&self, id: Id, key: &str) -> Option<&'static str> {
        note(self.entries[id].header, key)
    }
}
