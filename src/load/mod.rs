//! Load: files to layers. The only reader of input; every value knows where it stands.

mod deserialize;
mod files;
mod normal;
mod project;
mod typed;
pub mod yaml;

pub use files::find_root;
pub use normal::normalise;
pub use project::{KindEntry, MountedText, Project, SystemFiles, load};
pub use typed::read;
