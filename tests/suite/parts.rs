//! The parts of the tree that single tools judge, and of whom a part is.

use crate::judged::Judged;
use iac::model::{Service, Stack};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

impl Judged {
    /// Forgets all stacks but those of an environment.
    pub(crate) fn keep(&mut self, environment: &str) {
        self.stacks.retain(|stack| stack.environment.name.as_str() == environment);
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
}
