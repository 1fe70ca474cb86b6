//! Reads the files of one system.

use super::loader::{Loader, is_folder};
use super::project::SystemFiles;
use crate::finding::Finding;
use crate::layer;
use crate::tree::{Entry, Map, Node, Value};
use camino::Utf8Path;

/// The most services that a system may have.
const MOST_SERVICES: usize = 10_000;

impl Loader {
    pub(super) fn system(&mut self, name: &str, folder: &Utf8Path) -> anyhow::Result<()> {
        self.check_name(name, folder);
        let mut main = folder.join("system.yaml");
        let Some(entries) = self.entries(folder)? else {
            let system = SystemFiles::of(self.unknown(&main));
            self.project.systems.insert(name.to_owned(), system);
            return Ok(());
        };
        let has = |name: &str| entries.iter().any(|entry| entry.name == name);
        if !has("system.yaml") && !has("system.yml") {
            self.findings.push(
                Finding::error("no-system-file", format!("there is no file `{main}`"))
                    .help("each folder in `environments/` but `catalogue` and `shapes` is a system and is described there"),
            );
            let system = SystemFiles::of(self.unknown(&main));
            self.project.systems.insert(name.to_owned(), system);
            return Ok(());
        }
        if !has("system.yaml") {
            main.set_extension("yml");
            self.yaml_name(&main);
        }
        let described = self.layer::<layer::System>(&main)?;
        let described = described.unwrap_or_else(|| self.unknown(&main));
        // The other files are read even if this one cannot be, so that all faults are told.
        let unreadable = described.is_unknown().then(|| described.clone());
        let mut system = SystemFiles::of(described);
        if unreadable.is_some() {
            system.node.value = Value::Map(Map::default());
        }
        for entry in &entries {
            let path = folder.join(&entry.name);
            match (entry.name.as_str(), is_folder(entry)) {
                ("files", true) => {}
                ("manifests", true) => self.manifests(&path, &mut system)?,
                (file, _) if Some(file) == main.file_name() => {}
                ("services", true) => self.services(&path, &mut system)?,
                ("secrets", true) => self.encrypted(&path, &mut system)?,
                ("services", false) => {
                    self.no_folder(&path);
                    self.unread_services(&path, &mut system);
                }
                ("files" | "manifests" | "secrets", false) => self.no_folder(&path),
                ("release.yaml" | "release.yml", _) => self.release(&path, &mut system)?,
                (_, true) => self.unexpected(&path, "files, manifests, secrets, services"),
                _ => self.override_file(&path, &mut system)?,
            }
        }
        let services = system.node.child("services").and_then(Node::as_map);
        let services: Vec<String> =
            services.into_iter().flat_map(|map| map.entries.keys().cloned()).collect();
        if services.len() > MOST_SERVICES {
            self.findings.push(
                Finding::error(
                    "too-many-services",
                    format!(
                        "`{name}` has {} services; at most {MOST_SERVICES} are allowed",
                        services.len()
                    ),
                )
                .at(system.node.key_place(&["services"]))
                .help("split the system"),
            );
            system.node.value = Value::Unknown;
            self.project.systems.insert(name.to_owned(), system);
            return Ok(());
        }
        for service in services {
            system.files.entry(service).or_insert_with(|| main.to_string());
        }
        self.texts(folder, &mut system)?;
        if let Some(node) = unreadable {
            system.node = node;
        }
        self.project.systems.insert(name.to_owned(), system);
        Ok(())
    }

    fn services(&mut self, folder: &Utf8Path, system: &mut SystemFiles) -> anyhow::Result<()> {
        let Some(entries) = self.entries(folder)? else {
            self.unread_services(folder, system);
            return Ok(());
        };
        for entry in entries {
            let path = folder.join(&entry.name);
            let Some(name) = self.named(&path) else { continue };
            let Some(service) = self.layer::<layer::Service>(&path)? else { continue };
            let place = service.place;
            let Value::Map(map) = &mut system.node.value else { continue };
            let services = map.entries.entry("services".to_owned()).or_insert_with(|| Entry {
                key: place,
                node: Node::new(place, Value::Map(Map::default())),
            });
            // `services: null` in the system's file says the same as nothing.
            if services.node.value == Value::Null {
                services.node.value = Value::Map(Map::default());
            }
            let Value::Map(services) = &mut services.node.value else { continue };
            if let Some(other) = services.entries.get_mut(&name)
                && other.node.value != Value::Null
            {
                if service.is_unknown() {
                    continue;
                }
                self.findings.push(
                    Finding::error(
                        "service-twice",
                        format!("the service `{name}` is described twice"),
                    )
                    .at(place)
                    .related(other.key, "it is described here too")
                    .help("keep one of the two"),
                );
                other.node.value = Value::Unknown;
                continue;
            }
            services.entries.insert(name.clone(), Entry { key: place, node: service });
            system.files.insert(name, path.to_string());
        }
        Ok(())
    }

    /// Nobody knows which services a system has whose folder of services cannot be read.
    fn unread_services(&mut self, folder: &Utf8Path, system: &mut SystemFiles) {
        let node = self.unknown(folder);
        if let Value::Map(map) = &mut system.node.value {
            map.entries.insert("services".to_owned(), Entry { key: node.place, node });
        }
    }

    fn release(&mut self, path: &Utf8Path, system: &mut SystemFiles) -> anyhow::Result<()> {
        let (Some(_), Some(node)) = (self.yaml_name(path), self.parse_any(path, true)?) else {
            return Ok(());
        };
        let (release, read) = self.normal::<layer::Release>(&node);
        let release = release.filter(|_| !read.has_unknown());
        system.release = release.map(|release| {
            release.0.into_iter().map(|(name, released)| (name.to_string(), released)).collect()
        });
        system.release_node = Some(read);
        Ok(())
    }

    fn override_file(&mut self, path: &Utf8Path, system: &mut SystemFiles) -> anyhow::Result<()> {
        let is_read = self.yaml_name(path).is_some();
        let Some(name) = path.file_stem().map(ToOwned::to_owned) else { return Ok(()) };
        // What has no meaning by its extension need not be for an environment.
        let is_meant = is_read || self.project.environments.contains_key(&name);
        if !is_meant || !self.is_environment(&name, path) {
            return Ok(());
        }
        if let Some(node) = self.layer_or_nothing::<layer::SystemOverride>(path)? {
            system.overrides.insert(name, node);
        }
        Ok(())
    }

    /// Whether there is an environment of that name; a finding about the file or folder, if not.
    pub(super) fn is_environment(&mut self, name: &str, path: &Utf8Path) -> bool {
        if self.project.environments.contains_key(name) {
            return true;
        }
        let known = self.project.environments.keys().map(String::as_str);
        let finding = Finding::error(
            "unknown-environment",
            format!("`{path}` is for the environment `{name}`, which does not exist"),
        )
        .known("environments", name, known);
        self.findings.push(match finding.help {
            Some(_) => finding,
            None => finding.help(format!(
                "rename it, or describe the environment in `environments/{name}.yaml`"
            )),
        });
        false
    }

    fn unexpected(&mut self, path: &Utf8Path, allowed: &str) {
        self.findings.push(
            Finding::error("unexpected-folder", format!("`{path}` has no meaning here"))
                .note(format!("allowed: {allowed}"))
                .help("move it out of `environments/`"),
        );
    }
}
