//! The model: one system in one environment, complete. Nothing here is undecided.

mod container;
mod environment;
mod flow;
mod image;
mod run;
mod service;
mod volume;

pub use container::{
    Container, Mount, Part, Probe, ProbeCheck, Probes, Resources, SecretFile, Variable,
    VariableValue,
};
pub use environment::{Environment, Tier};
pub use flow::{Flow, Peer};
pub use image::Image;
pub use run::{Budget, Run};
pub use service::{
    Endpoint, Exposed, File, Port, Replicas, Rollout, Secret, SecretReference, Service, ServiceKind,
};
pub use volume::{Claim, SystemVolume, Volume, VolumeSource};

use crate::value::{Name, Namespace};
use std::collections::BTreeMap;

/// One system in one environment.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Where it runs.
    pub environment: Environment,
    /// The system's name.
    pub system: Name,
    /// What it is for.
    pub about: String,
    /// Its namespace.
    pub namespace: Namespace,
    /// The services that run here, by name.
    pub services: BTreeMap<Name, Service>,
    /// Their names in start order: whom a service needs at its start comes before it.
    pub order: Vec<Name>,
    /// The system's volumes that an enabled service mounts.
    pub volumes: BTreeMap<Name, SystemVolume>,
    /// The file that describes the system.
    pub source: String,
}
