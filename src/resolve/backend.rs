//! Who makes the Secrets of an environment.

use crate::finding::Finding;
use crate::layer::{self, Reclaim};
use crate::model::{ExternalSecrets, SecretBackend};
use crate::tree::Node;

/// How often a store is asked again unless the environment says otherwise.
const REFRESH: &str = "1h";

/// The backend of an environment; people unless it says one.
pub(super) fn secrets(
    node: &Node,
    said: Option<layer::SecretBackend>,
    findings: &mut Vec<Finding>,
) -> SecretBackend {
    let said = said.unwrap_or_default();
    if said.sops.is_some() {
        return SecretBackend::Sops;
    }
    let Some(said) = said.external_secrets else { return SecretBackend::Manual };
    let store = said.store.map(|store| store.0).unwrap_or_default();
    let Some(name) = store.name else {
        findings.push(
            Finding::error("missing-key", "nothing says which store secrets come from")
                .at(node.key_place(&["secrets", "external-secrets"]))
                .help(
                    "say `store`, the name of a `ClusterSecretStore` such as `store: vault-prod`",
                ),
        );
        return SecretBackend::Manual;
    };
    SecretBackend::ExternalSecrets(ExternalSecrets {
        store: name,
        namespaced: store.namespaced.unwrap_or(false),
        prefix: said.prefix,
        refresh: said.refresh.unwrap_or_else(|| REFRESH.parse().expect("a constant of this file")),
        retain: said.reclaim == Some(Reclaim::Retain),
    })
}
