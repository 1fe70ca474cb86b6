//! Who makes the Secrets of an environment.

use super::SecretReference;
use crate::value::{Duration, Host, StorePath};

/// Who makes the Secrets that services refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretBackend {
    /// People, or something that is not known here.
    Manual,
    /// People, who keep the Secrets encrypted beside what describes the system.
    Sops,
    /// The External Secrets operator.
    ExternalSecrets(ExternalSecrets),
}

impl SecretBackend {
    /// Where a secret lies, as those know it who put it there.
    #[must_use]
    pub fn place_of(&self, reference: &SecretReference) -> String {
        match self {
            Self::Manual | Self::Sops => format!("{}#{}", reference.path, reference.property),
            Self::ExternalSecrets(external) => {
                format!("{}#{}", external.key(reference), reference.property)
            }
        }
    }
}

/// Secrets that the External Secrets operator fetches from a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalSecrets {
    /// The store's name.
    pub store: Host,
    /// Whether each namespace has a store of that name for itself.
    pub namespaced: bool,
    /// The path in the store below which all references lie.
    pub prefix: Option<StorePath>,
    /// How often the store is asked again.
    pub refresh: Duration,
    /// Whether a Secret stays when its `ExternalSecret` is removed.
    pub retain: bool,
}

impl ExternalSecrets {
    /// The path of a reference in the store.
    #[must_use]
    pub fn key(&self, reference: &SecretReference) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}/{}", reference.path),
            None => reference.path.clone(),
        }
    }
}
