//! What the files of an environment need, and others bring.

use crate::layer::Protocol;
use crate::model::{
    Container, GatewayApi, Mount, Peer, Platform, SecretBackend, SelfCheck, Service, Stack,
    VolumeSource,
};
use crate::reference::readable;
use crate::value::Name;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the model knows of an environment and its files do not say.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Secrets that people or an operator make: namespace and name, then the keys.
    pub secrets: BTreeMap<(String, String), BTreeSet<String>>,
    /// Folders to which services write, or in which they keep data: namespace and name, then paths.
    pub written: BTreeMap<(String, String), BTreeSet<String>>,
    /// Whom services wait for at their start: namespace and name of both.
    pub waits: BTreeMap<(String, String), Vec<(String, String)>>,
    /// The pods that operators make: namespace and name of the service, then what is known of them,
    /// as the template of a pod.
    pub operated: BTreeMap<(String, String), Value>,
    /// The Gateways of the platform: namespace and name, then the listeners that they have.
    pub listeners: BTreeMap<(String, String), BTreeSet<String>>,
    /// The storage classes of the cluster; none where nobody said them.
    pub storage_classes: Option<BTreeSet<String>>,
    /// What is known of Compose files: the folder below which each lies.
    pub projects: BTreeMap<String, ExpectedProject>,
}

impl Expected {
    /// What the stacks of one environment expect.
    pub fn of<'a>(stacks: impl IntoIterator<Item = &'a Stack>) -> Self {
        let mut expected = Self::default();
        for stack in stacks {
            if stack.platform == Platform::Compose {
                let folder = format!("{}/{}/compose", stack.environment.name, stack.system);
                expected.projects.insert(folder, ExpectedProject::of(stack));
                continue;
            }
            for service in stack.services.values() {
                expected.of_service(stack, service);
                if let Some(secret) = &service.pull_secret {
                    let object = (service.namespace.to_string(), secret.to_string());
                    let keys = expected.secrets.entry(object).or_default();
                    keys.insert(".dockerconfigjson".to_owned());
                }
            }
            for gateway in stack.environment.gateways.values() {
                let GatewayApi::Gateway { parent, http, https } = &gateway.api else { continue };
                let id = (parent.namespace().to_string(), parent.name().to_owned());
                let listeners = expected.listeners.entry(id).or_default();
                listeners.extend([http.to_string(), https.to_string()]);
            }
            let classes = stack.environment.storage.values().filter_map(|tier| tier.class.as_ref());
            let classes = classes.map(ToString::to_string);
            expected.storage_classes.get_or_insert_default().extend(classes);
        }
        expected
    }

    /// The folders to which a service writes.
    pub(super) fn written_by(&self, namespace: &str, name: &str) -> &BTreeSet<String> {
        static NOTHING: BTreeSet<String> = BTreeSet::new();
        self.written.get(&(namespace.to_owned(), name.to_owned())).unwrap_or(&NOTHING)
    }

    /// Whom a service waits for at its start.
    pub(super) fn waits_of(&self, namespace: &str, name: &str) -> &[(String, String)] {
        self.waits.get(&(namespace.to_owned(), name.to_owned())).map_or(&[], Vec::as_slice)
    }

    fn of_service(&mut self, stack: &Stack, service: &Service) {
        let home = |of: &Service| (of.namespace.to_string(), of.name.to_string());
        let written = service.volumes.iter().filter(|volume| {
            // The main container's own: others have scratch space beside it.
            service.container.mounts.iter().any(|mount| mount.volume == volume.name)
                && !matches!(volume.source, VolumeSource::Host { write: false, .. })
        });
        let written = written.map(|volume| volume.path.to_string()).collect();
        self.written.insert(home(service), written);
        let waits = service.needs.iter().filter_map(|name| stack.services.get(name)).map(home);
        self.waits.insert(home(service), waits.collect());
        // Others are made of objects that are among the files.
        let backend = &stack.environment.secrets;
        if !matches!(backend, SecretBackend::ExternalSecrets(_)) {
            for needed in service.needed_secrets(backend) {
                let object = (service.namespace.to_string(), needed.object);
                self.secrets.entry(object).or_default().insert(needed.key);
            }
        }
        let Some(provided) = &service.provided else { return };
        let labels: BTreeMap<String, String> =
            provided.labels.iter().map(|(key, value)| (key.to_string(), readable(value))).collect();
        let ports = service.ports.iter().map(|port| {
            let protocol = if port.protocol == Protocol::Udp { "UDP" } else { "TCP" };
            json!({ "name": port.name, "containerPort": port.number, "protocol": protocol })
        });
        let container = json!({ "name": service.name, "ports": ports.collect::<Vec<_>>() });
        let template =
            json!({ "metadata": { "labels": labels }, "spec": { "containers": [container] } });
        self.operated.insert(home(service), template);
    }
}

/// What the model knows of the Compose file of one system.
#[derive(Debug, Clone, Default)]
pub struct ExpectedProject {
    /// Its containers, by the names of their services in Compose.
    pub containers: BTreeMap<String, ExpectedContainer>,
    /// Who calls whom.
    pub calls: BTreeSet<(String, String)>,
}

/// What the model knows of a container.
#[derive(Debug, Clone, Default)]
pub struct ExpectedContainer {
    /// Whether it is the main one of its service.
    pub is_main: bool,
    /// User and group.
    pub user: String,
    /// The ports on which it listens.
    pub ports: BTreeSet<u16>,
    /// Folders to which it writes.
    pub written: BTreeSet<String>,
    /// The command by which it learns whether it is ready.
    pub asks: Option<Vec<String>>,
    /// Whom it waits for at its start.
    pub waits: BTreeSet<String>,
}

impl ExpectedProject {
    fn of(stack: &Stack) -> Self {
        let mut project = Self::default();
        for service in stack.services.values() {
            let others = service.sidecars.iter().chain(&service.init);
            for container in std::iter::once(&service.container).chain(others) {
                let name = if container.origin.is_empty() {
                    service.name.to_string()
                } else {
                    format!("{}-{}", service.name, container.name)
                };
                project.containers.insert(name, ExpectedContainer::of(stack, service, container));
            }
            for flow in &service.flows {
                let Peer::Service(callee) = &flow.peer else { continue };
                project.calls.insert((service.name.to_string(), callee.to_string()));
            }
            if !service.metrics.is_empty() {
                let scrapers = stack.scrapers.iter().filter(|scraper| **scraper != service.name);
                let calls = scrapers.map(|it| (it.to_string(), service.name.to_string()));
                project.calls.extend(calls);
            }
        }
        project
    }
}

impl ExpectedContainer {
    fn of(stack: &Stack, service: &Service, container: &Container) -> Self {
        let source = |name: &Name| service.volumes.iter().find(|volume| volume.name == *name);
        let is_written = |mount: &&Mount| {
            let source = source(&mount.volume).map(|volume| &volume.source);
            !matches!(source, Some(VolumeSource::Host { write: false, .. }) | None)
        };
        let is_main = container.origin.is_empty();
        let waits =
            service.needs.iter().filter(|name| is_main && stack.services.contains_key(*name));
        let ends = service.run.ends() || service.init.iter().any(|it| it.name == container.name);
        Self {
            is_main,
            user: format!("{}:{}", container.user.unwrap_or(service.user), service.group),
            ports: service.ports.iter().map(|port| port.number).collect(),
            written: container
                .mounts
                .iter()
                .filter(is_written)
                .map(|it| it.path.to_string())
                .collect(),
            asks: match &container.self_check {
                SelfCheck::Command { command, .. } if !ends => Some(command.clone()),
                SelfCheck::Command { .. } | SelfCheck::Unasked(_) => None,
            },
            waits: waits.map(ToString::to_string).collect(),
        }
    }
}
