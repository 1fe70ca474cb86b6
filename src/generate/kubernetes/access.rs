//! Who a service is for the Kubernetes API, and what it may ask.

use super::metadata;
use crate::generate::Object;
use crate::model::Service;
use crate::reference::Reference;
use k8s_openapi::api::core::v1::{LocalObjectReference, ServiceAccount};
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// An account of its own for each service: what one may ask, no other may.
pub(super) fn account(service: &Service) -> Object {
    Object::of_service(
        service.name.as_str(),
        &ServiceAccount {
            metadata: metadata::marked(
                metadata::of(service),
                &service.labels.account,
                &service.annotations.account,
            ),
            // Here and not in the pods: jobs of the service pull with it too, and another Secret
            // restarts nothing.
            image_pull_secrets: service
                .pull_secret
                .as_ref()
                .map(|secret| vec![LocalObjectReference { name: secret.to_string() }]),
            automount_service_account_token: Some(false),
            ..ServiceAccount::default()
        },
    )
}

/// The roles of a service that asks the API something, and their bindings: one of each in every
/// namespace of which it asks.
pub(super) fn roles(service: &Service) -> Vec<Object> {
    if service.token.is_empty() {
        return Vec::new();
    }
    let name = service.name.as_str();
    let rules = service.token.iter().map(|rule| PolicyRule {
        api_groups: Some(if rule.groups.is_empty() {
            vec![String::new()]
        } else {
            rule.groups.clone()
        }),
        resources: Some(rule.resources.clone()),
        verbs: rule.verbs.clone(),
        ..PolicyRule::default()
    });
    let rules: Vec<PolicyRule> = rules.collect();
    let in_one = |beside| {
        let metadata = ObjectMeta {
            namespace: Some(Reference::namespace(beside).to_string()),
            ..metadata::of(service)
        };
        let role = Role { metadata: metadata.clone(), rules: Some(rules.clone()) };
        let binding = binding(service, metadata);
        [
            Object::of_service(name, &role).origin("", ["token"]),
            Object::of_service(name, &binding).origin("", ["token"]),
        ]
    };
    service.watches.iter().flat_map(|beside| in_one(*beside)).collect()
}

fn binding(service: &Service, metadata: ObjectMeta) -> RoleBinding {
    let name = service.name.as_str();
    RoleBinding {
        metadata,
        role_ref: RoleRef {
            api_group: Some("rbac.authorization.k8s.io".to_owned()),
            kind: "Role".to_owned(),
            name: Reference::Name(name).to_string(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: Reference::Name(name).to_string(),
            namespace: Some(Reference::namespace(service.beside).to_string()),
            ..Subject::default()
        }]),
    }
}
