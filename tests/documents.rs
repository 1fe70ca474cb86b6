//! The documents are complete. That the paths in them exist is a rule of `house.rs`.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads the repository")]

use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = repository().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The paths below `src/` that a document names between backticks.
fn paths(document: &str) -> BTreeSet<String> {
    let path = Regex::new(r"`(src/[\w./-]*)`").unwrap();
    let text = text(document);
    path.captures_iter(&text).map(|capture| capture[1].to_owned()).collect()
}

#[test]
fn the_code_map_has_every_module() {
    let named = paths("ARCHITECTURE.md");
    for entry in std::fs::read_dir(repository().join("src")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let path = format!("src/{name}{}", if entry.path().is_dir() { "/" } else { "" });
        assert!(named.contains(&path), "the code map lacks `{path}`");
    }
}

#[test]
fn every_kind_of_the_catalogue_is_in_the_readme() {
    let readme = text("README.md");
    for (name, text) in iac::catalogue::BUILT_IN {
        let provider = text.contains("\nprovides:");
        let row = if provider { format!("`{name}`") } else { format!("\n| `{name}` ") };
        assert!(readme.contains(&row), "README.md lacks `{name}`");
    }
}

/// Every key of a service stands in the table of keys, and no other.
#[test]
fn the_table_of_keys_is_complete() {
    let readme = text("README.md");
    let (_, table) = readme.split_once("### All keys of a service").unwrap();
    let table = table.split("\n#").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let key = Regex::new("`([a-z-]+)`").unwrap();
    let said: BTreeSet<String> = rows
        .flat_map(|row| {
            let keys = row.split('|').nth(1).unwrap_or_default();
            key.captures_iter(keys).map(|capture| capture[1].to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let schema = schemars::schema_for!(iac::layer::Service);
    let properties = schema.as_value()["properties"].as_object().unwrap();
    let known: BTreeSet<String> = properties.keys().cloned().collect();
    assert_eq!(said, known);
}
