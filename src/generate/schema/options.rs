//! The catalogue in the schemas: names of kinds, their versions, and their options.

use super::shape::{nullable, reference};
use crate::layer::{EntryKey, KindOption};
use crate::load::KindEntry;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The type of a service, which names a kind and sets its options.
const SERVICE: &str = "Service";
/// The type of what an environment says of a service, where the kind is not known.
const OVERRIDE: &str = "Override";
/// The definition of the options of all kinds, and of those that an environment may set.
const ALL: &str = "Options";
const ENVIRONMENT: &str = "EnvironmentOptions";

/// The definition of the options of a kind.
pub(in crate::generate) fn definition(kind: &str) -> String {
    format!("Options-{kind}")
}

/// Puts the catalogue's kinds into the type of a file.
pub(super) fn compose_root(name: &str, schema: &mut Value, kinds: &BTreeMap<String, KindEntry>) {
    if name == SERVICE
        && !kinds.is_empty()
        && let Value::Object(schema) = schema
    {
        service(schema, kinds);
    }
}

/// Puts the catalogue's kinds into the definitions.
pub(super) fn compose(definitions: &mut Map<String, Value>, kinds: &BTreeMap<String, KindEntry>) {
    if kinds.is_empty() {
        return;
    }
    if let Some(Value::Object(definition)) = definitions.get_mut(SERVICE) {
        service(definition, kinds);
    }
    if let Some(options) = definitions.get_mut(OVERRIDE).and_then(|it| property(it, "options")) {
        replace(options, &reference(ENVIRONMENT));
    }
    definitions.insert("KindName".to_owned(), names(kinds));
    definitions.insert(ALL.to_owned(), union(kinds, |_| true));
    definitions.insert(ENVIRONMENT.to_owned(), union(kinds, of_environments));
    for (name, entry) in kinds {
        let options = entry.kind.options.iter().flatten();
        let options = options.map(|(key, option)| (key.clone(), nullable(typed(option)))).collect();
        let about = entry.kind.about.as_deref().unwrap_or(name);
        definitions.insert(definition(name), object(&format!("Options of {about}."), &options));
    }
}

fn property<'a>(schema: &'a mut Value, name: &str) -> Option<&'a mut Map<String, Value>> {
    schema.get_mut("properties")?.get_mut(name)?.as_object_mut()
}

/// Keeps description and example of a property, and replaces its type; `null` stays allowed.
fn replace(property: &mut Map<String, Value>, with: &Value) {
    property.retain(|key, _| matches!(key.as_str(), "description" | "examples"));
    property.insert("anyOf".to_owned(), json!([with, { "type": "null" }]));
}

fn service(schema: &mut Map<String, Value>, kinds: &BTreeMap<String, KindEntry>) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (key, name) in [("kind", "KindName"), ("options", ALL)] {
            if let Some(Value::Object(property)) = properties.get_mut(key) {
                replace(property, &reference(name));
            }
        }
    }
    let conditions = kinds.iter().map(|(name, entry)| {
        let versions: Vec<&String> = entry.kind.versions.iter().flatten().map(|it| it.0).collect();
        json!({
            "if": { "required": ["kind"], "properties": { "kind": { "const": name } } },
            "then": {
                "properties": {
                    "options": nullable(reference(&definition(name))),
                    "version": nullable(json!({ "type": "string", "enum": versions })),
                },
            },
        })
    });
    let all = schema.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(all) = all {
        all.extend(conditions);
    }
}

fn names(kinds: &BTreeMap<String, KindEntry>) -> Value {
    let names: Vec<Value> = kinds
        .iter()
        .map(|(name, entry)| json!({ "const": name, "description": entry.kind.about }))
        .collect();
    json!({
        "title": "a kind",
        "description": "A kind of the catalogue, built in or the project's own.",
        "oneOf": names,
    })
}

/// Whether an environment may set an option.
pub(in crate::generate) fn of_environments(option: &KindOption) -> bool {
    option.environment == Some(true)
}

/// The options of all kinds together, for where the kind is not known.
fn union(kinds: &BTreeMap<String, KindEntry>, wanted: fn(&KindOption) -> bool) -> Value {
    let mut by_name: BTreeMap<&String, Vec<Value>> = BTreeMap::new();
    for (kind, entry) in kinds {
        for (key, option) in entry.kind.options.iter().flatten().filter(|(_, it)| wanted(it)) {
            let mut schema = typed(option);
            let doc = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            schema["description"] = format!("Of `{kind}`. {doc}").into();
            by_name.entry(key).or_default().push(schema);
        }
    }
    let options = by_name
        .into_iter()
        .map(|(key, mut forms)| {
            forms.push(json!({ "type": "null" }));
            (key.clone(), json!({ "anyOf": forms }))
        })
        .collect();
    object("Options of a kind.", &options)
}

fn object(description: &str, properties: &Map<String, Value>) -> Value {
    json!({
        "description": description,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The schema of an option: its type is the key that it has.
fn typed(option: &KindOption) -> Value {
    let (schema, default) = if let Some(words) = &option.one_of {
        (json!({ "type": "string", "enum": words }), words.first().map(|word| json!(word)))
    } else if let Some(default) = &option.quantity {
        (inline::<crate::value::Bytes>(), Some(json!(default)))
    } else if let Some(default) = &option.duration {
        (inline::<crate::value::Duration>(), Some(json!(default)))
    } else if let Some(default) = option.number {
        (json!({ "type": "integer" }), Some(json!(default)))
    } else if let Some(default) = &option.text {
        (json!({ "type": "string" }), Some(json!(default)))
    } else {
        (entries(option), None)
    };
    let Value::Object(schema) = schema else { return schema };
    let mut described = Map::new();
    described.insert("description".to_owned(), doc(option, default.as_ref()).into());
    described.extend(schema.into_iter().filter(|(key, _)| {
        !matches!(key.as_str(), "description" | "title" | "examples" | "$schema")
    }));
    if let Some(default) = default {
        described.insert("default".to_owned(), default);
    }
    Value::Object(described)
}

/// An option in words, for readers: its type, and what it does.
pub(in crate::generate) fn words(option: &KindOption) -> (String, String) {
    let schema = typed(option);
    let words = if let Some(words) = &option.one_of {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        format!("one of {}", words.join(", "))
    } else if option.quantity.is_some() {
        "[an amount of bytes](values.md#an-amount-of-bytes)".to_owned()
    } else if option.duration.is_some() {
        "[a duration](values.md#a-duration)".to_owned()
    } else if option.number.is_some() {
        "a whole number".to_owned()
    } else if option.text.is_some() {
        "text".to_owned()
    } else {
        match option.map.iter().flatten().map(entry_key).collect::<Vec<_>>() {
            _ if option.map.is_none() => {
                "a map from names to texts, numbers or booleans".to_owned()
            }
            keys if keys.is_empty() => "a map from names to `{}`".to_owned(),
            keys => format!("a map from names to maps of {}", keys.join(", ")),
        }
    };
    (words, schema["description"].as_str().unwrap_or_default().to_owned())
}

fn entry_key((key, holds): (&String, &EntryKey)) -> String {
    match holds {
        EntryKey::Text => format!("`{key}` (text)"),
        EntryKey::Flag => format!("`{key}` (`true` or `false`)"),
        EntryKey::OneOf(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("`{key}` (one of {})", words.join(", "))
        }
    }
}

fn inline<T: schemars::JsonSchema>() -> Value {
    let mut generator = schemars::SchemaGenerator::default();
    T::json_schema(&mut generator).to_value()
}

fn doc(option: &KindOption, default: Option<&Value>) -> String {
    let mut doc = option.doc.as_deref().unwrap_or_default().trim_end_matches('.').to_owned();
    if !doc.is_empty() {
        doc.push('.');
    }
    if let Some(default) = default {
        let text = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        let text = if text.is_empty() { "none".to_owned() } else { format!("`{text}`") };
        for part in [" Default: ", &text, "."] {
            doc.push_str(part);
        }
    }
    if let Some(headroom) = option.headroom {
        doc.push_str(&format!(" The container's memory follows, with {headroom} more."));
    }
    if of_environments(option) {
        doc.push_str(" An environment may set it.");
    }
    doc.trim_start().to_owned()
}

/// Entries by name: maps of texts and flags, or scalars.
fn entries(option: &KindOption) -> Value {
    let value = match &option.map {
        None => json!({ "type": ["string", "number", "boolean", "null"] }),
        Some(keys) => {
            let properties = keys.iter().map(|(key, holds)| {
                let form = match holds {
                    EntryKey::Text => json!({ "type": ["string", "null"] }),
                    EntryKey::Flag => json!({ "type": ["boolean", "null"] }),
                    EntryKey::OneOf(words) => json!({
                        "enum": words.iter().map(|word| json!(word)).chain([Value::Null])
                            .collect::<Vec<_>>(),
                    }),
                };
                (key.clone(), form)
            });
            json!({
                "type": ["object", "null"],
                "properties": properties.collect::<Map<_, _>>(),
                "additionalProperties": false,
            })
        }
    };
    json!({
        "type": "object",
        "propertyNames": { "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]*$" },
        "additionalProperties": value,
    })
}
