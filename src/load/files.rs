//! Reading files: the one place where input comes in.
#![allow(clippy::disallowed_methods, reason = "load is the reader of input")]

use crate::finding::Finding;
use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use std::io;

/// A larger description is a mistake, for instance a binary.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The bytes of a file, nothing if there is none; a finding if it is no file or too large.
pub(super) fn bytes(
    root: &Utf8Path,
    path: &Utf8Path,
) -> anyhow::Result<Result<Option<Vec<u8>>, Finding>> {
    let full = root.join(path);
    let metadata = match fs::metadata(&full) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(match fs::symlink_metadata(&full) {
                Ok(_) => {
                    Err(Finding::error("dangling-link", format!("`{path}` is a link to nothing"))
                        .help("remove the link, or create what it points to"))
                }
                Err(_) => Ok(None),
            });
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Ok(None)),
        Err(error) if is_link_loop(&error) => {
            return Ok(Err(Finding::error("link-loop", format!("`{path}` is a link to itself"))
                .help("replace the link by the file that is meant")));
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read `{path}`")),
    };
    if metadata.is_dir() {
        return Ok(Err(Finding::error(
            "not-a-file",
            format!("`{path}` is a directory, a file is expected"),
        )
        .help("rename the directory")));
    }
    if !metadata.is_file() {
        return Ok(Err(Finding::error("not-a-file", format!("`{path}` is not a regular file"))));
    }
    if metadata.len() > LARGEST {
        return Ok(Err(Finding::error(
            "file-too-large",
            format!("`{path}` has {} bytes; at most {LARGEST} are read", metadata.len()),
        )));
    }
    let bytes = fs::read(&full).with_context(|| format!("cannot read `{path}`"))?;
    Ok(Ok(Some(bytes)))
}

fn is_link_loop(error: &io::Error) -> bool {
    const ELOOP: i32 = 40;
    error.raw_os_error() == Some(ELOOP)
}

/// One entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DirectoryEntry {
    pub(super) name: String,
    pub(super) directory: bool,
}

/// The entries of a directory in order of name; nothing if there is none. Hidden entries and those
/// of editors are left out.
pub(super) fn directory(
    root: &Utf8Path,
    path: &Utf8Path,
) -> anyhow::Result<Option<Vec<DirectoryEntry>>> {
    let full = root.join(path);
    let entries = match fs::read_dir(&full) {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot list `{path}`")),
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list `{path}`"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with('~') || name.starts_with('#') {
            continue;
        }
        // A broken link is listed as a file: reading it gives the finding.
        let directory = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
        all.push(DirectoryEntry { name, directory });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(all))
}

/// The nearest folder, from `start` upwards, that holds `environments/`.
#[must_use]
pub fn find_root(start: &Utf8Path) -> Option<Utf8PathBuf> {
    start.ancestors().find(|folder| folder.join("environments").is_dir()).map(Utf8Path::to_path_buf)
}
