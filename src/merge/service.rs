//! Which layers make up a service, in their order.

use super::kind::from_kind;
use super::run::{runs, unfit};
use super::{merge_all, settle};
use crate::finding::Finding;
use crate::load::{KindEntry, Project, SystemFiles};
use crate::tree::{Entry, Map, Node, Value};
use std::borrow::Cow;

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
    /// That it is a job of another service before each release.
    Migration,
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
            Self::Migration => "migration".to_owned(),
        }
    }
}

/// One layer of a service.
#[derive(Debug, Clone)]
pub struct Layer<'a> {
    /// Where it comes from.
    pub origin: Origin,
    /// What it says.
    pub node: Cow<'a, Node>,
}

/// The layers of one service in one environment, and what they come to.
#[derive(Debug, Clone)]
pub struct ServiceLayers<'a> {
    /// Earliest first.
    pub layers: Vec<Layer<'a>>,
    /// All of them, merged and settled.
    pub merged: Node,
}

/// Keys that say what a service runs, and what its kind makes of it.
const RUNS: &[&str] = &["build", "image", "kind", "options"];

/// The layers of a service. `overrides` are the system's files of the environment's chain, and
/// `environments` the environment's own.
#[must_use]
pub fn service_layers<'a>(
    project: &'a Project,
    system: &'a SystemFiles,
    environments: &'a [Node],
    overrides: &[&'a Node],
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<ServiceLayers<'a>> {
    let service = system.node.at(&["services", name])?;
    let layer = |origin, node: &'a Node| Layer { origin, node: Cow::Borrowed(node) };

    let shapes = shape_layers(project, system, overrides, service, name, findings).into_iter();
    let shapes = shapes.map(|(name, node)| Layer { origin: Origin::Shape(name.to_owned()), node });
    let mut own: Vec<Layer<'a>> = shapes.collect();
    own.push(layer(Origin::Service, service));
    own.extend(
        overrides
            .iter()
            .filter_map(|file| said(file, "services", name))
            .map(|node| layer(Origin::Service, node)),
    );

    let runs: Vec<Node> = own.iter().map(|layer| part(&layer.node, RUNS)).collect();
    let runs = settle(merge_all(&runs)?)?;
    let mut layers = Vec::new();
    if let Some(kind) = kind_of(project, &runs) {
        let node = Cow::Owned(if kind.node.has_unknown() {
            // What the kind says is known only in part, so that the service is.
            Node::unknown(kind.node.place)
        } else {
            from_kind(kind, &runs)
        });
        layers.push(Layer { origin: Origin::Catalogue, node });
    }
    if own_code(&runs) {
        let files = environments.iter();
        let defaults = files
            .chain([&system.node])
            .chain(overrides.iter().copied())
            .filter_map(|file| file.child("defaults"));
        layers.extend(defaults.map(|node| layer(Origin::Defaults, node)));
    }
    layers.extend(own);
    leave_out_unfit(&mut layers);
    let mut merged = settle(merge_all(layers.iter().map(|layer| &*layer.node))?)?;
    remove_confirmations(&mut merged);
    Some(ServiceLayers { layers, merged })
}

/// What a file says of something that has a name: also that all of its sort are removed.
#[must_use]
pub fn said<'a>(file: &'a Node, sort: &str, name: &str) -> Option<&'a Node> {
    let all = file.child(sort)?;
    if all.value == Value::Null { Some(all) } else { all.child(name) }
}

/// Takes away `same`, which is about where values come from, and no value of the service.
pub(super) fn remove_confirmations(service: &mut Node) {
    let Value::Map(map) = &mut service.value else { return };
    for key in ["elsewhere", "expose"] {
        if let Some(Entry { node: Node { value: Value::Map(part), .. }, .. }) =
            map.entries.get_mut(key)
        {
            part.entries.remove("same");
        }
    }
}

/// What several services have by default is for those that have a use for it: replicas say nothing
/// of a job.
fn leave_out_unfit(layers: &mut [Layer<'_>]) {
    let said: Vec<Node> = layers.iter().map(|layer| part(&layer.node, &["run"])).collect();
    let run = merge_all(&said).and_then(settle);
    let run = run.as_ref().map_or("service", runs);
    for layer in layers.iter_mut().filter(|layer| layer.origin == Origin::Defaults) {
        if unfit(run).any(|fit| layer.node.child(fit.key).is_some()) {
            without(&mut layer.node, unfit(run).map(|fit| fit.key));
        }
    }
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

/// A layer without all keys but some: since maps merge key by key, so do the parts.
pub(super) fn part(layer: &Node, keys: &[&str]) -> Node {
    let Value::Map(map) = &layer.value else { return layer.clone() };
    let entries = keys.iter().filter_map(|key| map.entries.get_key_value(*key));
    let entries = entries.map(|(key, entry)| (key.clone(), entry.clone())).collect();
    Node::new(layer.place, Value::Map(Map { entries, reset: map.reset }))
}

/// Removes keys from a layer.
pub(super) fn without<'a>(layer: &mut Cow<'_, Node>, keys: impl Iterator<Item = &'a str>) {
    let Value::Map(map) = &mut layer.to_mut().value else { return };
    for key in keys {
        map.entries.remove(key);
    }
}

/// The shapes of a service: the system's, then what environments change in them.
fn shape_layers<'a>(
    project: &'a Project,
    system: &'a SystemFiles,
    overrides: &[&'a Node],
    service: &'a Node,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Vec<(&'a str, Cow<'a, Node>)> {
    let Some(Value::List(names)) = service.child("shape").map(|node| &node.value) else {
        return Vec::new();
    };
    let mut shapes: Vec<(&'a str, Cow<'a, Node>)> = Vec::new();
    for item in names {
        let Value::Text(shape) = &item.value else { continue };
        let found =
            system.node.at(&["shapes", shape]).or_else(|| project.shapes.get(shape.as_str()));
        if let Some(node) = found {
            if let Some(inner) = node.child("shape").filter(|inner| inner.value != Value::Null) {
                findings.push(
                    Finding::error("shape-in-shape", format!("the shape `{shape}` takes a shape"))
                        .at(inner.place)
                        .note(
                            "only services take shapes: so it is seen at once what one consists of",
                        )
                        .help("name both shapes in the service: `shape: [ONE, OTHER]`"),
                );
            }
            shapes.push((shape, Cow::Borrowed(node)));
        } else {
            shapes.push((shape, Cow::Owned(Node::unknown(item.place))));
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
            conflicts(
                service,
                (first, &**earlier),
                (second, &**later),
                name,
                &mut Vec::new(),
                findings,
            );
        }
    }
    let changes = shapes.iter().flat_map(|(shape, _)| {
        let files = overrides.iter().filter_map(|file| said(file, "shapes", shape));
        files.map(|node| (*shape, Cow::Borrowed(node)))
    });
    shapes.iter().cloned().chain(changes).collect()
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
        (Value::Null | Value::Unknown, _) | (_, Value::Null | Value::Unknown) => {}
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
