//! A cluster with nodes, and images for every behaviour.

use crate::cluster::Cluster;
use crate::support::Project;
use crate::surroundings::Surroundings;
use crate::surroundings::images::{Image, Images};
use crate::surroundings::storage;
use serde_json::Value;
use std::time::Duration;

pub(crate) struct World {
    // In this order they are dropped: nobody plays in a cluster that has ended.
    pub(crate) surroundings: Surroundings,
    pub(crate) cluster: Cluster,
}

impl World {
    /// Starts it; nothing where the programs are missing.
    pub(crate) fn start() -> Option<Self> {
        let cluster = Cluster::start()?;
        cluster.apply_definitions();
        let world = Self { surroundings: Surroundings::start(&cluster, images()), cluster };
        for (name, waits) in [("at-once", false), ("with-its-pod", true)] {
            world.apply("default", name, &storage::class(name, waits).to_string());
        }
        Some(world)
    }

    /// Applies a text of objects to a namespace, which is made for it.
    pub(crate) fn apply(&self, namespace: &str, name: &str, text: &str) {
        if self.cluster.kubectl(&["get", "namespace", namespace]).code != Some(0) {
            self.cluster.kubectl(&["create", "namespace", namespace]).ends(0);
        }
        let file = self.cluster.file(&format!("{namespace}-{name}.yaml"), text);
        let arguments = ["apply", "--server-side", "--namespace", namespace, "--filename", &file];
        self.cluster.kubectl(&arguments).ends(0);
    }

    /// An object as it is now, or nothing.
    pub(crate) fn get(&self, namespace: &str, kind: &str, name: &str) -> Value {
        let arguments = ["get", kind, name, "--namespace", namespace, "--output=json"];
        let ran = self.cluster.kubectl(&arguments);
        if ran.code == Some(0) { ran.json() } else { Value::Null }
    }

    /// The objects of a kind in a namespace.
    pub(crate) fn list(&self, namespace: &str, kind: &str) -> Vec<Value> {
        let arguments = ["get", kind, "--namespace", namespace, "--output=json"];
        let list = self.cluster.kubectl(&arguments).ends(0).json();
        list["items"].as_array().unwrap().clone()
    }

    pub(crate) fn is_ready(&self, namespace: &str, pod: &str) -> bool {
        is_true(&self.get(namespace, "pod", pod), "Ready")
    }

    pub(crate) fn until(&self, what: &str, asked: impl Fn() -> bool) {
        self.surroundings.until(what, asked);
    }
}

/// Whether a condition of an object holds.
pub(crate) fn is_true(object: &Value, condition: &str) -> bool {
    let mut conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions.any(|it| it["type"] == condition && it["status"] == "True")
}

/// Those of the example's lock, and one for each behaviour.
fn images() -> Images {
    let own = Image::of_user("10001");
    let mut images = Images::of_project(&Project::example().root);
    for (name, image) in [
        ("crashes", Image { exit: Some(1), ..own.clone() }),
        ("gone", Image { pulls: false, ..own.clone() }),
        ("named", Image::of_user("nobody:nogroup")),
        ("root", Image::of_user("")),
        ("slow", Image { starts_within: Duration::from_secs(8), ..own.clone() }),
        ("works", own),
    ] {
        images.exact.insert(format!("registry.example.com/{name}:1"), image);
    }
    images
}
