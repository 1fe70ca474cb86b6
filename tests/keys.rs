//! Every key of the language has an effect: each is changed once, and something must differ in what
//! is rendered, listed or told.
//!
//! `tests/keys/project.yaml` is the project; each other file there has one row for each key of a
//! type: the way to the key, its names apart by spaces, and its new value. A row may be a map: `to`
//! is the value, `with` what the project has besides (by mount), `on` the service, `at` another
//! mount; `told: true` says that the difference is one of messages, and `shared: true` that it is one
//! of what editors and readers are told in out/schema and out/reference.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use iac::finding::Severity;
use iac::layer;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use support::Project;

/// Types that are walked on their own.
const ROOTS: [&str; 3] = ["Service", "Override", "Defaults"];

/// Parts of a service that have keys of the service itself, read by the same code: such a key is
/// tried there as a whole.
const PARTS: [&str; 3] = ["sidecars", "init", "migrate"];
const SHARED: [&str; 10] = [
    "Health",
    "HealthOverride",
    "Image",
    "Port",
    "Resources",
    "Secret",
    "SecretOverride",
    "Template",
    "Use",
    "UseOverride",
];

/// All ways to keys of a type: names of keys, `*` for any key of a map and `0` for an item of a list.
fn ways(schema: &schemars::Schema) -> BTreeSet<String> {
    let schema = schema.as_value();
    let mut found = BTreeSet::new();
    walk(schema, &schema["$defs"], "", &mut found);
    found
}

fn walk(schema: &Value, definitions: &Value, way: &str, found: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        let in_part = way.split(' ').next().is_some_and(|first| PARTS.contains(&first));
        if !(ROOTS.contains(&name) || in_part && SHARED.contains(&name)) {
            walk(&definitions[name], definitions, way, found);
        }
    }
    for several in ["anyOf", "oneOf", "allOf"] {
        for one in schema[several].as_array().into_iter().flatten() {
            walk(one, definitions, way, found);
        }
    }
    for (key, below) in schema["properties"].as_object().into_iter().flatten() {
        let way = format!("{way} {key}").trim_start().to_owned();
        walk(below, definitions, &way, found);
        found.insert(way);
    }
    let named = schema["patternProperties"].as_object().into_iter().flatten().map(|(_, it)| it);
    for below in named
        .chain(schema["additionalProperties"].as_object().map(|_| &schema["additionalProperties"]))
    {
        walk(below, definitions, &format!("{way} *"), found);
    }
    if schema["items"].is_object() {
        walk(&schema["items"], definitions, &format!("{way} 0"), found);
    }
}

/// One row of a table.
struct Row {
    way: Vec<String>,
    to: Value,
    with: Map<String, Value>,
    on: Option<String>,
    told: bool,
    at: Option<String>,
    shared: bool,
}

fn rows(text: &str) -> Vec<Row> {
    let table: Map<String, Value> = serde_yaml::from_str(text).unwrap();
    table
        .into_iter()
        .map(|(way, value)| {
            let way = way.split(' ').map(ToOwned::to_owned).collect();
            match value {
                Value::Object(row) if row.contains_key("to") => Row {
                    way,
                    to: row["to"].clone(),
                    with: row.get("with").and_then(Value::as_object).cloned().unwrap_or_default(),
                    on: row.get("on").map(|on| on.as_str().unwrap().to_owned()),
                    told: row.contains_key("told"),
                    at: row.get("at").map(|at| at.as_str().unwrap().to_owned()),
                    shared: row.contains_key("shared"),
                },
                to => Row {
                    way,
                    to,
                    with: Map::new(),
                    on: None,
                    told: false,
                    at: None,
                    shared: false,
                },
            }
        })
        .collect()
}

/// Whether a row sets the key at the end of a way: an entry of a map stands for the map.
fn covers(row: &[String], way: &str) -> bool {
    let way: Vec<&str> = way.split(' ').collect();
    let fits = |row: &[String]| {
        row.len() == way.len()
            && row.iter().zip(&way).all(|(name, key)| {
                *key == "*" || name == key || (*key == "0" && name.parse::<usize>().is_ok())
            })
    };
    fits(row) || (row.len() > 1 && fits(&row[..row.len() - 1]))
}

/// The file and the way of a mount.
fn mount(name: &str) -> (&'static str, Vec<String>) {
    const SYSTEM: &str = "environments/shop/system.yaml";
    const PROD: &str = "environments/shop/prod.yaml";
    let way = |way: &[&str]| way.iter().map(|key| (*key).to_owned()).collect();
    match name {
        "dev" => ("environments/dev.yaml", way(&[])),
        "prod" | "environment" => ("environments/prod.yaml", way(&[])),
        "environment-defaults" => ("environments/prod.yaml", way(&["defaults"])),
        "system" => (SYSTEM, way(&[])),
        "system-defaults" => (SYSTEM, way(&["defaults"])),
        "system-shape" => (SYSTEM, way(&["shapes", "part"])),
        "service" => (SYSTEM, way(&["services", "web"])),
        "own" | "back" | "cache" => (SYSTEM, way(&["services", name])),
        "system-override" => (PROD, way(&[])),
        "override" => (PROD, way(&["services", "web"])),
        "override-dev" => ("environments/shop/dev.yaml", way(&["services", "web"])),
        "override-own" => (PROD, way(&["services", "own"])),
        "override-defaults" => (PROD, way(&["defaults"])),
        "override-shape" => (PROD, way(&["shapes", "part"])),
        "far" => ("environments/far/system.yaml", way(&["services", "reader"])),
        "kind" => ("environments/catalogue/own.yaml", way(&[])),
        "provider" => ("environments/catalogue/operator.yaml", way(&[])),
        "ran" => (SYSTEM, way(&["services", "ran"])),
        other => panic!("no mount `{other}`"),
    }
}

/// The value at a way, made where it is absent.
fn at<'a>(mut value: &'a mut Value, way: &[String]) -> &'a mut Value {
    for key in way {
        let index = key.parse::<usize>().ok().filter(|_| value.is_array());
        if let Some(index) = index {
            value = &mut value[index];
            continue;
        }
        if !value.is_object() {
            *value = json!({});
        }
        value = value.as_object_mut().unwrap().entry(key.clone()).or_insert(Value::Null);
    }
    value
}

/// Lays a patch over a value: maps are merged, `null` removes, the rest is replaced.
fn patch(value: &mut Value, patch: &Value) {
    let Value::Object(entries) = patch else {
        *value = patch.clone();
        return;
    };
    if !value.is_object() {
        *value = json!({});
    }
    for (key, entry) in entries {
        let map = value.as_object_mut().unwrap();
        if entry.is_null() {
            map.remove(key);
        } else {
            self::patch(map.entry(key.clone()).or_insert(Value::Null), entry);
        }
    }
}

/// What a project gives: files, what is listed, messages.
#[derive(PartialEq)]
struct Seen {
    files: String,
    messages: String,
    fails: bool,
}

fn see(files: &Value) -> (Project, Seen) {
    let project = Project::empty();
    for (path, content) in files.as_object().unwrap() {
        match content {
            Value::String(text) => project.write(path, text),
            other => project.write(path, serde_json::to_string_pretty(other).unwrap()),
        }
    }
    let (loaded, mut found) = iac::load::load(&project.root).unwrap();
    let mut files = String::new();
    if !iac::finding::any_error(&found) {
        let (resolved, more) = iac::resolve::resolve(&loaded);
        found.extend(more);
        if !iac::finding::any_error(&found) {
            let (set, more) =
                iac::generate::generate(&loaded, &resolved.stacks.iter().collect::<Vec<_>>());
            found.extend(more);
            files = text(&set);
            let recipes: Vec<_> = resolved.recipes.iter().collect();
            let (set, more) = iac::generate::dockerfile::files(&loaded, &recipes);
            found.extend(more);
            files.push_str(&text(&set));
        }
    }
    let fails = iac::finding::any_error(&found);
    found.retain(|one| !fails || one.severity == Severity::Error);
    // Without the excerpts, in which any edit of the input would show.
    let mut messages: Vec<_> =
        found.iter().map(|one| format!("{}: {}", one.id, one.message)).collect();
    messages.sort();
    (project, Seen { files, messages: messages.join("\n"), fails })
}

fn text(set: &iac::fileset::FileSet) -> String {
    let parts: Vec<_> =
        set.iter().flat_map(|(path, file)| [path.as_str(), "\n", &file.text, "\n"]).collect();
    parts.concat()
}

/// What editors and readers are told.
fn shared(project: &Project) -> String {
    text(&iac::generate::shared(&iac::load::load(&project.root).unwrap().0, &[]).0)
}

fn listed(project: &Project) -> String {
    let what = ["environments", "systems", "services", "flows", "hosts", "secrets", "needs"];
    what.iter().map(|what| project.iac(&["list", what, "--format", "json"]).ends(0).out).collect()
}

/// The project that rows edit, and what it gives.
struct Base {
    input: Value,
    project: Project,
    seen: Seen,
}

impl Base {
    fn new() -> Self {
        let input: Value = serde_yaml::from_str(include_str!("keys/project.yaml")).unwrap();
        let (project, seen) = see(&input);
        assert!(!seen.fails, "{}", seen.messages);
        Self { input, project, seen }
    }

    /// Why a row shows nothing, if it does not.
    fn fault(&self, row: &Row, mounted: &str, moved: bool) -> Option<String> {
        let mut before = self.input.clone();
        for (name, entry) in &row.with {
            let (file, way) = mount(name);
            patch(at(&mut before[file], &way), entry);
        }
        let (file, mut way) = mount(row.at.as_deref().unwrap_or(mounted));
        if let (Some(on), Some(last)) = (&row.on, way.last_mut()) {
            last.clone_from(on);
        }
        if moved {
            take_along(&mut before, file, &way, &row.way[0]);
        }
        let mut after = before.clone();
        way.extend(row.way.iter().cloned());
        let place = at(&mut after[file], &way);
        if *place == row.to && !row.to.is_null() {
            return Some("the row changes nothing in the input".to_owned());
        }
        *place = row.to.clone();
        if row.to.is_null() {
            let (last, above) = way.split_last().unwrap();
            at(&mut after[file], above).as_object_mut().unwrap().shift_remove(last);
        }
        let made = (before != self.input).then(|| see(&before));
        let (one, old) =
            made.as_ref().map_or((&self.project, &self.seen), |(project, seen)| (project, seen));
        let (other, new) = see(&after);
        let differs = || old.files != new.files || listed(one) != listed(&other);
        if row.shared {
            return (shared(one) == shared(&other))
                .then(|| "no text for readers differs".to_owned());
        }
        if row.told {
            return (old.messages == new.messages).then(|| "no message differs".to_owned());
        }
        for (when, seen) in [("before", old), ("after", &new)] {
            if seen.fails {
                return Some(format!("refused {when}: {}", seen.messages));
            }
        }
        (!differs()).then(|| "no effect".to_owned())
    }
}

/// Takes a key's whole branch from the service to where the key is to be tried.
fn take_along(input: &mut Value, file: &str, way: &[String], key: &str) {
    let (own_file, own_way) = mount("service");
    let service = at(&mut input[own_file], &own_way).as_object_mut().unwrap();
    let branch = service.shift_remove(key);
    if way.first().is_some_and(|first| first == "shapes") {
        let entry = service.entry("shape").or_insert_with(|| json!([]));
        if !entry.is_array() {
            *entry = json!([entry]);
        }
        entry.as_array_mut().unwrap().push("part".into());
    }
    let place = at(&mut input[file], way);
    if place.is_null() {
        *place = json!({});
    }
    if let Some(branch) = branch {
        place[key] = branch;
    }
}

/// Tries every row, and looks for keys without one.
fn every_key(schema: &schemars::Schema, table: &str, mounted: &str) {
    let base = Base::new();
    let (ways, rows) = (ways(schema), rows(table));
    let mut faults = Vec::new();
    for way in &ways {
        if !rows.iter().any(|row| covers(&row.way, way)) {
            faults.push(format!("{way}: no row"));
        }
    }
    for row in &rows {
        let name = row.way.join(" ");
        if !ways.iter().any(|way| covers(&row.way, way)) {
            faults.push(format!("{name}: no such key"));
        }
        faults.extend(base.fault(row, mounted, false).map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), rows.len(), faults.join("\n"));
}

/// Tries one row for each first key of a service at another place where the same keys can stand.
fn elsewhere_too(table: &str, mounted: &str, takes: impl Fn(&Row) -> bool, moved: bool) {
    let base = Base::new();
    let rows = rows(table);
    let mut tried = BTreeSet::new();
    let rows: Vec<_> = rows
        .iter()
        .filter(|row| row.at.is_none() && takes(row) && tried.insert(row.way[0].as_str()))
        .collect();
    assert!(rows.len() > 15, "{}", rows.len());
    let faults: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let fault = base.fault(row, mounted, moved)?;
            Some(format!("{}: {fault}", row.way.join(" ")))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), rows.len(), faults.join("\n"));
}

#[test]
fn of_an_environment() {
    let schema = schemars::schema_for!(layer::Environment);
    every_key(&schema, include_str!("keys/environment.yaml"), "environment");
}

#[test]
fn of_a_system() {
    let schema = schemars::schema_for!(layer::System);
    every_key(&schema, include_str!("keys/system.yaml"), "system");
}

#[test]
fn of_a_service() {
    let schema = schemars::schema_for!(layer::Service);
    every_key(&schema, include_str!("keys/service.yaml"), "service");
}

#[test]
fn of_what_an_environment_says_of_a_system() {
    let schema = schemars::schema_for!(layer::SystemOverride);
    every_key(&schema, include_str!("keys/system-override.yaml"), "system-override");
}

#[test]
fn of_what_an_environment_says_of_a_service() {
    let schema = schemars::schema_for!(layer::Override);
    every_key(&schema, include_str!("keys/override.yaml"), "override");
}

#[test]
fn of_a_kind() {
    let schema = schemars::schema_for!(layer::Kind);
    every_key(&schema, include_str!("keys/kind.yaml"), "kind");
}

#[test]
fn of_a_provider() {
    let schema = schemars::schema_for!(layer::Provider);
    every_key(&schema, include_str!("keys/provider.yaml"), "provider");
}

#[test]
fn of_a_service_in_the_systems_defaults() {
    let ways = ways(&schemars::schema_for!(layer::Defaults));
    let takes = |row: &Row| row.on.is_none() && ways.iter().any(|way| covers(&row.way, way));
    elsewhere_too(include_str!("keys/service.yaml"), "system-defaults", takes, true);
}

#[test]
fn of_a_service_in_a_shape() {
    let takes = |row: &Row| {
        let own = ["shape", "about", "build", "kind", "image", "version", "mirror", "options"];
        row.on.is_none() && !own.contains(&row.way[0].as_str())
    };
    elsewhere_too(include_str!("keys/service.yaml"), "system-shape", takes, true);
}
