//! The objects of one environment, as they were read back.

use super::Expected;
use super::pods::{Pod, pods};
use crate::diff::read::{Content, is_kubernetes, read};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
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
    pods: Vec<Pod<'a>>,
}

impl<'a> Objects<'a> {
    /// Looks at objects as a whole.
    #[must_use]
    pub fn new(all: &'a [Object], expected: &'a Expected) -> Self {
        Self { all, expected, pods: pods(all) }
    }

    /// The objects of a kind.
    pub(super) fn of(&self, kind: &'static str) -> impl Iterator<Item = &'a Object> {
        self.all.iter().filter(move |object| object.kind() == kind)
    }

    /// An object by what it is called.
    pub(super) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&'a Object> {
        self.all.iter().find(|object| {
            object.kind() == kind && object.namespace() == namespace && object.name() == name
        })
    }

    /// What pods are made of.
    pub(super) fn pods(&self) -> &[Pod<'a>] {
        &self.pods
    }

    /// The labels of a namespace that is among the objects.
    pub(super) fn namespace(&self, name: &str) -> Option<&'a Object> {
        self.of("Namespace").find(|object| object.name() == name)
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
