//! What an API server would refuse, or what would start and never work: told before it is written.

use super::budget;
use super::draft::{Draft, SystemDraft};
use super::level;
use super::names;
use super::options::fact_name;
use crate::finding::Finding;
use crate::layer::{self, Protocol};
use crate::load::Project;
use crate::merge::{held, is_known, service_layers};
use crate::model::{Container, Run, Service, Stack, VolumeSource};
use crate::source::Place;
use crate::value::Name;
use std::collections::BTreeMap;

/// Of one service.
pub(super) fn service(draft: &Draft<'_>, service: &Service, findings: &mut Vec<Finding>) {
    limits(draft, &service.container, findings);
    held_in_memory(draft, service, findings);
    service_ports(draft, service, findings);
    if service.replicas.max > service.replicas.min && service.container.requests.cpu.is_none() {
        findings.push(
            Finding::error(
                "no-cpu-request",
                format!(
                    "`{}` follows its CPU use, and requests no CPU to compare it with",
                    draft.name
                ),
            )
            .at(draft.node.key_place(&["replicas"]))
            .help("say `resources: { cpu: … }`, or one number of replicas"),
        );
    }
    if let Some(layer::Rollout::Rolling(rolling)) = &draft.service.rollout
        && rolling.at_once.is_some_and(|at_once| at_once.get() == 0)
    {
        findings.push(
            Finding::error("rollout-of-nothing", "with `0%` at once nothing is ever replaced")
                .at(draft.node.value_place(&["rollout", "rolling", "at-once"]))
                .help("say `1%` or more, or `rollout: { recreate: {} }`"),
        );
    }
    let per_replica = |source: &VolumeSource| matches!(source, VolumeSource::ClaimPerReplica(_));
    // One pod is stopped before its successor starts, whatever makes it.
    if matches!(draft.service.rollout, Some(layer::Rollout::Recreate(_)))
        && service.replicas.max > 1
        && service.volumes.iter().any(|volume| per_replica(&volume.source))
    {
        findings.push(
            Finding::error(
                "recreate-of-replicas",
                format!(
                    "replicas of `{}` have volumes of their own, and are replaced in turn",
                    draft.name
                ),
            )
            .at(draft.node.value_place(&["rollout"]))
            .note("a StatefulSet cannot stop all its pods for a new version")
            .help("remove `rollout`, or say `replicas: 1`"),
        );
    }
    budget::probes(draft, &service.container.probes, findings);
}

/// From so many cores on an amount was meant in thousandths, since few machines have them.
const MANY_CORES: u64 = 100;

/// An amount of CPU without a unit counts cores.
fn cores(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let said = [("resources", &draft.service.resources), ("limits", &draft.service.limits)];
    for (key, said) in said {
        let Some(cpu) = said.as_ref().and_then(|said| said.cpu) else { continue };
        let cores = cpu.millis() / 1000;
        if cores >= MANY_CORES {
            findings.push(
                Finding::warning(
                    "many-cores",
                    format!("this is {cores} cores of CPU for each pod"),
                )
                .at(draft.node.value_place(&[key, "cpu"]))
                .note("a number without a unit counts cores; `m` is a thousandth of one")
                .help(format!("did you mean `{cores}m`?")),
            );
        }
    }
}

/// What a container requests is no more than it may use.
pub(super) fn limits(draft: &Draft<'_>, container: &Container, findings: &mut Vec<Finding>) {
    cores(draft, findings);
    let (requests, limits) = (&container.requests, &container.limits);
    let below = [
        ("cpu", limits.cpu.zip(requests.cpu).is_some_and(|(limit, request)| limit < request)),
        ("memory", limits.memory.zip(requests.memory).is_some_and(|(l, r)| l < r)),
        ("storage", limits.storage.zip(requests.storage).is_some_and(|(l, r)| l < r)),
    ];
    for (key, _) in below.into_iter().filter(|(_, below)| *below) {
        findings.push(
            Finding::error(
                "limit-below-request",
                format!("`{}` requests more {key} than it may use", draft.name),
            )
            .at(draft.node.value_place(&["limits", key]))
            .related(draft.node.value_place(&["resources", key]), "it requests this")
            .help("raise the limit, or request less"),
        );
    }
}

/// What an option says is held in memory has room there.
fn held_in_memory(draft: &Draft<'_>, service: &Service, findings: &mut Vec<Finding>) {
    let Some(kind) = &draft.kind else { return };
    let Some(limit) = service.container.limits.memory else { return };
    for (name, option) in kind.entry.kind.options.iter().flatten() {
        let amount = kind.options.get(&fact_name(name)).and_then(|amount| amount.as_str());
        let Some(amount) = amount else { continue };
        let Some(needed) = amount
            .parse()
            .ok()
            .and_then(|amount| held(option, amount))
            .filter(|needed| *needed > limit)
        else {
            continue;
        };
        let said = ["limits", "resources"].into_iter();
        let said = said.map(|key| [key, "memory"]).find(|path| draft.node.at(path).is_some());
        let finding = Finding::error(
            "memory-below-option",
            format!(
                "`{}` may use {limit} of memory, and `{name}: {amount}` needs {needed}",
                draft.name
            ),
        )
        .at(draft.node.value_place(&said.unwrap_or(["resources", "memory"])))
        .help(format!("say {needed} or more; where nobody says it, it follows the option"));
        findings.push(match draft.node.at(&["options", name]) {
            Some(option) => finding.related(option.place, "the option"),
            None => finding,
        });
    }
}

/// Within a Service a number and protocol stand once.
fn service_ports(draft: &Draft<'_>, service: &Service, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(u16, bool), &crate::model::Port> = BTreeMap::new();
    for port in service.ports.iter().filter(|port| !port.internal) {
        let Some(number) = port.service else { continue };
        let key = (number, port.protocol == Protocol::Udp);
        let Some(other) = seen.insert(key, port) else { continue };
        // Two names of one port of the container are told where ports are read.
        if other.number == port.number {
            continue;
        }
        let other = other.name.as_str();
        let place = |name: &str| draft.node.key_place(&["ports", name]);
        findings.push(
            Finding::error(
                "port-twice",
                format!("callers would reach `{other}` and `{}` on one port, {number}", port.name),
            )
            .at(place(port.name.as_str()))
            .related(place(other), "the other one")
            .help("give one of them another `service-port`, or `none`"),
        );
    }
}

/// Of one system: names that two objects would bear, and claims that one pod alone can write to.
pub(super) fn stack(system: &SystemDraft<'_>, stack: &Stack, findings: &mut Vec<Finding>) {
    for service in stack.services.values() {
        level::volumes(system, service, findings);
    }
    names::clashes(system, stack, findings);
    claims(system, stack, findings);
    for (name, volume) in &stack.volumes {
        if !volume.claim.shared {
            single_writer(system, stack, name, findings);
        }
    }
}

/// Claims that are shared bear the name of their service and volume, or of the system's volume.
fn claims(system: &SystemDraft<'_>, stack: &Stack, findings: &mut Vec<Finding>) {
    let of_system = stack.volumes.keys();
    let of_system = of_system
        .map(|name| (name.to_string(), system.node.key_place(&["volumes", name.as_str()])));
    let mut seen: BTreeMap<String, Place> = of_system.collect();
    for service in stack.services.values() {
        let Some(draft) = system.services.get(service.name.as_str()) else { continue };
        for volume in &service.volumes {
            if !matches!(volume.source, VolumeSource::Claim(_)) {
                continue;
            }
            let name = format!("{}-{}", service.name, volume.name);
            let place = draft.node.key_place(&["volumes", volume.name.as_str()]);
            if let Some(other) = seen.get(&name) {
                findings.push(
                    Finding::error("name-twice", format!("two claims would be called `{name}`"))
                        .at(place)
                        .related(*other, "the other one")
                        .note("a service's claim is called SERVICE-VOLUME")
                        .help("give one of the volumes another name"),
                );
            }
            seen.insert(name, place);
        }
    }
}

fn single_writer(
    system: &SystemDraft<'_>,
    stack: &Stack,
    name: &Name,
    findings: &mut Vec<Finding>,
) {
    let mounts = |service: &Service| {
        service
            .volumes
            .iter()
            .any(|volume| matches!(&volume.source, VolumeSource::System(of) if of == name))
    };
    let users: Vec<&Service> = stack.services.values().filter(|service| mounts(service)).collect();
    let pods: u32 = users.iter().map(|service| service.replicas.max).sum();
    if let Some(node) = users.iter().find(|service| service.run == Run::Node) {
        findings.push(
            Finding::error(
                "volume-not-shared",
                format!(
                    "`{}` mounts `{name}` on each node, and one alone can write to it",
                    node.name
                ),
            )
            .at(system.node.key_place(&["volumes", name.as_str()]))
            .help("say `shared: true` for the volume, with a tier that says so too"),
        );
    } else if pods > 1 {
        let names: Vec<&str> = users.iter().map(|service| service.name.as_str()).collect();
        findings.push(
            Finding::error(
                "volume-not-shared",
                format!(
                    "{pods} pods mount `{name}` in `{}`, and one alone can write to it",
                    stack.environment.name
                ),
            )
            .at(system.node.key_place(&["volumes", name.as_str()]))
            .note(format!("mounted by: {}", names.join(", ")))
            .help("say `shared: true` for the volume, with a tier that says so too"),
        );
    }
}

/// Releases of services that have no image of their own.
pub(super) fn releases(project: &Project, findings: &mut Vec<Finding>) {
    for (name, system) in &project.systems {
        if !is_known(&system.node) {
            continue;
        }
        let own = super::own_services(project, name);
        for service in system.release.iter().flat_map(BTreeMap::keys) {
            let layers = service_layers(project, system, &[], &[], service, &mut Vec::new());
            let is_at_fault = layers.is_some_and(|layers| layers.merged.has_unknown());
            if is_at_fault || own.contains(&service.as_str()) {
                continue;
            }
            let is_described = system.node.at(&["services", service]).is_some();
            let message = if is_described {
                format!("`{service}` has no image of its own to release")
            } else {
                format!("there is no service `{service}` to release")
            };
            let mut finding = Finding::error("unknown-name", message).known(
                "services with an image of their own",
                service,
                own.iter().copied(),
            );
            finding.place = system.release_node.as_ref().map(|node| node.key_place(&[service]));
            findings.push(match finding.help {
                Some(_) => finding,
                None => finding.help("remove it"),
            });
        }
    }
}
