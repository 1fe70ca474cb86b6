//! Typed infrastructure as code: one description, every artefact, and the proof that they agree.
//!
//! Data flows one way: load, merge, resolve, check, generate, validate, write.

pub mod diff;
pub mod fileset;
pub mod finding;
pub mod report;
pub mod source;
pub mod tree;
