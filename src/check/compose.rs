//! The Compose files of one environment, as they were read back.

use super::Expected;
use super::expected::ExpectedProject;
use super::mounted::{self, Mounted};
use super::objects::list;
use crate::diff::read::{Content, read};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// The name of a Compose file.
const FILE: &str = "compose.yaml";

/// A Compose file that was read back.
#[derive(Debug, Clone)]
pub struct ComposeFile {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// What it says.
    pub value: Value,
    /// The texts that lie beside it, by their path from its folder.
    pub beside: BTreeMap<String, String>,
}

/// All Compose files of one environment.
pub struct ComposeFiles<'a> {
    /// In order of path.
    pub all: &'a [ComposeFile],
    /// What others know of them.
    pub expected: &'a Expected,
    /// What services find, once somebody asks.
    mounted: OnceCell<Vec<Mounted<'a>>>,
}

/// A Compose file among all, and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Project<'a> {
    /// Its place among all.
    pub(super) index: usize,
    pub(super) value: &'a Value,
    /// The texts beside the file.
    pub(super) beside: &'a BTreeMap<String, String>,
    pub(super) expected: Option<&'a ExpectedProject>,
}

impl<'a> ComposeFiles<'a> {
    /// Looks at files as a whole.
    #[must_use]
    pub fn new(all: &'a [ComposeFile], expected: &'a Expected) -> Self {
        Self { all, expected, mounted: OnceCell::new() }
    }

    /// The services, with what is mounted in them.
    pub(super) fn mounted(&self) -> &[Mounted<'a>] {
        self.mounted.get_or_init(|| mounted::of_projects(self))
    }

    pub(super) fn projects(&self) -> impl Iterator<Item = Project<'a>> {
        let (all, expected) = (self.all, self.expected);
        all.iter().enumerate().map(move |(index, file)| {
            let of_file =
                expected.projects.iter().find(|(folder, _)| file.path.starts_with(folder));
            let expected = of_file.map(|(_, project)| project);
            Project { index, value: &file.value, beside: &file.beside, expected }
        })
    }
}

impl<'a> Project<'a> {
    /// Its services by name.
    pub(super) fn services(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.entries("services").map(|(name, service)| (name.as_str(), service))
    }

    /// A service.
    pub(super) fn service(&self, name: &str) -> Option<&'a Value> {
        self.value.get("services")?.get(name)
    }

    /// What the file declares at its top.
    pub(super) fn entries(&self, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.value.get(key).and_then(Value::as_object).into_iter().flat_map(Map::iter)
    }
}

/// The networks that a service joins.
pub(super) fn networks(service: &Value) -> BTreeSet<&str> {
    names(service.get("networks"))
}

/// Whom a service waits for, and how.
pub(super) fn waits(service: &Value) -> Vec<(&str, &Value)> {
    static NOTHING: Value = Value::Null;
    match service.get("depends_on") {
        Some(Value::Object(map)) => map.iter().map(|(name, how)| (name.as_str(), how)).collect(),
        other => names(other).into_iter().map(|name| (name, &NOTHING)).collect(),
    }
}

/// The names in a list, or the keys of a map.
fn names(value: Option<&Value>) -> BTreeSet<&str> {
    match value {
        Some(Value::Object(map)) => map.keys().map(String::as_str).collect(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

/// Where a service's containers have something mounted: named volumes, paths, memory.
pub(super) fn targets(service: &Value) -> BTreeSet<&str> {
    let mut targets = BTreeSet::new();
    for item in list(service, "/volumes") {
        let short = || item.as_str().and_then(|text| text.split(':').nth(1));
        targets.extend(item.get("target").and_then(Value::as_str).or_else(short));
    }
    let memory = list(service, "/tmpfs").iter().filter_map(Value::as_str);
    targets.extend(memory.filter_map(|text| text.split(':').next()));
    if service.get("shm_size").is_some() {
        targets.insert("/dev/shm");
    }
    targets
}

/// Whether a path lies in a folder, or is it.
pub(super) fn lies_in(path: &str, folder: &str) -> bool {
    Utf8Path::new(path).starts_with(folder)
}

/// The Compose files among generated ones, and those that cannot be read.
#[must_use]
pub fn read_compose<'a>(
    files: impl Iterator<Item = (&'a Utf8Path, &'a str)>,
) -> (Vec<ComposeFile>, Vec<(Utf8PathBuf, String)>) {
    let files: Vec<_> = files.collect();
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    for (path, text) in files.iter().filter(|(path, _)| path.file_name() == Some(FILE)) {
        match read(path, text).content {
            Content::Documents(documents) => {
                let folder = path.parent().unwrap_or(Utf8Path::new(""));
                let beside = files.iter().filter_map(|(path, text)| {
                    let below = path.strip_prefix(folder).ok()?;
                    Some((below.to_string(), (*text).to_owned()))
                });
                let beside: BTreeMap<String, String> = beside.collect();
                all.extend(documents.into_iter().map(|value| ComposeFile {
                    path: (*path).to_owned(),
                    value,
                    beside: beside.clone(),
                }));
            }
            Content::Broken(why) => broken.push(((*path).to_owned(), why)),
            Content::Text => {}
        }
    }
    (all, broken)
}
