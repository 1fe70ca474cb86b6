//! Reads a project: walks `environments/` and gives each file its meaning.

use super::files::{DirectoryEntry, Files};
use super::project::{KindEntry, Project, ProviderEntry};
use super::{conflict, secrets, typed, yaml};
use crate::finding::Finding;
use crate::layer;
use crate::source::Place;
use crate::tree::{Map, Node, Value};
use camino::Utf8Path;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Names that an environment cannot have, and what bears them.
const RESERVED: &[(&str, &str)] = &[
    ("catalogue", "the folder `environments/catalogue/`"),
    ("reference", "the folder `out/reference/`"),
    ("release", "the file `release.yaml` of each system"),
    ("schema", "the folder `out/schema/`"),
    ("shapes", "the folder `environments/shapes/`"),
    ("shared", "the folder `out/shared/`"),
    ("system", "the file `system.yaml` of each system"),
];

/// Reads a project. Faults in its files are findings; the error is for a world that does not let
/// itself be read.
///
/// What is at fault is unknown in the project, so that `resolve` finds what else is wrong, and
/// nothing that only follows from it.
pub fn load(root: &Utf8Path) -> anyhow::Result<(Project, Vec<Finding>)> {
    let mut loader =
        Loader { files: Files::new(root)?, project: Project::default(), findings: Vec::new() };
    loader.built_in_catalogue();
    loader.everything()?;
    Ok((loader.project, loader.findings))
}

pub(super) struct Loader {
    pub(super) files: Files,
    pub(super) project: Project,
    pub(super) findings: Vec<Finding>,
}

impl Loader {
    fn everything(&mut self) -> anyhow::Result<()> {
        let folder = Utf8Path::new("environments");
        let Some(entries) = self.entries(folder)? else {
            if self.findings.is_empty() {
                self.findings.push(
                    Finding::error("no-project", "there is no folder `environments/` here")
                        .help("go to a project, or start one with `iac init`"),
                );
            }
            return Ok(());
        };
        self.lock(folder, &entries)?;
        if self.findings.iter().any(|finding| finding.id == "other-version") {
            // Its files may well be right, for that version.
            return Ok(());
        }
        let mut systems = Vec::new();
        // Whether the folders that all systems share could be read.
        let mut common = true;
        for entry in entries {
            let path = folder.join(&entry.name);
            match (entry.name.as_str(), is_folder(&entry)) {
                ("catalogue", true) => common &= self.catalogue(&path)?,
                ("shapes", true) => common &= self.shapes(&path)?,
                ("catalogue" | "shapes", false) => {
                    self.no_folder(&path);
                    common = false;
                }
                (_, true) => systems.push(entry.name),
                ("lock.yaml" | "lock.yml", _) => {}
                _ => self.environment(&path)?,
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
        self.templates()?;
        if !common {
            self.forget_all();
        }
        Ok(())
    }

    /// What every environment and system may need could not be read, so that nothing can be asked
    /// of them.
    fn forget_all(&mut self) {
        let systems = self.project.systems.values_mut().map(|system| &mut system.node);
        for node in self.project.environments.values_mut().chain(systems) {
            node.value = Value::Unknown;
        }
    }

    fn environment(&mut self, path: &Utf8Path) -> anyhow::Result<()> {
        let Some(name) = self.named(path) else { return Ok(()) };
        if let Some((_, other)) = RESERVED.iter().find(|(reserved, _)| *reserved == name) {
            self.findings.push(
                Finding::error(
                    "reserved-name",
                    format!("`{path}`: an environment cannot be called `{name}`"),
                )
                .note(format!("{other} bears this name"))
                .help("give the environment another name"),
            );
        }
        if let Some(node) = self.layer::<layer::Environment>(path)? {
            self.project.environments.insert(name, node);
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
                self.entry(name, &node);
            }
        }
    }

    /// Reads the project's kinds and providers; whether their folder could be read.
    fn catalogue(&mut self, folder: &Utf8Path) -> anyhow::Result<bool> {
        let Some(entries) = self.entries(folder)? else { return Ok(false) };
        for entry in entries {
            let path = folder.join(&entry.name);
            let Some(name) = self.named(&path) else { continue };
            if name == layer::OWN_SERVICES {
                self.findings.push(
                    Finding::error(
                        "reserved-name",
                        format!("`{path}`: a kind cannot be called `{name}`"),
                    )
                    .note("the dashboard of a system's own services bears this name")
                    .help("give the kind another name"),
                );
            }
            if let Some(node) = self.parse(&path)? {
                self.entry(&name, &node);
            }
        }
        Ok(true)
    }

    /// What provides a kind, or says objects, is a provider; everything else in the catalogue is a
    /// kind.
    fn entry(&mut self, name: &str, node: &Node) {
        if ["provides", "objects"].iter().any(|key| node.child(key).is_some()) {
            let (provider, node) = self.normal::<layer::Provider>(node);
            let provider = provider.unwrap_or_default();
            let entry = ProviderEntry { name: name.to_owned(), node, provider };
            self.project.providers.insert(name.to_owned(), entry);
        } else {
            if node.as_map().is_none() {
                // Nobody knows which of both it was meant to be.
                let (name, node) = (name.to_owned(), Node::unknown(node.place));
                let provider = layer::Provider::default();
                let entry = ProviderEntry { name: name.clone(), node, provider };
                self.project.providers.insert(name, entry);
            }
            self.kind(name, node);
        }
    }

    fn kind(&mut self, name: &str, node: &Node) {
        let (kind, node) = self.normal::<layer::Kind>(node);
        let kind = kind.unwrap_or_default();
        let entry = KindEntry { name: name.to_owned(), node, kind };
        self.project.kinds.insert(name.to_owned(), entry);
    }

    /// Reads the project's shapes; whether their folder could be read.
    fn shapes(&mut self, folder: &Utf8Path) -> anyhow::Result<bool> {
        let Some(entries) = self.entries(folder)? else { return Ok(false) };
        for entry in entries {
            let path = folder.join(&entry.name);
            let Some(name) = self.named(&path) else { continue };
            if let Some(node) = self.layer::<layer::Service>(&path)? {
                self.project.shapes.insert(name, node);
            }
        }
        Ok(true)
    }

    fn lock(&mut self, folder: &Utf8Path, entries: &[DirectoryEntry]) -> anyhow::Result<()> {
        self.project.lock = Some(layer::Lock::default());
        let mut names = entries.iter().map(|entry| entry.name.as_str());
        let Some(name) = names.find(|name| matches!(*name, "lock.yaml" | "lock.yml")) else {
            return Ok(());
        };
        let path = folder.join(name);
        let (Some(_), Some(node)) = (self.yaml_name(&path), self.parse(&path)?) else {
            return Ok(());
        };
        let (lock, read) = self.normal::<layer::Lock>(&node);
        let version = lock.as_ref().and_then(|lock| lock.iac.as_ref());
        if let Some(version) = version
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
        self.project.lock = lock.filter(|_| !read.has_unknown());
        self.project.lock_node = Some(node);
        Ok(())
    }

    /// The entries of a folder; nothing if there is none, or if what is there was reported.
    pub(super) fn entries(
        &mut self,
        folder: &Utf8Path,
    ) -> anyhow::Result<Option<Vec<DirectoryEntry>>> {
        match self.files.directory(folder, &mut self.findings)? {
            Ok(listing) => Ok(listing.map(|listing| listing.entries)),
            Err(finding) => {
                self.findings.push(finding);
                Ok(None)
            }
        }
    }

    /// A file that has the name of a folder with a meaning.
    pub(super) fn no_folder(&mut self, path: &Utf8Path) {
        self.findings.push(
            Finding::error("not-a-folder", format!("`{path}` is a file, a folder is expected"))
                .help("rename the file"),
        );
    }

    /// The name that a file gives to what it describes. One that is not read because of its
    /// extension describes what nobody knows, so that nothing is said of a missing name.
    pub(super) fn named(&mut self, path: &Utf8Path) -> Option<String> {
        if let Some(name) = self.yaml_name(path) {
            self.check_name(&name, path);
            return Some(name);
        }
        let stem = path.file_stem().filter(|stem| stem.parse::<crate::value::Name>().is_ok())?;
        Some(stem.to_owned())
    }

    /// The name that a YAML file gives; a finding if it is no YAML file, or has another extension.
    pub(super) fn yaml_name(&mut self, path: &Utf8Path) -> Option<String> {
        match path.extension() {
            Some("yaml") => path.file_stem().map(ToOwned::to_owned),
            Some("yml") => {
                let right = path.with_extension("yaml");
                self.findings.push(
                    Finding::error("wrong-extension", format!("`{path}` would not be read"))
                        .help(format!("rename it to `{right}`")),
                );
                path.file_stem().map(ToOwned::to_owned)
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

    pub(super) fn check_name(&mut self, name: &str, path: &Utf8Path) {
        if let Err(error) = name.parse::<crate::value::Name>() {
            let finding = Finding::error("invalid-name", format!("`{path}`: {}", error.message));
            self.findings.push(match error.help {
                Some(help) => finding.help(help.replacen("write", "call it", 1)),
                None => finding,
            });
        }
    }

    pub(super) fn parse(&mut self, path: &Utf8Path) -> anyhow::Result<Option<Node>> {
        self.parse_any(path, false)
    }

    /// What a file says; unknown if it cannot be read, and nothing if there is none.
    pub(super) fn parse_any(
        &mut self,
        path: &Utf8Path,
        may_be_empty: bool,
    ) -> anyhow::Result<Option<Node>> {
        if path.extension() != Some("yaml") {
            return Ok(Some(self.unknown(path)));
        }
        let bytes = match self.files.bytes(path)? {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            Err(finding) => {
                self.findings.push(finding);
                return Ok(Some(self.unknown(path)));
            }
        };
        let text = match yaml::decode(bytes) {
            Ok(text) => text,
            Err(fault) => {
                let file = self.project.sources.add(path.to_string(), fault.text.as_str());
                self.findings.push(fault.finding(file));
                return Ok(Some(Node::unknown(Place::start_of(file))));
            }
        };
        let file = self.project.sources.add(path.to_string(), text.clone());
        if let Some(finding) = conflict::in_yaml(file, &text) {
            self.findings.push(finding);
            return Ok(Some(Node::unknown(Place::start_of(file))));
        }
        let (mut node, mut findings) = yaml::parse(file, &text);
        secrets::conceal(file, node.as_mut(), &mut self.project.sources, &mut findings);
        let empty = findings.iter().any(|finding| finding.id == "empty-file");
        if empty && may_be_empty {
            let place = Place::start_of(file);
            return Ok(Some(Node::new(place, Value::Map(Map::default()))));
        }
        self.findings.extend(findings);
        Ok(Some(node.unwrap_or_else(|| Node::unknown(Place::start_of(file)))))
    }

    /// A file that is there and says nothing that is known.
    pub(super) fn unknown(&mut self, path: &Utf8Path) -> Node {
        Node::unknown(Place::start_of(self.project.sources.add(path.to_string(), "")))
    }

    pub(super) fn layer<T: DeserializeOwned + Serialize>(
        &mut self,
        path: &Utf8Path,
    ) -> anyhow::Result<Option<Node>> {
        let node = self.parse(path)?;
        Ok(node.map(|node| self.normal::<T>(&node).1))
    }

    /// As `layer`, for a file that may have nothing to say.
    pub(super) fn layer_or_nothing<T: DeserializeOwned + Serialize>(
        &mut self,
        path: &Utf8Path,
    ) -> anyhow::Result<Option<Node>> {
        let node = self.parse_any(path, true)?;
        Ok(node.map(|node| self.normal::<T>(&node).1))
    }

    /// A file as its type, and in its normal form.
    pub(super) fn normal<T: DeserializeOwned + Serialize>(
        &mut self,
        node: &Node,
    ) -> (Option<T>, Node) {
        if node.is_unknown() {
            return (None, node.clone());
        }
        let typed::Layer { value, node, findings } = typed::layer::<T>(node);
        self.findings.extend(findings);
        (value, node)
    }
}

/// Whether an entry is read as a folder. A folder with the name of a file is read as a file, which
/// gives the finding.
pub(super) fn is_folder(entry: &DirectoryEntry) -> bool {
    entry.directory && !matches!(Utf8Path::new(&entry.name).extension(), Some("yaml" | "yml"))
}
