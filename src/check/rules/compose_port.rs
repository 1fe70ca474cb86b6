//! Ports that Compose publishes are those of the container, and of this machine alone.

use crate::check::compose::{ComposeFiles, Project, networks};
use crate::check::objects::list;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "compose-port",
    severity: Severity::Error,
    title: "Compose publishes ports of its containers on this machine alone",
    why: "A port on all addresses passes by the firewall; one on an internal network, or on which nobody listens, leads nowhere.",
    mend: "say `publish` with the name of a port of the service",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        for (name, service) in project.services() {
            let ports = list(service, "/ports");
            let known = project.expected.and_then(|expected| expected.containers.get(name));
            for (index, port) in ports.iter().enumerate() {
                let (host, target) = parts(port);
                let pointer = format!("/services/{name}/ports/{index}");
                if !matches!(host, "127.0.0.1" | "[::1]" | "::1") {
                    let message =
                        format!("`{name}` can be called at this port from other machines");
                    problems.at(project.index, pointer.as_str(), message);
                }
                if let Some((known, target)) = known.zip(target)
                    && !known.ports.contains(&target)
                {
                    let message = format!("`{name}` does not listen on {target}");
                    problems.at(project.index, pointer.as_str(), message);
                }
            }
            if !ports.is_empty() && !leads_outside(&project, service) {
                let message =
                    format!("`{name}` has internal networks only, from which no port is published");
                problems.at(project.index, format!("/services/{name}/ports"), message);
            }
        }
    }
}

/// The address of the machine, and the port of the container.
fn parts(port: &Value) -> (&str, Option<u16>) {
    if let Some(text) = port.as_str() {
        let text = text.split('/').next().unwrap_or_default();
        let mut from_end = text.rsplitn(3, ':');
        let target = from_end.next().and_then(|port| port.parse().ok());
        from_end.next();
        return (from_end.next().unwrap_or_default(), target);
    }
    let host = port.get("host_ip").and_then(Value::as_str).unwrap_or_default();
    let target = port.get("target").and_then(Value::as_u64);
    (host, target.and_then(|port| u16::try_from(port).ok()))
}

/// Whether a service joins a network that is not internal.
fn leads_outside(project: &Project<'_>, service: &Value) -> bool {
    let networks = networks(service);
    let is_internal = |name: &str| {
        let network = project.entries("networks").find(|(known, _)| *known == name);
        network.is_some_and(|(_, network)| network.get("internal") == Some(&Value::Bool(true)))
    };
    networks.is_empty() || networks.into_iter().any(|name| !is_internal(name))
}

const GOOD: &str = "\
services:
  web: { image: 'web:1.0', ports: ['127.0.0.1:8000:8080'], networks: [web.outside] }
networks: { web.outside: {} }
";

const BAD: &str = "\
services:
  web: { image: 'web:1.0', ports: ['8000:80'], networks: [web.db] }
networks: { web.db: { internal: true } }
";
