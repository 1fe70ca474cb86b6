//! Who calls whom.

use crate::layer::Protocol;
use crate::value::{Cidr, Host, LabelKey, Name, Namespace, PortName};
use std::collections::BTreeMap;

/// A call from one service to another, or to what is run elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The name as the caller writes it.
    pub callee: String,
    /// What it is.
    pub peer: Peer,
    /// The ports.
    pub ports: Vec<FlowPort>,
    /// Whether the caller waits for the callee at its start.
    pub at_start: bool,
    /// Whether the caller works without it.
    pub optional: bool,
}

/// A port of a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowPort {
    /// Its name.
    pub name: PortName,
    /// The number that the caller dials.
    pub dialled: u16,
    /// The number on which the callee's pods listen.
    pub target: u16,
    /// What is spoken.
    pub protocol: Protocol,
}

/// How a network policy knows pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PodsBy {
    /// By the labels that every service's pods have.
    Service,
    /// By the labels that an operator gives them.
    Labels(BTreeMap<LabelKey, String>),
    /// By the addresses of nodes: they share their node's network.
    Nodes,
}

/// A service that calls another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its system and namespace, if they are not the callee's.
    pub system: Option<(Name, Namespace)>,
    /// Its name.
    pub service: Name,
    /// How its pods are known.
    pub pods: PodsBy,
    /// The ports of the callee that it uses.
    pub ports: Vec<FlowPort>,
}

/// The addresses of what is not run here, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addresses {
    /// These ranges.
    Ranges(Vec<Cidr>),
    /// Everything but private and link-local ranges.
    Internet,
    /// Nobody says.
    Unknown,
}

/// The other end of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// A service of the same system.
    Service(Name),
    /// A service of another system.
    OtherSystem {
        /// The system.
        system: Name,
        /// The service.
        service: Name,
        /// The namespace in which it runs.
        namespace: Namespace,
        /// How its pods are known.
        pods: PodsBy,
    },
    /// A Service among the system's own objects.
    Manifest {
        /// The Service.
        service: Name,
        /// The labels by which it selects pods.
        labels: BTreeMap<String, String>,
    },
    /// A service of this system that is run elsewhere.
    Elsewhere {
        /// The service.
        service: Name,
        /// The host.
        host: Host,
        /// Its addresses.
        addresses: Addresses,
    },
    /// Something that is not a service of ours.
    External {
        /// Its name.
        name: Name,
        /// The host that is called.
        host: Host,
        /// Its addresses.
        addresses: Addresses,
    },
}
