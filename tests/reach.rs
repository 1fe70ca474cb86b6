//! What can be called is what is described: the network policies of an environment let pass its
//! flows, names, scrapes and gateways, and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

#[path = "reach/own.rs"]
mod own;
#[path = "support/random.rs"]
mod random;
#[path = "support/reach.rs"]
mod reach;
mod support;

use camino::Utf8Path;
use iac::fileset::FileSet;
use iac::layer::Protocol;
use iac::model::{Addresses, Peer, Platform, Port, Service, Stack, Way};
use random::Random;
use reach::{At, Cluster, End};
use std::collections::BTreeSet;
use std::net::IpAddr;
use support::Project;

type Edges = BTreeSet<(String, String, reach::Port)>;

/// A project's stacks in one environment, and what its files let pass.
struct Environment {
    name: String,
    stacks: Vec<Stack>,
    cluster: Cluster,
}

fn environments(root: &Utf8Path) -> Vec<Environment> {
    changed(root, |text| text)
}

/// The environments with a change in their files.
fn changed(root: &Utf8Path, change: impl Fn(String) -> String) -> Vec<Environment> {
    let (project, mut findings) = iac::load::load(root).unwrap();
    let (resolved, more) = iac::resolve::resolve(&project);
    findings.extend(more);
    assert!(!iac::finding::any_error(&findings), "{findings:#?}");
    let (files, more) =
        iac::generate::generate(&project, &resolved.stacks.iter().collect::<Vec<_>>());
    assert!(more.is_empty(), "{more:#?}");
    let mut changed = FileSet::default();
    for (path, file) in files.iter() {
        changed.add(path.to_owned(), change(file.text.clone()));
    }
    let names: Vec<String> = resolved.environments.keys().cloned().collect();
    let mut stacks = resolved.stacks;
    stacks.retain(|stack| stack.platform == Platform::Kubernetes);
    names
        .into_iter()
        .map(|name| {
            let of_it = |stack: &mut Stack| stack.environment.name.as_str() == name;
            let stacks = stacks.extract_if(.., of_it).collect();
            Environment { cluster: Cluster::of(&changed, &name), stacks, name }
        })
        .collect()
}

const GATEWAY: &str = "the gateway";
const DNS: &str = "names";
const MONITORING: &str = "the monitoring";
const OPERATOR: &str = "the operator";
/// One that nobody described, in a namespace of ours.
const STRAY: &str = "a stray of";
const OUTSIDE: [(&str, &str); 5] = [
    ("the internet", "203.0.113.7"),
    ("the internet by IPv6", "2001:db8::7"),
    ("a private address", "10.99.0.7"),
    ("credentials of the machine", "169.254.169.254"),
    ("an external", "192.0.2.7"),
];

impl Environment {
    fn each(&self) -> impl Iterator<Item = (&Stack, &Service)> {
        self.stacks.iter().flat_map(|stack| stack.services.values().map(move |it| (stack, it)))
    }

    /// Who is there besides the pods of the systems.
    fn others(&self) -> Vec<End> {
        let mut ports = BTreeSet::from([(443, false), (6443, false), (80, false), (53, true)]);
        for (_, service) in self.each() {
            ports.extend(
                service
                    .flows
                    .iter()
                    .flat_map(|flow| &flow.ports)
                    .map(|port| (port.dialled, port.protocol == Protocol::Udp)),
            );
        }
        let all: Vec<reach::Port> = ports.iter().copied().collect();
        let mut ends = vec![
            End::pod(
                DNS,
                "kube-system",
                &[("k8s-app", "kube-dns")],
                &[(53, true), (53, false), (9153, false)],
            ),
            End::pod("another of kube-system", "kube-system", &[], &all),
            End::pod(MONITORING, "monitoring", &[], &all),
            End::pod(
                OPERATOR,
                "cnpg-system",
                &[("app.kubernetes.io/name", "cloudnative-pg")],
                &all,
            ),
            End::pod("another beside the operator", "cnpg-system", &[], &all),
            End::pod("a stranger", "strangers", &[("k8s-app", "kube-dns")], &all),
        ];
        if let Some(gateway) = self.stacks[0].environment.gateways.values().next()
            && let Some(pods) = &gateway.pods
        {
            let labels: Vec<(&str, &str)> =
                pods.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            ends.push(End::pod(GATEWAY, pods.namespace.as_str(), &labels, &all));
        }
        for stack in &self.stacks {
            let homes = std::iter::once(&stack.namespace).chain(stack.beside.values());
            ends.extend(homes.map(|home| {
                End::pod(&format!("{STRAY} {home}"), home.as_str(), &[("app", "stray")], &all)
            }));
        }
        ends.extend(OUTSIDE.map(|(name, address)| End::address(name, address, &ports)));
        ends
    }

    /// What is described.
    fn described(&self, others: &[End]) -> Edges {
        let mut edges = Edges::new();
        // Everybody in a namespace of ours may ask for names.
        for stray in others.iter().filter(|end| end.name.starts_with(STRAY)) {
            edges.extend([true, false].map(|udp| (stray.name.clone(), DNS.to_owned(), (53, udp))));
        }
        for (stack, service) in self.each() {
            let own = format!("{}/{}", service.namespace, service.name);
            let mut add = |from: &str, to: &str, port: reach::Port| {
                edges.insert((from.to_owned(), to.to_owned(), port));
            };
            for udp in [true, false] {
                add(&own, DNS, (53, udp));
            }
            for flow in &service.flows {
                for port in &flow.ports {
                    for (to, number) in self.callees(stack, &flow.peer, port, others) {
                        add(&own, &to, (number, port.protocol == Protocol::Udp));
                    }
                }
            }
            let provided = service.provided.as_ref();
            let peers = provided.map(|it| it.peers.as_slice()).unwrap_or_default();
            let is_internal = |port: &&Port| port.internal || peers.contains(&port.name);
            for port in service.ports.iter().filter(is_internal) {
                add(&own, &own, (port.number, port.protocol == Protocol::Udp));
            }
            let metrics = service
                .ports
                .iter()
                .filter(|port| service.metrics.iter().any(|endpoint| endpoint.port == port.name));
            for port in metrics {
                for scraper in &stack.scrapers {
                    if *scraper != service.name || service.replicas.max > 1 {
                        let from = &stack.services[scraper].namespace;
                        add(&format!("{from}/{scraper}"), &own, (port.number, false));
                    }
                }
                if stack.scrapers.is_empty() && stack.environment.monitoring.is_some() {
                    add(MONITORING, &own, (port.number, false));
                }
            }
            if let Some(route) = service.exposed.as_ref().and_then(|it| it.route.as_ref()) {
                let port = service.ports.iter().find(|port| port.name == route.port).unwrap();
                let port = (port.number, port.protocol == Protocol::Udp);
                match route.way {
                    Way::Gateway(_) => add(GATEWAY, &own, port),
                    Way::LoadBalancer | Way::NodePort => {
                        // Pods whose own policies let nothing out do not get there.
                        let foreign = others.iter().filter(|end| !end.name.starts_with(STRAY));
                        foreign.for_each(|end| add(&end.name, &own, port));
                    }
                }
            }
            for (_, called) in provided.iter().filter_map(|it| it.operator.as_ref()) {
                for port in service.ports.iter().filter(|port| called.contains(&port.name)) {
                    add(OPERATOR, &own, (port.number, false));
                }
            }
            if !service.token.is_empty() || provided.is_some_and(|it| it.asks_api) {
                for (name, _) in OUTSIDE.iter().filter(|(_, address)| !link_local(address)) {
                    for number in [443, 6443] {
                        add(&own, name, (number, false));
                    }
                }
            }
        }
        // No policy stands between a node and what is not ours.
        let on_nodes: Vec<String> = self
            .each()
            .filter(|(_, service)| service.host_network)
            .map(|(_, service)| format!("{}/{}", service.namespace, service.name))
            .collect();
        let free = |name: &String| {
            on_nodes.contains(name)
                || others.iter().any(|end| end.name == *name && !name.starts_with(STRAY))
        };
        edges.retain(|(from, to, _)| !(free(from) && free(to)));
        edges
    }

    /// Whom a flow means, and the numbers on which they listen.
    fn callees(
        &self,
        stack: &Stack,
        peer: &Peer,
        port: &iac::model::FlowPort,
        others: &[End],
    ) -> Vec<(String, u16)> {
        let (system, service) = match peer {
            Peer::Service(service) => (&stack.system, service),
            Peer::OtherSystem { system, service, .. } => (system, service),
            Peer::Manifest { labels, .. } => {
                let ends = self.cluster.pods.iter().filter(|end| match &end.at {
                    At::Pod { labels: own, .. } => {
                        labels.iter().all(|(key, value)| own.get(key) == Some(value))
                    }
                    At::Address(_) => false,
                });
                return ends.map(|end| (end.name.clone(), port.target)).collect();
            }
            Peer::Elsewhere { addresses, .. } | Peer::External { addresses, .. } => {
                let ends = others.iter().filter(|end| match &end.at {
                    At::Address(address) => means(addresses, *address),
                    At::Pod { .. } => false,
                });
                return ends.map(|end| (end.name.clone(), port.dialled)).collect();
            }
        };
        let callee = self.stacks.iter().find(|other| other.system == *system).unwrap();
        let callee = &callee.services[service];
        let listens = callee.ports.iter().find(|other| other.name == port.name).unwrap();
        vec![(format!("{}/{service}", callee.namespace), listens.number)]
    }

    /// What is described and not possible, and what is possible and not described.
    fn differences(&self) -> [Edges; 2] {
        let others = self.others();
        let (described, possible) = (self.described(&others), self.cluster.edges(&others));
        [&described - &possible, &possible - &described]
    }

    #[track_caller]
    fn holds(&self) {
        let [missing, surplus] = self.differences();
        assert!(missing.is_empty(), "{}: described and not possible: {missing:#?}", self.name);
        assert!(surplus.is_empty(), "{}: possible and not described: {surplus:#?}", self.name);
    }
}

fn link_local(address: &str) -> bool {
    address.starts_with("169.254.")
}

fn means(addresses: &Addresses, address: IpAddr) -> bool {
    let text = address.to_string();
    match addresses {
        Addresses::Ranges(ranges) => ranges.iter().any(|range| range.network().contains(&address)),
        Addresses::Internet => !link_local(&text) && !text.starts_with("10."),
        Addresses::Unknown => !link_local(&text),
    }
}

#[test]
fn the_example_lets_pass_what_it_describes() {
    for environment in environments(Utf8Path::new(env!("CARGO_MANIFEST_DIR"))) {
        let enforced = environment.name != "dev";
        assert_eq!(environment.cluster.has_policies(), enforced, "{}", environment.name);
        if enforced {
            environment.holds();
        }
    }
}

#[test]
fn a_broken_policy_is_noticed() {
    let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    for (from, to, [misses, lets_pass]) in [
        ("port: 5432", "port: 5433", [true, false]),
        ("k8s-app: kube-dns", "k8s-app: dns", [true, false]),
        ("kubernetes.io/metadata.name: gateway-system", "name: gateway-system", [true, false]),
        (
            "podSelector: {}\n  policyTypes:\n  - Ingress\n",
            "podSelector: {}\n  policyTypes:\n",
            [false, true],
        ),
        ("app.kubernetes.io/name: redis", "app.kubernetes.io/name: postgres", [true, false]),
        ("cnpg.io/cluster: postgres\n", "cnpg.io/cluster: other\n", [true, false]),
        ("app.kubernetes.io/name: cloudnative-pg", "app.kubernetes.io/name: other", [true, false]),
        (
            "kubernetes.io/metadata.name: gateway-system\n      podSelector:\n        matchLabels:\n          gateway.networking.k8s.io/gateway-name: public",
            "kubernetes.io/metadata.name: strangers",
            [true, true],
        ),
        (
            "  - from:\n    - podSelector:\n        matchLabels:\n          app.kubernetes.io/instance: iot-edge\n          app.kubernetes.io/name: grafana\n    ports",
            "  - ports",
            [false, true],
        ),
    ] {
        let all = changed(here, |text| {
            if text.contains("kind: NetworkPolicy") { text.replace(from, to) } else { text }
        });
        let prod = all.iter().find(|environment| environment.name == "prod").unwrap();
        let [missing, surplus] = prod.differences();
        assert_eq!([!missing.is_empty(), !surplus.is_empty()], [misses, lets_pass], "{from}");
    }
}

#[test]
fn the_edges_of_the_small_system_are_these() {
    let all = environments(Utf8Path::new(env!("CARGO_MANIFEST_DIR")));
    let test = all.iter().find(|environment| environment.name == "test").unwrap();
    let edges = test.cluster.edges(&test.others());
    let name = |end: &str| end.strip_prefix("iot-edge/").map(ToOwned::to_owned);
    let within: Vec<String> = edges
        .iter()
        .filter_map(|(from, to, (port, _))| {
            Some(format!("{} -> {}:{port}", name(from)?, name(to)?))
        })
        .collect();
    assert_eq!(
        within,
        [
            "grafana -> alertmanager:9093",
            "grafana -> prometheus:9090",
            "iot-edge-node -> postgres:5432",
            "iot-edge-node -> redis:6379",
            "prometheus -> alertmanager:9093",
            "prometheus -> grafana:3000",
            "prometheus -> iot-edge-node:9464",
        ]
    );
}

#[test]
fn systems_of_strangers_let_pass_what_they_describe() {
    let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    for system in ["boutique", "media"] {
        for environment in environments(&here.join("tests/fixtures").join(system)) {
            environment.holds();
        }
    }
}

/// A project that nobody would write: services call each other, at any of their ports.
fn random_project(seed: u64) -> support::Project {
    let mut random = Random::new(seed);
    let project = support::Project::empty();
    project.write(
        "environments/dev.yaml",
        "about: Random\ntargets: [kubernetes]\ndomain: example.com\nkubernetes: { version: \"1.36\" }\n\
         gateways: { public: { class: istio, parent: gateway-system/public, issuer: ca } }\n\
         monitoring: { namespace: monitoring }\n",
    );
    let count = 2 + random.below(5);
    for system in ["one", "two"] {
        let mut text = "about: Random\nservices:\n".to_owned();
        for index in 0..count {
            text.push_str(&service(&mut random, system, index, count));
        }
        if random.below(2) == 0 {
            text.push_str("  scraper: { kind: prometheus, volumes: { data: { size: 1Gi } } }\n");
        }
        text.push_str("external:\n  far: { hosts: [far.example.org], ports: { far: 4840 }");
        text.push_str(
            ["", ", addresses: internet", ", addresses: [192.0.2.0/24]"][random.below(3)],
        );
        text.push_str(" }\noffers:\n");
        let other = if system == "one" { "two" } else { "one" };
        for index in 0..count {
            text.push_str(&format!("  s{index}: {{ to: [{other}] }}\n"));
        }
        project.write(&format!("environments/{system}/system.yaml"), text);
    }
    project
}

fn service(random: &mut Random, system: &str, index: usize, count: usize) -> String {
    let mut some = |text: &str| if random.below(2) == 0 { text.to_owned() } else { String::new() };
    let mut text =
        format!("  s{index}:\n    image: \"example.com/s:1\"\n    user: 1000\n    ports:\n");
    text.push_str("      http: { port: 8080, service-port: 80 }\n");
    text.push_str(&some("      gossip: { port: 7946, protocol: udp, internal: true }\n"));
    text.push_str(&some("      metrics: 9464\n"));
    text.push_str("      query: { port: 5353, protocol: udp }\n");
    text.push_str(&some("    replicas: 2\n"));
    text.push_str(&some(
        "    token: { rules: [{ resources: [pods], verbs: [list] }], why: sees }\n",
    ));
    let by = ["", ", by: load-balancer", ", by: node-port"][random.below(3)];
    if random.below(3) == 0 {
        text.push_str(&format!("    expose: {{ host: {system}{index}{by}, port: http }}\n"));
    }
    let mut uses = Vec::new();
    for other in 0..count {
        let port = ["http", "query", "[http, query]"][random.below(3)];
        let flow = format!("{{ port: {port}, at-start: false, env: none }}");
        if other != index && random.below(3) == 0 {
            uses.push(format!("s{other}: {flow}"));
        }
        if random.below(5) == 0 {
            let system = if system == "one" { "two" } else { "one" };
            uses.push(format!("{system}/s{other}: {flow}"));
        }
    }
    if random.below(3) == 0 {
        uses.push("far: {}".to_owned());
    }
    text.push_str(&format!("    uses: {{ {} }}\n", uses.join(", ")));
    text
}

#[test]
fn random_systems_let_pass_what_they_describe() {
    for seed in 1..=60 {
        let project = random_project(seed);
        for environment in environments(&project.root) {
            environment.holds();
        }
    }
}

#[test]
fn no_policy_opens_a_port_that_only_kubelets_ask() {
    let project = Project::of(&[
        (
            "environments/dev.yaml",
            "about: Development\ntargets: [kubernetes]\ndomain: example.com\n\
             kubernetes: { version: \"1.36\" }\n",
        ),
        (
            "environments/shop/system.yaml",
            "about: Shop
services:
  traces: { kind: otel-collector }
  web:
    image: example.com/web:1
    user: 1000
    ports: { http: 8080, admin: { port: 9000, service-port: none } }
    health: { live: { path: /live, port: admin } }
    uses: { traces: { as: otel-exporter-otlp, port: otlp-grpc } }
",
        ),
    ]);
    project.iac(&["render"]).ends(0);
    let read = |file: &str| project.read(&format!("out/dev/shop/kubernetes/{file}.yaml"));
    for (service, probed) in [("traces", "13133"), ("web", "9000")] {
        assert!(read(service).contains(probed), "{service} has a port that is asked");
        assert!(!read("network-policies").contains(probed), "{service}");
    }
    assert!(read("network-policies").contains("4317"), "what others call is open");
}
