//! Containers of a service.

use super::environment::{env, literal, variables};
use super::probe::probe;
use super::{config, pod, quota};
use crate::layer::Protocol;
use crate::model::{self, Resources, Service, VolumeSource};
use crate::reference::Reference;
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, Lifecycle, LifecycleHandler, ResourceRequirements,
    SecurityContext, SleepAction, VolumeMount,
};

/// The main container of a service.
pub(super) fn main(service: &Service) -> Container {
    Container { lifecycle: lifecycle(service), ..container(service, &service.container) }
}

/// The containers that start before the main one: those that go on beside it, and then those that
/// end.
pub(super) fn init(service: &Service) -> Vec<Container> {
    let sidecars = service.sidecars.iter().map(|it| Container {
        restart_policy: Some("Always".to_owned()),
        ..container(service, it)
    });
    sidecars.chain(service.init.iter().map(|it| container(service, it))).collect()
}

fn container(service: &Service, it: &model::Container) -> Container {
    let texts = |texts: &Vec<String>| texts.iter().map(|text| literal(text)).collect();
    Container {
        name: it.name.to_string(),
        image: Some(Reference::Image(&it.image_of).to_string()),
        command: it.command.as_ref().map(texts),
        args: it.args.as_ref().map(texts),
        working_dir: it.workdir.as_ref().map(ToString::to_string),
        ports: some(ports(it)),
        env: some(variables(it).into_iter().map(|variable| env(service, variable)).collect()),
        startup_probe: it.probes.start.as_ref().map(probe),
        liveness_probe: it.probes.live.as_ref().map(probe),
        readiness_probe: it.probes.ready.as_ref().map(probe),
        resources: resources(it),
        security_context: Some(SecurityContext {
            run_as_user: it.user.map(Into::into),
            run_as_group: it.user.map(Into::into),
            // The pod's own word is for the service's user.
            run_as_non_root: (it.user == Some(0)).then_some(false),
            // Kubernetes refuses to deny a privileged container what it has anyway.
            allow_privilege_escalation: (!it.privileged).then_some(false),
            privileged: it.privileged.then_some(true),
            read_only_root_filesystem: Some(!it.writable_root),
            capabilities: (!it.privileged).then(|| Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                add: some(it.capabilities.iter().map(ToString::to_string).collect()),
            }),
            ..SecurityContext::default()
        }),
        volume_mounts: some(mounts(service, it)),
        ..Container::default()
    }
}

/// Who is called goes on for a while when it is told to stop.
fn lifecycle(service: &Service) -> Option<Lifecycle> {
    let seconds = service.drain?.as_secs_ceil().into();
    Some(Lifecycle {
        pre_stop: Some(LifecycleHandler {
            sleep: Some(SleepAction { seconds }),
            ..LifecycleHandler::default()
        }),
        ..Lifecycle::default()
    })
}

pub(super) fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

fn ports(container: &model::Container) -> Vec<ContainerPort> {
    container
        .ports
        .iter()
        .map(|port| ContainerPort {
            name: Some(port.name.to_string()),
            container_port: port.number.into(),
            protocol: (port.protocol == Protocol::Udp).then(|| "UDP".to_owned()),
            ..ContainerPort::default()
        })
        .collect()
}

fn resources(container: &model::Container) -> Option<ResourceRequirements> {
    let amounts =
        |resources: &Resources| Some(quota::amounts(resources)).filter(|all| !all.is_empty());
    let (requests, limits) = (amounts(&container.requests), amounts(&container.limits));
    (requests.is_some() || limits.is_some()).then(|| ResourceRequirements {
        requests,
        limits,
        ..ResourceRequirements::default()
    })
}

/// Paths of the node are written to only where that is said.
fn is_read_only(service: &Service, mount: &model::Mount) -> bool {
    service
        .volumes
        .iter()
        .filter(|volume| volume.name == mount.volume)
        .any(|volume| matches!(volume.source, VolumeSource::Host { write: false, .. }))
}

fn mounts(service: &Service, container: &model::Container) -> Vec<VolumeMount> {
    let mut mounts: Vec<VolumeMount> = container
        .mounts
        .iter()
        .map(|mount| VolumeMount {
            name: mount.volume.to_string(),
            mount_path: mount.path.to_string(),
            read_only: is_read_only(service, mount).then_some(true),
            ..VolumeMount::default()
        })
        .collect();
    // Each file alone: a mounted folder would hide what the image has beside it.
    mounts.extend(config::keyed(service).into_iter().map(|(key, file)| VolumeMount {
        name: pod::FILES.to_owned(),
        mount_path: file.path.to_string(),
        sub_path: Some(key),
        read_only: Some(true),
        ..VolumeMount::default()
    }));
    mounts.extend(service.sealed.files.iter().map(|file| VolumeMount {
        name: pod::SEALED_FILES.to_owned(),
        mount_path: file.path.to_string(),
        sub_path: Some(file.name.clone()),
        read_only: Some(true),
        ..VolumeMount::default()
    }));
    let secrets = pod::secrets_volume(container);
    let as_folder = pod::secrets_as_folder(service);
    if as_folder && container.secrets.iter().any(pod::in_default_folder) {
        mounts.push(VolumeMount {
            name: secrets.clone(),
            mount_path: pod::SECRETS_FOLDER.to_owned(),
            read_only: Some(true),
            ..VolumeMount::default()
        });
    }
    for secret in &container.secrets {
        if !(as_folder && pod::in_default_folder(secret)) {
            mounts.push(VolumeMount {
                name: secrets.clone(),
                mount_path: secret.path.to_string(),
                sub_path: Some(secret.key.to_string()),
                read_only: Some(true),
                ..VolumeMount::default()
            });
        }
    }
    mounts.sort_by(|a, b| a.mount_path.cmp(&b.mount_path));
    mounts
}
