//! Drafts: what is known of each service before flows and texts are resolved. Other services ask
//! for it, so all drafts of an environment are made first.

use super::beside::{self, Beside};
use super::{
    elsewhere, exceptions, facts, image, level, marks, migration, named, options, platform, ports,
    provider::{self, ProviderDraft},
    run, system,
    texts::{Facts, Texts},
};
use crate::finding::Finding;
use crate::layer;
use crate::load::{KindEntry, Project, SystemFiles, read};
use crate::merge::{ServiceLayers, migration_layers, own_code, said};
use crate::model::{Environment, Image, Platform, Port, Run};
use crate::source::Place;
use crate::tree::{Node, Value};
use crate::value::{Name, Namespace, PortName};
use serde_json::Map as Json;
use std::collections::BTreeMap;

/// One environment with the drafts of all its systems.
pub struct World<'a> {
    /// The project.
    pub project: &'a Project,
    /// The environment, as the platform sees it.
    pub environment: Environment,
    /// The environment as it is described.
    pub described: Environment,
    /// What runs it.
    pub platform: Platform,
    /// Whether that is the first of its platforms.
    pub is_first: bool,
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
    /// The ports of all its containers, in order of name.
    pub ports: Vec<Port>,
    /// Ports that have no number, which was reported.
    pub(super) unnumbered: Vec<PortName>,
    /// Those of its main container.
    pub own_ports: Vec<Port>,
    /// How it runs.
    pub run: Run,
    /// The service before whose releases it runs, if it is the `migrate` of one.
    pub migrates: Option<Name>,
    /// The namespace in which it lives.
    pub namespace: Namespace,
    /// The level of that namespace, where it is one beside the system's own.
    pub beside: Option<layer::PodSecurityLevel>,
    /// For a container beside the main one: the keys below the service that lead to it.
    pub keys: Vec<String>,
    /// Its containers beside the main one.
    pub containers: Vec<Beside<'a>>,
}

/// A service's kind.
#[derive(Clone)]
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
    /// What runs it here, if not a plain workload.
    pub provider: Option<ProviderDraft<'a>>,
}

impl<'a> KindDraft<'a> {
    /// What a client is told: each fact, and the file of the catalogue that says it.
    pub(super) fn binds(&self) -> BTreeMap<&'a str, (&'a layer::Bind, &'a Node)> {
        let entry = self.entry;
        let of = |binds: &'a Option<BTreeMap<String, layer::Short<layer::Bind>>>,
                  node: &'a Node| {
            binds.iter().flatten().map(move |(fact, bind)| (fact.as_str(), (&bind.0, node)))
        };
        let mut binds: BTreeMap<_, _> = of(&entry.kind.binds, &entry.node).collect();
        if let Some(ProviderDraft { entry, .. }) = &self.provider {
            binds.extend(of(&entry.provider.binds, &entry.node));
        }
        binds
    }

    /// The image of its version, where it is said: by the provider, which has images of its own, or
    /// by the kind.
    pub(super) fn image(&self) -> Option<&'a layer::KindVersion> {
        let versions = match &self.provider {
            Some(provider) => &provider.entry.provider.versions,
            None => &self.entry.kind.versions,
        };
        versions.as_ref()?.get(&self.version)
    }

    /// Whether several replicas of it share their data.
    pub(super) fn replicates(&self) -> bool {
        let said = match &self.provider {
            Some(provider) => provider.entry.provider.replicates,
            None => self.entry.kind.replicates,
        };
        said == Some(true)
    }
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

    /// Where it says that it is not there.
    pub(super) fn off(&self) -> Place {
        let is_off = self.service.enabled == Some(false);
        self.node.key_place(&[if is_off { "enabled" } else { "targets" }])
    }

    /// What runs it here instead of a plain workload. A job is a workload in any case.
    pub(super) fn provider(&self) -> Option<&ProviderDraft<'_>> {
        let kind = self.kind.as_ref().filter(|_| self.here() && self.migrates.is_none())?;
        kind.provider.as_ref()
    }

    /// Whether it is a container beside the main one of a service.
    pub(super) fn is_beside(&self) -> bool {
        !self.keys.is_empty()
    }

    /// The name of the service that it is, or before whose releases it runs.
    pub(super) fn whose(&self) -> &Name {
        self.migrates.as_ref().unwrap_or(&self.name)
    }

    /// The keys below the service of what it says itself.
    pub(super) fn origin(&self, keys: &[String]) -> Vec<String> {
        self.keys.iter().chain(keys).cloned().collect()
    }
}

/// One of the platforms of an environment.
#[derive(Clone, Copy)]
pub(super) struct Where {
    pub(super) platform: Platform,
    pub(super) is_first: bool,
}

/// Drafts all systems of an environment.
pub(super) fn world<'a>(
    project: &'a Project,
    environment: &Environment,
    at: Where,
    chain: Vec<&'a str>,
    layers: Vec<Node>,
    findings: &mut Vec<Finding>,
) -> World<'a> {
    let mut world = World {
        project,
        environment: platform::on(environment, at.platform),
        described: environment.clone(),
        platform: at.platform,
        is_first: at.is_first,
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
    provider::of_environment(&world, findings);
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
    let mut services = BTreeMap::new();
    for name in draft.described() {
        let Some(layers) = named::layers(world, &draft, name, findings) else { continue };
        let migration = migration_layers(&layers);
        let Some(of) = service_draft(world, &draft, name, layers, findings) else { continue };
        let migration =
            migration.and_then(|layers| migration::draft(world, &draft, &of, layers, findings));
        let all = std::iter::once(of).chain(migration);
        services.extend(all.map(|draft| (draft.name.to_string(), draft)));
    }
    draft.services = services;
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
pub(super) const DESCRIBE_FIRST: &str =
    "describe it for all environments first; one says only what differs";

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

fn service_draft<'a>(
    world: &World<'a>,
    system: &SystemDraft<'a>,
    name: &str,
    layers: ServiceLayers<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Draft<'a>> {
    let files = system.files;
    let node = layers.merged;
    let (service, problems) = read::<layer::Service>(&node);
    findings.extend(problems);
    let service = service?;
    let target = world.platform.target();
    let written = service.targets.as_ref().is_none_or(|targets| targets.contains(&target));
    let enabled = service.enabled.unwrap_or(true) && written;
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
    let (beside, namespace) = level::of_service(world, system, &service, &node, findings);
    let run = run::run(name, &node, &service, findings)?;
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
        own_ports: Vec::new(),
        run,
        migrates: None,
        namespace,
        beside,
        keys: Vec::new(),
        containers: Vec::new(),
        node,
        service,
    };
    (draft.own_ports, draft.unnumbered) = ports::ports(&draft, findings);
    draft.containers = beside::drafts(world, &draft, findings);
    let beside = draft.containers.iter().flat_map(|beside| beside.draft.unnumbered.iter().cloned());
    draft.unnumbered.extend(beside);
    draft.ports = ports::of_all(&draft, findings);
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
