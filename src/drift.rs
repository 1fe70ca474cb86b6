//! Does the output folder still hold what would be generated?

use crate::fileset::{File, FileSet};
use crate::write::disk::{Found, Kind, Survey};
use crate::write::ownership::{self, Ownership};
use crate::write::publish::{self, State};
use crate::write::{Obstacle, Scope, Why, WriteError, check_folder, given};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// One difference between the output folder and what would be generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Where, relative to the output folder, or to the root if it is published.
    pub path: Utf8PathBuf,
    /// Whether it stands beside the output folder.
    pub is_published: bool,
    /// What is different.
    pub kind: DriftKind,
}

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftKind {
    /// It is generated, and not there.
    Missing,
    /// It is there and tracked by git, and no longer generated.
    Stale,
    /// The text is another.
    Changed {
        /// The first line that differs, from 1.
        line: usize,
        /// That line of the file, with its line end; invalid UTF-8 is replaced. `None`: the file
        /// ends before.
        found: Option<String>,
        /// That line as it would be generated. `None`: the text ends before.
        expected: Option<String>,
    },
    /// The text is right, and the right to run it is not.
    Mode,
    /// A folder, a link or something else lies where a file is generated, or where a folder is
    /// needed.
    NotAFile,
    /// It is not generated and git does not track it: a warning, no drift.
    Foreign,
}

impl Drift {
    /// Whether the folder has to be written again, or something taken out of the way.
    #[must_use]
    pub fn is_drift(&self) -> bool {
        self.kind != DriftKind::Foreign
    }
}

/// All differences between `root/folder` and what would be generated, in order of path. Files that
/// are not generated are looked for in the scope only.
pub fn drift(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &FileSet,
    scope: &Scope,
) -> Result<Vec<Drift>, WriteError> {
    let root = given(root);
    let folder = check_folder(root, folder)?;
    let ownership = Ownership::read(root, &folder)?;
    let mut drifts = drift_with(root, &folder, files, scope, &ownership)?;
    drifts.extend(published(root, &folder, files)?);
    Ok(drifts)
}

/// What differs of what is published beside the output folder.
fn published(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &FileSet,
) -> Result<Vec<Drift>, WriteError> {
    let mut drifts = Vec::new();
    for (path, file) in files.published() {
        let kind = match publish::state(root, path, file)? {
            State::Right => None,
            State::Missing => Some(DriftKind::Missing),
            State::Blocked(Obstacle { why: Why::Yours, .. }) | State::Ours => {
                let reading = |reason| WriteError::io("read", path, reason);
                let mut buffer = Vec::new();
                let found = Found::open(&root.join(path)).map_err(reading)?;
                found.map(|mut found| found.read(&mut buffer)).transpose().map_err(reading)?;
                Some(first_difference(&buffer, file.text.as_bytes()))
            }
            State::Blocked(_) => Some(DriftKind::NotAFile),
        };
        drifts.extend(kind.map(|kind| Drift { path: path.to_owned(), is_published: true, kind }));
    }
    for (path, is_ours) in publish::strays(root, folder, files)? {
        let kind = if is_ours { DriftKind::Stale } else { DriftKind::Foreign };
        drifts.push(Drift { path, is_published: true, kind });
    }
    drifts.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(drifts)
}

fn drift_with(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &FileSet,
    scope: &Scope,
    ownership: &Ownership,
) -> Result<Vec<Drift>, WriteError> {
    let needed = ownership::folders(files);
    let survey = ownership::survey(ownership, &needed, scope)?;
    let is_no_folder =
        |path: &&Utf8Path| survey.entries.get(*path).is_some_and(|kind| *kind != Kind::Folder);
    let in_the_way: BTreeSet<&Utf8Path> = needed.into_iter().filter(is_no_folder).collect();
    let mut drifts: Vec<Drift> = in_the_way
        .iter()
        .map(|path| Drift {
            path: (*path).to_owned(),
            is_published: false,
            kind: DriftKind::NotAFile,
        })
        .collect();
    let mut buffer = Vec::new();
    for (path, file) in files.iter() {
        let shown = folder.join(path);
        let kind = compare(&survey, &root.join(&shown), path, file, ownership, &mut buffer)
            .map_err(|reason| WriteError::io("read", &shown, reason))?;
        drifts.extend(kind.map(|kind| Drift { path: path.to_owned(), is_published: false, kind }));
    }
    for stray in ownership::strays(&survey, files, ownership, scope) {
        if in_the_way.contains(stray.path.as_path()) {
            continue;
        }
        let tracked = stray.is_tracked(ownership)?;
        let kind = if tracked { DriftKind::Stale } else { DriftKind::Foreign };
        drifts.push(Drift { path: stray.path, is_published: false, kind });
    }
    drifts.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(drifts)
}

fn compare(
    survey: &Survey,
    place: &Utf8Path,
    path: &Utf8Path,
    file: &File,
    ownership: &Ownership,
    buffer: &mut Vec<u8>,
) -> std::io::Result<Option<DriftKind>> {
    match survey.entries.get(path) {
        None => {
            let blocked = path
                .ancestors()
                .skip(1)
                .any(|above| survey.entries.get(above).is_some_and(|kind| *kind != Kind::Folder));
            return Ok((!blocked).then_some(DriftKind::Missing));
        }
        Some(Kind::File) => {}
        Some(_) => return Ok(Some(DriftKind::NotAFile)),
    }
    let Some(mut found) = Found::open(place)? else { return Ok(Some(DriftKind::Missing)) };
    found.read(buffer)?;
    if buffer != file.text.as_bytes() {
        return Ok(Some(first_difference(buffer, file.text.as_bytes())));
    }
    let mode_differs = found.executable.is_some_and(|may| may != file.executable);
    Ok((mode_differs && ownership.knows_modes()).then_some(DriftKind::Mode))
}

/// The first line in which two texts that are not equal differ.
fn first_difference(found: &[u8], expected: &[u8]) -> DriftKind {
    let common = found.iter().zip(expected).take_while(|(one, other)| one == other).count();
    let same = found.get(..common).unwrap_or_default();
    let start = same.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let line_at = |text: &[u8]| {
        let line = text.get(start..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n');
        line.into_iter().next().map(|line| String::from_utf8_lossy(line).into_owned())
    };
    DriftKind::Changed {
        line: same.split(|byte| *byte == b'\n').count(),
        found: line_at(found),
        expected: line_at(expected),
    }
}

#[cfg(test)]
mod tests;
