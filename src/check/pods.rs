//! What pods are made of: the templates of all workloads.

use super::Expected;
use super::objects::{Object, list, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// The pods of a workload, or of an operator's object.
#[derive(Debug, Clone)]
pub(super) struct Pod<'a> {
    /// What they are made of.
    pub(super) object: &'a Object,
    /// JSON pointer of the pod's template.
    pub(super) pointer: &'static str,
    /// The template.
    pub(super) template: &'a Value,
    /// Its labels.
    pub(super) labels: BTreeMap<&'a str, &'a str>,
}

/// A container of a pod.
#[derive(Debug, Clone)]
pub(super) struct Container<'a> {
    /// JSON pointer in the workload.
    pub(super) pointer: String,
    /// The container.
    pub(super) value: &'a Value,
    /// Whether it runs as long as the pod.
    pub(super) lasts: bool,
}

impl<'a> Container<'a> {
    /// Its name.
    pub(super) fn name(&self) -> &'a str {
        text(self.value, "/name")
    }
}

/// A port of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ContainerPort<'a> {
    /// Its name; empty where it has none.
    pub(super) name: &'a str,
    /// Its number.
    pub(super) number: i64,
    /// TCP, UDP or SCTP.
    pub(super) protocol: &'a str,
}

impl<'a> Pod<'a> {
    /// Its namespace.
    pub(super) fn namespace(&self) -> &'a str {
        self.object.namespace()
    }

    /// The service that it belongs to, as its labels tell; empty where they do not.
    pub(super) fn service(&self) -> &'a str {
        self.labels.get("app.kubernetes.io/name").copied().unwrap_or_default()
    }

    /// What it is made of.
    pub(super) fn spec(&self) -> &'a Value {
        self.template.get("spec").unwrap_or(&Value::Null)
    }

    /// Whether it runs until somebody ends it.
    pub(super) fn is_lasting(&self) -> bool {
        !matches!(self.object.kind(), "Job" | "CronJob")
    }

    /// Its containers, those that run first before the others.
    pub(super) fn containers(&self) -> Vec<Container<'a>> {
        let spec = self.spec();
        let of = |key: &'static str| {
            let pointer = self.pointer;
            list(spec, &format!("/{key}")).iter().enumerate().map(move |(index, value)| Container {
                pointer: format!("{pointer}/spec/{key}/{index}"),
                value,
                lasts: key == "containers" || text(value, "/restartPolicy") == "Always",
            })
        };
        of("initContainers").chain(of("containers")).collect()
    }

    /// The ports of all containers that last.
    pub(super) fn ports(&self) -> Vec<ContainerPort<'a>> {
        let containers = self.containers().into_iter().filter(|container| container.lasts);
        containers
            .flat_map(|container| list(container.value, "/ports"))
            .filter_map(|port| {
                Some(ContainerPort {
                    name: text(port, "/name"),
                    number: port.get("containerPort")?.as_i64()?,
                    protocol: protocol(port),
                })
            })
            .collect()
    }

    /// The port that a name or a number means.
    pub(super) fn port(&self, said: &Value, protocol: &str) -> Option<ContainerPort<'a>> {
        self.ports().into_iter().find(|port| {
            port.protocol == protocol
                && match said {
                    Value::String(name) => port.name == name,
                    number => number.as_i64() == Some(port.number),
                }
        })
    }
}

/// What a port speaks; TCP where it does not say.
pub(super) fn protocol(port: &Value) -> &str {
    match text(port, "/protocol") {
        "" => "TCP",
        protocol => protocol,
    }
}

/// The labels of a value with metadata.
pub(super) fn labels(value: &Value) -> BTreeMap<&str, &str> {
    let labels = value.pointer("/metadata/labels").and_then(Value::as_object);
    let labels = labels.into_iter().flatten();
    labels.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect()
}

/// The pods that operators make, of which labels and ports are known and nothing else. They belong
/// to the first custom resource that bears the name of their service.
pub(super) fn operated<'a>(objects: &'a [Object], expected: &'a Expected) -> Vec<Pod<'a>> {
    let pods = expected.operated.iter().filter_map(|((namespace, name), template)| {
        let is_it = |object: &&Object| {
            object.namespace() == namespace && object.name() == name && object.group() != POLICIES
        };
        let object = objects.iter().find(is_it)?;
        Some(Pod { object, pointer: "", template, labels: labels(template) })
    });
    pods.collect()
}

/// The group of network policies, which bear the name of their service too.
const POLICIES: &str = "networking.k8s.io";

/// The pods of all workloads.
pub(super) fn pods(objects: &[Object]) -> Vec<Pod<'_>> {
    let pods = objects.iter().filter_map(|object| {
        let pointer = match object.kind() {
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => "/spec/template",
            "CronJob" => "/spec/jobTemplate/spec/template",
            "Pod" => "",
            _ => return None,
        };
        let template = object.value.pointer(pointer)?;
        Some(Pod { object, pointer, template, labels: labels(template) })
    });
    pods.collect()
}
