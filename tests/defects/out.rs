//! The committed `out/` as data.

use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// An object of out/.
pub(crate) struct Object {
    /// Its environment.
    pub(crate) environment: String,
    /// Its system.
    pub(crate) system: String,
    /// The object.
    pub(crate) value: Value,
}

impl Object {
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> &str {
        self.text("/kind")
    }

    pub(crate) fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// Environment, kind and name, for messages.
    pub(crate) fn words(&self) -> String {
        format!("{}/{} {} {}", self.environment, self.system, self.kind(), self.name())
    }

    /// The pod that it makes.
    pub(crate) fn template(&self) -> Option<&Value> {
        match self.kind() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => {
                self.value.pointer("/spec/template")
            }
            "CronJob" => self.value.pointer("/spec/jobTemplate/spec/template"),
            _ => None,
        }
    }

    /// Whether its pods run until they are ended.
    pub(crate) fn lasts(&self) -> bool {
        matches!(self.kind(), "Deployment" | "StatefulSet" | "DaemonSet")
    }

    /// The pod's specification.
    pub(crate) fn pod(&self) -> &Value {
        self.template().map_or(&Value::Null, |template| &template["spec"])
    }

    /// Its containers, sidecars and init containers too.
    pub(crate) fn containers(&self) -> Vec<&Value> {
        let pod = self.pod();
        list(&pod["initContainers"]).iter().chain(list(&pod["containers"])).collect()
    }
}

/// The items of a list; none where there is none.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// All objects of the committed out/.
pub(crate) struct Out {
    pub(crate) objects: Vec<Object>,
    /// Every file with its text.
    pub(crate) texts: Vec<(PathBuf, String)>,
}

impl Out {
    pub(crate) fn committed() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
        let mut out = Self { objects: Vec::new(), texts: Vec::new() };
        out.read(&root, &root);
        out
    }

    fn read(&mut self, root: &Path, folder: &Path) {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                self.read(root, &path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let below = path.strip_prefix(root).unwrap().to_owned();
            let parts: Vec<&str> = below.iter().filter_map(|part| part.to_str()).collect();
            if let [environment, system, "kubernetes", file] = parts[..]
                && file != "kustomization.yaml"
            {
                for document in serde_yaml::Deserializer::from_str(&text) {
                    let value = Value::deserialize(document).unwrap();
                    let (environment, system) = (environment.to_owned(), system.to_owned());
                    self.objects.push(Object { environment, system, value });
                }
            }
            self.texts.push((below, text));
        }
    }

    /// The objects of a kind.
    pub(crate) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Object> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// Everything that makes pods.
    pub(crate) fn pods(&self) -> Vec<&Object> {
        self.objects.iter().filter(|object| object.template().is_some()).collect()
    }

    /// Every container with the workload that it belongs to.
    pub(crate) fn containers(&self) -> Vec<(&Object, &Value)> {
        let pods = self.pods().into_iter();
        pods.flat_map(|pod| pod.containers().into_iter().map(move |container| (pod, container)))
            .collect()
    }

    /// The objects of one system in one environment by name, of a kind.
    pub(crate) fn find(&self, environment: &str, kind: &str, name: &str) -> Option<&Object> {
        self.objects
            .iter()
            .find(|it| it.kind() == kind && it.environment == environment && it.name() == name)
    }
}

/// Fails with the objects for which something does not hold.
pub(crate) fn none<'a>(what: &str, bad: impl IntoIterator<Item = &'a Object>) {
    let bad: Vec<String> = bad.into_iter().map(Object::words).collect();
    assert!(bad.is_empty(), "{what}: {}", bad.join(", "));
}
