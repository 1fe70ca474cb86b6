//! The editor's schemas say what the loader says.
//!
//! Each snippet is read twice: by the loader (the strict reader of YAML, the layer's type, and its
//! normal form) and by the schema of its kind of file. Both must accept it, or both refuse it. What
//! only resolving knows, because it needs the catalogue, is compared with a whole project.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

#[path = "schemas/bad.rs"]
mod bad;
#[path = "schemas/good.rs"]
mod good;
#[path = "schemas/mutations.rs"]
mod mutations;
#[path = "schemas/options.rs"]
mod options;
#[path = "schemas/properties.rs"]
mod properties;

use camino::Utf8Path;
use iac::finding::{Finding, any_error};
use iac::layer;
use iac::load::{KindEntry, load, normalise, read, yaml};
use iac::source::Sources;
use iac::tree::Node;
use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// The kinds that iac brings along.
fn kinds() -> BTreeMap<String, KindEntry> {
    let (project, _) = load(Utf8Path::new("tests/schemas")).unwrap();
    assert!(project.kinds.contains_key("postgres"));
    project.kinds
}

/// The schemas, ready to be asked.
struct Schemas {
    validators: BTreeMap<&'static str, Validator>,
}

impl Schemas {
    fn new() -> Self {
        let schemas = iac::generate::schema::schemas(&kinds());
        let validators = schemas.into_iter().map(|(name, schema)| {
            (
                name,
                jsonschema::draft202012::new(&schema).unwrap_or_else(|it| panic!("{name}: {it}")),
            )
        });
        Self { validators: validators.collect() }
    }

    /// What the schema has against a file.
    fn faults(&self, file: &str, json: &Value) -> Vec<String> {
        let errors = self.validators[file].iter_errors(json);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
    }
}

/// Reads a text; nothing if the reader of YAML refuses it.
fn parse(text: &str) -> Result<Node, Vec<Finding>> {
    let file = Sources::default().add("test.yaml", text);
    match yaml::parse(file, text) {
        (Some(node), findings) if !any_error(&findings) => Ok(node),
        (_, findings) => Err(findings),
    }
}

/// What the loader has against a file of a kind.
fn faults(file: &str, node: &Node) -> Vec<String> {
    fn read_as<T: DeserializeOwned + Serialize>(node: &Node) -> Vec<Finding> {
        let (layer, mut findings) = read::<T>(node);
        if let Some(layer) = layer {
            findings.extend(normalise(&layer, node).1);
        }
        findings
    }
    let findings = match file {
        "environment" => read_as::<layer::Environment>(node),
        "system" => read_as::<layer::System>(node),
        "service" => read_as::<layer::Service>(node),
        "system-override" => read_as::<layer::SystemOverride>(node),
        "kind" => read_as::<layer::Kind>(node),
        "provider" => read_as::<layer::Provider>(node),
        "release" => read_as::<layer::Release>(node),
        "lock" => read_as::<layer::Lock>(node),
        _ => panic!("no type for `{file}`"),
    };
    findings.into_iter().map(|finding| format!("{}: {}", finding.id, finding.message)).collect()
}

#[test]
fn good_files_are_accepted_by_both() {
    let schemas = Schemas::new();
    for (file, text) in good::TABLE {
        let node = parse(text).unwrap_or_else(|findings| panic!("{text}\n{findings:#?}"));
        assert_eq!(faults(file, &node), [""; 0], "the loader\n{text}");
        assert_eq!(schemas.faults(file, &node.to_json()), [""; 0], "the schema\n{text}");
    }
}

#[test]
fn bad_files_are_refused_by_both() {
    let schemas = Schemas::new();
    for (file, id, text) in bad::TABLE {
        let node = parse(text).unwrap_or_else(|findings| panic!("{text}\n{findings:#?}"));
        let found = faults(file, &node);
        assert!(found.iter().any(|it| it.starts_with(&format!("{id}: "))), "{text}\n{found:?}");
        assert_ne!(schemas.faults(file, &node.to_json()), [""; 0], "the schema accepts\n{text}");
    }
}

/// What a schema cannot say, each with the reason.
#[test]
fn what_only_the_loader_says() {
    let schemas = Schemas::new();
    for (file, text, why) in bad::ONLY_THE_LOADER {
        let node = parse(text).unwrap_or_else(|findings| panic!("{text}\n{findings:#?}"));
        assert_ne!(faults(file, &node), [""; 0], "the loader accepts\n{text}");
        assert_eq!(schemas.faults(file, &node.to_json()), [""; 0], "{why}: it can\n{text}");
    }
    for (text, why) in bad::ONLY_THE_READER {
        assert!(parse(text).is_err(), "{why}\n{text}");
    }
}

/// What an editor says beyond the loader, each with the reason.
#[test]
fn what_only_the_schema_says() {
    let schemas = Schemas::new();
    for (file, text, why) in bad::ONLY_THE_SCHEMA {
        let node = parse(text).unwrap_or_else(|findings| panic!("{text}\n{findings:#?}"));
        assert_eq!(faults(file, &node), [""; 0], "{why}\n{text}");
        assert_ne!(schemas.faults(file, &node.to_json()), [""; 0], "{why}\n{text}");
    }
}

#[test]
fn the_built_in_catalogue_is_accepted_by_both() {
    let schemas = Schemas::new();
    for (name, text) in iac::catalogue::BUILT_IN {
        let node = parse(text).unwrap_or_else(|findings| panic!("{name}\n{findings:#?}"));
        let file = if node.child("provides").is_some() { "provider" } else { "kind" };
        assert_eq!(faults(file, &node), [""; 0], "{name}");
        assert_eq!(schemas.faults(file, &node.to_json()), [""; 0], "{name}");
    }
}
