//! What each layer says of each leaf.

use super::{Explained, Said, What};
use crate::tree::{Node, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Layers that are merged with each other.
pub(super) struct Tree {
    /// The path of the tree as a whole.
    pub(super) prefix: Vec<String>,
    /// The layers and their words, earliest first.
    pub(super) layers: Vec<(String, Node)>,
    /// What they come to.
    pub(super) merged: Node,
}

impl Tree {
    /// The leaves at and below a path, and those above it that are lists.
    pub(super) fn explained(&self, path: &[String]) -> Vec<Explained> {
        let Some(wanted) = below(&self.prefix, path) else { return Vec::new() };
        let leaves = self.leaves();
        let matching = leaves.iter().filter(|leaf| leaf.starts_with(wanted));
        let mut chosen: Vec<&Vec<String>> = matching.collect();
        if chosen.is_empty() {
            // An item of a list: the list is replaced as a whole.
            let list = leaves
                .iter()
                .find(|leaf| wanted.starts_with(leaf) && self.merged.at(wanted).is_some());
            chosen.extend(list);
        }
        chosen.into_iter().map(|leaf| self.leaf(leaf)).collect()
    }

    /// Whether any layer says something at a path of the tree, or below it.
    pub(super) fn keys(&self, path: &[String]) -> BTreeSet<String> {
        let Some(wanted) = below(&self.prefix, path) else { return BTreeSet::new() };
        let leaves = self.leaves();
        let below = leaves.iter().filter_map(|leaf| leaf.strip_prefix(wanted)?.first().cloned());
        below.collect()
    }

    fn leaf(&self, path: &[String]) -> Explained {
        let said = self.layers.iter().filter_map(|(layer, node)| said(layer, node, path));
        let mut whole = self.prefix.clone();
        whole.extend_from_slice(path);
        Explained {
            path: whole,
            value: self.merged.at(path).map(json),
            said: said.collect(),
            derived: None,
        }
    }

    /// The leaves of what the layers come to, and those that a layer says and another removes.
    fn leaves(&self) -> BTreeSet<Vec<String>> {
        let mut all = BTreeSet::new();
        leaves(&self.merged, &mut Vec::new(), &mut all);
        let mut more = BTreeSet::new();
        for (_, node) in &self.layers {
            leaves(node, &mut Vec::new(), &mut more);
        }
        for leaf in more {
            // Where something stands at the leaf or above it, that has the leaf in its history.
            let above = (0..=leaf.len()).any(|end| all.contains(&leaf[..end]));
            if !above && self.merged.at(&leaf).is_none() {
                all.insert(leaf);
            }
        }
        all
    }
}

/// The rest of a path behind a prefix; nothing of it where the prefix is longer.
fn below<'a>(prefix: &[String], path: &'a [String]) -> Option<&'a [String]> {
    match path.strip_prefix(prefix) {
        Some(rest) => Some(rest),
        None => prefix.starts_with(path).then_some(&[]),
    }
}

/// Scalars, lists, and maps that hold nothing; removals are none.
fn leaves(node: &Node, path: &mut Vec<String>, all: &mut BTreeSet<Vec<String>>) {
    match &node.value {
        Value::Null => {}
        Value::Map(map) if !map.entries.is_empty() => {
            for (key, entry) in &map.entries {
                path.push(key.clone());
                leaves(&entry.node, path, all);
                path.pop();
            }
        }
        Value::Variant(variant) => {
            path.push(variant.name.clone());
            leaves(&variant.node, path, all);
            path.pop();
        }
        _ => {
            all.insert(path.clone());
        }
    }
}

/// What one layer says of a leaf.
fn said(layer: &str, node: &Node, path: &[String]) -> Option<Said> {
    let said = |place, what| Some(Said { layer: layer.to_owned(), place, what });
    let mut node = node;
    for key in path {
        node = match &node.value {
            Value::Map(map) => &map.entries.get(key)?.node,
            Value::Variant(variant) if variant.name == *key => &variant.node,
            Value::Variant(variant) => {
                return said(variant.key, What::Replaced(json(node)));
            }
            Value::Null => return said(node.place, What::Removed),
            _ => return said(node.place, What::Replaced(json(node))),
        };
    }
    match &node.value {
        Value::Null => said(node.place, What::Removed),
        _ => said(node.place, What::Value(json(node))),
    }
}

/// A value as JSON. Entries that are removed are left out, as they are of what the layers come to.
pub(super) fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(word) => Json::Bool(*word),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => {
            let entries = map.entries.iter();
            let entries = entries.filter(|(_, entry)| entry.node.value != Value::Null);
            Json::Object(entries.map(|(key, entry)| (key.clone(), json(&entry.node))).collect())
        }
        Value::Variant(variant) => {
            Json::Object([(variant.name.clone(), json(&variant.node))].into_iter().collect())
        }
    }
}
