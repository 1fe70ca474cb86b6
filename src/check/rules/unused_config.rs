//! Configuration that nobody reads.

use crate::check::objects::{Objects, list, text};
use crate::check::pods::Pod;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "unused-config",
    severity: Severity::Warning,
    title: "each key of a ConfigMap is read by some pod",
    why: "Who changes a key that nobody reads believes that something changed.",
    mend: "remove the key, or mount it",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    let mut read = Read::default();
    for pod in objects.pods() {
        read.add(pod);
    }
    for config in objects.of("ConfigMap") {
        if read.whole.contains(&(config.namespace(), config.name())) {
            continue;
        }
        let data = config.value.get("data").and_then(Value::as_object);
        for key in data.into_iter().flatten().map(|(key, _)| key) {
            if !read.keys.contains(&(config.namespace(), config.name(), key.as_str())) {
                problems.add(
                    config,
                    format!("/data/{}", key.replace('~', "~0").replace('/', "~1")),
                    format!("nobody reads the key `{key}` of {}", config.words()),
                );
            }
        }
    }
}

/// What pods read: by namespace and name.
#[derive(Default)]
struct Read<'a> {
    /// Config maps that are taken as a whole.
    whole: BTreeSet<(&'a str, &'a str)>,
    /// Single keys.
    keys: BTreeSet<(&'a str, &'a str, &'a str)>,
}

impl<'a> Read<'a> {
    fn add(&mut self, pod: &Pod<'a>) {
        let namespace = pod.namespace();
        for volume in list(pod.spec(), "/volumes") {
            let projected = list(volume, "/projected/sources").iter();
            let projected = projected.filter_map(|source| source.get("configMap"));
            for source in volume.get("configMap").into_iter().chain(projected) {
                let (name, items) = (text(source, "/name"), list(source, "/items"));
                // A source without a list of keys takes them all.
                if items.is_empty() {
                    self.whole.insert((namespace, name));
                }
                self.keys.extend(items.iter().map(|item| (namespace, name, text(item, "/key"))));
            }
        }
        for container in pod.containers() {
            for all in list(container.value, "/envFrom") {
                self.whole.insert((namespace, text(all, "/configMapRef/name")));
            }
            let variables = list(container.value, "/env").iter();
            let one = variables.filter_map(|one| one.pointer("/valueFrom/configMapKeyRef"));
            self.keys.extend(one.map(|one| (namespace, text(one, "/name"), text(one, "/key"))));
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { LOG: info }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web, envFrom: [{ configMapRef: { name: web } }] }] }
";

const BAD: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { LOG: info }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web }] }
";
