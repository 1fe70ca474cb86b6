//! Whose is a file in the output folder: iac's, the user's, or unknown?

use super::disk::{self, Kind, Survey};
use super::error::{Obstacle, Why, WriteError};
use crate::fileset::FileSet;
use crate::tools::git::Git;
use camino::{Utf8Path, Utf8PathBuf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The file at the top of the output folder that names what in it is the user's.
pub const KEEP: &str = ".keep";

/// Files at the top of the output folder that are never stale.
const NEVER_STALE: [&str; 3] = [KEEP, ".gitignore", ".gitattributes"];

/// Whether a path of the output folder is the user's in any case.
pub(crate) fn is_never_stale(path: &Utf8Path) -> bool {
    NEVER_STALE.contains(&path.as_str())
}

/// The part of the output folder that a run speaks for. A file outside it is not stale only because
/// this run does not generate it.
#[derive(Debug, Clone)]
pub struct Scope {
    within: Vec<Utf8PathBuf>,
    without: Vec<Utf8PathBuf>,
}

impl Scope {
    /// The whole folder.
    #[must_use]
    pub fn everything() -> Self {
        Self::of([""])
    }

    /// What lies below some paths, for instance `prod/` and `shared/`.
    #[must_use]
    pub fn of<P: Into<Utf8PathBuf>>(within: impl IntoIterator<Item = P>) -> Self {
        Self { within: within.into_iter().map(Into::into).collect(), without: Vec::new() }
    }

    /// The same without what lies below a path, for instance a folder where a generated script
    /// keeps its secrets.
    #[must_use]
    pub fn without(mut self, path: impl Into<Utf8PathBuf>) -> Self {
        self.without.push(path.into());
        self
    }

    /// Whether the run speaks for a path.
    #[must_use]
    pub fn contains(&self, path: &Utf8Path) -> bool {
        self.within.iter().any(|within| path.starts_with(within))
            && !self.without.iter().any(|without| path.starts_with(without))
    }

    /// Whether the run speaks for anything below a folder.
    fn touches(&self, folder: &Utf8Path) -> bool {
        let may_hold = self.within.iter().any(|within| within.starts_with(folder));
        self.contains(folder)
            || (may_hold && !self.without.iter().any(|without| folder.starts_with(without)))
    }
}

/// Decides whose a file is. git is asked at most once, and only when it matters.
#[derive(Debug)]
pub(crate) struct Ownership {
    keep: Option<Gitignore>,
    kept_folders: RefCell<BTreeMap<PathBuf, bool>>,
    root: Utf8PathBuf,
    folder: Utf8PathBuf,
    tracked: OnceCell<BTreeSet<Utf8PathBuf>>,
    modes: OnceCell<bool>,
}

impl Ownership {
    /// Reads `.keep`. The folder has been checked to be no link.
    pub(crate) fn read(root: &Utf8Path, folder: &Utf8Path) -> Result<Self, WriteError> {
        Ok(Self {
            keep: read_keep(root, folder)?,
            kept_folders: RefCell::default(),
            root: root.to_owned(),
            folder: folder.to_owned(),
            tracked: OnceCell::new(),
            modes: OnceCell::new(),
        })
    }

    /// As if git tracked these files, and knew modes.
    #[cfg(test)]
    pub(crate) fn with_tracked(self, tracked: BTreeSet<Utf8PathBuf>) -> Self {
        Self { tracked: OnceCell::from(tracked), modes: OnceCell::from(true), ..self }
    }

    /// Whether git has been asked.
    #[cfg(test)]
    pub(crate) fn has_asked(&self) -> bool {
        self.tracked.get().is_some()
    }

    /// Whether the user keeps this path: a pattern of `.keep` matches it or a folder above it.
    pub(crate) fn keeps(&self, path: &Path, is_folder: bool) -> bool {
        let Some(keep) = &self.keep else { return false };
        let above = path.parent().is_some_and(|above| self.keeps_folder(keep, above));
        above || keep.matched(path, is_folder).is_ignore()
    }

    fn keeps_folder(&self, keep: &Gitignore, folder: &Path) -> bool {
        if folder.as_os_str().is_empty() {
            return false;
        }
        let known = self.kept_folders.borrow().get(folder).copied();
        known.unwrap_or_else(|| {
            let above = folder.parent().is_some_and(|above| self.keeps_folder(keep, above));
            let kept = above || keep.matched(folder, true).is_ignore();
            self.kept_folders.borrow_mut().insert(folder.to_owned(), kept);
            kept
        })
    }

    /// Whether git tracks this path.
    pub(crate) fn tracks(&self, path: &Utf8Path) -> Result<bool, WriteError> {
        if let Some(tracked) = self.tracked.get() {
            return Ok(tracked.contains(path));
        }
        let tracked = Git::tracked(&self.root, &self.folder)?.unwrap_or_default();
        Ok(self.tracked.get_or_init(|| tracked).contains(path))
    }

    /// Whether the right to run a file means anything here.
    pub(crate) fn knows_modes(&self) -> bool {
        *self.modes.get_or_init(|| Git::keeps_modes(&self.root))
    }
}

fn read_keep(root: &Utf8Path, folder: &Utf8Path) -> Result<Option<Gitignore>, WriteError> {
    let shown = folder.join(KEEP);
    let path = root.join(&shown);
    let reading = |reason| WriteError::io("read", &shown, reason);
    match disk::kind(&path).map_err(reading)? {
        None => return Ok(None),
        Some(Kind::File) => {}
        Some(kind) => {
            return Err(WriteError::Folder(Obstacle { path: shown, why: Why::in_a_file(kind) }));
        }
    }
    let text = disk::text(&path).map_err(reading)?;
    let mut builder = GitignoreBuilder::new("");
    // git takes `a[` for a pattern that matches nothing: the file would not be kept.
    builder.allow_unclosed_class(false);
    let failed = |line, reason: ignore::Error| WriteError::Keep {
        path: shown.clone(),
        line,
        reason: reason.to_string(),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    for (index, line) in text.lines().enumerate() {
        builder.add_line(None, line).map_err(|reason| failed(index + 1, reason))?;
    }
    let keep = builder.build().map_err(|reason| failed(1, reason))?;
    Ok((!keep.is_empty()).then_some(keep))
}

/// Something in the output folder that was not generated, in a part that the run speaks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stray {
    /// Where it is; any bytes.
    pub(crate) real: PathBuf,
    /// The same to be shown.
    pub(crate) path: Utf8PathBuf,
    pub(crate) kind: Kind,
}

impl Stray {
    /// Whether git tracks it. What has no name in UTF-8 cannot have come from iac.
    pub(crate) fn is_tracked(&self, ownership: &Ownership) -> Result<bool, WriteError> {
        Ok(self.may_be_removed() && self.real.to_str().is_some() && ownership.tracks(&self.path)?)
    }

    /// A folder that iac stays out of is not removed on any word.
    pub(crate) fn may_be_removed(&self) -> bool {
        !matches!(self.kind, Kind::Repository | Kind::Locked)
    }
}

/// All folders that a file set needs, those above before those below.
pub(crate) fn folders(files: &FileSet) -> BTreeSet<&Utf8Path> {
    let mut folders = BTreeSet::new();
    let mut last = None;
    for (path, _) in files.iter() {
        let parent = path.parent();
        if parent != last {
            let above = path.ancestors().skip(1).take_while(|above| !above.as_str().is_empty());
            folders.extend(above);
            last = parent;
        }
    }
    folders
}

/// Walks through the output folder as far as a run needs it.
pub(crate) fn survey(
    ownership: &Ownership,
    needed: &BTreeSet<&Utf8Path>,
    scope: &Scope,
) -> Result<Survey, WriteError> {
    let enter = |path: &Path| {
        let name = shown(path);
        needed.contains(name.as_path()) || (scope.touches(&name) && !ownership.keeps(path, true))
    };
    disk::survey(&ownership.root.join(&ownership.folder), enter).map_err(|(path, reason)| {
        WriteError::io("read", &ownership.folder.join(shown(&path)), reason)
    })
}

/// What a run speaks for and did not generate, apart from what the user keeps.
pub(crate) fn strays(
    survey: &Survey,
    files: &FileSet,
    ownership: &Ownership,
    scope: &Scope,
) -> Vec<Stray> {
    let named = survey.entries.iter().filter(|(path, kind)| {
        **kind != Kind::Folder && files.get(path).is_none() && !is_never_stale(path)
    });
    let named = named.map(|(path, kind)| (path.as_std_path().to_owned(), path.clone(), *kind));
    let unnamed = survey.unnamed.iter().map(|(path, kind)| (path.clone(), shown(path), *kind));
    let mut strays: Vec<Stray> = named
        .chain(unnamed)
        .filter(|(real, path, kind)| {
            let is_folder = matches!(kind, Kind::Repository | Kind::Locked);
            scope.contains(path) && !ownership.keeps(real, is_folder)
        })
        .map(|(real, path, kind)| Stray { real, path, kind })
        .collect();
    strays.sort_by(|one, other| one.real.cmp(&other.real));
    strays
}

fn shown(path: &Path) -> Utf8PathBuf {
    Utf8PathBuf::from(path.to_string_lossy().into_owned())
}
