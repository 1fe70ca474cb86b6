//! What must be done to the output folder, and the doing of it.
#![allow(clippy::disallowed_methods, reason = "`write` is where files are written and removed")]

use super::disk::{self, Found, Kind, Text};
use super::error::{Obstacle, Why, WriteError};
use super::ownership::{self, Ownership, Scope};
use super::{KEEP, Options, Written};
use crate::fileset::{File, FileSet, is_marked};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// How often a file is tried again that another run interferes with.
const ATTEMPTS: usize = 16;

/// One change to the disk. Paths are relative to the output folder.
#[derive(Debug)]
pub(super) enum Step<'a> {
    /// Remove a temporary file.
    Sweep(Utf8PathBuf),
    /// Remove a file or a link, then the folders that are empty because of it.
    Remove { real: PathBuf, path: Utf8PathBuf },
    /// Put a file in its place; `over` what is there, or where nothing is.
    Put { path: &'a Utf8Path, file: &'a File, over: bool },
}

/// All changes, and their summary.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) steps: Vec<Step<'a>>,
    pub(super) written: Written,
}

/// Looks at the output folder, and changes nothing.
pub(super) fn plan<'a>(
    root: &Utf8Path,
    folder: &Utf8Path,
    files: &'a FileSet,
    scope: &Scope,
    options: Options,
    ownership: &Ownership,
) -> Result<Plan<'a>, WriteError> {
    let needed = ownership::folders(files);
    let survey = ownership::survey(ownership, &needed, scope)?;
    let mut written = Written::default();
    let mut obstacles = in_the_way(&survey, files, &needed);
    let mut puts = Vec::new();
    let mut buffer = Vec::new();
    for (path, file) in files.iter() {
        if path.as_str() == KEEP || ownership.keeps(path.as_std_path(), false) {
            obstacles.push(Obstacle { path: path.to_owned(), why: Why::Kept });
            continue;
        }
        let found = match survey.entries.get(path) {
            None => None,
            Some(Kind::File) => look(root, folder, path, file, &mut buffer)?,
            Some(kind) => {
                obstacles.push(Obstacle { path: path.to_owned(), why: Why::in_a_file(*kind) });
                continue;
            }
        };
        let Some((text, mode_differs)) = found else {
            written.created += 1;
            puts.push(Step::Put { path, file, over: false });
            continue;
        };
        if text == Text::Same && !(mode_differs && ownership.knows_modes()) {
            written.unchanged += 1;
        } else if text == Text::Unmarked
            && !ownership.tracks(path)?
            && !is_named(root, folder, path, file)?
        {
            obstacles.push(Obstacle { path: path.to_owned(), why: Why::Foreign });
        } else {
            written.replaced += 1;
            puts.push(Step::Put { path, file, over: true });
        }
    }
    if !obstacles.is_empty() {
        for obstacle in &mut obstacles {
            obstacle.path = folder.join(&obstacle.path);
        }
        return Err(WriteError::Blocked(obstacles));
    }

    let mut steps: Vec<Step> = survey.leftovers.iter().cloned().map(Step::Sweep).collect();
    for stray in ownership::strays(&survey, files, ownership, scope) {
        let goes = stray.may_be_removed() && (options.prune || stray.is_tracked(ownership)?);
        if goes {
            written.removed.push(stray.path.clone());
            steps.push(Step::Remove { real: stray.real, path: stray.path });
        } else {
            written.foreign.push(stray.path);
        }
    }
    // After the removals: where `A` and `a` are one file, removing the old name must not take the
    // new file with it.
    steps.append(&mut puts);
    Ok(Plan { steps, written })
}

/// Whether the file that names a generated one lies on the disk, is iac's, and names it.
fn is_named(
    root: &Utf8Path,
    folder: &Utf8Path,
    path: &Utf8Path,
    file: &File,
) -> Result<bool, WriteError> {
    let Some(by) = &file.named_by else { return Ok(false) };
    let place = root.join(folder).join(by);
    let reading = |reason| WriteError::io("read", &folder.join(by), reason);
    if disk::kind(&place).map_err(reading)? != Some(Kind::File) {
        return Ok(false);
    }
    let text = disk::text(&place).map_err(reading)?;
    let below = by.parent().and_then(|home| path.strip_prefix(home).ok());
    // As a whole line: a name may be the beginning of another.
    let names = |below: &Utf8Path| {
        text.lines().any(|line| line.trim_end().ends_with(&format!(" ./{below}")))
    };
    Ok(is_marked(text.as_bytes()) && below.is_some_and(names))
}

/// What keeps a needed folder from being one.
fn in_the_way(
    survey: &disk::Survey,
    files: &FileSet,
    needed: &BTreeSet<&Utf8Path>,
) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    for folder in needed {
        let why = if files.get(folder).is_some() {
            Some(Why::Overlap)
        } else {
            survey.entries.get(*folder).copied().and_then(Why::in_a_folder)
        };
        obstacles.extend(why.map(|why| Obstacle { path: (*folder).to_owned(), why }));
    }
    obstacles
}

/// How the file on disk compares: its text, and whether its mode is another. `None` if it is gone.
fn look(
    root: &Utf8Path,
    folder: &Utf8Path,
    path: &Utf8Path,
    file: &File,
    buffer: &mut Vec<u8>,
) -> Result<Option<(Text, bool)>, WriteError> {
    let shown = folder.join(path);
    let looked = Found::open(&root.join(&shown)).and_then(|found| {
        let Some(mut found) = found else { return Ok(None) };
        let text = found.compare(file.text.as_bytes(), buffer)?;
        Ok(Some((text, found.executable.is_some_and(|may| may != file.executable))))
    });
    looked.map_err(|reason| WriteError::io("read", &shown, reason))
}

impl Step<'_> {
    /// Does it. A second run at the same time is no fault: what it has done already is done.
    pub(super) fn take(&self, root: &Utf8Path, folder: &Utf8Path) -> Result<(), WriteError> {
        let top = root.join(folder);
        match self {
            Self::Sweep(path) => gone(fs::remove_file(top.join(path)))
                .map_err(|reason| WriteError::io("remove", &folder.join(path), reason)),
            Self::Remove { real, path } => {
                gone(fs::remove_file(top.as_std_path().join(real)))
                    .map_err(|reason| WriteError::io("remove", &folder.join(path), reason))?;
                for above in real.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty())
                {
                    if fs::remove_dir(top.as_std_path().join(above)).is_err() {
                        break;
                    }
                }
                Ok(())
            }
            Self::Put { path, file, over } => match put(&top.join(path), file, *over) {
                Ok(()) => Ok(()),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let path = folder.join(path);
                    Err(WriteError::Folder(Obstacle { path, why: Why::Appeared }))
                }
                Err(reason) => Err(WriteError::io("write", &folder.join(path), reason)),
            },
        }
    }
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Replaces a file whole, or makes it, with the folders above it.
fn put(path: &Utf8Path, file: &File, over: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_str().is_empty());
    let folder = folder.unwrap_or(Utf8Path::new("."));
    let mut result = Ok(());
    for _ in 0..ATTEMPTS {
        result = put_once(folder, path, file, over);
        match &result {
            // The folder is absent, or another run has swept our temporary file or the folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                gone(fs::create_dir_all(folder))?;
            }
            _ => break,
        }
    }
    result
}

fn put_once(folder: &Utf8Path, path: &Utf8Path, file: &File, over: bool) -> io::Result<()> {
    let mut builder = disk::temporary();
    #[cfg(unix)]
    let mode = {
        use std::os::unix::fs::PermissionsExt;
        fs::Permissions::from_mode(if file.executable { 0o777 } else { 0o666 })
    };
    #[cfg(unix)]
    builder.permissions(mode);
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(file.text.as_bytes())?;
    // Dropped on the way out, a temporary file is removed.
    let temporary = temporary.into_temp_path();
    if over {
        return temporary.persist(path).map_err(|failed| failed.error);
    }
    let Err(failed) = temporary.persist_noclobber(path) else { return Ok(()) };
    match (failed.error.kind(), disk::kind(path)?) {
        (io::ErrorKind::NotFound, _) => Err(failed.error),
        // Not every file system can take care that nothing is there.
        (_, None) => failed.path.persist(path).map_err(|failed| failed.error),
        // A second run was faster, and wrote what we write, or what is ours to replace.
        (io::ErrorKind::AlreadyExists, Some(Kind::File)) => {
            let compared = Found::open(path)?
                .map(|mut found| found.compare(file.text.as_bytes(), &mut Vec::new()))
                .transpose()?;
            if compared == Some(Text::Unmarked) {
                return Err(failed.error);
            }
            failed.path.persist(path).map_err(|failed| failed.error)
        }
        _ => Err(failed.error),
    }
}
