//! Which paths there are: from the schema of the layers, and from what is said.

use super::history::Tree;
use super::{View, show_path};
use crate::finding::Finding;
use crate::layer::{Environment, Service, System};
use serde_json::Value;
use std::collections::BTreeSet;

/// Refuses a path that does not exist, and lists what there is where it ends.
pub(super) fn check(view: &View<'_>, trees: &[Tree], path: &[String]) -> Result<(), Finding> {
    let (schema, typed) = match path {
        [services, rest @ ..] if services == "services" => {
            let Some(name) = rest.first() else { return Ok(()) };
            let known = view.all_services();
            if !known.contains(name) {
                let message = format!("there is no service `{name}`");
                let known = known.iter().map(String::as_str);
                return Err(Finding::error("unknown-path", message).known("services", name, known));
            }
            (schemars::schema_for!(Service), 2)
        }
        [environment, ..] if environment == "environment" => {
            (schemars::schema_for!(Environment), 1)
        }
        _ => (schemars::schema_for!(System), 0),
    };
    let root = schema.as_value();
    let mut at = vec![root];
    for (index, key) in path.iter().enumerate().skip(typed) {
        let step = step(root, &at, key);
        let said: BTreeSet<String> =
            trees.iter().flat_map(|tree| tree.keys(&path[..index])).collect();
        // In a map keyed by name, only what is said exists.
        if step.next.is_empty() || (!step.named && !said.contains(key)) {
            let mut known: BTreeSet<&str> = said.iter().map(String::as_str).collect();
            known.extend(step.keys);
            if index == 0 {
                known.insert("environment");
            }
            if path[0] == "services" && index == 2 {
                known.insert("env");
            }
            let above = show_path(&path[..index]);
            let message = if above.is_empty() {
                format!("there is no `{key}`")
            } else {
                format!("there is no `{key}` in `{above}`")
            };
            return Err(Finding::error("unknown-path", message).known("known", key, known));
        }
        at = step.next;
    }
    Ok(())
}

/// Where a key leads in a schema.
struct Step<'a> {
    next: Vec<&'a Value>,
    /// Whether the type names the key.
    named: bool,
    /// All keys that the type names.
    keys: Vec<&'a str>,
}

fn step<'a>(root: &'a Value, at: &[&'a Value], key: &str) -> Step<'a> {
    let mut found = Step { next: Vec::new(), named: false, keys: Vec::new() };
    let mut open = Vec::new();
    let mut pending = at.to_vec();
    while let Some(schema) = pending.pop() {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            pending.extend(name.strip_prefix('#').and_then(|pointer| root.pointer(pointer)));
        }
        for group in ["anyOf", "oneOf", "allOf"] {
            pending.extend(schema.get(group).and_then(Value::as_array).into_iter().flatten());
        }
        for (name, value) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            found.keys.push(name);
            if name == key {
                found.next.push(value);
                found.named = true;
            }
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        open.extend(patterns.into_iter().flat_map(|patterns| patterns.values()));
        open.extend(schema.get("additionalProperties"));
        // A value of any kind.
        if *schema == Value::Bool(true) {
            open.push(schema);
        }
    }
    if found.next.is_empty() {
        found.next.extend(open.into_iter().filter(|schema| **schema != Value::Bool(false)));
    }
    found
}
