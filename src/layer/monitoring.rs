//! What a kind says of its own metrics: alerts, and panels of its dashboard.

use super::OneOrMany;
use crate::value::Duration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the dashboard of a system's own services is called; no kind can be, since each has one by its
/// name.
pub const OWN_SERVICES: &str = "services";

/// An alert over the metrics that a kind exports. In its texts `service` is the service's name, which
/// is a label of all its metrics.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ expr: …, for: 5m, summary: … }`")]
pub struct Alert {
    /// An expression of `PromQL`; it fires for each series that it returns.
    ///
    /// Example: `expr: 'own_queue_length{service="{{ service }}"} > 100'`
    pub expr: Option<String>,
    /// How long that must hold; `5m` unless said.
    ///
    /// Example: `for: 15m`
    #[serde(rename = "for")]
    pub holds_for: Option<Duration>,
    /// Who has to act: `warning` within a day, `critical` at once; `warning` unless said.
    ///
    /// Example: `severity: critical`
    pub severity: Option<AlertSeverity>,
    /// What is wrong, in a line.
    ///
    /// Example: `summary: "{{ service }} does not keep up"`
    pub summary: Option<String>,
    /// What it means, and what to do.
    ///
    /// Example: `description: Its workers take in less than arrives. Add replicas.`
    pub description: Option<String>,
}

/// How soon somebody has to act on an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertSeverity {
    /// At once.
    Critical,
    /// Within a day.
    Warning,
}

/// A panel of a kind's dashboard: one line for each series.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ title: …, expr: … }`")]
pub struct Panel {
    /// What it shows.
    ///
    /// Example: `title: Requests a second`
    pub title: Option<String>,
    /// An expression of `PromQL`. `service` is a pattern of the names that the reader chose.
    ///
    /// Example: `expr: 'rate(own_requests_total{service=~"{{ service }}"}[$__rate_interval])'`
    pub expr: Option<String>,
    /// Labels that tell the lines apart; `instance` unless said.
    ///
    /// Example: `by: code`
    pub by: Option<OneOrMany<String>>,
    /// The unit of its values, as Grafana names it.
    ///
    /// Example: `unit: bytes`
    pub unit: Option<String>,
}
