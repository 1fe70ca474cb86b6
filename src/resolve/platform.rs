//! What runs the systems of an environment, and what of the environment each platform has.

use super::draft::{Draft, SystemDraft, World};
use super::texts::{Facts, data};
use crate::finding::Finding;
use crate::layer::{Protocol, TargetName};
use crate::load::Project;
use crate::model::{Environment, Platform, Port, SecretBackend};
use crate::tree::{Node, Value};
use crate::value::{Name, PortName};
use serde_json::json;
use std::collections::BTreeMap;

/// The platforms of an environment: those of its systems. One that has no target yet is looked at as
/// if it had the likeliest.
pub(super) fn platforms(
    project: &Project,
    chain: &[&str],
    environment: &Environment,
) -> Vec<Platform> {
    let said = project.systems.values().map(|files| {
        let overrides = chain.iter().rev().filter_map(|name| files.overrides.get(*name));
        let said = overrides.chain([&files.node]).find_map(|file| file.child("targets"));
        said.map_or_else(|| environment.targets.clone(), targets)
    });
    let wanted: Vec<TargetName> =
        said.flatten().chain(environment.targets.iter().copied()).collect();
    let platforms = Platform::ALL.into_iter().filter(|one| wanted.contains(&one.target()));
    let platforms: Vec<Platform> = platforms.collect();
    if !platforms.is_empty() {
        return platforms;
    }
    let likeliest = match environment.kubernetes {
        Some(_) => Platform::Kubernetes,
        None => Platform::Compose,
    };
    vec![likeliest]
}

/// The targets that a file says. What is at fault was told when it was read.
fn targets(node: &Node) -> Vec<TargetName> {
    let Value::List(items) = &node.value else { return Vec::new() };
    let word = |item: &Node| match &item.value {
        Value::Text(text) => serde_json::from_value(json!(text)).ok(),
        _ => None,
    };
    items.iter().filter_map(word).collect()
}

/// An environment as a platform sees it: one machine has no gateways, operators, policies or quotas,
/// and its secrets are files.
pub(super) fn on(environment: &Environment, platform: Platform) -> Environment {
    let mut environment = environment.clone();
    if platform == Platform::Compose {
        environment.gateways.clear();
        environment.providers.clear();
        environment.storage.clear();
        environment.quota = super::environment::amounts(None);
        environment.network_policies = false;
        environment.monitoring = None;
        environment.pull_secret = None;
        environment.secrets = SecretBackend::Manual;
    }
    environment
}

/// The targets of a system here.
pub(super) fn targets_of(world: &World<'_>, system: &SystemDraft<'_>) -> Vec<TargetName> {
    system.typed.targets.clone().unwrap_or_else(|| world.environment.targets.clone())
}

/// Whether a platform of an environment runs a system. One without any is looked at on the first.
pub(super) fn runs(world: &World<'_>, system: &SystemDraft<'_>) -> bool {
    let targets = targets_of(world, system);
    let on = |platform: &Platform| targets.contains(&platform.target());
    on(&world.platform) || (world.is_first && !Platform::ALL.iter().any(on))
}

/// Where Compose publishes a service: for its callers outside, and for texts.
pub(super) fn published(
    world: &World<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<PortName, u16> {
    let mut published = BTreeMap::new();
    for (name, number) in draft.service.publish.iter().flatten() {
        let known = draft.ports.iter().any(|port| port.name == *name);
        if !known && !draft.unnumbered.contains(name) {
            let known = draft.ports.iter().map(|port| port.name.as_str());
            findings.push(
                Finding::error("unknown-port", format!("`{}` has no port `{name}`", draft.name))
                    .at(draft.node.key_place(&["publish", name.as_str()]))
                    .known("ports", name.as_str(), known),
            );
        }
        if known && world.platform == Platform::Compose {
            published.insert(name.clone(), number.get());
        }
    }
    published
}

/// The address of a service that is exposed, where Compose publishes what is exposed of it: texts
/// name it as they name that of a route.
pub(super) fn public(draft: &Draft<'_>) -> Option<Facts> {
    let said = draft.service.expose.as_ref().filter(|_| draft.here());
    let said = said.filter(|said| said.enabled != Some(false))?;
    let port = exposed_port(draft, said.port.as_ref())?;
    let number = draft.service.publish.as_ref()?.get(&port.name)?;
    let path = said.path.as_ref().map(ToString::to_string).unwrap_or_default();
    let path = path.trim_end_matches('/');
    let mut facts = Facts::default();
    facts.set("host", "localhost");
    facts.set("hosts", data(json!(["localhost"])));
    facts.set("path", path);
    facts.set("url", format!("http://localhost:{number}{path}"));
    Some(facts)
}

fn exposed_port<'a>(draft: &'a Draft<'_>, said: Option<&PortName>) -> Option<&'a Port> {
    let mut speaks = draft.ports.iter().filter(|port| {
        matches!(port.protocol, Protocol::Http | Protocol::Grpc)
            && !super::ports::is_metrics(&port.name)
    });
    if let Some(name) = said {
        return draft.ports.iter().find(|port| port.name == *name);
    }
    let http = draft.ports.iter().find(|port| port.name.as_str() == "http");
    http.or_else(|| speaks.next())
}

/// The profile with which Compose starts a service.
pub(super) fn profile(world: &World<'_>, draft: &Draft<'_>) -> Option<Name> {
    let said = draft.service.compose_profile.clone();
    said.filter(|_| world.platform == Platform::Compose)
}

/// The number that callers of a port use; none where they cannot. Without Services it is the one on
/// which the container listens.
pub(super) fn dialled(platform: Platform, port: &Port) -> Option<u16> {
    match platform {
        Platform::Kubernetes => port.service,
        Platform::Compose => port.service.map(|_| port.number),
    }
}
