//! Where the public reaches a service, and what leads there.

use super::below::below_domain;
use super::draft::{Draft, World};
use super::ports::is_metrics;
use crate::finding::Finding;
use crate::layer::{self, By, Protocol};
use crate::model::{Exposed, GatewayApi, Platform, Port, Route, Way};
use crate::value::{Host, Name, PortName};

/// Where the public reaches a service, if it does. A fault of its hosts leaves nothing to tell; what
/// is wrong with what leads there is told besides.
pub(super) fn exposed(
    world: &World<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Option<Exposed>, Box<Finding>> {
    // On one machine nothing leads to a service but the port at which it is published.
    let is_led = draft.here() && world.platform == Platform::Kubernetes;
    let said = draft.service.expose.as_ref().filter(|_| is_led);
    let Some(said) = said.filter(|said| said.enabled != Some(false)) else { return Ok(None) };
    let hosts = hosts(world, draft, said)?;
    let by = said.by.unwrap_or(By::Gateway);
    let path = said.path.as_ref().map(ToString::to_string);
    let path = path.unwrap_or_else(|| if by == By::Gateway { "/" } else { "" }.to_owned());
    Ok(Some(Exposed {
        hosts,
        path,
        // Without a gateway nobody but the service itself could speak TLS.
        tls: said.tls.unwrap_or(by == By::Gateway),
        route: route(world, draft, said, by, findings),
    }))
}

fn hosts(
    world: &World<'_>,
    draft: &Draft<'_>,
    said: &layer::Expose,
) -> Result<Vec<Host>, Box<Finding>> {
    let domain = &world.environment.domain;
    match (&said.hosts, said.host.as_deref()) {
        (Some(hosts), _) if !hosts.is_empty() => {
            let twice = (1..hosts.len()).find(|at| hosts[..*at].contains(&hosts[*at]));
            if let Some(at) = twice {
                let place = draft.node.value_place(&["expose", "hosts", &at.to_string()]);
                return Err(Box::new(
                    Finding::error("host-twice", format!("`{}` stands here again", hosts[at]))
                        .at(place)
                        .help("remove one of the two"),
                ));
            }
            Ok(hosts.clone())
        }
        (_, Some("@")) => Ok(vec![domain.clone()]),
        (_, Some(host)) => below_domain(world, draft, host).map(|host| vec![host]),
        _ => Err(Box::new(
            Finding::error(
                "missing-key",
                format!("nothing says under which host `{}` is reached", draft.name),
            )
            .at(draft.node.key_place(&["expose"]))
            .help("say `host`, a name below the environment's domain, or `hosts`"),
        )),
    }
}

fn route(
    world: &World<'_>,
    draft: &Draft<'_>,
    said: &layer::Expose,
    by: By,
    findings: &mut Vec<Finding>,
) -> Option<Route> {
    let port = port(draft, said, by, findings)?;
    let way = match by {
        By::Gateway => {
            route_path(draft, said, findings);
            let name = gateway(world, draft, said, findings)?;
            suits(world, draft, &name, port, findings);
            Way::Gateway(name)
        }
        By::LoadBalancer => Way::LoadBalancer,
        By::NodePort => Way::NodePort,
    };
    if by != By::Gateway {
        in_vain(draft, said, findings);
    }
    let timeout = said.timeout.filter(|_| has_timeouts(world, &way, port));
    let number = port.service.unwrap_or(port.number);
    Some(Route { port: port.name.clone(), number, protocol: port.protocol, timeout, way })
}

/// The port that is reached: the named one, else `http`, else the only one that fits.
fn port<'a>(
    draft: &'a Draft<'_>,
    said: &layer::Expose,
    by: By,
    findings: &mut Vec<Finding>,
) -> Option<&'a Port> {
    let called = |port: &&Port| port.service.is_some() && !port.internal && !is_metrics(&port.name);
    let fits = |port: &&Port| {
        by != By::Gateway || matches!(port.protocol, Protocol::Http | Protocol::Grpc)
    };
    let callable: Vec<&Port> = draft.ports.iter().filter(called).collect();
    let fitting: Vec<&Port> = callable.iter().copied().filter(fits).collect();
    let known = || fitting.iter().map(|port| port.name.as_str());
    if let Some(name) = &said.port {
        let found = fitting.iter().find(|port| port.name == *name);
        if found.is_none() && !draft.unnumbered.contains(name) {
            let place = draft.node.value_place(&["expose", "port"]);
            let finding = unfit(draft, name).at(place).known("ports", name.as_str(), known());
            findings.push(match finding.help {
                None if by == By::Gateway => {
                    finding.help("name one that speaks HTTP or gRPC, or say `by: load-balancer`")
                }
                _ => finding,
            });
        }
        return found.copied();
    }
    let named = fitting.iter().find(|port| port.name.as_str() == "http");
    if let Some(port) = named.or(fitting.first().filter(|_| fitting.len() == 1)) {
        return Some(port);
    }
    // One without a number was told, and may be the one that is meant; so was that nobody can call
    // it.
    if !draft.unnumbered.is_empty() || !draft.run.is_called() {
        return None;
    }
    let place = draft.node.key_place(&["expose"]);
    let name = &draft.name;
    findings.push(if fitting.len() > 1 {
        Finding::error("several-ports", format!("`{name}` is exposed and has several ports"))
            .at(place)
            .known("ports", "", known())
            .help(format!("say which, such as `port: {}`", fitting[0].name))
    } else if callable.is_empty() {
        Finding::error(
            "exposed-without-port",
            format!("`{name}` is exposed and has no port that can be called"),
        )
        .at(place)
        .help("give it a port")
    } else {
        let help = "say the `protocol` of its port, or `by: load-balancer`";
        Finding::error(
            "exposed-without-port",
            format!("`{name}` is exposed and has no port that speaks HTTP or gRPC"),
        )
        .at(place)
        .known("ports", "", callable.iter().map(|port| port.name.as_str()))
        .help(help)
    });
    None
}

fn unfit(draft: &Draft<'_>, name: &PortName) -> Finding {
    let exists = draft.ports.iter().any(|port| port.name == *name);
    let message = if exists {
        format!("the port `{name}` of `{}` cannot be exposed", draft.name)
    } else {
        format!("`{}` has no port `{name}`", draft.name)
    };
    Finding::error("unknown-port", message)
}

/// The gateway that leads to a service. Where an environment has none, that is told for all its
/// services at once.
fn gateway(
    world: &World<'_>,
    draft: &Draft<'_>,
    said: &layer::Expose,
    findings: &mut Vec<Finding>,
) -> Option<Name> {
    let environment = &world.environment;
    let gateways = &environment.gateways;
    // One that is at fault was told there.
    let at_fault = |name: &str| {
        world.layers.iter().any(|layer| layer.at(&["gateways", name]).is_some())
            && !gateways.contains_key(name)
    };
    let known = || gateways.keys().map(Name::as_str);
    if let Some(via) = &said.via {
        if gateways.contains_key(via) || gateways.is_empty() || at_fault(via.as_str()) {
            return Some(via.clone()).filter(|via| gateways.contains_key(via));
        }
        let message = format!("`{}` has no gateway `{via}`", environment.name);
        let finding = Finding::error("unknown-gateway", message)
            .at(draft.node.value_place(&["expose", "via"]))
            .known("gateways", via.as_str(), known());
        findings.push(match finding.help {
            Some(_) => finding,
            None => finding.help(format!("describe it in `{}`", environment.file)),
        });
        return None;
    }
    if let Some((public, _)) = gateways.get_key_value("public") {
        return Some(public.clone());
    }
    let mut names = gateways.keys();
    match (names.next(), names.next()) {
        (Some(only), None) => Some(only.clone()),
        (Some(first), Some(_)) => {
            let message = format!("`{}` has several gateways", environment.name);
            findings.push(
                Finding::error("several-gateways", message)
                    .at(draft.node.key_place(&["expose"]))
                    .known("gateways", "", known())
                    .help(format!("say which, such as `via: {first}`")),
            );
            None
        }
        (None, _) => None,
    }
}

/// What a gateway of the older API cannot do.
fn suits(
    world: &World<'_>,
    draft: &Draft<'_>,
    name: &Name,
    port: &Port,
    findings: &mut Vec<Finding>,
) {
    let gateway = &world.environment.gateways[name];
    let ingress = matches!(gateway.api, GatewayApi::Ingress(_));
    let said = |keys: &[&str]| draft.node.at(keys).is_some();
    let service = &draft.name;
    if port.protocol == Protocol::Grpc {
        if ingress {
            findings.push(
                Finding::error(
                    "grpc-by-ingress",
                    format!("`{service}` speaks gRPC, and an Ingress leads to HTTP only"),
                )
                .at(draft.node.key_place(&["expose"]))
                .help("say `by: load-balancer`, or the gateway's `parent`"),
            );
        }
        for key in ["path", "timeout"].into_iter().filter(|key| said(&["expose", key])) {
            findings.push(
                Finding::error("not-for-grpc", format!("a route of gRPC has no `{key}`"))
                    .at(draft.node.key_place(&["expose", key]))
                    .help("remove it"),
            );
        }
    } else if ingress && said(&["expose", "timeout"]) {
        findings.push(
            Finding::warning(
                "no-timeout",
                format!(
                    "no timeout is written in `{}`: an Ingress has none",
                    world.environment.name
                ),
            )
            .at(draft.node.key_place(&["expose", "timeout"]))
            .help("say the gateway's `parent`, or set it where the controller runs"),
        );
    }
}

fn has_timeouts(world: &World<'_>, way: &Way, port: &Port) -> bool {
    let Way::Gateway(name) = way else { return false };
    let gateway = &world.environment.gateways[name];
    matches!(gateway.api, GatewayApi::Gateway { .. }) && port.protocol == Protocol::Http
}

/// A path of a route is compared part by part: it has no query, and no part is empty or dots.
fn route_path(draft: &Draft<'_>, said: &layer::Expose, findings: &mut Vec<Finding>) {
    let Some(path) = &said.path else { return };
    let below = path.as_str().strip_prefix('/').unwrap_or_default();
    let mut parts = below.strip_suffix('/').unwrap_or(below).split('/');
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    if path.as_str().contains('?') || !(below.is_empty() || parts.all(plain)) {
        findings.push(
            Finding::error("invalid-value", format!("`{path}` is no path of a route"))
                .at(draft.node.value_place(&["expose", "path"]))
                .help("leave out the query, and parts that are empty, `.` or `..`"),
        );
    }
}

/// What is said to gateways only.
fn in_vain(draft: &Draft<'_>, said: &layer::Expose, findings: &mut Vec<Finding>) {
    let keys = [
        ("via", said.via.is_some()),
        ("path", said.path.is_some()),
        ("timeout", said.timeout.is_some()),
    ];
    for (key, _) in keys.into_iter().filter(|(_, said)| *said) {
        findings.push(
            Finding::error(
                "only-for-gateways",
                format!("`{key}` is for gateways, and none leads to `{}`", draft.name),
            )
            .at(draft.node.key_place(&["expose", key]))
            .help("remove it, or `by`"),
        );
    }
}
