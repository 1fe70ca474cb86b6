//! Merging of layers: pure, associative, later wins.
//!
//! Maps merge key by key, the same alternative of a one-of merges, everything else is replaced,
//! `null` removes. A `null` (or another alternative) that is followed by a map is a reset, and the
//! merged layer records it as one; that is what makes the order of merging irrelevant:
//! `(a · b) · c` equals `a · (b · c)`. What is at fault stays so until something replaces it.

mod kind;
mod like;
mod migration;
mod run;
mod service;
mod system;
#[cfg(test)]
mod tests;

pub use kind::held;
pub use like::{Inherited, chain, environment_layers};
pub use migration::migration_layers;
pub use run::{Fit, runs, unfit};
pub use service::{Layer, Origin, ServiceLayers, own_code, said, service_layers};
pub use system::{is_known, system_layers};

use crate::tree::{Map, Node, Value};

/// Puts a later layer over an earlier one.
pub fn merge(earlier: &mut Node, later: &Node) {
    match (&mut earlier.value, &later.value) {
        (Value::Map(map), Value::Map(over)) if !over.reset => {
            for (key, entry) in &over.entries {
                match map.entries.get_mut(key) {
                    Some(existing) => {
                        merge(&mut existing.node, &entry.node);
                        existing.key = entry.key;
                    }
                    None => {
                        map.entries.insert(key.clone(), entry.clone());
                    }
                }
            }
            earlier.place = later.place;
        }
        (Value::Variant(chosen), Value::Variant(over))
            if !over.reset && chosen.name == over.name =>
        {
            merge(&mut chosen.node, &over.node);
            chosen.key = over.key;
            earlier.place = later.place;
        }
        (Value::Unknown, Value::Map(Map { reset: false, .. })) => {}
        (Value::Unknown, Value::Variant(over)) if !over.reset => {}
        (_, Value::Map(over)) => {
            let map = Map { entries: over.entries.clone(), reset: true };
            *earlier = Node::new(later.place, Value::Map(map));
        }
        (_, Value::Variant(over)) => {
            let mut variant = over.clone();
            variant.reset = true;
            *earlier = Node::new(later.place, Value::Variant(variant));
        }
        _ => *earlier = later.clone(),
    }
}

/// Merges layers in order; the first is the earliest.
pub fn merge_all<'a>(layers: impl IntoIterator<Item = &'a Node>) -> Option<Node> {
    let mut layers = layers.into_iter();
    let mut merged = layers.next()?.clone();
    for layer in layers {
        merge(&mut merged, layer);
    }
    Some(merged)
}

/// What remains when no further layer comes: removals are carried out. The value is absent if it
/// was removed itself.
#[must_use]
pub fn settle(mut node: Node) -> Option<Node> {
    remains(&mut node).then_some(node)
}

/// Carries out the removals within a node; whether it remains itself.
fn remains(node: &mut Node) -> bool {
    match &mut node.value {
        Value::Null => false,
        Value::Map(map) => {
            map.reset = false;
            map.entries.retain(|_, entry| remains(&mut entry.node));
            true
        }
        Value::Variant(variant) => {
            variant.reset = false;
            remains(&mut variant.node)
        }
        _ => true,
    }
}
