//! Ports.

use super::draft::Draft;
use crate::finding::Finding;
use crate::layer::{Protocol, ServicePort};
use crate::model::Port;
use crate::source::Place;
use crate::value::PortName;

/// Where a port is described: by the service, else by its kind.
fn place(draft: &Draft<'_>, name: &PortName) -> Place {
    let path = ["contract", "ports", name.as_str()];
    if let Some(provider) = draft.provider() {
        let node = &provider.entry.node;
        let path = ["pods", "ports", name.as_str()];
        if node.at(&path).is_some() {
            return node.key_place(&path);
        }
    }
    match &draft.kind {
        Some(kind) if draft.node.at(&path[1..]).is_none() => kind.entry.node.key_place(&path),
        _ => draft.node.key_place(&path[1..]),
    }
}

/// The ports of a service: its kind's, and its own over them; and the names of those without a
/// number, which is reported.
pub(super) fn ports(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> (Vec<Port>, Vec<PortName>) {
    let contract = draft.kind.as_ref().and_then(|kind| kind.entry.kind.contract.as_ref());
    let mut layers = contract.and_then(|contract| contract.ports.clone()).unwrap_or_default();
    let provider = draft.provider().and_then(|it| it.entry.provider.pods.as_ref()?.ports.clone());
    layers.extend(provider.unwrap_or_default());
    layers.extend(draft.service.ports.clone().unwrap_or_default());
    let mut ports: Vec<Port> = Vec::new();
    let mut unnumbered = Vec::new();
    for (name, port) in layers {
        let at = place(draft, &name);
        let Some(number) = port.port else {
            findings.push(
                Finding::error("missing-key", format!("the port `{name}` has no number"))
                    .at(at)
                    .help("say it, such as `port: 8080`"),
            );
            unnumbered.push(name);
            continue;
        };
        let protocol = port.protocol.unwrap_or(match name.as_str() {
            "http" => Protocol::Http,
            "grpc" => Protocol::Grpc,
            _ => Protocol::Tcp,
        });
        let twin = ports.iter().find(|other| {
            other.number == number.get()
                && (other.protocol == Protocol::Udp) == (protocol == Protocol::Udp)
        });
        if let Some(twin) = twin {
            let other = place(draft, &twin.name);
            findings.push(
                Finding::error(
                    "port-twice",
                    format!("`{}` and `{name}` are the same port {number}", twin.name),
                )
                .at(at.max(other))
                .related(at.min(other), "the other one")
                .help("keep one of the names, or give one of them another number"),
            );
        }
        let service = if !draft.run.is_called() || is_metrics(&name) {
            None
        } else {
            match port.service_port {
                None => Some(number.get()),
                Some(ServicePort::None(())) => None,
                Some(ServicePort::Number(number)) => Some(number.get()),
            }
        };
        let internal = port.internal.unwrap_or(false);
        ports.push(Port { name, number: number.get(), protocol, service, internal });
    }
    (ports, unnumbered)
}

/// The ports of all containers of a service, in order of name: they share one address.
pub(super) fn of_all(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Vec<Port> {
    let mut all: Vec<(Port, Place)> = Vec::new();
    for container in std::iter::once(draft).chain(draft.containers.iter().map(|it| &it.draft)) {
        for port in &container.own_ports {
            let at = place(container, &port.name);
            let is_udp = |port: &Port| port.protocol == Protocol::Udp;
            let twin = all.iter().find(|(other, _)| {
                other.name == port.name
                    || (other.number == port.number && is_udp(other) == is_udp(port))
            });
            // Two ports of one container are told where its ports are read.
            if let Some((twin, other)) = twin.filter(|_| container.is_beside()) {
                let message = if twin.name == port.name {
                    format!("two containers of `{}` have a port `{}`", draft.name, port.name)
                } else {
                    format!(
                        "two containers of `{}` listen on {}, for `{}` and `{}`",
                        draft.name, port.number, twin.name, port.name
                    )
                };
                findings.push(
                    Finding::error("port-twice", message)
                        .at(at)
                        .related(*other, "the other one")
                        .help("give one of them another name and number: they share one address"),
                );
                continue;
            }
            all.push((port.clone(), at));
        }
    }
    let mut ports: Vec<Port> = all.into_iter().map(|(port, _)| port).collect();
    ports.sort_by(|a, b| a.name.cmp(&b.name));
    ports
}

/// Metrics ports are scraped on the pods themselves and are in no Service.
pub(super) fn is_metrics(name: &PortName) -> bool {
    name.as_str() == "metrics" || name.as_str().ends_with("-metrics")
}
