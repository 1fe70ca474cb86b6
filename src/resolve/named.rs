//! What an environment says of parts of a service that the service does not have. Their names are
//! the same everywhere.

use super::draft::{DESCRIBE_FIRST, SystemDraft, World};
use super::migration::migration_name;
use crate::finding::Finding;
use crate::load::KindEntry;
use crate::merge::{Layer, Origin, ServiceLayers, service_layers};
use crate::source::FileId;
use crate::tree::{Node, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a service whose entries have names.
const OF_SERVICE: &[Named] = &[
    Named { key: "uses", word: "flow to" },
    Named { key: "secrets", word: "secret" },
    Named { key: "volumes", word: "volume" },
    Named { key: "host-paths", word: "path of the node" },
    Named { key: "sidecars", word: "sidecar" },
    Named { key: "init", word: "init container" },
];
/// Those of the job before its releases, which has the service's too.
const OF_MIGRATION: &[Named] =
    &[Named { key: "uses", word: "flow to" }, Named { key: "secrets", word: "secret" }];
/// Those of a container.
const OF_CONTAINER: &[Named] = &[Named { key: "secrets", word: "secret" }];

/// Keys of which an environment's defaults say what differs for services that have such a part.
const PARTS: &[&str] = &["sidecars", "init"];

struct Named {
    key: &'static str,
    /// What an entry is called.
    word: &'static str,
}

/// The layers of a service without what environments say of parts that it does not have: what they
/// say of the service itself is told, a default is for others.
pub(super) fn layers<'a>(
    world: &'a World<'_>,
    system: &'a SystemDraft<'_>,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<ServiceLayers<'a>> {
    let (project, overrides) = (world.project, &system.overrides);
    let mut layers =
        service_layers(project, system.files, &world.layers, overrides, name, findings)?;
    if layers.merged.has_unknown() {
        return None;
    }
    let files = overrides.iter().copied().chain(&world.layers).map(|node| node.place.file);
    let files = files.collect();
    let mut look = Look { layers: &layers, files, unknown: Vec::new(), findings };
    let folders = data_folders(&layers.merged, &project.kinds).collect();
    look.part(name, &[], OF_SERVICE, &folders);
    let of_service = |key: &str| {
        let map = layers.merged.child(key).and_then(Node::as_map);
        map.into_iter().flat_map(|map| map.entries.keys()).map(String::as_str)
    };
    let inherited = OF_MIGRATION.iter().flat_map(|named| of_service(named.key)).collect();
    look.migration(name);
    look.part(&migration_name(name), &["migrate"], OF_MIGRATION, &inherited);
    for key in PARTS {
        for container in of_service(key) {
            look.part(container, &[*key, container], OF_CONTAINER, &BTreeSet::new());
        }
    }
    for path in look.unknown {
        forget(&mut layers.merged, &path);
        for layer in layers.layers.iter_mut().filter(|layer| layer.node.at(&path).is_some()) {
            forget(layer.node.to_mut(), &path);
        }
    }
    Some(layers)
}

/// Looks for what environments say of parts that a service does not have.
struct Look<'a> {
    layers: &'a ServiceLayers<'a>,
    /// The files of environments.
    files: Vec<FileId>,
    /// The paths that are to be forgotten.
    unknown: Vec<Vec<String>>,
    findings: &'a mut Vec<Finding>,
}

impl Look<'_> {
    fn is_override(&self, layer: &Layer<'_>) -> bool {
        self.files.contains(&layer.node.place.file)
    }

    /// The entries of a part; `more` are names that it has besides.
    fn part(&mut self, name: &str, at: &[&str], all: &[Named], more: &BTreeSet<&str>) {
        for Named { key, word } in all {
            let path: Vec<&str> = at.iter().copied().chain([*key]).collect();
            let (said, own): (Vec<_>, Vec<_>) = self
                .layers
                .layers
                .iter()
                .filter_map(|layer| Some((layer, layer.node.at(&path)?.as_map()?)))
                .partition(|(layer, _)| self.is_override(layer));
            if said.is_empty() {
                continue;
            }
            let own = own.iter().flat_map(|(_, map)| map.entries.keys()).map(String::as_str);
            let known: BTreeSet<&str> = own.chain(more.iter().copied()).collect();
            for (layer, map) in said {
                let is_default = layer.origin == Origin::Defaults;
                for (entry, at) in &map.entries {
                    let is_new = is_default && !PARTS.contains(key);
                    if known.contains(entry.as_str()) || is_new {
                        continue;
                    }
                    let whole = path.iter().copied().chain([entry.as_str()]);
                    self.unknown.push(whole.map(ToOwned::to_owned).collect());
                    if is_default {
                        continue;
                    }
                    let finding =
                        Finding::error("unknown-name", format!("`{name}` has no {word} `{entry}`"))
                            .at(at.key)
                            .known("known", entry, known.iter().copied());
                    self.findings.push(match finding.help {
                        Some(_) => finding,
                        None => finding.help(DESCRIBE_FIRST),
                    });
                }
            }
        }
    }

    /// What environments say of a job that a service does not have.
    fn migration(&mut self, name: &str) {
        let all = self.layers.layers.iter();
        let said: Vec<_> = all.filter(|layer| layer.node.child("migrate").is_some()).collect();
        if said.is_empty() || said.iter().any(|layer| !self.is_override(layer)) {
            return;
        }
        for layer in said.iter().filter(|layer| layer.origin != Origin::Defaults) {
            self.findings.push(
                Finding::error("unknown-name", format!("`{name}` has no `migrate`"))
                    .at(layer.node.key_place(&["migrate"]))
                    .help(DESCRIBE_FIRST),
            );
        }
        self.unknown.push(vec!["migrate".to_owned()]);
    }
}

/// Removes what is at a path.
fn forget(node: &mut Node, path: &[String]) {
    let Value::Map(map) = &mut node.value else { return };
    match path {
        [] => {}
        [key] => {
            map.entries.remove(key);
        }
        [key, rest @ ..] => {
            if let Some(entry) = map.entries.get_mut(key) {
                forget(&mut entry.node, rest);
            }
        }
    }
}

/// The volumes that a kind brings with it.
fn data_folders<'a>(
    service: &Node,
    kinds: &'a BTreeMap<String, KindEntry>,
) -> impl Iterator<Item = &'a str> {
    let kind = match service.child("kind").map(|kind| &kind.value) {
        Some(Value::Text(kind)) => kinds.get(kind),
        _ => None,
    };
    let contract = kind.and_then(|kind| kind.kind.contract.as_ref());
    let folders = contract.and_then(|contract| contract.data.as_ref());
    folders.into_iter().flatten().map(|(name, _)| name.as_str())
}
