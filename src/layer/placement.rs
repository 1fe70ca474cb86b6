//! On which nodes pods run, and what is written on the objects of a service for others to read.

use super::Short;
use super::form::ShortForm;
use crate::value::{Duration, Host, LabelKey, LabelValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// On which nodes pods run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ nodes: { disk: ssd } }`")]
pub struct Placement {
    /// Labels that a node must have.
    ///
    /// Example: `nodes: { kubernetes.io/arch: arm64 }`
    pub nodes: Option<BTreeMap<LabelKey, LabelValue>>,
    /// Taints of nodes that do not keep it away, by key.
    ///
    /// Example: `tolerate: { dedicated: databases }`
    pub tolerate: Option<BTreeMap<LabelKey, Short<Toleration>>>,
    /// How its pods are spread; one word for zones and hosts, or a map.
    ///
    /// Example: `spread: { zones: require }`
    pub spread: Option<Short<Spread>>,
    /// The cluster's priority class.
    ///
    /// Example: `priority: business-critical`
    pub priority: Option<Host>,
}

/// A taint that does not keep a service away; every one of its key unless more is said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "the taint's value, or a map such as `{ effect: no-schedule }`")]
pub struct Toleration {
    /// The taint's value; any unless said.
    ///
    /// Example: `value: databases`
    pub value: Option<LabelValue>,
    /// What the taint does; anything unless said.
    ///
    /// Example: `effect: no-execute`
    pub effect: Option<TaintEffect>,
    /// How long it stays on a node that gets the taint (`no-execute` only); for ever unless said.
    ///
    /// Example: `stays: 30s`
    pub stays: Option<Duration>,
}

impl ShortForm for Toleration {
    type Short = LabelValue;
    const EXPECTED: &'static str = "the taint's value, or a map such as `{ effect: no-schedule }`";

    fn expand(short: LabelValue) -> Self {
        Self { value: Some(short), ..Self::default() }
    }
}

/// What a taint does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaintEffect {
    /// No new pod is put on the node.
    NoSchedule,
    /// New pods are put on other nodes if possible.
    PreferNoSchedule,
    /// Pods on the node have to leave.
    NoExecute,
}

/// How the pods of a service are spread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "`require`, `prefer` or `none`, or a map `{ zones, hosts }`")]
pub struct Spread {
    /// Over zones; `prefer` unless said.
    ///
    /// Example: `zones: require`
    pub zones: Option<SpreadRule>,
    /// Over hosts; `require` unless said.
    ///
    /// Example: `hosts: prefer`
    pub hosts: Option<SpreadRule>,
}

impl ShortForm for Spread {
    type Short = SpreadRule;
    const EXPECTED: &'static str = "`require`, `prefer` or `none`, or a map `{ zones, hosts }`";

    fn expand(short: SpreadRule) -> Self {
        Self { zones: Some(short), hosts: Some(short) }
    }
}

/// How strictly pods are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SpreadRule {
    /// A pod that would stand beside another waits.
    Require,
    /// As evenly as possible.
    Prefer,
    /// Anywhere.
    None,
}

/// Annotations of a service's objects, by what they stand on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ pod: { example.com/team: iot } }`")]
pub struct Annotations {
    /// Of the pods.
    ///
    /// Example: `pod: { cluster-autoscaler.kubernetes.io/safe-to-evict: "false" }`
    pub pod: Option<BTreeMap<LabelKey, String>>,
    /// Of the Service.
    ///
    /// Example: `service: { external-dns.alpha.kubernetes.io/hostname: iot.example.com }`
    pub service: Option<BTreeMap<LabelKey, String>>,
    /// Of the account.
    ///
    /// Example: `account: { eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/iot" }`
    pub account: Option<BTreeMap<LabelKey, String>>,
    /// Of the Deployment, or what else makes the pods.
    ///
    /// Example: `workload: { example.com/runbook: "https://wiki.example.com/iot" }`
    pub workload: Option<BTreeMap<LabelKey, String>>,
    /// Of what leads from a gateway to it: its `HTTPRoute`, `GRPCRoute` or Ingress.
    ///
    /// Example: `route: { external-dns.alpha.kubernetes.io/ttl: "60" }`
    pub route: Option<BTreeMap<LabelKey, String>>,
}

/// Labels of a service's objects, by what they stand on. They select nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ pod: { team: iot } }`")]
pub struct Labels {
    /// Of the pods.
    ///
    /// Example: `pod: { azure.workload.identity/use: "true" }`
    pub pod: Option<BTreeMap<LabelKey, LabelValue>>,
    /// Of the Service.
    ///
    /// Example: `service: { team: iot }`
    pub service: Option<BTreeMap<LabelKey, LabelValue>>,
    /// Of the account.
    ///
    /// Example: `account: { team: iot }`
    pub account: Option<BTreeMap<LabelKey, LabelValue>>,
    /// Of the Deployment, or what else makes the pods.
    ///
    /// Example: `workload: { team: iot }`
    pub workload: Option<BTreeMap<LabelKey, LabelValue>>,
    /// Of what leads from a gateway to it: its `HTTPRoute`, `GRPCRoute` or Ingress.
    ///
    /// Example: `route: { team: iot }`
    pub route: Option<BTreeMap<LabelKey, LabelValue>>,
}
