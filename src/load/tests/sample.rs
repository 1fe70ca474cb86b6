//! Good layers, and random parts of them.

use crate::load::yaml;
use crate::source::Sources;
use crate::tree::{Map, Node, Value};
use proptest::prelude::*;
use proptest::sample::Index;

/// One line for each key of a service, short forms and long ones.
pub(super) const LINES: &[&str] = &[
    "about: Public entry",
    "shape: [verifier, logged]",
    "shape: verifier",
    "build: { context: services/api, language: rust }",
    "build: { context: ., dockerfile: Dockerfile }",
    "image: { of: web }",
    "kind: valkey",
    "version: \"9\"",
    "options: { memory: 256Mi, databases: { a: {}, b: null }, list: [1, { x: null }, [2.5]] }",
    "mirror: registry.example.com/valkey",
    "ports: { http: 8080, grpc: { port: 9090, protocol: grpc, service-port: none }, x: { service-port: 80 } }",
    "uses: { a: {}, b: { as: database, pick: { bucket: x }, port: http, optional: true } }",
    "uses: { c: { env: ADDR, port: [http, grpc] }, d: { env: { A: \"{{ host }}\", B: b } }, e: { env: none } }",
    "uses: { f: { optional: { otherwise: { A: 1, B: { text: x } } }, at-start: false } }",
    "elsewhere: { host: db.example.com, port: 6432, facts: { user: u }, secrets: { password: a#b } }",
    "enabled: false",
    "run: worker",
    "command: [/bin/app, { text: \"{{ ports.http }}\" }]",
    "args: [serve, \"--verbose\"]",
    "workdir: /srv",
    "health: { live: /health, ready: { path: { text: x }, every: 5s, headers: { Host: a } }, starts-within: 60s }",
    "health: { live: { grpc: { service: x } }, ready: { exec: [a, b] }, start: { tcp: redis, failures: 5 } }",
    "metrics: { http: { port: admin, path: /metrics } }",
    "config: { A: text, B: 5, C: true, D: 1.5, E: { text: \"{{ service }}\" } }",
    "files: { /etc/app.toml: { from: app.toml, mode: \"0555\" } }",
    "secrets: { A: a/b#c, B: { from: a#b, as: env, optional: true } }",
    "volumes: { data: { path: /data, size: 10Gi, tier: fast }, work: { path: /w, scratch: unlimited }, m: { of: models, path: /m } }",
    "resources: { cpu: 250m, memory: 512Mi, storage: 1Gi }",
    "limits: { memory: 1Gi }",
    "replicas: 3",
    "replicas: { min: 2, max: 8, cpu: 60% }",
    "rollout: { rolling: { at-once: 50% } }",
    "rollout: { recreate: {} }",
    "expose: { host: api, path: /api, tls: false }",
    "expose: { hosts: [a.example.com], tls: true }",
    "stop-within: 1m",
    "user: 1000",
    "user: { id: 1000 }",
    "group: 1000",
    "writable-root: { why: the vendor's image writes below /opt }",
    "token: { rules: [{ groups: [apps], resources: [pods], verbs: [get, list] }], why: finds peers }",
];

/// Keys whose absence is a fault.
const REQUIRED: &[&str] =
    &["text", "of", "otherwise", "groups", "resources", "verbs", "rolling", "recreate"];

/// The tree of a text that is good YAML.
pub(super) fn tree(text: &str) -> Node {
    let file = Sources::default().add("f.yaml", text);
    let (node, findings) = yaml::parse(file, text);
    assert_eq!(findings, [], "in {text}");
    node.unwrap()
}

/// A service that says some of the lines, each key once.
pub(super) fn services() -> impl Strategy<Value = String> {
    proptest::sample::subsequence(LINES, 1..=LINES.len()).prop_map(|lines| {
        let key = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            if lines[..index].iter().all(|other| key(other) != key(line)) {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    })
}

/// The paths of everything below a node that `keep` keeps.
pub(super) fn paths(node: &Node, keep: &dyn Fn(&[String], &Node) -> bool) -> Vec<Vec<String>> {
    fn walk(
        node: &Node,
        path: &mut Vec<String>,
        all: &mut Vec<Vec<String>>,
        keep: &dyn Fn(&[String], &Node) -> bool,
    ) {
        if keep(path, node) {
            all.push(path.clone());
        }
        let children: Vec<(String, &Node)> = match &node.value {
            Value::Map(map) => {
                map.entries.iter().map(|(key, entry)| (key.clone(), &entry.node)).collect()
            }
            Value::List(items) => {
                items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
            }
            Value::Variant(variant) => vec![(variant.name.clone(), &variant.node)],
            _ => Vec::new(),
        };
        for (key, child) in children {
            path.push(key);
            walk(child, path, all, keep);
            path.pop();
        }
    }
    let mut all = Vec::new();
    walk(node, &mut Vec::new(), &mut all, keep);
    all
}

/// The node at a path, to be changed.
pub(super) fn at_mut<'a>(node: &'a mut Node, path: &[String]) -> &'a mut Node {
    path.iter().fold(node, |node, key| match &mut node.value {
        Value::Map(map) => &mut map.entries.get_mut(key).unwrap().node,
        Value::List(items) => &mut items[key.parse::<usize>().unwrap()],
        Value::Variant(variant) => &mut variant.node,
        other => panic!("nothing below {other:?}"),
    })
}

/// Puts nulls in place of some values that may be removed.
pub(super) fn with_nulls(node: &mut Node, nulls: &[Index]) {
    for null in nulls {
        let paths = paths(node, &|path, _| {
            let in_list = path.iter().any(|key| key.parse::<usize>().is_ok());
            path.last().is_some_and(|key| !in_list && !REQUIRED.contains(&key.as_str()))
        });
        if !paths.is_empty() {
            at_mut(node, null.get::<Vec<String>>(&paths)).value = Value::Null;
        }
    }
}

/// The map that a node is.
pub(super) fn map_mut(node: &mut Node) -> &mut Map {
    match &mut node.value {
        Value::Map(map) => map,
        other => panic!("{other:?} is no map"),
    }
}
