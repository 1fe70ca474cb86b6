//! Schemas for editors: what may stand in each file of a project, from the types of the layers.
//!
//! A schema accepts what the loader accepts, as far as JSON Schema can say it. What the loader
//! leaves to resolving, because it needs the catalogue, is here too: names of kinds, their versions
//! and their options.

mod docs;
mod options;
mod shape;

pub(super) use docs::example_text;
pub(super) use options::words as option_words;
pub(super) use shape::definition_name;

use crate::fileset::FileSet;
use crate::layer::{Environment, Kind, Lock, Provider, Release, Service, System, SystemOverride};
use crate::load::KindEntry;
use crate::value::{AbsolutePath, EnvName, ImageName, Name, PortName, SecretKey};
use crate::write::MARKER;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A kind of file: the name of its schema, what it is called, and where such files are.
pub(super) struct FileType {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) files: &'static str,
    root: fn(&mut SchemaGenerator) -> Value,
}

/// The dialect of JSON Schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Every kind of file of a project.
pub(super) const FILE_TYPES: &[FileType] = &[
    FileType {
        name: "environment",
        title: "An environment",
        files: "`environments/<environment>.yaml`",
        root: root::<Environment>,
    },
    FileType {
        name: "system",
        title: "A system",
        files: "`environments/<system>/system.yaml`",
        root: root::<System>,
    },
    FileType {
        name: "service",
        title: "A service or a shape",
        files: "`environments/<system>/services/<service>.yaml` and \
                `environments/shapes/<shape>.yaml`",
        root: root::<Service>,
    },
    FileType {
        name: "system-override",
        title: "What an environment says of a system",
        files: "`environments/<system>/<environment>.yaml`",
        root: root::<SystemOverride>,
    },
    FileType {
        name: "kind",
        title: "A kind of the catalogue",
        files: "`environments/catalogue/<kind>.yaml`",
        root: root::<Kind>,
    },
    FileType {
        name: "provider",
        title: "A provider of the catalogue",
        files: "`environments/catalogue/<provider>.yaml`",
        root: root::<Provider>,
    },
    FileType {
        name: "release",
        title: "A release",
        files: "`environments/<system>/release.yaml`",
        root: root::<Release>,
    },
    FileType {
        name: "lock",
        title: "The lock",
        files: "`environments/lock.yaml`",
        root: root::<Lock>,
    },
];

/// What schemars makes of the type of a file; the types in it become definitions.
fn root<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let mut schema = T::json_schema(generator).to_value();
    schema["title"] = T::schema_name().into();
    schema
}

/// The schema of each kind of file by its name, with the catalogue's kinds and their options.
///
/// The types of the files are made of the same definitions. So these are made, and brought to what
/// the loader accepts, once; each schema is then given those that it refers to.
#[must_use]
pub fn schemas(kinds: &BTreeMap<String, KindEntry>) -> Vec<(&'static str, Value)> {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    // The types of keys of maps: `shape` refers to them.
    let _ = generator.subschema_for::<Name>();
    let _ = generator.subschema_for::<PortName>();
    let _ = generator.subschema_for::<EnvName>();
    let _ = generator.subschema_for::<AbsolutePath>();
    let _ = generator.subschema_for::<SecretKey>();
    let _ = generator.subschema_for::<ImageName>();
    let roots: Vec<Value> = FILE_TYPES.iter().map(|file| (file.root)(&mut generator)).collect();
    let mut definitions = generator.take_definitions(true);
    let keys = shape::keys(&definitions);
    for (name, definition) in &mut definitions {
        shape::shape(name, definition, &keys);
    }
    options::compose(&mut definitions, kinds);
    for definition in definitions.values_mut() {
        each(definition, &mut shape::arrange);
    }
    let files = FILE_TYPES.iter().zip(roots);
    files
        .map(|(file, mut root)| {
            let name = root["title"].as_str().unwrap_or_default().to_owned();
            shape::shape(&name, &mut root, &keys);
            options::compose_root(&name, &mut root, kinds);
            each(&mut root, &mut shape::arrange);
            let used = shape::used(&root, &definitions);
            (file.name, ordered(file, root, used))
        })
        .collect()
}

/// What a reader wants to know first, first; the definitions last.
fn ordered(file: &FileType, schema: Value, definitions: BTreeMap<String, Value>) -> Value {
    let Value::Object(mut schema) = schema else { return schema };
    let comment = format!("{MARKER} from the types of the language and the catalogue; do not edit");
    let doc = schema.remove("description").unwrap_or_default();
    let mut doc = doc.as_str().unwrap_or_default().to_owned();
    if !doc.contains("environments/") {
        doc = format!("{doc}\n\nFiles: {}", file.files);
    }
    schema.remove("title");
    let mut ordered = Map::new();
    ordered.insert("$schema".to_owned(), DIALECT.into());
    ordered.insert("$comment".to_owned(), comment.into());
    ordered.insert("title".to_owned(), file.title.into());
    ordered.insert("description".to_owned(), doc.into());
    ordered.extend(schema);
    if !definitions.is_empty() {
        ordered.insert("$defs".to_owned(), definitions.into_iter().collect::<Map<_, _>>().into());
    }
    Value::Object(ordered)
}

/// The schemas as files, `schema/<name>.json`.
#[must_use]
pub fn files(schemas: &[(&'static str, Value)]) -> FileSet {
    let mut files = FileSet::default();
    for (name, schema) in schemas {
        files.add(format!("schema/{name}.json"), format!("{schema:#}\n"));
    }
    files
}

/// Calls a function with every schema below a schema, and with itself last.
fn each(schema: &mut Value, act: &mut impl FnMut(&mut Map<String, Value>)) {
    const ONE: &[&str] = &["items", "additionalProperties", "propertyNames", "not", "if", "then"];
    const LIST: &[&str] = &["anyOf", "allOf", "oneOf"];
    const NAMED: &[&str] = &["properties", "patternProperties", "$defs"];
    let Value::Object(map) = schema else { return };
    for (key, below) in map.iter_mut() {
        match below {
            _ if ONE.contains(&key.as_str()) => each(below, act),
            Value::Array(list) if LIST.contains(&key.as_str()) => {
                for schema in list {
                    each(schema, act);
                }
            }
            Value::Object(named) if NAMED.contains(&key.as_str()) => {
                for schema in named.values_mut() {
                    each(schema, act);
                }
            }
            _ => {}
        }
    }
    act(map);
}

#[cfg(test)]
mod tests;
