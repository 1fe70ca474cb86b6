//! Reads objects of the user's own, which are written as they stand.

use super::loader::Loader;
use super::project::SystemFiles;
use super::secrets::within;
use super::{conflict, yaml};
use crate::finding::Finding;
use crate::model::Manifest;
use crate::source::{FileId, Place};
use crate::tree::{Node, Value};
use camino::Utf8Path;

/// What a Secret with values is told of.
const SECRET: &str = "secret-in-a-manifest";

/// The objects of a file.
pub(super) struct Objects {
    pub(super) documents: Vec<Node>,
    /// The first value of a Secret that cannot be read.
    pub(super) unreadable_value: Option<Place>,
}

impl Loader {
    /// Reads every file of a system's folder `manifests/`.
    pub(super) fn manifests(
        &mut self,
        folder: &Utf8Path,
        system: &mut SystemFiles,
    ) -> anyhow::Result<()> {
        for entry in self.entries(folder)?.unwrap_or_default() {
            let path = folder.join(&entry.name);
            let Some(Objects { documents, unreadable_value }) = self.objects(&path)? else {
                continue;
            };
            let before = self.findings.len();
            for node in documents {
                self.manifest(&path, node, system);
            }
            let told = self.findings[before..].iter().any(|finding| finding.id == SECRET);
            self.findings.extend(unreadable_value.filter(|_| !told).map(holds_values));
        }
        Ok(())
    }

    /// The objects of a file; nothing if it cannot be read. Values of Secrets are shown to nobody.
    pub(super) fn objects(&mut self, path: &Utf8Path) -> anyhow::Result<Option<Objects>> {
        if self.yaml_name(path).is_none() || path.extension() == Some("yml") {
            return Ok(None);
        }
        let bytes = match self.files.bytes(path)? {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            Err(finding) => {
                self.findings.push(finding);
                return Ok(None);
            }
        };
        let text = match yaml::decode(bytes) {
            Ok(text) => text,
            Err(fault) => {
                let file = self.project.sources.add(path.to_string(), fault.text.as_str());
                self.hide_if_secret(file, path, &fault.text);
                self.findings.push(fault.finding(file));
                return Ok(None);
            }
        };
        let file = self.project.sources.add(path.to_string(), text.clone());
        if let Some(finding) = conflict::in_yaml(file, &text) {
            self.findings.push(finding);
            return Ok(None);
        }
        let (documents, findings) = yaml::parse_all(file, &text);
        // Where the form is broken, nothing says what is a value.
        if findings.iter().any(|finding| finding.id == "yaml-syntax") {
            self.hide_if_secret(file, path, &text);
        }
        let secret = |node: &&Node| word(node, &["kind"]) == Some("Secret");
        let values = documents.iter().filter(secret).flat_map(secret_values);
        let hidden: Vec<Place> = values
            .map(|(_, node)| node.place)
            .chain(secret_lines(file, &text))
            .filter(|place| !is_encrypted(&text[place.start as usize..place.end as usize]))
            .collect();
        for place in &hidden {
            self.project.sources.hide(*place);
        }
        // What is told of a value may repeat it.
        let inside =
            |it: &Finding| it.place.is_some_and(|at| hidden.iter().any(|place| within(at, *place)));
        let (of_values, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(inside);
        self.findings.extend(others);
        let unreadable_value = of_values.into_iter().find_map(|finding| finding.place);
        Ok(Some(Objects { documents, unreadable_value }))
    }

    /// Shows nothing of a file that may hold values of Secrets.
    fn hide_if_secret(&mut self, file: FileId, path: &Utf8Path, text: &str) {
        let in_secrets = path.components().any(|part| part.as_str() == "secrets");
        if in_secrets || text.contains("Secret") {
            self.project.sources.hide(Place::new(file, 0, text.len()));
        }
    }

    fn manifest(&mut self, path: &Utf8Path, node: Node, system: &mut SystemFiles) {
        let faults = faults(&node);
        let sound = faults.is_empty() && !node.has_unknown();
        self.findings.extend(faults);
        if sound {
            system.manifests.push(Manifest { path: path.to_string(), node });
        }
    }
}

/// Why a document is not one object, or must not be here.
fn faults(node: &Node) -> Vec<Finding> {
    let mut faults = Vec::new();
    let kind = word(node, &["kind"]).unwrap_or_default();
    if kind.ends_with("List") && node.child("items").is_some() {
        faults.push(
            Finding::error("manifest-list", format!("`{kind}` is a list of objects"))
                .at(node.value_place(&["kind"]))
                .help("write each as a document of its own, with `---` between them"),
        );
        return faults;
    }
    faults.extend(incomplete(node, "only Kubernetes objects stand in `manifests/`"));
    if kind == "Secret" && !secret_values(node).is_empty() {
        faults.push(holds_values(node.value_place(&["kind"])));
    }
    faults
}

/// What an object must say of itself.
pub(super) fn incomplete(node: &Node, help: &'static str) -> Vec<Finding> {
    let mut faults = Vec::new();
    for path in [&["apiVersion"][..], &["kind"], &["metadata", "name"]] {
        let said = word(node, path).is_some_and(|text| !text.is_empty());
        if said || node.at(path).is_some_and(Node::is_unknown) {
            continue;
        }
        let key = path.join(".");
        let message = match node.at(path).filter(|node| !matches!(node.value, Value::Text(_))) {
            Some(other) => format!("`{key}` is {}, and must be text", other.kind()),
            None => format!("this object says no `{key}`"),
        };
        faults.push(Finding::error("not-an-object", message).at(node.key_place(path)).help(help));
    }
    faults
}

fn holds_values(place: Place) -> Finding {
    Finding::error(SECRET, "this Secret holds values")
        .at(place)
        .help("put them into the secret store, and say in `secrets` of a service where they lie; values that stand here are known to everybody who reads this file: change them")
}

pub(super) fn word<'a>(node: &'a Node, path: &[&str]) -> Option<&'a str> {
    match &node.at(path)?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Where values of Secrets stand in a text, whether it can be read or not: what is indented below
/// `data` and `stringData`.
fn secret_lines(file: FileId, text: &str) -> Vec<Place> {
    if !text.lines().any(|line| line.trim_end().trim_start_matches("kind:").trim() == "Secret") {
        return Vec::new();
    }
    let (mut places, mut at, mut below) = (Vec::new(), 0, false);
    for line in text.split_inclusive('\n') {
        if !line.starts_with([' ', '\t', '-']) {
            below = line.starts_with("data:") || line.starts_with("stringData:");
        } else if below {
            let start = line.find(':').map_or(0, |colon| colon + 1);
            places.push(Place::new(file, at + start, at + line.trim_end().len()));
        }
        at += line.len();
    }
    places
}

/// The values of a Secret, with their keys.
pub(super) fn secret_values(node: &Node) -> Vec<(&str, &Node)> {
    let maps = ["data", "stringData"].into_iter().filter_map(|key| node.child(key)?.as_map());
    let entries = maps.flat_map(|map| &map.entries);
    entries.map(|(key, entry)| (key.as_str(), &entry.node)).collect()
}

/// Whether SOPS has encrypted a value.
pub(super) fn is_encrypted(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    value.starts_with("ENC[AES256_GCM,") && value.ends_with(']')
}
