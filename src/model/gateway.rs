//! What leads from outside to services.

use crate::layer::Protocol;
use crate::value::{Duration, Host, LabelKey, LabelValue, Name, Namespace, ObjectName, PortName};
use std::collections::BTreeMap;

/// A gateway of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// What routes are attached to.
    pub api: GatewayApi,
    /// The issuer that certifies its hosts; without one the gateway holds their certificates.
    pub issuer: Option<Host>,
    /// Where its pods are; known wherever network policies are enforced.
    pub pods: Option<Pods>,
}

/// What routes are attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayApi {
    /// A Gateway, and its listeners on the ports 80 and 443.
    Gateway {
        /// The Gateway.
        parent: ObjectName,
        /// The listener without TLS.
        http: Host,
        /// The listener with TLS.
        https: Host,
    },
    /// Controllers of this Ingress class.
    Ingress(Host),
}

/// Pods that are not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pods {
    /// Their namespace.
    pub namespace: Namespace,
    /// The labels that they have, at least.
    pub labels: BTreeMap<LabelKey, LabelValue>,
}

/// Where the public reaches a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// The hosts; at least one.
    pub hosts: Vec<Host>,
    /// The path below which the service answers; empty where no gateway looks at it.
    pub path: String,
    /// Whether it is reached by https.
    pub tls: bool,
    /// What leads there; nothing in an environment without gateways.
    pub route: Option<Route>,
}

impl Exposed {
    /// The scheme, a host, and the port where it is not the scheme's own.
    #[must_use]
    pub fn origin(&self, host: &Host) -> String {
        let (scheme, usual) = if self.tls { ("https", 443) } else { ("http", 80) };
        match &self.route {
            Some(Route { protocol: Protocol::Tcp | Protocol::Udp, number, .. }) => {
                format!("{host}:{number}")
            }
            Some(Route { way: Way::LoadBalancer, number, .. }) if *number != usual => {
                format!("{scheme}://{host}:{number}")
            }
            // What stands before a gateway or the nodes answers at the usual port.
            _ => format!("{scheme}://{host}"),
        }
    }
}

/// What leads to an exposed service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The port that is reached.
    pub port: PortName,
    /// The number that callers of the port use.
    pub number: u16,
    /// What is spoken on it.
    pub protocol: Protocol,
    /// How long an answer may take.
    pub timeout: Option<Duration>,
    /// What leads there.
    pub way: Way,
}

/// What leads from outside to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The environment's gateway of this name.
    Gateway(Name),
    /// A load balancer of its own.
    LoadBalancer,
    /// A port of every node.
    NodePort,
}
