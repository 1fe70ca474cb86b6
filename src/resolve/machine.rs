//! Ports of the machine at which Compose publishes services: each can lead to one.

use super::draft::World;
use crate::finding::Finding;
use crate::layer::Protocol;
use crate::model::{Service, Stack};
use crate::source::Place;
use crate::value::PortName;
use std::collections::BTreeMap;

/// A service that has a port of the machine.
#[derive(Clone, Copy)]
struct Holder<'a> {
    stack: &'a Stack,
    service: &'a Service,
    place: Place,
}

impl Holder<'_> {
    /// Whether both may be asked for at once: of two profiles, one may be meant instead of the other.
    fn runs_beside(&self, other: &Self) -> bool {
        let profiles = self.service.profile.as_ref().zip(other.service.profile.as_ref());
        profiles.is_none_or(|(one, other)| one == other)
    }
}

/// What no engine would start: two services of a system at one port. Of two systems only one can run
/// at a time then, which may be meant.
pub(super) fn ports(world: &World<'_>, stacks: &[Stack], findings: &mut Vec<Finding>) {
    let mut held: BTreeMap<(u16, bool), Vec<Holder<'_>>> = BTreeMap::new();
    for stack in stacks {
        for service in stack.services.values() {
            for (port, number) in &service.published {
                let Some(place) = place(world, stack, service, port) else { continue };
                let this = Holder { stack, service, place };
                let is_udp =
                    service.ports.iter().any(|it| it.name == *port && it.protocol == Protocol::Udp);
                let all = held.entry((*number, is_udp)).or_default();
                // Those of the same system come last, and are the graver ones.
                findings.extend(all.iter().rev().find_map(|other| clash(other, &this, *number)));
                all.push(this);
            }
        }
    }
}

fn place(world: &World<'_>, stack: &Stack, service: &Service, port: &PortName) -> Option<Place> {
    let draft = world.systems.get(stack.system.as_str())?.services.get(service.name.as_str())?;
    Some(draft.node.key_place(&["publish", port.as_str()]))
}

fn clash(other: &Holder<'_>, this: &Holder<'_>, number: u16) -> Option<Finding> {
    let finding = if other.stack.system != this.stack.system {
        let name = |it: &Holder<'_>| format!("`{}/{}`", it.stack.system, it.service.name);
        let message =
            format!("{} and {} are both published at port {number}", name(other), name(this));
        Finding::warning("machine-port-twice", message)
            .note("on one machine only one of these systems can run at a time")
    } else if this.runs_beside(other) {
        let (one, two) = (&other.service.name, &this.service.name);
        let message = if one == two {
            format!("two ports of `{one}` are published at port {number}")
        } else {
            format!("`{one}` and `{two}` are both published at port {number}")
        };
        Finding::error("machine-port-twice", message)
    } else {
        return None;
    };
    Some(
        finding
            .at(this.place)
            .related(other.place, "the other one")
            .help("give one of them another number: the port of the container stays as it is"),
    )
}
