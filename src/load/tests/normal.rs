//! The normal form: long, stable, and with every place.

use super::sample::{paths, services, tree, with_nulls};
use crate::layer::{Override, Service};
use crate::load::{normalise, read, typed};
use crate::tree::{Node, Value};
use proptest::prelude::*;
use proptest::sample::Index;
use serde::Serialize;
use serde::de::DeserializeOwned;

fn normal<T: DeserializeOwned + Serialize>(node: &Node) -> Node {
    let (_, findings) = read::<T>(node);
    assert_eq!(findings, []);
    typed::layer::<T>(node).node
}

/// What a tree says, without places.
fn said(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Unknown => "unknown".to_owned(),
        Value::Bool(word) => word.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(said).collect::<Vec<_>>().join(", "))
        }
        Value::Map(map) => {
            let entries = map.entries.iter();
            let entries: Vec<_> =
                entries.map(|(key, entry)| format!("{key}: {}", said(&entry.node))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Variant(variant) => format!("<{}>{}", variant.name, said(&variant.node)),
    }
}

#[track_caller]
fn service(text: &str, expected: &str) {
    assert_eq!(said(&normal::<Service>(&tree(text))), expected, "in {text}");
}

#[test]
fn short_forms_become_long() {
    for (short, long) in [
        ("ports: { http: 80 }", "ports: { http: { port: 80 } }"),
        ("shape: a", "shape: [a]"),
        ("uses: { a: { port: x } }", "uses: { a: { port: [x] } }"),
        ("health: { live: /l }", "health: { live: { path: /l } }"),
        ("secrets: { A: a#b }", "secrets: { A: { from: a#b } }"),
        ("replicas: 3", "replicas: { min: 3, max: null, cpu: null }"),
        ("user: 5", "user: { id: 5 }"),
        ("config: { A: 5, B: true, C: 1.5 }", "config: { A: \"5\", B: \"true\", C: \"1.5\" }"),
        ("elsewhere: { secrets: { a: b#c } }", "elsewhere: { secrets: { a: { from: b#c } } }"),
        ("resources: { cpu: 1000m, memory: 1024Mi }", "resources: { cpu: \"1\", memory: 1Gi }"),
    ] {
        let [short, long] = [short, long].map(|text| said(&normal::<Service>(&tree(text))));
        assert_eq!(short, long);
    }
    let short = normal::<Override>(&tree("secrets: { A: a#b }\nreplicas: 2"));
    assert_eq!(
        said(&short),
        "{replicas: {cpu: null, max: null, min: 2}, secrets: {A: {from: \"a#b\"}}}"
    );
}

#[test]
fn one_alternative_removes_the_others() {
    service(
        "build: {}",
        "{build: {}, image: null, kind: null, mirror: null, options: null, version: null}",
    );
    service("version: \"9\"", "{build: null, image: null, version: \"9\"}");
    service(
        "build: { language: go }",
        "{build: {args: null, dockerfile: null, language: \"go\", \
        other-repository: null, target: null, template: null}, image: null, kind: null, mirror: null, options: null, version: null}",
    );
    service(
        "volumes: { a: { tier: x } }",
        "{volumes: {a: {memory: null, of: null, scratch: null, tier: \"x\"}}}",
    );
    service("volumes: { a: { path: /x } }", "{volumes: {a: {path: \"/x\"}}}");
    service(
        "health: { live: /l }",
        "{health: {live: {exec: null, grpc: null, path: \"/l\", tcp: null}}}",
    );
    service("health: { live: { every: 5s } }", "{health: {live: {every: \"5s\"}}}");
    service("expose: { host: a }", "{expose: {host: \"a\", hosts: null}}");
    service("rollout: { rolling: {} }", "{rollout: <rolling>{}}");
    // A removal says nothing about the others.
    service("image: null", "{image: null}");
}

#[test]
fn removals_are_kept() {
    service("config: { A: null }", "{config: {A: null}}");
    service("config: null", "{config: null}");
    service("uses: { a: { env: { A: null, B: b } } }", "{uses: {a: {env: {A: null, B: \"b\"}}}}");
    service("options: { a: { b: null } }", "{build: null, image: null, options: {a: {b: null}}}");
    service("rollout: { rolling: { at-once: null } }", "{rollout: <rolling>{at-once: null}}");
    service("replicas: { max: null }", "{replicas: {max: null}}");
}

#[test]
fn two_alternatives_are_told_with_both_places() {
    let node = tree("image: a\nbuild: {}\n");
    let (layer, _) = read::<Service>(&node);
    let (_, findings) = normalise(&layer.unwrap(), &node);
    assert_eq!(findings.len(), 1);
    let finding = &findings[0];
    assert_eq!(finding.message, "`image` and `build` exclude each other");
    let mut places = [finding.place.unwrap().start, finding.related[0].place.start];
    places.sort_unstable();
    assert_eq!(places, [0, 9]);
}

proptest! {
    #[test]
    fn normal_is_normal(text in services(), nulls in any::<Vec<Index>>()) {
        let mut node = tree(&text);
        with_nulls(&mut node, &nulls);
        let once = normal::<Service>(&node);
        prop_assert_eq!(normal::<Service>(&once), once);
    }

    #[test]
    fn every_leaf_stands_in_the_text_that_says_it(text in services()) {
        let node = tree(&text);
        let normal = normal::<Service>(&node);
        let leaves = paths(&normal, &|_, node| {
            !matches!(node.value, Value::Map(_) | Value::List(_) | Value::Variant(_))
        });
        for path in leaves {
            let leaf = normal.at(&path).unwrap();
            let source = &text[leaf.place.start as usize..leaf.place.end as usize];
            let said = match &leaf.value {
                // What excludes others stands for their removal; of two that do, neither is known.
                Value::Null | Value::Unknown => {
                    prop_assert!(!source.is_empty());
                    continue;
                }
                Value::Text(said) => said.clone(),
                other => said(&Node::new(leaf.place, other.clone())),
            };
            let source = source.trim_matches('"');
            let source = if source == "1m" { "60s" } else { source };
            let said = if said == "1m" { "60s" } else { &said };
            prop_assert_eq!(source, said, "at {}", path.join("."));
        }
    }

    #[test]
    fn what_is_said_keeps_its_place(text in services()) {
        let node = tree(&text);
        let normal = normal::<Service>(&node);
        for path in paths(&normal, &|_, _| true) {
            let here = normal.at(&path).unwrap();
            if let Some(source) = node.at(&path) {
                prop_assert_eq!(here.place, source.place);
                prop_assert_eq!(normal.key_place(&path), node.key_place(&path));
            } else {
                // It follows from something that is said above or beside it.
                let above = node.value_place(&path);
                prop_assert!(above.start <= here.place.start && here.place.end <= above.end);
            }
        }
    }
}
