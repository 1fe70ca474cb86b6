//! The tree that is judged: what the program writes of a project.
#![allow(dead_code, reason = "each test file uses a part of it")]

use crate::support::Project;
use camino::{Utf8Path, Utf8PathBuf};
use iac::model::{Platform, Service, Stack};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;

/// A project and all that was rendered of it.
pub(crate) struct Judged {
    project: Project,
    pub(crate) stacks: Vec<Stack>,
}

impl Judged {
    /// A copy of the example in which every own image is released, with a digest for the test.
    pub(crate) fn example() -> Self {
        let project = Project::example();
        project.lock_operand();
        release(&project, "1.4.2");
        let judged = Self::of(project);
        judged.project.iac(&["check", "--locked"]).ends(0);
        judged
    }

    /// Releases every own image once more, and writes what follows.
    pub(crate) fn release(&self, version: &str) {
        release(&self.project, version);
        self.project.iac(&["render"]).ends(0);
    }

    /// What the program writes of a project.
    pub(crate) fn of(project: Project) -> Self {
        project.iac(&["render"]).ends(0);
        let (loaded, _) = iac::load::load(&project.root).unwrap();
        let (resolved, _) = iac::resolve::resolve(&loaded);
        let mut stacks = resolved.stacks;
        stacks.retain(|stack| stack.platform == Platform::Kubernetes);
        Self { project, stacks }
    }

    /// Forgets all stacks but those of an environment.
    pub(crate) fn keep(&mut self, environment: &str) {
        self.stacks.retain(|stack| stack.environment.name.as_str() == environment);
    }

    pub(crate) fn project(&self) -> &Project {
        &self.project
    }

    pub(crate) fn out(&self) -> Utf8PathBuf {
        self.project.path("out")
    }

    /// The folder of a stack's Kubernetes objects.
    pub(crate) fn folder(&self, stack: &Stack) -> Utf8PathBuf {
        self.out().join(format!("{}/{}/kubernetes", stack.environment.name, stack.system))
    }

    /// The files of a stack that hold objects, in order. A kustomization is none.
    pub(crate) fn files(&self, stack: &Stack) -> Vec<Utf8PathBuf> {
        let entries = self.folder(stack).read_dir_utf8().unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().into_path()).collect();
        files.retain(|file| file.file_name() != Some("kustomization.yaml"));
        files.sort();
        files
    }

    /// The files of a stack's services: of a namespace, of policies and of routes some tools say
    /// nothing, nor of what an operator reads.
    pub(crate) fn files_of_services(&self, stack: &Stack) -> BTreeSet<String> {
        let files = self.files(stack).into_iter();
        files
            .filter(|file| {
                let of_the_system = ["namespace.yaml", "network-policies.yaml", "routes.yaml"];
                let by_operator = |name: &str| {
                    stack.services.values().any(|service| {
                        service.provided.is_some() && name == format!("{}.yaml", service.name)
                    })
                };
                file.file_name()
                    .is_none_or(|name| !of_the_system.contains(&name) && !by_operator(name))
            })
            .map(|file| self.below_out(file.as_str()))
            .collect()
    }

    /// The names of all environments that have stacks.
    pub(crate) fn environments(&self) -> Vec<&str> {
        let mut names: Vec<_> =
            self.stacks.iter().map(|stack| stack.environment.name.as_str()).collect();
        names.dedup();
        names
    }

    /// The stack to which a path below out/ belongs.
    pub(crate) fn stack_of(&self, file: &str) -> Option<&Stack> {
        self.stacks.iter().find(|stack| {
            let folder = format!("{}/{}/", stack.environment.name, stack.system);
            file.starts_with(&folder)
        })
    }

    /// The service of whom an object is, by the label that all its objects have.
    pub(crate) fn service_of(&self, file: &str, object: &Value) -> Option<&Service> {
        let name = object["metadata"]["labels"]["app.kubernetes.io/name"].as_str()?;
        let services = &self.stack_of(file)?.services;
        services.values().find(|service| service.name.as_str() == name)
    }

    /// An object in a file below out/.
    pub(crate) fn object(&self, file: &str, kind: &str, name: &str) -> Option<Value> {
        let text = fs::read_to_string(self.out().join(file)).ok()?;
        // Up to the first fault: behind it, the reader would say the same fault for ever.
        serde_yaml::Deserializer::from_str(&text)
            .map_while(|document| Value::deserialize(document).ok())
            .find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
    }

    /// The files below out/ whose paths end so, in order.
    pub(crate) fn ending(&self, end: &str) -> Vec<String> {
        self.project.tree("out").into_keys().filter(|path| path.ends_with(end)).collect()
    }

    /// The files below out/ of one name, in order.
    pub(crate) fn named(&self, name: &str) -> Vec<String> {
        self.ending(&format!("/{name}"))
    }

    /// How many services a Compose file has.
    pub(crate) fn compose_services(&self, file: &str) -> usize {
        let text = fs::read_to_string(self.out().join(file)).unwrap();
        let read: Value = serde_yaml::from_str(&text).unwrap_or_default();
        read["services"].as_object().map_or(0, serde_json::Map::len)
    }

    /// A path as findings name it.
    pub(crate) fn below_out(&self, path: &str) -> String {
        let path = Utf8Path::new(path);
        path.strip_prefix(self.out()).unwrap_or(path).to_string()
    }
}

/// Releases every own image of a project, with digests that follow from the version.
fn release(project: &Project, version: &str) {
    for (system, services) in own_services(&project.root) {
        let release = |service: &String| {
            let digest = Sha256::digest(format!("{system}/{service}:{version}"));
            let mut text = format!("{service}={version}@sha256:");
            digest.iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
            text
        };
        let releases: Vec<String> = services.iter().map(release).collect();
        let mut arguments = vec!["release", "set", &system];
        arguments.extend(releases.iter().map(String::as_str));
        project.iac(&arguments).ends(0);
    }
}

/// The systems of a project, each with the names of its own services.
fn own_services(root: &Utf8Path) -> Vec<(String, Vec<String>)> {
    let (project, _) = iac::load::load(root).unwrap();
    let own = |system: &String| {
        let own = iac::resolve::own_services(&project, system);
        (system.clone(), own.into_iter().map(ToOwned::to_owned).collect())
    };
    project.systems.keys().map(own).collect()
}
