//! Merging a patch into an object, as JSON: maps by key, lists as Kubernetes' schema merges them,
//! everything else is replaced.

use super::super::plain::Plain;
use super::union::replaces;
use crate::finding::Finding;
use crate::generate::object::{Cause, Object, Origin, escaped, is_within, said};
use crate::reference::OPEN;
use crate::source::Place;
use crate::tree::{Map, Node, Value};
use crate::validate::Schemas;
use serde_json::Value as Json;

/// Labels that iac writes on all objects and selects them by.
pub(super) const OWN_LABELS: [&str; 4] = [
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
];

/// Merges into one object.
pub(super) struct Merge<'a> {
    plain: &'a Plain<'a>,
    schemas: Option<&'static Schemas>,
    api_version: String,
    kind: String,
    origins: Vec<Origin>,
    replaced: Vec<String>,
    findings: Vec<Finding>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(plain: &'a Plain<'a>, schemas: Option<&'static Schemas>) -> Self {
        Self {
            plain,
            schemas,
            api_version: String::new(),
            kind: String::new(),
            origins: Vec::new(),
            replaced: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// Merges the fields into the object, and records where its parts come from.
    pub(super) fn into(mut self, object: &mut Object, fields: &Node) -> Vec<Finding> {
        let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        self.api_version = word(&object.value["apiVersion"]);
        self.kind = word(&object.value["kind"]);
        self.value(&mut object.value, fields, &mut Vec::new());
        for part in &self.replaced {
            object.origins.retain(|origin| !is_within(&origin.pointer, part));
        }
        object.origins.append(&mut self.origins);
        self.findings
    }

    fn value(&mut self, target: &mut Json, patch: &Node, way: &mut Vec<String>) {
        match (&patch.value, target) {
            (Value::Map(map), Json::Object(target)) => self.map(target, map, way),
            (Value::List(items), Json::Array(target)) => self.list(target, items, patch, way),
            (_, target) => {
                let value = patch.to_json();
                if *target != value {
                    *target = value;
                    self.replaced.push(pointer(way));
                    self.said(patch, way);
                }
            }
        }
    }

    fn map(
        &mut self,
        target: &mut serde_json::Map<String, Json>,
        map: &Map,
        way: &mut Vec<String>,
    ) {
        let definition = self.definition(way);
        let is_set = target.keys().any(|key| key.starts_with(OPEN));
        for (key, entry) in &map.entries {
            if is_set && OWN_LABELS.contains(&key.as_str()) {
                self.findings.push(
                    Finding::error("patch-identity", format!("the label `{key}` is iac's own"))
                        .at(entry.key)
                        .help("say another label: by this one the object's pods are selected"),
                );
                continue;
            }
            if definition == Some("core.v1.EnvVar")
                && key == "value"
                && target.get("valueFrom").is_some_and(|from| from.get("secretKeyRef").is_some())
            {
                self.findings.push(secret(map, entry.key).hide(entry.node.place));
                continue;
            }
            if let Some(definition) = definition {
                let value = target.get(key).cloned();
                let is_other = || value.as_ref() != Some(&entry.node.to_json());
                let before = target.len();
                target.retain(|other, _| {
                    map.entries.contains_key(other) || !replaces(definition, key, other, is_other)
                });
                if target.len() < before {
                    self.said_by_key(entry.key, way);
                }
            }
            way.push(key.clone());
            if let Some(value) = target.get_mut(key) {
                self.value(value, &entry.node, way);
            } else {
                target.insert(key.clone(), entry.node.to_json());
                self.said(&entry.node, way);
                self.said_by_key(entry.key, way);
            }
            way.pop();
        }
    }

    fn list(
        &mut self,
        target: &mut Vec<Json>,
        items: &[Node],
        patch: &Node,
        way: &mut Vec<String>,
    ) {
        let steps: Vec<&str> = way.iter().map(String::as_str).collect();
        let rule = self.schemas.and_then(|it| it.list_rule(&self.api_version, &self.kind, &steps));
        if let Some(keys) = rule.and_then(|rule| rule.keys.or(rule.merge_key)) {
            return self.keyed(target, items, &keys.split(',').collect::<Vec<_>>(), way);
        }
        if rule.is_some_and(|rule| rule.set) {
            for item in items {
                let value = item.to_json();
                if !target.contains(&value) {
                    way.push(target.len().to_string());
                    target.push(value);
                    self.said(item, way);
                    way.pop();
                }
            }
            return;
        }
        let values = patch.to_json();
        if Json::Array(target.clone()) != values {
            *target = values.as_array().cloned().unwrap_or_default();
            self.replaced.push(pointer(way));
            self.said(patch, way);
        }
    }

    /// A list whose items are known by some of their fields.
    fn keyed(
        &mut self,
        target: &mut Vec<Json>,
        items: &[Node],
        keys: &[&str],
        way: &mut Vec<String>,
    ) {
        for item in items {
            let said = item.to_json();
            let missing = keys.iter().find(|key| self.key(&said, key).is_none());
            if let Some(key) = missing {
                self.findings.push(
                    Finding::error("patch-item", format!("this item says no `{key}`"))
                        .at(item.place)
                        .note(format!("items of this list are known by: {}", keys.join(", ")))
                        .help("say which item is meant; one that is not there is added"),
                );
                continue;
            }
            let is_it =
                |other: &Json| keys.iter().all(|key| self.key(other, key) == self.key(&said, key));
            let found = target.iter().position(is_it);
            way.push(found.unwrap_or(target.len()).to_string());
            if let Some(index) = found {
                self.value(&mut target[index], item, way);
            } else {
                target.push(said);
                self.said(item, way);
            }
            way.pop();
        }
    }

    /// What an item has in a field by which it is known. A protocol that is not said is TCP.
    fn key(&self, item: &Json, key: &str) -> Option<Json> {
        match item.get(key) {
            Some(Json::String(text)) => Some(self.plain.text(text).into()),
            Some(value) => Some(value.clone()),
            None if key == "protocol" => Some("TCP".into()),
            None => None,
        }
    }

    /// Records that all of a part stands in the patch.
    fn said(&mut self, patch: &Node, way: &[String]) {
        said(&mut self.origins, patch, &mut pointer(way));
    }

    /// The key tells more than where its value begins.
    fn said_by_key(&mut self, place: Place, way: &[String]) {
        self.origins.push(Origin { pointer: pointer(way), cause: Cause::Said(place) });
    }

    fn definition(&self, way: &[String]) -> Option<&'static str> {
        let steps: Vec<&str> = way.iter().map(String::as_str).collect();
        self.schemas?.definition(&self.api_version, &self.kind, &steps)
    }
}

/// A value where a reference to a secret stands. It is not repeated.
fn secret(variable: &Map, place: Place) -> Finding {
    let name = variable.entries.get("name").map(|entry| entry.node.to_json());
    let name = name.as_ref().and_then(Json::as_str).unwrap_or_default();
    Finding::error("patch-secret", format!("`{name}` is a secret, and this is a value"))
        .at(place)
        .help("say in `secrets` where it lies; if the secret itself stands here, change it: it is known to everybody who reads this file")
}

/// The JSON pointer of a way through an object.
pub(super) fn pointer(way: &[String]) -> String {
    way.iter().fold(String::new(), |mut text, key| {
        text.push('/');
        text.push_str(&escaped(key));
        text
    })
}
