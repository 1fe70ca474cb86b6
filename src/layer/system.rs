//! A system: services that are released together.

use super::TargetName;
use super::data::{SharedVolume, SharedVolumeOverride};
use super::exception::NeededLevel;
use super::network::Offer;
use super::outside::{External, ExternalOverride};
use super::service::{Defaults, Override, Service};
use crate::value::{Name, RepositoryUrl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A system: `environments/<system>/system.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a system: a map of keys such as `about` and `services`")]
pub struct System {
    /// What the system is for, in a line.
    ///
    /// Example: `about: Edge node that collects readings`
    pub about: Option<String>,
    /// Who looks after it; an annotation of what runs.
    ///
    /// Example: `owner: iot-edge@example.com`
    pub owner: Option<String>,
    /// What is written for it, where that is not what its environments say.
    ///
    /// Example: `targets: [kubernetes]`
    pub targets: Option<Vec<TargetName>>,
    /// Where its code is, for people; a label of own images.
    ///
    /// Example: `repository: https://github.com/example/iot-edge`
    pub repository: Option<RepositoryUrl>,
    /// The Pod Security level that the whole system needs, where the environment's is stricter.
    ///
    /// Example: `pod-security: { level: baseline, why: all its images run as root }`
    pub pod_security: Option<NeededLevel>,
    /// The name of an own image, where it is not the environment's; a text.
    ///
    /// Example: `images: "registry.example.com/iot/{{ service }}"`
    pub images: Option<String>,
    /// What several services need to know; texts read it as `facts`.
    ///
    /// Example: `facts: { retention-days: 30 }`
    pub facts: Option<BTreeMap<Name, serde_json::Value>>,
    /// What own code has unless the service says otherwise.
    ///
    /// Example: `defaults: { config: { LOG_FORMAT: json } }`
    pub defaults: Option<Defaults>,
    /// Parts of a service, used by name.
    ///
    /// Example: `shapes: { verifier: { ports: { http: 8080 } } }`
    pub shapes: Option<BTreeMap<Name, Service>>,
    /// Volumes that several services may mount.
    ///
    /// Example: `volumes: { models: { size: 50Gi, tier: shared, shared: true } }`
    pub volumes: Option<BTreeMap<Name, SharedVolume>>,
    /// The services; a large one may stand in a file of its own, `services/<name>.yaml`.
    ///
    /// Example: `services: { redis: { kind: valkey } }`
    pub services: Option<BTreeMap<Name, Service>>,
    /// What is used and not run here.
    ///
    /// Example: `external: { device-lab: { hosts: [lab.example.com], ports: { opcua: 4840 } } }`
    pub external: Option<BTreeMap<Name, External>>,
    /// Services that other systems may use.
    ///
    /// Example: `offers: { prometheus: { to: [iot-edge] } }`
    pub offers: Option<BTreeMap<Name, Offer>>,
}

/// What an environment may say of a system: `environments/<system>/<environment>.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map of keys such as `services`")]
pub struct SystemOverride {
    /// What is written for it here, where that is not what the environment says.
    ///
    /// Example: `targets: [compose, kubernetes]`
    pub targets: Option<Vec<TargetName>>,
    /// What several services need to know.
    ///
    /// Example: `facts: { retention-days: 90 }`
    pub facts: Option<BTreeMap<Name, serde_json::Value>>,
    /// What own code has here unless the service says otherwise.
    ///
    /// Example: `defaults: { config: { LOG_LEVEL: debug } }`
    pub defaults: Option<Override>,
    /// What differs in parts of a service.
    ///
    /// Example: `shapes: { verifier: { replicas: { max: 8 } } }`
    pub shapes: Option<BTreeMap<Name, Override>>,
    /// Sizes and tiers of the system's volumes.
    ///
    /// Example: `volumes: { models: { size: 200Gi } }`
    pub volumes: Option<BTreeMap<Name, SharedVolumeOverride>>,
    /// What differs in services.
    ///
    /// Example: `services: { api-gateway: { replicas: { min: 3, max: 10 } } }`
    pub services: Option<BTreeMap<Name, Override>>,
    /// What differs in what is used and not run here.
    ///
    /// Example: `external: { device-lab: { enabled: false } }`
    pub external: Option<BTreeMap<Name, ExternalOverride>>,
}
