//! Exceptions: what a service does that others need not, each with a reason.

use super::environment::PodSecurityLevel;
use super::form::ShortForm;
use crate::value::{AbsolutePath, Capability};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The user a container runs as: a number, or `{ id: 0, why }` for root.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(
    expecting = "a number from 1 on, or for root a map such as `{ id: 0, why: the image starts as root }`"
)]
pub struct User {
    /// The number.
    ///
    /// Example: `id: 1000`
    pub id: Option<u32>,
    /// Why it runs as root; of any other number nothing is asked.
    ///
    /// Example: `why: reads files of every user`
    pub why: Option<String>,
}

impl ShortForm for User {
    type Short = u32;
    const EXPECTED: &'static str =
        "a number from 1 on, or for root a map such as `{ id: 0, why: the image starts as root }`";

    fn expand(short: u32) -> Self {
        Self { id: Some(short), why: None }
    }
}

/// A reason. An exception costs a sentence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ why: the vendor's image wants it }`")]
pub struct Why {
    /// The sentence.
    ///
    /// Example: `why: the vendor's image writes below /opt`
    pub why: Option<String>,
}

/// Capabilities of the kernel that a container has in spite of everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ add: [NET_ADMIN], why: it sets up routes }`")]
pub struct Capabilities {
    /// Their names, as the kernel has them, without `CAP_`.
    ///
    /// Example: `add: [NET_ADMIN]`
    pub add: Option<Vec<Capability>>,
    /// Why it needs them.
    ///
    /// Example: `why: sets routes of the device network`
    pub why: Option<String>,
}

/// A file or folder of the node that a service mounts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ host: /var/log, why: it reads logs }`")]
pub struct HostPath {
    /// Where it is on the node.
    ///
    /// Example: `host: /var/log`
    pub host: Option<AbsolutePath>,
    /// Where it is in the container; the same path unless said.
    ///
    /// Example: `path: /host/var/log`
    pub path: Option<AbsolutePath>,
    /// The service writes to it; it is read-only unless said.
    ///
    /// Example: `write: true`
    pub write: Option<bool>,
    /// Why it needs it.
    ///
    /// Example: `why: reads the logs of all pods`
    pub why: Option<String>,
    /// `false` removes it.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// What an environment may say of a path of the node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map `{ enabled: false }`")]
pub struct HostPathOverride {
    /// `false` removes it here.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// A Pod Security level that a service or a whole system needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ level: baseline, why: its image runs as root }`")]
pub struct NeededLevel {
    /// The strictest level that admits it.
    ///
    /// Example: `level: privileged`
    pub level: Option<PodSecurityLevel>,
    /// Why it needs it.
    ///
    /// Example: `why: reads the nodes' logs`
    pub why: Option<String>,
}

/// What a service may ask the Kubernetes API, and why.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(
    expecting = "a map such as `{ rules: [{ resources: [pods], verbs: [list] }], why: it shows pods }`"
)]
pub struct Token {
    /// Rules of a Role in the service's namespace.
    ///
    /// Example: `rules: [{ resources: [pods], verbs: [get, list, watch] }]`
    pub rules: Option<Vec<TokenRule>>,
    /// Why it needs them.
    ///
    /// Example: `why: finds the pods that it scrapes`
    pub why: Option<String>,
}

/// One rule of a Role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ resources: [pods], verbs: [get, list] }`")]
pub struct TokenRule {
    /// API groups; the core group unless said.
    ///
    /// Example: `groups: [apps]`
    #[serde(default)]
    pub groups: Vec<String>,
    /// Resources.
    ///
    /// Example: `resources: [pods]`
    pub resources: Vec<String>,
    /// Verbs.
    ///
    /// Example: `verbs: [get, list, watch]`
    pub verbs: Vec<String>,
}

/// The exceptions that an environment may refuse: the keys of a service that say them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionKey {
    /// It runs as root: `user: { id: 0, why }`.
    User,
    /// It writes outside its volumes.
    WritableRoot,
    /// It has capabilities of the kernel.
    Capabilities,
    /// It may do everything on its node.
    Privileged,
    /// It shares its node's network.
    HostNetwork,
    /// It sees its node's processes.
    HostPid,
    /// It mounts files of its node.
    HostPaths,
    /// It asks the Kubernetes API.
    Token,
    /// It needs a weaker Pod Security level than the environment's.
    PodSecurity,
}

impl ExceptionKey {
    /// The key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::WritableRoot => "writable-root",
            Self::Capabilities => "capabilities",
            Self::Privileged => "privileged",
            Self::HostNetwork => "host-network",
            Self::HostPid => "host-pid",
            Self::HostPaths => "host-paths",
            Self::Token => "token",
            Self::PodSecurity => "pod-security",
        }
    }
}
