//! A project as it was read: layers in their normal form, nothing decided yet.

use crate::layer;
use crate::model::Manifest;
use crate::source::{Place, Sources};
use crate::tree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// Everything below `environments/`. What is at fault in it is unknown, a whole file too if it
/// cannot be read.
#[derive(Debug, Default)]
pub struct Project {
    /// The texts that were read.
    pub sources: Sources,
    /// The environments' own files.
    pub environments: BTreeMap<String, Node>,
    /// The project's shapes.
    pub shapes: BTreeMap<String, Node>,
    /// The kinds of the catalogue, the project's over the built-in ones.
    pub kinds: BTreeMap<String, KindEntry>,
    /// Other ways to run kinds, the project's over the built-in ones.
    pub providers: BTreeMap<String, ProviderEntry>,
    /// The templates of Dockerfiles by their path below `templates/`, the project's over the built-in
    /// ones. One that is named and at fault is absent.
    pub templates: BTreeMap<String, Template>,
    /// The systems.
    pub systems: BTreeMap<String, SystemFiles>,
    /// What everything is pinned to; nothing if that is at fault.
    pub lock: Option<layer::Lock>,
    /// The lock's file, for places.
    pub lock_node: Option<Node>,
}

impl Project {
    /// Whether anything in it is at fault.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        let kinds = self.kinds.values().map(|entry| &entry.node);
        let providers = self.providers.values().map(|entry| &entry.node);
        let systems = self.systems.values();
        let mut nodes = self
            .environments
            .values()
            .chain(self.shapes.values())
            .chain(kinds)
            .chain(providers)
            .chain(
                systems
                    .clone()
                    .flat_map(|files| [&files.node].into_iter().chain(files.overrides.values())),
            );
        nodes.any(Node::has_unknown)
            || self.lock.is_none()
            || systems.clone().any(|files| files.release.is_none())
    }
}

/// A kind of the catalogue.
#[derive(Debug)]
pub struct KindEntry {
    /// Its name.
    pub name: String,
    /// Its file in normal form, for places.
    pub node: Node,
    /// Its file as a type.
    pub kind: layer::Kind,
}

/// A provider of the catalogue.
#[derive(Debug)]
pub struct ProviderEntry {
    /// Its name.
    pub name: String,
    /// Its file in normal form, for places.
    pub node: Node,
    /// Its file as a type.
    pub provider: layer::Provider,
}

/// A template of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its file.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The whole file.
    pub place: Place,
    /// Whether it is the project's own, and not iac's.
    pub own: bool,
}

/// The files of a system.
#[derive(Debug)]
pub struct SystemFiles {
    /// `system.yaml` with the services of `services/`.
    pub node: Node,
    /// What environments say of it, by environment.
    pub overrides: BTreeMap<String, Node>,
    /// The releases of its own images; nothing if one is at fault.
    pub release: Option<BTreeMap<String, layer::Released>>,
    /// Their file, for places; nothing if there is none.
    pub release_node: Option<Node>,
    /// The texts that its services mount, by what `from` says.
    pub texts: BTreeMap<String, Vec<MountedText>>,
    /// The paths of what its folder `files/` holds, mounted or not; nothing if what is mounted is at
    /// fault.
    pub in_files: BTreeSet<String>,
    /// Objects of the user's own, in order of file.
    pub manifests: Vec<Manifest>,
    /// Secrets that SOPS has encrypted, by environment; nothing if a file of it is at fault.
    pub encrypted: BTreeMap<String, Option<Vec<Manifest>>>,
    /// The path of each service's file, for the header of what is generated.
    pub files: BTreeMap<String, String>,
}

impl SystemFiles {
    /// A system of which one file was read.
    pub(super) fn of(node: Node) -> Self {
        Self {
            node,
            overrides: BTreeMap::new(),
            release: Some(BTreeMap::new()),
            release_node: None,
            texts: BTreeMap::new(),
            in_files: BTreeSet::new(),
            manifests: Vec::new(),
            encrypted: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }
}

/// A text that a service mounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountedText {
    /// Its path below what `from` says; empty for a single file.
    pub below: String,
    /// The text.
    pub text: String,
    /// The whole file.
    pub place: Place,
}
