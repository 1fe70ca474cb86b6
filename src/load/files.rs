//! Reading files: the one place where input comes in.
#![allow(clippy::disallowed_methods, reason = "load is the reader of input")]

use crate::finding::Finding;
use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A larger description is a mistake, for instance a binary.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What reading comes to: a fault of the user's files is a finding, one of the world an error.
pub(super) type Reading<T> = anyhow::Result<Result<T, Finding>>;

/// The files of a project. Nothing outside its root is read, whatever links say: what is written
/// must follow from what is committed.
pub(super) struct Files {
    root: Utf8PathBuf,
    real: PathBuf,
}

/// Something that exists.
struct Found {
    real: PathBuf,
    metadata: fs::Metadata,
}

/// A directory.
pub(super) struct Listing {
    /// Where it really is.
    pub(super) real: PathBuf,
    /// Its entries in order of name.
    pub(super) entries: Vec<DirectoryEntry>,
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DirectoryEntry {
    pub(super) name: String,
    pub(super) directory: bool,
}

impl Files {
    /// The files below a root.
    pub(super) fn new(root: &Utf8Path) -> anyhow::Result<Self> {
        let real = match fs::canonicalize(root) {
            // There is nothing to be read below it either.
            Err(error) if error.kind() == ErrorKind::NotFound => root.as_std_path().to_owned(),
            real => real.with_context(|| format!("cannot read `{root}`"))?,
        };
        Ok(Self { root: root.to_owned(), real })
    }

    /// What is at a path, behind all links; nothing if there is nothing.
    fn find(&self, path: &Utf8Path) -> Reading<Option<Found>> {
        let full = self.root.join(path);
        let real = match fs::canonicalize(&full) {
            Ok(real) => real,
            Err(error) => return missing(&full, path, error),
        };
        if !real.starts_with(&self.real) {
            return Ok(Err(Finding::error(
                "link-leaves-project",
                format!("`{path}` is a link that leads out of the project"),
            )
            .help("only files of the project are read: copy what is meant into it")));
        }
        let metadata = fs::metadata(&real).with_context(|| format!("cannot read `{path}`"))?;
        Ok(Ok(Some(Found { real, metadata })))
    }

    /// Whether there is anything at a path, be it what it may.
    pub(super) fn exists(&self, path: &Utf8Path) -> anyhow::Result<bool> {
        Ok(!matches!(self.find(path)?, Ok(None)))
    }

    /// The bytes of a file, nothing if there is none; a finding if it is no file or too large.
    pub(super) fn bytes(&self, path: &Utf8Path) -> Reading<Option<Vec<u8>>> {
        let found = match self.find(path)? {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Ok(None)),
            Err(finding) => return Ok(Err(finding)),
        };
        let metadata = found.metadata;
        if metadata.is_dir() {
            return Ok(Err(Finding::error(
                "not-a-file",
                format!("`{path}` is a folder, a file is expected"),
            )
            .help("rename the folder")));
        }
        if !metadata.is_file() {
            return Ok(Err(Finding::error(
                "not-a-file",
                format!("`{path}` is not a regular file"),
            )
            .help("replace it by a file")));
        }
        if metadata.len() > LARGEST {
            return Ok(Err(Finding::error(
                "file-too-large",
                format!("`{path}` has {} bytes; at most {LARGEST} are read", metadata.len()),
            )));
        }
        let bytes = fs::read(&found.real).with_context(|| format!("cannot read `{path}`"))?;
        Ok(Ok(Some(bytes)))
    }

    /// The entries of a directory; nothing if there is none. Hidden entries and those of editors
    /// are left out; an entry whose name is no text is a finding.
    pub(super) fn directory(
        &self,
        path: &Utf8Path,
        findings: &mut Vec<Finding>,
    ) -> Reading<Option<Listing>> {
        let real = match self.find(path)? {
            Ok(Some(found)) if found.metadata.is_dir() => found.real,
            Ok(_) => return Ok(Ok(None)),
            Err(finding) => return Ok(Err(finding)),
        };
        let mut entries = Vec::new();
        for entry in fs::read_dir(&real).with_context(|| format!("cannot list `{path}`"))? {
            let entry = entry.with_context(|| format!("cannot list `{path}`"))?;
            let name = match entry.file_name().into_string() {
                Ok(name) => name,
                Err(name) => {
                    let shown = path.join(name.to_string_lossy().as_ref());
                    findings.push(
                        Finding::error(
                            "invalid-file-name",
                            format!("the name of `{shown}` is not UTF-8"),
                        )
                        .help("rename it"),
                    );
                    continue;
                }
            };
            if name.starts_with('.') || name.ends_with('~') || name.starts_with('#') {
                continue;
            }
            // A broken link is listed as a file: reading it gives the finding.
            let directory = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
            entries.push(DirectoryEntry { name, directory });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Ok(Some(Listing { real, entries })))
    }
}

/// Why a path leads nowhere.
fn missing(full: &Utf8Path, path: &Utf8Path, error: io::Error) -> Reading<Option<Found>> {
    if is_link_loop(&error) {
        return Ok(Err(link_loop(path)));
    }
    match error.kind() {
        ErrorKind::NotFound if is_link(full.as_std_path()) => {
            Ok(Err(Finding::error("dangling-link", format!("`{path}` is a link to nothing"))
                .help("remove the link, or create what it points to")))
        }
        // No file can have a name that is too long, or one with a zero byte.
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::InvalidFilename
        | ErrorKind::InvalidInput => Ok(Ok(None)),
        _ => Err(error).with_context(|| format!("cannot read `{path}`")),
    }
}

/// The finding about a link that leads back to itself.
pub(super) fn link_loop(path: &Utf8Path) -> Finding {
    Finding::error("link-loop", format!("`{path}` is a link to itself"))
        .help("replace the link by what is meant")
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

fn is_link_loop(error: &io::Error) -> bool {
    const ELOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };
    error.raw_os_error() == Some(ELOOP)
}

/// The nearest folder, from `start` upwards, that holds `environments/`.
#[must_use]
pub fn find_root(start: &Utf8Path) -> Option<Utf8PathBuf> {
    start.ancestors().find(|folder| folder.join("environments").is_dir()).map(Utf8Path::to_path_buf)
}
