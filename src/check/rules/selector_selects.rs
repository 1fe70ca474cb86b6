//! A selector that selects nothing is a fault that nobody reports.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::selector::words;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "selector-selects",
    severity: Severity::Error,
    title: "every selector selects a pod",
    why: "A Service without pods answers nobody, a budget without pods protects nothing, and a \
          policy without pods opens nothing; Kubernetes takes them all.",
    mend: "use labels that the pods' template has",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

/// Labels of pods that the platform makes, of which nobody says when and where.
const PLATFORM: &[&str] = &["acme.cert-manager.io/http01-solver"];

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for service in objects.of("Service") {
        let Some(selector) = service.value.pointer("/spec/selector") else { continue };
        let found = objects.selected_by_map(service.namespace(), selector);
        if found.is_empty() && !of_platform(selector) {
            nothing(problems, service, "/spec/selector", selector);
        }
    }
    for budget in objects.of("PodDisruptionBudget") {
        let selector = budget.value.pointer("/spec/selector").unwrap_or(&Value::Null);
        pods(objects, problems, budget, "/spec/selector", selector);
    }
    for policy in objects.of("NetworkPolicy") {
        let subject = policy.value.pointer("/spec/podSelector").unwrap_or(&Value::Null);
        if !is_everything(subject) {
            pods(objects, problems, policy, "/spec/podSelector", subject);
        }
        for (direction, side) in [("ingress", "from"), ("egress", "to")] {
            let rules = policy.list(&format!("/spec/{direction}"));
            for (rule, value) in rules.iter().enumerate() {
                for (index, peer) in list(value, &format!("/{side}")).iter().enumerate() {
                    let pointer = format!("/spec/{direction}/{rule}/{side}/{index}");
                    peer_selects(objects, problems, policy, &pointer, peer);
                }
            }
        }
    }
}

fn pods(
    objects: &Objects<'_>,
    problems: &mut Problems<'_>,
    object: &Object,
    pointer: &str,
    selector: &Value,
) {
    if objects.selected(object.namespace(), selector).is_empty() && !of_platform(selector) {
        nothing(problems, object, pointer, selector);
    }
}

fn peer_selects(
    objects: &Objects<'_>,
    problems: &mut Problems<'_>,
    policy: &Object,
    pointer: &str,
    peer: &Value,
) {
    let Some(selector) = peer.get("podSelector") else { return };
    if is_everything(selector) || of_platform(selector) {
        return;
    }
    let namespace = match peer.get("namespaceSelector") {
        None => policy.namespace(),
        // Of a namespace that nobody here writes, nobody here knows the pods.
        Some(other) => match text(other, "/matchLabels/kubernetes.io~1metadata.name") {
            "" => return,
            name if objects.namespace(name).is_none() => return,
            name => name,
        },
    };
    if objects.selected(namespace, selector).is_empty() {
        nothing(problems, policy, pointer, selector);
    }
}

fn is_everything(selector: &Value) -> bool {
    selector.as_object().is_none_or(serde_json::Map::is_empty)
}

fn of_platform(selector: &Value) -> bool {
    let map = selector.get("matchLabels").unwrap_or(selector).as_object();
    map.is_some_and(|map| map.keys().any(|key| PLATFORM.contains(&key.as_str())))
}

fn nothing(problems: &mut Problems<'_>, object: &Object, pointer: &str, selector: &Value) {
    problems.add(
        object,
        pointer,
        format!("no pod has the labels that {} selects: {}", object.words(), words(selector)),
    );
}

const GOOD: &str = "\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { metadata: { labels: { app: web } } } }
";

const BAD: &str = "\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: webb } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { metadata: { labels: { app: web } } } }
";
