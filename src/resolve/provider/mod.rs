//! Providers: kinds whose pods an operator makes, from objects that the catalogue describes.

mod entries;
mod facts;
mod secrets;
mod sound;
mod tree;

pub(super) use entries::{findings, of_environment};

use super::draft::{Draft, SystemDraft, World};
use super::texts::{Facts, Texts};
use crate::finding::Finding;
use crate::layer::{OneOrMany, ProviderOperator};
use crate::load::ProviderEntry;
use crate::model::{Pods, Provided, ProvidedObject, Service};
use crate::reference::{Reference, readable};
use crate::value::{LabelKey, Name, PortName};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tree::{At, Trees};

/// What runs a kind in an environment instead of a plain workload.
#[derive(Clone)]
pub struct ProviderDraft<'a> {
    /// The entry of the catalogue.
    pub entry: &'a ProviderEntry,
    /// The labels by which its pods are known, with references.
    pub labels: BTreeMap<LabelKey, String>,
}

impl ProviderDraft<'_> {
    /// The labels as another system knows them.
    pub(super) fn plain_labels(&self) -> BTreeMap<LabelKey, String> {
        plain(&self.labels)
    }
}

/// Labels with names as they stand, as another system knows them.
pub(super) fn plain(labels: &BTreeMap<LabelKey, String>) -> BTreeMap<LabelKey, String> {
    labels.iter().map(|(key, value)| (key.clone(), readable(value))).collect()
}

/// The provider of a kind in an environment. What is wrong with it is told of the environment.
pub(super) fn of_kind<'a>(
    world: &World<'a>,
    kind: &Name,
    service: &str,
) -> Option<ProviderDraft<'a>> {
    let name = world.environment.providers.get(kind)?;
    let entry = world.project.providers.get(name.as_str())?;
    if entry.provider.provides.as_ref() != Some(kind) || entry.node.has_unknown() {
        return None;
    }
    let labels = entry.provider.pods.as_ref().and_then(|pods| pods.labels.as_ref());
    let facts = own_facts(service);
    let labels = labels.into_iter().flatten().filter_map(|(key, text)| {
        // What is wrong with a label is told with the objects.
        let place = entry.node.value_place(&["pods", "labels", key.as_str()]);
        let text = world.texts.evaluate(text, &facts, place).ok()?;
        Some((key.clone(), text.text))
    });
    Some(ProviderDraft { entry, labels: labels.collect() })
}

/// The first provider under which a kind replicates, if there is one.
pub(super) fn that_replicates<'a>(world: &World<'a>, kind: &str) -> Option<&'a str> {
    let mut all = world.project.providers.values();
    let found = all.find(|entry| {
        let provider = &entry.provider;
        provider.provides.as_ref().is_some_and(|provides| provides.as_str() == kind)
            && provider.replicates == Some(true)
    });
    found.map(|entry| entry.name.as_str())
}

/// The facts of which labels are made.
fn own_facts(service: &str) -> Facts {
    let mut facts = Facts::default();
    facts.set("service", service);
    let host = Reference::Name(service).to_string();
    facts.set("self", minijinja::Value::from_pairs([("host", host)]));
    facts
}

/// What an operator is told of a service; nothing where a plain workload runs it.
pub(super) fn provided(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    service: &Service,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Option<Provided> {
    let ProviderDraft { entry, labels } = draft.provider()?;
    sound::service(draft, service, entry, findings);
    let provider = &entry.provider;
    let mut all = facts.clone();
    all.extend(facts::facts(service, system.name.as_str()));
    let reported = findings.len();
    let services = services(&world.texts, entry, draft.name.as_str(), findings);
    label_faults(&world.texts, entry, draft.name.as_str(), findings);
    for (name, text) in provider.facts.iter().flatten() {
        let place = entry.node.value_place(&["facts", name]);
        match world.texts.value(text, &all, place) {
            Ok((value, _)) => all.set(name, super::texts::data(value)),
            Err(fault) => findings.extend(fault),
        }
    }
    if findings.len() > reported {
        return None;
    }
    let trees = Trees { texts: &world.texts, node: &entry.node };
    let objects = objects(&trees, provider.objects.as_deref(), &all, findings)?;
    let secrets = secrets::secrets(&trees, draft, system, &all, findings);
    let pods = provider.pods.clone().unwrap_or_default();
    let many = |ports: Option<OneOrMany<PortName>>| ports.map(|ports| ports.0).unwrap_or_default();
    Some(Provided {
        provider: entry.name.parse().ok()?,
        needs: provider.needs.clone().map(|needs| needs.0).unwrap_or_default(),
        objects,
        secrets,
        services,
        labels: labels.clone(),
        peers: many(pods.peers),
        asks_api: pods.api == Some(true),
        operator: pods.operator.and_then(operator),
    })
}

/// The names of the Services that the operator makes by itself.
fn services(
    texts: &Texts,
    entry: &ProviderEntry,
    service: &str,
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut names = Vec::new();
    let said = entry.provider.services.iter().flat_map(|said| &said.0);
    for (index, text) in said.enumerate() {
        let place = entry.node.value_place(&["services", &index.to_string()]);
        match texts.evaluate(text, &own_facts(service), place) {
            Ok(name) => names.push(name.text),
            Err(fault) => findings.extend(fault),
        }
    }
    names
}

fn label_faults(texts: &Texts, entry: &ProviderEntry, service: &str, findings: &mut Vec<Finding>) {
    let labels = entry.provider.pods.iter().filter_map(|pods| pods.labels.as_ref()).flatten();
    for (key, text) in labels {
        let place = entry.node.value_place(&["pods", "labels", key.as_str()]);
        let result = texts.evaluate(text, &own_facts(service), place);
        findings.extend(result.err().flatten());
    }
}

fn operator(said: ProviderOperator) -> Option<(Pods, Vec<PortName>)> {
    let pods = said.pods?;
    let pods = Pods { namespace: pods.namespace?, labels: pods.labels.unwrap_or_default() };
    Some((pods, said.ports?.0))
}

fn objects(
    trees: &Trees<'_>,
    said: Option<&[Json]>,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Option<Vec<ProvidedObject>> {
    let mut origins = Vec::new();
    let at = At::of("objects");
    let all = match trees.list(said.unwrap_or_default(), facts, &at, &mut origins) {
        Ok(all) => all,
        Err(fault) => {
            findings.extend(fault);
            return None;
        }
    };
    let objects = all.into_iter().enumerate().map(|(index, value)| {
        let own = format!("/{index}");
        let origins = origins.iter().filter_map(|(pointer, keys)| {
            let below = pointer.strip_prefix(&own)?;
            below.starts_with('/').then(|| (below.to_owned(), keys.clone()))
        });
        ProvidedObject { origins: origins.collect(), value }
    });
    Some(objects.collect())
}
