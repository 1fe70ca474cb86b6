//! What an environment asks of all its systems: marks of pods, refused exceptions.

use super::exception::ExceptionKey;
use crate::value::{LabelKey, LabelValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an environment wants on every pod.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ labels: { cost-centre: iot } }`")]
pub struct Pods {
    /// Labels; they select nothing.
    ///
    /// Example: `labels: { cost-centre: iot }`
    pub labels: Option<BTreeMap<LabelKey, LabelValue>>,
    /// Annotations.
    ///
    /// Example: `annotations: { example.com/data-class: internal }`
    pub annotations: Option<BTreeMap<LabelKey, String>>,
}

/// What an environment does not allow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ refuse: [privileged] }`")]
pub struct Guard {
    /// Exceptions that no service may make here.
    ///
    /// Example: `refuse: [host-paths, privileged]`
    pub refuse: Option<Vec<ExceptionKey>>,
    /// Those who may all the same, as `system/service` (or `system` for what it says as a whole),
    /// and why.
    ///
    /// Example: `except: { iot-verification/fluent-bit: reads the nodes' logs }`
    pub except: Option<BTreeMap<String, String>>,
}
