//! Hosts under which the public reaches services: what leads where must be one answer.

use crate::finding::Finding;
use crate::layer::Protocol;
use crate::load::Project;
use crate::model::{Exposed, GatewayApi, Service, Stack, Way};
use crate::source::Place;
use std::collections::{BTreeMap, BTreeSet};

/// One host of an exposed service.
#[derive(Clone, Copy)]
struct Leads<'a> {
    stack: &'a Stack,
    service: &'a Service,
    exposed: &'a Exposed,
    host: &'a str,
}

impl Leads<'_> {
    fn name(&self) -> String {
        format!("{}/{}", self.stack.system, self.service.name)
    }

    fn place(&self, project: &Project) -> Place {
        let path = ["services", self.service.name.as_str(), "expose"];
        project.systems[self.stack.system.as_str()].node.key_place(&path)
    }

    fn speaks_grpc(&self) -> Option<bool> {
        let route = self.exposed.route.as_ref()?;
        matches!(route.way, Way::Gateway(_)).then_some(route.protocol == Protocol::Grpc)
    }

    /// The gateway at which the service's system gives the host a listener of its own.
    fn listener(&self) -> Option<&str> {
        let Way::Gateway(name) = &self.exposed.route.as_ref()?.way else { return None };
        let gateway = self.stack.environment.gateways.get(name)?;
        let own = matches!(gateway.api, GatewayApi::Gateway { .. });
        (own && self.exposed.tls && gateway.issuer.is_some()).then_some(name.as_str())
    }
}

/// In one environment a host and path lead to one service, and a host is one gateway's business.
pub(super) fn unique(stacks: &[Stack], project: &Project, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(&str, &str), Vec<Leads<'_>>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for stack in stacks {
        for service in stack.services.values() {
            let Some(exposed) = &service.exposed else { continue };
            for host in &exposed.hosts {
                let this = Leads { stack, service, exposed, host: host.as_str() };
                let all = seen.entry((stack.environment.name.as_str(), this.host)).or_default();
                for other in all.iter() {
                    let Some(finding) = clash(*other, this) else { continue };
                    // What two services say for all environments is told once.
                    if told.insert((finding.id, other.name(), this.name())) {
                        findings.push(
                            finding
                                .at(this.place(project))
                                .related(other.place(project), "the other one"),
                        );
                    }
                }
                all.push(this);
            }
        }
    }
}

/// Why two services cannot have one host.
fn clash(other: Leads<'_>, this: Leads<'_>) -> Option<Finding> {
    let (host, environment) = (this.host, &this.stack.environment.name);
    let (first, second) = (other.name(), this.name());
    if other.exposed.path == this.exposed.path {
        let path = &this.exposed.path;
        let message =
            format!("`{host}{path}` leads to `{first}` and to `{second}` in `{environment}`");
        return Some(
            Finding::error("host-twice", message).help("give one of them another host or path"),
        );
    }
    let protocols = other.speaks_grpc().zip(this.speaks_grpc());
    if protocols.is_some_and(|(one, other)| one != other) {
        let message = format!(
            "`{host}` leads to `{first}` and to `{second}` in `{environment}`, and one of them \
             speaks gRPC, the other HTTP"
        );
        return Some(
            Finding::error("host-of-two-protocols", message).help("give one of them another host"),
        );
    }
    let listeners = other.listener().zip(this.listener());
    if other.stack.system != this.stack.system && listeners.is_some_and(|(one, two)| one == two) {
        let message = format!(
            "`{host}` would have a certificate of `{first}` and one of `{second}` in \
             `{environment}`"
        );
        return Some(
            Finding::error("host-of-two-systems", message)
                .note("each system has its hosts certified by itself")
                .help("give one of them another host"),
        );
    }
    None
}
