//! The pod template of a service.

use super::container::{init, main, some};
use super::{claim, config, metadata, placement};
use crate::model::{self, Container, SecretFile, Service, VolumeSource};
use crate::reference::Reference;
use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, EmptyDirVolumeSource, HostPathVolumeSource, KeyToPath,
    PersistentVolumeClaimVolumeSource, PodSecurityContext, PodSpec, PodTemplateSpec,
    ProjectedVolumeSource, SeccompProfile, SecretProjection, SecretVolumeSource, Volume,
    VolumeProjection,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

/// The volume that holds a service's files.
pub(super) const FILES: &str = "files";
/// The volume that holds its files with secrets.
pub(super) const SEALED_FILES: &str = "sealed-files";
/// The volume that holds the secrets of the main container.
const SECRETS: &str = "secrets";
/// Where secrets are mounted unless a path is said.
pub(super) const SECRETS_FOLDER: &str = "/run/secrets";

pub(super) fn template(service: &Service) -> PodTemplateSpec {
    let name = service.name.as_str();
    let mut annotations = BTreeMap::new();
    // A changed file starts new pods.
    if !service.files.is_empty() {
        annotations.insert("checksum/config".to_owned(), Reference::Hash(name).to_string());
    }
    // Where people write the file, its key changes with its text.
    if service.sealed.files.iter().any(|file| file.key == file.name) {
        let hash = Reference::SealedHash(name).to_string();
        annotations.insert("checksum/sealed-files".to_owned(), hash);
    }
    PodTemplateSpec {
        metadata: Some(metadata::marked(
            ObjectMeta {
                labels: Some(metadata::set(Reference::PodLabels(name))),
                annotations: (!annotations.is_empty()).then_some(annotations),
                ..ObjectMeta::default()
            },
            &service.labels.pod,
            &service.annotations.pod,
        )),
        spec: Some(PodSpec {
            service_account_name: Some(Reference::Name(name).to_string()),
            automount_service_account_token: Some(!service.token.is_empty()),
            enable_service_links: Some(false),
            host_network: service.host_network.then_some(true),
            host_pid: service.host_pid.then_some(true),
            // On the node's network, names of Services are found only if one asks for it.
            dns_policy: service.host_network.then(|| "ClusterFirstWithHostNet".to_owned()),
            node_selector: placement::nodes(service),
            tolerations: placement::tolerations(service),
            topology_spread_constraints: placement::spread(service),
            priority_class_name: service.placement.priority.as_ref().map(ToString::to_string),
            termination_grace_period_seconds: Some(service.stop_within.as_secs_ceil().into()),
            security_context: Some(PodSecurityContext {
                run_as_non_root: Some(service.user != 0),
                run_as_user: Some(service.user.into()),
                run_as_group: Some(service.group.into()),
                fs_group: Some(service.group.into()),
                fs_group_change_policy: Some("OnRootMismatch".to_owned()),
                seccomp_profile: Some(SeccompProfile {
                    type_: "RuntimeDefault".to_owned(),
                    ..SeccompProfile::default()
                }),
                ..PodSecurityContext::default()
            }),
            init_containers: some(init(service)),
            containers: vec![main(service)],
            restart_policy: restart_policy(service),
            volumes: some(volumes(service)),
            ..PodSpec::default()
        }),
    }
}

/// A job that failed is tried again in a new pod, so that the logs of the old one stay.
fn restart_policy(service: &Service) -> Option<String> {
    service.run.ends().then(|| "Never".to_owned())
}

/// The volume that holds the secrets of a container: another one does not see them.
pub(super) fn secrets_volume(container: &Container) -> String {
    if container.origin.is_empty() {
        SECRETS.to_owned()
    } else {
        format!("{SECRETS}-{}", container.name)
    }
}

/// Whether the usual folder is mounted as a whole. Kubernetes mounts a service's token below it
/// (`/var/run` is `/run`), which a folder that is mounted read-only does not allow.
pub(super) fn secrets_as_folder(service: &Service) -> bool {
    service.token.is_empty()
}

/// Whether a secret is a file in the usual folder, under its own name.
pub(super) fn in_default_folder(secret: &SecretFile) -> bool {
    secret.path.as_str() == format!("{SECRETS_FOLDER}/{}", secret.key)
}

fn volumes(service: &Service) -> Vec<Volume> {
    let mut volumes = Vec::new();
    for volume in &service.volumes {
        let name = volume.name.to_string();
        match &volume.source {
            // A StatefulSet makes these itself, from its templates.
            VolumeSource::ClaimPerReplica(_) => {}
            VolumeSource::Claim(_) => {
                let claim = claim::name(&service.name, &volume.name);
                volumes.push(claimed(name, &claim));
            }
            VolumeSource::ClaimOf(of) => {
                volumes.push(claimed(name, &claim::name(of, &volume.name)));
            }
            VolumeSource::System(of) => volumes.push(claimed(name, of.as_str())),
            VolumeSource::Host { path, .. } => volumes.push(Volume {
                name,
                host_path: Some(HostPathVolumeSource {
                    path: path.to_string(),
                    ..HostPathVolumeSource::default()
                }),
                ..Volume::default()
            }),
            VolumeSource::Scratch { limit, memory } => volumes.push(Volume {
                name,
                empty_dir: Some(EmptyDirVolumeSource {
                    medium: memory.then(|| "Memory".to_owned()),
                    size_limit: limit.as_ref().map(|limit| Quantity(limit.to_string())),
                    ..EmptyDirVolumeSource::default()
                }),
                ..Volume::default()
            }),
        }
    }
    volumes.extend(files(service));
    volumes.extend(sealed_files(service));
    let beside = service.sidecars.iter().chain(&service.init);
    let containers = std::iter::once(&service.container).chain(beside);
    volumes.extend(containers.filter_map(|container| secrets(service, container)));
    volumes
}

/// The paths of the node among a pod's volumes: their place in the list, and their names.
pub(super) fn host_paths(service: &Service) -> impl Iterator<Item = (usize, &str)> {
    // A claim of each replica is in no list.
    let listed =
        |volume: &&model::Volume| !matches!(volume.source, VolumeSource::ClaimPerReplica(_));
    let listed = service.volumes.iter().filter(listed).enumerate();
    let host = |volume: &model::Volume| matches!(volume.source, VolumeSource::Host { .. });
    listed.filter(move |(_, volume)| host(volume)).map(|(index, it)| (index, it.name.as_str()))
}

fn claimed(name: String, claim: &str) -> Volume {
    Volume {
        name,
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: Reference::Name(claim).to_string(),
            ..PersistentVolumeClaimVolumeSource::default()
        }),
        ..Volume::default()
    }
}

fn files(service: &Service) -> Option<Volume> {
    let files = config::keyed(service);
    let files = files.iter().map(|(key, file)| (key, key, file.mode));
    let (default_mode, items) = modes(files)?;
    Some(Volume {
        name: FILES.to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: Reference::Name(&config::name(service)).to_string(),
            default_mode,
            items,
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    })
}

fn sealed_files(service: &Service) -> Option<Volume> {
    let files = service.sealed.files.iter().map(|file| (&file.key, &file.name, file.mode));
    let (default_mode, items) = modes(files)?;
    Some(Volume {
        name: SEALED_FILES.to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(Reference::Name(&service.sealed_name()).to_string()),
            default_mode,
            items,
            ..SecretVolumeSource::default()
        }),
        ..Volume::default()
    })
}

/// The mode of files, each with its key and its name: the volume's own, if all have one and are
/// called by their keys, else a list of them.
fn modes<'a>(
    files: impl Iterator<Item = (&'a String, &'a String, u32)> + Clone,
) -> Option<(Option<i32>, Option<Vec<KeyToPath>>)> {
    let (_, _, first) = files.clone().next()?;
    let number = |mode: u32| i32::try_from(mode).ok();
    let same = files.clone().all(|(_, _, mode)| mode == first);
    if same && files.clone().all(|(key, name, _)| key == name) {
        return Some((number(first), None));
    }
    let items = files.map(|(key, name, mode)| KeyToPath {
        key: key.clone(),
        path: name.clone(),
        mode: if same { None } else { number(mode) },
        ..KeyToPath::default()
    });
    Some((if same { number(first) } else { None }, Some(items.collect())))
}

/// One volume for all secrets that are files for a container; those that may be missing have an object of their
/// own, so that a missing one stops nothing.
fn secrets(service: &Service, container: &Container) -> Option<Volume> {
    let files = |optional: bool| {
        let items: Vec<KeyToPath> = container
            .secrets
            .iter()
            .filter(|secret| secret.optional == optional)
            .map(|secret| KeyToPath {
                key: secret.key.to_string(),
                path: secret.key.to_string(),
                ..KeyToPath::default()
            })
            .collect();
        some(items)
    };
    let mut sources = Vec::new();
    for (optional, object) in
        [(false, service.secrets_name(false)), (true, service.secrets_name(true))]
    {
        if let Some(items) = files(optional) {
            sources.push(VolumeProjection {
                secret: Some(SecretProjection {
                    name: Reference::Name(&object).to_string(),
                    items: Some(items),
                    optional: optional.then_some(true),
                }),
                ..VolumeProjection::default()
            });
        }
    }
    let sources = some(sources)?;
    Some(Volume {
        name: secrets_volume(container),
        projected: Some(ProjectedVolumeSource {
            sources: Some(sources),
            // Readable by the service's group alone.
            default_mode: Some(0o440),
            ..ProjectedVolumeSource::default()
        }),
        ..Volume::default()
    })
}
