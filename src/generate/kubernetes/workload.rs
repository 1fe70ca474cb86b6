//! Deployments and `StatefulSets`.

use super::{claim, container::some, environment, metadata, pod};
use crate::generate::Object;
use crate::model::{Rollout, Service, VolumeSource, names};
use crate::reference::Reference;
use k8s_openapi::api::apps::v1::{
    Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment, StatefulSet,
    StatefulSetSpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Metadata of a workload: it alone says which version runs, so that a release changes one label.
fn metadata_of(service: &Service) -> ObjectMeta {
    let metadata = metadata::owned(metadata::of(service), service.owner.as_ref());
    let mut metadata =
        metadata::marked(metadata, &service.labels.workload, &service.annotations.workload);
    if service.version.is_some()
        && let Some(labels) = &mut metadata.labels
    {
        let version = Reference::Version(service.name.as_str()).to_string();
        labels.insert("app.kubernetes.io/version".to_owned(), version);
    }
    metadata
}

/// Old versions that a rollback can return to.
const HISTORY: i32 = 5;
/// How long a new pod has to stay ready until the next old one goes: two questions of readiness, so
/// that one which fails under its first calls stops the rollout.
const MIN_READY: i32 = 10;

/// Whether each replica of a service has a claim of its own.
pub(super) fn is_stateful(service: &Service) -> bool {
    service.volumes.iter().any(|volume| matches!(volume.source, VolumeSource::ClaimPerReplica(_)))
}

/// The workload of a service.
pub(super) fn workload(service: &Service) -> Object {
    let name = service.name.as_str();
    let object = if is_stateful(service) {
        Object::of_service(name, &stateful_set(service))
    } else {
        Object::of_service(name, &deployment(service))
    };
    origins(object, service)
}

/// Where an autoscaler rules, a number written here would undo its work at every apply.
fn replicas(service: &Service) -> Option<i32> {
    let scaled = service.replicas.max > service.replicas.min;
    if scaled { None } else { i32::try_from(service.replicas.min).ok() }
}

/// How long a new pod may take until Kubernetes calls its rollout stuck: its own start, and room
/// for the image to be pulled and a node to be found.
fn deadline(service: &Service) -> i32 {
    const ROOM: i32 = 300;
    const LEAST: i32 = 600;
    let start = service.container.probes.start.as_ref().map_or(0, |probe| {
        probe.every.as_secs_ceil().saturating_mul(i32::try_from(probe.failures).unwrap_or(i32::MAX))
    });
    start.saturating_add(ROOM).max(LEAST)
}

fn deployment(service: &Service) -> Deployment {
    let rolling = matches!(service.rollout, Rollout::Rolling { .. });
    let strategy = match &service.rollout {
        Rollout::Recreate => DeploymentStrategy {
            type_: Some("Recreate".to_owned()),
            ..DeploymentStrategy::default()
        },
        Rollout::Rolling { at_once } => DeploymentStrategy {
            type_: Some("RollingUpdate".to_owned()),
            rolling_update: Some(RollingUpdateDeployment {
                max_surge: Some(IntOrString::String(at_once.to_string())),
                max_unavailable: Some(IntOrString::Int(0)),
            }),
        },
    };
    Deployment {
        metadata: metadata_of(service),
        spec: DeploymentSpec {
            replicas: replicas(service),
            revision_history_limit: Some(HISTORY),
            min_ready_seconds: rolling.then_some(MIN_READY),
            progress_deadline_seconds: Some(deadline(service)),
            strategy: Some(strategy),
            selector: metadata::selector(service),
            template: pod::template(service),
            ..DeploymentSpec::default()
        },
        ..Deployment::default()
    }
}

fn stateful_set(service: &Service) -> StatefulSet {
    StatefulSet {
        metadata: metadata_of(service),
        spec: StatefulSetSpec {
            replicas: replicas(service),
            revision_history_limit: Some(HISTORY),
            min_ready_seconds: Some(MIN_READY),
            persistent_volume_claim_retention_policy: claim::retention(service),
            service_name: Some(Reference::Name(&names::headless(service)).to_string()),
            selector: metadata::selector(service),
            template: pod::template(service),
            volume_claim_templates: some(claim::templates(service)),
            ..StatefulSetSpec::default()
        },
        ..StatefulSet::default()
    }
}

/// Where the optional parts of a workload come from.
fn origins(object: Object, service: &Service) -> Object {
    const CONTAINER: &str = "/spec/template/spec/containers/0";
    let mut object = object
        .origin("/spec/replicas", ["replicas"])
        .origin("/spec/strategy", ["rollout"])
        .origin("/spec/volumeClaimTemplates", ["volumes"])
        .origin("/spec/template/spec/terminationGracePeriodSeconds", ["stop-within"])
        .origin("/spec/template/spec/volumes", ["volumes"])
        .origin(format!("{CONTAINER}/command"), ["command"])
        .origin(format!("{CONTAINER}/args"), ["args"])
        .origin(format!("{CONTAINER}/workingDir"), ["workdir"])
        .origin(format!("{CONTAINER}/ports"), ["ports"])
        .origin(format!("{CONTAINER}/startupProbe"), ["health"])
        .origin(format!("{CONTAINER}/livenessProbe"), ["health", "live"])
        .origin(format!("{CONTAINER}/readinessProbe"), ["health", "ready"])
        .origin(format!("{CONTAINER}/resources"), ["resources"])
        .origin(format!("{CONTAINER}/volumeMounts"), ["volumes"])
        .origin("/spec/template/spec/hostNetwork", ["host-network"])
        .origin("/spec/template/spec/hostPID", ["host-pid"])
        .origin("/spec/template/spec/nodeSelector", ["placement", "nodes"])
        .origin("/spec/template/spec/tolerations", ["placement", "tolerate"])
        .origin("/spec/template/spec/topologySpreadConstraints", ["placement", "spread"])
        .origin("/spec/template/spec/priorityClassName", ["placement", "priority"])
        .origin("/spec/template/spec/securityContext", ["user"])
        .origin(format!("{CONTAINER}/securityContext/readOnlyRootFilesystem"), ["writable-root"])
        .origin(format!("{CONTAINER}/securityContext/capabilities"), ["capabilities"]);
    if service.container.privileged {
        object = object.origin(format!("{CONTAINER}/securityContext"), ["privileged"]);
    }
    for (index, name) in pod::host_paths(service) {
        let pointer = format!("/spec/template/spec/volumes/{index}");
        object = object.origin(pointer, ["host-paths", name]);
    }
    for (index, variable) in environment::variables(service).into_iter().enumerate() {
        object = object.origin(format!("{CONTAINER}/env/{index}"), variable.origin.clone());
    }
    object
}
