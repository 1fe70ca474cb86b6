//! Who reaches whom, by the network policies as they are written: an evaluator of its own, which
//! knows nothing of how they were made.
//!
//! Ranges of addresses mean what is outside of the cluster, as Kubernetes documents it; pods are
//! told by their labels alone.

use iac::fileset::FileSet;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

type Labels = BTreeMap<String, String>;

/// A port: number, and whether it is of UDP.
pub(crate) type Port = (u16, bool);

/// One who calls or is called.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// What it is called in results; replicas have one name.
    pub(crate) name: String,
    pub(crate) at: At,
    /// The ports that are tried.
    pub(crate) ports: BTreeSet<Port>,
}

/// The address of every node.
pub(crate) const NODE: &str = "198.51.100.9";

#[derive(Debug, Clone)]
pub(crate) enum At {
    Pod { namespace: String, labels: Labels },
    Address(IpAddr),
}

impl End {
    pub(crate) fn pod(
        name: &str,
        namespace: &str,
        labels: &[(&str, &str)],
        ports: &[Port],
    ) -> Self {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let at = At::Pod { namespace: namespace.to_owned(), labels: labels.collect() };
        Self { name: name.to_owned(), at, ports: ports.iter().copied().collect() }
    }

    pub(crate) fn address(name: &str, address: &str, ports: &BTreeSet<Port>) -> Self {
        let at = At::Address(address.parse().unwrap());
        Self { name: name.to_owned(), at, ports: ports.clone() }
    }
}

/// The network policies and the pods of some files.
#[derive(Debug, Default)]
pub(crate) struct Cluster {
    policies: Vec<Policy>,
    /// Two replicas of every workload.
    pub(crate) pods: Vec<End>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Spec {
    pod_selector: Selector,
    policy_types: Vec<String>,
    #[serde(default)]
    ingress: Vec<IngressRule>,
    #[serde(default)]
    egress: Vec<EgressRule>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Selector {
    #[serde(default)]
    match_labels: Labels,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IngressRule {
    from: Option<Vec<PolicyPeer>>,
    ports: Option<Vec<PolicyPort>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EgressRule {
    to: Option<Vec<PolicyPeer>>,
    ports: Option<Vec<PolicyPort>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PolicyPeer {
    namespace_selector: Option<Selector>,
    pod_selector: Option<Selector>,
    ip_block: Option<Block>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    cidr: iac::value::Cidr,
    #[serde(default)]
    except: Vec<iac::value::Cidr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyPort {
    port: u16,
    protocol: String,
}

#[derive(Debug)]
struct Policy {
    namespace: String,
    spec: Spec,
}

impl Selector {
    fn selects(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
    }
}

impl PolicyPeer {
    /// Whether it is meant by a policy of a namespace.
    fn means(&self, own: &str, end: &End) -> bool {
        match &end.at {
            At::Address(address) => self.ip_block.as_ref().is_some_and(|block| {
                block.cidr.network().contains(address)
                    && !block.except.iter().any(|range| range.network().contains(address))
            }),
            At::Pod { namespace, labels } => {
                // The one label that every namespace has.
                let of_namespace =
                    Labels::from([("kubernetes.io/metadata.name".to_owned(), namespace.clone())]);
                let there = match &self.namespace_selector {
                    Some(selector) => selector.selects(&of_namespace),
                    None => own == namespace,
                };
                let chosen = self.namespace_selector.is_some() || self.pod_selector.is_some();
                let pods = self.pod_selector.as_ref();
                chosen && there && pods.is_none_or(|selector| selector.selects(labels))
            }
        }
    }
}

fn opens(ports: Option<&Vec<PolicyPort>>, (number, udp): Port) -> bool {
    ports.is_none_or(|ports| {
        let protocol = if udp { "UDP" } else { "TCP" };
        ports.iter().any(|port| port.port == number && port.protocol == protocol)
    })
}

impl Policy {
    fn is_about(&self, end: &End, way: &str) -> bool {
        let At::Pod { namespace, labels } = &end.at else { return false };
        *namespace == self.namespace
            && self.spec.policy_types.iter().any(|kind| kind == way)
            && self.spec.pod_selector.selects(labels)
    }

    fn lets_in(&self, from: &End, port: Port) -> bool {
        let means =
            |peers: &Vec<PolicyPeer>| peers.iter().any(|peer| peer.means(&self.namespace, from));
        self.spec
            .ingress
            .iter()
            .any(|rule| rule.from.as_ref().is_none_or(means) && opens(rule.ports.as_ref(), port))
    }

    fn lets_out(&self, to: &End, port: Port) -> bool {
        let means =
            |peers: &Vec<PolicyPeer>| peers.iter().any(|peer| peer.means(&self.namespace, to));
        self.spec
            .egress
            .iter()
            .any(|rule| rule.to.as_ref().is_none_or(means) && opens(rule.ports.as_ref(), port))
    }
}

impl Cluster {
    /// Reads all objects of an environment.
    pub(crate) fn of(files: &FileSet, environment: &str) -> Self {
        let mut cluster = Self::default();
        for (path, file) in files.iter() {
            let mut parts = path.as_str().split('/');
            if parts.next() != Some(environment) || parts.nth(1) != Some("kubernetes") {
                continue;
            }
            for document in serde_yaml::Deserializer::from_str(&file.text) {
                cluster.add(&Value::deserialize(document).unwrap());
            }
        }
        cluster
    }

    fn add(&mut self, object: &Value) {
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if object["kind"] == "NetworkPolicy" {
            let spec = serde_json::from_value(object["spec"].clone()).unwrap();
            self.policies.push(Policy { namespace: namespace.to_owned(), spec });
        }
        if object["kind"] == "Cluster" {
            // What CloudNativePG makes of one: instances, by the labels that it documents.
            let name = object["metadata"]["name"].as_str().unwrap();
            let labels = [("cnpg.io/cluster", name), ("cnpg.io/podRole", "instance")];
            let ports = [5432, 8000, 9187].map(|number| (number, false));
            let pod = End::pod(&format!("{namespace}/{name}"), namespace, &labels, &ports);
            self.pods.extend([pod.clone(), pod]);
        }
        let template = match object["kind"].as_str() {
            Some("CronJob") => &object["spec"]["jobTemplate"]["spec"]["template"],
            Some("Deployment" | "StatefulSet" | "DaemonSet" | "Job") => &object["spec"]["template"],
            _ => return,
        };
        let labels: Labels =
            serde_json::from_value(template["metadata"]["labels"].clone()).unwrap();
        let lists = [&template["spec"]["containers"], &template["spec"]["initContainers"]];
        let containers = lists.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
        let ports = containers
            .flat_map(|container| container["ports"].as_array().into_iter().flatten())
            .map(|port| {
                let number = u16::try_from(port["containerPort"].as_u64().unwrap()).unwrap();
                (number, port["protocol"] == "UDP")
            });
        // A job's own name changes with its template.
        let own = object["metadata"]["name"].as_str().unwrap();
        let name = labels.get("app.kubernetes.io/name").map_or(own, String::as_str);
        let name = format!("{namespace}/{name}");
        // In its node's network a pod has the node's address, and no policy is about it.
        let at = if template["spec"]["hostNetwork"] == true {
            At::Address(NODE.parse().unwrap())
        } else {
            At::Pod { namespace: namespace.to_owned(), labels }
        };
        let pod = End { name, at, ports: ports.collect() };
        self.pods.extend([pod.clone(), pod]);
    }

    pub(crate) fn has_policies(&self) -> bool {
        !self.policies.is_empty()
    }

    fn allows(&self, from: &End, to: &End, port: Port) -> bool {
        let all = |end: &End, way: &str, lets: &dyn Fn(&Policy) -> bool| {
            let about: Vec<&Policy> =
                self.policies.iter().filter(|policy| policy.is_about(end, way)).collect();
            about.is_empty() || about.into_iter().any(lets)
        };
        all(from, "Egress", &|policy| policy.lets_out(to, port))
            && all(to, "Ingress", &|policy| policy.lets_in(from, port))
    }

    /// Everything that can be reached with an end in a namespace that has policies: from, to, port.
    pub(crate) fn edges(&self, others: &[End]) -> BTreeSet<(String, String, Port)> {
        let ends: Vec<&End> = self.pods.iter().chain(others).collect();
        let ours = |end: &End| match &end.at {
            At::Pod { namespace, .. } => {
                self.policies.iter().any(|policy| policy.namespace == *namespace)
            }
            At::Address(_) => false,
        };
        let mut edges = BTreeSet::new();
        for (from_index, from) in ends.iter().enumerate() {
            for (to_index, to) in ends.iter().enumerate() {
                // A pod always reaches itself.
                if from_index == to_index || !(ours(from) || ours(to)) {
                    continue;
                }
                for port in &to.ports {
                    if self.allows(from, to, *port) {
                        edges.insert((from.name.clone(), to.name.clone(), *port));
                    }
                }
            }
        }
        edges
    }
}
