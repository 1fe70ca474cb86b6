//! What pods use, as autoscalers ask for it.
//!
//! In a real cluster another server answers for this API. Autoscalers cannot tell it from a custom
//! resource of the same name and form, and such objects need no server.

use super::api::Api;
use super::clock::now;
use k8s_openapi::api::core::v1::{Container, Pod};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The definition of what pods use.
pub(super) fn definition() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": "pods.metrics.k8s.io",
            "annotations": { "api-approved.kubernetes.io": "unapproved, for tests" },
        },
        "spec": {
            "group": "metrics.k8s.io",
            "names": { "plural": "pods", "kind": "PodMetrics", "listKind": "PodMetricsList" },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1beta1",
                "served": true,
                "storage": true,
                "schema": { "openAPIV3Schema": {
                    "type": "object",
                    "x-kubernetes-preserve-unknown-fields": true,
                } },
            }],
        },
    })
}

/// What every pod that is ready uses of what it requests.
#[derive(Default)]
pub(super) struct Metrics {
    /// The share in percent that was told last, by the pod's uid.
    told: BTreeMap<String, u64>,
}

impl Metrics {
    pub(super) fn step(&mut self, api: &Api, percent: u64) {
        for pod in api.list::<Pod>("/api/v1/pods").iter().filter(|pod| is_ready(pod)) {
            let uid = pod.metadata.uid.clone().unwrap_or_default();
            if self.told.get(&uid) != Some(&percent) {
                tell(api, pod, percent);
                self.told.insert(uid, percent);
            }
        }
    }
}

fn tell(api: &Api, pod: &Pod, percent: u64) {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    let containers = pod.spec.iter().flat_map(|spec| {
        let inits = spec.init_containers.iter().flatten();
        inits.filter(|init| init.restart_policy.is_some()).chain(&spec.containers)
    });
    let containers: Vec<Value> = containers
        .map(|container| {
            let cpu = format!("{}m", requested(container) * percent / 100);
            json!({ "name": container.name, "usage": { "cpu": cpu, "memory": "64Mi" } })
        })
        .collect();
    let object = json!({
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "PodMetrics",
        "metadata": { "name": name, "namespace": namespace, "labels": pod.metadata.labels },
        "timestamp": now().to_string(),
        "window": "0s",
        "containers": containers,
    });
    api.apply(&format!("/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods/{name}"), &object);
}

/// Thousandths of a processor.
fn requested(container: &Container) -> u64 {
    let resources = container.resources.as_ref();
    let requests = resources.and_then(|resources| resources.requests.as_ref());
    let Some(amount) = requests.and_then(|requests| requests.get("cpu")) else { return 0 };
    match amount.0.strip_suffix('m') {
        Some(thousandths) => thousandths.parse().unwrap(),
        None => amount.0.parse::<u64>().unwrap() * 1000,
    }
}

fn is_ready(pod: &Pod) -> bool {
    let status = pod.status.as_ref();
    let mut conditions = status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
