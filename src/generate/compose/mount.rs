//! What a container mounts: named volumes, scratch space, paths of the machine, and files.

use super::spec::{Bind, Mounted, Volume, VolumeMount};
use super::units::size;
use crate::model::{Container, Mount, Service, ServiceKind, VolumeSource};
use crate::value::{Bytes, Name};
use std::collections::BTreeMap;

/// Where programs share memory: Docker has a setting of its own for it.
const SHARED_MEMORY: &str = "/dev/shm";

/// What a container mounts of its service's volumes.
#[derive(Default)]
pub(super) struct Mounts {
    pub(super) volumes: Vec<VolumeMount>,
    pub(super) tmpfs: Vec<String>,
    pub(super) shm_size: Option<String>,
    /// The named volumes that this needs.
    pub(super) named: BTreeMap<String, Volume>,
}

impl Mounts {
    pub(super) fn of(service: &Service, container: &Container) -> Self {
        let mut mounts = Self::default();
        for mount in &container.mounts {
            let volume = service.volumes.iter().find(|volume| volume.name == mount.volume);
            if let Some(volume) = volume {
                mounts.add(service, container, mount, &volume.source);
            }
        }
        mounts
    }

    fn add(
        &mut self,
        service: &Service,
        container: &Container,
        mount: &Mount,
        source: &VolumeSource,
    ) {
        let target = mount.path.to_string();
        match source {
            VolumeSource::ClaimPerReplica(_) | VolumeSource::Claim(_) => {
                self.named(format!("{}-{}", service.name, mount.volume), target, Volume::default());
            }
            VolumeSource::ClaimOf(owner) => {
                self.named(format!("{owner}-{}", mount.volume), target, Volume::default());
            }
            VolumeSource::System(name) => {
                self.named(name.to_string(), target, Volume::default());
            }
            VolumeSource::Host { path, write } => self.volumes.push(VolumeMount {
                form: "bind",
                source: Some(path.to_string()),
                target,
                read_only: !write,
                bind: Some(Bind { create_host_path: false }),
            }),
            VolumeSource::Scratch { limit, .. } if target == SHARED_MEMORY => {
                self.shm_size = limit.map(size);
            }
            VolumeSource::Scratch { limit, memory } => {
                self.scratch(service, container, mount, *limit, *memory);
            }
        }
    }

    fn named(&mut self, name: String, target: String, volume: Volume) {
        self.volumes.push(VolumeMount {
            form: "volume",
            source: Some(name.clone()),
            target,
            read_only: false,
            bind: None,
        });
        self.named.insert(name, volume);
    }

    /// Scratch space lies in memory, since Docker can give that an owner and a limit. A folder that
    /// the image has for its user lies on disk: it may be larger than memory.
    fn scratch(
        &mut self,
        service: &Service,
        container: &Container,
        mount: &Mount,
        limit: Option<Bytes>,
        memory: bool,
    ) {
        let target = mount.path.to_string();
        let mut options = Vec::new();
        options.extend(limit.map(|limit| format!("size={}", size(limit))));
        options.push("mode=1777".to_owned());
        if is_shared(service, &mount.volume) {
            let options = BTreeMap::from([
                ("type", "tmpfs".to_owned()),
                ("device", "tmpfs".to_owned()),
                ("o", options.join(",")),
            ]);
            let name = format!("{}-{}", service.name, mount.volume);
            self.named(name, target, Volume { driver_opts: options });
        } else if !memory && has_folder(service, container, &target) {
            self.volumes.push(VolumeMount {
                form: "volume",
                source: None,
                target,
                read_only: false,
                bind: None,
            });
        } else {
            self.tmpfs.push(format!("{target}:{}", options.join(",")));
        }
    }
}

/// Whether several containers of a service mount a volume.
fn is_shared(service: &Service, volume: &Name) -> bool {
    let all = service.sidecars.iter().chain(&service.init).chain([&service.container]);
    let mounts = all.filter(|it| it.mounts.iter().any(|mount| mount.volume == *volume));
    mounts.count() > 1
}

/// Whether an image has a folder that belongs to its user: a kind's own, and what iac's Dockerfiles
/// make. `/tmp` is everybody's.
fn has_folder(service: &Service, container: &Container, path: &str) -> bool {
    if path == "/tmp" || !container.origin.is_empty() {
        return false;
    }
    match &service.kind {
        ServiceKind::Own { context, dockerfile, .. } => context.is_some() && dockerfile.is_none(),
        ServiceKind::Kind { .. } => true,
        ServiceKind::Image => false,
    }
}

/// A file and where it is mounted.
pub(super) fn mounted(source: &str, target: &str) -> Mounted {
    Mounted { source: source.to_owned(), target: target.to_owned() }
}
