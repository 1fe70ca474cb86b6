//! The laws of merging, over arbitrary trees.

use super::{merge, merge_all, settle};
use crate::source::{Place, Sources};
use crate::tree::{Entry, Map, Node, Value, Variant};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn place(start: usize) -> Place {
    Place::new(Sources::default().add("f.yaml", ""), start, start + 1)
}

/// Few keys and names, so that layers meet; many places, so that they differ.
fn nodes() -> impl Strategy<Value = Node> {
    let scalar = prop_oneof![
        3 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => (0..3i64).prop_map(Value::Integer),
        1 => "[xy]".prop_map(Value::Text),
    ];
    let at = (0..100_000usize).prop_map(place);
    let leaf = (at.clone(), scalar).prop_map(|(place, value)| Node::new(place, value));
    leaf.prop_recursive(4, 32, 4, move |inner| {
        let list = prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List);
        let entry = (at.clone(), inner.clone()).prop_map(|(key, node)| Entry { key, node });
        let map = (prop::collection::btree_map("[abc]", entry, 0..4), prop::bool::weighted(0.2));
        let map = map.prop_map(|(entries, reset)| Value::Map(Map { entries, reset }));
        // What an alternative holds is a map, as a layer's types have it.
        let content = (at.clone(), map.clone()).prop_map(|(place, map)| Node::new(place, map));
        let variant = ("[vw]", at.clone(), content, prop::bool::weighted(0.2));
        let variant = variant.prop_map(|(name, key, node, reset)| {
            Value::Variant(Box::new(Variant { name, key, node, reset }))
        });
        let value = prop_oneof![1 => list, 5 => map, 2 => variant];
        (at.clone(), value).prop_map(|(place, value)| Node::new(place, value))
    })
}

/// Layers: maps at the top, without resets, as a file says them.
fn layers() -> impl Strategy<Value = Vec<Node>> {
    let layer = prop::collection::btree_map("[abc]", nodes(), 0..4).prop_map(|entries| {
        let entries = entries.into_iter().map(|(key, mut node)| {
            no_resets(&mut node);
            (key, Entry { key: node.place, node })
        });
        Node::new(place(0), Value::Map(Map { entries: entries.collect(), reset: false }))
    });
    prop::collection::vec(layer, 1..5)
}

fn no_resets(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => {
            map.reset = false;
            map.entries.values_mut().for_each(|entry| no_resets(&mut entry.node));
        }
        Value::Variant(variant) => {
            variant.reset = false;
            no_resets(&mut variant.node);
        }
        _ => {}
    }
}

fn merged(earlier: &Node, later: &Node) -> Node {
    let mut merged = earlier.clone();
    merge(&mut merged, later);
    merged
}

/// The leaves of a settled tree: path, value and place.
fn leaves(node: &Node, path: &str, all: &mut BTreeMap<String, (Value, Place)>) {
    match &node.value {
        Value::Map(map) if !map.entries.is_empty() => {
            for (key, entry) in &map.entries {
                leaves(&entry.node, &format!("{path}.{key}"), all);
            }
        }
        Value::Variant(variant) => {
            leaves(&variant.node, &format!("{path}.<{}>", variant.name), all);
        }
        Value::Map(_) => {}
        other => {
            all.insert(path.to_owned(), (other.clone(), node.place));
        }
    }
}

/// What a leaf comes to by the rule alone: the last layer that says something at its path, or
/// above it something that is no map and not the same alternative, decides.
fn expected(layers: &[Node]) -> BTreeMap<String, (Value, Place)> {
    let mut all: BTreeMap<String, (Value, Place)> = BTreeMap::new();
    for layer in layers {
        say(layer, "", &mut all);
    }
    all.retain(|_, (value, _)| *value != Value::Null);
    all
}

fn say(node: &Node, path: &str, all: &mut BTreeMap<String, (Value, Place)>) {
    let forget = |all: &mut BTreeMap<String, (Value, Place)>, kept: Option<&str>| {
        all.retain(|other, _| {
            let below = other.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'));
            let inside = |rest: &str| {
                kept.is_some_and(|kept| {
                    rest.strip_prefix(kept)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                })
            };
            other != path
                && below.is_none_or(|rest| match kept {
                    None => false,
                    // An alternative keeps itself only.
                    Some(_) => inside(rest),
                })
        });
    };
    match &node.value {
        Value::Map(map) => {
            // A map leaves what earlier maps say, and replaces anything else.
            all.retain(|other, _| {
                let variant = other.strip_prefix(path).is_some_and(|rest| rest.starts_with(".<"));
                other != path && !variant
            });
            for (key, entry) in &map.entries {
                say(&entry.node, &format!("{path}.{key}"), all);
            }
        }
        Value::Variant(variant) => {
            let name = format!("<{}>", variant.name);
            forget(all, Some(&name));
            say(&variant.node, &format!("{path}.{name}"), all);
        }
        other => {
            forget(all, None);
            all.insert(path.to_owned(), (other.clone(), node.place));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn merging_is_associative(a in nodes(), b in nodes(), c in nodes()) {
        let left = merged(&merged(&a, &b), &c);
        let right = merged(&a, &merged(&b, &c));
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(settle(left), settle(right));
    }

    #[test]
    fn an_empty_layer_changes_nothing(layers in layers(), at in 0..5usize) {
        let whole = merge_all(&layers).and_then(settle).unwrap();
        let mut more = layers.clone();
        more.insert(at.min(layers.len()), Node::new(place(0), Value::Map(Map::default())));
        prop_assert_eq!(merge_all(&more).and_then(settle).unwrap(), whole);
    }

    #[test]
    fn later_wins_for_every_leaf(layers in layers()) {
        let whole = merge_all(&layers).and_then(settle).unwrap();
        let mut found = BTreeMap::new();
        leaves(&whole, "", &mut found);
        prop_assert_eq!(found, expected(&layers));
    }

    #[test]
    fn what_is_known_beside_a_fault_is_true(layers in layers(), at in 0..4usize, path in prop::collection::vec("[abc]", 0..3)) {
        let mut faulty = layers.clone();
        let at = at.min(faulty.len() - 1);
        hide(&mut faulty[at], &path);
        let faulty = merge_all(&faulty).and_then(settle);
        prop_assert!(agrees(faulty.as_ref(), merge_all(&layers).and_then(settle).as_ref()));
    }

    #[test]
    fn what_is_settled_stays_so(node in nodes()) {
        if let Some(settled) = settle(node) {
            prop_assert_eq!(settle(settled.clone()), Some(settled));
        }
    }
}

/// Makes what is at a path, or the deepest thing there is, unknown.
fn hide(node: &mut Node, path: &[String]) {
    if let (Value::Map(map), [key, rest @ ..]) = (&mut node.value, path)
        && let Some(entry) = map.entries.get_mut(key)
    {
        return hide(&mut entry.node, rest);
    }
    node.value = Value::Unknown;
}

/// Whether one tree says of another nothing but the truth: all of it, or that it does not know.
fn agrees(one: Option<&Node>, whole: Option<&Node>) -> bool {
    let (Some(one), Some(whole)) = (one, whole) else {
        return one.is_none_or(Node::is_unknown) && (one.is_some() || whole.is_none());
    };
    match (&one.value, &whole.value) {
        (Value::Unknown, _) => true,
        (Value::Map(one), Value::Map(whole)) => {
            let keys = one.entries.keys().chain(whole.entries.keys());
            let at = |map: &Map, key: &str| map.entries.get(key).map(|entry| entry.node.clone());
            keys.into_iter().all(|key| agrees(at(one, key).as_ref(), at(whole, key).as_ref()))
        }
        (Value::Variant(one), Value::Variant(whole)) => {
            one.name == whole.name && agrees(Some(&one.node), Some(&whole.node))
        }
        (one, whole) => one == whole,
    }
}

fn map(entries: &[(&str, Node)]) -> Node {
    let entries = entries
        .iter()
        .map(|(key, node)| ((*key).to_owned(), Entry { key: place(0), node: node.clone() }));
    Node::new(place(0), Value::Map(Map { entries: entries.collect(), reset: false }))
}

fn text(text: &str) -> Node {
    Node::new(place(0), Value::Text(text.to_owned()))
}

fn null() -> Node {
    Node::new(place(0), Value::Null)
}

fn variant(name: &str, node: Node) -> Node {
    let variant = Variant { name: name.to_owned(), key: place(0), node, reset: false };
    Node::new(place(0), Value::Variant(Box::new(variant)))
}

fn settled(layers: &[Node]) -> Node {
    settle(merge_all(layers).unwrap()).unwrap()
}

#[test]
fn a_null_removes_and_what_follows_begins_anew() {
    let first = map(&[("x", map(&[("a", text("1")), ("b", text("2"))]))]);
    let remove = map(&[("x", null())]);
    let again = map(&[("x", map(&[("c", text("3"))]))]);
    assert_eq!(settled(&[first.clone(), remove.clone()]), map(&[]));
    assert_eq!(settled(&[first.clone(), remove.clone(), again.clone()]), again);
    let one = map(&[("x", map(&[("a", null())]))]);
    assert_eq!(settled(&[first, one]), map(&[("x", map(&[("b", text("2"))]))]));
    assert_eq!(settled(&[remove, again.clone()]), again);
}

#[test]
fn another_alternative_begins_anew() {
    let canary =
        map(&[("r", variant("canary", map(&[("steps", text("1")), ("pause", text("2"))])))]);
    let pause = map(&[("r", variant("canary", map(&[("pause", text("3"))])))]);
    let rolling = map(&[("r", variant("rolling", map(&[])))]);
    let both = map(&[("r", variant("canary", map(&[("pause", text("3")), ("steps", text("1"))])))]);
    assert_eq!(settled(&[canary.clone(), pause.clone()]), both);
    assert_eq!(settled(&[canary.clone(), rolling.clone()]), rolling);
    assert_eq!(settled(&[canary, rolling, pause.clone()]), pause);
}
