//! `iac schema`
use super::Outcome;
use super::project::Failure;
use camino::Utf8PathBuf;

/// Print the JSON Schema of a file, for editors
#[derive(clap::Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self, _root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        Ok(Outcome::Fine)
    }
}
