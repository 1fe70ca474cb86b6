//! Layers: what users write, key by key, before anything is merged or decided.
//!
//! A layer's type is its grammar. The doc comment of a field is its hover text in the editor and
//! its entry in the reference; each ends in an example. What an environment may not change is
//! absent from the types ending in `Override`.

mod backend;
mod beside;
mod catalogue;
mod data;
mod environment;
mod exception;
mod exclusive;
mod form;
mod lock;
mod make;
mod monitoring;
mod network;
mod outside;
mod patch;
mod placement;
mod policy;
mod provider;
mod route;
mod run;
mod service;
mod system;
mod workload;

pub use backend::{ExternalSecrets, SecretBackend, SecretStore};
pub use beside::{Init, InitOverride, Sidecar, SidecarOverride};
pub use catalogue::{
    Bind, Contract, ContractHealth, DataFolder, Derived, EntryKey, Kind, KindFile, KindOption,
    KindUse, KindVersion, Pick,
};
pub use data::{
    ConfigValue, File, Scratch, Secret, SecretAs, SecretOverride, SharedVolume,
    SharedVolumeOverride, Volume, VolumeOverride,
};
pub use environment::{
    Compose, Environment, Kubernetes, Monitoring, NetworkPolicies, PodSecurity, PodSecurityLevel,
    PodSecurityMode, Reclaim, Registry, Storage, TargetName,
};
pub use exception::{
    Capabilities, ExceptionKey, HostPath, HostPathOverride, NeededLevel, Token, TokenRule, User,
    Why,
};
pub use exclusive::exclusive;
pub use form::{OneOrMany, Short, ShortForm, Template, TextItem};
pub use lock::{Lock, LockedImage, LockedTool, Release, Released};
pub use make::{Make, MakeBy, MakeWord};
pub use monitoring::{Alert, AlertSeverity, OWN_SERVICES, Panel};
pub use network::{
    Offer, Optional, Otherwise, Port, Protocol, ServicePort, Use, UseEnv, UseOverride,
};
pub use outside::{
    Addresses, Elsewhere, ElsewhereOverride, External, ExternalOverride, SecretSource,
};
pub use patch::{ObjectPatch, Patches};
pub use placement::{Annotations, Labels, Placement, Spread, SpreadRule, TaintEffect, Toleration};
pub use policy::{Guard, Pods};
pub use provider::{Provider, ProviderOperator, ProviderPods};
pub use route::{By, Expose, ExposeOverride, Gateway, GatewayPods, Listeners};
pub use run::{Migrate, MigrateOverride, Overlap, Run, When};
pub use service::{Defaults, Override, Service};
pub use system::{System, SystemOverride};
pub use workload::{
    Build, BuiltImage, Empty, Grpc, Health, HealthOverride, Image, Language, Metrics, Probe,
    ProbeTimes, Replicas, Resources, Rolling, Rollout, Strategy,
};
