//! Pods that share their node's network: policies know them by the addresses of nodes.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use serde::Deserialize;
use serde_json::{Value, json};
use support::Project;

fn project(kubernetes: &str) -> Project {
    Project::of(&[
        (
            "environments/dev.yaml",
            &format!(
                "about: Development\ntargets: [kubernetes]\ndomain: example.com\n\
                 kubernetes: {{ version: \"1.36\"{kubernetes} }}\n"
            ),
        ),
        (
            "environments/shop/system.yaml",
            "about: Shop
services:
  sensor:
    image: example.com/sensor:1
    user: 1000
    ports: { http: 8080 }
    uses: { store: { env: none, port: http } }
    host-network: { why: reads what passes on the node }
    pod-security: { level: privileged, why: reads what passes on the node }
  web:
    image: example.com/web:1
    user: 1000
    uses: { sensor: { env: none } }
  store:
    image: example.com/store:1
    user: 1000
    ports: { http: 9000, admin: 9001 }
offers: { store: { to: [blog] } }
",
        ),
        (
            "environments/blog/system.yaml",
            "about: Blog
services:
  reader:
    image: example.com/reader:1
    user: 1000
    uses: { shop/store: { env: none, port: admin } }
    host-network: { why: reads what passes on the node }
    pod-security: { level: privileged, why: reads what passes on the node }
",
        ),
    ])
}

fn policy(project: &Project, name: &str) -> Value {
    let text = project.read("out/dev/shop/kubernetes/network-policies.yaml");
    let mut all =
        serde_yaml::Deserializer::from_str(&text).map(|it| Value::deserialize(it).unwrap());
    all.find(|object| object["metadata"]["name"] == name).unwrap()["spec"].take()
}

#[test]
fn policies_know_their_pods_by_the_addresses_of_nodes() {
    let project = project(", nodes: [192.0.2.0/24, \"2001:db8::/64\"]");
    project.iac(&["render"]).ends(0);
    let nodes = json!([
        { "ipBlock": { "cidr": "192.0.2.0/24" } },
        { "ipBlock": { "cidr": "2001:db8::/64" } },
    ]);
    assert_eq!(policy(&project, "web")["egress"][0]["to"], nodes);
    let store = policy(&project, "store");
    let rules: Vec<(&Value, &Value)> = store["ingress"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| (&rule["ports"][0]["port"], &rule["from"]))
        .collect();
    let (own, other) = (json!(9000), json!(9001));
    assert_eq!(rules, [(&own, &nodes), (&other, &nodes)], "of its own system, and of another");
}
