//! How much changed, for each environment and system.

use super::{Action, Changes, Risk, Scope};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// How many were added, removed and changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many are new.
    pub added: usize,
    /// How many are gone.
    pub removed: usize,
    /// How many differ.
    pub changed: usize,
}

impl Counts {
    fn count(&mut self, action: Action) {
        match action {
            Action::Added => self.added += 1,
            Action::Removed => self.removed += 1,
            Action::Changed => self.changed += 1,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.removed += other.removed;
        self.changed += other.changed;
    }
}

/// What changed in one system of one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeSummary {
    /// Which.
    pub scope: Scope,
    /// Kubernetes objects.
    pub objects: Counts,
    /// Files that are not told by object.
    pub files: Counts,
    /// The worst that applying it does.
    pub risk: Risk,
}

/// Counts what changed, in order of scope. A scope in which only layout or comments of Kubernetes
/// files differ, or in which objects only moved, counts nothing.
#[must_use]
pub fn summary(changes: &Changes) -> Vec<ScopeSummary> {
    let mut scopes: BTreeMap<&Scope, ScopeSummary> = BTreeMap::new();
    let scopes_of_all = (changes.objects.iter().map(|change| &change.scope))
        .chain(changes.moved.iter().map(|moved| &moved.scope))
        .chain(changes.files.iter().map(|change| &change.scope))
        .chain(changes.namespaces.iter().map(|change| &change.scope));
    for scope in scopes_of_all {
        scopes.entry(scope).or_insert_with(|| ScopeSummary {
            scope: scope.clone(),
            objects: Counts::default(),
            files: Counts::default(),
            risk: Risk::None,
        });
    }
    for change in &changes.objects {
        if let Some(summary) = scopes.get_mut(&change.scope) {
            summary.objects.count(change.action);
            summary.risk = summary.risk.max(change.risk());
        }
    }
    for file in changes.files.iter().filter(|file| !file.by_object) {
        if let Some(summary) = scopes.get_mut(&file.scope) {
            summary.files.count(file.action);
            summary.risk = summary.risk.max(file.effect.map_or(Risk::None, |effect| effect.risk));
        }
    }
    scopes.into_values().collect()
}
