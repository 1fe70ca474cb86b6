//! Patches of generated objects: each says why, and none says what an object is.

use super::draft::{Draft, World};
use crate::finding::Finding;
use crate::layer::ObjectPatch;
use crate::model::{Change, Patch};
use crate::source::FileId;
use crate::tree::{Map, Node, Value};
use std::collections::BTreeSet;

/// What an object is known by. Who changes that has another object.
const IDENTITY: &[&[&str]] =
    &[&["apiVersion"], &["kind"], &["metadata", "name"], &["metadata", "namespace"]];

/// The patches of a service's objects, and of its service in Compose.
pub(super) fn of_service(
    world: &World<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> (Vec<Patch>, Option<Change>) {
    let Some(said) = &draft.service.patches else { return (Vec::new(), None) };
    let why = said.why.as_ref().map(|why| why.trim()).filter(|why| !why.is_empty());
    let Some(why) = why else {
        findings.push(
            Finding::error("missing-why", "`patches` say no reason")
                .at(draft.node.key_place(&["patches"]))
                .help("say `why`, in a sentence: it is written above what they change"),
        );
        return (Vec::new(), None);
    };
    let mut patches = Vec::new();
    for (object, patch) in said.kubernetes.iter().flatten() {
        let path = ["patches", "kubernetes", &object.to_string()];
        let Some(change) = change(world, draft, &path, patch, why) else { continue };
        let reported = findings.len();
        findings.extend(identity(&change.fields));
        if findings.len() == reported {
            patches.push(Patch { object: object.clone(), change });
        }
    }
    let compose = said.compose.as_ref();
    let compose =
        compose.and_then(|patch| change(world, draft, &["patches", "compose"], patch, why));
    (patches, compose)
}

/// What stands at a path of a service's description.
fn change(
    world: &World<'_>,
    draft: &Draft<'_>,
    path: &[&str],
    said: &ObjectPatch,
    why: &str,
) -> Option<Change> {
    let node = draft.node.at(path)?;
    let mut fields = node.clone();
    if let Value::Map(Map { entries, .. }) = &mut fields.value {
        entries.remove("remove");
    }
    let place_of = |index: usize| node.value_place(&["remove", &index.to_string()]);
    let remove = said.remove.iter().flatten().cloned().enumerate();
    let mut files = BTreeSet::new();
    sources(node, &mut files);
    let path_of = |file: &FileId| world.project.sources.file(*file).path.clone();
    let mut files: Vec<String> = files.iter().map(path_of).collect();
    files.sort();
    Some(Change {
        place: draft.node.key_place(path),
        files,
        why: why.to_owned(),
        remove: remove.map(|(index, pointer)| (pointer, place_of(index))).collect(),
        fields,
    })
}

fn identity(fields: &Node) -> impl Iterator<Item = Finding> {
    IDENTITY.iter().filter(|path| fields.at(path).is_some()).map(|path| {
        Finding::error("patch-identity", "a patch cannot change what an object is")
            .at(fields.key_place(path))
            .note("not allowed: apiVersion, kind, metadata.name, metadata.namespace")
            .help("an object of your own is a file in the system's folder `manifests/`")
    })
}

/// The files in which the leaves of a tree stand.
fn sources(node: &Node, files: &mut BTreeSet<FileId>) {
    match &node.value {
        Value::Map(map) if !map.entries.is_empty() => {
            map.entries.values().for_each(|entry| sources(&entry.node, files));
        }
        _ => {
            files.insert(node.place.file);
        }
    }
}
