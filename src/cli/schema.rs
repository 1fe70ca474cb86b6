//! `iac schema`

use super::project::{Failure, known, root};
use super::{Outcome, print, print_json};
use camino::Utf8PathBuf;
use iac::{generate, load};

/// Print the JSON Schema of a file of environments/, for editors
///
/// `iac render` writes them all to out/schema/.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  iac schema                    the names
  iac schema system             the schema of system.yaml")]
pub(super) struct Schema {
    /// The kind of file; without it, the names are listed
    name: Option<String>,
}

impl Schema {
    pub(super) fn run(self, folder: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let root = root(folder)?;
        // Schemas know the project's own kinds; without a project there are the built-in ones.
        let (project, _) = load::load(&root)?;
        let schemas = generate::schema::schemas(&project.kinds);
        let Some(name) = self.name else {
            let names: Vec<&str> = schemas.iter().map(|(name, _)| *name).collect();
            print(&format!("{}\n", names.join("\n")))?;
            return Ok(Outcome::Fine);
        };
        known("schema", &name, schemas.iter().map(|(name, _)| *name))?;
        for (_, schema) in schemas.iter().filter(|(schema, _)| *schema == name) {
            print_json(schema)?;
        }
        Ok(Outcome::Fine)
    }
}
