//! Where a service keeps data.

use crate::layer::Reclaim;
use crate::value::{AbsolutePath, Bytes, Host, Name};

/// A volume of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name within the service.
    pub name: Name,
    /// Where the main container mounts it; a sidecar's own is mounted there by that.
    pub path: AbsolutePath,
    /// What it is.
    pub source: VolumeSource,
}

/// What a volume is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VolumeSource {
    /// A claim for each replica.
    ClaimPerReplica(Claim),
    /// One claim for the service.
    Claim(Claim),
    /// The claim of the service before whose releases this one runs.
    ClaimOf(Name),
    /// A volume of the system.
    System(Name),
    /// Scratch space.
    Scratch {
        /// Its limit, if it has one.
        limit: Option<Bytes>,
        /// Whether it is kept in memory.
        memory: bool,
    },
    /// A file or folder of the node.
    Host {
        /// Where it is there.
        path: AbsolutePath,
        /// Whether the service writes to it.
        write: bool,
    },
}

/// What a claim asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its size.
    pub size: Bytes,
    /// The storage class; none is the cluster's default.
    pub class: Option<Host>,
    /// Whether several pods write to it at once.
    pub shared: bool,
    /// What becomes of it when its service is removed.
    pub reclaim: Reclaim,
}

/// A volume of the system, written once, mounted by several services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemVolume {
    /// What its claim asks for.
    pub claim: Claim,
}
