//! The Dockerfiles of all systems, as they were read back.

use super::compose::lies_in;
use crate::layer::Protocol;
use crate::model::{Container, SelfCheck, Service, ServiceKind, Stack, Volume, VolumeSource};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// A Dockerfile that was read back.
#[derive(Debug, Clone)]
pub struct DockerfileRead {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// Its instructions: the word in upper case and what follows, lines joined.
    instructions: Vec<(String, String)>,
}

/// All Dockerfiles.
pub struct Dockerfiles<'a> {
    /// In order of path.
    pub all: &'a [DockerfileRead],
    /// What is known of their images, by the path of each.
    pub expected: &'a BTreeMap<String, ExpectedImage>,
}

/// What is known of an image: what runs it in all environments.
#[derive(Debug, Clone, Default)]
pub struct ExpectedImage {
    /// The user and group that it runs as.
    pub user: String,
    /// The ports on which its containers listen.
    pub ports: BTreeSet<String>,
    /// The folders that its containers write to.
    pub written: BTreeSet<String>,
    /// The command by which a container asks itself.
    pub asks: Option<Vec<String>>,
}

impl ExpectedImage {
    /// What stacks of all environments know of each image that they build, by its Dockerfile.
    pub fn of<'a>(stacks: impl IntoIterator<Item = &'a Stack>) -> BTreeMap<String, Self> {
        let mut images: BTreeMap<String, Self> = BTreeMap::new();
        for stack in stacks {
            let file = |name: &str| {
                let own = stack.services.values().find(|service| service.name.as_str() == name);
                match own.map(|service| &service.kind) {
                    Some(ServiceKind::Own { published: Some(path), .. }) => path.clone(),
                    _ => format!("shared/{}/docker/{name}/Dockerfile", stack.system),
                }
            };
            for service in stack.services.values() {
                if matches!(service.kind, ServiceKind::Own { .. }) && service.migrates.is_none() {
                    let image = images.entry(file(service.name.as_str())).or_default();
                    image.user = format!("{}:{}", service.user, service.group);
                    if let SelfCheck::Command { command, .. } = &service.container.self_check {
                        image.asks = Some(command.clone());
                    }
                }
                let beside = service.sidecars.iter().chain(&service.init);
                for container in beside.chain([&service.container]) {
                    images.entry(file(&container.image_of)).or_default().runs(service, container);
                }
            }
        }
        images
    }

    fn runs(&mut self, service: &Service, container: &Container) {
        let ports = container.ports.iter().map(|port| {
            let udp = port.protocol == Protocol::Udp;
            format!("{}/{}", port.number, if udp { "udp" } else { "tcp" })
        });
        self.ports.extend(ports);
        let kept = container.mounts.iter().filter(|mount| {
            let volume = service.volumes.iter().find(|volume| volume.name == mount.volume);
            let of_host = |volume: &Volume| matches!(volume.source, VolumeSource::Host { .. });
            let fleeting = ["/tmp", "/run", "/dev", "/proc", "/sys"]
                .iter()
                .any(|it| lies_in(mount.path.as_str(), it));
            !fleeting && volume.is_some_and(|volume| !of_host(volume))
        });
        self.written.extend(kept.map(|mount| mount.path.to_string()));
    }
}

/// Reads Dockerfiles among files: those of that name, and those of which an image is expected.
pub fn read_dockerfiles<'a>(
    files: impl Iterator<Item = (&'a Utf8Path, &'a str)>,
    expected: &BTreeMap<String, ExpectedImage>,
) -> Vec<DockerfileRead> {
    let dockerfiles = files.filter(|(path, _)| {
        path.file_name() == Some("Dockerfile") || expected.contains_key(path.as_str())
    });
    dockerfiles.map(|(path, text)| DockerfileRead::new(path, text)).collect()
}

impl DockerfileRead {
    /// Reads a Dockerfile; comments are left out, and lines that go on are joined.
    #[must_use]
    pub fn new(path: &Utf8Path, text: &str) -> Self {
        let mut instructions = Vec::new();
        let mut open = String::new();
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let (part, goes_on) = match line.trim_end().strip_suffix('\\') {
                Some(part) => (part, true),
                None => (line, false),
            };
            open.push_str(part.trim());
            if goes_on {
                open.push(' ');
                continue;
            }
            let whole = std::mem::take(&mut open);
            if let Some((word, rest)) = whole.trim().split_once(char::is_whitespace) {
                instructions.push((word.to_ascii_uppercase(), rest.trim().to_owned()));
            }
        }
        Self { path: path.to_owned(), instructions }
    }

    /// What instructions of a word say, in their order.
    pub(super) fn all<'a>(&'a self, word: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        let of = self.instructions.iter().filter(move |(it, _)| it == word);
        of.map(|(_, rest)| rest.as_str())
    }

    /// What the last instruction of a word says.
    pub(super) fn last<'a>(&'a self, word: &'a str) -> Option<&'a str> {
        self.all(word).next_back()
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &str {
        self.path.as_str()
    }
}
