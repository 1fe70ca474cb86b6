//! Containers beside the main one of a service: sidecars, and those that run before it. Each is
//! drafted like a service, so that its command, variables, probes and secrets are resolved alike.

use super::container::bare;
use super::draft::{Draft, World};
use super::facts::of_container;
use super::secrets::SecretTable;
use super::service::mount;
use super::texts::Facts;
use super::variables::Variables;
use super::{budget, command, health, image, ports, runtime, self_check, sound};
use crate::finding::Finding;
use crate::layer::{self, Sidecar};
use crate::model::{Container, Image, Mount, Volume, VolumeSource};
use crate::value::{AbsolutePath, Name};
use std::collections::BTreeMap;

/// Where each container has scratch space.
const TMP: &str = "/tmp";

/// A container beside the main one.
pub struct Beside<'a> {
    /// The container, as if it were a service.
    pub(super) draft: Draft<'a>,
    /// What it mounts of the service's volumes.
    volumes: BTreeMap<Name, AbsolutePath>,
    /// Whether it runs beside the main one, and not before it.
    is_sidecar: bool,
}

/// The containers beside the main one of a service: first those that run as long as it does.
pub(super) fn drafts<'a>(
    world: &World<'a>,
    of: &Draft<'a>,
    findings: &mut Vec<Finding>,
) -> Vec<Beside<'a>> {
    let sidecars =
        of.service.sidecars.iter().flatten().map(|(name, said)| (true, name, said.clone()));
    let init = of
        .service
        .init
        .iter()
        .flatten()
        .map(|(name, said)| (false, name, Sidecar::from(said.clone())));
    let mut all: Vec<Beside<'a>> = Vec::new();
    for (is_sidecar, name, said) in sidecars.chain(init) {
        if said.enabled == Some(false) {
            continue;
        }
        let key = if is_sidecar { "sidecars" } else { "init" };
        let place = of.node.key_place(&[key, name.as_str()]);
        if *name == of.name || all.iter().any(|other| other.draft.name == *name) {
            findings.push(
                Finding::error("name-twice", format!("another container is called `{name}` too"))
                    .at(place)
                    .note("the main container bears the name of the service")
                    .help("give this one another name"),
            );
            continue;
        }
        all.extend(draft(world, of, [key, name.as_str()], said, findings));
    }
    all
}

fn draft<'a>(
    world: &World<'a>,
    of: &Draft<'a>,
    keys: [&str; 2],
    said: Sidecar,
    findings: &mut Vec<Finding>,
) -> Option<Beside<'a>> {
    let node = of.node.at(&keys)?.clone();
    let service = layer::Service {
        image: said.image,
        command: said.command,
        args: said.args,
        config: said.config,
        secrets: said.secrets,
        ports: said.ports,
        health: said.health,
        resources: said.resources,
        limits: said.limits,
        user: said.user,
        capabilities: said.capabilities,
        ..layer::Service::default()
    };
    let mut draft = Draft {
        name: keys[1].parse().ok()?,
        place: of.node.key_place(&keys),
        source: of.source.clone(),
        enabled: true,
        elsewhere: None,
        own: false,
        kind: None,
        image: None,
        ports: Vec::new(),
        own_ports: Vec::new(),
        unnumbered: Vec::new(),
        run: of.run.clone(),
        migrates: None,
        namespace: of.namespace.clone(),
        beside: of.beside,
        keys: keys.map(ToOwned::to_owned).to_vec(),
        containers: Vec::new(),
        node,
        service,
    };
    (draft.own_ports, draft.unnumbered) = ports::ports(&draft, findings);
    draft.ports.clone_from(&draft.own_ports);
    if let Some(layer::Image::Reference(reference)) = &draft.service.image {
        if reference.tag().is_none() && reference.digest().is_none() {
            findings.push(
                Finding::error("image-without-version", format!("`{reference}` names no version"))
                    .at(draft.node.value_place(&["image"]))
                    .help("name one, such as `:1.2.0`; another service's own image is `{ of: SERVICE }`"),
            );
        } else {
            draft.image = image::third_party(world, &draft, reference, findings);
        }
    }
    let volumes = said.volumes.unwrap_or_default();
    Some(Beside { draft, volumes, is_sidecar: keys[0] == "sidecars" })
}

/// What containers take from their service.
pub(super) struct Of<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) draft: &'a Draft<'a>,
    /// Its facts.
    pub(super) facts: &'a Facts,
    /// The user it runs as.
    pub(super) user: u32,
    /// Its image.
    pub(super) image: &'a Image,
}

/// The containers of a service beside the main one.
#[derive(Default)]
pub(super) struct Containers {
    pub(super) sidecars: Vec<Container>,
    pub(super) init: Vec<Container>,
}

impl Of<'_> {
    /// Completes the containers; what they need besides is added to the service's volumes.
    pub(super) fn containers(
        &self,
        volumes: &mut Vec<Volume>,
        secrets: &mut SecretTable,
        findings: &mut Vec<Finding>,
    ) -> Containers {
        let mut all = Containers::default();
        let known = volumes.clone();
        for beside in &self.draft.containers {
            let mut mounts = self.mounts(beside, &known, findings);
            let scratch = self.scratch(&beside.draft, &mounts, &known, findings);
            mounts.extend(scratch.iter().map(mount));
            let container = self.container(beside, mounts, scratch.as_slice(), secrets, findings);
            volumes.extend(scratch);
            let Some(container) = container else { continue };
            if beside.is_sidecar {
                all.sidecars.push(container);
            } else {
                all.init.push(container);
            }
        }
        volumes.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    fn container(
        &self,
        beside: &Beside<'_>,
        mounts: Vec<Mount>,
        scratch: &[Volume],
        secrets: &mut SecretTable,
        findings: &mut Vec<Finding>,
    ) -> Option<Container> {
        let own = &beside.draft;
        // A container's secrets are named by references: no kind's lie below the system.
        let variables = secrets.own("", own, findings);
        let mut facts = self.facts.clone();
        facts.extend(of_container(own, secrets));
        let mut variables =
            Variables::new(self.world, own, &facts).collect(&[], &[], variables, secrets, findings);
        for variable in &mut variables {
            variable.origin = own.origin(&variable.origin);
        }
        let (command, args) = command::command(self.world, own, &facts, findings);
        let probes = health::probes(self.world, own, &facts, findings);
        budget::probes(own, &probes, findings);
        let self_check = self_check::self_check(self.world, own, &facts, &probes, findings);
        let said = &own.service;
        let image = if said.image.is_some() { own.image.as_ref()? } else { self.image };
        let image_of = match said.image {
            Some(_) => format!("{}/{}", self.draft.name, own.name),
            None => self.draft.whose().to_string(),
        };
        let container = Container {
            command,
            args,
            variables,
            secrets: secrets.take_files(),
            mounts,
            probes,
            self_check,
            user: self.user(own, findings),
            ..bare(own, image.clone(), image_of, scratch)
        };
        sound::limits(own, &container, findings);
        Some(container)
    }

    /// The user of a container, if it is not the service's.
    fn user(&self, own: &Draft<'_>, findings: &mut Vec<Finding>) -> Option<u32> {
        let said = own.service.user.as_deref().and_then(|user| user.id);
        if said.is_none() && matches!(own.service.image, Some(layer::Image::Reference(_))) {
            findings.push(runtime::unknown_user(own, self.user));
        }
        said.filter(|user| *user != self.user)
    }

    /// The volumes of the service that a container mounts.
    fn mounts(
        &self,
        beside: &Beside<'_>,
        volumes: &[Volume],
        findings: &mut Vec<Finding>,
    ) -> Vec<Mount> {
        let own = &beside.draft;
        let mut mounts: Vec<Mount> = Vec::new();
        for (name, path) in &beside.volumes {
            let place = own.node.key_place(&["volumes", name.as_str()]);
            if !volumes.iter().any(|volume| volume.name == *name) {
                // A replica's own volume, which no job has, or one that is at fault.
                if self.draft.service.volumes.iter().flatten().any(|(other, _)| other == name) {
                    continue;
                }
                let known = volumes.iter().map(|volume| volume.name.as_str());
                let message = format!("`{}` has no volume `{name}`", self.draft.name);
                findings.push(Finding::error("unknown-volume", message).at(place).known(
                    "volumes",
                    name.as_str(),
                    known,
                ));
                continue;
            }
            if let Some(other) = mounts.iter().find(|mount| mount.path == *path) {
                let message = format!("`{}` and `{name}` are mounted at `{path}`", other.volume);
                findings.push(
                    Finding::error("path-twice", message)
                        .at(place)
                        .related(
                            own.node.key_place(&["volumes", other.volume.as_str()]),
                            "the other one",
                        )
                        .help("give one of them another path"),
                );
                continue;
            }
            mounts.push(Mount { volume: name.clone(), path: path.clone() });
        }
        mounts
    }

    /// Scratch space of a container's own: what two programs write to `/tmp` may bear one name.
    fn scratch(
        &self,
        own: &Draft<'_>,
        mounts: &[Mount],
        volumes: &[Volume],
        findings: &mut Vec<Finding>,
    ) -> Option<Volume> {
        let names = ["tmp", "secrets"].map(|prefix| format!("{prefix}-{}", own.name));
        for name in &names {
            if volumes.iter().any(|volume| volume.name.as_str() == name) {
                let message = format!("the volume name `{name}` is iac's own");
                findings.push(
                    Finding::error("reserved-name", message)
                        .at(self.draft.node.key_place(&["volumes", name]))
                        .help("give the volume another name"),
                );
            }
        }
        if mounts.iter().any(|mount| mount.path.as_str() == TMP) {
            return None;
        }
        let Ok(name) = names[0].parse::<Name>() else {
            let most = Name::MAX - "tmp-".len();
            findings.push(
                Finding::error("name-too-long", format!("`{}` is too long a name", own.name))
                    .at(own.place)
                    .help(format!("name the container with at most {most} letters")),
            );
            return None;
        };
        let limit = super::volumes::TMP.parse().ok();
        let path: AbsolutePath = TMP.parse().ok()?;
        Some(Volume { name, path, source: VolumeSource::Scratch { limit, memory: false } })
    }
}
