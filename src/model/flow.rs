//! Who calls whom.

use crate::value::{Host, Name, Namespace, PortName};

/// A call from one service to another, or to what is run elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// The name as the caller writes it.
    pub callee: String,
    /// What it is.
    pub peer: Peer,
    /// The ports, by name, with the number that the caller dials.
    pub ports: Vec<(PortName, u16)>,
    /// Whether the caller waits for the callee at its start.
    pub at_start: bool,
    /// Whether the caller works without it.
    pub optional: bool,
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
    },
    /// A service of this system that is run elsewhere.
    Elsewhere {
        /// The service.
        service: Name,
        /// The host.
        host: Host,
    },
    /// Something that is not a service of ours.
    External {
        /// Its name.
        name: Name,
        /// The host that is called.
        host: Host,
    },
}
