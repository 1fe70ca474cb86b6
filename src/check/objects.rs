//! The objects of one environment, as they were read back.

use super::Expected;
use super::index::{Index, PodIndex};
use super::mounted::{self, Mounted};
use super::pods::{Pod, operated, pods};
use crate::diff::read::{Content, is_kubernetes, read};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// An object that was read back.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its place among all.
    pub index: usize,
    /// The file that holds it.
    pub path: Utf8PathBuf,
    /// The object.
    pub value: Value,
    /// When it is applied among the objects of its folder: the place of its file, and its own;
    /// nothing if the folder's kustomization leaves it out.
    pub applied: Option<(usize, usize)>,
}

impl Object {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// Its API's group; empty for the core API.
    #[must_use]
    pub fn group(&self) -> &str {
        self.text("/apiVersion").rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// Its namespace; empty where it says none.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.text("/metadata/namespace")
    }

    /// Kind and name, for people.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} `{}`", self.kind(), self.name())
    }

    /// The text at a pointer; empty where there is none.
    pub(super) fn text(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The list at a pointer; empty where there is none.
    pub(super) fn list(&self, pointer: &str) -> &[Value] {
        list(&self.value, pointer)
    }

    /// The number at a pointer.
    pub(super) fn number(&self, pointer: &str) -> Option<i64> {
        self.value.pointer(pointer).and_then(Value::as_i64)
    }
}

/// The list at a pointer of a value; empty where there is none.
pub(super) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The text at a pointer of a value; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// All objects of one environment.
pub struct Objects<'a> {
    /// In order of file and place in it.
    pub all: &'a [Object],
    /// What others bring.
    pub expected: &'a Expected,
    index: Index<'a>,
    /// Those of the files, then those that operators make.
    pods: Vec<Pod<'a>>,
    /// How many of them are of the files.
    written: usize,
    pod_index: PodIndex<'a>,
    /// The policies about each pod, in the order of the pods.
    policies: Vec<Vec<&'a Object>>,
    /// Autoscalers by kind, namespace and name of what they scale.
    scalers: BTreeMap<[&'a str; 3], &'a Object>,
    /// What containers find, once somebody asks.
    mounted: OnceCell<Vec<Mounted<'a>>>,
}

impl<'a> Objects<'a> {
    /// Looks at objects as a whole.
    #[must_use]
    pub fn new(all: &'a [Object], expected: &'a Expected) -> Self {
        let index = Index::new(all);
        let mut pods = pods(all);
        let written = pods.len();
        pods.extend(operated(all, expected));
        let pod_index = PodIndex::new(&pods);
        let mut policies = vec![Vec::new(); pods.len()];
        for policy in index.of("NetworkPolicy") {
            let about = policy.value.pointer("/spec/podSelector").unwrap_or(&Value::Null);
            for pod in pod_index.selected(&pods, policy.namespace(), about) {
                policies[pod].push(*policy);
            }
        }
        let scalers = index.of("HorizontalPodAutoscaler").iter().map(|scaler| {
            let target = |field: &str| scaler.text(&format!("/spec/scaleTargetRef/{field}"));
            ([target("kind"), scaler.namespace(), target("name")], *scaler)
        });
        let scalers = scalers.collect();
        let mounted = OnceCell::new();
        Self { all, expected, index, pods, written, pod_index, policies, scalers, mounted }
    }

    /// The objects of a kind.
    pub(super) fn of(&self, kind: &str) -> impl Iterator<Item = &'a Object> {
        self.index.of(kind).iter().copied()
    }

    /// An object by what it is called.
    pub(super) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&'a Object> {
        self.index.find(kind, namespace, name)
    }

    /// What pods are made of, as far as the files say it.
    pub(super) fn pods(&self) -> &[Pod<'a>] {
        &self.pods[..self.written]
    }

    /// The containers of those pods, with what is mounted in them.
    pub(super) fn mounted(&self) -> &[Mounted<'a>] {
        self.mounted.get_or_init(|| mounted::of_objects(self))
    }

    /// All pods, those too that operators make, each with the policies that are about it.
    pub(super) fn pods_with_policies(&self) -> impl Iterator<Item = (&Pod<'a>, &[&'a Object])> {
        self.pods.iter().zip(self.policies.iter().map(Vec::as_slice))
    }

    /// The pods of a workload, by its kind, namespace and name.
    pub(super) fn pod_of(&self, kind: &str, namespace: &str, name: &str) -> Option<&Pod<'a>> {
        self.pod_index.of(kind, namespace, name).map(|at| &self.pods[at])
    }

    /// The autoscaler of a workload.
    pub(super) fn scaler_of(&self, workload: &Object) -> Option<&'a Object> {
        let target = [workload.kind(), workload.namespace(), workload.name()];
        self.scalers.get(&target).copied()
    }

    /// The pods of a namespace that a label selector selects, those too that operators make.
    pub(super) fn selected(&self, namespace: &str, selector: &Value) -> Vec<&Pod<'a>> {
        let selected = self.pod_index.selected(&self.pods, namespace, selector);
        selected.into_iter().map(|at| &self.pods[at]).collect()
    }

    /// The pods of a namespace that a map of labels selects, as a Service has it.
    pub(super) fn selected_by_map(&self, namespace: &str, labels: &Value) -> Vec<&Pod<'a>> {
        self.selected(namespace, &json!({ "matchLabels": labels }))
    }

    /// A namespace that is among the objects.
    pub(super) fn namespace(&self, name: &str) -> Option<&'a Object> {
        self.find("Namespace", "", name)
    }
}

/// The objects of generated files, and the files that cannot be read.
#[must_use]
pub fn read_back<'a>(
    files: impl Iterator<Item = (&'a Utf8Path, &'a str)>,
) -> (Vec<Object>, Vec<(Utf8PathBuf, String)>) {
    let mut objects = Vec::new();
    let mut broken = Vec::new();
    let mut kustomizations = BTreeMap::new();
    for (path, text) in files {
        let is_kustomization = path.file_name() == Some("kustomization.yaml");
        if !is_kustomization && !is_kubernetes(path) {
            continue;
        }
        match read(path, text).content {
            Content::Documents(documents) if is_kustomization => {
                let folder = path.parent().unwrap_or(Utf8Path::new(""));
                kustomizations.insert(folder.to_owned(), documents.into_iter().next());
            }
            Content::Documents(documents) => {
                objects.extend(documents.into_iter().map(|value| (path.to_owned(), value)));
            }
            Content::Broken(why) => broken.push((path.to_owned(), why)),
            Content::Text => {}
        }
    }
    let mut all: Vec<Object> = objects
        .into_iter()
        .enumerate()
        .map(|(index, (path, value))| Object { index, path, value, applied: Some((0, index)) })
        .collect();
    for object in &mut all {
        let Some(folder) = object.path.parent() else { continue };
        let Some(Some(kustomization)) = kustomizations.get(folder) else { continue };
        let named = object.path.strip_prefix(folder).map(Utf8Path::as_str).unwrap_or_default();
        let resources = list(kustomization, "/resources");
        let position = resources.iter().position(|resource| resource == named);
        object.applied = position.map(|position| (position, object.index));
    }
    (all, broken)
}
