//! Pod Security: the level of a system, and the namespaces beside it of services that need a
//! weaker one.

use super::draft::{SystemDraft, World};
use crate::finding::Finding;
use crate::layer::{self, PodSecurityLevel};
use crate::model::{Platform, Service, VolumeSource};
use crate::tree::Node;
use crate::value::{Namespace, ValueError};
use std::collections::BTreeMap;

/// The level of a system: its environment's, unless it needs a weaker one as a whole.
pub(super) fn of_system(world: &World<'_>, typed: &layer::System) -> PodSecurityLevel {
    let needed = typed.pod_security.as_ref().and_then(|needed| needed.level);
    let level = world.environment.pod_security;
    needed.map_or(level, |needed| needed.max(level))
}

/// The level that a service needs beyond its system's, and the namespace in which it lives.
pub(super) fn of_service(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    service: &layer::Service,
    node: &Node,
    findings: &mut Vec<Finding>,
) -> (Option<PodSecurityLevel>, Namespace) {
    let needed = service.pod_security.as_ref().and_then(|needed| needed.level);
    // One machine has no namespaces.
    let needed = needed.filter(|_| world.platform == Platform::Kubernetes);
    let Some(level) = needed.filter(|needed| *needed > system.level) else {
        return (None, system.namespace.clone());
    };
    let name = format!("{}-{}", system.namespace, level.as_str());
    match name.parse() {
        Ok(namespace) => (Some(level), namespace),
        Err(error) => {
            let error: ValueError = error;
            findings.push(
                Finding::error(
                    "invalid-value",
                    format!("the namespace beside it would be `{name}`: {}", error.message),
                )
                .at(node.key_place(&["pod-security"]))
                .help("give the environments' `kubernetes.namespace` a shorter form"),
            );
            (None, system.namespace.clone())
        }
    }
}

/// The namespaces beside a system's own, by their level.
pub(super) fn beside<'a>(
    services: impl Iterator<Item = &'a Service>,
) -> BTreeMap<PodSecurityLevel, Namespace> {
    services.filter_map(|service| Some((service.beside?, service.namespace.clone()))).collect()
}

/// A claim belongs to one namespace: who lives in another cannot mount it.
pub(super) fn volumes(system: &SystemDraft<'_>, service: &Service, findings: &mut Vec<Finding>) {
    let Some(level) = service.beside else { return };
    for volume in &service.volumes {
        let VolumeSource::System(of) = &volume.source else { continue };
        let Some(draft) = system.services.get(service.name.as_str()) else { continue };
        findings.push(
            Finding::error(
                "volume-of-another-namespace",
                format!(
                    "`{of}` is a volume of the system, and `{}` lives in a namespace beside it",
                    service.name
                ),
            )
            .at(draft.node.key_place(&["volumes", volume.name.as_str()]))
            .related(
                draft.node.key_place(&["pod-security"]),
                format!("since it needs `{}`", level.as_str()),
            )
            .help("give it a volume of its own, or lower the level of the whole system"),
        );
    }
}
