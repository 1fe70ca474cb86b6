//! Typed infrastructure as code: one description, every artefact, and the proof that they agree.
//!
//! Data flows one way: load, merge, resolve, check, generate, validate, write.

pub mod drift;
pub mod fileset;
pub mod finding;
pub mod load;
pub mod source;
pub mod tools;
pub mod tree;
pub mod yaml;
pub mod value;
pub mod validate;
pub mod write;
