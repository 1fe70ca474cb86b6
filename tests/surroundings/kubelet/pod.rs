//! The life of a pod: what is mounted, and which container runs when.

use super::super::api::Api;
use super::super::images::{Image, Images};
use super::container::{Again, Progress, Refusal, Task};
use super::references::References;
use super::user;
use super::volumes::{Files, mount, sub_paths};
use k8s_openapi::api::core::v1::{Container, PodSpec};
use k8s_openapi::jiff::Timestamp;

/// How far a pod is.
pub(super) struct PodProgress {
    pub(super) began: Timestamp,
    pub(super) inits: Vec<Progress>,
    pub(super) containers: Vec<Progress>,
    files: Option<Files>,
}

/// As Kubernetes calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Pending,
    Running,
    Succeeded,
    Failed,
}

/// What a pod is started with.
pub(super) struct Start<'a> {
    pub(super) api: &'a Api,
    pub(super) images: &'a Images,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) spec: &'a PodSpec,
    pub(super) now: Timestamp,
}

impl PodProgress {
    pub(super) fn new(spec: &PodSpec, began: Timestamp) -> Self {
        let inits = spec.init_containers.as_deref().unwrap_or_default();
        let reason = if inits.is_empty() { "ContainerCreating" } else { "PodInitializing" };
        let waiting = |_: &Container| Progress::new(reason, began);
        Self {
            began,
            inits: inits.iter().map(waiting).collect(),
            containers: spec.containers.iter().map(waiting).collect(),
            files: None,
        }
    }

    /// One step. What happens is told with its reason.
    pub(super) fn advance(&mut self, start: &Start<'_>, tell: &mut impl FnMut(&str, String)) {
        let references = References { api: start.api, namespace: start.namespace };
        let files = match self.files.take() {
            Some(files) => files,
            None => match mount(&references, start.name, start.spec) {
                Ok(files) => files,
                Err(problem) => return tell("FailedMount", problem),
            },
        };
        let ready = |container: &Container| prepare(start, &references, &files, container);
        if self.initialise(start, &ready, tell) {
            let policy = policy(start.spec);
            for (progress, container) in self.containers.iter_mut().zip(&start.spec.containers) {
                let serves = policy == Again::Always;
                let task = Task { container, serves, again: policy };
                progress.advance(&task, start.now, || ready(container), tell);
            }
        }
        self.files = Some(files);
        if matches!(self.phase(start.spec), Phase::Succeeded | Phase::Failed) {
            self.inits.iter_mut().for_each(|sidecar| sidecar.end(start.now));
        }
    }

    /// Runs the init containers one after another. A sidecar counts as done once it has started,
    /// and goes on. True when all are done.
    fn initialise(
        &mut self,
        start: &Start<'_>,
        ready: &impl Fn(&Container) -> Result<Image, Refusal>,
        tell: &mut impl FnMut(&str, String),
    ) -> bool {
        let inits = start.spec.init_containers.iter().flatten();
        for (progress, container) in self.inits.iter_mut().zip(inits) {
            let task = task_of_init(start.spec, container);
            progress.advance(&task, start.now, || ready(container), tell);
            if !is_done(&task, progress) {
                return false;
            }
        }
        true
    }

    pub(super) fn phase(&self, spec: &PodSpec) -> Phase {
        let inits = spec.init_containers.iter().flatten();
        for (progress, container) in self.inits.iter().zip(inits) {
            let task = task_of_init(spec, container);
            match progress.code(task.again) {
                Some(code) if code != 0 => return Phase::Failed,
                _ if is_done(&task, progress) => {}
                _ => return Phase::Pending,
            }
        }
        let codes: Option<Vec<i32>> =
            self.containers.iter().map(|progress| progress.code(policy(spec))).collect();
        match codes {
            Some(codes) if codes.iter().all(|code| *code == 0) => Phase::Succeeded,
            Some(_) => Phase::Failed,
            None if self.containers.iter().all(Progress::has_run) => Phase::Running,
            None => Phase::Pending,
        }
    }

    pub(super) fn is_initialised(&self, spec: &PodSpec) -> bool {
        let inits = spec.init_containers.iter().flatten();
        self.inits
            .iter()
            .zip(inits)
            .all(|(progress, container)| is_done(&task_of_init(spec, container), progress))
    }

    /// Whether its containers and its sidecars are ready.
    pub(super) fn is_ready(&self, spec: &PodSpec) -> bool {
        let inits = spec.init_containers.iter().flatten();
        let mut sidecars = self.inits.iter().zip(inits).filter(|(_, init)| is_sidecar(init));
        sidecars.all(|(progress, _)| progress.is_ready())
            && self.containers.iter().all(Progress::is_ready)
    }
}

/// The image of a container that can be started: it can be pulled, everything that the container
/// refers to is there, and its user is allowed.
fn prepare(
    start: &Start<'_>,
    references: &References<'_>,
    files: &Files,
    container: &Container,
) -> Result<Image, Refusal> {
    let reference = container.image.as_deref().unwrap_or_default();
    let image = start.images.pull(reference).map_err(Refusal::Image)?;
    references.environment(container).map_err(Refusal::Config)?;
    user::verify(start.name, start.spec, container, &image.user).map_err(Refusal::Config)?;
    sub_paths(files, container).map_err(Refusal::Config)?;
    Ok(image.clone())
}

fn task_of_init<'a>(spec: &PodSpec, container: &'a Container) -> Task<'a> {
    let serves = is_sidecar(container);
    let again = match policy(spec) {
        _ if serves => Again::Always,
        Again::Never => Again::Never,
        Again::Always | Again::OnFailure => Again::OnFailure,
    };
    Task { container, serves, again }
}

/// Whether the next container may start. A sidecar ends only with its pod.
fn is_done(task: &Task<'_>, progress: &Progress) -> bool {
    let ended = progress.code(Again::OnFailure) == Some(0);
    ended || task.serves && progress.is_started()
}

fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

fn policy(spec: &PodSpec) -> Again {
    match spec.restart_policy.as_deref() {
        Some("Never") => Again::Never,
        Some("OnFailure") => Again::OnFailure,
        _ => Again::Always,
    }
}
