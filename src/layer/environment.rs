//! An environment: where systems run.

use super::Short;
use super::backend::SecretBackend;
use super::form::ShortForm;
use super::policy::{Guard, Pods};
use super::route::Gateway;
use super::service::Override;
use super::workload::Resources;
use crate::value::{self, Cidr, Host, KubernetesVersion, Name, Namespace};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An environment: `environments/<name>.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "an environment: a map of keys such as `about`, `targets` and `domain`")]
pub struct Environment {
    /// What the environment is for, in a line.
    ///
    /// Example: `about: Production, three zones, changes by approval`
    pub about: Option<String>,
    /// The environment that a change runs in before this one.
    ///
    /// Example: `after: staging`
    pub after: Option<Name>,
    /// Another environment, from which everything is taken that this one does not say.
    ///
    /// Example: `like: prod`
    pub like: Option<Name>,
    /// The environment exists only to be liked; nothing is written for it.
    ///
    /// Example: `base: true`
    pub base: Option<bool>,
    /// What is written for it.
    ///
    /// Example: `targets: [compose, kubernetes]`
    pub targets: Option<Vec<TargetName>>,
    /// The domain below which its public hosts are.
    ///
    /// Example: `domain: iot.example.com`
    pub domain: Option<Host>,
    /// Where its images come from.
    ///
    /// Example: `registry: { host: ghcr.io/example }`
    pub registry: Option<Registry>,
    /// The name of an own image; a text.
    ///
    /// Example: `images: "{{ registry.host }}/{{ system }}/{{ service }}"`
    pub images: Option<String>,
    /// How Compose runs it.
    ///
    /// Example: `compose: { watch: true }`
    pub compose: Option<Compose>,
    /// Its Kubernetes cluster; required with that target.
    ///
    /// Example: `kubernetes: { version: "1.36" }`
    pub kubernetes: Option<Kubernetes>,
    /// What each storage tier is here.
    ///
    /// Example: `storage: { general: { class: longhorn } }`
    pub storage: Option<BTreeMap<Name, Storage>>,
    /// What is wanted on every pod here.
    ///
    /// Example: `pods: { labels: { cost-centre: iot } }`
    pub pods: Option<Pods>,
    /// What leads from outside to its services.
    ///
    /// Example: `gateways: { public: { class: istio, parent: gateway-system/public, issuer: letsencrypt } }`
    pub gateways: Option<BTreeMap<Name, Gateway>>,
    /// Who makes the Secrets that services refer to: `external-secrets`, or people (`manual`, unless
    /// said).
    ///
    /// Example: `secrets: { external-secrets: { store: vault-prod, prefix: kv/prod } }`
    pub secrets: Option<SecretBackend>,
    /// Whether only those who say so in `uses` may call each other: `enforced` (unless said) or
    /// `none`.
    ///
    /// Example: `network-policies: none`
    pub network_policies: Option<NetworkPolicies>,
    /// A Prometheus that scrapes systems which have none of their own.
    ///
    /// Example: `monitoring: { namespace: monitoring }`
    pub monitoring: Option<Monitoring>,
    /// How kinds are run here, where not by plain workloads: the provider of each.
    ///
    /// Example: `providers: { postgres: cloudnative-pg }`
    pub providers: Option<BTreeMap<Name, Name>>,
    /// What own code has here unless its system says otherwise.
    ///
    /// Example: `defaults: { replicas: { min: 2 } }`
    pub defaults: Option<Override>,
    /// What is not allowed here.
    ///
    /// Example: `guard: { refuse: [host-paths, privileged] }`
    pub guard: Option<Guard>,
}

/// What can be written for an environment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum TargetName {
    /// A Compose file with what it mounts, for one machine.
    Compose,
    /// Kubernetes objects.
    Kubernetes,
}

/// How Compose runs an environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ watch: true }`")]
pub struct Compose {
    /// Whether `docker compose watch` builds own code anew when it changes.
    ///
    /// Example: `watch: true`
    pub watch: Option<bool>,
}

/// Where images come from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ host: ghcr.io/example }`")]
pub struct Registry {
    /// The registry's host, and the path below which the images are.
    ///
    /// Example: `host: ghcr.io/example`
    pub host: Option<value::Registry>,
    /// The Secret with which a cluster logs in there; the namespaces of systems must hold it.
    ///
    /// Example: `pull-secret: registry`
    pub pull_secret: Option<Host>,
}

/// A Kubernetes cluster.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ version: \"1.36\" }`")]
pub struct Kubernetes {
    /// Its version.
    ///
    /// Example: `version: "1.36"`
    pub version: Option<KubernetesVersion>,
    /// The name of its context; operations refuse any other cluster.
    ///
    /// Example: `context: prod-eu-1`
    pub context: Option<String>,
    /// The addresses of its API, which those reach who have a `token`; any address unless said.
    ///
    /// Example: `api: [192.0.2.16/28]`
    pub api: Option<Vec<Cidr>>,
    /// The addresses of its nodes, which pods with `host-network` have.
    ///
    /// Example: `nodes: [10.0.0.0/16]`
    pub nodes: Option<Vec<Cidr>>,
    /// The namespace of a system; a text, `{{ system }}` unless said.
    ///
    /// Example: `namespace: "{{ environment }}-{{ system }}"`
    pub namespace: Option<String>,
    /// The Pod Security level of the namespaces; `restricted` unless said.
    ///
    /// Example: `pod-security: { level: restricted, mode: warn }`
    pub pod_security: Option<Short<PodSecurity>>,
    /// What the pods of a namespace may request together.
    ///
    /// Example: `quota: { cpu: "64", memory: 256Gi }`
    pub quota: Option<Resources>,
    /// What a container gets that says nothing.
    ///
    /// Example: `limit-range: { memory: 512Mi }`
    pub limit_range: Option<Resources>,
}

/// A Pod Security level.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a level such as `restricted`, or a map `{ level, mode }`")]
pub struct PodSecurity {
    /// The level.
    ///
    /// Example: `level: restricted`
    pub level: Option<PodSecurityLevel>,
    /// `enforce` (unless said) refuses pods, `warn` lets them in with a warning.
    ///
    /// Example: `mode: warn`
    pub mode: Option<PodSecurityMode>,
}

impl ShortForm for PodSecurity {
    type Short = PodSecurityLevel;
    const EXPECTED: &'static str = "a level such as `restricted`, or a map `{ level, mode }`";

    fn expand(short: PodSecurityLevel) -> Self {
        Self { level: Some(short), mode: None }
    }
}

/// The levels of the Pod Security Standards, the strictest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum PodSecurityLevel {
    /// Hardened pods only.
    Restricted,
    /// Known privilege escalations are refused.
    Baseline,
    /// Anything.
    Privileged,
}

impl PodSecurityLevel {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }
}

/// What happens to a pod that does not meet the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PodSecurityMode {
    /// It is refused.
    Enforce,
    /// It is let in with a warning.
    Warn,
}

/// Whether network policies are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkPolicies {
    /// What is not described cannot happen.
    Enforced,
    /// Everybody may call everybody.
    None,
}

/// A Prometheus that systems share.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ namespace: monitoring }`")]
pub struct Monitoring {
    /// The namespace in which it runs.
    ///
    /// Example: `namespace: monitoring`
    pub namespace: Option<Namespace>,
}

/// What a storage tier is in an environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ class: longhorn }`")]
pub struct Storage {
    /// The storage class; the cluster's default unless said.
    ///
    /// Example: `class: longhorn`
    pub class: Option<Host>,
    /// Several pods may write to one claim.
    ///
    /// Example: `shared: true`
    pub shared: Option<bool>,
    /// What becomes of the claims of a service's replicas when the service is removed: `retain`
    /// (unless said) or `delete`.
    ///
    /// Example: `reclaim: delete`
    pub reclaim: Option<Reclaim>,
}

/// What becomes of a claim that nobody uses any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reclaim {
    /// It stays, with its data.
    Retain,
    /// It is deleted, with its data.
    Delete,
}
