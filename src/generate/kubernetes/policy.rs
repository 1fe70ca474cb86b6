//! Network policies: what is described may happen, and nothing else.
//!
//! All numbers are those on which pods listen: a policy is asked after a Service's address was
//! replaced by a pod's. Kubelets need no rule, the node of a pod always reaches it.

use super::container::some;
use super::metadata;
use crate::generate::Object;
use crate::layer::{PodSecurityLevel, Protocol};
use crate::model::{
    Addresses, Caller, Flow, FlowPort, GatewayApi, Peer, Pods, PodsBy, Port, Service, Stack, Way,
    names,
};
use crate::reference::Reference;
use crate::value::{Cidr, Name, Namespace};
use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// The label that every namespace has of itself.
const NAMESPACE: &str = "kubernetes.io/metadata.name";

/// Where a cluster's API listens: on 443 as its Service, behind that mostly on 6443.
const API_PORTS: [u16; 2] = [443, 6443];

/// The port of cert-manager's solver.
const SOLVER_PORT: u16 = 8089;

/// Ranges that are nobody's on the internet: private, shared, of this machine, link-local (where
/// clouds tell a machine its credentials), multicast.
const NOT_INTERNET: (&[&str], &[&str]) = (
    &[
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ],
    &["::1/128", "fc00::/7", "fe80::/10", "ff00::/8"],
);

/// What nobody means by an address that is not known.
const LINK_LOCAL: (&[&str], &[&str]) = (&["169.254.0.0/16"], &["fe80::/10"]);

/// A rule of a policy: the other end, and the ports.
struct Rule {
    /// None is anybody.
    peers: Option<Vec<NetworkPolicyPeer>>,
    ports: Vec<NetworkPolicyPort>,
    /// The keys of the service that cause it.
    origin: Vec<String>,
}

/// The policies of a system, in the order in which they are to be applied: what is open before it
/// was closed is never open.
pub(super) fn policies(stack: &Stack) -> Vec<Object> {
    if !stack.environment.network_policies {
        return Vec::new();
    }
    let mut objects = Vec::new();
    for beside in std::iter::once(None).chain(stack.beside.keys().copied().map(Some)) {
        objects.extend([default_deny(beside), dns(beside)]);
    }
    objects.extend(solvers(stack));
    objects.extend(stack.services.values().filter_map(|service| of_service(stack, service)));
    objects.extend(of_manifests(stack));
    objects
}

/// The other end of flows to Services of the user's own.
fn of_manifests(stack: &Stack) -> Vec<Object> {
    let mut called: BTreeMap<&Name, (&BTreeMap<String, String>, Vec<NetworkPolicyIngressRule>)> =
        BTreeMap::new();
    for caller in stack.services.values() {
        for flow in &caller.flows {
            let Peer::Manifest { service, labels } = &flow.peer else { continue };
            let rule = NetworkPolicyIngressRule {
                from: Some(pods_from(stack, None, &caller.name)),
                ports: Some(flow_ports(&flow.ports)),
            };
            called.entry(service).or_insert((labels, Vec::new())).1.push(rule);
        }
    }
    let policies = called.into_iter().map(|(name, (labels, ingress))| {
        let spec = NetworkPolicySpec {
            pod_selector: Some(labelled(labels.clone())),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(ingress),
            ..NetworkPolicySpec::default()
        };
        of_all(&names::callers(name), None, spec)
    });
    policies.collect()
}

/// Pods of a Service of the user's own, which are in the system's namespace.
fn manifest_pods(caller: &Service, labels: &BTreeMap<String, String>) -> NetworkPolicyPeer {
    let own = [(NAMESPACE.to_owned(), Reference::Namespace.to_string())];
    NetworkPolicyPeer {
        namespace_selector: caller.beside.map(|_| labelled(BTreeMap::from(own))),
        pod_selector: Some(labelled(labels.clone())),
        ..NetworkPolicyPeer::default()
    }
}

fn default_deny(beside: Option<PodSecurityLevel>) -> Object {
    of_all(names::DEFAULT_DENY, beside, both())
}

/// A policy for all pods of the system's namespace, or of one beside it.
fn of_all(name: &str, beside: Option<PodSecurityLevel>, spec: NetworkPolicySpec) -> Object {
    let metadata = ObjectMeta {
        namespace: Some(Reference::namespace(beside).to_string()),
        ..metadata::of_system(name)
    };
    Object::of_system(&NetworkPolicy { metadata, spec: Some(spec) })
}

fn both() -> NetworkPolicySpec {
    NetworkPolicySpec {
        pod_selector: Some(LabelSelector::default()),
        policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
        ..NetworkPolicySpec::default()
    }
}

fn dns(beside: Option<PodSecurityLevel>) -> Object {
    let pods = [("k8s-app".to_owned(), "kube-dns".to_owned())];
    let rule = NetworkPolicyEgressRule {
        to: Some(vec![foreign("kube-system", BTreeMap::from(pods))]),
        ports: Some(vec![port(53, Protocol::Udp), port(53, Protocol::Tcp)]),
    };
    let spec = NetworkPolicySpec {
        policy_types: Some(vec!["Egress".to_owned()]),
        egress: Some(vec![rule]),
        ..both()
    };
    of_all(names::ALLOW_DNS, beside, spec)
}

/// Where a host is certified by an issuer, its proof is asked for through the gateway. The pods that
/// answer stand where the certificate does: beside the listeners of the system, or beside an Ingress.
fn solvers(stack: &Stack) -> Vec<Object> {
    let mut gateways: BTreeMap<Option<PodSecurityLevel>, BTreeMap<&Name, &Pods>> = BTreeMap::new();
    for service in stack.services.values() {
        let Some(exposed) = service.exposed.as_ref().filter(|exposed| exposed.tls) else {
            continue;
        };
        let Some(Way::Gateway(name)) = exposed.route.as_ref().map(|route| &route.way) else {
            continue;
        };
        let Some(gateway) = stack.environment.gateways.get(name) else { continue };
        let (Some(_), Some(pods)) = (&gateway.issuer, &gateway.pods) else { continue };
        let beside = match gateway.api {
            GatewayApi::Gateway { .. } => None,
            GatewayApi::Ingress(_) => service.beside,
        };
        gateways.entry(beside).or_default().insert(name, pods);
    }
    gateways.into_iter().map(|(beside, gateways)| solver(beside, gateways.into_values())).collect()
}

fn solver<'a>(
    beside: Option<PodSecurityLevel>,
    gateways: impl Iterator<Item = &'a Pods>,
) -> Object {
    let solver = ("acme.cert-manager.io/http01-solver".to_owned(), "true".to_owned());
    let rule = NetworkPolicyIngressRule {
        from: Some(gateways.map(pods_elsewhere).collect()),
        ports: Some(vec![port(SOLVER_PORT, Protocol::Tcp)]),
    };
    let spec = NetworkPolicySpec {
        pod_selector: Some(labelled(BTreeMap::from([solver]))),
        policy_types: Some(vec!["Ingress".to_owned()]),
        ingress: Some(vec![rule]),
        ..NetworkPolicySpec::default()
    };
    of_all(names::ALLOW_SOLVER, beside, spec)
}

/// The policy of a service; none for one that calls nobody and that nobody calls.
fn of_service(stack: &Stack, service: &Service) -> Option<Object> {
    let ingress = once(ingress(stack, service));
    let egress = once(egress(stack, service));
    if ingress.is_empty() && egress.is_empty() {
        return None;
    }
    let name = service.name.as_str();
    let origins = |way: &str, rules: &[Rule]| -> Vec<(String, Vec<String>)> {
        let numbered = rules.iter().enumerate();
        numbered
            .map(|(index, rule)| (format!("/spec/{way}/{index}"), rule.origin.clone()))
            .collect()
    };
    let origins = [origins("ingress", &ingress), origins("egress", &egress)].concat();
    let ingress = ingress
        .into_iter()
        .map(|rule| NetworkPolicyIngressRule { from: rule.peers, ports: Some(rule.ports) });
    let egress = egress
        .into_iter()
        .map(|rule| NetworkPolicyEgressRule { to: rule.peers, ports: Some(rule.ports) });
    let object = NetworkPolicy {
        metadata: metadata::of(service),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(metadata::selector(service)),
            ingress: some(ingress.collect()),
            egress: some(egress.collect()),
            ..both()
        }),
    };
    let object = Object::of_service(name, &object);
    Some(origins.into_iter().fold(object, |object, (pointer, keys)| object.origin(pointer, keys)))
}

/// Each rule once: a pair may have several reasons to talk, such as alerts and scrapes.
fn once(rules: Vec<Rule>) -> Vec<Rule> {
    let mut all: Vec<Rule> = Vec::new();
    for rule in rules {
        if !all.iter().any(|other| other.peers == rule.peers && other.ports == rule.ports) {
            all.push(rule);
        }
    }
    all
}

/// Who may call a service: its callers, its gateway, who scrapes it, and its own pods.
fn ingress(stack: &Stack, service: &Service) -> Vec<Rule> {
    let mut rules: Vec<Rule> = service
        .callers
        .iter()
        .map(|caller| Rule {
            peers: Some(caller_pods(stack, service, caller)),
            ports: flow_ports(&caller.ports),
            origin: vec!["ports".to_owned()],
        })
        .collect();
    rules.extend(from_outside(stack, service));
    let scraped = scraped_ports(service);
    if !scraped.is_empty() {
        let rule = |peers| Rule {
            peers: Some(peers),
            ports: ports(&scraped),
            origin: vec!["metrics".to_owned()],
        };
        let scrapers = stack.scrapers.iter().filter(|scraper| scrapes(service, scraper));
        rules.extend(scrapers.map(|scraper| rule(pods_of(stack, service, scraper))));
        if stack.scrapers.is_empty()
            && let Some(namespace) = &stack.environment.monitoring
        {
            rules.push(rule(vec![foreign(namespace.as_str(), BTreeMap::new())]));
        }
    }
    rules.extend(peers(stack, service));
    rules.extend(operator(service));
    rules
}

/// Whom a service may call: its callees, whom it scrapes, its own pods, and the API that it has a
/// token for.
fn egress(stack: &Stack, service: &Service) -> Vec<Rule> {
    let mut rules: Vec<Rule> =
        service.flows.iter().map(|flow| to_callee(stack, service, flow)).collect();
    if stack.scrapers.contains(&service.name) {
        let others = stack
            .services
            .values()
            .filter(|other| !scraped_ports(other).is_empty() && scrapes(other, &service.name));
        rules.extend(others.map(|other| Rule {
            peers: Some(pods_of(stack, service, &other.name)),
            ports: ports(&scraped_ports(other)),
            origin: vec!["metrics".to_owned()],
        }));
    }
    rules.extend(peers(stack, service));
    let asks_api = service.provided.as_ref().is_some_and(|provided| provided.asks_api);
    if asks_api || !service.token.is_empty() {
        let api = stack.environment.api.as_deref();
        rules.push(Rule {
            peers: Some(api.map_or_else(|| anywhere_but(LINK_LOCAL), blocks)),
            ports: API_PORTS.map(|number| port(number, Protocol::Tcp)).to_vec(),
            origin: vec![if asks_api { "kind" } else { "token" }.to_owned()],
        });
    }
    rules
}

fn to_callee(stack: &Stack, service: &Service, flow: &Flow) -> Rule {
    let peers = match &flow.peer {
        Peer::Service(name) => pods_of(stack, service, name),
        Peer::OtherSystem { system, service, namespace, pods } => {
            foreign_pods(stack, service, system, namespace, pods)
        }
        Peer::Manifest { labels, .. } => vec![manifest_pods(service, labels)],
        Peer::Elsewhere { addresses, .. } | Peer::External { addresses, .. } => match addresses {
            Addresses::Ranges(ranges) => blocks(ranges),
            Addresses::Internet => anywhere_but(NOT_INTERNET),
            Addresses::Unknown => anywhere_but(LINK_LOCAL),
        },
    };
    Rule {
        peers: Some(peers),
        ports: flow_ports(&flow.ports),
        origin: vec!["uses".to_owned(), flow.callee.clone()],
    }
}

fn caller_pods(stack: &Stack, service: &Service, caller: &Caller) -> Vec<NetworkPolicyPeer> {
    match &caller.system {
        None => pods_of(stack, service, &caller.service),
        Some((system, namespace)) => {
            foreign_pods(stack, &caller.service, system, namespace, &caller.pods)
        }
    }
}

/// What leads from outside to a service. A load balancer may send anybody.
fn from_outside(stack: &Stack, service: &Service) -> Option<Rule> {
    let route = service.exposed.as_ref()?.route.as_ref()?;
    let peers = match &route.way {
        Way::Gateway(name) => {
            Some(vec![pods_elsewhere(stack.environment.gateways.get(name)?.pods.as_ref()?)])
        }
        Way::LoadBalancer | Way::NodePort => None,
    };
    let exposed: Vec<&Port> = service.ports.iter().filter(|it| it.name == route.port).collect();
    Some(Rule { peers, ports: ports(&exposed), origin: vec!["expose".to_owned()] })
}

/// Pods of one service reach each other at the ports that are theirs alone.
fn peers(stack: &Stack, service: &Service) -> Option<Rule> {
    let peers = service.provided.as_ref().map(|it| it.peers.as_slice()).unwrap_or_default();
    let is_internal = |port: &&Port| port.internal || peers.contains(&port.name);
    let internal: Vec<&Port> = service.ports.iter().filter(is_internal).collect();
    (!internal.is_empty()).then(|| Rule {
        peers: Some(pods_of(stack, service, &service.name)),
        ports: ports(&internal),
        origin: vec!["ports".to_owned()],
    })
}

/// The operator that makes a service's pods calls them.
fn operator(service: &Service) -> Option<Rule> {
    let (pods, called) = service.provided.as_ref()?.operator.as_ref()?;
    let called: Vec<&Port> = service.ports.iter().filter(|it| called.contains(&it.name)).collect();
    Some(Rule {
        peers: Some(vec![pods_elsewhere(pods)]),
        ports: ports(&called),
        origin: vec!["kind".to_owned()],
    })
}

/// Whether a scraper needs a rule for a service: a single pod reaches itself anyway.
fn scrapes(service: &Service, scraper: &Name) -> bool {
    service.name != *scraper || service.replicas.max > 1
}

fn scraped_ports(service: &Service) -> Vec<&Port> {
    let is_scraped =
        |port: &&Port| service.metrics.iter().any(|endpoint| endpoint.port == port.name);
    service.ports.iter().filter(is_scraped).collect()
}

fn ports(ports: &[&Port]) -> Vec<NetworkPolicyPort> {
    ports.iter().map(|it| port(it.number, it.protocol)).collect()
}

fn flow_ports(ports: &[FlowPort]) -> Vec<NetworkPolicyPort> {
    ports.iter().map(|it| port(it.target, it.protocol)).collect()
}

fn port(number: u16, protocol: Protocol) -> NetworkPolicyPort {
    let protocol = if protocol == Protocol::Udp { "UDP" } else { "TCP" };
    NetworkPolicyPort {
        port: Some(IntOrString::Int(number.into())),
        protocol: Some(protocol.to_owned()),
        ..NetworkPolicyPort::default()
    }
}

/// Pods of a service of this system, as a policy of one of its services names them: those of
/// another namespace are meant only if that is said.
fn pods_of(stack: &Stack, own: &Service, name: &Name) -> Vec<NetworkPolicyPeer> {
    pods_from(stack, own.beside, name)
}

/// The same, as a policy in one of the system's namespaces names them.
fn pods_from(stack: &Stack, own: Option<PodSecurityLevel>, name: &Name) -> Vec<NetworkPolicyPeer> {
    let other = stack.services.get(name);
    if other.is_some_and(|other| other.host_network) {
        return nodes(stack);
    }
    let beside = other.map(|other| other.beside).filter(|beside| *beside != own);
    let namespace = beside.map(|beside| Reference::namespace(beside).to_string());
    vec![NetworkPolicyPeer {
        namespace_selector: namespace
            .map(|name| labelled(BTreeMap::from([(NAMESPACE.to_owned(), name)]))),
        pod_selector: Some(labelled(metadata::set(Reference::SelectorLabels(name.as_str())))),
        ..NetworkPolicyPeer::default()
    }]
}

/// Pods that share their node's network have its address, and no label of theirs counts.
fn nodes(stack: &Stack) -> Vec<NetworkPolicyPeer> {
    blocks(stack.environment.nodes.as_deref().unwrap_or_default())
}

/// Pods with these labels in another namespace; all of its pods without labels.
fn foreign(namespace: &str, labels: BTreeMap<String, String>) -> NetworkPolicyPeer {
    let name = [(NAMESPACE.to_owned(), namespace.to_owned())];
    NetworkPolicyPeer {
        namespace_selector: Some(labelled(BTreeMap::from(name))),
        pod_selector: (!labels.is_empty()).then(|| labelled(labels)),
        ..NetworkPolicyPeer::default()
    }
}

/// Pods of another system's service, whose labels no chart of this one renames.
fn foreign_pods(
    stack: &Stack,
    service: &Name,
    system: &Name,
    namespace: &Namespace,
    pods: &PodsBy,
) -> Vec<NetworkPolicyPeer> {
    let labels = match pods {
        PodsBy::Nodes => return nodes(stack),
        PodsBy::Labels(labels) => {
            labels.iter().map(|(key, value)| (key.to_string(), value.clone())).collect()
        }
        PodsBy::Service => {
            let labels = metadata::selector_labels(service.as_str(), system.as_str());
            labels.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
        }
    };
    vec![foreign(namespace.as_str(), labels)]
}

fn pods_elsewhere(pods: &Pods) -> NetworkPolicyPeer {
    let labels = pods.labels.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    foreign(pods.namespace.as_str(), labels.collect())
}

fn anywhere_but(except: (&[&str], &[&str])) -> Vec<NetworkPolicyPeer> {
    vec![block("0.0.0.0/0".to_owned(), except.0), block("::/0".to_owned(), except.1)]
}

fn blocks(ranges: &[Cidr]) -> Vec<NetworkPolicyPeer> {
    ranges.iter().map(|range| block(range.to_string(), &[])).collect()
}

fn block(cidr: String, except: &[&str]) -> NetworkPolicyPeer {
    let except: Vec<String> = except.iter().map(|range| (*range).to_owned()).collect();
    NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr, except: some(except) }),
        ..NetworkPolicyPeer::default()
    }
}

fn labelled(labels: BTreeMap<String, String>) -> LabelSelector {
    LabelSelector { match_labels: Some(labels), ..LabelSelector::default() }
}
