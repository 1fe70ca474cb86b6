//! The checker finds the faults that a JSON Schema validator finds, in the same places.

use super::sample::{Samples, pool};
use super::table::{Definition, Id};
use super::{MINORS, Problem, Schemas, check, expand};
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A validator of `{"core.v1.PodSpec": value}` for every definition, and of
/// `{"=core.v1.Pod": value}` where the value may not be null.
fn validator(schemas: &Schemas) -> Validator {
    let definitions = expand::definitions(&schemas.table);
    let mut properties = Map::new();
    for name in definitions.keys() {
        let reference = format!("#/$defs/{name}");
        properties.insert(name.clone(), json!({ "$ref": reference }));
        properties.insert(format!("={name}"), json!({"$ref": reference, "type": "object"}));
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
        "properties": properties,
        "additionalProperties": false,
    });
    jsonschema::validator_for(&schema).unwrap()
}

/// Where a validator finds faults.
fn expected(validator: &Validator, key: &str, value: &Value) -> BTreeSet<String> {
    let wrapped = json!({ key: value });
    let mut places = BTreeSet::new();
    for error in validator.iter_errors(&wrapped) {
        let place = error.instance_path().as_str();
        let place = place[1..].find('/').map_or("", |slash| &place[slash + 1..]);
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                places.extend(unexpected.iter().map(|name| format!("{place}/{name}")));
            }
            _ => {
                places.insert(place.to_owned());
            }
        }
    }
    places
}

fn found(problems: Vec<Problem>) -> BTreeSet<String> {
    problems.into_iter().map(|problem| problem.pointer).collect()
}

struct Pair {
    schemas: &'static Schemas,
    validator: Validator,
    refused: usize,
    passed: usize,
}

impl Pair {
    fn all() -> impl Iterator<Item = Self> {
        MINORS.iter().filter_map(|minor| Schemas::of(*minor)).map(|schemas| Self {
            schemas,
            validator: validator(schemas),
            refused: 0,
            passed: 0,
        })
    }

    fn part(&mut self, id: Id, value: &Value) {
        let key = self.schemas.table.name(id);
        self.compare(key, value, &found(check::part(self.schemas, id, value)));
    }

    fn object(&mut self, id: Id, value: &Value) {
        let key = format!("={}", self.schemas.table.name(id));
        self.compare(&key, value, &found(check::object(self.schemas, id, value)));
    }

    fn compare(&mut self, key: &str, value: &Value, found: &BTreeSet<String>) {
        let minor = self.schemas.minor();
        let expected = expected(&self.validator, key, value);
        assert_eq!(*found, expected, "{key} of 1.{minor}: {value}");
        if found.is_empty() {
            self.passed += 1;
        } else {
            self.refused += 1;
        }
    }
}

#[test]
fn every_field_of_every_definition_takes_the_same_values() {
    for mut pair in Pair::all() {
        for id in 0..pair.schemas.table.len() {
            let mut samples = Samples::new(&pair.schemas.table, id as u64);
            let valid = samples.definition(id, 0);
            for value in pool() {
                pair.part(id, &value);
            }
            let Definition::Fields(fields) = pair.schemas.table.definition(id) else { continue };
            for field in &fields.all {
                let mut value = valid.clone();
                value.as_object_mut().unwrap().remove(field.name);
                pair.part(id, &value);
                for other in pool() {
                    value[field.name] = other;
                    pair.part(id, &value);
                }
            }
        }
        assert!(pair.refused > 30_000 && pair.passed > 10_000);
    }
}

#[test]
fn every_kind_passes_when_whole_and_fails_alike_when_damaged() {
    for mut pair in Pair::all() {
        let kinds: Vec<_> = pair.schemas.table.kinds().iter().collect();
        for (seed, served) in kinds.into_iter().enumerate() {
            let mut samples = Samples::new(&pair.schemas.table, seed as u64);
            let id = served.definition;
            for value in pool() {
                pair.object(id, &value);
            }
            for percent in [0, 10, 40, 100] {
                let valid = samples.definition(id, percent);
                pair.object(id, &valid);
                assert_eq!(check::object(pair.schemas, id, &valid), []);
                // A whole object is large, and jsonschema slow.
                for _ in 0..(if percent == 100 { 2 } else { 12 }) {
                    let mut damaged = valid.clone();
                    for _ in 0..=samples.below(3) {
                        samples.damage(&mut damaged);
                    }
                    pair.object(id, &damaged);
                }
            }
        }
        assert!(pair.refused > 5_000 && pair.passed > 700);
    }
}
