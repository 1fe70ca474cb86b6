//! What is written for Compose, beside what is written for a cluster of the same facts.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads files and fails by panicking"
)]

#[path = "compose/shop.rs"]
mod shop;
#[path = "support/mod.rs"]
mod support;

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use support::Project;

fn documents(text: &[u8]) -> Vec<Value> {
    serde_yaml::Deserializer::from_slice(text).map(|it| Value::deserialize(it).unwrap()).collect()
}

/// The services of a Compose file, and the main container of each workload beside it with its pod.
fn both(project: &Project, stack: &str) -> BTreeMap<String, (Value, Value, Value)> {
    let tree = project.tree("out");
    let file = &documents(&tree[&format!("{stack}/compose/compose.yaml")])[0];
    let mut both = BTreeMap::new();
    let objects = tree.iter().filter(|(path, _)| path.starts_with(&format!("{stack}/kubernetes/")));
    for object in objects.flat_map(|(_, text)| documents(text)) {
        let pod = &object["spec"]["template"]["spec"];
        let Some(container) = pod["containers"].get(0) else { continue };
        let name = container["name"].as_str().unwrap().to_owned();
        let service = file["services"][&name].clone();
        assert!(service.is_object(), "{stack}: {name} is not in Compose");
        both.insert(name, (service, container.clone(), pod.clone()));
    }
    assert_eq!(both.len(), file["services"].as_object().unwrap().len(), "{stack}");
    both
}

const STACKS: &[&str] = &["dev/iot-edge", "dev/iot-verification", "test/iot-edge"];

#[test]
fn a_container_has_the_same_variables_users_images_and_time_to_stop() {
    let project = Project::committed();
    for stack in STACKS {
        for (name, (service, container, pod)) in both(&project, stack) {
            let in_cluster: BTreeSet<&str> = container["env"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|variable| variable["name"].as_str())
                .collect();
            let variables = service["environment"].as_object().into_iter().flatten();
            let in_compose: BTreeSet<&str> = variables.map(|(name, _)| name.as_str()).collect();
            // The address of a root URL is known where something leads to it.
            let differ: Vec<_> = in_cluster.symmetric_difference(&in_compose).collect();
            assert!(
                differ.iter().all(|name| **name == "GF_SERVER_ROOT_URL"),
                "{stack} {name}: {differ:?}"
            );
            let user = format!(
                "{}:{}",
                pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]
            );
            assert_eq!(service["user"], user, "{stack} {name}");
            assert_eq!(service["image"], container["image"], "{stack} {name}");
            let seconds = pod["terminationGracePeriodSeconds"].as_u64().unwrap();
            let period = service["stop_grace_period"].as_str().unwrap();
            let written: u64 = match period.strip_suffix('m') {
                Some(minutes) => minutes.parse::<u64>().unwrap() * 60,
                None => period.trim_end_matches('s').parse().unwrap(),
            };
            assert_eq!(written, seconds, "{stack} {name}: {period}");
        }
    }
}

/// A value of the model that Compose would expand, and what a container is told of it.
#[test]
fn texts_with_a_dollar_are_not_expanded() {
    let project = Project::example();
    project.edit(
        "environments/iot-edge/system.yaml",
        "config: { DATABASE_MAX_CONNECTIONS: 10 }",
        "config: { DATABASE_MAX_CONNECTIONS: 10, PATTERN: \"$HOME ${X} $$\" }",
    );
    project.iac(&["render", "dev"]).ends(0);
    let text = project.read("out/dev/iot-edge/compose/compose.yaml");
    assert!(text.contains("PATTERN: $$HOME $${X} $$$$\n"), "{text}");
}

#[test]
fn secrets_that_were_made_are_nobodys_but_the_users() {
    let project = Project::committed();
    let secret = "out/dev/iot-edge/compose/secrets/postgres.iot.password";
    project.write(secret, "made once");
    for arguments in [
        &["check"][..],
        &["check", "dev"],
        &["render"],
        &["render", "--prune"],
        &["render", "dev", "--system", "iot-edge", "--prune"],
    ] {
        let ran = project.iac(arguments).ends(0);
        assert!(!ran.out.contains("secrets/") && !ran.err.contains("secrets/"), "{ran:?}");
        assert_eq!(project.read(secret), "made once", "{arguments:?}");
    }
}
