//! What lies in the output folder: a walk through it, and the reading of its files. Shared by what
//! writes the folder and what compares it. No link is ever followed.
#![allow(clippy::disallowed_methods, reason = "`load` reads input; the output is read here")]

use crate::fileset::{MARKED_WITHIN, is_marked};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const TEMPORARY_PREFIX: &str = ".iac-";
const TEMPORARY_SUFFIX: &str = ".tmp";
const TEMPORARY_LETTERS: usize = 12;

/// What a name in a folder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    /// A socket, a pipe or a device. It is never opened.
    Special,
    /// A folder that iac stays out of: a repository of its own.
    Repository,
    /// A folder that may not be read.
    Locked,
}

impl Kind {
    fn of(kind: fs::FileType) -> Self {
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Special
        }
    }
}

/// What a walk found. All paths are relative to the folder where it began.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Everything that has a name in UTF-8, below folders that have one.
    pub(crate) entries: BTreeMap<Utf8PathBuf, Kind>,
    /// The rest, folders left out.
    pub(crate) unnamed: Vec<(PathBuf, Kind)>,
    /// Temporary files of runs that were killed, or that are at work now.
    pub(crate) leftovers: Vec<Utf8PathBuf>,
}

/// Walks through a folder. `enter` is asked whether to look into a folder below it. A folder that
/// is absent holds nothing; so does one that vanishes meanwhile.
pub(crate) fn survey(
    top: &Utf8Path,
    enter: impl Fn(&Path) -> bool,
) -> Result<Survey, (PathBuf, io::Error)> {
    let mut survey = Survey::default();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let is_top = folder.as_os_str().is_empty();
        let failed = |error| (folder.clone(), error);
        let listed = match fs::read_dir(top.as_std_path().join(&folder)) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && !is_top => {
                survey.note(folder, Kind::Locked);
                continue;
            }
            Err(error) => return Err(failed(error)),
        };
        let mut found = Vec::new();
        for entry in listed {
            let entry = entry.map_err(failed)?;
            match entry.file_type() {
                Ok(kind) => found.push((entry.file_name(), Kind::of(kind))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed(error)),
            }
        }
        if found.iter().any(|(name, _)| name == ".git") {
            if !is_top {
                survey.note(folder, Kind::Repository);
                continue;
            }
            found.retain(|(name, _)| name != ".git");
        }
        for (name, kind) in found {
            let path = folder.join(name);
            if kind == Kind::Folder && enter(&path) {
                folders.push(path.clone());
            }
            survey.note(path, kind);
        }
    }
    Ok(survey)
}

impl Survey {
    fn note(&mut self, path: PathBuf, kind: Kind) {
        match Utf8PathBuf::from_path_buf(path) {
            Ok(path) if kind == Kind::File && is_leftover(&path) => self.leftovers.push(path),
            Ok(path) => {
                self.entries.insert(path, kind);
            }
            Err(_) if kind == Kind::Folder => {}
            Err(path) => self.unnamed.push((path, kind)),
        }
    }
}

/// The kind of what lies at one path, if anything does.
pub(crate) fn kind(path: &Utf8Path) -> io::Result<Option<Kind>> {
    match fs::symlink_metadata(path) {
        Ok(about) => Ok(Some(Kind::of(about.file_type()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The text of a small file of the user's in the output folder; the caller knows that it is a file.
pub(crate) fn text(path: &Utf8Path) -> io::Result<String> {
    fs::read_to_string(path)
}

/// The texts of some files in a folder; what is not UTF-8 is replaced.
pub(crate) fn texts(
    top: &Utf8Path,
    files: impl Iterator<Item = Utf8PathBuf>,
) -> Result<BTreeMap<Utf8PathBuf, String>, (PathBuf, io::Error)> {
    files
        .map(|path| match fs::read(top.join(&path)) {
            Ok(bytes) => Ok((path, String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) => Err((path.into_std_path_buf(), error)),
        })
        .collect()
}

/// A name for a temporary file, given letters at random.
pub(crate) fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX).suffix(TEMPORARY_SUFFIX).rand_bytes(TEMPORARY_LETTERS);
    builder
}

/// Whether the name is one that [`temporary`] gives.
pub(crate) fn is_leftover(path: &Utf8Path) -> bool {
    path.file_name()
        .and_then(|name| name.strip_prefix(TEMPORARY_PREFIX))
        .and_then(|name| name.strip_suffix(TEMPORARY_SUFFIX))
        .is_some_and(|random| {
            random.len() == TEMPORARY_LETTERS
                && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// An open file of the output folder.
#[derive(Debug)]
pub(crate) struct Found {
    file: fs::File,
    length: u64,
    /// Whether its owner may run it, where the system knows that.
    pub(crate) executable: Option<bool>,
}

/// How the text of a file compares to the text that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    Same,
    /// Different, and ours according to its marker.
    Marked,
    /// Different, and without a marker.
    Unmarked,
}

impl Found {
    /// Opens what is known to be a regular file. `None` if it is gone.
    pub(crate) fn open(path: &Utf8Path) -> io::Result<Option<Self>> {
        let file = match fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let about = file.metadata()?;
        Ok(Some(Self { file, length: about.len(), executable: executable(&about) }))
    }

    /// The whole file.
    pub(crate) fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        buffer.clear();
        self.file.read_to_end(buffer)?;
        Ok(())
    }

    /// Compares length first, and reads no more than it must.
    pub(crate) fn compare(&mut self, wanted: &[u8], buffer: &mut Vec<u8>) -> io::Result<Text> {
        buffer.clear();
        if usize::try_from(self.length) == Ok(wanted.len()) {
            buffer.resize(wanted.len(), 0);
            match self.file.read_exact(buffer) {
                Ok(()) if buffer == wanted => return Ok(Text::Same),
                Ok(()) => {}
                // Cut off after it was opened.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) => return Err(error),
            }
        } else {
            self.file.by_ref().take(MARKED_WITHIN as u64).read_to_end(buffer)?;
        }
        Ok(if is_marked(buffer) { Text::Marked } else { Text::Unmarked })
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems do not know")]
fn executable(about: &fs::Metadata) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    Some(about.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn executable(_: &fs::Metadata) -> Option<bool> {
    None
}
