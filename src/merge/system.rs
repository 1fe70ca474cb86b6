//! Which layers make up a system's own keys.

use crate::load::SystemFiles;
use crate::tree::{Map, Node, Value};

/// Keys of a system that environments change as a whole; services merge one by one.
const MERGED: &[&str] = &[
    "about",
    "owner",
    "repository",
    "targets",
    "pod-security",
    "images",
    "facts",
    "volumes",
    "external",
    "offers",
];

/// The system's own keys in its file and in those of the environment's chain, earliest first.
#[must_use]
pub fn system_layers(files: &SystemFiles, overrides: &[&Node]) -> Vec<Node> {
    [&files.node].into_iter().chain(overrides.iter().copied()).map(own).collect()
}

/// Whether all is known that a system's file says of the system itself: which services it has, for
/// instance. Of a service, a shape or defaults something may be at fault; that is their matter.
#[must_use]
pub fn is_known(file: &Node) -> bool {
    let Value::Map(map) = &file.value else { return false };
    map.entries.iter().all(|(key, entry)| match key.as_str() {
        "services" | "shapes" => !entry.node.is_unknown(),
        "defaults" => true,
        _ => !entry.node.has_unknown(),
    })
}

fn own(node: &Node) -> Node {
    let entries = MERGED.iter().filter_map(|key| {
        let entry = node.as_map()?.entries.get(*key)?;
        Some(((*key).to_owned(), entry.clone()))
    });
    Node::new(node.place, Value::Map(Map { entries: entries.collect(), reset: false }))
}
