//! Providers: other ways to run a kind, by an operator that makes the pods.

use super::catalogue::{Bind, KindVersion};
use super::monitoring::{Alert, Panel};
use super::network::Port;
use super::route::GatewayPods;
use super::{OneOrMany, Short};
use crate::value::{Host, LabelKey, Name, PortName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A provider, another way to run a kind: `environments/catalogue/<provider>.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a provider: a map of keys such as `provides`, `needs` and `objects`")]
pub struct Provider {
    /// What it is, in a line.
    ///
    /// Example: `about: PostgreSQL by CloudNativePG, which replicates it`
    pub about: Option<String>,
    /// The kind that it runs.
    ///
    /// Example: `provides: postgres`
    pub provides: Option<Name>,
    /// The definitions of custom resources that the cluster must have.
    ///
    /// Example: `needs: clusters.postgresql.cnpg.io`
    pub needs: Option<OneOrMany<Host>>,
    /// The versions of the kind that it runs, with its own images.
    ///
    /// Example: `versions: { "18": { image: ghcr.io/cloudnative-pg/postgresql } }`
    pub versions: Option<BTreeMap<String, KindVersion>>,
    /// Several replicas share their data among themselves.
    ///
    /// Example: `replicates: true`
    pub replicates: Option<bool>,
    /// The pods that its operator makes.
    ///
    /// Example: `pods: { labels: { cnpg.io/cluster: "{{ self.host }}" } }`
    pub pods: Option<ProviderPods>,
    /// The Services that its operator makes by itself, besides one of the service's own name; texts.
    ///
    /// Example: `services: ["{{ self.host }}-rw", "{{ self.host }}-ro"]`
    pub services: Option<OneOrMany<String>>,
    /// Facts that its texts use besides those of the kind, in their order of name.
    ///
    /// Example: `facts: { database: "{{ options.databases | first }}" }`
    pub facts: Option<BTreeMap<String, String>>,
    /// Secrets that its operator reads; their keys are texts, or secrets of the kind.
    ///
    /// Example: `secrets: [{ name: db-shop, keys: { password: { secret: "shop#password" } } }]`
    pub secrets: Option<Vec<serde_json::Value>>,
    /// The objects that are written instead of a workload, in apply order; their strings are texts.
    ///
    /// Example: `objects: [{ apiVersion: postgresql.cnpg.io/v1, kind: Cluster, spec: { instances: "{{ replicas.min }}" } }]`
    pub objects: Option<Vec<serde_json::Value>>,
    /// What a client is told otherwise than the kind says.
    ///
    /// Example: `binds: { host: "{{ host }}-rw" }`
    pub binds: Option<BTreeMap<String, Short<Bind>>>,
    /// Alerts over what its pods export, instead of the kind's.
    ///
    /// Example: `alerts: { ShopLags: { expr: 'shop_lag{service="{{ service }}"} > 30' } }`
    pub alerts: Option<BTreeMap<String, Alert>>,
    /// Panels over what its pods export, instead of the kind's.
    ///
    /// Example: `panels: [{ title: Lag, expr: 'shop_lag{service=~"{{ service }}"}', unit: s }]`
    pub panels: Option<Vec<Panel>>,
}

/// The pods that an operator makes, as network policies need to know them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ labels: { cnpg.io/cluster: … } }`")]
pub struct ProviderPods {
    /// The labels that the operator gives them, and no others; texts.
    ///
    /// Example: `labels: { cnpg.io/cluster: "{{ self.host }}" }`
    pub labels: Option<BTreeMap<LabelKey, String>>,
    /// Ports that they have besides those of the kind.
    ///
    /// Example: `ports: { status: { port: 8000, internal: true } }`
    pub ports: Option<BTreeMap<PortName, Short<Port>>>,
    /// Ports at which they reach each other, besides those that are `internal`.
    ///
    /// Example: `peers: postgres`
    pub peers: Option<OneOrMany<PortName>>,
    /// They ask the cluster's API.
    ///
    /// Example: `api: true`
    pub api: Option<bool>,
    /// The operator itself, which calls them.
    ///
    /// Example: `operator: { pods: { namespace: cnpg-system }, ports: [status] }`
    pub operator: Option<ProviderOperator>,
}

/// An operator that calls the pods that it makes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ pods: { namespace: cnpg-system }, ports: [status] }`")]
pub struct ProviderOperator {
    /// Where its own pods are.
    ///
    /// Example: `pods: { namespace: cnpg-system, labels: { app.kubernetes.io/name: cloudnative-pg } }`
    pub pods: Option<GatewayPods>,
    /// The ports that it calls, by name.
    ///
    /// Example: `ports: [postgres, status]`
    pub ports: Option<OneOrMany<PortName>>,
}
