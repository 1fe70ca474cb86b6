//! The documents for developers keep to what is there.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads the repository")]

use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 4] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = repository().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.insert(path);
        }
    }
    files
}

/// What a document names between backticks and is a path of this repository.
fn paths(document: &str) -> BTreeSet<String> {
    let path = Regex::new(r"`((?:src|tests|data|\.ci)/[\w./-]*|\w+\.(?:md|toml))`").unwrap();
    let link = Regex::new(r"\]\(([\w./-]+)\)").unwrap();
    let text = text(document);
    let named = path.captures_iter(&text).chain(link.captures_iter(&text));
    named.map(|capture| capture[1].to_owned()).collect()
}

#[test]
fn every_path_that_a_document_names_exists() {
    for document in DOCUMENTS {
        for path in paths(document) {
            let exists = repository().join(&path).exists();
            assert!(exists, "{document} names `{path}`, which does not exist");
        }
    }
}

#[test]
fn the_code_map_has_every_module_and_is_short() {
    let architecture = text("ARCHITECTURE.md");
    assert!(architecture.lines().count() <= 150, "ARCHITECTURE.md is longer than 150 lines");
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
    for (kind, _) in iac::catalogue::BUILT_IN {
        assert!(readme.contains(&format!("\n| `{kind}` ")), "README.md lacks the kind `{kind}`");
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

#[test]
fn no_file_is_too_long_to_read() {
    for folder in ["src", "tests"] {
        for path in files(&repository().join(folder)) {
            if path.extension().is_some_and(|extension| extension == "rs") {
                let lines = std::fs::read_to_string(&path).unwrap().lines().count();
                assert!(lines <= 500, "{} has {lines} lines", path.display());
            }
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    // Put together, so that this file does not hold them.
    let words =
        ["TO", "FIX"].map(|start| format!("{start}{}", if start == "TO" { "DO" } else { "ME" }));
    for folder in ["src", "tests", "data", ".ci"] {
        for path in files(&repository().join(folder)) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            for word in &words {
                assert!(!text.contains(word.as_str()), "{} holds {word}", path.display());
            }
        }
    }
}
