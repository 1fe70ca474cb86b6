//! Generate: stacks to files. Pure: nothing is read and nothing is written.

pub mod compose;
pub mod dockerfile;
mod header;
pub mod kubernetes;
mod object;
pub mod reference;
pub mod schema;
mod target;

pub use object::{Cause, Object, Origin};
pub use target::{TARGETS, Target, generate, shared};
