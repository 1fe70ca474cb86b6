//! What leads from outside to a service, by each kind of gateway.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use serde::Deserialize;
use serde_json::{Value, json};
use support::Project;

const ISSUED: &str = "{ class: istio, parent: gateways/main, issuer: ca }";

/// The objects of a system with one exposed service, in a file of its output.
fn objects(gateway: &str, ports: &str, expose: &str, file: &str) -> Vec<Value> {
    let project = Project::of(&[
        (
            "environments/dev.yaml",
            &format!(
                "about: Development\ntargets: [kubernetes]\ndomain: example.com\n\
                 kubernetes: {{ version: \"1.36\" }}\ngateways: {{ public: {gateway} }}\n"
            ),
        ),
        (
            "environments/shop/system.yaml",
            &format!(
                "about: Shop\nservices:\n  web: {{ image: \"example.com/web:1\", user: 1000, \
                 ports: {ports}, expose: {expose} }}\n  mail: {{ image: \"example.com/mail:1\", \
                 user: 1000, run: worker, config: {{ URL: {{ text: \"{{{{ \
                 services.web.public_url }}}}\" }} }} }}\n"
            ),
        ),
    ]);
    project.iac(&["render"]).ends(0);
    let text = project.read(&format!("out/dev/shop/kubernetes/{file}.yaml"));
    serde_yaml::Deserializer::from_str(&text).map(|it| Value::deserialize(it).unwrap()).collect()
}

fn routes(gateway: &str, ports: &str, expose: &str) -> Vec<Value> {
    objects(gateway, ports, expose, "routes")
}

fn kinds(objects: &[Value]) -> Vec<&str> {
    objects.iter().map(|object| object["kind"].as_str().unwrap()).collect()
}

fn public_url(expose: &str, ports: &str) -> String {
    let all = objects(ISSUED, ports, expose, "mail");
    let workload = all.iter().find(|object| object["kind"] == "Deployment").unwrap();
    let env = &workload["spec"]["template"]["spec"]["containers"][0]["env"];
    env[0]["value"].as_str().unwrap().to_owned()
}

#[test]
fn an_issuer_certifies_each_host_by_a_listener_of_its_own() {
    let all = routes(ISSUED, "{ http: 8080 }", "{ hosts: [b.example.com, a.example.com] }");
    assert_eq!(kinds(&all), ["ListenerSet", "HTTPRoute", "HTTPRoute"]);
    assert_eq!(
        all[0]["metadata"]["annotations"],
        json!({ "cert-manager.io/cluster-issuer": "ca" })
    );
    let listeners = all[0]["spec"]["listeners"].as_array().unwrap();
    let certificates: Vec<_> = listeners
        .iter()
        .map(|it| (&it["hostname"], &it["tls"]["certificateRefs"][0]["name"]))
        .collect();
    assert_eq!(
        certificates,
        [
            (&json!("a.example.com"), &json!("a.example.com-tls")),
            (&json!("b.example.com"), &json!("b.example.com-tls")),
        ]
    );
    let parent = &all[1]["spec"]["parentRefs"][0];
    assert_eq!((&parent["kind"], &parent["name"]), (&json!("ListenerSet"), &json!("public")));
    assert_eq!(all[2]["metadata"]["name"], "web-redirect");
    assert_eq!(all[2]["spec"]["parentRefs"][0]["sectionName"], "http");
}

#[test]
fn a_route_in_another_namespace_is_served_by_the_listeners_of_its_system() {
    let project = Project::of(&[
        (
            "environments/dev.yaml",
            &format!(
                "about: Development\ntargets: [kubernetes]\ndomain: example.com\n\
                 kubernetes: {{ version: \"1.36\" }}\ngateways: {{ public: {ISSUED} }}\n"
            ),
        ),
        (
            "environments/shop/system.yaml",
            "about: Shop\nservices:\n  web: { image: \"example.com/web:1\", user: 1000, ports: { \
             http: 8080 }, expose: { host: shop } }\n  legacy: { image: \
             \"example.com/legacy:1\", user: 1000, ports: { http: 8080 }, expose: { hosts: \
             [old.example.com, shop.example.com], path: /old }, pod-security: { level: privileged, \
             why: it is old } }\n",
        ),
    ]);
    project.iac(&["render"]).ends(0);
    let text = project.read("out/dev/shop/kubernetes/routes.yaml");
    let all: Vec<Value> = serde_yaml::Deserializer::from_str(&text)
        .map(|it| Value::deserialize(it).unwrap())
        .collect();
    assert_eq!(all[0]["metadata"]["namespace"], "shop");
    let served = |listener: &Value| {
        let selector = &listener["allowedRoutes"]["namespaces"]["selector"];
        (listener["name"].clone(), selector["matchExpressions"][0]["values"].clone())
    };
    let listeners = all[0]["spec"]["listeners"].as_array().unwrap();
    let served: Vec<_> = listeners.iter().map(served).collect();
    assert_eq!(
        served,
        [
            (json!("old.example.com"), json!(["shop-privileged"])),
            (json!("shop.example.com"), json!(["shop", "shop-privileged"])),
        ]
    );
    let of = |name: &str| all.iter().find(|object| object["metadata"]["name"] == name).unwrap();
    assert_eq!(of("legacy")["metadata"]["namespace"], "shop-privileged");
    assert_eq!(of("legacy")["spec"]["parentRefs"][0]["namespace"], "shop");
    assert_eq!(of("web")["spec"]["parentRefs"][0]["namespace"], Value::Null);
    project.iac(&["check"]).ends(0);
}

#[test]
fn a_route_of_the_users_own_is_held_against_gateways_and_services() {
    let project = Project::of(&[
        (
            "environments/dev.yaml",
            &format!(
                "about: Development\ntargets: [kubernetes]\ndomain: example.com\n\
                 kubernetes: {{ version: \"1.36\" }}\ngateways: {{ public: {ISSUED} }}\n"
            ),
        ),
        (
            "environments/shop/system.yaml",
            "about: Shop\nservices:\n  web: { image: \"example.com/web:1\", user: 1000, ports: { \
             http: 8080 }, expose: { host: shop }, health: { live: { tcp: http }, ready: { tcp: http } } }\n",
        ),
        ("environments/shop/manifests/route.yaml", OWN),
    ]);
    project.iac(&["render"]).ends(0);
    let ran = project.iac(&["check"]).ends(4);
    for fault in [
        "names a listener that ListenerSet `shop/public` does not have",
        "names a listener `quic` that Gateway `gateways/main` does not have",
        "is attached to Gateway `gateways/other`, which nobody knows",
        "leads to port 81 of `shop/web`, which it does not have",
        "leads to a Service `shop/wep` that does not exist",
    ] {
        assert!(ran.err.replace("\n          ", " ").contains(fault), "{fault}\n{}", ran.err);
    }
    assert_eq!(ran.err.matches("error[").count(), 5, "{}", ran.err);
}

const OWN: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: own, namespace: shop }
spec:
  parentRefs:
    - { group: gateway.networking.k8s.io, kind: ListenerSet, name: public, sectionName: gone }
    - { name: main, namespace: gateways, sectionName: quic }
    - { name: other, namespace: gateways }
    - { name: main, namespace: gateways, sectionName: https }
  rules:
    - backendRefs: [{ name: web, port: 81 }, { name: web, port: 8080 }, { name: wep, port: 1 }]
";

#[test]
fn without_an_issuer_the_gateway_holds_the_certificate() {
    let gateway = "{ class: envoy-gateway, parent: gateways/main, listeners: { https: secure } }";
    let all = routes(
        gateway,
        "{ http: { port: 8080, service-port: 80 } }",
        "{ host: www, path: /shop, timeout: 90s }",
    );
    assert_eq!(kinds(&all), ["HTTPRoute", "HTTPRoute"]);
    assert_eq!(
        all[0]["spec"],
        json!({
            "parentRefs": [{
                "group": "gateway.networking.k8s.io",
                "kind": "Gateway",
                "name": "main",
                "namespace": "gateways",
                "sectionName": "secure",
            }],
            "hostnames": ["www.example.com"],
            "rules": [{
                "matches": [{ "path": { "type": "PathPrefix", "value": "/shop" } }],
                "backendRefs": [{ "name": "web", "port": 80 }],
                "timeouts": { "request": "1m30s" },
            }],
        })
    );
}

#[test]
fn without_tls_nothing_is_redirected() {
    let all = routes(ISSUED, "{ http: 8080 }", "{ host: www, tls: false }");
    assert_eq!(kinds(&all), ["HTTPRoute"]);
    assert_eq!(all[0]["spec"]["parentRefs"][0]["sectionName"], "http");
}

#[test]
fn grpc_has_routes_of_its_own_kind() {
    let all = routes(ISSUED, "{ grpc: 9000 }", "{ host: api }");
    assert_eq!(kinds(&all), ["ListenerSet", "GRPCRoute"]);
    assert_eq!(
        all[1]["spec"]["rules"],
        json!([{ "backendRefs": [{ "name": "web", "port": 9000 }] }])
    );
}

#[test]
fn an_ingress_has_no_annotation_of_a_controller() {
    let gateway = "{ ingress-class: traefik, issuer: ca, pods: { namespace: traefik } }";
    let all = routes(gateway, "{ http: 8080 }", "{ host: www, path: /shop }");
    assert_eq!(kinds(&all), ["Ingress"]);
    assert_eq!(
        all[0]["metadata"]["annotations"],
        json!({ "cert-manager.io/cluster-issuer": "ca" })
    );
    assert_eq!(
        all[0]["spec"],
        json!({
            "ingressClassName": "traefik",
            "tls": [{ "hosts": ["www.example.com"], "secretName": "www.example.com-tls" }],
            "rules": [{
                "host": "www.example.com",
                "http": { "paths": [{
                    "path": "/shop",
                    "pathType": "Prefix",
                    "backend": { "service": { "name": "web", "port": { "name": "http" } } },
                }] },
            }],
        })
    );
}

#[test]
fn the_proof_of_a_host_is_let_in_where_its_certificate_is_made() {
    let pods = "pods: { namespace: traefik }";
    for (gateway, namespace) in [
        (format!("{{ ingress-class: traefik, issuer: ca, {pods} }}"), "shop-privileged"),
        (ISSUED.to_owned(), "shop"),
    ] {
        let expose = "{ host: www }, pod-security: { level: privileged, why: it is old }";
        let all = objects(&gateway, "{ http: 8080 }", expose, "network-policies");
        let solvers: Vec<_> = all
            .iter()
            .filter(|it| {
                let selected = &it["spec"]["podSelector"]["matchLabels"];
                selected["acme.cert-manager.io/http01-solver"] == "true"
            })
            .map(|it| &it["metadata"]["namespace"])
            .collect();
        assert_eq!(solvers, [namespace], "{gateway}");
    }
}

#[test]
fn without_a_gateway_one_port_is_public() {
    for (by, kind) in [("load-balancer", "LoadBalancer"), ("node-port", "NodePort")] {
        let ports = "{ smtp: { port: 2525, service-port: 25 }, http: 8080 }";
        let expose = format!("{{ host: mail, port: smtp, by: {by} }}");
        let all = objects(ISSUED, ports, &expose, "web");
        let services: Vec<_> = all.iter().filter(|object| object["kind"] == "Service").collect();
        assert_eq!(services.len(), 2);
        assert!(services[0]["spec"]["type"].is_null(), "within the cluster nothing changes");
        assert_eq!(services[1]["metadata"]["name"], "web-public");
        assert_eq!(services[1]["spec"]["type"], kind);
        assert_eq!(services[1]["spec"]["ports"].as_array().unwrap().len(), 1);
        assert_eq!(services[1]["spec"]["ports"][0]["port"], 25);
    }
}

#[test]
fn texts_know_the_public_address() {
    let http = "{ http: { port: 8080, service-port: 80 } }";
    for (expose, ports, url) in [
        ("{ host: www }", http, "https://www.example.com"),
        ("{ host: www, path: /shop/, tls: false }", http, "http://www.example.com/shop"),
        ("{ host: www, by: load-balancer }", http, "http://www.example.com"),
        (
            "{ host: www, by: load-balancer, tls: true }",
            "{ http: 8443 }",
            "https://www.example.com:8443",
        ),
        ("{ host: mail, by: load-balancer }", "{ smtp: 2525 }", "mail.example.com:2525"),
        ("{ host: www, by: node-port }", "{ http: 8080 }", "http://www.example.com"),
    ] {
        assert_eq!(public_url(expose, ports), url, "{expose}");
    }
}

#[test]
fn the_pods_of_a_gateway_are_known_by_its_class() {
    for (gateway, namespace, label) in [
        (ISSUED, "gateways", "gateway.networking.k8s.io/gateway-name"),
        (
            "{ class: envoy-gateway, parent: gateways/main }",
            "envoy-gateway-system",
            "gateway.envoyproxy.io/owning-gateway-name",
        ),
        (
            "{ class: other, parent: gateways/main, pods: { namespace: there, labels: { app: main } } }",
            "there",
            "app",
        ),
    ] {
        let all = objects(gateway, "{ http: 8080 }", "{ host: www }", "network-policies");
        let policy = all.iter().find(|object| object["metadata"]["name"] == "web").unwrap();
        let from = &policy["spec"]["ingress"][0]["from"][0];
        let labels = &from["namespaceSelector"]["matchLabels"];
        assert_eq!(labels, &json!({ "kubernetes.io/metadata.name": namespace }));
        assert_eq!(from["podSelector"]["matchLabels"][label], "main");
    }
}
