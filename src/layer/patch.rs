//! Patches: what a service changes of its generated objects, where no key of the language says it.

use crate::value::{KindName, Pointer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Changes of generated objects, and why.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map `{ why: …, kubernetes: { Deployment/web: { … } } }`")]
pub struct Patches {
    /// Why they are needed; it is written above each object that is changed.
    ///
    /// Example: `why: the agent finds its host by this alias`
    pub why: Option<String>,
    /// Fields of Kubernetes objects, by kind and name. Lists are merged as Kubernetes merges them:
    /// items of containers, ports, variables, volumes and others by the field that names them.
    ///
    /// Example: `kubernetes: { Deployment/web: { spec: { paused: true } } }`
    pub kubernetes: Option<BTreeMap<KindName, ObjectPatch>>,
    /// Fields of its service in a Compose file, merged as Compose merges two files: what a container
    /// mounts by where it is mounted, commands as a whole, other lists at their end.
    ///
    /// Example: `compose: { extra_hosts: ["lab:192.0.2.7"] }`
    pub compose: Option<ObjectPatch>,
}

/// What is changed of one object: any of its fields, and what is removed before they are merged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", expecting = "a map of the object's fields")]
pub struct ObjectPatch {
    /// Parts that are removed, as JSON pointers into the object. An item of a list is named by its
    /// number or by what names it.
    ///
    /// Example: `remove: [/spec/template/spec/containers/web/livenessProbe]`
    pub remove: Option<Vec<Pointer>>,
    /// The fields.
    #[serde(flatten)]
    pub fields: BTreeMap<String, serde_json::Value>,
}
