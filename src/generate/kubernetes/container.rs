//! The main container of a service.

use super::environment::{env, literal, variables};
use super::probe::probe;
use super::{config, pod, quota};
use crate::layer::{Protocol, Run};
use crate::model::{SecretForm, Service, VolumeSource};
use crate::reference::Reference;
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, Lifecycle, LifecycleHandler, ResourceRequirements,
    SecurityContext, SleepAction, VolumeMount,
};

/// How long a called service goes on after it was told to stop, so that nobody is sent to it any
/// more when it ends.
const DRAIN_SECONDS: i64 = 5;

pub(super) fn container(service: &Service) -> Container {
    let name = service.name.as_str();
    let privileged = service.container.privileged;
    let capabilities = &service.container.capabilities;
    let texts = |texts: &Vec<String>| texts.iter().map(|text| literal(text)).collect();
    Container {
        name: name.to_owned(),
        image: Some(Reference::Image(name).to_string()),
        command: service.container.command.as_ref().map(texts),
        args: service.container.args.as_ref().map(texts),
        working_dir: service.container.workdir.as_ref().map(ToString::to_string),
        ports: some(ports(service)),
        env: some(variables(service).into_iter().map(|variable| env(service, variable)).collect()),
        startup_probe: service.container.probes.start.as_ref().map(probe),
        liveness_probe: service.container.probes.live.as_ref().map(probe),
        readiness_probe: service.container.probes.ready.as_ref().map(probe),
        lifecycle: drains(service).then(|| Lifecycle {
            pre_stop: Some(LifecycleHandler {
                sleep: Some(SleepAction { seconds: DRAIN_SECONDS }),
                ..LifecycleHandler::default()
            }),
            ..Lifecycle::default()
        }),
        resources: resources(service),
        security_context: Some(SecurityContext {
            // Kubernetes refuses to deny a privileged container what it has anyway.
            allow_privilege_escalation: (!privileged).then_some(false),
            privileged: privileged.then_some(true),
            read_only_root_filesystem: Some(!service.container.writable_root),
            capabilities: (!privileged).then(|| Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                add: some(capabilities.iter().map(ToString::to_string).collect()),
            }),
            ..SecurityContext::default()
        }),
        volume_mounts: some(mounts(service)),
        ..Container::default()
    }
}

/// Only who is called has callers to wait for, and only if there is time for it.
fn drains(service: &Service) -> bool {
    service.run == Run::Service
        && service.ports.iter().any(|port| port.service.is_some())
        && i64::from(service.stop_within.as_secs_ceil()) > DRAIN_SECONDS
}

pub(super) fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

fn ports(service: &Service) -> Vec<ContainerPort> {
    service
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

fn resources(service: &Service) -> Option<ResourceRequirements> {
    let amounts = |resources| Some(quota::amounts(resources)).filter(|all| !all.is_empty());
    let (requests, limits) =
        (amounts(&service.container.requests), amounts(&service.container.limits));
    (requests.is_some() || limits.is_some()).then(|| ResourceRequirements {
        requests,
        limits,
        ..ResourceRequirements::default()
    })
}

fn mounts(service: &Service) -> Vec<VolumeMount> {
    let mut mounts: Vec<VolumeMount> = service
        .volumes
        .iter()
        .map(|volume| VolumeMount {
            name: volume.name.to_string(),
            mount_path: volume.path.to_string(),
            read_only: matches!(volume.source, VolumeSource::Host { write: false, .. })
                .then_some(true),
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
    let as_folder = pod::secrets_as_folder(service);
    if as_folder && pod::default_secrets(service).next().is_some() {
        mounts.push(VolumeMount {
            name: pod::SECRETS.to_owned(),
            mount_path: pod::SECRETS_FOLDER.to_owned(),
            read_only: Some(true),
            ..VolumeMount::default()
        });
    }
    for secret in &service.secrets {
        if let SecretForm::File(path) = &secret.form
            && !(as_folder && pod::in_default_folder(secret))
        {
            mounts.push(VolumeMount {
                name: pod::SECRETS.to_owned(),
                mount_path: path.to_string(),
                sub_path: Some(secret.key.to_string()),
                read_only: Some(true),
                ..VolumeMount::default()
            });
        }
    }
    mounts.sort_by(|a, b| a.mount_path.cmp(&b.mount_path));
    mounts
}
