//! Probes of a container.

use crate::model::{self, ProbeCheck};
use crate::value::Duration;
use k8s_openapi::api::core::v1::{
    ExecAction, GRPCAction, HTTPGetAction, HTTPHeader, Probe, TCPSocketAction,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// A probe as Kubernetes reads it, in whole seconds.
pub(super) fn probe(probe: &model::Probe) -> Probe {
    let seconds = |duration: &Duration| Some(duration.as_secs_ceil().max(1));
    let mut kubernetes = Probe {
        period_seconds: seconds(&probe.every),
        timeout_seconds: seconds(&probe.timeout),
        failure_threshold: i32::try_from(probe.failures).ok(),
        ..Probe::default()
    };
    match &probe.check {
        ProbeCheck::Http { path, port, headers } => {
            let headers: Vec<HTTPHeader> = headers
                .iter()
                .map(|(name, value)| HTTPHeader { name: name.clone(), value: value.clone() })
                .collect();
            kubernetes.http_get = Some(HTTPGetAction {
                path: Some(path.clone()),
                port: IntOrString::String(port.to_string()),
                http_headers: (!headers.is_empty()).then_some(headers),
                ..HTTPGetAction::default()
            });
        }
        ProbeCheck::Grpc { port, service } => {
            kubernetes.grpc = Some(GRPCAction {
                port: i32::from(*port),
                service: service.clone(),
                ..GRPCAction::default()
            });
        }
        ProbeCheck::Tcp { port } => {
            kubernetes.tcp_socket = Some(TCPSocketAction {
                port: IntOrString::String(port.to_string()),
                ..TCPSocketAction::default()
            });
        }
        ProbeCheck::Exec { command } => {
            kubernetes.exec = Some(ExecAction { command: Some(command.clone()) });
        }
    }
    kubernetes
}
