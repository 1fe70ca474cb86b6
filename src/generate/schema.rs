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
use crate::layer::{Environment, Kind, Lock, Release, Service, System, SystemOverride};
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
    schema: fn() -> Value,
}

/// Every kind of file of a project.
pub(super) const FILE_TYPES: &[FileType] = &[
    FileType {
        name: "environment",
        title: "An environment",
        files: "`environments/<environment>.yaml`",
        schema: raw::<Environment>,
    },
    FileType {
        name: "system",
        title: "A system",
        files: "`environments/<system>/system.yaml`",
        schema: raw::<System>,
    },
    FileType {
        name: "service",
        title: "A service or a shape",
        files: "`environments/<system>/services/<service>.yaml` and \
                `environments/shapes/<shape>.yaml`",
        schema: raw::<Service>,
    },
    FileType {
        name: "system-override",
        title: "What an environment says of a system",
        files: "`environments/<system>/<environment>.yaml`",
        schema: raw::<SystemOverride>,
    },
    FileType {
        name: "kind",
        title: "A kind of the catalogue",
        files: "`environments/catalogue/<kind>.yaml`",
        schema: raw::<Kind>,
    },
    FileType {
        name: "release",
        title: "A release",
        files: "`environments/<system>/release.yaml`",
        schema: raw::<Release>,
    },
    FileType {
        name: "lock",
        title: "The lock",
        files: "`environments/lock.yaml`",
        schema: raw::<Lock>,
    },
];

/// What schemars makes of a type. The types of keys of maps are among its definitions, so that
/// `shape` can refer to them.
fn raw<T: JsonSchema>() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let _ = generator.subschema_for::<Name>();
    let _ = generator.subschema_for::<PortName>();
    let _ = generator.subschema_for::<EnvName>();
    let _ = generator.subschema_for::<AbsolutePath>();
    let _ = generator.subschema_for::<SecretKey>();
    let _ = generator.subschema_for::<ImageName>();
    generator.into_root_schema_for::<T>().to_value()
}

/// The schema of each kind of file by its name, with the catalogue's kinds and their options.
#[must_use]
pub fn schemas(kinds: &BTreeMap<String, KindEntry>) -> Vec<(&'static str, Value)> {
    FILE_TYPES.iter().map(|file| (file.name, schema(file, kinds))).collect()
}

fn schema(file: &FileType, kinds: &BTreeMap<String, KindEntry>) -> Value {
    let mut schema = shape::shape((file.schema)());
    options::compose(&mut schema, kinds);
    shape::remove_unused(&mut schema);
    each(&mut schema, &mut shape::arrange);
    let Value::Object(schema) = schema else { return schema };
    Value::Object(ordered(file, schema))
}

/// What a reader wants to know first, first; the definitions last.
fn ordered(file: &FileType, mut schema: Map<String, Value>) -> Map<String, Value> {
    let comment = format!("{MARKER} from the types of the language and the catalogue; do not edit");
    let doc = schema.remove("description").unwrap_or_default();
    let mut doc = doc.as_str().unwrap_or_default().to_owned();
    if !doc.contains("environments/") {
        doc = format!("{doc}\n\nFiles: {}", file.files);
    }
    let dialect = schema.remove("$schema").unwrap_or_default();
    let definitions = schema.remove("$defs");
    schema.remove("title");
    let mut ordered = Map::new();
    ordered.insert("$schema".to_owned(), dialect);
    ordered.insert("$comment".to_owned(), comment.into());
    ordered.insert("title".to_owned(), file.title.into());
    ordered.insert("description".to_owned(), doc.into());
    ordered.extend(schema);
    if let Some(Value::Object(definitions)) = definitions {
        let sorted: BTreeMap<String, Value> = definitions.into_iter().collect();
        ordered.insert("$defs".to_owned(), sorted.into_iter().collect::<Map<_, _>>().into());
    }
    ordered
}

/// The schemas as files, `schema/<name>.json`.
#[must_use]
pub fn files(kinds: &BTreeMap<String, KindEntry>) -> FileSet {
    let mut files = FileSet::default();
    for (name, schema) in schemas(kinds) {
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
