//! What an environment says of a flow, a secret or a volume that its service does not have.

use crate::finding::Finding;
use crate::load::{Project, SystemFiles};
use crate::merge::service_layers;
use crate::tree::{Node, Value};
use std::collections::BTreeSet;

/// The keys whose entries a system names, and what one entry is called.
const NAMED: &[(&str, &str)] = &[("uses", "flow to"), ("secrets", "secret"), ("volumes", "volume")];

/// Refuses entries that only an environment names.
pub(super) fn unknown(
    project: &Project,
    files: &SystemFiles,
    overrides: &[&Node],
    findings: &mut Vec<Finding>,
) {
    for file in overrides {
        let services = file.child("services").and_then(Node::as_map);
        for (service, said) in services.into_iter().flat_map(|map| &map.entries) {
            let said: Vec<_> = NAMED
                .iter()
                .filter_map(|(key, word)| Some((*key, *word, said.node.child(key)?.as_map()?)))
                .collect();
            if said.is_empty() {
                continue;
            }
            let layers = service_layers(project, files, &[], &[], service, &mut Vec::new());
            let Some(described) = layers.map(|layers| layers.merged) else { continue };
            for (key, word, map) in said {
                let known = names(project, &described, key);
                for (name, entry) in &map.entries {
                    if known.contains(name.as_str()) {
                        continue;
                    }
                    let message = format!("`{service}` has no {word} `{name}`");
                    let finding = Finding::error("unknown-name", message).at(entry.key).known(
                        key,
                        name,
                        known.iter().copied(),
                    );
                    findings.push(if finding.help.is_some() {
                        finding
                    } else {
                        finding.help(
                            "say it in system.yaml first; an environment says only what differs",
                        )
                    });
                }
            }
        }
    }
}

/// The names of a service's entries; its kind has volumes, too.
fn names<'a>(project: &'a Project, described: &'a Node, key: &str) -> BTreeSet<&'a str> {
    let own = described.child(key).and_then(Node::as_map);
    let mut names: BTreeSet<&str> =
        own.into_iter().flat_map(|map| map.entries.keys()).map(String::as_str).collect();
    if key == "volumes"
        && let Some(Value::Text(kind)) = described.child("kind").map(|kind| &kind.value)
        && let Some(kind) = project.kinds.get(kind)
    {
        let data = kind.kind.contract.iter().flat_map(|contract| contract.data.iter().flatten());
        names.extend(data.map(|(name, _)| name.as_str()));
    }
    names
}
