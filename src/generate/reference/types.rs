//! Types of the language: where each is described, and how.

use super::super::schema::{FileType, definition_name, example_text};
use super::Language;
use super::layers::Who;
use super::markdown::{Page, alternatives, anchor, code, plain};
use crate::layer::exclusive;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The page on which each type is described, and the types of each page in order.
#[derive(Debug, Default)]
pub(super) struct Homes {
    page: BTreeMap<String, &'static str>,
    types: BTreeMap<&'static str, Vec<String>>,
}

impl Homes {
    /// Gives each type to the first page that uses it.
    pub(super) fn new(pages: &[&'static str], schemas: &BTreeMap<&'static str, Value>) -> Self {
        let mut homes = Self::default();
        for page in pages {
            homes.page.insert(root_type(page).to_owned(), page);
        }
        for page in pages {
            let Some(schema) = schemas.get(page) else { continue };
            let mut pending = VecDeque::from([schema]);
            let mut seen = BTreeSet::new();
            while let Some(below) = pending.pop_front() {
                for name in references(below) {
                    let Some(definition) = schema.get("$defs").and_then(|all| all.get(name)) else {
                        continue;
                    };
                    let elsewhere = homes.page.get(name).is_some_and(|home| home != page);
                    if elsewhere || is_option(name) || !seen.insert(name) {
                        continue;
                    }
                    if !keys(definition).is_empty() {
                        homes.page.insert(name.to_owned(), page);
                        homes.types.entry(page).or_default().push(name.to_owned());
                    }
                    pending.push_back(definition);
                }
            }
        }
        homes
    }

    /// The page that describes a type.
    pub(super) fn page(&self, name: &str) -> Option<&'static str> {
        self.page.get(name).copied()
    }
}

/// The type of a kind of file.
fn root_type(file: &str) -> &'static str {
    match file {
        "environment" => "Environment",
        "system" => "System",
        "service" => "Service",
        "system-override" => "SystemOverride",
        "kind" => "Kind",
        "release" => "Release",
        _ => "Lock",
    }
}

/// Options are described in the catalogue.
fn is_option(name: &str) -> bool {
    name.contains("Options") || name == "KindName"
}

/// The names of the definitions that a schema refers to, in order.
fn references(schema: &Value) -> Vec<&str> {
    let mut names = Vec::new();
    match schema {
        Value::Array(items) => names.extend(items.iter().flat_map(references)),
        Value::Object(map) => {
            let name = map.get("$ref").and_then(Value::as_str).and_then(definition_name);
            names.extend(name);
            let below = map.iter().filter(|(key, _)| *key != "$defs");
            names.extend(below.flat_map(|(_, value)| references(value)));
        }
        _ => {}
    }
    names
}

/// A key of a type.
pub(super) struct Key<'a> {
    pub(super) name: &'a String,
    pub(super) schema: &'a Value,
    pub(super) required: bool,
}

/// The keys of a type, also of one of whose keys exactly one is said.
pub(super) fn keys(schema: &Value) -> Vec<Key<'_>> {
    let variants = schema.get("oneOf").and_then(Value::as_array);
    let is_variant = variants.is_some();
    let mut all = Vec::new();
    for schema in variants.into_iter().flatten().chain([schema]) {
        let required = schema.get("required").and_then(Value::as_array);
        let properties = schema.get("properties").and_then(Value::as_object);
        all.extend(properties.into_iter().flatten().map(|(name, schema)| {
            let named = |required: &Vec<Value>| required.iter().any(|it| it == name.as_str());
            Key { name, schema, required: !is_variant && required.is_some_and(named) }
        }));
    }
    all
}

/// What a text or a number with a form of its own is called.
pub(super) fn value_title(definition: &Value) -> Option<&str> {
    let title = definition.get("title")?.as_str()?;
    let own = ["pattern", "enum", "minimum"].iter().any(|key| definition.get(key).is_some());
    own.then_some(title)
}

/// Writes the page of a kind of file.
pub(super) struct Writer<'a> {
    language: &'a Language,
    file: &'static str,
    page: &'a mut Page,
}

impl<'a> Writer<'a> {
    pub(super) fn new(language: &'a Language, file: &'static str, page: &'a mut Page) -> Self {
        Self { language, file, page }
    }

    pub(super) fn file(&mut self, file: &FileType) {
        let schema = &self.language.schemas[self.file];
        self.page.text(&format!(
            "Files: {}. Schema for editors: [{name}.json](../schema/{name}.json).",
            file.files,
            name = file.name
        ));
        if self.file == "service" {
            self.page.text(
                "A service stands here, or below `services` of [its system](system.md). A shape is \
                 part of a service, with the same keys.",
            );
        }
        if keys(schema).is_empty() {
            self.page.text(&format!("Type: {}.", self.words(schema)));
        } else {
            self.page.heading(2, "Keys");
        }
        self.keys(root_type(self.file), schema);
        let types = self.language.homes.types.get(self.file).cloned().unwrap_or_default();
        for name in types {
            let Some(definition) = self.definition(&name) else { continue };
            self.page.heading(2, &type_heading(&name));
            self.page.text(definition.get("description").and_then(Value::as_str).unwrap_or(""));
            self.keys(&name, definition);
        }
    }

    fn definition(&self, name: &str) -> Option<&'a Value> {
        self.language.schemas[self.file].get("$defs")?.get(name)
    }

    fn keys(&mut self, name: &str, definition: &Value) {
        if definition.get("oneOf").is_some() {
            self.page.text("Exactly one of the keys is said.");
        }
        let groups = exclusive(name);
        if !groups.is_empty() {
            self.page.text("These exclude each other:");
            for group in groups {
                let keys: Vec<String> = group.iter().map(|key| code(key)).collect();
                self.page.item(&keys.join(", "));
            }
        }
        for key in keys(definition) {
            self.key(name, &key);
        }
    }

    fn key(&mut self, of: &str, key: &Key<'_>) {
        self.page.heading(3, &code(key.name));
        let text = key.schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let (text, example) = match text.rsplit_once("\n\n") {
            Some((before, last)) if example_text(last).is_some() => (before, example_text(last)),
            _ => (text, None),
        };
        self.page.text(text);
        self.page.item(&format!("Type: {}", self.words(key.schema)));
        if key.required {
            self.page.item("Required");
        }
        match self.language.layers.of(of, key.name) {
            Some(Who::Anyone) => self.page.item("An environment may say it"),
            Some(Who::System) => self.page.item("The same in every environment"),
            Some(Who::Depends) => self.page.item(
                "An environment may say it only where the whole of what it belongs to is the \
                 environment's to say",
            ),
            None => {}
        }
        for (word, about) in self.allowed(key.schema) {
            self.page.item(&format!("{}: {about}", code(&word)));
        }
        if let Some(example) = example {
            self.page.code("yaml", example);
        }
    }

    /// The words that a schema allows, each with what it means.
    fn allowed(&self, schema: &Value) -> Vec<(String, String)> {
        let mut allowed = Vec::new();
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name) {
            if !is_option(name) {
                allowed
                    .extend(self.definition(name).map(|it| self.allowed(it)).unwrap_or_default());
            }
            return allowed;
        }
        let lists = ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(key)?.as_array());
        for form in lists.flatten().chain(schema.get("items")) {
            match form.get("const") {
                Some(word) => {
                    let about = form.get("description").and_then(Value::as_str).unwrap_or_default();
                    allowed.push((plain(word), about.to_owned()));
                }
                None => allowed.extend(self.allowed(form)),
            }
        }
        allowed
    }

    /// A type in words.
    fn words(&self, schema: &Value) -> String {
        let Value::Object(map) = schema else { return "anything".to_owned() };
        if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(definition_name) {
            return self.reference(name);
        }
        if let Some(word) = map.get("const") {
            return code(&plain(word));
        }
        if let Some(Value::Array(words)) = map.get("enum") {
            let words: Vec<String> = words.iter().map(|word| code(&plain(word))).collect();
            return alternatives(&words);
        }
        if let Some(Value::Array(forms)) = map.get("anyOf").or_else(|| map.get("oneOf")) {
            let mut words: Vec<String> = Vec::new();
            for form in forms.iter().filter(|form| !is_null(form)) {
                let form = self.words(form);
                if !words.contains(&form) {
                    words.push(form);
                }
            }
            return alternatives(&words);
        }
        let kinds: Vec<&str> = match map.get("type") {
            Some(Value::String(word)) => vec![word],
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
            _ => return "anything".to_owned(),
        };
        let words: Vec<String> =
            kinds.iter().filter(|kind| **kind != "null").map(|kind| self.kind(kind, map)).collect();
        alternatives(&words)
    }

    fn kind(&self, kind: &str, map: &Map<String, Value>) -> String {
        match kind {
            "string" => "text".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "integer" if map.contains_key("minimum") => "a whole number from 0 on".to_owned(),
            "integer" => "a whole number".to_owned(),
            "number" => "a number".to_owned(),
            "array" => {
                let items = map.get("items").map(|items| self.words(items)).unwrap_or_default();
                format!("a list, each item {items}")
            }
            _ => {
                let names = map.get("propertyNames").map(|names| self.words(names));
                let values = map.get("additionalProperties").map(|values| self.words(values));
                let names = names.unwrap_or_else(|| "text".to_owned());
                format!("a map from {names} to {}", values.unwrap_or_default())
            }
        }
    }

    fn reference(&self, name: &str) -> String {
        if name == "KindName" {
            return "[a kind](catalogue.md)".to_owned();
        }
        if is_option(name) {
            return "a map of [the kind's options](catalogue.md)".to_owned();
        }
        if let Some(page) = self.language.homes.page(name) {
            let target = if name == root_type(page) {
                format!("{page}.md")
            } else if page == self.file {
                format!("#{}", anchor(&type_heading(name)))
            } else {
                format!("{page}.md#{}", anchor(&type_heading(name)))
            };
            return format!("a map [`{name}`]({target})");
        }
        let Some(definition) = self.definition(name) else { return String::new() };
        match value_title(definition) {
            Some(title) => format!("[{title}](values.md#{})", anchor(title)),
            None => self.words(definition),
        }
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|word| word == "null")
}

/// The heading of a type's section; no key has such a name.
fn type_heading(name: &str) -> String {
    format!("Type `{name}`")
}
