//! What a project describes and no service takes: shapes, files, volumes of systems.

use super::draft::World;
use crate::finding::Finding;
use crate::load::Project;
use crate::source::Place;
use crate::tree::{Node, Value};
use crate::value::Name;
use std::collections::BTreeSet;

/// What services take, in whichever environments.
#[derive(Default)]
pub(super) struct Used {
    /// Volumes that some service mounts, by system and name.
    volumes: BTreeSet<(Name, Name)>,
}

impl Used {
    /// Adds what is taken in an environment. Where a service is not there it is described all the
    /// same.
    pub(super) fn add(&mut self, world: &World<'_>) {
        for system in world.systems.values() {
            let volumes = system.services.values().flat_map(|draft| &draft.service.volumes);
            let of_system = volumes.flatten().filter_map(|(_, volume)| volume.of.clone());
            self.volumes.extend(of_system.map(|name| (system.name.clone(), name)));
        }
    }

    /// What nobody takes.
    pub(super) fn findings(&self, project: &Project, findings: &mut Vec<Finding>) {
        let taken = taken(project);
        let texts = project.systems.values().flat_map(|files| files.texts.values().flatten());
        let mounted: BTreeSet<&str> =
            texts.map(|text| project.sources.file(text.place.file).path.as_str()).collect();
        for (name, node) in &project.shapes {
            if !taken.contains(&(None, name)) {
                findings.push(unused_shape(name, node.place));
            }
        }
        for (system, files) in &project.systems {
            for (name, key) in keys(&files.node, "shapes") {
                if !taken.contains(&(Some(system), name)) {
                    findings.push(unused_shape(name, key));
                }
            }
            for (name, key) in keys(&files.node, "volumes") {
                let is = |(of, used): &(Name, Name)| of.as_str() == system && used.as_str() == name;
                if !self.volumes.iter().any(is) {
                    let message = format!("no service mounts the volume `{name}` of the system");
                    findings.push(
                        Finding::warning("unused-volume", message)
                            .at(key)
                            .note("no claim is written for it")
                            .help(format!(
                                "remove it, or mount it, such as `volumes: {{ {name}: {{ path: /data, of: {name} }} }}`"
                            )),
                    );
                }
            }
            for path in files.in_files.iter().filter(|path| !mounted.contains(path.as_str())) {
                findings.push(
                    Finding::warning("unused-file", format!("no service mounts `{path}`"))
                        .help("remove it, or name it in `files` of a service, with `from`"),
                );
            }
        }
    }
}

/// The shapes that services take, with their system unless they are the project's.
fn taken(project: &Project) -> BTreeSet<(Option<&str>, &str)> {
    let mut taken = BTreeSet::new();
    for (system, files) in &project.systems {
        let services = files.node.child("services").and_then(Node::as_map);
        for service in services.into_iter().flat_map(|map| map.entries.values()) {
            for name in shapes(&service.node) {
                let own = files.node.at(&["shapes", name]).is_some();
                taken.insert((own.then_some(system.as_str()), name));
            }
        }
    }
    taken
}

fn unused_shape(name: &str, place: Place) -> Finding {
    Finding::warning("unused-shape", format!("no service takes the shape `{name}`"))
        .at(place)
        .help(format!("remove it, or say `shape: {name}` in a service"))
}

/// The names of the shapes that a service takes.
fn shapes(service: &Node) -> impl Iterator<Item = &str> {
    let names = match service.child("shape").map(|node| &node.value) {
        Some(Value::List(names)) => names.as_slice(),
        _ => &[],
    };
    names.iter().filter_map(|name| match &name.value {
        Value::Text(name) => Some(name.as_str()),
        _ => None,
    })
}

/// The names below a key of a system, and where they stand.
fn keys<'a>(system: &'a Node, key: &str) -> impl Iterator<Item = (&'a str, Place)> {
    let map = system.child(key).and_then(Node::as_map);
    map.into_iter().flat_map(|map| &map.entries).map(|(name, entry)| (name.as_str(), entry.key))
}
