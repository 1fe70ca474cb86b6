//! The Secrets that the pods of a service read, whoever makes them.

use super::{OperatorSecretValue, SealedFile, SecretBackend, SecretReference, Service};
use crate::reference::readable;

/// A value that must be in a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeededSecret<'a> {
    /// The Secret.
    pub object: String,
    /// The value's key.
    pub key: String,
    /// What it is.
    pub value: NeededValue<'a>,
    /// Whether the service starts without it.
    pub optional: bool,
}

/// What a value of a Secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeededValue<'a> {
    /// A secret.
    Secret(&'a SecretReference),
    /// A known text, beside a secret.
    Text(&'a str),
    /// A file that holds secrets.
    File(&'a SealedFile),
}

impl Service {
    /// What must be in Secrets before the service starts: its own, those of its files, and those
    /// that its operator reads.
    #[must_use]
    pub fn needed_secrets(&self, backend: &SecretBackend) -> Vec<NeededSecret<'_>> {
        let mut needed = Vec::new();
        let mut add = |object: &str, key: String, value, optional| {
            needed.push(NeededSecret { object: object.to_owned(), key, value, optional });
        };
        for secret in &self.secrets {
            let object = self.secrets_name(secret.optional);
            let value = NeededValue::Secret(&secret.reference);
            add(&object, secret.key.to_string(), value, secret.optional);
        }
        let sealed = self.sealed_name();
        if *backend == SecretBackend::Sops {
            for file in &self.sealed.files {
                add(&sealed, file.key.clone(), NeededValue::File(file), false);
            }
        } else {
            // An operator writes the file, and is told what goes into it.
            for secret in &self.sealed.secrets {
                let value = NeededValue::Secret(&secret.reference);
                add(&sealed, secret.key.to_string(), value, false);
            }
        }
        for secret in self.provided.iter().flat_map(|provided| &provided.secrets) {
            let object = readable(&secret.name);
            for (key, value) in &secret.keys {
                let value = match value {
                    OperatorSecretValue::Text(text) => NeededValue::Text(text),
                    OperatorSecretValue::Reference(reference) => NeededValue::Secret(reference),
                };
                add(&object, key.to_string(), value, false);
            }
        }
        needed
    }
}
