//! What an operator makes of a service, where no plain workload runs it.

use super::{Pods, SecretReference};
use crate::value::{Host, LabelKey, Name, PortName, SecretKey};
use serde_json::Value;
use std::collections::BTreeMap;

/// What an operator is told of a service, and what is known of the pods that it makes.
#[derive(Debug, Clone)]
pub struct Provided {
    /// The provider.
    pub provider: Name,
    /// The definitions of custom resources that the cluster must have.
    pub needs: Vec<Host>,
    /// The objects that are written, in apply order.
    pub objects: Vec<ProvidedObject>,
    /// The Secrets that the operator reads, in order of name.
    pub secrets: Vec<OperatorSecret>,
    /// The Services that the operator makes besides the service's own, with references.
    pub services: Vec<String>,
    /// The labels that the pods have, with references.
    pub labels: BTreeMap<LabelKey, String>,
    /// The ports at which the pods reach each other, besides those that are internal.
    pub peers: Vec<PortName>,
    /// Whether the pods ask the cluster's API.
    pub asks_api: bool,
    /// The operator's own pods, and the ports that they call.
    pub operator: Option<(Pods, Vec<PortName>)>,
}

/// An object for an operator.
#[derive(Debug, Clone)]
pub struct ProvidedObject {
    /// The object, with references; its metadata is completed where it is written.
    pub value: Value,
    /// JSON pointers of parts, and the keys of the service that cause them.
    pub origins: Vec<(String, Vec<String>)>,
}

/// A Secret in the form that an operator wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorSecret {
    /// Its name, with references.
    pub name: String,
    /// What it holds, by key.
    pub keys: BTreeMap<SecretKey, OperatorSecretValue>,
}

/// What a key of an operator's Secret holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperatorSecretValue {
    /// A text that is no secret, such as the name of a user.
    Text(String),
    /// What lies in the store.
    Reference(SecretReference),
}
