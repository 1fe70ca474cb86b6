//! Small changes of good files: both readers agree about each.

use super::{Schemas, faults, good, parse};
use iac::tree::{Entry, Map, Node, Value};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRng, TestRunner};

/// What may stand in the place of a value.
fn values() -> Vec<Value> {
    let texts =
        ["", "a", "A b", "none", "8080", "70%", "2Gi", "30s", "/a", "/a/", "a#b", "true", "é"];
    let mut values: Vec<Value> = texts.iter().map(|text| Value::Text((*text).to_owned())).collect();
    values.extend([0, 1, -1, 80, 70_000, 5_000_000_000].map(Value::Integer));
    values.extend([Value::Null, Value::Bool(true), Value::Bool(false), Value::Float(0.5)]);
    values.extend([Value::List(Vec::new()), Value::Map(Map::default())]);
    values
}

/// What may stand in the place of a key, or beside it.
const KEYS: &[&str] = &[
    "enabled", "path", "text", "port", "from", "host", "hosts", "image", "kind", "size", "scratch",
    "of", "grpc", "tcp", "A", "a", "a-b", "a_b", "9", "",
];

#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    Rename(&'static str),
    Add(&'static str, Value),
    Wrap,
    Remove,
}

fn changes() -> impl Strategy<Value = Change> {
    let values = values();
    prop_oneof![
        select(values.clone()).prop_map(Change::Replace),
        select(KEYS).prop_map(Change::Rename),
        (select(KEYS), select(values)).prop_map(|(key, value)| Change::Add(key, value)),
        Just(Change::Wrap),
        Just(Change::Remove),
    ]
}

/// How many values a tree has below its root.
fn count(node: &Node) -> usize {
    match &node.value {
        Value::Map(map) => map.entries.values().map(|entry| 1 + count(&entry.node)).sum(),
        Value::List(items) => items.iter().map(|item| 1 + count(item)).sum(),
        _ => 0,
    }
}

/// Changes the value of this number. Items of lists are only replaced.
fn apply(node: &mut Node, at: &mut usize, change: &Change) {
    let place = node.place;
    match &mut node.value {
        Value::Map(map) => {
            let keys: Vec<String> = map.entries.keys().cloned().collect();
            for key in keys {
                if *at == 0 {
                    let entry = map.entries.remove(&key).unwrap();
                    match change {
                        Change::Remove => return,
                        Change::Rename(other) => map.entries.insert((*other).to_owned(), entry),
                        Change::Replace(value) => {
                            let node = Node::new(place, value.clone());
                            map.entries.insert(key, Entry { node, ..entry })
                        }
                        Change::Add(other, value) => {
                            map.entries.insert(key, entry.clone());
                            let node = Node::new(place, value.clone());
                            map.entries.insert((*other).to_owned(), Entry { node, ..entry })
                        }
                        Change::Wrap => {
                            let node = Node::new(place, Value::List(vec![entry.node.clone()]));
                            map.entries.insert(key, Entry { node, ..entry })
                        }
                    };
                    return;
                }
                *at -= 1;
                let below = &mut map.entries.get_mut(&key).unwrap().node;
                let size = count(below);
                if *at < size {
                    return apply(below, at, change);
                }
                *at -= size;
            }
        }
        Value::List(items) => {
            for item in items {
                if *at == 0 {
                    if let Change::Replace(value) = change {
                        item.value = value.clone();
                    }
                    return;
                }
                *at -= 1;
                let size = count(item);
                if *at < size {
                    return apply(item, at, change);
                }
                *at -= size;
            }
        }
        _ => {}
    }
}

/// What the schema knows and the loader leaves to resolving: names of kinds, versions and options;
/// and names of entries that are removed, which nobody reads.
fn only_the_schema(node: &Node) -> bool {
    let Some(map) = node.as_map() else {
        return matches!(&node.value, Value::List(items) if items.iter().any(only_the_schema));
    };
    map.entries.iter().any(|(key, entry)| {
        matches!(key.as_str(), "kind" | "options" | "version")
            || entry.node.value == Value::Null && !names_anything(key)
            || only_the_schema(&entry.node)
    })
}

/// Whether a key can be the name of an entry of every map.
fn names_anything(key: &str) -> bool {
    key.parse::<iac::value::Name>().is_ok() && key.parse::<iac::value::EnvName>().is_ok()
}

#[test]
fn changed_files_get_the_same_verdict() {
    let schemas = Schemas::new();
    let config = Config { cases: 2000, failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(config.rng_algorithm);
    let changed = (select(good::TABLE), any::<Index>(), changes(), any::<Index>(), changes());
    TestRunner::new_with_rng(config, random)
        .run(&changed, |((file, text), first, change, second, another)| {
            let mut node = parse(text).unwrap();
            for (index, change) in [(first, change), (second, another)] {
                let size = count(&node);
                if size > 0 {
                    apply(&mut node, &mut index.index(size), &change);
                }
                let json = node.to_json();
                let (loader, schema) = (faults(file, &node), schemas.faults(file, &json));
                // Arithmetic; `ONLY_THE_LOADER` holds it.
                let beyond = loader.iter().any(|it| it.contains("less than a million cores"));
                let agree = loader.is_empty() == schema.is_empty() || beyond;
                prop_assert!(
                    agree || loader.is_empty() && only_the_schema(&node),
                    "{change:?}\n{json:#}\nloader: {loader:#?}\nschema: {schema:#?}"
                );
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
