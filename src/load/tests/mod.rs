//! Tests of loading: a small project on disk, and what is said about it.
#![allow(clippy::disallowed_methods, reason = "tests lay out a project on disk")]

mod faults;
mod files;
mod links;
mod normal;
mod properties;
mod sample;

use super::{Project, load};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use tempfile::TempDir;

const ENVIRONMENT: &str = "about: x\ntargets: [kubernetes]\ndomain: example.com\n";

/// A project with an environment `dev` and a system `shop`.
struct Disk {
    folder: TempDir,
}

impl Disk {
    fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn new() -> Self {
        Self::with("about: x\n")
    }

    fn with(system: &str) -> Self {
        let disk = Self::empty();
        disk.put("environments/dev.yaml", ENVIRONMENT);
        disk.put("environments/shop/system.yaml", system);
        disk
    }

    /// A project whose service mounts a file.
    fn mounting(from: &str) -> Self {
        Self::with(&format!(
            "about: x\nservices: {{ web: {{ image: a, files: {{ /f: {{ from: {from} }} }} }} }}\n"
        ))
    }

    /// The project's root, which is a folder of the temporary one.
    fn root(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join("project")
    }

    fn at(&self, path: &str) -> Utf8PathBuf {
        self.root().join(path)
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn load(&self) -> (Project, Vec<String>) {
        let (project, findings) = load(&self.root()).unwrap();
        let said = findings.into_iter().map(|finding| {
            let mut said = match finding.place {
                Some(place) => format!("{}: {}", project.sources.describe(place), finding.message),
                None => finding.message,
            };
            for related in &finding.related {
                said +=
                    &format!(" ({}: {})", project.sources.describe(related.place), related.label);
            }
            for note in finding.notes {
                said += &format!("; {note}");
            }
            if let Some(help) = finding.help {
                said += &format!("; help: {help}");
            }
            said
        });
        let mut said: Vec<String> = said.collect();
        said.sort_unstable();
        (project, said)
    }

    #[track_caller]
    fn says(&self, expected: &[&str]) {
        assert_eq!(self.load().1, expected);
    }
}
