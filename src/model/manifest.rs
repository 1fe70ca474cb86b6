//! Objects of the user's own.

use crate::tree::Node;

/// An object that stands in a system's folder `manifests/`.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Its file.
    pub path: String,
    /// What it says, each part where it stands.
    pub node: Node,
}
