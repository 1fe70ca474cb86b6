//! Routes: where the public reaches a service, and what leads there.

use crate::value::UrlPath;
use crate::value::{Duration, Host, LabelKey, LabelValue, Name, Namespace, ObjectName, PortName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the public reaches a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ host: api }`")]
pub struct Expose {
    /// A host name below the environment's domain; `"@"` is the domain itself.
    ///
    /// Example: `host: api`
    pub host: Option<String>,
    /// Full host names, instead of `host`.
    ///
    /// Example: `hosts: [api.example.com]`
    pub hosts: Option<Vec<Host>>,
    /// The path below which the service answers; `/` unless said.
    ///
    /// Example: `path: /api`
    pub path: Option<UrlPath>,
    /// The port that is reached, by name; `http` or the only one unless said.
    ///
    /// Example: `port: http`
    pub port: Option<PortName>,
    /// Whether it is reached by https; `true` unless said, and `false` by a load balancer or a node
    /// port, where only the service itself could answer so.
    ///
    /// Example: `tls: false`
    pub tls: Option<bool>,
    /// The environment's gateway that leads to it; `public` or the only one unless said.
    ///
    /// Example: `via: internal`
    pub via: Option<Name>,
    /// What leads to it: the `gateway` (unless said), a `load-balancer` of its own, or a port of
    /// every node (`node-port`), which the cluster picks.
    ///
    /// Example: `by: load-balancer`
    pub by: Option<By>,
    /// How long an answer may take before the gateway gives up.
    ///
    /// Example: `timeout: 30s`
    pub timeout: Option<Duration>,
    /// `false`: not reachable from outside here.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// What an environment may say of an exposed service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ host: api }`")]
pub struct ExposeOverride {
    /// A host name below the environment's domain; `"@"` is the domain itself.
    ///
    /// Example: `host: api`
    pub host: Option<String>,
    /// Full host names, instead of `host`.
    ///
    /// Example: `hosts: [api.example.com]`
    pub hosts: Option<Vec<Host>>,
    /// Whether it is reached by https.
    ///
    /// Example: `tls: false`
    pub tls: Option<bool>,
    /// The environment's gateway that leads to it.
    ///
    /// Example: `via: internal`
    pub via: Option<Name>,
    /// Confirms that full host names are the same as in the environment that this one is `like`.
    ///
    /// Example: `same: true`
    pub same: Option<bool>,
    /// `false`: not reachable from outside here.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// What leads from outside to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A route of the environment's gateway.
    Gateway,
    /// A Service with a load balancer of its own.
    LoadBalancer,
    /// A Service at a port of every node.
    NodePort,
}

/// A gateway of an environment: it is there already, and routes are attached to it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ class: istio, parent: gateway-system/public }`")]
pub struct Gateway {
    /// The program behind the Gateway. Of `istio` and `envoy-gateway` it is known where their pods
    /// are; of others `pods` says it.
    ///
    /// Example: `class: istio`
    pub class: Option<Name>,
    /// The Gateway that routes are attached to: its namespace and its name.
    ///
    /// Example: `parent: gateway-system/public`
    pub parent: Option<ObjectName>,
    /// The names of the Gateway's listeners.
    ///
    /// Example: `listeners: { http: web, https: websecure }`
    pub listeners: Option<Listeners>,
    /// The class of an Ingress controller, for clusters without the Gateway API.
    ///
    /// Example: `ingress-class: traefik`
    pub ingress_class: Option<Host>,
    /// The `ClusterIssuer` of cert-manager that certifies the hosts. Without it the gateway holds
    /// their certificates itself.
    ///
    /// Example: `issuer: letsencrypt`
    pub issuer: Option<Host>,
    /// Where its pods are, which may call what is exposed.
    ///
    /// Example: `pods: { namespace: traefik, labels: { app.kubernetes.io/name: traefik } }`
    pub pods: Option<GatewayPods>,
}

/// The listeners of a Gateway.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ http: web, https: websecure }`")]
pub struct Listeners {
    /// The one on port 80; `http` unless said.
    ///
    /// Example: `http: web`
    pub http: Option<Host>,
    /// The one on port 443; `https` unless said. With `issuer` it is not used: each host has a
    /// listener of its own.
    ///
    /// Example: `https: websecure`
    pub https: Option<Host>,
}

/// Where a gateway's pods are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map `{ namespace, labels }`")]
pub struct GatewayPods {
    /// Their namespace.
    ///
    /// Example: `namespace: traefik`
    pub namespace: Option<Namespace>,
    /// Labels that they have; all pods of the namespace unless said.
    ///
    /// Example: `labels: { app.kubernetes.io/name: traefik }`
    pub labels: Option<BTreeMap<LabelKey, LabelValue>>,
}
