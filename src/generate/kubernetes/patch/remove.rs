//! Removing parts of an object.

use super::super::plain::Plain;
use super::merge::{OWN_LABELS, pointer};
use crate::finding::Finding;
use crate::generate::object::{Object, is_within};
use crate::reference::OPEN;
use crate::source::Place;
use crate::validate::Schemas;
use crate::value::Pointer;
use serde_json::Value;

/// What an object cannot be without.
const IDENTITY: &[&str] =
    &["/apiVersion", "/kind", "/metadata", "/metadata/name", "/metadata/namespace"];

/// Removes parts of an object. All pointers lead into the object as it was before.
pub(super) fn remove(
    object: &mut Object,
    parts: &[(Pointer, Place)],
    plain: &Plain<'_>,
    schemas: Option<&Schemas>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = Vec::new();
    for (part, place) in parts {
        match find(&object.value, part, plain, schemas) {
            Ok(path) if IDENTITY.contains(&pointer(&path).as_str()) => findings.push(
                Finding::error("patch-identity", "a patch cannot remove what an object is")
                    .at(*place)
                    .note(format!("not allowed: {}", IDENTITY.join(", "))),
            ),
            Ok(path) => found.push((path, *place)),
            Err(finding) => findings.push(finding.at(*place)),
        }
    }
    // The last items of lists first, so that the numbers of the others stay.
    found.sort_by_key(|(path, _)| {
        path.iter().map(|key| (key.parse::<usize>().ok(), key.clone())).collect::<Vec<_>>()
    });
    found.dedup_by(|later, earlier| later.0.starts_with(&earlier.0));
    for (path, place) in found.into_iter().rev() {
        take(object, &path, place);
    }
    findings
}

/// The keys that lead to a part, items of lists by their number.
fn find(
    object: &Value,
    part: &Pointer,
    plain: &Plain<'_>,
    schemas: Option<&Schemas>,
) -> Result<Vec<String>, Finding> {
    let mut path: Vec<String> = Vec::new();
    let mut value = object;
    for key in part.keys() {
        let step = match value {
            Value::Object(map) => {
                if map.keys().any(|key| key.starts_with(OPEN)) && OWN_LABELS.contains(&&*key) {
                    return Err(Finding::error(
                        "patch-identity",
                        format!("the label `{key}` is iac's own"),
                    )
                    .help("leave it: by this one the object's pods are selected"));
                }
                map.contains_key(&key).then(|| key.clone())
            }
            Value::Array(items) => {
                let named = name_field(object, &path, schemas);
                index(items, &key, named, plain).map(|index| index.to_string())
            }
            _ => None,
        };
        let Some(step) = step else {
            let known = known(value, name_field(object, &path, schemas), plain);
            let at = pointer(&path);
            let at = if at.is_empty() { "the object".to_owned() } else { format!("`{at}`") };
            return Err(Finding::error("patch-without-effect", format!("{at} has no `{key}`"))
                .known("known", &key, known.iter().map(String::as_str)));
        };
        value = match value {
            Value::Array(items) => &items[step.parse::<usize>().unwrap_or_default()],
            other => &other[step.as_str()],
        };
        path.push(step);
    }
    Ok(path)
}

/// The field that names the items of a list.
fn name_field(object: &Value, path: &[String], schemas: Option<&Schemas>) -> Option<&'static str> {
    let word = |key: &str| object[key].as_str().unwrap_or_default();
    let steps: Vec<&str> = path.iter().map(String::as_str).collect();
    let rule = schemas?.list_rule(word("apiVersion"), word("kind"), &steps)?;
    rule.merge_key.or(rule.keys.filter(|keys| !keys.contains(',')))
}

fn index(items: &[Value], key: &str, named: Option<&str>, plain: &Plain<'_>) -> Option<usize> {
    let by_number = key.parse::<usize>().ok().filter(|index| *index < items.len());
    by_number.or_else(|| {
        let field = named?;
        items.iter().position(|item| name(item, field, plain).as_deref() == Some(key))
    })
}

fn name(item: &Value, field: &str, plain: &Plain<'_>) -> Option<String> {
    item.get(field)?.as_str().map(|text| plain.text(text))
}

fn known(value: &Value, named: Option<&str>, plain: &Plain<'_>) -> Vec<String> {
    match value {
        Value::Object(map) => map.keys().filter(|key| !key.starts_with(OPEN)).cloned().collect(),
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            let name = |(index, item): (usize, &Value)| {
                named
                    .and_then(|field| name(item, field, plain))
                    .unwrap_or_else(|| index.to_string())
            };
            numbered.map(name).collect()
        }
        _ => Vec::new(),
    }
}

/// Takes a part away, and keeps the origins of the others right.
fn take(object: &mut Object, path: &[String], place: Place) {
    let Some((last, above)) = path.split_last() else { return };
    let holder = pointer(above);
    let part = pointer(path);
    object.origins.retain(|origin| !is_within(&origin.pointer, &part));
    match object.value.pointer_mut(&holder) {
        Some(Value::Object(map)) => {
            map.remove(last);
        }
        Some(Value::Array(items)) => {
            let Ok(index) = last.parse::<usize>() else { return };
            items.remove(index);
            for origin in &mut object.origins {
                move_up(&mut origin.pointer, &holder, index);
            }
        }
        _ => return,
    }
    object.removals.push((holder, place));
}

/// The pointer of an item, or of a part of it, after one before it was removed.
fn move_up(pointer: &mut String, list: &str, removed: usize) {
    let Some(rest) = pointer.strip_prefix(list).and_then(|rest| rest.strip_prefix('/')) else {
        return;
    };
    let (index, below) = rest.split_once('/').map_or((rest, None), |(at, below)| (at, Some(below)));
    let Some(index) = index.parse::<usize>().ok().filter(|index| *index > removed) else { return };
    *pointer = match below {
        Some(below) => format!("{list}/{}/{below}", index - 1),
        None => format!("{list}/{}", index - 1),
    };
}
