//! Which layers make up a service, in their order.

use super::{merge_all, settle};
use crate::finding::Finding;
use crate::load::{KindEntry, Project, SystemFiles};
use crate::tree::{Map, Node, Value};
use std::collections::BTreeMap;

/// Where a layer comes from, in the words that `explain` prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The catalogue's entry of the kind.
    Catalogue,
    /// What own code has by default.
    Defaults,
    /// The shape of this name.
    Shape(String),
    /// The service itself.
    Service,
}

impl Origin {
    /// The words for it.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Catalogue => "catalogue".to_owned(),
            Self::Defaults => "defaults".to_owned(),
            Self::Shape(name) => format!("shape {name}"),
            Self::Service => "service".to_owned(),
        }
    }
}

/// One layer of a service.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Where it comes from.
    pub origin: Origin,
    /// What it says.
    pub node: Node,
}

/// The layers of one service in one environment, and what they come to.
#[derive(Debug, Clone)]
pub struct ServiceLayers {
    /// Earliest first.
    pub layers: Vec<Layer>,
    /// All of them, merged and settled.
    pub merged: Node,
}

/// Keys that a kind gives its services.
const FROM_KIND: &[&str] = &["resources", "stop-within", "token"];

/// The layers of a service. `overrides` are the system's files of the environment's chain, and
/// `environments` the environment's own.
#[must_use]
pub fn service_layers(
    project: &Project,
    system: &SystemFiles,
    environments: &[Node],
    overrides: &[&Node],
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<ServiceLayers> {
    let service = system.node.at(&["services", name])?;
    let mut own: Vec<Layer> = Vec::new();
    let layer = |origin, node: &Node| Layer { origin, node: node.clone() };

    let shapes = shape_layers(project, system, overrides, service, name, findings);
    own.extend(shapes.into_iter().map(|(name, node)| Layer { origin: Origin::Shape(name), node }));
    own.push(layer(Origin::Service, service));
    own.extend(
        overrides
            .iter()
            .filter_map(|file| file.at(&["services", name]))
            .map(|node| layer(Origin::Service, node)),
    );

    let described = settle(merge_all(own.iter().map(|layer| &layer.node))?)?;
    let mut layers = Vec::new();
    if let Some(kind) = kind_of(project, &described) {
        layers.push(layer(Origin::Catalogue, &kind_layer(kind)));
    }
    if own_code(&described) {
        let files = environments.iter();
        let defaults = files
            .chain([&system.node])
            .chain(overrides.iter().copied())
            .filter_map(|file| file.child("defaults"));
        layers.extend(defaults.map(|node| layer(Origin::Defaults, node)));
    }
    layers.extend(own);
    let merged = settle(merge_all(layers.iter().map(|layer| &layer.node))?)?;
    Some(ServiceLayers { layers, merged })
}

/// Whether a service is own code: what the project builds itself, or another's image of its own.
#[must_use]
pub fn own_code(service: &Node) -> bool {
    if service.child("build").is_some() {
        return true;
    }
    match service.child("image").map(|image| &image.value) {
        Some(Value::Text(text)) => text
            .parse::<crate::value::ImageReference>()
            .is_ok_and(|image| image.tag().is_none() && image.digest().is_none()),
        Some(Value::Map(_)) => true,
        _ => false,
    }
}

fn kind_of<'a>(project: &'a Project, service: &Node) -> Option<&'a KindEntry> {
    match &service.child("kind")?.value {
        Value::Text(kind) => project.kinds.get(kind),
        _ => None,
    }
}

/// The part of a kind that reads like a service.
fn kind_layer(kind: &KindEntry) -> Node {
    let mut entries = BTreeMap::new();
    if let Some(map) = kind.node.as_map() {
        for key in FROM_KIND {
            if let Some(entry) = map.entries.get(*key) {
                entries.insert((*key).to_owned(), entry.clone());
            }
        }
    }
    Node::new(kind.node.place, Value::Map(Map { entries, reset: false }))
}

/// The shapes of a service: the system's, then what environments change in them.
fn shape_layers(
    project: &Project,
    system: &SystemFiles,
    overrides: &[&Node],
    service: &Node,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Vec<(String, Node)> {
    let Some(Value::List(names)) = service.child("shape").map(|node| &node.value) else {
        return Vec::new();
    };
    let mut shapes: Vec<(&str, &Node)> = Vec::new();
    for item in names {
        let Value::Text(shape) = &item.value else { continue };
        let found =
            system.node.at(&["shapes", shape]).or_else(|| project.shapes.get(shape.as_str()));
        if let Some(node) = found {
            shapes.push((shape, node));
        } else {
            let system_shapes = system.node.child("shapes").and_then(Node::as_map);
            let names = system_shapes
                .into_iter()
                .flat_map(|map| map.entries.keys())
                .chain(project.shapes.keys())
                .map(String::as_str);
            findings.push(
                Finding::error("unknown-shape", format!("there is no shape `{shape}`"))
                    .at(item.place)
                    .known("shapes", shape, names),
            );
        }
    }
    for (index, (second, later)) in shapes.iter().enumerate() {
        for (first, earlier) in &shapes[..index] {
            conflicts(service, (first, earlier), (second, later), name, &mut Vec::new(), findings);
        }
    }
    let changes = shapes.iter().flat_map(|(shape, _)| {
        overrides.iter().filter_map(|file| Some((*shape, file.at(&["shapes", shape])?)))
    });
    let layers = shapes.iter().copied().chain(changes);
    layers.map(|(shape, node)| (shape.to_owned(), node.clone())).collect()
}

/// Two shapes that say one leaf differently, where the service does not decide.
fn conflicts(
    service: &Node,
    (first, earlier): (&str, &Node),
    (second, later): (&str, &Node),
    name: &str,
    path: &mut Vec<String>,
    findings: &mut Vec<Finding>,
) {
    if !path.is_empty() && service.at(path).is_some_and(|node| node.as_map().is_none()) {
        return;
    }
    match (&earlier.value, &later.value) {
        (Value::Map(one), Value::Map(other)) => {
            for (key, entry) in &one.entries {
                if let Some(second_entry) = other.entries.get(key) {
                    path.push(key.clone());
                    conflicts(
                        service,
                        (first, &entry.node),
                        (second, &second_entry.node),
                        name,
                        path,
                        findings,
                    );
                    path.pop();
                }
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (one, other) if same(one, other) => {}
        _ => {
            let path = path.join(".");
            findings.push(
                Finding::error(
                    "conflicting-shapes",
                    format!("shapes `{first}` and `{second}` say `{path}` differently"),
                )
                .at(later.place)
                .related(earlier.place, format!("`{first}` says this"))
                .help(format!("let the service `{name}` say `{path}` itself")),
            );
        }
    }
}

/// Whether two values are the same, wherever they stand.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| same(&one.value, &other.value))
        }
        (Value::Map(one), Value::Map(other)) => {
            one.entries.len() == other.entries.len()
                && one
                    .entries
                    .iter()
                    .zip(&other.entries)
                    .all(|((a, x), (b, y))| a == b && same(&x.node.value, &y.node.value))
        }
        (Value::Variant(one), Value::Variant(other)) => {
            one.name == other.name && same(&one.node.value, &other.node.value)
        }
        (one, other) => one == other,
    }
}
