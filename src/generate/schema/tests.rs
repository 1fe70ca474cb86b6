//! Tests of the schemas' form; `tests/schemas.rs` holds them equal to the loader.

use super::*;
use crate::load::load;
use camino::Utf8Path;
use serde_json::json;
use std::collections::BTreeSet;

fn kinds() -> BTreeMap<String, KindEntry> {
    load(Utf8Path::new("no-project")).unwrap().0.kinds
}

#[test]
fn files_are_marked_complete_and_stable() {
    let files = files(&schemas(&kinds()));
    let names: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names.len(), FILE_TYPES.len());
    for (path, file) in files.iter() {
        assert!(file.text[..512].contains(MARKER), "{path}");
        assert!(file.text.ends_with("}\n"), "{path}");
        let schema: Value = serde_json::from_str(&file.text).unwrap();
        for key in ["$schema", "$comment", "title", "description"] {
            assert!(schema[key].is_string(), "{path}: {key}");
        }
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{path}");
    }
    assert_eq!(files, super::files(&schemas(&kinds())));
}

#[test]
fn every_reference_leads_to_a_definition_and_none_is_left_over() {
    for (name, mut schema) in schemas(&kinds()) {
        let known: BTreeSet<String> =
            schema["$defs"].as_object().unwrap().keys().cloned().collect();
        let mut used = BTreeSet::new();
        each(&mut schema, &mut |schema| {
            let reference = schema.get("$ref").and_then(Value::as_str);
            used.extend(reference.map(|it| definition_name(it).unwrap().to_owned()));
        });
        assert_eq!(known, used, "{name}");
    }
}

#[test]
fn maps_are_closed_and_names_have_patterns() {
    for (name, mut schema) in schemas(&kinds()) {
        each(&mut schema, &mut |schema| {
            let is_map = match &schema.get("type") {
                Some(Value::Array(words)) => words.contains(&"object".into()),
                word => *word == Some(&"object".into()),
            };
            if is_map {
                assert!(schema.contains_key("additionalProperties"), "{name}: {schema:#?}");
            }
            assert!(!schema.contains_key("patternProperties"), "{name}: {schema:#?}");
        });
    }
    let service = schemas(&kinds()).into_iter().find(|(name, _)| *name == "service").unwrap().1;
    for (key, of) in [("ports", "PortName"), ("config", "EnvName"), ("volumes", "Name")] {
        let names = &service["properties"][key]["propertyNames"];
        assert_eq!(names["$ref"], format!("#/$defs/{of}"), "{key}");
    }
}

#[test]
fn examples_are_data_too() {
    let mut schema = json!({ "description": "A\nport.\n\nExample: `ports: { http: 8080 }`" });
    docs::describe(schema.as_object_mut().unwrap());
    assert_eq!(
        schema,
        json!({
            "description": "A port.\n\nExample: `ports: { http: 8080 }`",
            "examples": [{ "http": 8080 }],
        })
    );
}

#[test]
fn a_schema_accepts_null_beside_what_it_accepts() {
    for (schema, nullable) in [
        (json!({ "type": "string" }), json!({ "type": ["string", "null"] })),
        (json!({ "type": ["string", "null"] }), json!({ "type": ["string", "null"] })),
        (json!({ "$ref": "#" }), json!({ "anyOf": [{ "$ref": "#" }, { "type": "null" }] })),
        (
            json!({ "anyOf": [{ "$ref": "#" }, { "type": "null" }] }),
            json!({ "anyOf": [{ "$ref": "#" }, { "type": "null" }] }),
        ),
        (
            json!({ "type": "string", "enum": ["a"] }),
            json!({ "anyOf": [{ "type": "string", "enum": ["a"] }, { "type": "null" }] }),
        ),
        (json!(true), json!(true)),
        (json!({}), json!({})),
    ] {
        assert_eq!(shape::nullable(schema), nullable);
    }
}

#[test]
fn without_a_catalogue_any_name_is_a_kind() {
    for (name, schema) in schemas(&BTreeMap::new()) {
        assert!(jsonschema::draft202012::new(&schema).is_ok(), "{name}");
    }
}
