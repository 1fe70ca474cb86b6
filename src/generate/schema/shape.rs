//! What schemars makes of the types, brought to what the loader accepts.

use super::{docs, each};
use crate::layer::exclusive;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Brings what schemars makes of a type to what the loader accepts.
pub(super) fn shape(name: &str, schema: &mut Value, keys: &BTreeMap<String, String>) {
    each(schema, &mut |schema| {
        limits(schema);
        docs::describe(schema);
        docs::of_variant(schema);
        named(schema, keys);
    });
    exclude(name, schema);
}

/// The definitions of texts by their pattern.
pub(super) fn keys(definitions: &Map<String, Value>) -> BTreeMap<String, String> {
    definitions
        .iter()
        .filter_map(|(name, definition)| {
            Some((definition.get("pattern")?.as_str()?.to_owned(), name.clone()))
        })
        .collect()
}

/// Formats are limits that no editor knows; a default of `null` says nothing.
fn limits(schema: &mut Map<String, Value>) {
    schema.shift_remove("default");
    if let Some(format) = schema.shift_remove("format")
        && format == "uint32"
    {
        schema.insert("maximum".to_owned(), u32::MAX.into());
    }
}

/// A map keyed by name: the rule for names apart from the values, so that an editor says which of
/// the two is wrong; and `null`, which removes an entry.
fn named(schema: &mut Map<String, Value>, keys: &BTreeMap<String, String>) {
    if let Some(Value::Object(patterns)) = schema.get("patternProperties")
        && let Some((pattern, value)) = patterns.iter().next()
    {
        let names = match keys.get(pattern) {
            Some(name) => reference(name),
            None => json!({ "pattern": pattern }),
        };
        let value = value.clone();
        schema.shift_remove("patternProperties");
        schema.insert("propertyNames".to_owned(), names);
        schema.insert("additionalProperties".to_owned(), value);
    }
    if let Some(values) = schema.get_mut("additionalProperties") {
        *values = nullable(values.take());
    }
}

/// A reference to a definition.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// The same schema, or `null`.
pub(super) fn nullable(mut schema: Value) -> Value {
    let nothing = json!({ "type": "null" });
    let Value::Object(map) = &mut schema else { return schema };
    if map.is_empty() {
        return schema;
    }
    if map.len() == 1
        && let Some(Value::Array(forms)) = map.get_mut("anyOf")
    {
        if !forms.contains(&nothing) {
            forms.push(nothing);
        }
        return schema;
    }
    let closed = map.contains_key("enum");
    match map.get_mut("type") {
        Some(Value::Array(words)) if words.contains(&"null".into()) => schema,
        Some(word @ Value::String(_)) if !closed => {
            *word = json!([word.take(), "null"]);
            schema
        }
        _ => json!({ "anyOf": [schema, nothing] }),
    }
}

/// Forbids two keys of which only one may be said. `null` says nothing.
fn exclude(name: &str, schema: &mut Value) {
    let groups = exclusive(name);
    let Value::Object(schema) = schema else { return };
    if groups.is_empty() {
        return;
    }
    let said = |groups: &[&[&str]]| -> Value {
        let keys = groups.iter().flat_map(|keys| keys.iter());
        let mut said: Vec<Value> = keys
            .map(|key| {
                let not_null = json!({ "not": { "type": "null" } });
                json!({ "required": [key], "properties": { *key: not_null } })
            })
            .collect();
        if said.len() == 1 { said.remove(0) } else { json!({ "anyOf": said }) }
    };
    let pairs: Vec<Value> = (1..groups.len())
        .map(|at| json!({ "allOf": [said(&groups[at - 1..at]), said(&groups[at..])] }))
        .collect();
    let names: Vec<String> = groups.iter().map(|keys| format!("`{}`", keys[0])).collect();
    let message = format!("only one of {} may be said", names.join(", "));
    schema.insert(
        "allOf".to_owned(),
        json!([{ "not": { "anyOf": pairs }, "errorMessage": message }]),
    );
}

/// The order of keywords in a schema: what a reader wants to know first, first.
const ORDER: &[&str] = &[
    "title",
    "description",
    "$ref",
    "type",
    "const",
    "enum",
    "pattern",
    "maxLength",
    "minimum",
    "maximum",
    "oneOf",
    "anyOf",
    "items",
    "properties",
    "required",
    "propertyNames",
    "additionalProperties",
    "default",
    "examples",
];

/// Puts the keywords of a schema in order.
pub(super) fn arrange(schema: &mut Map<String, Value>) {
    let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let mut keywords: Vec<(String, Value)> = std::mem::take(schema).into_iter().collect();
    keywords.sort_by_key(|(key, _)| rank(key));
    schema.extend(keywords);
}

/// The definitions that a schema refers to, and those that these refer to.
pub(super) fn used(schema: &Value, definitions: &Map<String, Value>) -> BTreeMap<String, Value> {
    let mut used = BTreeMap::new();
    let mut pending = vec![schema];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(map) => {
                pending.extend(map.values());
                let name = map.get("$ref").and_then(Value::as_str).and_then(definition_name);
                if let Some((name, definition)) =
                    name.and_then(|name| definitions.get_key_value(name))
                    && !used.contains_key(name)
                {
                    used.insert(name.clone(), definition.clone());
                    pending.push(definition);
                }
            }
            _ => {}
        }
    }
    used
}

/// The name of the definition that a reference refers to.
pub(in crate::generate) fn definition_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/$defs/")
}
