//! What runs a service's pods.

use super::{claim, container::some, environment, job, metadata, pod};
use crate::generate::Object;
use crate::layer::When;
use crate::model::{Container, Rollout, Run, Service, VolumeSource, names};
use crate::reference::Reference;
use k8s_openapi::api::apps::v1::{
    DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, Deployment, DeploymentSpec,
    DeploymentStrategy, RollingUpdateDaemonSet, RollingUpdateDeployment, StatefulSet,
    StatefulSetSpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Metadata of a workload: it alone says which version runs, so that a release changes one label.
pub(super) fn metadata_of(service: &Service) -> ObjectMeta {
    let metadata = metadata::owned(metadata::of(service), service.owner.as_ref());
    let mut metadata =
        metadata::marked(metadata, &service.labels.workload, &service.annotations.workload);
    if service.version.is_some()
        && let Some(labels) = &mut metadata.labels
    {
        let version = Reference::Version(&service.container.image_of).to_string();
        labels.insert("app.kubernetes.io/version".to_owned(), version);
    }
    metadata
}

/// Old versions that a rollback can return to.
const HISTORY: i32 = 5;
/// Whether each replica of a service has a claim of its own.
pub(super) fn is_stateful(service: &Service) -> bool {
    service.volumes.iter().any(|volume| matches!(volume.source, VolumeSource::ClaimPerReplica(_)))
}

/// The workload of a service.
pub(super) fn workload(service: &Service) -> Object {
    let name = service.name.as_str();
    let (object, pod) = match &service.run {
        Run::Job { when: When::BeforeRelease | When::AfterRelease } => {
            (Object::of_service(name, &job::job(service)), "/spec/template")
        }
        Run::Job { when: When::ByHand } => {
            (Object::of_service(name, &job::by_hand(service)), job::POD_OF_CRON)
        }
        Run::Cron { schedule, time_zone, overlap } => {
            let cron = job::cron(service, schedule, time_zone, *overlap);
            (Object::of_service(name, &cron), job::POD_OF_CRON)
        }
        Run::Node => (Object::of_service(name, &daemon_set(service)), "/spec/template"),
        Run::Service | Run::Worker if is_stateful(service) => {
            (Object::of_service(name, &stateful_set(service)), "/spec/template")
        }
        Run::Service | Run::Worker => {
            (Object::of_service(name, &deployment(service)), "/spec/template")
        }
    };
    origins(object, service, &format!("{pod}/spec"))
}

/// Where an autoscaler rules, a number written here would undo its work at every apply.
fn replicas(service: &Service) -> Option<i32> {
    let scaled = service.replicas.max > service.replicas.min;
    if scaled { None } else { i32::try_from(service.replicas.min).ok() }
}

fn deployment(service: &Service) -> Deployment {
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
            min_ready_seconds: Some(service.settles_within.as_secs_ceil()),
            progress_deadline_seconds: Some(service.progress_within.as_secs_ceil()),
            revision_history_limit: Some(HISTORY),
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
            min_ready_seconds: Some(service.settles_within.as_secs_ceil()),
            revision_history_limit: Some(HISTORY),
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

fn daemon_set(service: &Service) -> DaemonSet {
    DaemonSet {
        metadata: metadata_of(service),
        spec: DaemonSetSpec {
            min_ready_seconds: Some(service.settles_within.as_secs_ceil()),
            revision_history_limit: Some(HISTORY),
            // One node after another: what is wrong with a new version shows on the first.
            update_strategy: Some(DaemonSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDaemonSet {
                    max_surge: Some(IntOrString::Int(0)),
                    max_unavailable: Some(IntOrString::Int(1)),
                }),
            }),
            selector: metadata::selector(service),
            template: pod::template(service),
        },
        ..DaemonSet::default()
    }
}

/// Where the optional parts of a workload come from; `pod` points to the pod's specification.
fn origins(object: Object, service: &Service, pod: &str) -> Object {
    let mut object = object
        .origin("/spec/replicas", ["replicas"])
        .origin("/spec/strategy", ["rollout"])
        .origin("/spec/minReadySeconds", ["health", "ready"])
        .origin("/spec/progressDeadlineSeconds", ["health", "starts-within"])
        .origin("/spec/volumeClaimTemplates", ["volumes"])
        .origin("/spec/schedule", ["schedule"])
        .origin("/spec/timeZone", ["time-zone"])
        .origin("/spec/concurrencyPolicy", ["overlap"])
        .origin("/spec/suspend", ["when"])
        .origin(format!("{pod}/terminationGracePeriodSeconds"), ["stop-within"])
        .origin(format!("{pod}/volumes"), ["volumes"])
        .origin(format!("{pod}/hostNetwork"), ["host-network"])
        .origin(format!("{pod}/hostPID"), ["host-pid"])
        .origin(format!("{pod}/nodeSelector"), ["placement", "nodes"])
        .origin(format!("{pod}/tolerations"), ["placement", "tolerate"])
        .origin(format!("{pod}/topologySpreadConstraints"), ["placement", "spread"])
        .origin(format!("{pod}/priorityClassName"), ["placement", "priority"])
        .origin(format!("{pod}/securityContext"), ["user"]);
    for (index, name) in pod::host_paths(service) {
        object = object.origin(format!("{pod}/volumes/{index}"), ["host-paths", name]);
    }
    if let Some(job) = pod.strip_suffix("/template/spec").filter(|_| service.run.ends()) {
        object = object
            .origin(format!("{job}/backoffLimit"), ["retries"])
            .origin(format!("{job}/activeDeadlineSeconds"), ["deadline"]);
    }
    object = of_container(object, &service.container, &format!("{pod}/containers/0"));
    for (index, container) in service.sidecars.iter().chain(&service.init).enumerate() {
        object = of_container(object, container, &format!("{pod}/initContainers/{index}"));
    }
    object
}

fn of_container(object: Object, container: &Container, at: &str) -> Object {
    let keys = |keys: &[&str]| -> Vec<String> {
        container.origin.iter().cloned().chain(keys.iter().map(ToString::to_string)).collect()
    };
    let mut object = if container.origin.is_empty() {
        object
    } else {
        object.origin(at, container.origin.clone())
    };
    for (field, from) in [
        ("command", &["command"][..]),
        ("args", &["args"]),
        ("workingDir", &["workdir"]),
        ("ports", &["ports"]),
        ("startupProbe", &["health"]),
        ("livenessProbe", &["health", "live"]),
        ("readinessProbe", &["health", "ready"]),
        ("resources", &["resources"]),
        ("volumeMounts", &["volumes"]),
        ("securityContext/runAsUser", &["user"]),
        ("securityContext/readOnlyRootFilesystem", &["writable-root"]),
        ("securityContext/capabilities", &["capabilities"]),
    ] {
        object = object.origin(format!("{at}/{field}"), keys(from));
    }
    if container.privileged {
        object = object.origin(format!("{at}/securityContext"), keys(&["privileged"]));
    }
    for (index, variable) in environment::variables(container).into_iter().enumerate() {
        object = object.origin(format!("{at}/env/{index}"), variable.origin.clone());
    }
    object
}
