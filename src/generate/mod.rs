//! Generate: what is written, in memory. Reads and writes nothing.

pub mod reference;
pub mod schema;
