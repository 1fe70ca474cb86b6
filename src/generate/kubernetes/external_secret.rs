//! What the External Secrets operator makes Secrets of: version 1 of its API.

use super::{metadata, sealed};
use crate::generate::Object;
use crate::model::{
    ExternalSecrets, FilePart, OperatorSecret, OperatorSecretValue, Secret, SecretBackend, Service,
    Stack,
};
use crate::reference::Reference;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use std::collections::BTreeMap;

/// An `ExternalSecret`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalSecret {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    spec: Spec,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    refresh_interval: String,
    secret_store_ref: StoreReference,
    target: Target,
    data: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct StoreReference {
    kind: &'static str,
    name: String,
}

/// The Secret that is made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    name: String,
    creation_policy: &'static str,
    deletion_policy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Template>,
}

/// What the Secret holds instead of the entries themselves.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Template {
    engine_version: &'static str,
    data: BTreeMap<String, String>,
}

/// An entry of the store, by the key under which it is known.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    secret_key: String,
    remote_ref: RemoteReference,
}

#[derive(Debug, Serialize)]
struct RemoteReference {
    key: String,
    property: String,
}

/// What a service's Secrets are made of: those that it needs, those that it starts without, and its
/// files with secrets.
pub(super) fn of_service(stack: &Stack, service: &Service) -> Vec<Object> {
    let SecretBackend::ExternalSecrets(backend) = &stack.environment.secrets else {
        return Vec::new();
    };
    let with = |optional: bool| {
        let secrets = service.secrets.iter().filter(move |secret| secret.optional == optional);
        let name = Reference::Name(&service.secrets_name(optional)).to_string();
        (name, secrets.collect::<Vec<&Secret>>())
    };
    let secrets = [with(false), with(true)].into_iter().filter(|(_, all)| !all.is_empty());
    let mut objects: Vec<Object> = secrets
        .map(|(name, secrets)| external_secret(service, backend, name, &secrets, None))
        .collect();
    objects.extend(files(service, backend));
    objects
}

/// What the Secrets are made of that the operator reads who runs a service.
pub(super) fn of_operator(stack: &Stack, service: &Service) -> Vec<Object> {
    let SecretBackend::ExternalSecrets(backend) = &stack.environment.secrets else {
        return Vec::new();
    };
    let provided = service.provided.iter().flat_map(|provided| &provided.secrets);
    provided.map(|secret| for_operator(service, backend, secret)).collect()
}

fn for_operator(
    service: &Service,
    backend: &ExternalSecrets,
    operators: &OperatorSecret,
) -> Object {
    let mut data = BTreeMap::new();
    let mut secrets = Vec::new();
    for (key, value) in &operators.keys {
        let part = match value {
            OperatorSecretValue::Text(text) => FilePart::Text(text.clone()),
            OperatorSecretValue::Reference(reference) => {
                secrets.push(Secret {
                    key: key.clone(),
                    reference: reference.clone(),
                    optional: false,
                    make: None,
                    origin: vec!["kind".to_owned()],
                });
                FilePart::Secret(key.clone())
            }
        };
        data.insert(key.to_string(), sealed::template(&[part]));
    }
    let template = Template { engine_version: "v2", data };
    let secrets: Vec<&Secret> = secrets.iter().collect();
    external_secret(service, backend, operators.name.clone(), &secrets, Some(template))
}

fn files(service: &Service, backend: &ExternalSecrets) -> Option<Object> {
    if service.sealed.files.is_empty() {
        return None;
    }
    let files = &service.sealed.files;
    let template = Template {
        engine_version: "v2",
        data: files.iter().map(|file| (file.key.clone(), sealed::template(&file.parts))).collect(),
    };
    let secrets: Vec<&Secret> = service.sealed.secrets.iter().collect();
    let name = Reference::Name(&service.sealed_name()).to_string();
    let object = external_secret(service, backend, name, &secrets, Some(template));
    Some(files.iter().fold(object, |object, file| {
        object.origin(format!("/spec/target/template/data/{}", file.key), file.origin.clone())
    }))
}

fn external_secret(
    service: &Service,
    backend: &ExternalSecrets,
    name: String,
    secrets: &[&Secret],
    template: Option<Template>,
) -> Object {
    let data = secrets.iter().map(|secret| Entry {
        secret_key: secret.key.to_string(),
        remote_ref: RemoteReference {
            key: backend.key(&secret.reference),
            property: secret.reference.property.clone(),
        },
    });
    let external = ExternalSecret {
        api_version: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: ObjectMeta { name: Some(name.clone()), ..metadata::of(service) },
        spec: Spec {
            refresh_interval: backend.refresh.to_go(),
            secret_store_ref: StoreReference {
                kind: if backend.namespaced { "SecretStore" } else { "ClusterSecretStore" },
                name: backend.store.to_string(),
            },
            target: Target {
                name,
                creation_policy: if backend.retain { "Orphan" } else { "Owner" },
                // What vanished from the store may be a mistake: who runs goes on.
                deletion_policy: "Retain",
                template,
            },
            data: data.collect(),
        },
    };
    let object = Object::of_service(service.name.as_str(), &external).custom();
    secrets.iter().enumerate().fold(object, |object, (index, secret)| {
        object.origin(format!("/spec/data/{index}"), secret.origin.clone())
    })
}
