//! Facts: what texts of a service can name.

use super::draft::{Draft, SystemDraft, World};
use super::flows::ResolvedFlow;
use super::secrets::SecretTable;
use super::texts::Facts;
use crate::layer::{ConfigValue, SecretAs};
use crate::model::{Exposed, Volume, VolumeSource};
use crate::reference::Reference;
use minijinja::value::Serde;
use serde_json::{Map as Json, Value, json};
use std::collections::BTreeMap;

/// The name of a fact in texts, where a hyphen would be a subtraction.
pub(super) fn fact_key(name: &str) -> String {
    name.replace(['-', '/'], "_")
}

/// The facts of a service.
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
    let mut facts = Facts::default();
    facts.share("services", system.public.clone());
    let mut set = |name: &str, value: Value| facts.set(name, &value);
    set("service", json!(draft.name.as_str()));
    set("system", json!(system.name.as_str()));
    set("environment", json!(environment.name.as_str()));
    set("target", json!("kubernetes"));
    set("domain", json!(environment.domain.to_string()));
    set(
        "registry",
        match &environment.registry {
            Some(host) => json!({ "host": host }),
            None => json!({}),
        },
    );
    set(
        "facts",
        keyed(
            system
                .typed
                .facts
                .iter()
                .flatten()
                .map(|(name, value)| (name.to_string(), value.clone())),
        ),
    );
    let tag = draft.image.as_ref().and_then(|image| image.tag.as_ref());
    set(
        "release",
        match tag {
            Some(tag) => json!({ "version": tag.as_str() }),
            None => json!({}),
        },
    );
    set("ports", keyed(draft.ports.iter().map(|port| (port.name.to_string(), json!(port.number)))));
    set("self", own(draft));
    set(
        "config",
        keyed(draft.service.config.iter().flatten().filter_map(|(name, value)| match value {
            ConfigValue::Literal(text) => Some((name.to_string(), json!(text))),
            ConfigValue::Template(_) => None,
        })),
    );
    set(
        "secrets",
        keyed(draft.service.secrets.iter().flatten().filter_map(|(key, secret)| {
            if secret.form == Some(SecretAs::Env) || secret.enabled == Some(false) {
                return None;
            }
            let path = secret.path.as_ref().map(ToString::to_string);
            Some((key.to_string(), json!(path.unwrap_or_else(|| format!("/run/secrets/{key}")))))
        })),
    );
    if let Some(exposed) = exposed {
        set("expose", public(exposed));
    } else {
        set("expose", Value::Null);
    }
    set(
        "uses",
        keyed(
            flows
                .iter()
                .map(|flow| (flow.flow.callee.clone(), Value::Object(callee_facts(flow, secrets)))),
        ),
    );
    if let Some(kind) = &draft.kind {
        set("version", json!(kind.version));
        set(
            "volumes",
            keyed(volumes.iter().map(|volume| {
                let size = match &volume.source {
                    VolumeSource::Claim(claim) | VolumeSource::ClaimPerReplica(claim) => {
                        Some(claim.size.count())
                    }
                    VolumeSource::Scratch { limit, .. } => {
                        limit.as_ref().map(|limit| limit.count())
                    }
                    VolumeSource::System(_) => None,
                };
                (volume.name.to_string(), json!({ "mebibytes": size.map_or(0, |size| size >> 20) }))
            })),
        );
        facts.share("options", kind.options_fact.clone());
    }
    facts
}

/// Where the public reaches the services of a system: a fact that all of them have.
pub(super) fn public_services(
    world: &World<'_>,
    services: &BTreeMap<String, Draft<'_>>,
) -> minijinja::Value {
    let public = keyed(services.iter().filter_map(|(name, other)| {
        let exposed = super::service::exposed(world, other).ok().flatten()?;
        let public = json!({
            "public_host": exposed.hosts[0].to_string(),
            "public_url": url(&exposed),
        });
        Some((name.clone(), public))
    }));
    minijinja::Value::from(Serde(public))
}

/// A callee's facts with marks for its secrets.
pub(super) fn callee_facts(flow: &ResolvedFlow, secrets: &mut SecretTable) -> Json<String, Value> {
    let mut facts = flow.facts.clone();
    for secret in &flow.secrets {
        facts.insert(fact_key(&secret.fact), json!(secrets.mark(secret)));
    }
    facts
}

fn keyed(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Object(entries.map(|(name, value)| (fact_key(&name), value)).collect())
}

fn own(draft: &Draft<'_>) -> Value {
    let host = Reference::Name(draft.name.as_str()).to_string();
    let mut own = json!({ "host": host });
    let http = draft.ports.iter().find(|port| port.name.as_str() == "http");
    if let Some(number) = http.and_then(|port| port.service) {
        own["url"] = json!(format!("http://{host}:{number}"));
    }
    own
}

fn public(exposed: &Exposed) -> Value {
    let hosts: Vec<String> = exposed.hosts.iter().map(ToString::to_string).collect();
    json!({ "host": hosts[0], "hosts": hosts, "path": exposed.path, "url": url(exposed) })
}

fn url(exposed: &Exposed) -> String {
    let scheme = if exposed.tls { "https" } else { "http" };
    let path = exposed.path.trim_end_matches('/');
    format!("{scheme}://{}{path}", exposed.hosts[0])
}
