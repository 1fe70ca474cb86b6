//! What a container is asked, and whether it answers.

use k8s_openapi::api::core::v1::{Container, Probe};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::time::Duration;

/// Whether a container answers once its program listens. It listens on the ports that it names, so
/// a probe of another port finds nobody.
pub(super) fn answers(container: &Container, probe: &Probe, listens: bool) -> Result<(), String> {
    let number = |port: i32| is_named(container, &IntOrString::Int(port));
    let http = probe.http_get.as_ref().map(|it| is_named(container, &it.port));
    let tcp = probe.tcp_socket.as_ref().map(|it| is_named(container, &it.port));
    let grpc = probe.grpc.as_ref().map(|it| number(it.port));
    http.or(tcp).or(grpc).unwrap_or(Ok(()))?;
    if listens { Ok(()) } else { Err("connection refused".to_owned()) }
}

/// How long a container may leave a probe without an answer.
pub(super) fn patience(probe: &Probe) -> Duration {
    let failures = count(probe.period_seconds, 10) * count(probe.failure_threshold, 3);
    delay(probe) + Duration::from_secs(failures)
}

/// How long nobody asks.
pub(super) fn delay(probe: &Probe) -> Duration {
    Duration::from_secs(count(probe.initial_delay_seconds, 0))
}

fn is_named(container: &Container, port: &IntOrString) -> Result<(), String> {
    let mut ports = container.ports.iter().flatten();
    let found = match port {
        IntOrString::Int(number) => ports.any(|port| port.container_port == *number),
        IntOrString::String(name) => ports.any(|port| port.name.as_ref() == Some(name)),
    };
    match (found, port) {
        (true, _) => Ok(()),
        (false, IntOrString::Int(number)) => Err(format!("port {number}: connection refused")),
        (false, IntOrString::String(name)) => Err(format!("couldn't find port: {name}")),
    }
}

fn count(said: Option<i32>, otherwise: u64) -> u64 {
    said.and_then(|said| u64::try_from(said).ok()).unwrap_or(otherwise)
}
