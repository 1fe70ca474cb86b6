//! Objects of the Gateway API, as far as they are written: version 1.5 and later.

use crate::value::{Host, ObjectName};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{
    LabelSelector, LabelSelectorRequirement, ObjectMeta,
};
use serde::Serialize;

const API_VERSION: &str = "gateway.networking.k8s.io/v1";
const GROUP: &str = "gateway.networking.k8s.io";

/// An `HTTPRoute` or a `GRPCRoute`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Route {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    spec: RouteSpec,
}

impl Route {
    pub(super) fn http(metadata: ObjectMeta, spec: RouteSpec) -> Self {
        Self { api_version: API_VERSION, kind: "HTTPRoute", metadata, spec }
    }

    pub(super) fn grpc(metadata: ObjectMeta, spec: RouteSpec) -> Self {
        Self { api_version: API_VERSION, kind: "GRPCRoute", metadata, spec }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RouteSpec {
    pub(super) parent_refs: Vec<Parent>,
    pub(super) hostnames: Vec<String>,
    pub(super) rules: Vec<Rule>,
}

/// What a route or a set of listeners is attached to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parent {
    group: &'static str,
    kind: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section_name: Option<String>,
}

impl Parent {
    /// A Gateway, or one listener of it.
    pub(super) fn gateway(gateway: &ObjectName, listener: Option<&Host>) -> Self {
        Self {
            group: GROUP,
            kind: "Gateway",
            name: gateway.name().to_owned(),
            namespace: Some(gateway.namespace().to_string()),
            section_name: listener.map(ToString::to_string),
        }
    }

    /// A set of listeners: beside the route, or in another namespace.
    pub(super) fn listener_set(name: String, namespace: Option<String>) -> Self {
        Self { group: GROUP, kind: "ListenerSet", name, namespace, section_name: None }
    }
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) matches: Option<Vec<Match>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filters: Option<Vec<Filter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) backend_refs: Option<Vec<Backend>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timeouts: Option<Timeouts>,
}

#[derive(Debug, Serialize)]
pub(super) struct Match {
    path: PathMatch,
}

#[derive(Debug, Serialize)]
struct PathMatch {
    #[serde(rename = "type")]
    kind: &'static str,
    value: String,
}

impl Match {
    /// Everything below a path.
    pub(super) fn below(path: &str) -> Self {
        Self { path: PathMatch { kind: "PathPrefix", value: path.to_owned() } }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Filter {
    #[serde(rename = "type")]
    kind: &'static str,
    request_redirect: Redirect,
}

impl Filter {
    pub(super) fn redirect(request_redirect: Redirect) -> Self {
        Self { kind: "RequestRedirect", request_redirect }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Redirect {
    pub(super) scheme: &'static str,
    pub(super) status_code: u16,
}

/// A Service beside the route.
#[derive(Debug, Serialize)]
pub(super) struct Backend {
    pub(super) name: String,
    pub(super) port: u16,
}

#[derive(Debug, Serialize)]
pub(super) struct Timeouts {
    pub(super) request: String,
}

/// Listeners that are added to a Gateway.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListenerSet {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    spec: ListenerSetSpec,
}

impl ListenerSet {
    pub(super) fn new(metadata: ObjectMeta, spec: ListenerSetSpec) -> Self {
        Self { api_version: API_VERSION, kind: "ListenerSet", metadata, spec }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListenerSetSpec {
    pub(super) parent_ref: Parent,
    pub(super) listeners: Vec<Listener>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listener {
    name: String,
    hostname: String,
    port: u16,
    protocol: &'static str,
    tls: ListenerTls,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_routes: Option<AllowedRoutes>,
}

/// Whose routes a listener serves: those beside it, unless said.
#[derive(Debug, Serialize)]
struct AllowedRoutes {
    namespaces: RouteNamespaces,
}

#[derive(Debug, Serialize)]
struct RouteNamespaces {
    from: &'static str,
    selector: LabelSelector,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListenerTls {
    mode: &'static str,
    certificate_refs: Vec<Certificate>,
}

/// A Secret beside the listeners.
#[derive(Debug, Serialize)]
struct Certificate {
    name: String,
}

impl Listener {
    /// A host by https; the listener bears its name. Its routes are beside it, unless namespaces
    /// are said.
    pub(super) fn https(host: &Host, certificate: String, routes: Option<Vec<String>>) -> Self {
        let allowed_routes = routes.map(|namespaces| AllowedRoutes {
            namespaces: RouteNamespaces {
                from: "Selector",
                selector: LabelSelector {
                    match_expressions: Some(vec![LabelSelectorRequirement {
                        key: "kubernetes.io/metadata.name".to_owned(),
                        operator: "In".to_owned(),
                        values: Some(namespaces),
                    }]),
                    ..LabelSelector::default()
                },
            },
        });
        Self {
            name: host.to_string(),
            hostname: host.to_string(),
            port: 443,
            protocol: "HTTPS",
            tls: ListenerTls {
                mode: "Terminate",
                certificate_refs: vec![Certificate { name: certificate }],
            },
            allowed_routes,
        }
    }
}
