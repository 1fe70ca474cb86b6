//! The job that a service runs before each release: the service's layers, and what they say of the
//! job over all of them.

use super::service::{Layer, Origin, ServiceLayers, remove_confirmations, without};
use super::{merge_all, settle};
use crate::source::Place;
use crate::tree::{Entry, Map, Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Keys that a job before a release does not have from its service: those of what is called, of
/// how often and when it runs, of whom the service waits for, and what changes single objects.
const NOT_INHERITED: &[&str] = &[
    "ports",
    "health",
    "metrics",
    "expose",
    "publish",
    "replicas",
    "rollout",
    "run",
    "when",
    "schedule",
    "time-zone",
    "overlap",
    "retries",
    "deadline",
    "after",
    "migrate",
    "patches",
];

/// The layers of a service's `migrate`, if it has one.
#[must_use]
pub fn migration_layers<'a>(service: &ServiceLayers<'a>) -> Option<ServiceLayers<'a>> {
    service.merged.child("migrate")?;
    let mut layers: Vec<Layer<'a>> = service.layers.clone();
    for layer in &mut layers {
        without(&mut layer.node, NOT_INHERITED.iter().copied());
    }
    let mut own: Vec<Layer<'a>> = Vec::new();
    for layer in &service.layers {
        let Some(mut node) = layer.node.child("migrate").cloned() else { continue };
        match &mut node.value {
            // What is said from here on replaces what was said of the job, not the service's keys.
            Value::Map(map) if map.reset => {
                map.reset = false;
                own.clear();
            }
            Value::Null => {
                own.clear();
                continue;
            }
            _ => {}
        }
        own.push(Layer { origin: layer.origin.clone(), node: Cow::Owned(node) });
    }
    layers.extend(own);
    let place = service.merged.key_place(&["migrate"]);
    layers.push(Layer { origin: Origin::Migration, node: Cow::Owned(before_release(place)) });
    let mut merged = settle(merge_all(layers.iter().map(|layer| &*layer.node))?)?;
    remove_confirmations(&mut merged);
    Some(ServiceLayers { layers, merged })
}

/// That it is a job, and when it runs.
fn before_release(place: Place) -> Node {
    let text = |text: &str| Entry { key: place, node: Node::new(place, Value::Text(text.into())) };
    let entries = BTreeMap::from([
        ("run".to_owned(), text("job")),
        ("when".to_owned(), text("before-release")),
    ]);
    Node::new(place, Value::Map(Map { entries, reset: false }))
}
