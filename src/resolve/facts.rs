//! Facts: what texts of a service can name.

use super::draft::{Draft, SystemDraft, World};
use super::flows::ResolvedFlow;
use super::platform;
use super::secrets::SecretTable;
use super::texts::{Facts, data};
use crate::layer::{ConfigValue, SecretAs};
use crate::model::{Exposed, Platform, Volume, VolumeSource};
use crate::reference::Reference;
use minijinja::Value;

/// The name of a fact in texts, where a hyphen would be a subtraction.
pub(super) fn fact_key(name: &str) -> String {
    name.replace(['-', '/'], "_")
}

/// The facts of a service. Texts of its job before a release mean the service's name and ports.
pub(super) fn facts(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    flows: &[ResolvedFlow],
    exposed: Option<&Exposed>,
    volumes: &[Volume],
    secrets: &mut SecretTable,
) -> Facts {
    let environment = &world.environment;
    let whose = system.services.get(draft.whose().as_str()).unwrap_or(draft);
    let mut facts = Facts::default();
    facts.extend(system.public.clone());
    for port in &whose.unnumbered {
        facts.unknown(format!("ports.{}", fact_key(port.as_str())));
        facts.unknown("self.url".to_owned());
    }
    if draft.image.is_none() {
        facts.unknown("release".to_owned());
    }
    let mut set = |name: &str, fact: Value| facts.set(name, fact);
    set("service", whose.name.as_str().into());
    set("system", system.name.as_str().into());
    set("environment", environment.name.as_str().into());
    set("target", world.platform.as_str().into());
    set("domain", environment.domain.as_str().into());
    set("registry", Value::from_pairs(environment.registry.iter().map(|host| ("host", host))));
    set(
        "facts",
        keyed(
            system.typed.facts.iter().flatten().map(|(name, value)| (name.as_str(), data(value))),
        ),
    );
    let tag = draft.image.as_ref().and_then(|image| image.tag.as_ref());
    set("release", Value::from_pairs(tag.map(|tag| ("version", tag.as_str()))));
    set("ports", keyed(whose.ports.iter().map(|port| (port.name.as_str(), port.number.into()))));
    set("self", own(world, whose));
    let published = platform::public(whose).filter(|_| world.platform == Platform::Compose);
    let public = exposed.map(public).or_else(|| published.map(Value::from));
    set("expose", public.unwrap_or_else(|| Value::from(())));
    set(
        "uses",
        keyed(
            flows
                .iter()
                .map(|flow| (flow.flow.callee.as_str(), callee_facts(flow, secrets).into())),
        ),
    );
    if let Some(kind) = &draft.kind {
        set("version", kind.version.as_str().into());
        set(
            "volumes",
            keyed(volumes.iter().map(|volume| {
                let class = match &volume.source {
                    VolumeSource::Claim(claim) | VolumeSource::ClaimPerReplica(claim) => {
                        claim.class.as_ref()
                    }
                    _ => None,
                };
                let size = match &volume.source {
                    VolumeSource::Claim(claim) | VolumeSource::ClaimPerReplica(claim) => {
                        Some(claim.size)
                    }
                    VolumeSource::Scratch { limit, .. } => *limit,
                    VolumeSource::System(_)
                    | VolumeSource::ClaimOf(_)
                    | VolumeSource::Host { .. } => None,
                };
                let mebibytes = size.map_or(0, |size| size.count() >> 20);
                let facts = serde_json::json!({
                    "mebibytes": mebibytes,
                    "size": size.map(|size| size.to_string()),
                    "class": class,
                });
                (volume.name.as_str(), data(facts))
            })),
        );
        facts.set("options", kind.options_fact.clone());
        for name in kind.entry.kind.options.iter().flatten().map(|(name, _)| fact_key(name)) {
            if !kind.options.contains_key(&name) {
                facts.unknown(format!("options.{name}"));
            }
        }
    }
    facts.extend(of_container(draft, secrets));
    facts
}

/// The facts that each container has of its own: its configuration, and its secrets. Of one that is
/// a file a text is told the path, of one that is a variable the value, as a mark.
pub(super) fn of_container(draft: &Draft<'_>, table: &mut SecretTable) -> Facts {
    let config = draft.service.config.iter().flatten().filter_map(|(name, value)| match value {
        ConfigValue::Literal(text) => Some((name.as_str(), text.into())),
        ConfigValue::Template(_) => None,
    });
    let secrets = draft.service.secrets.iter().flatten().filter_map(|(key, secret)| {
        if secret.enabled == Some(false) {
            return None;
        }
        if secret.form == Some(SecretAs::Env) {
            return Some((key.as_str(), table.mark_own(key)?.into()));
        }
        let path = secret.path.as_ref().map(ToString::to_string);
        Some((key.as_str(), path.unwrap_or_else(|| format!("/run/secrets/{key}")).into()))
    });
    let mut facts = Facts::default();
    facts.set("config", keyed(config));
    facts.set("secrets", keyed(secrets));
    facts
}

/// Where the public reaches the services of a system: a fact that all of them have.
pub(super) fn public_services(world: &World<'_>, system: &SystemDraft<'_>) -> Facts {
    let mut facts = Facts::default();
    let mut known = Vec::new();
    for name in system.described() {
        if world.platform == Platform::Compose {
            if let Some(public) = system.services.get(name).and_then(platform::public) {
                let named = [("public_host", "host"), ("public_url", "url")];
                let told = named.map(|(fact, of)| (fact, public.text(of).unwrap_or_default()));
                known.push((name, Value::from_pairs(told)));
            }
            continue;
        }
        // What is at fault is told where the service itself is resolved.
        let exposed = system
            .services
            .get(name)
            .map(|draft| super::exposed::exposed(world, draft, &mut Vec::new()));
        match exposed {
            Some(Ok(Some(exposed))) => {
                let host = exposed.hosts[0].to_string();
                let public = [("public_host", host), ("public_url", url(&exposed))];
                known.push((name, Value::from_pairs(public)));
            }
            Some(Ok(None)) => {}
            None if system.removed.contains_key(name) => {}
            Some(Err(_)) | None => facts.unknown(format!("services.{}", fact_key(name))),
        }
    }
    facts.set("services", keyed(known.into_iter()));
    facts
}

/// A callee's facts with marks for its secrets.
pub(super) fn callee_facts(flow: &ResolvedFlow, secrets: &mut SecretTable) -> Facts {
    let mut facts = flow.facts.clone();
    for secret in &flow.secrets {
        facts.set(&fact_key(&secret.fact), secrets.mark(secret));
    }
    facts
}

fn keyed<'a>(entries: impl Iterator<Item = (&'a str, Value)>) -> Value {
    Value::from_pairs(entries.map(|(name, fact)| (fact_key(name), fact)))
}

fn own(world: &World<'_>, draft: &Draft<'_>) -> Value {
    let host = Reference::Name(draft.name.as_str()).to_string();
    let mut own = Facts::default();
    own.set("host", &host);
    let http = draft.ports.iter().find(|port| port.name.as_str() == "http");
    if let Some(number) = http.and_then(|port| platform::dialled(world.platform, port)) {
        own.set("url", format!("http://{host}:{number}"));
    }
    own.into()
}

fn public(exposed: &Exposed) -> Value {
    let hosts: Vec<String> = exposed.hosts.iter().map(ToString::to_string).collect();
    let mut public = Facts::default();
    public.set("host", &hosts[0]);
    public.set("hosts", hosts.iter().collect::<Value>());
    public.set("path", &exposed.path);
    public.set("url", url(exposed));
    public.into()
}

fn url(exposed: &Exposed) -> String {
    let path = exposed.path.trim_end_matches('/');
    format!("{}{path}", exposed.origin(&exposed.hosts[0]))
}
