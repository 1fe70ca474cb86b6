//! Configuration that nobody reads.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::{Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "unused-config",
    severity: Severity::Warning,
    title: "each key of a ConfigMap is read by some pod",
    why: "Who changes a key that nobody reads believes that something changed.",
    mend: "remove the key, or mount it",
    bad: BAD,
    good: GOOD,
    check,
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for config in objects.of("ConfigMap") {
        let data = config.value.get("data").and_then(Value::as_object);
        for key in data.into_iter().flatten().map(|(key, _)| key) {
            if !is_read(objects, config, key) {
                problems.add(
                    config,
                    format!("/data/{}", key.replace('~', "~0").replace('/', "~1")),
                    format!("nobody reads the key `{key}` of {}", config.words()),
                );
            }
        }
    }
}

fn is_read(objects: &Objects<'_>, config: &Object, key: &str) -> bool {
    // A source without a list of keys takes them all.
    let takes = |source: &Value| {
        let items = list(source, "/items");
        text(source, "/name") == config.name()
            && (items.is_empty() || items.iter().any(|item| text(item, "/key") == key))
    };
    objects.pods().iter().filter(|pod| pod.namespace() == config.namespace()).any(|pod| {
        let mounted = list(pod.spec(), "/volumes").iter().any(|volume| {
            let projected = list(volume, "/projected/sources").iter();
            let projected = projected.filter_map(|source| source.get("configMap"));
            volume.get("configMap").into_iter().chain(projected).any(takes)
        });
        mounted
            || pod.containers().iter().any(|container| {
                let all = list(container.value, "/envFrom");
                let variables = list(container.value, "/env").iter();
                let mut variables =
                    variables.filter_map(|one| one.pointer("/valueFrom/configMapKeyRef"));
                all.iter().any(|one| text(one, "/configMapRef/name") == config.name())
                    || variables.any(|source| {
                        text(source, "/name") == config.name() && text(source, "/key") == key
                    })
            })
    })
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
