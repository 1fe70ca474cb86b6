//! What a kubelet tells of a pod.

use super::container::{End, Progress, State};
use super::pod::{Phase, PodProgress};
use k8s_openapi::api::core::v1::{
    Container, ContainerState, ContainerStateRunning, ContainerStateTerminated,
    ContainerStateWaiting, ContainerStatus, HostIP, PodCondition, PodIP, PodSpec, PodStatus,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

/// Where a pod is reached.
pub(super) struct Addresses<'a> {
    pub(super) pod: &'a str,
    pub(super) node: &'a str,
}

/// The status of a pod. Conditions that did not change keep their time.
pub(super) fn status(
    spec: &PodSpec,
    progress: &PodProgress,
    addresses: &Addresses<'_>,
    before: Option<&PodStatus>,
    now: Timestamp,
) -> PodStatus {
    let phase = progress.phase(spec);
    let ready = progress.is_ready(spec);
    let reason = match phase {
        Phase::Succeeded => "PodCompleted",
        Phase::Failed => "PodFailed",
        Phase::Pending | Phase::Running => "ContainersNotReady",
    };
    let condition = |name: &str, is: bool| condition(name, is, reason, before, now);
    let pod_ip = spec.host_network.map_or(addresses.pod, |_| addresses.node).to_owned();
    PodStatus {
        phase: Some(format!("{phase:?}")),
        conditions: Some(vec![
            condition("Initialized", progress.is_initialised(spec)),
            condition("ContainersReady", ready),
            condition("Ready", ready),
        ]),
        host_ip: Some(addresses.node.to_owned()),
        host_ips: Some(vec![HostIP { ip: addresses.node.to_owned() }]),
        pod_ip: Some(pod_ip.clone()),
        pod_ips: Some(vec![PodIP { ip: pod_ip }]),
        start_time: Some(Time(progress.began)),
        container_statuses: Some(containers(&spec.containers, &progress.containers)),
        init_container_statuses: spec
            .init_containers
            .as_ref()
            .map(|inits| containers(inits, &progress.inits)),
        ..PodStatus::default()
    }
}

fn condition(
    name: &str,
    is: bool,
    reason: &str,
    before: Option<&PodStatus>,
    now: Timestamp,
) -> PodCondition {
    let status = if is { "True" } else { "False" };
    let mut known = before.iter().flat_map(|before| before.conditions.iter().flatten());
    let same = known.find(|known| known.type_ == name && known.status == status);
    let since = same.and_then(|known| known.last_transition_time.clone());
    PodCondition {
        type_: name.to_owned(),
        status: status.to_owned(),
        reason: (!is).then(|| reason.to_owned()),
        last_transition_time: Some(since.unwrap_or(Time(now))),
        ..PodCondition::default()
    }
}

fn containers(specs: &[Container], progress: &[Progress]) -> Vec<ContainerStatus> {
    specs.iter().zip(progress).map(|(spec, progress)| of_container(spec, progress)).collect()
}

fn of_container(spec: &Container, progress: &Progress) -> ContainerStatus {
    let image = spec.image.clone().unwrap_or_default();
    ContainerStatus {
        name: spec.name.clone(),
        image_id: if progress.has_run() { image.clone() } else { String::new() },
        image,
        ready: progress.is_ready(),
        started: Some(progress.is_started()),
        restart_count: progress.restarts,
        state: Some(state(&progress.state)),
        last_state: progress.last.as_ref().map(|end| ContainerState {
            terminated: Some(terminated(end)),
            ..ContainerState::default()
        }),
        ..ContainerStatus::default()
    }
}

fn state(state: &State) -> ContainerState {
    let none = ContainerState::default();
    match state {
        State::Waiting { reason, message, .. } => {
            let message = (!message.is_empty()).then(|| message.clone());
            let reason = Some((*reason).to_owned());
            ContainerState { waiting: Some(ContainerStateWaiting { message, reason }), ..none }
        }
        State::Running { since, .. } => {
            let running = ContainerStateRunning { started_at: Some(Time(*since)) };
            ContainerState { running: Some(running), ..none }
        }
        State::Ended(end) => ContainerState { terminated: Some(terminated(end)), ..none },
    }
}

fn terminated(end: &End) -> ContainerStateTerminated {
    let reason = if end.code == 0 { "Completed" } else { "Error" };
    ContainerStateTerminated {
        exit_code: end.code,
        reason: Some(reason.to_owned()),
        started_at: Some(Time(end.began)),
        finished_at: Some(Time(end.at)),
        ..ContainerStateTerminated::default()
    }
}
