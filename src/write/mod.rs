//! The only writer: brings the output folder to what was generated.
//!
//! Everything is decided before anything is done: [`plan`] looks at the folder and either lists the
//! steps or says what is in the way; only then are the steps taken. Each file is replaced whole, so
//! that a run that is killed leaves each file old or new, and the next run mends the rest.

pub(crate) mod disk;
mod error;
pub(crate) mod ownership;
mod plan;
#[cfg(test)]
mod properties;
pub(crate) mod publish;
mod single;
#[cfg(test)]
mod tests;

pub use error::{Obstacle, Why, WriteError};
pub use ownership::{KEEP, Scope};
pub use single::{create, machine_file, replace};

pub use crate::fileset::MARKER;

use crate::fileset::FileSet;
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use ownership::Ownership;

/// Texts by their path below a folder.
pub type Texts = std::collections::BTreeMap<Utf8PathBuf, String>;

/// Choices of the user's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Remove also what was not generated and git does not track.
    pub prune: bool,
}

/// What was done. Paths are relative to the output folder and in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// How many files are new.
    pub created: usize,
    /// How many files had another text or mode.
    pub replaced: usize,
    /// How many files were right, and were not touched.
    pub unchanged: usize,
    /// Files that are no longer generated and were removed.
    pub removed: Vec<Utf8PathBuf>,
    /// Files that are not iac's and were left alone.
    pub foreign: Vec<Utf8PathBuf>,
    /// What was done beside the output folder.
    pub published: Published,
}

/// What was done to published files. Paths are relative to the root and in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// How many files are new.
    pub created: usize,
    /// How many files had another text or mode.
    pub replaced: usize,
    /// How many files were right, and were not touched.
    pub unchanged: usize,
    /// Files that are no longer published and were removed.
    pub removed: Vec<Utf8PathBuf>,
    /// Files that are no longer published and do not say that they are iac's.
    pub foreign: Vec<Utf8PathBuf>,
}

/// Brings the output folder, `root/folder`, and what is published beside it to what was generated.
/// The root is trusted, and may be reached by links; nothing below it may. Files outside of the scope
/// are written if they are generated, and left alone otherwise.
pub fn write(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &FileSet,
    scope: &Scope,
    options: Options,
) -> Result<Written, WriteError> {
    let root = given(root);
    let folder = check_folder(root, folder)?;
    let ownership = Ownership::read(root, &folder)?;
    // Before anything is written, everything is looked at.
    let published = publish::plan(root, &folder, files);
    let plan = plan::plan(root, &folder, files, scope, options, &ownership);
    let (plan, published) = match (plan, published) {
        (Err(WriteError::Blocked(mut all)), Err(WriteError::Blocked(more))) => {
            all.extend(more);
            return Err(WriteError::Blocked(all));
        }
        (plan, published) => (plan?, published?),
    };
    // What goes is gone before the record forgets it; what comes is in the record before it is there.
    let beside = Utf8Path::new("");
    let all = [(beside, &published.removals), (&folder, &plan.steps), (beside, &published.puts)];
    for (below, steps) in all {
        for step in steps {
            step.take(root, below)?;
        }
    }
    Ok(Written { published: published.done, ..plan.written })
}

/// Brings a folder of the user's choice to what was generated, without what is published beside the
/// output folder.
pub fn write_copy(
    root: &Utf8Path,
    files: &FileSet,
    scope: &Scope,
    options: Options,
) -> Result<Written, WriteError> {
    let root = given(root);
    let folder = check_folder(root, Utf8Path::new("."))?;
    let ownership = Ownership::read(root, &folder)?;
    write_with(root, &folder, files, scope, options, &ownership)
}

fn write_with(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &FileSet,
    scope: &Scope,
    options: Options,
    ownership: &Ownership,
) -> Result<Written, WriteError> {
    let plan = plan::plan(root, folder, files, scope, options, ownership)?;
    for step in &plan.steps {
        step.take(root, folder)?;
    }
    Ok(plan.written)
}

/// The texts of all files in a folder; what is not UTF-8 is replaced.
pub fn read(root: &Utf8Path, folder: &Utf8Path) -> Result<Texts, WriteError> {
    let root = given(root);
    let folder = check_folder(root, folder)?;
    let top = root.join(&folder);
    let failed = |(path, error): (std::path::PathBuf, _)| {
        let path = Utf8PathBuf::from(path.to_string_lossy().into_owned());
        WriteError::io("read", &path, error)
    };
    let survey = disk::survey(&top, |_| true).map_err(failed)?;
    let found = survey.entries.into_iter().filter(|(_, kind)| *kind == disk::Kind::File);
    disk::texts(&top, found.map(|(path, _)| path)).map_err(failed)
}

/// The texts of the files of the output folder that [`write`] would keep, replace or remove. What
/// is the user's, or not known to be iac's, is left out.
pub fn read_own(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &FileSet,
    scope: &Scope,
) -> Result<Texts, WriteError> {
    let root = given(root);
    let folder = check_folder(root, folder)?;
    let ownership = Ownership::read(root, &folder)?;
    let survey = ownership::survey(&ownership, &ownership::folders(files), scope)?;
    let mut own = Vec::new();
    for stray in ownership::strays(&survey, files, &ownership, scope) {
        if stray.kind == disk::Kind::File && stray.is_tracked(&ownership)? {
            own.push(stray.path);
        }
    }
    let generated = |(path, kind): &(Utf8PathBuf, disk::Kind)| {
        *kind == disk::Kind::File && files.get(path).is_some()
    };
    own.extend(survey.entries.into_iter().filter(generated).map(|(path, _)| path));
    disk::texts(&root.join(&folder), own.into_iter()).map_err(|(path, error)| {
        WriteError::io("read", &folder.join(path.to_string_lossy().as_ref()), error)
    })
}

/// Takes the files out of a tree that are the user's by the output folder's `.keep`.
pub fn leave_out_kept(
    root: &Utf8Path,
    folder: &Utf8Path,
    texts: &mut Texts,
) -> Result<(), WriteError> {
    let root = given(root);
    let folder = check_folder(root, folder)?;
    let ownership = Ownership::read(root, &folder)?;
    texts.retain(|path, _| {
        !ownership::is_never_stale(path) && !ownership.keeps(path.as_std_path(), false)
    });
    Ok(())
}

/// The root with a name, also where it is given as nothing: the working folder.
pub(crate) fn given(root: &Utf8Path) -> &Utf8Path {
    if root.as_str().is_empty() { Utf8Path::new(".") } else { root }
}

/// Checks that the way from the root to the output folder is one of real folders, as far as it
/// exists, and gives it without `.`.
pub(crate) fn check_folder(root: &Utf8Path, folder: &Utf8Path) -> Result<Utf8PathBuf, WriteError> {
    let mut way = Utf8PathBuf::new();
    for component in folder.components() {
        match component {
            Utf8Component::Normal(name) => way.push(name),
            Utf8Component::CurDir => continue,
            _ => {
                let path = folder.to_owned();
                return Err(WriteError::Folder(Obstacle { path, why: Why::Outside }));
            }
        }
        let kind =
            disk::kind(&root.join(&way)).map_err(|reason| WriteError::io("read", &way, reason))?;
        let Some(kind) = kind else { continue };
        if let Some(why) = Why::in_a_folder(kind) {
            return Err(WriteError::Folder(Obstacle { path: way, why }));
        }
    }
    Ok(way)
}
