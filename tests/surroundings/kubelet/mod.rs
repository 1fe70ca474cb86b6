//! What a kubelet does with the pods of its node, up to the point where a container would run.
//!
//! It looks up every reference down to its key, refuses users and images as a kubelet does, and
//! tells it with a kubelet's words. No program runs: an image says how it would behave.

mod container;
mod pod;
mod probes;
mod references;
mod status;
mod user;
mod volumes;

use super::api::Api;
use super::clock::now;
use super::images::Images;
use k8s_openapi::api::core::v1::{Pod, PodSpec, PodStatus};
use k8s_openapi::jiff::Timestamp;
use pod::{PodProgress, Start};
use serde_json::{Value, json};
use status::{Addresses, status};
use std::collections::{BTreeMap, BTreeSet};

/// The kubelets of all nodes.
#[derive(Default)]
pub(super) struct Kubelets {
    /// By the pod's uid.
    pods: BTreeMap<String, Known>,
    addresses: u32,
}

/// A pod that runs, or is about to.
struct Known {
    progress: PodProgress,
    address: String,
    /// What was told last.
    status: Option<PodStatus>,
    /// Which events were told, each once.
    events: BTreeSet<(String, String)>,
}

impl Kubelets {
    /// One step of all pods. `nodes` has the address of each node whose kubelet runs.
    pub(super) fn step(&mut self, api: &Api, images: &Images, nodes: &BTreeMap<String, String>) {
        let pods: Vec<Pod> = api.list("/api/v1/pods");
        let present: BTreeSet<_> = pods.iter().map(uid).collect();
        self.pods.retain(|uid, _| present.contains(uid.as_str()));
        for pod in &pods {
            let Some(spec) = &pod.spec else { continue };
            let Some(node) = spec.node_name.as_ref().and_then(|node| nodes.get(node)) else {
                continue;
            };
            if pod.metadata.deletion_timestamp.is_some() {
                api.delete(&path(pod));
            } else if !is_finished(pod) {
                self.step_of(api, images, pod, spec, node);
            }
        }
    }

    fn step_of(&mut self, api: &Api, images: &Images, pod: &Pod, spec: &PodSpec, node: &str) {
        let now = now();
        let known = self.pods.entry(uid(pod).to_owned()).or_insert_with(|| {
            self.addresses += 1;
            let [.., third, fourth] = self.addresses.to_be_bytes();
            Known {
                progress: PodProgress::new(spec, now),
                address: format!("10.244.{third}.{fourth}"),
                status: None,
                events: BTreeSet::new(),
            }
        });
        let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
        let name = pod.metadata.name.as_deref().unwrap_or_default();
        let start = Start { api, images, namespace, name, spec, now };
        let mut told = Vec::new();
        known.progress.advance(&start, &mut |reason, text| told.push((reason.to_owned(), text)));

        let addresses = Addresses { pod: &known.address, node };
        let status = status(spec, &known.progress, &addresses, known.status.as_ref(), now);
        if known.status.as_ref() != Some(&status) {
            let object = json!({
                "apiVersion": "v1",
                "kind": "Pod",
                // With the uid, so that a pod of the same name that follows is not told of this one.
                "metadata": { "name": name, "namespace": namespace, "uid": uid(pod) },
                "status": status,
            });
            if !api.apply(&format!("{}/status", path(pod)), &object) {
                return;
            }
            known.status = Some(status);
        }
        for (reason, text) in told {
            if known.events.insert((reason.clone(), text.clone())) {
                let event = event(pod, &reason, &text, now);
                api.create(&format!("/api/v1/namespaces/{namespace}/events"), &event);
            }
        }
    }
}

fn event(pod: &Pod, reason: &str, text: &str, now: Timestamp) -> Value {
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    let at = now.to_string();
    let kind = if reason == "Killing" { "Normal" } else { "Warning" };
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": { "generateName": format!("{name}."), "namespace": pod.metadata.namespace },
        "involvedObject": {
            "apiVersion": "v1",
            "kind": "Pod",
            "name": name,
            "namespace": pod.metadata.namespace,
            "uid": uid(pod),
        },
        "type": kind,
        "reason": reason,
        "message": text,
        "source": { "component": "kubelet" },
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    })
}

fn is_finished(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

fn uid(pod: &Pod) -> &str {
    pod.metadata.uid.as_deref().unwrap_or_default()
}

fn path(pod: &Pod) -> String {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let name = pod.metadata.name.as_deref().unwrap_or_default();
    format!("/api/v1/namespaces/{namespace}/pods/{name}")
}
