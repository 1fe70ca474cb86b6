//! One fault in a good file is one finding, at its place.

use super::sample::{at_mut, map_mut, paths, services, tree, with_nulls};
use crate::layer::{Service, System};
use crate::load::read;
use crate::source::Place;
use crate::tree::{Entry, Map, Node, Value};
use proptest::prelude::*;
use proptest::sample::Index;

/// Maps that may have any key.
const ANY_KEY: &[&str] = &["uses", "pick", "headers", "options", "facts", "secrets"];

/// Whether anything may be said at a path.
fn untyped(path: &[String]) -> bool {
    path.iter().any(|key| key == "options" || key == "list")
}

fn fault_place(node: &Node) -> Place {
    Place { start: 1_000_000, end: 1_000_001, ..node.place }
}

/// Replaces a value by one that no key accepts.
fn wrong_value(node: &mut Node, chosen: Index) -> bool {
    let place = fault_place(node);
    let paths =
        paths(node, &|path, node| !path.is_empty() && !untyped(path) && node.value != Value::Null);
    let Some(path) = (!paths.is_empty()).then(|| chosen.get(&paths)) else { return false };
    let inner = Node::new(place, Value::List(Vec::new()));
    let middle = Node::new(place, Value::List(vec![inner]));
    *at_mut(node, path) = Node::new(place, Value::List(vec![middle]));
    true
}

/// Adds a key that no map has, and that is no name.
fn wrong_key(node: &mut Node, chosen: Index) -> bool {
    let place = fault_place(node);
    let paths = paths(node, &|path, node| {
        let open = path.last().is_some_and(|key| ANY_KEY.contains(&key.as_str()));
        !open && !untyped(path) && matches!(node.value, Value::Map(_))
    });
    let Some(path) = (!paths.is_empty()).then(|| chosen.get(&paths)) else { return false };
    let value = Node::new(node.place, Value::Map(Map::default()));
    let map = map_mut(at_mut(node, path));
    map.entries.insert("no Such key".to_owned(), Entry { key: place, node: value });
    true
}

proptest! {
    #[test]
    fn a_good_layer_has_no_fault(text in services(), nulls in any::<Vec<Index>>()) {
        let mut node = tree(&text);
        with_nulls(&mut node, &nulls);
        let (_, findings) = read::<Service>(&node);
        prop_assert_eq!(findings, []);
    }

    #[test]
    fn one_fault_is_one_finding(
        text in services(),
        nulls in proptest::collection::vec(any::<Index>(), 0..4),
        chosen in any::<Index>(),
        key in any::<bool>(),
        in_system in any::<bool>(),
    ) {
        let mut node = tree(&text);
        with_nulls(&mut node, &nulls);
        let place = fault_place(&node);
        let done = if key { wrong_key(&mut node, chosen) } else { wrong_value(&mut node, chosen) };
        prop_assume!(done);
        let (read, findings) = if in_system {
            let mut system = tree("about: x\nservices: { web: {}, api: { image: a } }\n");
            *at_mut(&mut system, &["services".to_owned(), "web".to_owned()]) = node;
            let (read, findings) = read::<System>(&system);
            (read.is_some(), findings)
        } else {
            let (read, findings) = read::<Service>(&node);
            (read.is_some(), findings)
        };
        prop_assert!(read);
        let places: Vec<_> = findings.iter().map(|finding| finding.place).collect();
        prop_assert_eq!(places, [Some(place)], "{:#?}", findings);
    }
}
