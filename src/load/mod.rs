//! Load: files to layers. The only reader of input; every value knows where it stands.

mod deserialize;
mod fault;
mod files;
mod loader;
mod normal;
mod project;
mod system;
#[cfg(test)]
mod tests;
mod texts;
mod typed;
pub mod yaml;

pub use files::find_root;
pub use loader::load;
pub use normal::normalise;
pub use project::{KindEntry, MountedText, Project, SystemFiles};
pub use typed::read;
