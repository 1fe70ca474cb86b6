//! Load: files to layers. The only reader of input; every value knows where it stands.

mod conflict;
mod deserialize;
mod encrypted;
mod fault;
mod files;
mod keys;
mod loader;
mod manifests;
mod normal;
mod project;
mod secrets;
mod system;
mod templates;
#[cfg(test)]
mod tests;
mod texts;
mod typed;
pub mod yaml;

pub use files::find_root;
pub use loader::load;
pub use normal::normalise;
pub use project::{KindEntry, MountedText, Project, ProviderEntry, SystemFiles, Template};
pub use secrets::{is_reference, not_a_reference};
pub use typed::read;
