//! Network policies know the ports of pods, never those of Services.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::pods::{Pod, protocol};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "policy-port",
    severity: Severity::Error,
    title: "a port of a NetworkPolicy is a port of the pods that it leads to",
    why: "A policy sees a packet after the Service's port was exchanged for the pod's.",
    mend: "write the containers' ports",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

/// The port of a mesh's tunnel, which no container declares.
const TUNNEL: i64 = 15008;

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for policy in objects.of("NetworkPolicy") {
        let subject = policy.value.pointer("/spec/podSelector").unwrap_or(&Value::Null);
        for (index, rule) in policy.list("/spec/ingress").iter().enumerate() {
            let pods = objects.selected(policy.namespace(), subject);
            ports(problems, policy, &format!("/spec/ingress/{index}"), rule, &pods);
        }
        for (index, rule) in policy.list("/spec/egress").iter().enumerate() {
            for peer in list(rule, "/to") {
                // Only of a peer whose pods are all among the objects it is known what they have.
                if peer.get("namespaceSelector").is_some() || peer.get("ipBlock").is_some() {
                    continue;
                }
                let selector = peer.get("podSelector").unwrap_or(&Value::Null);
                let pods = objects.selected(policy.namespace(), selector);
                ports(problems, policy, &format!("/spec/egress/{index}"), rule, &pods);
            }
        }
    }
}

fn ports(
    problems: &mut Problems<'_>,
    policy: &Object,
    pointer: &str,
    rule: &Value,
    pods: &[&Pod<'_>],
) {
    if pods.is_empty() {
        return;
    }
    for port in list(rule, "/ports") {
        let said = port.get("port").unwrap_or(&Value::Null);
        if said.is_null() || said.as_i64() == Some(TUNNEL) {
            continue;
        }
        let end = port.get("endPort").and_then(Value::as_i64);
        let fits = pods.iter().any(|pod| match (said.as_i64(), end) {
            (Some(first), Some(last)) => {
                pod.ports().iter().any(|port| (first..=last).contains(&port.number))
            }
            _ => pod.port(said, protocol(port)).is_some(),
        });
        if !fits {
            let pods: Vec<String> = pods.iter().map(|pod| pod.object.words()).collect();
            problems.add(
                policy,
                pointer,
                format!(
                    "{} opens {} port {}, which {} does not have",
                    policy.words(),
                    text(port, "/protocol").to_owned().replace("TCP", ""),
                    said,
                    pods.join(", ")
                )
                .replace("  ", " "),
            );
        }
    }
}

const GOOD: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ ports: [{ port: 8080 }] }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
";

const BAD: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ ports: [{ port: 80 }] }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
";
