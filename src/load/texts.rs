//! Reads the texts that services mount.

use super::files::link_loop;
use super::loader::Loader;
use super::project::{MountedText, SystemFiles};
use super::{conflict, yaml};
use crate::finding::Finding;
use crate::source::Place;
use crate::tree::{Node, Value};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The most files of one folder that is mounted; a larger one is a mistake.
const MOST_FILES: usize = 1000;
/// The most bytes of one folder that is mounted.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// A path that has still to be read, and where it goes.
struct Pending {
    path: Utf8PathBuf,
    below: String,
    /// The folders in which it is, behind all links.
    above: Vec<PathBuf>,
}

impl Loader {
    /// Reads every text that a service of the system mounts.
    pub(super) fn texts(
        &mut self,
        folder: &Utf8Path,
        system: &mut SystemFiles,
    ) -> anyhow::Result<()> {
        let before = self.findings.len();
        for (from, place) in self.wanted(system) {
            if system.texts.contains_key(&from) {
                continue;
            }
            let faults = self.findings.len();
            let texts = self.mounted(folder, &from, place)?;
            // What is at fault is told at each place that asks for it.
            if self.findings.len() == faults {
                system.texts.insert(from, texts);
            }
        }
        // Of what is at fault nobody knows which files it would have mounted.
        if self.findings.len() == before {
            system.in_files = self.below(&folder.join("files"))?;
        }
        Ok(())
    }

    /// The paths of all files below a folder. What cannot be listed is told where it is mounted.
    fn below(&self, folder: &Utf8Path) -> anyhow::Result<BTreeSet<String>> {
        let (mut all, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut pending = vec![folder.to_owned()];
        while let Some(folder) = pending.pop() {
            let listing = self.files.directory(&folder, &mut Vec::new())?;
            let Ok(Some(listing)) = listing else { continue };
            // Links may lead to where they are.
            if !seen.insert(listing.real) {
                continue;
            }
            for entry in listing.entries {
                let path = folder.join(&entry.name);
                if entry.directory {
                    pending.push(path);
                } else {
                    all.insert(path.into_string());
                }
            }
        }
        Ok(all)
    }

    /// Everything that `from` says in a system, and in the project's shapes that it uses.
    fn wanted(&self, system: &SystemFiles) -> Vec<(String, Place)> {
        let entries = |key: &str| {
            let map = system.node.child(key).and_then(Node::as_map);
            map.into_iter().flat_map(|map| map.entries.values()).map(|entry| &entry.node)
        };
        let mut used = BTreeSet::new();
        for service in entries("services") {
            if let Some(Value::List(names)) = service.child("shape").map(|node| &node.value) {
                used.extend(names.iter().filter_map(|name| match &name.value {
                    Value::Text(name) => Some(name.as_str()),
                    _ => None,
                }));
            }
        }
        let shapes = self.project.shapes.iter();
        let shapes = shapes.filter(|(name, _)| used.contains(name.as_str())).map(|(_, node)| node);
        let described = entries("shapes").chain(entries("services")).chain(shapes);
        let mut wanted = Vec::new();
        for service in described.chain(system.node.child("defaults")) {
            let Some(files) = service.child("files").and_then(Node::as_map) else { continue };
            for entry in files.entries.values() {
                if let Some(from) = entry.node.child("from")
                    && let Value::Text(text) = &from.value
                {
                    wanted.push((text.clone(), from.place));
                }
            }
        }
        wanted
    }

    fn mounted(
        &mut self,
        folder: &Utf8Path,
        from: &str,
        place: Place,
    ) -> anyhow::Result<Vec<MountedText>> {
        if let Some(finding) = invalid(from) {
            self.findings.push(finding.at(place));
            return Ok(Vec::new());
        }
        let path = match from.strip_prefix('/') {
            Some(rest) => Utf8PathBuf::from(rest.trim_start_matches('/')),
            None => folder.join("files").join(from),
        };
        let mut texts = Vec::new();
        let mut size = 0;
        let mut pending =
            vec![Pending { path: path.clone(), below: String::new(), above: Vec::new() }];
        while let Some(next) = pending.pop() {
            match self.files.directory(&next.path, &mut self.findings)? {
                Err(finding) => self.findings.push(finding.at(place)),
                Ok(Some(listing)) if next.above.contains(&listing.real) => {
                    self.findings.push(link_loop(&next.path).at(place));
                }
                Ok(Some(listing)) => {
                    let mut above = next.above;
                    above.push(listing.real);
                    pending.extend(listing.entries.into_iter().map(|entry| Pending {
                        path: next.path.join(&entry.name),
                        below: Utf8Path::new(&next.below).join(&entry.name).into_string(),
                        above: above.clone(),
                    }));
                }
                Ok(None) => {
                    let Some((text, of)) = self.text(&next.path, place)? else { continue };
                    size += text.len();
                    texts.push(MountedText { below: next.below, text, place: of });
                }
            }
            if texts.len() + pending.len() > MOST_FILES || size > MOST_BYTES {
                self.findings.push(too_much(&path).at(place));
                break;
            }
        }
        texts.sort_by(|a, b| a.below.cmp(&b.below));
        Ok(texts)
    }

    /// One text and its place; `place` is where it is asked for.
    pub(super) fn text(
        &mut self,
        path: &Utf8Path,
        place: Place,
    ) -> anyhow::Result<Option<(String, Place)>> {
        let finding = match self.files.bytes(path)? {
            Err(finding) => finding,
            Ok(None) => Finding::error("missing-file", format!("there is no file `{path}`"))
                .help("create it, or mend the name"),
            Ok(Some(bytes)) => match yaml::decode(bytes) {
                Err(fault) => {
                    Finding::error("not-utf-8", format!("`{path}` is not a text in UTF-8"))
                        .note(format!("line {} is the first that is not", fault.line))
                        .help("only texts can be mounted; put binaries into the image")
                }
                Ok(text) => {
                    let Some(fault) = forbidden(&text) else {
                        let file = self.project.sources.add(path.to_string(), text.clone());
                        if let Some(finding) = conflict::in_text(file, &text) {
                            self.findings.push(finding);
                            return Ok(None);
                        }
                        let place = Place::new(file, 0, text.len());
                        return Ok(Some((text, place)));
                    };
                    Finding::error("control-character", format!("`{path}` holds {fault}"))
                        .help("remove it; no target can carry it")
                }
            },
        };
        self.findings.push(finding.at(place));
        Ok(None)
    }
}

/// What is wrong with what `from` says, whatever files there are.
fn invalid(from: &str) -> Option<Finding> {
    if from.is_empty() {
        return Some(
            Finding::error("invalid-value", "`from` names no file")
                .help("name a file in the system's folder `files/`"),
        );
    }
    if from.trim_matches('/').is_empty() {
        return Some(
            Finding::error("invalid-value", format!("`{from}` is the whole repository"))
                .help("name a file or a folder in it"),
        );
    }
    if from.contains('\\') {
        return Some(
            Finding::error("invalid-value", format!("`{from}` is not a path: it contains `\\`"))
                .help(format!("write `{}`", from.replace('\\', "/"))),
        );
    }
    from.split('/').any(|part| part == "..").then(|| {
        Finding::error("path-leaves-project", format!("`{from}` leaves its folder"))
            .help("name a file below it, without `..`")
    })
}

fn too_much(path: &Utf8Path) -> Finding {
    Finding::error("folder-too-large", format!("`{path}` is too large to be mounted"))
        .note(format!("allowed: {MOST_FILES} files, {} MiB", MOST_BYTES >> 20))
        .help("name a smaller folder, or put the files into the image")
}

/// Characters that no target can carry; two of them mark references inside the generator.
fn forbidden(text: &str) -> Option<String> {
    text.chars()
        .find(|c| {
            matches!(c, '\u{E000}' | '\u{E001}') || (c.is_control() && !"\n\t\r".contains(*c))
        })
        .map(|c| format!("the character U+{:04X}", u32::from(c)))
}
