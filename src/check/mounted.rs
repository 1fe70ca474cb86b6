//! What containers find at which path: configuration is files, and rules read them as programs do.

use super::compose::{ComposeFiles, Project};
use super::objects::{Objects, list, text};
use super::pods::Pod;
use camino::Utf8Path;
use serde_json::Value;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// A container with the files that are mounted in it.
pub(super) struct Mounted<'a> {
    /// Its place among all objects, or all Compose files.
    pub(super) index: usize,
    /// JSON pointer of where it is described.
    pub(super) pointer: String,
    /// The service that it is of.
    pub(super) service: &'a str,
    /// Its namespace, or its Compose file.
    pub(super) home: String,
    /// Texts by their path.
    files: BTreeMap<String, Text<'a>>,
    /// Paths of secrets.
    secrets: BTreeSet<String>,
}

/// A text that is read as data at most once: several rules ask, and most ask about few.
struct Text<'a> {
    text: &'a str,
    data: OnceCell<Option<Value>>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, data: OnceCell::new() }
    }

    /// Its data, whether YAML or JSON.
    fn data(&self) -> Option<&Value> {
        let read = || {
            // Long dashboards are JSON, which is read faster as what it is.
            let json = self.text.starts_with('{').then(|| serde_json::from_str(self.text).ok());
            json.flatten().or_else(|| serde_yaml::from_str(self.text).ok())
        };
        self.data.get_or_init(read).as_ref()
    }
}

impl Mounted<'_> {
    /// The paths of its files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> + Clone {
        self.files.keys().map(String::as_str)
    }

    /// The file at a path, as far as it is data.
    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        self.files.get(path)?.data()
    }

    /// Whether there is a secret at a path.
    pub(super) fn has_secret(&self, path: &str) -> bool {
        self.secrets.contains(path)
    }

    /// The files in a folder, as far as they are data.
    pub(super) fn in_folder(&self, folder: &str) -> Vec<(&str, &Value)> {
        let files = self.files.iter();
        let inside = files.filter(|(path, _)| {
            Utf8Path::new(path)
                .parent()
                .is_some_and(|parent| parent == folder.trim_end_matches('/'))
        });
        inside.filter_map(|(path, text)| Some((path.as_str(), text.data()?))).collect()
    }

    /// The first file that is data with a key.
    pub(super) fn with_key(&self, key: &str) -> Option<(&str, &Value)> {
        self.files.iter().find_map(|(path, text)| {
            // Most files are something else: they are not read.
            if !text.text.contains(key) {
                return None;
            }
            let value = text.data()?;
            value.get(key).is_some().then_some((path.as_str(), value))
        })
    }
}

/// The containers of pods.
pub(super) fn of_objects<'a>(objects: &Objects<'a>) -> Vec<Mounted<'a>> {
    let containers = objects.pods().iter().flat_map(|pod| {
        let volumes = volumes(objects, pod);
        pod.containers().into_iter().map(move |container| {
            let (mut files, mut secrets) = (BTreeMap::new(), BTreeSet::new());
            for mount in list(container.value, "/volumeMounts") {
                let path = text(mount, "/mountPath");
                match volumes.get(text(mount, "/name")) {
                    Some(Volume::Texts(texts)) => {
                        files.extend(at_mount(path, text(mount, "/subPath"), texts));
                    }
                    Some(Volume::Secrets(names)) => {
                        secrets.extend(names.iter().map(|name| format!("{path}/{name}")));
                    }
                    None => {}
                }
            }
            Mounted {
                index: pod.object.index,
                pointer: container.pointer,
                service: pod.service(),
                home: pod.namespace().to_owned(),
                files,
                secrets,
            }
        })
    });
    containers.collect()
}

/// The texts of a volume where a mount puts them: all in a folder, or one as a file.
fn at_mount<'a>(
    path: &str,
    only: &str,
    texts: &BTreeMap<&str, &'a str>,
) -> Vec<(String, Text<'a>)> {
    let place = |key: &str| if only.is_empty() { format!("{path}/{key}") } else { path.to_owned() };
    let wanted = texts.iter().filter(|(key, _)| only.is_empty() || only == **key);
    wanted.map(|(key, text)| (place(key), Text::new(text))).collect()
}

/// What a volume of a pod holds.
enum Volume<'a> {
    Texts(BTreeMap<&'a str, &'a str>),
    /// The names of its files.
    Secrets(Vec<&'a str>),
}

fn volumes<'a>(objects: &Objects<'a>, pod: &Pod<'a>) -> BTreeMap<&'a str, Volume<'a>> {
    let volumes = list(pod.spec(), "/volumes").iter().filter_map(|volume| {
        let name = text(volume, "/name");
        let projected = list(volume, "/projected/sources").iter();
        let secrets: Vec<&Value> = projected
            .filter_map(|source| source.get("secret"))
            .chain(volume.get("secret"))
            .flat_map(|secret| list(secret, "/items"))
            .collect();
        if !secrets.is_empty() {
            let paths = secrets.into_iter().map(|item| text(item, "/path"));
            return Some((name, Volume::Secrets(paths.collect())));
        }
        let source = volume.get("configMap")?;
        let map = objects.find("ConfigMap", pod.namespace(), text(source, "/name"))?;
        let data = map.value.get("data")?.as_object()?;
        let items = list(source, "/items");
        let texts = data.iter().filter_map(|(key, value)| {
            let item = items.iter().find(|item| text(item, "/key") == key);
            let key = match item {
                Some(item) => text(item, "/path"),
                None if items.is_empty() => key.as_str(),
                None => return None,
            };
            Some((key, value.as_str()?))
        });
        Some((name, Volume::Texts(texts.collect())))
    });
    volumes.collect()
}

/// The services of Compose files.
pub(super) fn of_projects<'a>(files: &ComposeFiles<'a>) -> Vec<Mounted<'a>> {
    files.projects().flat_map(of_project).collect()
}

fn of_project(project: Project<'_>) -> Vec<Mounted<'_>> {
    let configs: BTreeMap<&str, &Value> =
        project.entries("configs").map(|(name, config)| (name.as_str(), config)).collect();
    let mounted = project.services().map(|(name, service)| {
        let files = list(service, "/configs").iter().filter_map(|config| {
            let file = text(configs.get(text(config, "/source"))?, "/file");
            let content = project.beside.get(file.strip_prefix("./").unwrap_or(file))?;
            Some((text(config, "/target").to_owned(), Text::new(content)))
        });
        let secrets = list(service, "/secrets").iter().map(|secret| text(secret, "/target"));
        Mounted {
            index: project.index,
            pointer: format!("/services/{name}"),
            service: name,
            home: project.index.to_string(),
            files: files.collect(),
            secrets: secrets.map(str::to_owned).collect(),
        }
    });
    mounted.collect()
}
