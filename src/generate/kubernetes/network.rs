//! Services: the names under which others reach a service.

use super::metadata;
use super::workload::is_stateful;
use crate::generate::Object;
use crate::layer::Protocol;
use crate::model::{Port, Run, Service, Way, names};
use crate::reference::Reference;
use k8s_openapi::api::core::v1::{Service as KubernetesService, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The Services of a service.
pub(super) fn services(service: &Service) -> Vec<Object> {
    let mut services = Vec::new();
    let selector = Some(metadata::set(Reference::SelectorLabels(service.name.as_str())));
    let called: Vec<&Port> =
        service.ports.iter().filter(|port| port.service.is_some() && !port.internal).collect();
    if service.run.is_called() && !called.is_empty() {
        let object = KubernetesService {
            metadata: metadata::marked(
                metadata::of(service),
                &service.labels.service,
                &service.annotations.service,
            ),
            spec: Some(ServiceSpec {
                selector: selector.clone(),
                ports: Some(
                    called
                        .iter()
                        .map(|port| service_port(port, port.service.unwrap_or(port.number)))
                        .collect(),
                ),
                // Each node has one of its own: the nearest.
                traffic_distribution: (service.run == Run::Node)
                    .then(|| "PreferSameNode".to_owned()),
                ..ServiceSpec::default()
            }),
            ..KubernetesService::default()
        };
        let object = Object::of_service(service.name.as_str(), &object);
        services.push(object.origin("/spec/ports", ["ports"]));
    }
    services.extend(public(service));
    if is_stateful(service) {
        let ports: Vec<ServicePort> = service
            .ports
            .iter()
            .filter(|port| port.service.is_some() || port.internal)
            .map(|port| service_port(port, port.number))
            .collect();
        let object = KubernetesService {
            metadata: metadata::named(service, &names::headless(service)),
            spec: Some(ServiceSpec {
                cluster_ip: Some("None".to_owned()),
                // Replicas find each other before they are ready.
                publish_not_ready_addresses: Some(true),
                selector,
                ports: (!ports.is_empty()).then_some(ports),
                ..ServiceSpec::default()
            }),
            ..KubernetesService::default()
        };
        let object = Object::of_service(service.name.as_str(), &object);
        services.push(object.origin("", ["volumes"]));
    }
    services
}

/// The Service that leads from outside to one port, where no gateway does.
fn public(service: &Service) -> Option<Object> {
    let route = service.exposed.as_ref()?.route.as_ref()?;
    let (kind, traffic) = match route.way {
        Way::Gateway(_) => return None,
        // No second node on the way, so that the caller's address is seen.
        Way::LoadBalancer => ("LoadBalancer", Some("Local".to_owned())),
        Way::NodePort => ("NodePort", None),
    };
    let port = service.ports.iter().find(|port| port.name == route.port)?;
    let object = KubernetesService {
        metadata: metadata::named(service, &names::public(service)),
        spec: Some(ServiceSpec {
            type_: Some(kind.to_owned()),
            external_traffic_policy: traffic,
            selector: Some(metadata::set(Reference::SelectorLabels(service.name.as_str()))),
            ports: Some(vec![service_port(port, route.number)]),
            ..ServiceSpec::default()
        }),
        ..KubernetesService::default()
    };
    Some(Object::of_service(service.name.as_str(), &object).origin("", ["expose"]))
}

fn service_port(port: &Port, number: u16) -> ServicePort {
    ServicePort {
        name: Some(port.name.to_string()),
        port: number.into(),
        target_port: Some(IntOrString::String(port.name.to_string())),
        protocol: (port.protocol == Protocol::Udp).then(|| "UDP".to_owned()),
        app_protocol: match port.protocol {
            Protocol::Http => Some("http".to_owned()),
            Protocol::Grpc => Some("grpc".to_owned()),
            Protocol::Tcp | Protocol::Udp => None,
        },
        ..ServicePort::default()
    }
}
