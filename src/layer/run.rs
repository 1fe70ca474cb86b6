//! How a service runs, and the job that it runs before a release.

use super::data::{ConfigValue, Secret, SecretOverride};
use super::form::{Short, TextItem};
use super::network::{Use, UseOverride};
use super::workload::Resources;
use crate::value::{Duration, EnvName, Name, SecretKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Run {
    /// It is called by others.
    Service,
    /// Nobody calls it: it has no Service; its ports are for probes and metrics.
    Worker,
    /// It runs once and ends; `when` says when.
    Job,
    /// It runs by a `schedule`, and ends.
    Cron,
    /// One runs on each node.
    Node,
}

/// When a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// In a release that changes it, before what comes `after` it.
    BeforeRelease,
    /// In a release that changes it, when everything else is there.
    AfterRelease,
    /// Whenever somebody starts it.
    ByHand,
}

/// What happens if a run is due while another goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overlap {
    /// It is left out.
    Forbid,
    /// Both run.
    Allow,
    /// It takes the other's place, which is stopped.
    Replace,
}

/// A job of the service before each release, such as a migration of its database. It has
/// everything of the service but ports, health and replicas; what is said here is different.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ command: [/usr/local/bin/app, migrate] }`")]
pub struct Migrate {
    /// Replaces the image's entrypoint.
    ///
    /// Example: `command: [/usr/local/bin/app, migrate]`
    pub command: Option<Vec<TextItem>>,
    /// Arguments of the entrypoint.
    ///
    /// Example: `args: [migrate]`
    pub args: Option<Vec<TextItem>>,
    /// Environment variables beside those of the service.
    ///
    /// Example: `config: { LOG_LEVEL: debug }`
    pub config: Option<BTreeMap<EnvName, ConfigValue>>,
    /// References to secrets beside those of the service.
    ///
    /// Example: `secrets: { OWNER_PASSWORD: shop/owner#password }`
    pub secrets: Option<BTreeMap<SecretKey, Short<Secret>>>,
    /// Flows that differ from the service's own; `null` removes one.
    ///
    /// Example: `uses: { postgresql: { as: database, pick: { user: owner } } }`
    pub uses: Option<BTreeMap<String, Use>>,
    /// Services whose `migrate`, or jobs that, must have ended before.
    ///
    /// Example: `after: [accounts]`
    pub after: Option<Vec<Name>>,
    /// What the container requests; its memory is also its limit.
    ///
    /// Example: `resources: { memory: 1Gi }`
    pub resources: Option<Resources>,
    /// Limits that differ from what is requested.
    ///
    /// Example: `limits: { memory: 2Gi }`
    pub limits: Option<Resources>,
    /// How often it is tried again after it failed; 6 unless said.
    ///
    /// Example: `retries: 3`
    pub retries: Option<u32>,
    /// How long it may take, all tries together; 1h unless said.
    ///
    /// Example: `deadline: 15m`
    pub deadline: Option<Duration>,
}

/// What an environment may say of a service's job before a release.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ deadline: 2h }`")]
pub struct MigrateOverride {
    /// Environment variables.
    ///
    /// Example: `config: { LOG_LEVEL: debug }`
    pub config: Option<BTreeMap<EnvName, ConfigValue>>,
    /// Where secrets lie here.
    ///
    /// Example: `secrets: { OWNER_PASSWORD: shop/owner-test#password }`
    pub secrets: Option<BTreeMap<SecretKey, Short<SecretOverride>>>,
    /// Optional flows that are left out here.
    ///
    /// Example: `uses: { otel-collector: { enabled: false } }`
    pub uses: Option<BTreeMap<String, UseOverride>>,
    /// What the container requests; its memory is also its limit.
    ///
    /// Example: `resources: { memory: 1Gi }`
    pub resources: Option<Resources>,
    /// Limits that differ from what is requested.
    ///
    /// Example: `limits: { memory: 2Gi }`
    pub limits: Option<Resources>,
    /// How often it is tried again after it failed.
    ///
    /// Example: `retries: 3`
    pub retries: Option<u32>,
    /// How long it may take, all tries together.
    ///
    /// Example: `deadline: 2h`
    pub deadline: Option<Duration>,
}
