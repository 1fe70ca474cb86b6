//! Machines that are not there: what they offer, and their sign of life.

use super::api::Api;
use super::clock::now;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How many there are: more than one in one of the zones, so that both spreads mean something.
const COUNT: u8 = 4;
const ZONES: [&str; 3] = ["zone-a", "zone-b", "zone-c"];

/// How often a node says that it lives. The controllers miss it after some seconds.
const HEARTBEAT: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Nodes {
    last: Option<Instant>,
}

impl Nodes {
    /// Lets all nodes but the lost ones say that they live, and returns their addresses.
    pub(super) fn step(&mut self, api: &Api, lost: &BTreeSet<String>) -> BTreeMap<String, String> {
        let nodes =
            (1..=COUNT).map(|number| (format!("node-{number}"), format!("192.0.2.{number}")));
        let nodes: BTreeMap<_, _> = nodes.filter(|(name, _)| !lost.contains(name)).collect();
        if self.last.is_none_or(|last| last.elapsed() >= HEARTBEAT) {
            for ((name, address), zone) in nodes.iter().zip(ZONES.iter().cycle()) {
                if self.last.is_none() {
                    register(api, name, zone);
                }
                live(api, name, address);
            }
            self.last = Some(Instant::now());
        }
        nodes
    }
}

fn register(api: &Api, name: &str, zone: &str) {
    let node = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": { "name": name, "labels": {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "topology.kubernetes.io/zone": zone,
        } },
    });
    api.apply(&format!("/api/v1/nodes/{name}"), &node);
}

fn live(api: &Api, name: &str, address: &str) {
    let now = now().to_string();
    let amounts =
        json!({ "cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "250" });
    let status = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": { "name": name },
        "status": {
            "capacity": amounts,
            "allocatable": amounts,
            "addresses": [
                { "type": "InternalIP", "address": address },
                { "type": "Hostname", "address": name },
            ],
            "conditions": [{
                "type": "Ready",
                "status": "True",
                "reason": "KubeletReady",
                "lastHeartbeatTime": now,
            }],
        },
    });
    api.apply(&format!("/api/v1/nodes/{name}/status"), &status);
}
