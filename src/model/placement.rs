//! On which nodes pods run, and what others read on the objects of a service.

use crate::layer::{SpreadRule, TaintEffect};
use crate::value::{Duration, Host, LabelKey, LabelValue};
use std::collections::BTreeMap;

/// On which nodes the pods of a service run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Labels that a node must have.
    pub nodes: BTreeMap<LabelKey, LabelValue>,
    /// Taints that do not keep it away, in order of key.
    pub tolerate: Vec<Toleration>,
    /// How strictly pods are spread over zones.
    pub zones: SpreadRule,
    /// How strictly pods are spread over hosts.
    pub hosts: SpreadRule,
    /// The cluster's priority class; none is the cluster's default.
    pub priority: Option<Host>,
}

/// A taint that does not keep a service away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toleration {
    /// Its key.
    pub key: LabelKey,
    /// Its value; none is any.
    pub value: Option<LabelValue>,
    /// What it does; none is anything.
    pub effect: Option<TaintEffect>,
    /// How long a pod stays on a node that gets it; none is for ever.
    pub stays: Option<Duration>,
}

/// Labels, or annotations, of a service's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// Of its pods; those that the environment wants included.
    pub pod: BTreeMap<String, String>,
    /// Of its Service.
    pub service: BTreeMap<String, String>,
    /// Of its account.
    pub account: BTreeMap<String, String>,
    /// Of its workload.
    pub workload: BTreeMap<String, String>,
    /// Of its routes.
    pub route: BTreeMap<String, String>,
}
