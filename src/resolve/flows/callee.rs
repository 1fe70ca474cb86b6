//! Whom a name in `uses` means.

use super::manifest::{self, OwnService};
use super::{Failure, fail};
use crate::finding::Finding;
use crate::layer;
use crate::model::Platform;
use crate::resolve::draft::{Draft, SystemDraft, World};
use crate::source::Place;
use crate::tree::Node;
use crate::value::Name;

/// What a name in `uses` means.
pub(super) enum Callee<'a> {
    Service {
        draft: &'a Draft<'a>,
        system: &'a SystemDraft<'a>,
        other: bool,
    },
    External {
        name: Name,
        external: &'a layer::External,
        node: &'a Node,
    },
    Manifest {
        name: Name,
        service: OwnService<'a>,
    },
    Absent(Place),
    /// A service of another system, where each system runs by itself.
    OtherProject,
}

/// Looks a callee up.
pub(super) fn callee<'a>(
    world: &'a World<'a>,
    system: &'a SystemDraft<'a>,
    draft: &Draft<'_>,
    name: &str,
    place: Place,
) -> Result<Callee<'a>, Failure> {
    if let Some((other, service)) = name.split_once('/') {
        return other_system(world, system, other, service, place);
    }
    if name == draft.name.as_str() {
        return fail(
            Finding::error("uses-itself", format!("`{name}` uses itself"))
                .at(place)
                .help("remove it: replicas of a service reach each other anyway"),
        );
    }
    if let Some(callee) = system.services.get(name) {
        if !callee.enabled {
            return Ok(Callee::Absent(callee.off()));
        }
        return Ok(Callee::Service { draft: callee, system, other: false });
    }
    if let Some(place) = system.removed.get(name) {
        return Ok(Callee::Absent(*place));
    }
    let external = system.typed.external.iter().flatten().find(|(key, _)| key.as_str() == name);
    if let Some((key, external)) = external {
        if external.enabled == Some(false) {
            return Ok(Callee::Absent(system.node.key_place(&["external", name, "enabled"])));
        }
        return Ok(Callee::External { name: key.clone(), external, node: &system.node });
    }
    if let (Some(service), Ok(name)) = (manifest::service(system, name), name.parse()) {
        return Ok(Callee::Manifest { name, service });
    }
    // A service whose own description is at fault was reported there.
    if system.describes(name) {
        return Err(None);
    }
    let externals = system.typed.external.iter().flatten().map(|(name, _)| name.as_str());
    let services = system.described();
    let finding = Finding::error("unknown-service", format!("there is no service `{name}`"))
        .at(place)
        .known("services", name, services.chain(externals).chain(manifest::names(system)));
    fail(match finding.help {
        Some(_) => finding,
        None => finding.help("describe it; what is not run here is an `external` of the system"),
    })
}

fn other_system<'a>(
    world: &'a World<'a>,
    system: &SystemDraft<'_>,
    other: &str,
    service: &str,
    place: Place,
) -> Result<Callee<'a>, Failure> {
    let Some(callee_system) = world.systems.get(other) else {
        if world.project.systems.contains_key(other) {
            return Err(None);
        }
        return fail(
            Finding::error("unknown-system", format!("there is no system `{other}`"))
                .at(place)
                .known("systems", other, world.project.systems.keys().map(String::as_str)),
        );
    };
    let offers = callee_system.typed.offers.as_ref();
    let offer = offers.and_then(|offers| {
        offers.iter().find(|(name, _)| name.as_str() == service).map(|(_, offer)| offer)
    });
    let offered = offer.is_some_and(|offer| {
        offer.to.iter().flatten().any(|to| to.as_str() == system.name.as_str())
    });
    let services = callee_system.files.node.child("services").and_then(Node::as_map);
    if !services.is_some_and(|services| services.entries.contains_key(service)) {
        let known = services.into_iter().flat_map(|services| services.entries.keys());
        return fail(
            Finding::error("unknown-service", format!("`{other}` has no service `{service}`"))
                .at(place)
                .known("services", service, known.map(String::as_str)),
        );
    }
    // An offer of what does not exist, or to whom, was told, and may be the one that is meant.
    let is_named = |name: &Name| services.is_some_and(|it| it.entries.contains_key(name.as_str()));
    let is_system = |to: &Name| world.project.systems.contains_key(to.as_str());
    let may_be_offered = offers.into_iter().flatten().any(|(name, offer)| {
        let is_meant = name.as_str() == service;
        !is_named(name) || (is_meant && offer.to.iter().flatten().any(|to| !is_system(to)))
    });
    if !offered && may_be_offered {
        return Err(None);
    }
    if !offered {
        let known = offers.into_iter().flatten().filter(|(_, offer)| {
            offer.to.iter().flatten().any(|to| to.as_str() == system.name.as_str())
        });
        let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
        let finding = Finding::error(
            "not-offered",
            format!("`{other}` does not offer `{service}` to `{}`", system.name),
        )
        .at(place)
        .known("offered", service, known);
        return fail(if finding.help.is_some() {
            finding
        } else {
            finding.help(format!(
                "say `offers: {{ {service}: {{ to: [{}] }} }}` in `environments/{other}/system.yaml`",
                system.name
            ))
        });
    }
    if let Some(place) = callee_system.removed.get(service) {
        return Ok(Callee::Absent(*place));
    }
    if world.platform == Platform::Compose {
        return Ok(Callee::OtherProject);
    }
    let Some(draft) = callee_system.services.get(service) else { return Err(None) };
    if !draft.enabled {
        return Ok(Callee::Absent(draft.off()));
    }
    Ok(Callee::Service { draft, system: callee_system, other: true })
}
