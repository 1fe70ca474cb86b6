//! A node that says nothing any more.

use crate::world::World;
use serde_json::Value;

const NAMESPACE: &str = "lost-node";

const PAIR: &str = r"
apiVersion: apps/v1
kind: Deployment
metadata: { name: pair }
spec:
  replicas: 2
  selector: { matchLabels: { app: pair } }
  template:
    metadata: { labels: { app: pair } }
    spec:
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: kubernetes.io/hostname
        whenUnsatisfiable: DoNotSchedule
        labelSelector: { matchLabels: { app: pair } }
      containers:
      - { name: main, image: registry.example.com/works:1 }
";

pub(crate) fn pods_of_a_lost_node_start_elsewhere(world: &World) {
    world.apply(NAMESPACE, "pair", PAIR);
    world.until("two replicas", || nodes_of_ready_pods(world).len() == 2);
    let lost = nodes_of_ready_pods(world).swap_remove(0);
    world.surroundings.wish(|wishes| _ = wishes.lost.insert(lost.clone()));
    world.until(&format!("{lost}: not ready"), || {
        let node = world.get("default", "node", &lost);
        let mut conditions = node["status"]["conditions"].as_array().into_iter().flatten();
        conditions.any(|it| it["type"] == "Ready" && it["status"] == "Unknown")
    });
    world.until(&format!("two replicas, none of them on {lost}"), || {
        let nodes = nodes_of_ready_pods(world);
        nodes.len() == 2 && !nodes.contains(&lost)
    });
}

fn nodes_of_ready_pods(world: &World) -> Vec<String> {
    let pods = world.list(NAMESPACE, "pods");
    let ready = |pod: &&Value| {
        crate::world::is_true(pod, "Ready") && pod["metadata"]["deletionTimestamp"].is_null()
    };
    let node = |pod: &Value| pod["spec"]["nodeName"].as_str().unwrap().to_owned();
    pods.iter().filter(ready).map(node).collect()
}
