//! A project as it was read: layers in their normal form, nothing decided yet.

use super::files::{bytes, directory};
use super::{normal, typed, yaml};
use crate::finding::Finding;
use crate::layer;
use crate::source::{Place, Sources};
use crate::tree::{Entry, Map, Node, Value};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Everything below `environments/`.
#[derive(Debug, Default)]
pub struct Project {
    /// The texts that were read.
    pub sources: Sources,
    /// The environments' own files.
    pub environments: BTreeMap<String, Node>,
    /// The project's shapes.
    pub shapes: BTreeMap<String, Node>,
    /// The kinds of the catalogue, the project's over the built-in ones.
    pub kinds: BTreeMap<String, KindEntry>,
    /// The systems.
    pub systems: BTreeMap<String, SystemFiles>,
    /// What everything is pinned to.
    pub lock: layer::Lock,
}

/// A kind of the catalogue.
#[derive(Debug)]
pub struct KindEntry {
    /// Its name.
    pub name: String,
    /// Its file in normal form, for places.
    pub node: Node,
    /// Its file as a type.
    pub kind: layer::Kind,
}

/// The files of a system.
#[derive(Debug)]
pub struct SystemFiles {
    /// `system.yaml` with the services of `services/`.
    pub node: Node,
    /// What environments say of it, by environment.
    pub overrides: BTreeMap<String, Node>,
    /// The releases of its own images.
    pub release: BTreeMap<String, layer::Released>,
    /// The texts that its services mount, by what `from` says.
    pub texts: BTreeMap<String, Vec<MountedText>>,
    /// The path of each service's file, for the header of what is generated.
    pub files: BTreeMap<String, String>,
}

/// A text that a service mounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountedText {
    /// Its path below what `from` says; empty for a single file.
    pub below: String,
    /// The text.
    pub text: String,
    /// The whole file.
    pub place: Place,
}

/// The most services that a system may have.
const MOST_SERVICES: usize = 10_000;

/// Names below `environments/` that are not systems.
const RESERVED: &[&str] = &["catalogue", "shapes"];

/// Reads a project. Faults in its files are findings; the error is for a world that does not let
/// itself be read.
pub fn load(root: &Utf8Path) -> anyhow::Result<(Project, Vec<Finding>)> {
    let mut loader = Loader { root, project: Project::default(), findings: Vec::new() };
    loader.built_in_catalogue();
    loader.everything()?;
    Ok((loader.project, loader.findings))
}

struct Loader<'a> {
    root: &'a Utf8Path,
    project: Project,
    findings: Vec<Finding>,
}

impl Loader<'_> {
    fn everything(&mut self) -> anyhow::Result<()> {
        let folder = Utf8Path::new("environments");
        let Some(entries) = directory(self.root, folder)? else {
            self.findings.push(
                Finding::error("no-project", "there is no folder `environments/` here")
                    .help("go to a project, or start one with `iac init`"),
            );
            return Ok(());
        };
        let mut systems = Vec::new();
        for entry in entries {
            let path = folder.join(&entry.name);
            if entry.directory {
                match entry.name.as_str() {
                    "catalogue" => self.catalogue(&path)?,
                    "shapes" => self.shapes(&path)?,
                    _ => systems.push(entry.name),
                }
            } else if entry.name == "lock.yaml" {
                self.lock(&path)?;
            } else if let Some(name) = self.yaml_name(&path) {
                self.check_name(&name, &path);
                if let Some(node) = self.layer::<layer::Environment>(&path)? {
                    self.project.environments.insert(name, node);
                }
            }
        }
        if self.project.environments.is_empty() && self.findings.is_empty() {
            self.findings.push(
                Finding::error("no-environment", "there is no environment in `environments/`")
                    .help("describe one in a file such as `environments/dev.yaml`"),
            );
        }
        for name in systems {
            self.system(&name, &folder.join(&name))?;
        }
        if self.project.systems.is_empty() && self.findings.is_empty() {
            self.findings.push(
                Finding::error("no-system", "there is no system in `environments/`")
                    .help("describe one in a file such as `environments/shop/system.yaml`"),
            );
        }
        Ok(())
    }

    fn built_in_catalogue(&mut self) {
        for (name, text) in crate::catalogue::BUILT_IN {
            let path = format!("catalogue/{name}.yaml");
            let file = self.project.sources.add_built_in(path, *text);
            let (node, findings) = yaml::parse(file, text);
            self.findings.extend(findings);
            if let Some(node) = node {
                self.kind(name, &node);
            }
        }
    }

    fn catalogue(&mut self, folder: &Utf8Path) -> anyhow::Result<()> {
        for entry in directory(self.root, folder)?.unwrap_or_default() {
            let path = folder.join(&entry.name);
            let Some(name) = self.yaml_name(&path) else { continue };
            self.check_name(&name, &path);
            if let Some(node) = self.parse(&path)? {
                self.kind(&name, &node);
            }
        }
        Ok(())
    }

    fn kind(&mut self, name: &str, node: &Node) {
        let (kind, findings) = typed::read::<layer::Kind>(node);
        self.findings.extend(findings);
        let Some(kind) = kind else { return };
        let (node, findings) = normal::normalise(&kind, node);
        self.findings.extend(findings);
        let entry = KindEntry { name: name.to_owned(), node, kind };
        self.project.kinds.insert(name.to_owned(), entry);
    }

    fn shapes(&mut self, folder: &Utf8Path) -> anyhow::Result<()> {
        for entry in directory(self.root, folder)?.unwrap_or_default() {
            let path = folder.join(&entry.name);
            let Some(name) = self.yaml_name(&path) else { continue };
            self.check_name(&name, &path);
            if let Some(node) = self.layer::<layer::Service>(&path)? {
                self.project.shapes.insert(name, node);
            }
        }
        Ok(())
    }

    fn lock(&mut self, path: &Utf8Path) -> anyhow::Result<()> {
        let Some(node) = self.parse(path)? else { return Ok(()) };
        let (lock, findings) = typed::read::<layer::Lock>(&node);
        self.findings.extend(findings);
        let lock = lock.unwrap_or_default();
        if let Some(version) = &lock.iac
            && version != crate::MINOR_VERSION
        {
            let ours = crate::MINOR_VERSION;
            self.findings.push(
                Finding::error(
                    "other-version",
                    format!("this tree is written by iac {version}, and this is iac {ours}"),
                )
                .at(node.value_place(&["iac"]))
                .help(format!(
                    "run iac {version}; or say `iac: \"{ours}\"` here and review `iac diff` before `iac render`"
                )),
            );
        }
        self.project.lock = lock;
        Ok(())
    }

    fn system(&mut self, name: &str, folder: &Utf8Path) -> anyhow::Result<()> {
        self.check_name(name, folder);
        let entries = directory(self.root, folder)?.unwrap_or_default();
        let main = folder.join("system.yaml");
        if !entries.iter().any(|entry| entry.name == "system.yaml") {
            self.findings.push(
                Finding::error("no-system-file", format!("there is no file `{main}`"))
                    .help("each folder in `environments/` but `catalogue` and `shapes` is a system and is described there"),
            );
            return Ok(());
        }
        let Some(mut node) = self.layer::<layer::System>(&main)? else { return Ok(()) };
        let mut system = SystemFiles {
            node: Node::new(node.place, Value::Map(Map::default())),
            overrides: BTreeMap::new(),
            release: BTreeMap::new(),
            texts: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        for entry in &entries {
            let path = folder.join(&entry.name);
            match (entry.name.as_str(), entry.directory) {
                ("system.yaml", _) | ("files", true) => {}
                ("services", true) => self.services(&path, &mut node, &mut system)?,
                ("release.yaml", _) => system.release = self.release(&path)?,
                (_, true) => self.unexpected(&path, "files, services"),
                _ => self.override_file(&path, &mut system)?,
            }
        }
        if let Some(Value::Map(services)) = node.child("services").map(|node| &node.value) {
            if services.entries.len() > MOST_SERVICES {
                self.findings.push(
                    Finding::error(
                        "too-many-services",
                        format!(
                            "`{name}` has {} services; at most {MOST_SERVICES} are allowed",
                            services.entries.len()
                        ),
                    )
                    .at(node.key_place(&["services"]))
                    .help("split the system"),
                );
                return Ok(());
            }
            for service in services.entries.keys() {
                system.files.entry(service.clone()).or_insert_with(|| main.to_string());
            }
        }
        system.node = node;
        self.texts(folder, &mut system)?;
        self.project.systems.insert(name.to_owned(), system);
        Ok(())
    }

    fn services(
        &mut self,
        folder: &Utf8Path,
        system: &mut Node,
        files: &mut SystemFiles,
    ) -> anyhow::Result<()> {
        for entry in directory(self.root, folder)?.unwrap_or_default() {
            let path = folder.join(&entry.name);
            let Some(name) = self.yaml_name(&path) else { continue };
            self.check_name(&name, &path);
            let Some(service) = self.layer::<layer::Service>(&path)? else { continue };
            let Value::Map(map) = &mut system.value else { continue };
            let place = service.place;
            let services = map.entries.entry("services".to_owned()).or_insert_with(|| Entry {
                key: place,
                node: Node::new(place, Value::Map(Map::default())),
            });
            let Value::Map(services) = &mut services.node.value else { continue };
            if let Some(other) = services.entries.get(&name) {
                self.findings.push(
                    Finding::error(
                        "service-twice",
                        format!("the service `{name}` is described twice"),
                    )
                    .at(place)
                    .related(other.key, "it is described here too")
                    .help("keep one of the two"),
                );
                continue;
            }
            services.entries.insert(name.clone(), Entry { key: place, node: service });
            files.files.insert(name, path.to_string());
        }
        Ok(())
    }

    fn release(&mut self, path: &Utf8Path) -> anyhow::Result<BTreeMap<String, layer::Released>> {
        let Some(node) = self.parse_any(path, true)? else { return Ok(BTreeMap::new()) };
        let (release, findings) = typed::read::<layer::Release>(&node);
        self.findings.extend(findings);
        let entries = release.unwrap_or_default().0;
        Ok(entries.into_iter().map(|(name, released)| (name.to_string(), released)).collect())
    }

    fn override_file(&mut self, path: &Utf8Path, system: &mut SystemFiles) -> anyhow::Result<()> {
        let Some(name) = self.yaml_name(path) else { return Ok(()) };
        if !self.project.environments.contains_key(&name) {
            let known = self.project.environments.keys().map(String::as_str);
            self.findings.push(
                Finding::error(
                    "unknown-environment",
                    format!("`{path}` is for the environment `{name}`, which does not exist"),
                )
                .known("environments", &name, known),
            );
            return Ok(());
        }
        if let Some(node) = self.layer_or_nothing::<layer::SystemOverride>(path)? {
            system.overrides.insert(name, node);
        }
        Ok(())
    }

    /// Reads every text that a service of the system mounts.
    fn texts(&mut self, folder: &Utf8Path, system: &mut SystemFiles) -> anyhow::Result<()> {
        let mut wanted: Vec<(String, Place)> = Vec::new();
        let shapes = system.node.child("shapes").and_then(Node::as_map);
        let services = system.node.child("services").and_then(Node::as_map);
        let described = shapes.into_iter().chain(services).flat_map(|map| map.entries.values());
        let described = described.map(|entry| &entry.node).chain(self.project.shapes.values());
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
        for (from, place) in wanted {
            if system.texts.contains_key(&from) {
                continue;
            }
            if let Some(texts) = self.mounted(folder, &from, place)? {
                system.texts.insert(from, texts);
            }
        }
        Ok(())
    }

    fn mounted(
        &mut self,
        folder: &Utf8Path,
        from: &str,
        place: Place,
    ) -> anyhow::Result<Option<Vec<MountedText>>> {
        let path = match from.strip_prefix('/') {
            Some(rest) => Utf8PathBuf::from(rest),
            None => folder.join("files").join(from),
        };
        if from.split('/').any(|part| part == "..") || from.contains('\\') || from.is_empty() {
            self.findings.push(
                Finding::error("path-leaves-project", format!("`{from}` leaves its folder"))
                    .at(place)
                    .help("name a file below it, without `..`"),
            );
            return Ok(None);
        }
        let mut texts = Vec::new();
        let mut pending = vec![(path.clone(), String::new())];
        while let Some((path, below)) = pending.pop() {
            if let Some(entries) = directory(self.root, &path)? {
                for entry in entries {
                    let below = if below.is_empty() {
                        entry.name.clone()
                    } else {
                        format!("{below}/{}", entry.name)
                    };
                    pending.push((path.join(&entry.name), below));
                }
                continue;
            }
            let text = match bytes(self.root, &path)? {
                Err(finding) => {
                    self.findings.push(finding.at(place));
                    continue;
                }
                Ok(None) => {
                    self.findings.push(
                        Finding::error("missing-file", format!("there is no file `{path}`"))
                            .at(place)
                            .help("create it, or mend the name"),
                    );
                    return Ok(None);
                }
                Ok(Some(bytes)) => bytes,
            };
            match yaml::decode(text) {
                Err(fault) => self.findings.push(
                    Finding::error("not-utf-8", format!("`{path}` is not a text in UTF-8"))
                        .at(place)
                        .note(format!("line {} is the first that is not", fault.line))
                        .help("only texts can be mounted; put binaries into the image"),
                ),
                Ok(text) => {
                    if let Some(fault) = forbidden(&text) {
                        self.findings.push(
                            Finding::error("control-character", format!("`{path}` holds {fault}"))
                                .at(place),
                        );
                        continue;
                    }
                    let file = self.project.sources.add(path.to_string(), text.clone());
                    let place = Place::new(file, 0, text.len());
                    texts.push(MountedText { below, text, place });
                }
            }
        }
        texts.sort_by(|a, b| a.below.cmp(&b.below));
        Ok(Some(texts))
    }

    fn unexpected(&mut self, path: &Utf8Path, allowed: &str) {
        self.findings.push(
            Finding::error("unexpected-folder", format!("`{path}` has no meaning here"))
                .note(format!("allowed: {allowed}"))
                .help("move it out of `environments/`"),
        );
    }

    /// The name that a YAML file gives; a finding if it is no YAML file.
    fn yaml_name(&mut self, path: &Utf8Path) -> Option<String> {
        match path.extension() {
            Some("yaml") => path.file_stem().map(ToOwned::to_owned),
            Some("yml") => {
                let right = path.with_extension("yaml");
                self.findings.push(
                    Finding::error("wrong-extension", format!("`{path}` would not be read"))
                        .help(format!("rename it to `{right}`")),
                );
                None
            }
            _ => {
                self.findings.push(
                    Finding::error("unexpected-file", format!("`{path}` has no meaning here"))
                        .help(
                            "only `.yaml` files are read; texts that services mount go to `files/`",
                        ),
                );
                None
            }
        }
    }

    fn check_name(&mut self, name: &str, path: &Utf8Path) {
        if let Err(error) = name.parse::<crate::value::Name>() {
            let text = error.to_string();
            let (message, help) = text.split_once("\nhelp: ").unwrap_or((&text, ""));
            let finding = Finding::error("invalid-name", format!("`{path}`: {message}"));
            self.findings.push(if help.is_empty() { finding } else { finding.help(help) });
        } else if RESERVED.contains(&name) {
            self.findings.push(Finding::error(
                "reserved-name",
                format!("`{name}` is the name of a folder of iac's own"),
            ));
        }
    }

    fn parse(&mut self, path: &Utf8Path) -> anyhow::Result<Option<Node>> {
        self.parse_any(path, false)
    }

    fn parse_any(&mut self, path: &Utf8Path, may_be_empty: bool) -> anyhow::Result<Option<Node>> {
        let bytes = match bytes(self.root, path)? {
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
                self.findings.push(fault.finding(file));
                return Ok(None);
            }
        };
        let file = self.project.sources.add(path.to_string(), text.clone());
        let (node, findings) = yaml::parse(file, &text);
        let empty = findings.iter().any(|finding| finding.id == "empty-file");
        if empty && may_be_empty {
            let place = Place::start_of(file);
            return Ok(Some(Node::new(place, Value::Map(Map::default()))));
        }
        self.findings.extend(findings);
        Ok(node)
    }

    fn layer<T: DeserializeOwned + Serialize>(
        &mut self,
        path: &Utf8Path,
    ) -> anyhow::Result<Option<Node>> {
        let node = self.parse(path)?;
        Ok(node.and_then(|node| self.normal::<T>(&node)))
    }

    /// As `layer`, for a file that may have nothing to say.
    fn layer_or_nothing<T: DeserializeOwned + Serialize>(
        &mut self,
        path: &Utf8Path,
    ) -> anyhow::Result<Option<Node>> {
        let node = self.parse_any(path, true)?;
        Ok(node.and_then(|node| self.normal::<T>(&node)))
    }

    fn normal<T: DeserializeOwned + Serialize>(&mut self, node: &Node) -> Option<Node> {
        let (layer, findings) = typed::read::<T>(node);
        self.findings.extend(findings);
        let (node, findings) = normal::normalise(&layer?, node);
        self.findings.extend(findings);
        Some(node)
    }
}

/// Characters that no target can carry; two of them mark references inside the generator.
fn forbidden(text: &str) -> Option<String> {
    text.chars()
        .find(|c| {
            matches!(c, '\u{E000}' | '\u{E001}') || (c.is_control() && !"\n\t\r".contains(*c))
        })
        .map(|c| format!("the character U+{:04X}", u32::from(c)))
}
