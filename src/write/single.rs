//! Single files outside the output folder: those that machines write, and a new project's.
#![allow(clippy::disallowed_methods, reason = "write is the only writer")]

use super::WriteError;
use super::disk;
use crate::yaml::{Document, KeyOrder, documents};
use camino::Utf8Path;
use serde::Serialize;
use std::fs;
use std::io::{self, Write};

/// The text of a file that machines write: sorted, with a line that says who writes it.
///
/// # Panics
/// If the entries cannot be written as JSON, which their types rule out.
pub fn machine_file(comment: &str, entries: &impl Serialize) -> String {
    let value = serde_json::to_value(entries).expect("typed entries are plain trees");
    let document =
        Document { comments: vec![comment.to_owned()], ..Document::new(value, KeyOrder::AsIs) };
    documents(&[document])
}

/// Replaces a file whole, or creates it. A link is never followed.
pub fn replace(root: &Utf8Path, path: &Utf8Path, text: &str) -> Result<(), WriteError> {
    let full = root.join(path);
    let folder = full.parent().unwrap_or(root).to_owned();
    refuse_links(root, path)?;
    let failed = |reason| WriteError::io("write", path, reason);
    let mut file = disk::temporary().tempfile_in(&folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    readable(&file).map_err(failed)?;
    file.persist(&full).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Creates a file, with the folders on its way, unless there is something already. Returns
/// whether it was created.
pub fn create(root: &Utf8Path, path: &Utf8Path, text: &str) -> Result<bool, WriteError> {
    let full = root.join(path);
    let failed = |reason| WriteError::io("create", path, reason);
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match fs::OpenOptions::new().write(true).create_new(true).open(&full) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn refuse_links(root: &Utf8Path, path: &Utf8Path) -> Result<(), WriteError> {
    for part in path.ancestors().filter(|part| !part.as_str().is_empty()) {
        let kind =
            disk::kind(&root.join(part)).map_err(|error| WriteError::io("look at", part, error))?;
        if kind == Some(disk::Kind::Link) {
            let reason = io::Error::other("it is a link, and iac writes through none");
            return Err(WriteError::io("write", part, reason));
        }
    }
    Ok(())
}

/// A temporary file is readable by its owner alone; a file of the project is not.
#[cfg(unix)]
fn readable(file: &tempfile::NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &tempfile::NamedTempFile) -> io::Result<()> {
    Ok(())
}
