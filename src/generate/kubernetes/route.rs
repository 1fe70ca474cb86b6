//! Routes: what leads from a gateway to exposed services.
//!
//! The gateway itself belongs to the platform. A system attaches its routes to it, and where an
//! issuer certifies its hosts, listeners of its own with the certificates.

use super::gateway_api::{
    Backend, Filter, Listener, ListenerSet, ListenerSetSpec, Match, Parent, Redirect, Route,
    RouteSpec, Rule, Timeouts,
};
use super::metadata;
use crate::generate::Object;
use crate::layer::{PodSecurityLevel, Protocol};
use crate::model::{Exposed, Gateway, GatewayApi, Service, Stack, Way, names};
use crate::reference::Reference;
use crate::value::{Host, Name, ObjectName};
use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule,
    IngressServiceBackend, IngressSpec, IngressTLS, ServiceBackendPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::{BTreeMap, BTreeSet};

/// Asks cert-manager for certificates of the hosts of an object.
const ISSUER: &str = "cert-manager.io/cluster-issuer";

/// The secret with the certificate of a host.
fn certificate(host: &Host) -> String {
    format!("{host}-tls")
}

/// An exposed service and the gateway that leads to it.
struct Led<'a> {
    service: &'a Service,
    exposed: &'a Exposed,
    route: &'a crate::model::Route,
    name: &'a Name,
    gateway: &'a Gateway,
}

/// All routes of a system, listeners first.
pub(super) fn routes(stack: &Stack) -> Vec<Object> {
    let led = stack.order.iter().filter_map(|name| {
        let service = stack.services.get(name)?;
        let exposed = service.exposed.as_ref()?;
        let route = exposed.route.as_ref()?;
        let Way::Gateway(name) = &route.way else { return None };
        let gateway = stack.environment.gateways.get(name)?;
        Some(Led { service, exposed, route, name, gateway })
    });
    let led: Vec<Led<'_>> = led.collect();
    let mut objects = listeners(&led);
    for led in &led {
        match &led.gateway.api {
            GatewayApi::Ingress(class) => objects.push(ingress(led, class)),
            GatewayApi::Gateway { parent, http, https } => {
                objects.extend(gateway_routes(led, parent, http, https));
            }
        }
    }
    objects
}

/// The hosts that one gateway serves with certificates of an issuer.
struct Certified<'a> {
    parent: &'a ObjectName,
    issuer: &'a Host,
    /// Each with the namespaces of its routes.
    hosts: BTreeMap<&'a Host, BTreeSet<Option<PodSecurityLevel>>>,
}

/// A listener for each host that an issuer certifies, by gateway. All stand in the system's own
/// namespace, wherever their routes are: two listeners of one host would be in conflict.
fn listeners(led: &[Led<'_>]) -> Vec<Object> {
    let mut sets: BTreeMap<&Name, Certified<'_>> = BTreeMap::new();
    for it in led.iter().filter(|led| led.exposed.tls) {
        if let (GatewayApi::Gateway { parent, .. }, Some(issuer)) =
            (&it.gateway.api, &it.gateway.issuer)
        {
            let new = Certified { parent, issuer, hosts: BTreeMap::new() };
            let set = sets.entry(it.name).or_insert(new);
            for host in &it.exposed.hosts {
                set.hosts.entry(host).or_default().insert(it.service.beside);
            }
        }
    }
    sets.into_iter()
        .map(|(name, Certified { parent, issuer, hosts })| {
            let listeners = hosts.into_iter().map(|(host, from)| {
                let from = from.into_iter().map(|level| Reference::namespace(level).to_string());
                let from: Vec<String> = from.collect();
                let own = [Reference::Namespace.to_string()];
                let elsewhere = (from != own).then_some(from);
                Listener::https(host, certificate(host), elsewhere)
            });
            Object::of_system(&ListenerSet::new(
                certified(metadata::of_system(name.as_str()), Some(issuer)),
                ListenerSetSpec {
                    parent_ref: Parent::gateway(parent, None),
                    listeners: listeners.collect(),
                },
            ))
            .custom()
        })
        .collect()
}

fn certified(mut metadata: ObjectMeta, issuer: Option<&Host>) -> ObjectMeta {
    metadata.annotations =
        issuer.map(|issuer| BTreeMap::from([(ISSUER.to_owned(), issuer.to_string())]));
    metadata
}

fn marked(metadata: ObjectMeta, service: &Service) -> ObjectMeta {
    metadata::marked(metadata, &service.labels.route, &service.annotations.route)
}

fn gateway_routes(led: &Led<'_>, parent: &ObjectName, http: &Host, https: &Host) -> Vec<Object> {
    let service = led.service;
    let name = service.name.as_str();
    let grpc = led.route.protocol == Protocol::Grpc;
    let to = match (led.exposed.tls, &led.gateway.issuer) {
        (true, Some(_)) => {
            let set = Reference::Name(led.name.as_str()).to_string();
            Parent::listener_set(set, service.beside.map(|_| Reference::Namespace.to_string()))
        }
        (true, None) => Parent::gateway(parent, Some(https)),
        (false, _) => Parent::gateway(parent, Some(http)),
    };
    let hostnames: Vec<String> = led.exposed.hosts.iter().map(ToString::to_string).collect();
    let matches = || (!grpc).then(|| vec![Match::below(&led.exposed.path)]);
    let rule = Rule {
        matches: matches(),
        backend_refs: Some(vec![Backend {
            name: Reference::Name(name).to_string(),
            port: led.route.number,
        }]),
        timeouts: led.route.timeout.map(|timeout| Timeouts { request: timeout.to_gateway() }),
        ..Rule::default()
    };
    let route = |metadata, parent, rule| {
        let spec = RouteSpec {
            parent_refs: vec![parent],
            hostnames: hostnames.clone(),
            rules: vec![rule],
        };
        let route = if grpc { Route::grpc(metadata, spec) } else { Route::http(metadata, spec) };
        Object::of_service(name, &route).custom().origin("", ["expose"])
    };
    let mut routes = vec![route(marked(metadata::of(service), service), to, rule)];
    // A client that speaks gRPC follows no redirect.
    if led.exposed.tls && !grpc {
        let redirect = Rule {
            matches: matches(),
            filters: Some(vec![Filter::redirect(Redirect { scheme: "https", status_code: 301 })]),
            ..Rule::default()
        };
        let metadata = marked(metadata::named(service, &names::redirect(service)), service);
        routes.push(route(metadata, Parent::gateway(parent, Some(http)), redirect));
    }
    routes
}

/// The older API. Annotations of one controller would mean nothing to another, so there are none.
fn ingress(led: &Led<'_>, class: &Host) -> Object {
    let (service, exposed) = (led.service, led.exposed);
    let issuer = led.gateway.issuer.as_ref().filter(|_| exposed.tls);
    let path = HTTPIngressPath {
        path: Some(exposed.path.clone()),
        path_type: "Prefix".to_owned(),
        backend: IngressBackend {
            service: Some(IngressServiceBackend {
                name: Reference::Name(service.name.as_str()).to_string(),
                port: Some(ServiceBackendPort {
                    name: Some(led.route.port.to_string()),
                    ..ServiceBackendPort::default()
                }),
            }),
            ..IngressBackend::default()
        },
    };
    let rules = exposed.hosts.iter().map(|host| IngressRule {
        host: Some(host.to_string()),
        http: Some(HTTPIngressRuleValue { paths: vec![path.clone()] }),
    });
    // Without an issuer the controller answers with its own certificate.
    let tls = exposed.hosts.iter().map(|host| IngressTLS {
        hosts: Some(vec![host.to_string()]),
        secret_name: issuer.map(|_| certificate(host)),
    });
    let object = Ingress {
        metadata: marked(certified(metadata::of(service), issuer), service),
        spec: Some(IngressSpec {
            ingress_class_name: Some(class.to_string()),
            tls: exposed.tls.then(|| tls.collect()),
            rules: Some(rules.collect()),
            ..IngressSpec::default()
        }),
        ..Ingress::default()
    };
    Object::of_service(service.name.as_str(), &object).origin("", ["expose"])
}
