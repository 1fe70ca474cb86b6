//! The model: one system in one environment, complete. Nothing here is undecided.

mod backend;
mod container;
mod environment;
mod exception;
mod flow;
mod gateway;
mod image;
mod manifest;
mod mounted;
pub mod names;
mod needed;
mod patch;
mod placement;
mod platform;
mod provided;
mod recipe;
mod run;
mod service;
mod volume;

pub use backend::{ExternalSecrets, SecretBackend};
pub use container::{
    Container, Mount, Part, Probe, ProbeCheck, Probes, Resources, SecretFile, SelfCheck, Variable,
    VariableValue, WGET,
};
pub use environment::{Environment, Guard, Tier};
pub use exception::Exception;
pub use flow::{Addresses, Caller, Flow, FlowPort, Peer, PodsBy};
pub use gateway::{Exposed, Gateway, GatewayApi, Pods, Route, Way};
pub use image::Image;
pub use manifest::Manifest;
pub use mounted::names_in_volume;
pub use needed::{NeededSecret, NeededValue};
pub use patch::{Change, Patch};
pub use placement::{Marks, Placement, Toleration};
pub use platform::Platform;
pub use provided::{OperatorSecret, OperatorSecretValue, Provided, ProvidedObject};
pub use recipe::{ByLanguage, HealthCheck, ImagePort, MadeBy, Recipe};
pub use run::{Budget, Run};
pub use service::{
    Endpoint, File, FilePart, Make, Port, Replicas, Rollout, Sealed, SealedFile, Secret,
    SecretReference, Service, ServiceKind,
};
pub use volume::{Claim, SystemVolume, Volume, VolumeSource};

use crate::layer::{PodSecurityLevel, TargetName};
use crate::value::{Name, Namespace};
use std::collections::BTreeMap;

/// One system in one environment.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Where it runs.
    pub environment: Environment,
    /// What runs it there.
    pub platform: Platform,
    /// What is written for it there.
    pub targets: Vec<TargetName>,
    /// The system's name.
    pub system: Name,
    /// What it is for.
    pub about: String,
    /// Who looks after it, if somebody said it.
    pub owner: Option<String>,
    /// Its namespace.
    pub namespace: Namespace,
    /// The Pod Security level of its namespace.
    pub level: PodSecurityLevel,
    /// The namespaces beside its own, for services that need a weaker level: by that level.
    pub beside: BTreeMap<PodSecurityLevel, Namespace>,
    /// Exceptions of the system as a whole.
    pub exceptions: Vec<Exception>,
    /// The services that run here, by name.
    pub services: BTreeMap<Name, Service>,
    /// Their names in start order: whom a service needs at its start comes before it.
    pub order: Vec<Name>,
    /// The services that scrape the metrics of all others; where there is none, the environment's
    /// monitoring does.
    pub scrapers: Vec<Name>,
    /// The system's volumes that an enabled service mounts.
    pub volumes: BTreeMap<Name, SystemVolume>,
    /// Objects of the user's own, in order of file.
    pub manifests: Vec<Manifest>,
    /// The file that describes the system.
    pub source: String,
}

impl Stack {
    /// The Pod Security level of the namespace in which a service lives.
    #[must_use]
    pub fn level_of(&self, service: &Service) -> PodSecurityLevel {
        service.beside.unwrap_or(self.level)
    }

    /// All its namespaces with their levels: its own, then those beside it.
    pub fn namespaces(&self) -> impl Iterator<Item = (&Namespace, PodSecurityLevel)> {
        let beside = self.beside.iter().map(|(level, namespace)| (namespace, *level));
        std::iter::once((&self.namespace, self.level)).chain(beside)
    }
}
