//! An autoscaler rules alone, and can.

use crate::check::objects::{Objects, text};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "autoscaler",
    severity: Severity::Error,
    title: "an autoscaler has a workload that requests what it measures and says no number itself",
    why: "A number in the workload undoes the autoscaler's work at each apply; a share of a request \
          that nobody says cannot be measured.",
    mend: "leave `replicas` out of the workload, and request CPU",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for scaler in objects.of("HorizontalPodAutoscaler") {
        let (kind, name) =
            (scaler.text("/spec/scaleTargetRef/kind"), scaler.text("/spec/scaleTargetRef/name"));
        let Some(pod) = objects.pod_of(kind, scaler.namespace(), name) else {
            let message = format!("{} scales {kind} `{name}`, which nobody writes", scaler.words());
            problems.add(scaler, "/spec/scaleTargetRef", message);
            continue;
        };
        if pod.object.number("/spec/replicas").is_some() {
            let message = format!(
                "{} says how many replicas it has, and so does its autoscaler",
                pod.object.words()
            );
            problems.add(pod.object, "/spec/replicas", message);
        }
        let (min, max) = (scaler.number("/spec/minReplicas"), scaler.number("/spec/maxReplicas"));
        if min > max {
            problems.add(scaler, "/spec/minReplicas", "the fewest are more than the most");
        }
        for (index, metric) in scaler.list("/spec/metrics").iter().enumerate() {
            let (resource, only) = match text(metric, "/type") {
                "Resource" => (text(metric, "/resource/name"), None),
                "ContainerResource" => (
                    text(metric, "/containerResource/name"),
                    Some(text(metric, "/containerResource/container")),
                ),
                _ => continue,
            };
            let containers = pod.containers();
            let measured: Vec<_> = containers
                .iter()
                .filter(|container| container.lasts)
                .filter(|container| only.is_none_or(|name| name == container.name()))
                .collect();
            let requests = |value: &serde_json::Value| {
                value.pointer(&format!("/resources/requests/{resource}")).is_some()
            };
            if measured.is_empty() || !measured.iter().all(|container| requests(container.value)) {
                problems.add(
                    scaler,
                    format!("/spec/metrics/{index}"),
                    format!(
                        "{} measures a share of {resource} that {} does not request",
                        scaler.words(),
                        pod.object.words()
                    ),
                );
            }
        }
    }
}

const GOOD: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 2
  maxReplicas: 4
  metrics: [{ type: Resource, resource: { name: cpu } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { containers: [{ name: web, resources: { requests: { cpu: 1 } } }] } } }
";

const BAD: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 2
  maxReplicas: 4
  metrics: [{ type: Resource, resource: { name: cpu } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { containers: [{ name: web }] } } }
";
