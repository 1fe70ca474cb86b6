//! Changes sorted by environment and system, as every rendering shows them.

use crate::diff::{
    Action, Changes, Counts, FileChange, Moved, NamespaceChange, ObjectChange, Risk, Scope,
    ScopeSummary, summary,
};
use std::collections::BTreeSet;

/// What changed in one system of one environment.
pub(super) struct Section<'a> {
    pub(super) summary: ScopeSummary,
    pub(super) namespaces: Vec<&'a NamespaceChange>,
    pub(super) objects: Vec<&'a ObjectChange>,
    pub(super) moved: Vec<&'a Moved>,
    /// Files that are not told by object.
    pub(super) files: Vec<&'a FileChange>,
    /// Files whose objects are the same, and their texts not.
    pub(super) layout: Vec<&'a FileChange>,
    /// Every file whose text is not the same.
    pub(super) texts: Vec<&'a FileChange>,
    /// Whether the objects that changed live in several namespaces.
    several_namespaces: bool,
}

pub(super) fn sections(changes: &Changes) -> Vec<Section<'_>> {
    let told: BTreeSet<_> = (changes.objects.iter())
        .flat_map(|object| [object.old_path.as_ref(), object.new_path.as_ref()])
        .chain(changes.moved.iter().flat_map(|moved| [Some(&moved.from), Some(&moved.to)]))
        .flatten()
        .collect();
    let section = |summary: ScopeSummary| {
        let here = |scope: &Scope| *scope == summary.scope;
        let texts: Vec<_> = changes.files.iter().filter(|file| here(&file.scope)).collect();
        let objects: Vec<_> = changes.objects.iter().filter(|o| here(&o.scope)).collect();
        let namespaces: BTreeSet<_> =
            objects.iter().filter_map(|object| object.identity.namespace.as_ref()).collect();
        let is_layout = |file: &&FileChange| file.by_object && !told.contains(&file.path);
        Section {
            namespaces: changes.namespaces.iter().filter(|n| here(&n.scope)).collect(),
            moved: changes.moved.iter().filter(|moved| here(&moved.scope)).collect(),
            files: texts.iter().copied().filter(|file| !file.by_object).collect(),
            layout: texts.iter().copied().filter(is_layout).collect(),
            texts,
            several_namespaces: namespaces.len() > 1,
            objects,
            summary,
        }
    };
    summary(changes).into_iter().map(section).collect()
}

impl Section<'_> {
    /// What an object is called here.
    pub(super) fn name(&self, object: &ObjectChange) -> String {
        match &object.identity.namespace {
            Some(namespace) if self.several_namespaces => {
                format!("{} in {namespace}", object.identity)
            }
            _ => object.identity.to_string(),
        }
    }

    /// The path of a file below the folder of this section.
    pub(super) fn path<'b>(&self, file: &'b FileChange) -> &'b str {
        let Scope { environment, system } = &self.summary.scope;
        let path = file.path.as_str();
        let below = |path: &'b str, folder: &str| {
            path.strip_prefix(folder).and_then(|path| path.strip_prefix('/'))
        };
        let path = below(path, environment).unwrap_or(path);
        if system.is_empty() { path } else { below(path, system).unwrap_or(path) }
    }

    /// How many objects and files, for instance `1 added, 2 changed`.
    pub(super) fn counts(&self) -> String {
        let mut all = self.summary.objects;
        all += self.summary.files;
        counts(all)
    }
}

/// For instance `1 added, 2 changed`.
pub(super) fn counts(counts: Counts) -> String {
    let words = [(counts.added, "added"), (counts.removed, "removed"), (counts.changed, "changed")];
    let parts: Vec<String> = words
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() { "no object or field differs".to_owned() } else { parts.join(", ") }
}

/// How many objects and files in all, and the worst that applying them does.
pub(super) fn total(sections: &[Section<'_>]) -> String {
    let mut all = Counts::default();
    for section in sections {
        all += section.summary.objects;
        all += section.summary.files;
    }
    let worst = sections.iter().map(|section| section.summary.risk).max();
    match worst {
        Some(risk) if risk > Risk::None => format!("{}; worst risk: {risk}", counts(all)),
        _ => counts(all),
    }
}

/// The sign of what happened.
pub(super) fn sign(action: Action) -> char {
    match action {
        Action::Added => '+',
        Action::Removed => '-',
        Action::Changed => '~',
    }
}
