//! Names of objects that stand beside a service's own, which another service must not bear.

use super::draft::SystemDraft;
use crate::finding::Finding;
use crate::model::{Service, Stack, VolumeSource, Way, names};
use crate::reference::readable;
use crate::value::Name;

/// An object beside a service's own.
struct Beside {
    name: String,
    /// What both would be.
    what: &'static str,
    /// What the service has it for.
    why: &'static str,
    /// Whether another service writes an object of this kind by its own name.
    clashes: fn(&Service) -> bool,
}

/// Names that two objects of one kind would bear.
pub(super) fn clashes(system: &SystemDraft<'_>, stack: &Stack, findings: &mut Vec<Finding>) {
    let place = |name: &Name| system.services.get(name.as_str()).map(|draft| draft.place);
    for service in stack.services.values() {
        for beside in beside(service) {
            let other = stack.services.values().find(|other| other.name.as_str() == beside.name);
            let other = other.filter(|other| (beside.clashes)(other));
            let places = other.and_then(|other| Some((place(&other.name)?, place(&service.name)?)));
            let Some((other, this)) = places else { continue };
            let message = format!("two {} would be called `{}`", beside.what, beside.name);
            findings.push(
                Finding::error("name-twice", message)
                    .at(other)
                    .related(this, beside.why)
                    .help("give one of the services another name"),
            );
        }
        let of_all = [names::DEFAULT_DENY, names::ALLOW_DNS, names::ALLOW_SOLVER];
        if stack.environment.network_policies
            && of_all.contains(&service.name.as_str())
            && let Some(place) = place(&service.name)
        {
            let message = format!("`{}` is the name of a network policy", service.name);
            findings.push(
                Finding::error("name-twice", message)
                    .at(place)
                    .help("give the service another name"),
            );
        }
    }
}

fn beside(service: &Service) -> Vec<Beside> {
    let mut all = Vec::new();
    let per_replica = |source: &VolumeSource| matches!(source, VolumeSource::ClaimPerReplica(_));
    if service.volumes.iter().any(|volume| per_replica(&volume.source)) {
        all.push(Beside {
            name: names::headless(service),
            what: "Services",
            why: "the replicas of this one have names by the other",
            clashes: is_called,
        });
    }
    let made = service.provided.iter().flat_map(|provided| &provided.services);
    all.extend(made.map(|name| Beside {
        name: readable(name),
        what: "Services",
        why: "the operator of this one makes the other",
        clashes: is_called,
    }));
    match way(service) {
        Some(Way::Gateway(_)) => all.push(Beside {
            name: names::redirect(service),
            what: "routes",
            why: "the other one leads from http to https of this one",
            clashes: |other| matches!(way(other), Some(Way::Gateway(_))),
        }),
        Some(Way::LoadBalancer | Way::NodePort) => all.push(Beside {
            name: names::public(service),
            what: "Services",
            why: "the public reaches this one by the other",
            clashes: is_called,
        }),
        None => {}
    }
    all
}

fn way(service: &Service) -> Option<&Way> {
    Some(&service.exposed.as_ref()?.route.as_ref()?.way)
}

/// Whether a service has a Service of its name.
fn is_called(service: &Service) -> bool {
    service.ports.iter().any(|port| port.service.is_some() && !port.internal)
}
