//! References as plain text: what a cluster without a chart is given.

use super::{ObjectFile, config, metadata};
use crate::model::Stack;
use crate::reference::{Piece, Reference, pieces};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Looks references up in a stack.
pub(super) struct Plain<'a> {
    stack: &'a Stack,
    /// Of the configuration of services.
    hashes: BTreeMap<String, String>,
    /// Of files with secrets.
    sealed: BTreeMap<String, String>,
    /// Of the pod templates of jobs, by the job's service.
    templates: BTreeMap<String, String>,
}

impl<'a> Plain<'a> {
    pub(super) fn new(stack: &'a Stack, files: &[ObjectFile]) -> Self {
        let mut plain = Self {
            stack,
            hashes: BTreeMap::new(),
            sealed: BTreeMap::new(),
            templates: BTreeMap::new(),
        };
        let objects = || files.iter().flat_map(|file| &file.objects);
        let hashes = |kind: &str, pointer: &str| {
            let of_kind = objects().filter(|object| object.value["kind"] == kind);
            let hashes = of_kind.filter_map(|object| {
                let mut data = object.value.pointer(pointer)?.clone();
                plain.resolve(&mut data);
                Some((object.service.clone()?, config::hash(&data)))
            });
            hashes.collect()
        };
        let configs = hashes("ConfigMap", "/data");
        let sealed = hashes("ExternalSecret", "/spec/target/template/data");
        (plain.hashes, plain.sealed) = (configs, sealed);
        let templates = objects().filter(|object| object.value["kind"] == "Job");
        plain.templates = templates
            .filter_map(|object| {
                let mut template = object.value.pointer("/spec/template")?.clone();
                plain.resolve(&mut template);
                Some((object.service.clone()?, config::template_hash(template)))
            })
            .collect();
        plain
    }

    /// A text without references.
    pub(super) fn text(&self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => plain.push_str(text),
                Piece::Reference(reference) => plain.push_str(&self.look_up(reference)),
                Piece::Broken(content) => unreachable!("resolve refuses broken marks: {content:?}"),
            }
        }
        plain
    }

    fn look_up(&self, reference: Reference<'_>) -> String {
        match reference {
            Reference::Name(name) => name.to_owned(),
            Reference::Namespace => self.stack.namespace.to_string(),
            Reference::NamespaceBeside(level) => {
                let mut beside = self.stack.beside.iter();
                let found = beside.find(|(known, _)| known.as_str() == level);
                found.map(|(_, namespace)| namespace.to_string()).unwrap_or_default()
            }
            Reference::Image(service) => self.image(service),
            Reference::Version(service) => self.version(service),
            Reference::Hash(service) => self.hashes.get(service).cloned().unwrap_or_default(),
            Reference::SealedHash(service) => self.sealed.get(service).cloned().unwrap_or_default(),
            Reference::Template(job) => self.templates.get(job).cloned().unwrap_or_default(),
            Reference::Labels(_)
            | Reference::PodLabels(_)
            | Reference::SelectorLabels(_)
            | Reference::SystemLabels
            | Reference::Secret(_) => unreachable!("{reference:?} does not stand in a text"),
        }
    }

    /// Tag and digest: people read the tag, the digest decides.
    fn image(&self, of: &str) -> String {
        let (service, beside) = of.split_once('/').unwrap_or((of, ""));
        let Some(service) = self.stack.services.get(service) else { return String::new() };
        let all = service.sidecars.iter().chain(&service.init);
        let beside = all.into_iter().find(|container| container.name.as_str() == beside);
        beside.unwrap_or(&service.container).image.to_string()
    }

    fn version(&self, service: &str) -> String {
        let service = self.stack.services.get(service);
        service.and_then(|it| it.version.as_ref()).map(ToString::to_string).unwrap_or_default()
    }

    /// Looks up every reference of an object.
    pub(super) fn resolve(&self, value: &mut Value) {
        match value {
            Value::String(text) if text.contains(crate::reference::OPEN) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.resolve(item)),
            Value::Object(map) => {
                let marked = map.keys().any(|key| key.starts_with(crate::reference::OPEN));
                if marked {
                    *map = self.expand(std::mem::take(map));
                }
                for (_, item) in map.iter_mut() {
                    self.resolve(item);
                }
            }
            _ => {}
        }
    }

    /// A map whose keys stand for whole sets of labels.
    fn expand(&self, map: Map<String, Value>) -> Map<String, Value> {
        let mut expanded = Map::new();
        for (key, value) in map {
            if let Some(Piece::Reference(reference)) = pieces(&key).next() {
                let labels = self.labels(reference).into_iter();
                expanded.extend(labels.map(|(key, value)| (key, Value::String(value))));
                continue;
            }
            expanded.insert(key, value);
        }
        expanded
    }

    /// The labels by which the pods of a service are known: ours, or those of its operator.
    fn selector(&self, service: &str) -> Vec<(String, String)> {
        let known = self.stack.services.get(service).and_then(|it| it.provided.as_ref());
        match known {
            Some(provided) => {
                let labels = provided.labels.iter();
                labels.map(|(key, value)| (key.to_string(), self.text(value))).collect()
            }
            None => self.own_labels(service),
        }
    }

    /// The labels of a service, by which its pods are known too unless an operator makes them.
    fn own_labels(&self, service: &str) -> Vec<(String, String)> {
        let labels = metadata::selector_labels(service, self.stack.system.as_str());
        labels.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    fn labels(&self, set: Reference<'_>) -> Vec<(String, String)> {
        let system = self.stack.system.to_string();
        let part_of = ("app.kubernetes.io/part-of".to_owned(), system.clone());
        let managed_by = ("app.kubernetes.io/managed-by".to_owned(), "iac".to_owned());
        match set {
            Reference::SelectorLabels(service) => self.selector(service),
            Reference::PodLabels(service) => {
                let mut labels = self.own_labels(service);
                labels.push(part_of);
                labels
            }
            Reference::Labels(service) => {
                let mut labels = self.own_labels(service);
                labels.extend([part_of, managed_by]);
                labels
            }
            Reference::SystemLabels => vec![part_of, managed_by],
            other => unreachable!("{other:?} is no set of labels"),
        }
    }
}
