//! Where objects and pods are found by what they are called and by their labels: rules ask for each
//! of them, so that looking at all others each time would cost the square of their number.

use super::objects::Object;
use super::pods::Pod;
use super::selector::selects;
use serde_json::Value;
use std::collections::BTreeMap;

/// Objects by what they are called.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    kinds: BTreeMap<&'a str, Vec<&'a Object>>,
    named: BTreeMap<[&'a str; 3], &'a Object>,
}

impl<'a> Index<'a> {
    pub(super) fn new(all: &'a [Object]) -> Self {
        let mut index = Self::default();
        for object in all {
            let kind = object.kind();
            index.kinds.entry(kind).or_default().push(object);
            // Of two with one name, the first.
            index.named.entry([kind, object.namespace(), object.name()]).or_insert(object);
        }
        index
    }

    /// The objects of a kind, in their order.
    pub(super) fn of(&self, kind: &str) -> &[&'a Object] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// An object by kind, namespace and name.
    pub(super) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&'a Object> {
        self.named.get(&[kind, namespace, name]).copied()
    }
}

/// Pods by their labels. They are told by their place in the list of all.
#[derive(Debug, Default)]
pub(super) struct PodIndex<'a> {
    namespaces: BTreeMap<&'a str, Vec<usize>>,
    labelled: BTreeMap<[&'a str; 3], Vec<usize>>,
    workloads: BTreeMap<[&'a str; 3], usize>,
}

impl<'a> PodIndex<'a> {
    pub(super) fn new(pods: &[Pod<'a>]) -> Self {
        let mut index = Self::default();
        for (at, pod) in pods.iter().enumerate() {
            let workload = [pod.object.kind(), pod.namespace(), pod.object.name()];
            index.workloads.entry(workload).or_insert(at);
            index.namespaces.entry(pod.namespace()).or_default().push(at);
            for (key, value) in &pod.labels {
                index.labelled.entry([pod.namespace(), key, value]).or_default().push(at);
            }
        }
        index
    }

    /// The pods of a namespace that may have these labels, and all that do: those with the rarest.
    fn candidates<'s>(&'s self, namespace: &'s str, labels: Option<&'s Value>) -> &'s [usize] {
        let labels = labels.and_then(Value::as_object).into_iter().flatten();
        let with = labels.map(|(key, value)| {
            let label = [namespace, key, value.as_str().unwrap_or_default()];
            self.labelled.get(&label).map_or(&[][..], Vec::as_slice)
        });
        with.min_by_key(|pods| pods.len())
            .or_else(|| self.namespaces.get(namespace).map(Vec::as_slice))
            .unwrap_or_default()
    }

    /// The pods of a workload, by its kind, namespace and name.
    pub(super) fn of(&self, kind: &str, namespace: &str, name: &str) -> Option<usize> {
        self.workloads.get(&[kind, namespace, name]).copied()
    }

    /// The pods of a namespace that a label selector selects.
    pub(super) fn selected(&self, pods: &[Pod<'a>], namespace: &str, by: &Value) -> Vec<usize> {
        let candidates = self.candidates(namespace, by.get("matchLabels")).iter().copied();
        candidates.filter(|at| selects(by, &pods[*at].labels)).collect()
    }
}
