//! `iac init`

use super::Outcome;
use super::project::Failure;
use camino::{Utf8Path, Utf8PathBuf};

/// Start a project: two environments and a small system
///
/// It renders at once.
#[derive(clap::Args)]
#[command(after_help = "Example:
  iac init shop && cd shop && iac render")]
pub(super) struct Init {
    /// The folder; the working folder unless said
    folder: Option<Utf8PathBuf>,
}

/// The starter's files.
const STARTER: &[(&str, &str)] = &[
    ("environments/dev.yaml", include_str!("starter/dev.yaml")),
    ("environments/prod.yaml", include_str!("starter/prod.yaml")),
    ("environments/lock.yaml", include_str!("starter/lock.yaml")),
    ("environments/hello/system.yaml", include_str!("starter/system.yaml")),
    ("environments/hello/prod.yaml", include_str!("starter/hello-prod.yaml")),
    (".gitattributes", include_str!("starter/gitattributes")),
];

impl Init {
    pub(super) fn run(self, root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let folder = self.folder.or(root).unwrap_or_else(|| Utf8PathBuf::from("."));
        let environments = folder.join("environments");
        if environments.exists() {
            return Err(Failure::Call(format!(
                "`{environments}` exists already\n  help: a project is described there; `iac list` shows it"
            )));
        }
        let mut written = Vec::new();
        for (path, text) in STARTER {
            let path = Utf8Path::new(path);
            written.push((path, iac::write::create(&folder, path, text)?));
        }
        for (path, created) in written {
            let what = if created { "created" } else { "left alone, it exists:" };
            anstream::eprintln!("{what} {}", folder.join(path));
        }
        let place = if folder == "." { String::new() } else { format!("cd {folder}, ") };
        anstream::eprintln!("next: {place}iac render, then git add environments out");
        Ok(Outcome::Fine)
    }
}
