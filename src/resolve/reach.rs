//! Who reaches whom: callers of a service, who scrapes it, and what stays open or closed.

use super::draft::{SystemDraft, World};
use super::provider;
use crate::finding::Finding;
use crate::layer::Derived;
use crate::model::{Addresses, Caller, Flow, Peer, PodsBy, Stack};
use crate::source::Place;
use crate::value::Name;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Says of each service who calls it: the other end of every flow of the environment.
pub(super) fn callers(stacks: &mut [Stack]) {
    let mut callers: BTreeMap<(Name, Name), Vec<Caller>> = BTreeMap::new();
    for stack in stacks.iter() {
        for (name, service) in &stack.services {
            for flow in &service.flows {
                let pods = match &service.provided {
                    Some(provided) => PodsBy::Labels(provider::plain(&provided.labels)),
                    None if service.host_network => PodsBy::Nodes,
                    None => PodsBy::Service,
                };
                let (callee, system) = match &flow.peer {
                    Peer::Service(callee) => ((stack.system.clone(), callee.clone()), None),
                    Peer::OtherSystem { system, service: callee, .. } => (
                        (system.clone(), callee.clone()),
                        Some((stack.system.clone(), service.namespace.clone())),
                    ),
                    Peer::Manifest { .. } | Peer::Elsewhere { .. } | Peer::External { .. } => {
                        continue;
                    }
                };
                callers.entry(callee).or_default().push(Caller {
                    system,
                    service: name.clone(),
                    pods,
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
            without_nodes(world, stack, &mut findings);
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
        let Some(place) = described(world, stack, flow) else { continue };
        let (Peer::Elsewhere { host, .. } | Peer::External { host, .. }) = &flow.peer else {
            continue;
        };
        if *addresses == Addresses::Internet && host.as_str().parse().is_ok_and(is_private) {
            findings.push(
                Finding::error(
                    "not-on-the-internet",
                    format!("`{host}` is no address of the internet: policies would stop it"),
                )
                .at(place)
                .help("leave `addresses` away: the host is the address"),
            );
        }
        if *addresses != Addresses::Unknown {
            continue;
        }
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

/// Addresses that are nobody's on the internet.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => it.is_private() || it.is_loopback() || it.is_link_local(),
        IpAddr::V6(it) => it.is_loopback() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}

/// Pods in their node's network have its address, and no policy can select them by a label.
fn without_nodes(world: &World<'_>, stack: &Stack, findings: &mut Vec<Finding>) {
    if stack.environment.nodes.is_some() {
        return;
    }
    for service in stack.services.values().filter(|service| service.host_network) {
        let ours = |flow: &&Flow| matches!(flow.peer, Peer::Service(_) | Peer::OtherSystem { .. });
        let calls =
            service.flows.iter().find(ours).map(|flow| format!("it calls `{}`", flow.callee));
        let called = service.callers.first().map(|it| format!("`{}` calls it", it.service));
        let scraped = stack.scrapers.iter().find(|_| !service.metrics.is_empty());
        let scraped = scraped.map(|scraper| format!("`{scraper}` scrapes it"));
        let draft = world.systems.get(stack.system.as_str());
        let draft = draft.and_then(|system| system.services.get(service.name.as_str()));
        let (Some(why), Some(draft)) = (calls.or(called).or(scraped), draft) else { continue };
        findings.push(
            Finding::error(
                "unknown-nodes",
                format!(
                    "`{}` has the addresses of its nodes, and nothing says which",
                    service.name
                ),
            )
            .at(draft.node.key_place(&["host-network"]))
            .note(format!("{why}, and network policies know pods by labels that nodes do not have"))
            .help(format!(
                "say the ranges of the nodes in `{}`, such as `kubernetes: {{ nodes: \
                 [10.0.0.0/16] }}`, or `network-policies: none`",
                stack.environment.file
            )),
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
