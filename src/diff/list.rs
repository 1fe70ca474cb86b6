//! Two lists compared: items are matched by the key that people know them by.

use super::fields::{FieldChange, values};
use super::path::{FieldPath, Segment};
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::{BTreeMap, BTreeSet};

/// Fields that together name an item. The first must be there; the others may be absent. A dot
/// leads into a map.
type Key = &'static [&'static str];

/// Lists that go by a key of their own.
const KEYS_OF_LISTS: &[(&str, &[Key])] = &[
    ("ports", &[&["containerPort", "protocol"], &["port", "protocol"], &["target", "protocol"]]),
    ("volumeMounts", &[&["mountPath"]]),
    ("volumeDevices", &[&["devicePath"]]),
    ("tolerations", &[&["key", "effect"]]),
    ("subjects", &[&["kind", "name", "namespace"]]),
    ("topologySpreadConstraints", &[&["topologyKey"], &["topologyKey", "whenUnsatisfiable"]]),
];

/// What other lists go by, the first that tells all items apart.
const KEYS: &[Key] = &[
    &["name"],
    &["metadata.name"],
    &["mountPath"],
    &["containerPort", "protocol"],
    &["port", "protocol"],
    &["key"],
    &["path"],
    &["ip"],
    &["type"],
    &["type", "resource.name"],
    &["topologyKey"],
    &["id"],
    &["uid"],
    &["host"],
    &["hostname"],
    &["alert"],
    &["record"],
    &["job_name"],
    &["title"],
    &["secretRef.name"],
    &["configMapRef.name"],
    &["secret.name"],
    &["configMap.name"],
];

pub(super) fn compare(
    path: &FieldPath,
    old: &[Value],
    new: &[Value],
    changes: &mut Vec<FieldChange>,
) {
    if old == new {
        return;
    }
    if old.iter().chain(new).all(is_plain) {
        plain(path, old, new, changes);
        return;
    }
    match keys_of(path, old, new) {
        Some((old_names, new_names)) => {
            by_name(path, (old, &old_names), (new, &new_names), changes);
        }
        None => by_position(path, old, new, changes),
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// A list of plain values: which came, which went, and whether their order changed.
fn plain(path: &FieldPath, old: &[Value], new: &[Value], changes: &mut Vec<FieldChange>) {
    let whole = |values: &[Value]| Value::Array(values.to_vec());
    let repeats =
        |values: &[Value]| values.iter().enumerate().any(|(at, v)| values[..at].contains(v));
    let differing: Vec<usize> =
        (0..old.len().min(new.len())).filter(|at| old[*at] != new[*at]).collect();
    if let [at] = differing[..]
        && old.len() == new.len()
        && [&old[at], &new[at]].iter().any(|v| v.as_str().is_some_and(|text| text.contains('\n')))
    {
        let below = path.with(Segment::Index(at));
        changes.push(FieldChange::new(below, Some(&old[at]), Some(&new[at])));
        return;
    }
    let staying: Vec<&Value> = old.iter().filter(|value| new.contains(value)).collect();
    let reordered = staying != new.iter().filter(|value| old.contains(value)).collect::<Vec<_>>();
    if repeats(old) || repeats(new) || reordered {
        changes.push(FieldChange::new(path.clone(), Some(&whole(old)), Some(&whole(new))));
        return;
    }
    let member = || path.with(Segment::Member);
    for value in old.iter().filter(|value| !new.contains(value)) {
        changes.push(FieldChange::new(member(), Some(value), None));
    }
    for value in new.iter().filter(|value| !old.contains(value)) {
        changes.push(FieldChange::new(member(), None, Some(value)));
    }
}

type Names = Vec<String>;

/// The names of all items of both lists, if some key tells them apart.
fn keys_of(path: &FieldPath, old: &[Value], new: &[Value]) -> Option<(Names, Names)> {
    let list = match path.0.last() {
        Some(Segment::Key(key)) => key.as_str(),
        _ => "",
    };
    let own = KEYS_OF_LISTS.iter().filter(|(name, _)| *name == list).flat_map(|(_, keys)| *keys);
    own.chain(KEYS).find_map(|key| Some((names(old, key)?, names(new, key)?)))
}

fn names(items: &[Value], key: Key) -> Option<Names> {
    let names: Names = items.iter().map(|item| name(item, key)).collect::<Option<_>>()?;
    let distinct: BTreeSet<&String> = names.iter().collect();
    (distinct.len() == items.len()).then_some(names)
}

fn name(item: &Value, key: Key) -> Option<String> {
    let part = |field: &str| {
        let value = field.split('.').try_fold(item, |value, step| value.get(step))?;
        match value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    };
    let mut name = part(key.first()?)?;
    for field in &key[1..] {
        match part(field) {
            Some(protocol) if protocol == "TCP" || protocol == "tcp" => {}
            Some(part) => {
                name.push('/');
                name.push_str(&part);
            }
            None => {}
        }
    }
    Some(name)
}

fn by_name(
    path: &FieldPath,
    (old, old_names): (&[Value], &Names),
    (new, new_names): (&[Value], &Names),
    changes: &mut Vec<FieldChange>,
) {
    let index = |names: &Names| -> BTreeMap<String, usize> {
        names.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect()
    };
    let (in_old, in_new) = (index(old_names), index(new_names));
    let staying: Vec<&String> = old_names.iter().filter(|n| in_new.contains_key(*n)).collect();
    let staying_now: Vec<&String> = new_names.iter().filter(|n| in_old.contains_key(*n)).collect();
    if staying != staying_now {
        let order = |names: Vec<&String>| names.into_iter().cloned().collect::<Value>();
        let (old, new) = (order(staying), order(staying_now));
        changes.push(FieldChange::new(path.clone(), Some(&old), Some(&new)));
    }
    for (item, name) in old.iter().zip(old_names) {
        let below = path.with(Segment::Item(name.clone()));
        match in_new.get(name) {
            Some(at) => values(&below, item, &new[*at], changes),
            None => changes.push(FieldChange::new(below, Some(item), None)),
        }
    }
    for (item, name) in new.iter().zip(new_names).filter(|(_, name)| !in_old.contains_key(*name)) {
        let below = path.with(Segment::Item(name.clone()));
        changes.push(FieldChange::new(below, None, Some(item)));
    }
}

/// Items without a name, matched by their place: as they stand, or around what was put in or taken
/// out, whichever says less.
pub(super) fn by_position(
    path: &FieldPath,
    old: &[Value],
    new: &[Value],
    changes: &mut Vec<FieldChange>,
) {
    let at = |index: usize| path.with(Segment::Index(index));
    let operations = capture_diff_slices(Algorithm::Myers, old, new);
    let moves: usize = operations
        .iter()
        .filter(|operation| !matches!(operation, DiffOp::Equal { .. }))
        .map(|operation| operation.old_range().len().max(operation.new_range().len()))
        .sum();
    let differing = old.iter().zip(new).filter(|(old, new)| old != new).count();
    if old.len() == new.len() && differing <= moves {
        for (index, (old, new)) in old.iter().zip(new).enumerate() {
            values(&at(index), old, new, changes);
        }
        return;
    }
    for operation in operations {
        if matches!(operation, DiffOp::Equal { .. }) {
            continue;
        }
        let (from, to) = (operation.old_range(), operation.new_range());
        let both = from.len().min(to.len());
        for step in 0..both {
            values(&at(to.start + step), &old[from.start + step], &new[to.start + step], changes);
        }
        for (item, index) in old[from.start + both..from.end].iter().zip(from.start + both..) {
            changes.push(FieldChange::new(at(index), Some(item), None));
        }
        for (item, index) in new[to.start + both..to.end].iter().zip(to.start + both..) {
            changes.push(FieldChange::new(at(index), None, Some(item)));
        }
    }
}
