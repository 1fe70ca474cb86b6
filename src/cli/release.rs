//! `iac release`

use super::Outcome;
use super::project::{Failure, known, open};
use camino::{Utf8Path, Utf8PathBuf};
use iac::layer::Released;
use iac::value::{Digest, Name, Tag};
use std::collections::{BTreeMap, BTreeSet};

/// Record which version of an own image a system runs
#[derive(clap::Args)]
pub(super) struct Release {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Set(Set),
}

/// Set the version and digest of own images, in environments/SYSTEM/release.yaml
///
/// Run by the pipeline that built them. Other services keep their entries.
#[derive(clap::Args)]
#[command(after_help = "Example:
  iac release set shop web=1.4.2@sha256:2c26b46b68ffc68ff99b453c1d304134…")]
struct Set {
    /// The system
    system: String,
    /// A service, the version of its image, and the digest that the registry gave it
    #[arg(required = true, value_name = "SERVICE=VERSION@DIGEST", value_parser = release)]
    releases: Vec<(Name, Released)>,
}

/// Tags that say nothing of what runs.
const NOT_A_VERSION: [&str; 2] = ["latest", "unreleased"];

fn release(text: &str) -> Result<(Name, Released), String> {
    let form = "the form is SERVICE=VERSION@DIGEST, such as api=1.4.2@sha256:…";
    let (service, rest) = text.split_once('=').ok_or(form)?;
    let (version, digest) = rest.split_once('@').ok_or(form)?;
    let service: Name = service.parse().map_err(|error: iac::value::ValueError| error.message)?;
    let version: Tag = version.parse().map_err(|error: iac::value::ValueError| error.message)?;
    let digest: Digest = digest.parse().map_err(|error: iac::value::ValueError| error.message)?;
    if NOT_A_VERSION.contains(&version.as_str()) {
        return Err(format!("`{version}` is no version: it must name this build and no other"));
    }
    Ok((service, Released { version, digest }))
}

impl Release {
    pub(super) fn run(self, root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let Command::Set(set) = self.command;
        let opened = open(root)?;
        let systems = &opened.project.systems;
        known("system", &set.system, systems.keys().map(String::as_str))?;
        let system = &systems[&set.system];
        let own: Vec<&str> = iac::resolve::own_services(&opened.project, &set.system);
        let mut entries: BTreeMap<String, Released> = system.release.clone().unwrap_or_default();
        let mut named = BTreeSet::new();
        for (service, released) in set.releases {
            known("service with an own image", service.as_str(), own.iter().copied())?;
            if !named.insert(service.clone()) {
                return Err(Failure::Call(format!("`{service}` is named twice")));
            }
            entries.insert(service.to_string(), released);
        }
        let path = format!("environments/{}/release.yaml", set.system);
        let text = iac::write::machine_file(
            "Written by `iac release set`: which version of each own image runs.",
            &entries,
        );
        iac::write::replace(&opened.root, Utf8Path::new(&path), &text)?;
        anstream::eprintln!("{path}: {} of {} own images released", entries.len(), own.len());
        Ok(Outcome::Fine)
    }
}
