//! Why the output folder cannot be written or compared.

use super::disk::Kind;
use super::{KEEP, MARKER};
use crate::tools::git::GitError;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;
use std::io;

/// What keeps a path from being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A symbolic link, whatever it leads to.
    Link,
    /// A folder where a file is generated.
    Folder,
    /// A file where a folder is needed.
    File,
    /// A socket, a pipe or a device.
    Special,
    /// A folder that is a git repository of its own.
    Repository,
    /// A folder that may not be read.
    Locked,
    /// A file that is not iac's.
    Foreign,
    /// A published file's path, at which a file of the user's lies.
    Yours,
    /// A generated file at a path that `.keep` leaves to the user.
    Kept,
    /// A path that is generated both as a file and as a folder.
    Overlap,
    /// A path that came into being during the run.
    Appeared,
    /// An output folder that is not below the root.
    Outside,
}

impl Why {
    /// What is wrong with something that lies where a file should be.
    pub(crate) fn in_a_file(kind: Kind) -> Self {
        match kind {
            Kind::File => Self::Foreign,
            Kind::Folder => Self::Folder,
            other => Self::other(other),
        }
    }

    /// What is wrong with something that lies where a folder should be.
    pub(crate) fn in_a_folder(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Folder => None,
            Kind::File => Some(Self::File),
            other => Some(Self::other(other)),
        }
    }

    fn other(kind: Kind) -> Self {
        match kind {
            Kind::File => Self::File,
            Kind::Folder => Self::Folder,
            Kind::Link => Self::Link,
            Kind::Special => Self::Special,
            Kind::Repository => Self::Repository,
            Kind::Locked => Self::Locked,
        }
    }
}

/// A path that is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Where, relative to the root.
    pub path: Utf8PathBuf,
    /// What is wrong with it.
    pub why: Why,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match self.why {
            Why::Link => write!(
                to,
                "`{path}` is a symbolic link, and iac never follows one: \
                 put a real file or folder in its place, or remove it"
            ),
            Why::Folder => {
                write!(to, "`{path}` is a folder, but a file belongs there: move it away")
            }
            Why::File => {
                write!(to, "`{path}` is a file, but a folder belongs there: move it away")
            }
            Why::Special => {
                write!(to, "`{path}` is a socket, a pipe or a device: move it away")
            }
            Why::Repository => write!(
                to,
                "`{path}` is a git repository of its own, and iac stays out of it: move it away"
            ),
            Why::Locked => {
                write!(to, "`{path}` may not be read: change its permissions, or move it away")
            }
            Why::Foreign => write!(
                to,
                "`{path}` is not iac's: git does not track it, and it does not say `{MARKER}`: \
                 move it away, or `git add` it to let iac replace it"
            ),
            Why::Yours => write!(
                to,
                "`{path}` does not say `{MARKER}`: it is yours, and iac replaces nothing of yours \
                 outside of out/: move it away, or publish to another path"
            ),
            Why::Kept => write!(
                to,
                "`{path}` is generated, but a pattern in `{KEEP}` leaves it to you: \
                 narrow the pattern"
            ),
            Why::Overlap => write!(
                to,
                "`{path}` is generated both as a file and as a folder: this is a fault of iac"
            ),
            Why::Appeared => {
                write!(to, "`{path}` came into being while iac was at work: run it again")
            }
            Why::Outside => write!(
                to,
                "`{path}` is not below the project: expected a relative path without `..`"
            ),
        }
    }
}

/// Why the output folder cannot be written or compared.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The output folder itself, or its `.keep`, is not what it should be.
    #[error("{0}")]
    Folder(Obstacle),
    /// Some paths cannot be written. Nothing has been written.
    #[error("nothing was written:{}", lines(.0))]
    Blocked(Vec<Obstacle>),
    /// A pattern in `.keep` cannot be read.
    #[error("`{path}`, line {line}: {reason}")]
    Keep {
        /// The file, relative to the root.
        path: Utf8PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system said no. Each file is as it was or as it should be.
    #[error("cannot {action} `{path}`: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where, relative to the root.
        path: Utf8PathBuf,
        /// What the operating system said.
        reason: io::Error,
    },
    /// git could not be asked whose a file is.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl WriteError {
    pub(crate) fn io(action: &'static str, path: &Utf8Path, reason: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), reason: plain(reason) }
    }
}

/// An error without the name of a temporary file, which is gone when it is read.
fn plain(error: io::Error) -> io::Error {
    let names_a_file = |text: String| text.contains(" at path ");
    if error.get_ref().is_some_and(|inside| names_a_file(inside.to_string())) {
        return error.kind().into();
    }
    error
}

fn lines(obstacles: &[Obstacle]) -> String {
    obstacles.iter().flat_map(|obstacle| ["\n  ".to_owned(), obstacle.to_string()]).collect()
}
