//! What changed between two sets of output files, told by object and by field, with its risk.
//!
//! Everything here is a function of its arguments. An old tree may be broken by hand or by a merge:
//! a file that cannot be read is compared as text, and its change says so.

mod between;
mod fields;
mod list;
mod object;
mod path;
pub(crate) mod read;
mod risk;
mod summary;
mod unified;

pub use between::between;
pub use fields::FieldChange;
pub use object::Identity;
pub use path::{FieldPath, Segment};
pub use risk::{Effect, Risk};
pub use summary::{Counts, ScopeSummary, summary};

use camino::{Utf8Path, Utf8PathBuf};
use object::{Object, Pairing};
use read::{Content, Reading};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Files by their path relative to the output folder.
pub type Files = BTreeMap<Utf8PathBuf, String>;

/// The environment and the system that a file belongs to: the first two folders of its path.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// The first folder, for instance `prod` or `shared`; empty for a file outside any folder. Of a
    /// comparison between environments: both, as `staging -> prod`.
    pub environment: String,
    /// The second folder; empty if there is none.
    pub system: String,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.environment.as_str(), self.system.as_str()) {
            ("", _) => write!(f, "."),
            (environment, "") => write!(f, "{environment}"),
            (environment, system) if environment.contains(' ') => {
                write!(f, "{system} ({environment})")
            }
            (environment, system) => write!(f, "{environment}/{system}"),
        }
    }
}

/// What happened to an object or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is in both, and differs.
    Changed,
}

/// A Kubernetes object that was added, removed or changed.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectChange {
    /// Where it belongs.
    pub scope: Scope,
    /// What it is called.
    pub identity: Identity,
    /// What happened.
    pub action: Action,
    /// The file that held it.
    pub old_path: Option<Utf8PathBuf>,
    /// The file that holds it.
    pub new_path: Option<Utf8PathBuf>,
    /// What differs, if it was changed.
    pub fields: Vec<FieldChange>,
    /// What applying it does, worst first. Empty between environments, where nothing is applied.
    pub effects: Vec<Effect>,
}

impl ObjectChange {
    /// The worst that applying it does.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.effects.first().map_or(Risk::None, |effect| effect.risk)
    }
}

/// An object that stands in another file than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it belongs.
    pub scope: Scope,
    /// What it is called.
    pub identity: Identity,
    /// The file that held it.
    pub from: Utf8PathBuf,
    /// The file that holds it.
    pub to: Utf8PathBuf,
}

/// A file whose text is not the same.
#[derive(Debug, Clone, PartialEq)]
pub struct FileChange {
    /// Where it belongs.
    pub scope: Scope,
    /// Its path.
    pub path: Utf8PathBuf,
    /// What happened.
    pub action: Action,
    /// Whether its content is told by object, in [`Changes::objects`].
    pub by_object: bool,
    /// What differs in a changed YAML or JSON file; empty if only its layout or comments differ.
    pub fields: Option<Vec<FieldChange>>,
    /// The difference of the texts as a unified diff with three lines of context.
    pub unified: String,
    /// What kept it from being compared fully.
    pub note: Option<String>,
    /// What applying it does, where that cannot be told by object.
    pub effect: Option<Effect>,
}

/// The namespace of a system that differs between environments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamespaceChange {
    /// Where it belongs.
    pub scope: Scope,
    /// Its name in the first environment.
    pub old: String,
    /// Its name in the second.
    pub new: String,
}

/// Everything that changed, in order of scope.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Objects that were added, removed or changed.
    pub objects: Vec<ObjectChange>,
    /// Objects that only stand in another file.
    pub moved: Vec<Moved>,
    /// Files whose text is not the same, those that are told by object among them.
    pub files: Vec<FileChange>,
    /// Namespaces that differ between environments.
    pub namespaces: Vec<NamespaceChange>,
}

impl Changes {
    /// Whether the two sets of files are the same, byte by byte (between environments: apart from
    /// the namespace).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
            && self.moved.is_empty()
            && self.files.is_empty()
            && self.namespaces.is_empty()
    }

    /// The worst that applying everything does.
    #[must_use]
    pub fn risk(&self) -> Risk {
        let objects = self.objects.iter().map(ObjectChange::risk);
        let files = self.files.iter().filter_map(|file| file.effect).map(|effect| effect.risk);
        objects.chain(files).max().unwrap_or(Risk::None)
    }
}

/// Compares two sets of output files. What is equal is not mentioned.
///
/// YAML files below a folder `kubernetes` are compared by object: an object is known by its
/// environment, the group and kind of its API, its namespace and its name, wherever it stands. Other
/// YAML and JSON files are compared by field, everything else as text.
#[must_use]
pub fn compare(old: &Files, new: &Files) -> Changes {
    compare_as(old, new, &View::Trees)
}

/// What two sets of files are to each other.
enum View<'a> {
    /// The same tree, earlier and later.
    Trees,
    /// Two environments of one tree, without their first folder.
    Between { old: &'a str, new: &'a str },
}

impl View<'_> {
    fn scope(&self, path: &Utf8Path) -> Scope {
        let mut folders = path.parent().into_iter().flat_map(Utf8Path::components);
        let mut folder = || folders.next().map_or_else(String::new, |name| name.to_string());
        match self {
            Self::Trees => Scope { environment: folder(), system: folder() },
            Self::Between { old, new } => {
                Scope { environment: format!("{old} -> {new}"), system: folder() }
            }
        }
    }

    fn is_between(&self) -> bool {
        matches!(self, Self::Between { .. })
    }

    fn shown_paths(&self, path: &Utf8Path) -> (String, String) {
        match self {
            Self::Trees => (path.to_string(), path.to_string()),
            Self::Between { old, new } => (format!("{old}/{path}"), format!("{new}/{path}")),
        }
    }
}

fn compare_as(old: &Files, new: &Files, view: &View<'_>) -> Changes {
    let mut changes = Changes::default();
    let mut objects: (Vec<Object>, Vec<Object>) = (Vec::new(), Vec::new());
    let paths: BTreeSet<&Utf8PathBuf> = old.keys().chain(new.keys()).collect();
    for path in paths {
        let (before, after) = (old.get(path), new.get(path));
        if before == after {
            continue;
        }
        let read = |text: Option<&String>| text.map(|text| read::read(path, text));
        let (before_read, after_read) = (read(before), read(after));
        let sides = [before_read.as_ref(), after_read.as_ref()];
        let by_object = read::is_kubernetes(path)
            && sides.iter().flatten().all(|reading| object::all_objects(reading));
        let file = FileChange {
            scope: view.scope(path),
            path: path.clone(),
            action: match (before, after) {
                (None, _) => Action::Added,
                (_, None) => Action::Removed,
                _ => Action::Changed,
            },
            by_object,
            fields: if by_object { None } else { file_fields(sides) },
            unified: unified_text(view, path, before, after, sides),
            note: read::note(path, sides),
            effect: effect_of(path, by_object, view, sides),
        };
        changes.files.push(file);
        if by_object {
            let objects_of = |reading: Option<Reading>| {
                object::objects(reading, path, &view.scope(path)).into_iter()
            };
            objects.0.extend(objects_of(before_read));
            objects.1.extend(objects_of(after_read));
        }
    }
    object::compare(objects.0, objects.1, &Pairing::new(view.is_between()), &mut changes);
    changes
}

fn file_fields(sides: [Option<&Reading>; 2]) -> Option<Vec<FieldChange>> {
    match sides.map(|side| side.map(|reading| &reading.content)) {
        [Some(Content::Documents(old)), Some(Content::Documents(new))] => {
            Some(match (old.as_slice(), new.as_slice()) {
                ([old], [new]) => fields::compare(old, new),
                _ => fields::compare_documents(old, new),
            })
        }
        _ => None,
    }
}

fn unified_text(
    view: &View<'_>,
    path: &Utf8Path,
    old: Option<&String>,
    new: Option<&String>,
    sides: [Option<&Reading>; 2],
) -> String {
    if sides.iter().flatten().any(|reading| reading.holds_secret) {
        return String::new();
    }
    let (old_path, new_path) = view.shown_paths(path);
    let old_path = if old.is_some() { old_path } else { "/dev/null".to_owned() };
    let new_path = if new.is_some() { new_path } else { "/dev/null".to_owned() };
    let [old, new] = [old, new].map(|text| text.map_or("", String::as_str));
    unified::file(&old_path, old, &new_path, new)
}

/// What a change of a file does that is not told by object. Objects that could not be read may hide
/// anything.
fn effect_of(
    path: &Utf8Path,
    by_object: bool,
    view: &View<'_>,
    sides: [Option<&Reading>; 2],
) -> Option<Effect> {
    if view.is_between() {
        return None;
    }
    if read::is_kubernetes(path) && !by_object {
        let reason = "its objects cannot be told apart, so read its text";
        return Some(Effect { risk: Risk::Unknown, reason });
    }
    if read::is_compose(path)
        && let [Some(Content::Documents(old)), Some(Content::Documents(new))] =
            sides.map(|side| side.map(|reading| &reading.content))
        && let ([old], [new]) = (old.as_slice(), new.as_slice())
        && old != new
    {
        return Some(risk::of_compose(old, new));
    }
    // What runs is the image of a release, until the next one.
    let reason = "the next build makes another image";
    read::is_dockerfile(path).then_some(Effect { risk: Risk::Update, reason })
}

#[cfg(test)]
mod tests;
