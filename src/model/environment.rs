//! Where systems run.

use super::{Gateway, Resources, SecretBackend};
use crate::layer::{ExceptionKey, PodSecurityLevel, PodSecurityMode, Reclaim, TargetName};
use crate::value::{Cidr, Host, KubernetesVersion, Name, Namespace};
use std::collections::{BTreeMap, BTreeSet};

/// An environment.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub about: String,
    /// The environment that a change runs in before this one; a first one has none.
    pub after: Option<Name>,
    /// What is written for it.
    pub targets: Vec<TargetName>,
    /// The domain below which its public hosts are.
    pub domain: Host,
    /// Where images come from, if they come from one place.
    pub registry: Option<String>,
    /// The Secret with which its cluster logs in there, if it needs one.
    pub pull_secret: Option<Host>,
    /// The name of an own image; a text.
    pub images: Option<String>,
    /// The version of its Kubernetes, if it has one.
    pub kubernetes: Option<KubernetesVersion>,
    /// Whether own code is built anew when it changes, where Compose runs it.
    pub watch: bool,
    /// The context of its cluster, if operations are to know it.
    pub context: Option<String>,
    /// The addresses of its API, if somebody said them.
    pub api: Option<Vec<Cidr>>,
    /// The addresses of its nodes, if somebody said them.
    pub nodes: Option<Vec<Cidr>>,
    /// The namespace of a system; a text.
    pub namespace: String,
    /// The Pod Security level of its namespaces.
    pub pod_security: PodSecurityLevel,
    /// What happens to a pod that does not meet it.
    pub pod_security_mode: PodSecurityMode,
    /// What the pods of a namespace may request together.
    pub quota: Resources,
    /// What a container gets that says nothing.
    pub limit_range: Resources,
    /// Labels of every pod.
    pub pod_labels: BTreeMap<String, String>,
    /// Annotations of every pod.
    pub pod_annotations: BTreeMap<String, String>,
    /// What it does not allow.
    pub guard: Guard,
    /// The storage class of each tier; a tier without one has the cluster's default.
    pub storage: BTreeMap<Name, Tier>,
    /// What leads from outside to its services.
    pub gateways: BTreeMap<Name, Gateway>,
    /// Who makes the Secrets that services refer to.
    pub secrets: SecretBackend,
    /// Whether only those may call each other who say so.
    pub network_policies: bool,
    /// The namespace of a Prometheus that systems share, if one does.
    pub monitoring: Option<Namespace>,
    /// How kinds are run, where not by plain workloads: the provider of each.
    pub providers: BTreeMap<Name, Name>,
    /// The file that describes it.
    pub file: String,
}

/// A storage tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The storage class; none is the cluster's default.
    pub class: Option<Host>,
    /// Whether several pods may write to one claim.
    pub shared: bool,
    /// What becomes of claims when their service is removed.
    pub reclaim: Reclaim,
}

/// What an environment does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Exceptions that no service may make.
    pub refuse: BTreeSet<ExceptionKey>,
    /// Those who may all the same, as `system/service` or `system`, and why.
    pub except: BTreeMap<String, String>,
}
