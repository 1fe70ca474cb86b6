//! The system's own keys.

use super::draft::World;
use super::texts::Facts;
use crate::finding::Finding;
use crate::layer;
use crate::load::{SystemFiles, read};
use crate::merge::{is_known, merge_all, settle, system_layers};
use crate::source::Place;
use crate::tree::Node;
use crate::value::Namespace;

/// The system's own keys, merged over the environment's files.
pub(super) fn merged(
    files: &SystemFiles,
    overrides: &[&Node],
    findings: &mut Vec<Finding>,
) -> Option<(Node, layer::System)> {
    let layers = [&files.node].into_iter().chain(overrides.iter().copied());
    if !layers.into_iter().all(is_known) {
        return None;
    }
    let nodes = system_layers(files, overrides);
    let node = settle(merge_all(&nodes)?)?;
    let (typed, problems) = read::<layer::System>(&node);
    findings.extend(problems);
    let typed = typed?;
    if typed.about.is_none() {
        findings.push(
            Finding::error("missing-key", "the system does not say `about`")
                .at(files.node.place)
                .help("say in a line what it is for, such as `about: Web shop`"),
        );
        return None;
    }
    let services = files.node.child("services").and_then(Node::as_map);
    for name in typed.offers.iter().flatten().map(|(name, _)| name) {
        let known = || services.into_iter().flat_map(|map| map.entries.keys()).map(String::as_str);
        if !known().any(|known| known == name.as_str()) {
            findings.push(
                Finding::error("unknown-name", format!("there is no service `{name}` to offer"))
                    .at(node.key_place(&["offers", name.as_str()]))
                    .known("services", name.as_str(), known()),
            );
        }
    }
    Some((node, typed))
}

/// The namespace of a system.
pub(super) fn namespace(
    world: &World<'_>,
    system: &str,
    findings: &mut Vec<Finding>,
) -> Option<Namespace> {
    let environment = &world.environment;
    let place: Place = world
        .layers
        .iter()
        .rev()
        .find_map(|layer| layer.at(&["kubernetes", "namespace"]))
        .or(world.layers.last())
        .map(|node| node.place)?;
    let mut facts = Facts::default();
    facts.set("system", system);
    facts.set("environment", environment.name.as_str());
    facts.set("domain", environment.domain.as_str());
    match world.texts.evaluate(&environment.namespace, &facts, place) {
        Err(fault) => {
            findings.extend(fault);
            None
        }
        Ok(text) => match text.text.parse() {
            Ok(namespace) => Some(namespace),
            Err(error) => {
                let error: crate::value::ValueError = error;
                findings.push(
                    Finding::error(
                        "invalid-value",
                        format!(
                            "the namespace of `{system}` would be `{}`: {}",
                            text.text, error.message
                        ),
                    )
                    .at(place),
                );
                None
            }
        },
    }
}
