//! Files that stand beside the output folder: they are replaced only if they say themselves that iac
//! wrote them, whatever git says, and found again by a record below the output folder.

use super::disk::{self, Found, Kind, Text};
use super::error::{Obstacle, Why, WriteError};
use super::plan::Step;
use super::{Published, check_folder};
use crate::fileset::{File, FileSet, RECORD};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// Folders of which a record that somebody edited may name nothing.
const NEVER: &[&str] = &[".git", "environments", "templates"];

/// What must be done, and what it comes to.
pub(super) struct Plan<'a> {
    pub(super) removals: Vec<Step<'a>>,
    pub(super) puts: Vec<Step<'a>>,
    pub(super) done: Published,
}

/// Looks at published files, and changes nothing.
pub(super) fn plan<'a>(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &'a FileSet,
) -> Result<Plan<'a>, WriteError> {
    let mut plan = Plan { removals: Vec::new(), puts: Vec::new(), done: Published::default() };
    let mut obstacles = Vec::new();
    for (path, file) in files.published() {
        match state(root, path, file)? {
            State::Missing => {
                plan.done.created += 1;
                plan.puts.push(Step::Put { path, file, over: false });
            }
            State::Right => plan.done.unchanged += 1,
            State::Ours => {
                plan.done.replaced += 1;
                plan.puts.push(Step::Put { path, file, over: true });
            }
            State::Blocked(obstacle) => obstacles.push(obstacle),
        }
    }
    if !obstacles.is_empty() {
        return Err(WriteError::Blocked(obstacles));
    }
    let record = record(root, folder)?;
    plan.removals.extend(leftovers(root, files, &record).into_iter().map(Step::Sweep));
    for (path, is_ours) in strays_of(root, files, &record)? {
        if is_ours {
            plan.done.removed.push(path.clone());
            plan.removals.push(Step::Sweep(path));
        } else {
            plan.done.foreign.push(path);
        }
    }
    Ok(plan)
}

/// How a published file lies on the disk.
pub(crate) enum State {
    /// Nothing is there.
    Missing,
    /// It is as it should be.
    Right,
    /// It is iac's, and another.
    Ours,
    /// It is not iac's, or something is in its way.
    Blocked(Obstacle),
}

/// How a published file lies on the disk.
pub(crate) fn state(root: &Utf8Path, path: &Utf8Path, file: &File) -> Result<State, WriteError> {
    let blocked = |path: &Utf8Path, why| State::Blocked(Obstacle { path: path.to_owned(), why });
    match check_folder(root, path.parent().unwrap_or(Utf8Path::new(""))) {
        Ok(_) => {}
        Err(WriteError::Folder(obstacle)) => return Ok(State::Blocked(obstacle)),
        Err(error) => return Err(error),
    }
    let reading = |reason| WriteError::io("read", path, reason);
    let place = root.join(path);
    match disk::kind(&place).map_err(reading)? {
        None => return Ok(State::Missing),
        Some(Kind::File) => {}
        Some(kind) => return Ok(blocked(path, Why::in_a_file(kind))),
    }
    let Some(mut found) = Found::open(&place).map_err(reading)? else { return Ok(State::Missing) };
    let compared = found.compare(file.text.as_bytes(), &mut Vec::new()).map_err(reading)?;
    Ok(match compared {
        Text::Same => State::Right,
        Text::Marked => State::Ours,
        Text::Unmarked => blocked(path, Why::Yours),
    })
}

/// What the record on the disk names and is published no more, and whether it says that it is iac's.
pub(crate) fn strays(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &FileSet,
) -> Result<Vec<(Utf8PathBuf, bool)>, WriteError> {
    strays_of(root, files, &record(root, folder)?)
}

/// The paths that the record on the disk names.
fn record(root: &Utf8Path, folder: &Utf8Path) -> Result<BTreeSet<Utf8PathBuf>, WriteError> {
    let record = folder.join(RECORD);
    let place = root.join(&record);
    let reading = |reason| WriteError::io("read", &record, reason);
    if disk::kind(&place).map_err(reading)? != Some(Kind::File) {
        return Ok(BTreeSet::new());
    }
    let text = disk::text(&place).map_err(reading)?;
    Ok(text.lines().filter_map(|line| named(line, folder)).map(Utf8Path::to_owned).collect())
}

fn strays_of(
    root: &Utf8Path,
    files: &FileSet,
    record: &BTreeSet<Utf8PathBuf>,
) -> Result<Vec<(Utf8PathBuf, bool)>, WriteError> {
    let mut strays = Vec::new();
    for path in record.difference(files.record()) {
        // A record may be edited: what lies behind a link or is no file is nobody's to remove.
        let way = check_folder(root, path.parent().unwrap_or(Utf8Path::new("")));
        let is_file = || disk::kind(&root.join(path)).is_ok_and(|kind| kind == Some(Kind::File));
        if way.is_err() || !is_file() {
            continue;
        }
        let reading = |reason| WriteError::io("read", path, reason);
        let Some(mut found) = Found::open(&root.join(path)).map_err(reading)? else { continue };
        let compared = found.compare(b"", &mut Vec::new()).map_err(reading)?;
        strays.push((path.clone(), compared == Text::Marked));
    }
    Ok(strays)
}

/// The path that a line of the record names, if it may name it.
fn named<'a>(line: &'a str, folder: &Utf8Path) -> Option<&'a Utf8Path> {
    let path = Utf8Path::new(line);
    let is_below = line == line.trim()
        && !line.is_empty()
        && !line.starts_with('#')
        && path.components().all(|part| matches!(part, Utf8Component::Normal(_)))
        && !path.starts_with(folder)
        && !NEVER.iter().any(|never| path.starts_with(never));
    is_below.then_some(path)
}

/// Temporary files of a run that was ended, beside files that are published or were.
fn leftovers(
    root: &Utf8Path,
    files: &FileSet,
    record: &BTreeSet<Utf8PathBuf>,
) -> BTreeSet<Utf8PathBuf> {
    let published = files.published().map(|(path, _)| path);
    let all = published.chain(record.iter().map(Utf8PathBuf::as_path));
    let folders: BTreeSet<&Utf8Path> = all.filter_map(Utf8Path::parent).collect();
    let mut found = BTreeSet::new();
    for folder in folders.into_iter().filter(|folder| check_folder(root, folder).is_ok()) {
        let entries = root.join(folder).read_dir_utf8().into_iter().flatten().flatten();
        let paths = entries.map(|entry| folder.join(entry.file_name()));
        found.extend(paths.filter(|path| disk::is_leftover(path)));
    }
    found
}
