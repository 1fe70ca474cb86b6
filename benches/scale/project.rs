//! A synthetic project on the disk, and the programs that are measured in it.

use crate::measure::Runs;
use crate::synthetic;
use crate::table::Measured;
use anyhow::{Context, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A new folder on the file system of the build: one in memory would flatter nobody but `cp`.
pub(crate) fn folder() -> anyhow::Result<TempDir> {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).context("cannot make a folder")
}

/// Measures everything for a number of services.
pub(crate) fn measure(services: usize, runs: usize) -> anyhow::Result<Measured> {
    let folder = folder()?;
    let root = folder.path();
    synthetic::write(root, services).context("cannot write the project")?;
    repository(root);
    let out = root.join("out");
    let copy = root.join("copy");
    let mut measured = Measured {
        services,
        environments: synthetic::ENVIRONMENTS.len(),
        files: 0,
        bytes: 0,
        empty: Runs::default(),
        unchanged: Runs::default(),
        check: Runs::default(),
        copy: Runs::default(),
    };
    // The first round fills the caches, as the second run on any day finds them.
    iac(root, &mut Runs::default(), "render")?;
    (measured.files, measured.bytes) = size(&out)?;
    // Round by round, so that what else the machine does falls on all of them alike.
    for _ in 0..runs {
        remove(&out)?;
        iac(root, &mut measured.empty, "render")?;
        iac(root, &mut measured.unchanged, "render")?;
        iac(root, &mut measured.check, "check")?;
        if measured.files > 0 {
            remove(&copy)?;
            measured.copy.add(Command::new("cp").arg("-r").arg(&out).arg(&copy))?;
        }
    }
    ensure!(size(&out)? == (measured.files, measured.bytes), "two renders wrote different trees");
    Ok(measured)
}

fn iac(root: &Path, runs: &mut Runs, command: &str) -> anyhow::Result<()> {
    runs.add(Command::new(env!("CARGO_BIN_EXE_iac")).arg(command).current_dir(root))
}

/// Makes the project a repository of its own, as projects are; without git it is none.
fn repository(root: &Path) {
    let mut git = Command::new("git");
    let _ = git.args(["init", "--quiet"]).current_dir(root).stderr(Stdio::null()).status();
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The number of files below a folder, and of their bytes.
fn size(folder: &Path) -> anyhow::Result<(usize, u64)> {
    let mut files = 0;
    let mut bytes = 0;
    let mut pending: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                pending.push(entry.path());
            } else {
                files += 1;
                bytes += metadata.len();
            }
        }
    }
    Ok((files, bytes))
}
