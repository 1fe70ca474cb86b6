//! What users change of a service in Compose, merged as Compose merges two files.

use crate::finding::Finding;
use crate::model::Change;
use crate::source::Place;
use crate::tree::Node;
use crate::value::Pointer;
use serde_json::{Map, Value};

/// Lists that are one thing: a command is not half another's.
const WHOLE: &[&str] = &["command", "entrypoint", "test"];

/// Lists whose items are known by where they are mounted.
const BY_TARGET: &[&str] = &["configs", "secrets", "volumes"];

/// Changes a service; findings are for what cannot be.
pub(super) fn apply(service: &str, value: &mut Value, change: &Change) -> Vec<Finding> {
    let before = value.clone();
    let mut findings = Vec::new();
    for (pointer, place) in &change.remove {
        findings.extend(remove(value, pointer, *place));
    }
    merge(value, &change.fields.to_json(), "");
    if findings.is_empty() && *value == before {
        findings.push(
            Finding::error(
                "patch-without-effect",
                format!("this patch changes nothing of `{service}`"),
            )
            .at(change.place)
            .help("remove it: the service says the same without it"),
        );
    }
    findings
}

/// Where a patch says a part of its service, to which a JSON pointer leads.
pub(super) fn place_of(change: &Change, pointer: &str) -> Option<Place> {
    let mut node = &change.fields;
    let mut place = None;
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        let Some(below) = child(node, &key) else { break };
        place = Some(below.0);
        node = below.1;
    }
    place
}

fn child<'a>(node: &'a Node, key: &str) -> Option<(Place, &'a Node)> {
    let entry = node.as_map()?.entries.get(key)?;
    Some((entry.key, &entry.node))
}

fn remove(value: &mut Value, pointer: &Pointer, place: Place) -> Option<Finding> {
    let keys: Vec<String> = pointer.keys().collect();
    let (last, above) = keys.split_last()?;
    let mut holder = Some(&mut *value);
    for key in above {
        holder = holder.and_then(|value| match value {
            Value::Object(map) => map.get_mut(key),
            Value::Array(items) => position(items, key).and_then(|at| items.get_mut(at)),
            _ => None,
        });
    }
    let (removed, known) = match holder {
        Some(Value::Object(map)) => {
            let known: Vec<String> = map.keys().cloned().collect();
            (map.remove(last).is_some(), known)
        }
        Some(Value::Array(items)) => {
            let at = position(items, last);
            (at.map(|at| items.remove(at)).is_some(), items.iter().filter_map(name).collect())
        }
        _ => (false, Vec::new()),
    };
    if removed {
        return None;
    }
    let message = format!("the service has no `{}`", keys.join("/"));
    let finding = Finding::error("patch-without-effect", message).at(place);
    Some(finding.known("known", last, known.iter().map(String::as_str)))
}

/// An item of a list: by its number, by what it is, or by where it is mounted.
fn position(items: &[Value], key: &str) -> Option<usize> {
    let named = items.iter().position(|item| name(item).as_deref() == Some(key));
    named.or_else(|| key.parse().ok().filter(|at| *at < items.len()))
}

fn name(item: &Value) -> Option<String> {
    let name = item.as_str().or_else(|| item.get("target").and_then(Value::as_str));
    name.map(ToOwned::to_owned)
}

fn merge(value: &mut Value, over: &Value, key: &str) {
    match (value, over) {
        (Value::Object(map), Value::Object(over)) => merge_maps(map, over),
        (Value::Array(items), Value::Array(over)) if !WHOLE.contains(&key) => {
            for item in over {
                let same = items.iter().position(|known| is_same(known, item, key));
                match same {
                    Some(at) => merge(&mut items[at], item, ""),
                    None => items.push(item.clone()),
                }
            }
        }
        (value, over) => *value = over.clone(),
    }
}

fn merge_maps(map: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (key, over) in over {
        match map.get_mut(key) {
            Some(value) => merge(value, over, key),
            None => {
                map.insert(key.clone(), over.clone());
            }
        }
    }
}

/// Whether two items of a list are one.
fn is_same(one: &Value, other: &Value, key: &str) -> bool {
    if key == "tmpfs" {
        let path = |item: &Value| Some(item.as_str()?.split(':').next()?.to_owned());
        return path(one) == path(other);
    }
    one == other
        || (BY_TARGET.contains(&key)
            && one.get("target").is_some()
            && one.get("target") == other.get("target"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_merged_as_compose_merges_them() {
        let mut service = json!({
            "command": ["serve"],
            "cap_add": ["CHOWN"],
            "tmpfs": ["/tmp:size=64m"],
            "volumes": [{ "type": "volume", "source": "data", "target": "/data" }],
            "environment": { "A": "1", "B": "2" },
        });
        let over = json!({
            "command": ["serve", "--verbose"],
            "cap_add": ["CHOWN", "FOWNER"],
            "tmpfs": ["/tmp:size=1g"],
            "volumes": [{ "target": "/data", "read_only": true }, { "type": "tmpfs", "target": "/run" }],
            "environment": { "B": "3" },
        });
        merge(&mut service, &over, "");
        assert_eq!(
            service,
            json!({
                "command": ["serve", "--verbose"],
                "cap_add": ["CHOWN", "FOWNER"],
                "tmpfs": ["/tmp:size=1g"],
                "volumes": [
                    { "type": "volume", "source": "data", "target": "/data", "read_only": true },
                    { "type": "tmpfs", "target": "/run" },
                ],
                "environment": { "A": "1", "B": "3" },
            })
        );
    }
}
