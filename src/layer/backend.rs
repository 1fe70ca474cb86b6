//! Who makes the Secrets of an environment.

use super::form::ShortForm;
use super::{Empty, Reclaim, Short};
use crate::value::{Duration, Host, StorePath};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who makes the Secrets that services refer to; people, unless said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ external-secrets: { store: vault-prod } }`")]
pub struct SecretBackend {
    /// The External Secrets operator, from a store outside the cluster.
    ///
    /// Example: `external-secrets: { store: vault-prod, prefix: kv/prod }`
    pub external_secrets: Option<ExternalSecrets>,
    /// Files of SOPS in `environments/<system>/secrets/<environment>/`: Secrets whose values alone
    /// are encrypted.
    ///
    /// Example: `sops: {}`
    pub sops: Option<Empty>,
    /// People, or something that `iac` does not know: they must be there before services start.
    ///
    /// Example: `manual: {}`
    pub manual: Option<Empty>,
}

/// Secrets that the External Secrets operator fetches.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ store: vault-prod, prefix: kv/prod }`")]
pub struct ExternalSecrets {
    /// The store: the name of a `ClusterSecretStore`, or `{ name, namespaced: true }` of a
    /// `SecretStore` in each namespace.
    ///
    /// Example: `store: vault-prod`
    pub store: Option<Short<SecretStore>>,
    /// The path in the store below which all references lie.
    ///
    /// Example: `prefix: kv/prod`
    pub prefix: Option<StorePath>,
    /// How often the store is asked again; `1h` unless said, and `0s` for once only.
    ///
    /// Example: `refresh: 15m`
    pub refresh: Option<Duration>,
    /// What becomes of a Secret when its `ExternalSecret` is removed: `delete` (unless said) or
    /// `retain`.
    ///
    /// Example: `reclaim: retain`
    pub reclaim: Option<Reclaim>,
    /// Confirms that store and prefix are the same as in the environment that this one is `like`.
    ///
    /// Example: `same: true`
    pub same: Option<bool>,
}

/// A store of secrets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a name such as `vault-prod`, or a map `{ name, namespaced }`")]
pub struct SecretStore {
    /// Its name.
    ///
    /// Example: `name: vault`
    pub name: Option<Host>,
    /// It is a `SecretStore`, which each namespace has for itself.
    ///
    /// Example: `namespaced: true`
    pub namespaced: Option<bool>,
}

impl ShortForm for SecretStore {
    type Short = Host;
    const EXPECTED: &'static str = "a name such as `vault-prod`, or a map `{ name, namespaced }`";

    fn expand(short: Host) -> Self {
        Self { name: Some(short), namespaced: None }
    }
}
