//! Patches of generated objects.

use crate::source::Place;
use crate::tree::Node;
use crate::value::{KindName, Pointer};

/// What a service changes of one of its objects.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    /// The object, by its kind and its name without hashes.
    pub object: KindName,
    /// What is changed.
    pub change: Change,
}

/// What is changed of something that is generated.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where it is said.
    pub place: Place,
    /// The files that say it, in order of name.
    pub files: Vec<String>,
    /// Why, in a sentence.
    pub why: String,
    /// What is removed first, and where that is said.
    pub remove: Vec<(Pointer, Place)>,
    /// The fields that are merged then, each where it stands.
    pub fields: Node,
}
