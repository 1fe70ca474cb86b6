//! A project as it was read: layers in their normal form, nothing decided yet.

use crate::layer;
use crate::source::{Place, Sources};
use crate::tree::Node;
use std::collections::BTreeMap;

/// Everything below `environments/`.
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
    /// The systems.
    pub systems: BTreeMap<String, SystemFiles>,
    /// What everything is pinned to.
    pub lock: layer::Lock,
    /// The lock's file, for places.
    pub lock_node: Option<Node>,
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

/// The files of a system.
#[derive(Debug)]
pub struct SystemFiles {
    /// `system.yaml` with the services of `services/`.
    pub node: Node,
    /// What environments say of it, by environment.
    pub overrides: BTreeMap<String, Node>,
    /// The releases of its own images.
    pub release: BTreeMap<String, layer::Released>,
    /// The texts that its services mount, by what `from` says.
    pub texts: BTreeMap<String, Vec<MountedText>>,
    /// The path of each service's file, for the header of what is generated.
    pub files: BTreeMap<String, String>,
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
