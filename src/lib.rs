//! Typed infrastructure as code: one description, every artefact, and the proof that they agree.
//!
//! Data flows one way: load, merge, resolve, check, generate, validate, write.

pub mod catalogue;
pub mod check;
pub mod diff;
pub mod drift;
pub mod explain;
pub mod fileset;
pub mod finding;
pub mod generate;
pub mod layer;
pub mod load;
pub mod merge;
pub mod model;
pub mod reference;
pub mod report;
pub mod resolve;
pub mod source;
pub mod told;
pub mod tools;
pub mod tree;
pub mod validate;
pub mod value;
pub mod write;
pub mod yaml;

/// The minor version of iac, which decides what a tree looks like.
pub const MINOR_VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
