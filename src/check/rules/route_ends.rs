//! Routes are attached to what serves them, and lead to a port of a Service.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::pods::labels;
use crate::check::selector::{Labels, selects};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "route-ends",
    severity: Severity::Error,
    title: "a route is attached to what serves its namespace, and leads to a port of a Service",
    why: "Nobody accepts the route, or it leads nowhere: its host answers 404, 500, or not at all.",
    mend: "name what exists, and let its `allowedRoutes` select the route's namespace",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

const GROUP: &str = "gateway.networking.k8s.io";
const ROUTES: [&str; 5] = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for route in ROUTES.iter().flat_map(|kind| objects.of(kind)) {
        for (index, parent) in route.list("/spec/parentRefs").iter().enumerate() {
            if let Some(fault) = fault(objects, route, parent) {
                let message = format!("{} {fault}", route.words());
                problems.add(route, format!("/spec/parentRefs/{index}"), message);
            }
        }
        for (index, rule) in route.list("/spec/rules").iter().enumerate() {
            for backend in list(rule, "/backendRefs") {
                let kind = text(backend, "/kind");
                if text(backend, "/group").is_empty() && matches!(kind, "" | "Service") {
                    let port = backend.get("port").unwrap_or(&Value::Null);
                    let pointer = format!("/spec/rules/{index}");
                    leads(objects, problems, route, &pointer, id_of(route, backend), port);
                }
            }
        }
    }
    for ingress in objects.of("Ingress") {
        for (index, rule) in ingress.list("/spec/rules").iter().enumerate() {
            for path in list(rule, "/http/paths") {
                let Some(service) = path.pointer("/backend/service") else { continue };
                let port = service.pointer("/port/number").or(service.pointer("/port/name"));
                let pointer = format!("/spec/rules/{index}");
                let id = (ingress.namespace(), text(service, "/name"));
                leads(objects, problems, ingress, &pointer, id, port.unwrap_or(&Value::Null));
            }
        }
    }
    for set in objects.of("ListenerSet") {
        let parent = set.value.pointer("/spec/parentRef").unwrap_or(&Value::Null);
        let id = id_of(set, parent);
        let known = objects.find("Gateway", id.0, id.1).is_some()
            || objects.expected.listeners.contains_key(&(id.0.to_owned(), id.1.to_owned()));
        if !known {
            let message = format!("{} adds to a Gateway `{}/{}`", set.words(), id.0, id.1);
            problems.add(set, "/spec/parentRef", format!("{message} that nobody knows"));
        }
    }
}

/// A route leads to a port of a Service, by its number or its name.
fn leads(
    objects: &Objects<'_>,
    problems: &mut Problems<'_>,
    route: &Object,
    pointer: &str,
    (namespace, name): (&str, &str),
    port: &Value,
) {
    let fault = match objects.find("Service", namespace, name) {
        None => format!("leads to a Service `{namespace}/{name}` that does not exist"),
        Some(service) => {
            let ports = service.list("/spec/ports").iter();
            let has = |key| ports.clone().any(|it| it.get(key) == Some(port));
            if has("port") || has("name") {
                return;
            }
            format!("leads to port {port} of `{namespace}/{name}`, which it does not have")
        }
    };
    problems.add(route, pointer, format!("{} {fault}", route.words()));
}

/// Namespace and name of what an object is attached to.
fn id_of<'a>(object: &'a Object, parent: &'a Value) -> (&'a str, &'a str) {
    let namespace = match text(parent, "/namespace") {
        "" => object.namespace(),
        namespace => namespace,
    };
    (namespace, text(parent, "/name"))
}

/// Why a route is not served.
fn fault(objects: &Objects<'_>, route: &Object, parent: &Value) -> Option<String> {
    if !matches!(text(parent, "/group"), "" | GROUP) {
        return None;
    }
    let kind = match text(parent, "/kind") {
        "" => "Gateway",
        kind @ ("Gateway" | "ListenerSet") => kind,
        _ => return None,
    };
    let (namespace, name) = id_of(route, parent);
    let section = Some(text(parent, "/sectionName")).filter(|section| !section.is_empty());
    if let Some(object) = objects.find(kind, namespace, name) {
        let listeners = object.list("/spec/listeners").iter();
        let mut named = listeners
            .filter(|listener| section.is_none_or(|section| text(listener, "/name") == section))
            .peekable();
        if named.peek().is_none() {
            return Some(format!(
                "names a listener that {kind} `{namespace}/{name}` does not have"
            ));
        }
        let serves = named.any(|listener| serves(objects, listener, namespace, route));
        return (!serves).then(|| {
            format!(
                "lies in `{}`, which {kind} `{namespace}/{name}` does not serve",
                route.namespace()
            )
        });
    }
    let id = (namespace.to_owned(), name.to_owned());
    let platforms = objects.expected.listeners.get(&id).filter(|_| kind == "Gateway");
    let Some(listeners) = platforms else {
        return Some(format!("is attached to {kind} `{namespace}/{name}`, which nobody knows"));
    };
    let section = section.filter(|section| !listeners.contains(*section))?;
    Some(format!("names a listener `{section}` that Gateway `{namespace}/{name}` does not have"))
}

/// Whether a listener serves the namespace of a route.
fn serves(objects: &Objects<'_>, listener: &Value, namespace: &str, route: &Object) -> bool {
    match text(listener, "/allowedRoutes/namespaces/from") {
        "All" => true,
        "Selector" => {
            let selector = listener.pointer("/allowedRoutes/namespaces/selector");
            let home = route.namespace();
            let mut known: Labels<'_> =
                objects.namespace(home).map(|it| labels(&it.value)).unwrap_or_default();
            known.insert("kubernetes.io/metadata.name", home);
            selector.is_some_and(|selector| selects(selector, &known))
        }
        _ => namespace == route.namespace(),
    }
}

const GOOD: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: gateways }
spec:
  gatewayClassName: any
  listeners: [{ name: https, port: 443, protocol: HTTPS, allowedRoutes: { namespaces: { from: All } } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public, namespace: gateways, sectionName: https }]
";

const BAD: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: gateways }
spec:
  gatewayClassName: any
  listeners: [{ name: https, port: 443, protocol: HTTPS }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public, namespace: gateways, sectionName: https }]
";
