//! The tables as JSON Schema again, in the form of the source that they were made from.

use super::table::{Definition, Field, Scalar, Shape, Table, Type};
use super::{MINORS, Schemas};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const NOTES: [(&str, &str); 5] = [
    ("list", "x-kubernetes-list-type"),
    ("keys", "x-kubernetes-list-map-keys"),
    ("map", "x-kubernetes-map-type"),
    ("patch", "x-kubernetes-patch-strategy"),
    ("merge", "x-kubernetes-patch-merge-key"),
];

/// All definitions by name.
pub(super) fn definitions(table: &Table) -> Map<String, Value> {
    (0..table.len())
        .map(|id| {
            let mut schema = match table.definition(id) {
                Definition::Alias(of) => expand(table, of),
                Definition::Fields(fields) => {
                    let properties: Map<_, _> = fields
                        .all
                        .iter()
                        .map(|each| (each.name.to_owned(), field(table, each)))
                        .collect();
                    let required: Vec<_> =
                        fields.all.iter().filter(|field| field.required).collect();
                    let mut schema = json!({
                        "type": ["object", "null"],
                        "properties": properties,
                        "additionalProperties": false,
                    });
                    if !required.is_empty() {
                        schema["required"] = required.iter().map(|field| field.name).collect();
                    }
                    schema
                }
            };
            add_notes(&mut schema, |key| table.note(id, key));
            (table.name(id).to_owned(), schema)
        })
        .collect()
}

fn field(table: &Table, field: &Field) -> Value {
    let mut schema = expand(table, &field.of);
    if let Some(allowed) = field.allowed {
        schema["enum"] = allowed.split(',').collect();
    }
    add_notes(&mut schema, |key| field.note(key));
    schema
}

fn add_notes(schema: &mut Value, note: impl Fn(&str) -> Option<&'static str>) {
    for (short, full) in NOTES {
        match note(short) {
            Some(keys) if short == "keys" => schema[full] = keys.split(',').collect(),
            Some(value) => schema[full] = json!(value),
            None => {}
        }
    }
}

fn expand(table: &Table, of: &Type) -> Value {
    let either =
        |one, other| json!({"oneOf": [{"type": [one, "null"]}, {"type": [other, "null"]}]});
    let (name, key, value) = match &of.shape {
        Shape::Any => return json!({}),
        Shape::Definition(id) => return json!({"$ref": format!("#/$defs/{}", table.name(*id))}),
        Shape::TextOrInteger => return either("string", "integer"),
        Shape::TextOrNumber => return either("string", "number"),
        Shape::Object => ("object", "", json!(null)),
        Shape::List(items) => ("array", "items", expand(table, items)),
        Shape::Map(values) => ("object", "additionalProperties", expand(table, values)),
        Shape::Scalar(scalar) => match scalar {
            Scalar::Text => ("string", "", json!(null)),
            Scalar::Byte => ("string", "format", json!("byte")),
            Scalar::DateTime => ("string", "format", json!("date-time")),
            Scalar::Integer => ("integer", "", json!(null)),
            Scalar::Int32 => ("integer", "format", json!("int32")),
            Scalar::Int64 => ("integer", "format", json!("int64")),
            Scalar::Number => ("number", "", json!(null)),
            Scalar::Double => ("number", "format", json!("double")),
            Scalar::Boolean => ("boolean", "", json!(null)),
        },
    };
    let mut schema =
        if of.nullable { json!({"type": [name, "null"]}) } else { json!({ "type": name }) };
    if !key.is_empty() {
        schema[key] = value;
    }
    schema
}

/// What is printed is what `data/kubernetes/verify.py` compares with the source.
#[test]
fn everything_that_is_named_is_defined() {
    for schemas in MINORS.iter().filter_map(|minor| Schemas::of(*minor)) {
        let table = &schemas.table;
        let kinds: Map<_, _> = table
            .kinds()
            .iter()
            .map(|served| {
                let key = format!("{} {}", served.api_version, served.kind);
                (key, json!(table.name(served.definition)))
            })
            .collect();
        let definitions = definitions(table);
        let mut named: BTreeSet<&str> = kinds.values().filter_map(Value::as_str).collect();
        definitions.values().for_each(|schema| names(schema, &mut named));
        let defined: BTreeSet<&str> = definitions.keys().map(String::as_str).collect();
        assert_eq!(named, defined, "and everything that is defined is named");
        let all = json!({"minor": schemas.minor(), "kinds": kinds, "definitions": definitions});
        println!("\n{all}");
    }
}

/// The definitions that a schema refers to.
fn names<'a>(schema: &'a Value, into: &mut BTreeSet<&'a str>) {
    match schema {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            into.extend(reference.and_then(|reference| reference.strip_prefix("#/$defs/")));
            fields.values().for_each(|value| names(value, into));
        }
        Value::Array(all) => all.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}
