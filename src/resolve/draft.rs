//! Drafts: what is known of each service before flows and texts are resolved. Other services ask
//! for it, so all drafts of an environment are made first.

use super::{
    elsewhere, exceptions, facts, image, level, marks, options, ports, system,
    texts::{Facts, Texts},
};
use crate::finding::Finding;
use crate::layer;
use crate::load::{KindEntry, Project, SystemFiles, read};
use crate::merge::{Layer, Origin, ServiceLayers, own_code, said, service_layers};
use crate::model::{Environment, Image, Port};
use crate::source::Place;
use crate::tree::{Map, Node, Value};
use crate::value::{Name, Namespace, PortName};
use serde_json::Map as Json;
use std::collections::{BTreeMap, BTreeSet};

/// One environment with the drafts of all its systems.
pub struct World<'a> {
    /// The project.
    pub project: &'a Project,
    /// The environment.
    pub environment: Environment,
    /// The environment's chain: the one that is liked by all others first, itself last.
    pub chain: Vec<&'a str>,
    /// The environments' files of the chain.
    pub layers: Vec<Node>,
    /// The systems by name.
    pub systems: BTreeMap<String, SystemDraft<'a>>,
    /// Evaluates texts.
    pub(super) texts: Texts,
}

/// One system in one environment.
pub struct SystemDraft<'a> {
    /// Its name.
    pub name: Name,
    /// Its files.
    pub files: &'a SystemFiles,
    /// What the chain's environments say of it, earliest first.
    pub overrides: Vec<&'a Node>,
    /// Its own keys, merged; the services are not.
    pub node: Node,
    /// Its own keys, typed.
    pub typed: layer::System,
    /// Its namespace.
    pub namespace: Namespace,
    /// The Pod Security level of its namespace.
    pub level: layer::PodSecurityLevel,
    /// Its services by name. A service whose description is at fault is absent.
    pub services: BTreeMap<String, Draft<'a>>,
    /// The services that are removed here by `null`, and where.
    pub(super) removed: BTreeMap<String, Place>,
    /// Where the public reaches them, for texts.
    pub(super) public: Facts,
}

/// What is known of a service before flows and texts.
pub struct Draft<'a> {
    /// Its name.
    pub name: Name,
    /// Where its description begins.
    pub place: Place,
    /// Its keys, merged: the places of everything.
    pub node: Node,
    /// Its keys, typed.
    pub service: layer::Service,
    /// The file that describes it.
    pub source: String,
    /// Whether it is there in this environment.
    pub enabled: bool,
    /// Where it runs, if not here.
    pub elsewhere: Option<layer::Elsewhere>,
    /// Whether it is own code.
    pub own: bool,
    /// What it is in the catalogue.
    pub kind: Option<KindDraft<'a>>,
    /// Its image; absent if it is at fault, which was reported.
    pub image: Option<Image>,
    /// Its ports in order of name.
    pub ports: Vec<Port>,
    /// Ports that have no number, which was reported.
    pub(super) unnumbered: Vec<PortName>,
    /// Whether nobody calls it.
    pub worker: bool,
    /// The namespace in which it lives.
    pub namespace: Namespace,
    /// The level of that namespace, where it is one beside the system's own.
    pub beside: Option<layer::PodSecurityLevel>,
}

/// A service's kind.
pub struct KindDraft<'a> {
    /// The entry of the catalogue.
    pub entry: &'a KindEntry,
    /// The version that the service picked.
    pub version: String,
    /// Its options with their defaults.
    pub options: Json<String, serde_json::Value>,
    /// Whether all of them are as they were said; a fault was reported.
    pub(super) options_known: bool,
    /// The same for texts: every client may name them.
    pub(super) options_fact: minijinja::Value,
    /// Its secrets: item and fact.
    pub secrets: Vec<(String, String)>,
}

impl World<'_> {
    /// Where the environment says something: in the last file of its chain that says it.
    pub(super) fn place(&self, path: &[&str]) -> Place {
        let said = self.layers.iter().rev().find(|layer| layer.at(path).is_some());
        let layer = said.or(self.layers.last()).expect("an environment has a file");
        layer.key_place(path)
    }
}

impl SystemDraft<'_> {
    /// The names of all its services, of those too whose description is at fault.
    pub(super) fn described(&self) -> impl Iterator<Item = &str> {
        let services = self.files.node.child("services").and_then(Node::as_map);
        services.into_iter().flat_map(|map| map.entries.keys()).map(String::as_str)
    }

    /// Whether it has a service of this name, which may be removed here.
    pub(super) fn describes(&self, name: &str) -> bool {
        self.described().any(|described| described == name)
    }
}

impl Draft<'_> {
    /// Whether it runs here.
    #[must_use]
    pub fn here(&self) -> bool {
        self.enabled && self.elsewhere.is_none()
    }
}

/// Drafts all systems of an environment.
pub(super) fn world<'a>(
    project: &'a Project,
    environment: Environment,
    chain: Vec<&'a str>,
    layers: Vec<Node>,
    findings: &mut Vec<Finding>,
) -> World<'a> {
    let mut world = World {
        project,
        environment,
        chain,
        layers,
        systems: BTreeMap::new(),
        texts: Texts::new(),
    };
    for (name, files) in &project.systems {
        if let Some(draft) = system_draft(&world, name, files, findings) {
            world.systems.insert(name.clone(), draft);
        }
    }
    exceptions::guard(&world, findings);
    marks::of_environment(&world, findings);
    world
}

fn system_draft<'a>(
    world: &World<'a>,
    name: &str,
    files: &'a SystemFiles,
    findings: &mut Vec<Finding>,
) -> Option<SystemDraft<'a>> {
    let overrides: Vec<&Node> =
        world.chain.iter().filter_map(|environment| files.overrides.get(*environment)).collect();
    unknown_names(files, &overrides, findings);
    let (node, typed) = system::merged(files, &overrides, findings)?;
    unknown_clients(world.project, &node, &typed, findings);
    let system_name: Name = name.parse().ok()?;
    let namespace = system::namespace(world, name, findings)?;
    let level = level::of_system(world, &typed);
    let mut draft = SystemDraft {
        name: system_name,
        files,
        overrides,
        node,
        typed,
        namespace,
        level,
        services: BTreeMap::new(),
        removed: BTreeMap::new(),
        public: Facts::default(),
    };
    let removed: Vec<_> = draft
        .described()
        .filter_map(|name| Some((name.to_owned(), removal(files, &draft.overrides, name)?)))
        .collect();
    draft.removed = removed.into_iter().collect();
    let services: Vec<_> = draft
        .described()
        .filter_map(|name| Some((name.to_owned(), service_draft(world, &draft, name, findings)?)))
        .collect();
    draft.services = services.into_iter().collect();
    image::share(&mut draft, findings);
    draft.public = facts::public_services(world, &draft);
    Some(draft)
}

/// Where a service is removed, if the last file that speaks of it does so.
fn removal(files: &SystemFiles, overrides: &[&Node], name: &str) -> Option<Place> {
    let mut layers = [&files.node].into_iter().chain(overrides.iter().copied());
    let last = layers.by_ref().filter_map(|file| said(file, "services", name)).last()?;
    (last.value == Value::Null).then_some(last.place)
}

/// What to do about a name that only an environment knows.
const DESCRIBE_FIRST: &str = "describe it for all environments first; one says only what differs";

/// What an environment says of a service, a shape or a volume that does not exist.
fn unknown_names(files: &SystemFiles, overrides: &[&Node], findings: &mut Vec<Finding>) {
    for (key, word) in [
        ("services", "service"),
        ("shapes", "shape"),
        ("volumes", "volume of the system"),
        ("external", "external"),
        ("facts", "fact"),
    ] {
        let known = files.node.child(key).and_then(Node::as_map);
        // What could not be read may have described everything.
        if known.is_none() && files.node.has_unknown() {
            continue;
        }
        let is_known = |name: &str| known.is_some_and(|map| map.entries.contains_key(name));
        let known = || known.into_iter().flat_map(|map| map.entries.keys()).map(String::as_str);
        for file in overrides {
            let Some(map) = file.child(key).and_then(Node::as_map) else { continue };
            for (name, entry) in &map.entries {
                if is_known(name) || entry.node.is_unknown() {
                    continue;
                }
                let finding =
                    Finding::error("unknown-name", format!("there is no {word} `{name}`"))
                        .at(entry.key)
                        .known(key, name, known());
                findings.push(if finding.help.is_some() {
                    finding
                } else {
                    finding.help(DESCRIBE_FIRST)
                });
            }
        }
    }
}

/// Systems that a service is offered to and that do not exist.
fn unknown_clients(
    project: &Project,
    node: &Node,
    system: &layer::System,
    findings: &mut Vec<Finding>,
) {
    for (service, offer) in system.offers.iter().flatten() {
        for (index, to) in offer.to.iter().flatten().enumerate() {
            if !project.systems.contains_key(to.as_str()) {
                let path = ["offers", service.as_str(), "to", &index.to_string()];
                findings.push(
                    Finding::error("unknown-system", format!("there is no system `{to}`"))
                        .at(node.value_place(&path))
                        .known("systems", to.as_str(), project.systems.keys().map(String::as_str)),
                );
            }
        }
    }
}

/// What an environment says of a flow, a secret or a volume that the service does not have. Their
/// names are the same everywhere, so such an entry is told, and left out of what is merged.
fn unknown_entries(
    overrides: &[&Node],
    layers: &mut ServiceLayers<'_>,
    kinds: &BTreeMap<String, KindEntry>,
    name: &str,
    findings: &mut Vec<Finding>,
) {
    let is_override = |place: Place| overrides.iter().any(|file| file.place.file == place.file);
    let mut unknown: Vec<(&str, String)> = Vec::new();
    for (key, word) in [
        ("uses", "flow to"),
        ("secrets", "secret"),
        ("volumes", "volume"),
        ("host-paths", "path of the node"),
    ] {
        let entries = |layer| entries(layer, key);
        let said =
            |layer: &&Layer<'_>| layer.origin != Origin::Defaults && is_override(layer.node.place);
        if !layers.layers.iter().filter(said).any(|layer| entries(layer).is_some()) {
            continue;
        }
        let own = layers.layers.iter().filter(|layer| !is_override(layer.node.place));
        let own = own.filter_map(entries).flat_map(|map| map.entries.keys());
        let mut known: BTreeSet<&str> = own.map(String::as_str).collect();
        if key == "volumes" {
            known.extend(data_folders(&layers.merged, kinds));
        }
        let said = layers.layers.iter().filter(said).filter_map(entries);
        for (entry, at) in said.flat_map(|map| &map.entries) {
            if known.contains(entry.as_str()) {
                continue;
            }
            let finding =
                Finding::error("unknown-name", format!("`{name}` has no {word} `{entry}`"))
                    .at(at.key)
                    .known("known", entry, known.iter().copied());
            findings.push(match finding.help {
                Some(_) => finding,
                None => finding.help(DESCRIBE_FIRST),
            });
            unknown.push((key, entry.clone()));
        }
    }
    for (key, entry) in unknown {
        if let Value::Map(merged) = &mut layers.merged.value
            && let Some(Value::Map(map)) =
                merged.entries.get_mut(key).map(|entry| &mut entry.node.value)
        {
            map.entries.remove(&entry);
        }
    }
}

fn entries<'a>(layer: &'a Layer<'_>, key: &str) -> Option<&'a Map> {
    layer.node.child(key).and_then(Node::as_map)
}

/// The volumes that a kind brings with it.
fn data_folders<'a>(
    service: &Node,
    kinds: &'a BTreeMap<String, KindEntry>,
) -> impl Iterator<Item = &'a str> {
    let kind = match service.child("kind").map(|kind| &kind.value) {
        Some(Value::Text(kind)) => kinds.get(kind),
        _ => None,
    };
    let contract = kind.and_then(|kind| kind.kind.contract.as_ref());
    let folders = contract.and_then(|contract| contract.data.as_ref());
    folders.into_iter().flatten().map(|(name, _)| name.as_str())
}

fn service_draft<'a>(
    world: &World<'a>,
    system: &SystemDraft<'a>,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<Draft<'a>> {
    let files = system.files;
    let mut layers =
        service_layers(world.project, files, &world.layers, &system.overrides, name, findings)?;
    if layers.merged.has_unknown() {
        return None;
    }
    unknown_entries(&system.overrides, &mut layers, &world.project.kinds, name, findings);
    let node = layers.merged;
    let (service, problems) = read::<layer::Service>(&node);
    findings.extend(problems);
    let service = service?;
    let enabled = service.enabled.unwrap_or(true);
    let elsewhere = service.elsewhere.clone().filter(|elsewhere| elsewhere.enabled.unwrap_or(true));
    let own = own_code(&node);
    let kind = match &service.kind {
        Some(kind) => Some({
            let said = options::Said { name, node: &node, service: &service };
            options::kind(world, &said, kind, &system.overrides, findings)?
        }),
        None => None,
    };
    if service.build.is_none() && service.kind.is_none() && service.image.is_none() {
        findings.push(no_source(&node, files.node.key_place(&["services", name]), name));
        return None;
    }
    for key in ["version", "options", "mirror"] {
        if service.kind.is_none() && node.child(key).is_some() {
            findings.push(
                Finding::error(
                    "only-for-kinds",
                    format!("`{key}` is for kinds of the catalogue, and `{name}` is none"),
                )
                .at(node.key_place(&[key]))
                .help("remove it, or say `kind`"),
            );
        }
    }
    let worker = service.run == Some(layer::Run::Worker);
    let (beside, namespace) = level::of_service(system, &service, &node, findings);
    let mut draft = Draft {
        name: name.parse().ok()?,
        place: files.node.key_place(&["services", name]),
        source: files.files.get(name).cloned().unwrap_or_default(),
        enabled,
        elsewhere,
        own,
        kind,
        image: None,
        ports: Vec::new(),
        unnumbered: Vec::new(),
        worker,
        namespace,
        beside,
        node,
        service,
    };
    (draft.ports, draft.unnumbered) = ports::ports(&draft, findings);
    elsewhere::unknown(&draft, findings);
    draft.image = image::image(world, system, &draft, findings);
    Some(draft)
}

fn no_source(node: &Node, place: Place, name: &str) -> Finding {
    let empty = matches!(&node.value, Value::Map(map) if map.entries.is_empty());
    Finding::error(
        "no-image",
        if empty {
            format!("the service `{name}` says nothing")
        } else {
            format!("the service `{name}` does not say what it runs")
        },
    )
    .at(place)
    .note("allowed: build (own code), kind (from the catalogue), image (any image)")
    .help("say one of them, such as `image: ghcr.io/example/load:1.2.0`")
}
