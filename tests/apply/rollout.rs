//! An environment on the cluster, as its operator brings it there.

use crate::cluster::Cluster;
use crate::hand;
use crate::judged::Judged;
use crate::surroundings::Surroundings;
use crate::surroundings::api::Api;
use crate::surroundings::storage;
use iac::model::Stack;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

pub(crate) struct Rollout<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) surroundings: &'a Surroundings,
    pub(crate) judged: &'a Judged,
    /// The environment.
    pub(crate) name: &'a str,
    api: Api,
    began: Instant,
}

/// What makes pods, and is not made by others itself.
pub(crate) const WORKLOADS: [&str; 4] = [
    "apis/apps/v1/deployments",
    "apis/apps/v1/statefulsets",
    "apis/apps/v1/daemonsets",
    "apis/batch/v1/jobs",
];

const APPLY: [&str; 3] = ["apply", "--server-side", "--filename"];

impl<'a> Rollout<'a> {
    pub(crate) fn new(
        cluster: &'a Cluster,
        surroundings: &'a Surroundings,
        judged: &'a Judged,
        name: &'a str,
    ) -> Self {
        let api = Api::start(cluster);
        Self { cluster, surroundings, judged, name, api, began: Instant::now() }
    }

    /// Prints what is done, and when.
    pub(crate) fn step(&self, what: &str) {
        println!("{}: {what} after {:.0?}", self.name, self.began.elapsed());
    }

    fn stacks(&self) -> impl Iterator<Item = &Stack> {
        let of_environment = |stack: &&Stack| stack.environment.name.as_str() == self.name;
        self.judged.stacks.iter().filter(of_environment)
    }

    /// What the platform has before anything is applied, and what only people know: storage
    /// classes, and in their namespaces the Secrets that nobody writes down.
    pub(crate) fn prepare(&self) {
        let tiers = self.stacks().flat_map(|stack| stack.environment.storage.values());
        let classes: BTreeSet<String> =
            tiers.filter_map(|tier| tier.class.as_ref()).map(ToString::to_string).collect();
        for class in classes {
            // What lies on one node is made where its pod is.
            let waits = class.contains("local");
            self.given(&class, &storage::class(&class, waits).to_string());
        }
        for stack in self.stacks() {
            let objects = self.objects(stack);
            let namespaces = objects.iter().filter(|object| object["kind"] == "Namespace");
            for namespace in namespaces {
                self.given("namespace", &namespace.to_string());
            }
            for (number, secret) in hand::secrets(&objects).iter().enumerate() {
                self.given(&format!("secret-{number}"), &secret.to_string());
            }
            for (number, store) in hand::stores(&objects).iter().enumerate() {
                self.given(&format!("store-{number}"), &store.to_string());
            }
        }
    }

    /// `kubectl kustomize DIR | kubectl apply --server-side -f -`, which must not warn.
    pub(crate) fn apply(&self) {
        let warnings = self.push();
        assert_eq!(warnings, "", "{}", self.name);
    }

    /// The same, and what kubectl says besides.
    pub(crate) fn push(&self) -> String {
        let push = |stack: &Stack| {
            let file = self.file(stack);
            self.cluster.kubectl(&[&APPLY[..], &[&file]].concat()).ends(0).err
        };
        self.stacks().map(push).collect()
    }

    /// The same once more changes nothing.
    pub(crate) fn apply_again(&self) {
        let before = self.generations();
        for stack in self.stacks() {
            let file = self.file(stack);
            self.cluster.kubectl(&["diff", "--server-side", "--filename", &file]).ends(0);
        }
        self.apply();
        assert_eq!(before, self.generations(), "an object changed that is the same");
        assert!(!before.is_empty(), "nothing was applied");
    }

    /// Takes everything away with its namespaces. What a namespace would wait for goes first: it
    /// waits long, and looks again seldom.
    pub(crate) fn remove(&self) {
        let namespaces = self.namespaces();
        let kinds = WORKLOADS.map(|kind| kind.rsplit('/').next().unwrap()).join(",");
        for namespace in &namespaces {
            for kinds in [&*kinds, "persistentvolumeclaims"] {
                let what = ["delete", kinds, "--all", "--cascade=foreground"];
                let place = ["--namespace", namespace, "--timeout=120s"];
                self.cluster.kubectl(&[&what[..], &place].concat()).ends(0);
            }
        }
        let mut all = vec!["delete", "namespace", "--timeout=120s"];
        all.extend(namespaces.iter().map(String::as_str));
        self.cluster.kubectl(&all).ends(0);
    }

    pub(crate) fn namespaces(&self) -> BTreeSet<String> {
        let namespaces = self.stacks().flat_map(Stack::namespaces);
        namespaces.map(|(namespace, _)| namespace.to_string()).collect()
    }

    /// All objects of a kind, as they are in the cluster now.
    pub(crate) fn live(&self, kind: &str) -> Vec<Value> {
        let (group, plural) = kind.rsplit_once('/').unwrap();
        let of_namespace = |namespace: String| {
            self.api.objects(&format!("/{group}/namespaces/{namespace}/{plural}"))
        };
        self.namespaces().into_iter().flat_map(of_namespace).collect()
    }

    /// The objects that are written for a stack.
    fn objects(&self, stack: &Stack) -> Vec<Value> {
        let tree = self.tree(stack);
        let documents = serde_yaml::Deserializer::from_str(&tree);
        documents.map(|document| Value::deserialize(document).unwrap()).collect()
    }

    fn tree(&self, stack: &Stack) -> String {
        let folder = self.judged.folder(stack);
        self.cluster.kubectl(&["kustomize", folder.as_str()]).ends(0).out
    }

    fn file(&self, stack: &Stack) -> String {
        self.cluster.file(&format!("{}-{}.yaml", self.name, stack.system), &self.tree(stack))
    }

    /// The generation of every object that was applied, by kind, namespace and name.
    fn generations(&self) -> BTreeMap<String, Value> {
        let mut generations = BTreeMap::new();
        for stack in self.stacks() {
            let file = self.file(stack);
            let list = self.cluster.kubectl(&["get", "--output=json", "--filename", &file]);
            for object in list.ends(0).json()["items"].as_array().unwrap() {
                let metadata = &object["metadata"];
                let key = label(object);
                generations.insert(key, metadata["generation"].clone());
            }
        }
        generations
    }

    fn given(&self, name: &str, text: &str) {
        let file = self.cluster.file(&format!("given-{name}.yaml"), text);
        self.cluster.kubectl(&[&APPLY[..], &[&file]].concat()).ends(0);
    }
}

/// Kind, namespace and name of an object.
pub(crate) fn label(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    format!(
        "{} {}/{}",
        text(&object["kind"]),
        text(&metadata["namespace"]),
        text(&metadata["name"])
    )
}
