//! Who reaches whom: callers of a service, who scrapes it, and what stays open or closed.

use super::draft::{SystemDraft, World};
use super::provider;
use crate::finding::Finding;
use crate::layer::Derived;
use crate::model::{Addresses, Caller, Flow, Peer, Stack};
use crate::source::Place;
use crate::value::Name;
use std::collections::BTreeMap;

/// Says of each service who calls it: the other end of every flow of the environment.
pub(super) fn callers(stacks: &mut [Stack]) {
    let mut callers: BTreeMap<(Name, Name), Vec<Caller>> = BTreeMap::new();
    for stack in stacks.iter() {
        for (name, service) in &stack.services {
            for flow in &service.flows {
                let labels = service.provided.as_ref().map(|it| provider::plain(&it.labels));
                let (callee, system) = match &flow.peer {
                    Peer::Service(callee) => ((stack.system.clone(), callee.clone()), None),
                    Peer::OtherSystem { system, service: callee, .. } => (
                        (system.clone(), callee.clone()),
                        Some((stack.system.clone(), service.namespace.clone())),
                    ),
                    Peer::Elsewhere { .. } | Peer::External { .. } => continue,
                };
                let foreign = system.is_some();
                callers.entry(callee).or_default().push(Caller {
                    system,
                    service: name.clone(),
                    labels: labels.filter(|_| foreign),
                    ports: flow.ports.clone(),
                });
            }
        }
    }
    for stack in stacks {
        for (name, service) in &mut stack.services {
            let key = (stack.system.clone(), name.clone());
            service.callers = callers.remove(&key).unwrap_or_default();
            service.callers.sort_by(|a, b| (&a.system, &a.service).cmp(&(&b.system, &b.service)));
        }
    }
}

/// The services whose kind is told what to scrape.
pub(super) fn scrapers(system: &SystemDraft<'_>) -> Vec<Name> {
    let scrapes = |file: &crate::layer::KindFile| file.derive == Some(Derived::PrometheusScrape);
    let running = system.services.values().filter(|draft| draft.here());
    running
        .filter(|draft| {
            let mut files = draft.kind.iter().flat_map(|kind| kind.entry.kind.files.iter());
            files.any(|files| files.values().any(scrapes))
        })
        .map(|draft| draft.name.clone())
        .collect()
}

/// What nothing leads to, and what is open to anybody.
pub(super) fn findings(world: &World<'_>, stacks: &[Stack]) -> Vec<Finding> {
    let mut findings = Vec::new();
    without_gateway(world, stacks, &mut findings);
    if world.environment.network_policies {
        for stack in stacks {
            without_addresses(world, stack, &mut findings);
        }
    }
    findings
}

/// Told once for all services of an environment.
fn without_gateway(world: &World<'_>, stacks: &[Stack], findings: &mut Vec<Finding>) {
    let Some(own) = world.layers.last() else { return };
    if own.child("gateways").is_some() || !world.environment.gateways.is_empty() {
        return;
    }
    let exposed = stacks.iter().flat_map(|stack| {
        let services = stack.services.values();
        let unreached = services.filter(|service| {
            service.exposed.as_ref().is_some_and(|exposed| exposed.route.is_none())
        });
        unreached.map(|service| format!("{}/{}", stack.system, service.name))
    });
    let exposed: Vec<String> = exposed.collect();
    if exposed.is_empty() {
        return;
    }
    let environment = &world.environment;
    findings.push(
        Finding::warning(
            "no-gateway",
            format!("`{}` has no gateway: nothing leads to what is exposed", environment.name),
        )
        .at(own.place)
        .note(format!("exposed: {}", exposed.join(", ")))
        .help(format!(
            "say `gateways` in `{}`, or `expose: {{ enabled: false }}` of the services",
            environment.file
        )),
    );
}

/// A policy cannot let a name out, only addresses.
fn without_addresses(world: &World<'_>, stack: &Stack, findings: &mut Vec<Finding>) {
    for flow in stack.services.values().flat_map(|service| &service.flows) {
        let (Peer::Elsewhere { addresses, .. } | Peer::External { addresses, .. }) = &flow.peer
        else {
            continue;
        };
        if *addresses != Addresses::Unknown {
            continue;
        }
        let Some(place) = described(world, stack, flow) else { continue };
        findings.push(
            Finding::warning(
                "unknown-addresses",
                format!("nothing says which addresses `{}` has", flow.callee),
            )
            .at(place)
            .note("network policies know addresses, not names: its ports are open to any of them")
            .help("say `addresses`, such as `addresses: [192.0.2.0/24]` or `addresses: internet`"),
        );
    }
}

/// Where a callee that is not run here is described.
fn described(world: &World<'_>, stack: &Stack, flow: &Flow) -> Option<Place> {
    let of = |system: &str| world.systems.get(system);
    if let Peer::External { name, .. } = &flow.peer {
        return Some(of(stack.system.as_str())?.node.key_place(&["external", name.as_str()]));
    }
    let (system, service) =
        flow.callee.split_once('/').unwrap_or((stack.system.as_str(), &flow.callee));
    Some(of(system)?.services.get(service)?.node.key_place(&["elsewhere"]))
}
