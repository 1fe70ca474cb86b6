//! Who a service is for the Kubernetes API, and what it may ask.

use super::metadata;
use crate::generate::Object;
use crate::model::Service;
use crate::reference::Reference;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};

/// An account of its own for each service: what one may ask, no other may.
pub(super) fn account(service: &Service) -> Object {
    Object::of_service(
        service.name.as_str(),
        &ServiceAccount {
            metadata: metadata::of(service),
            automount_service_account_token: Some(false),
            ..ServiceAccount::default()
        },
    )
}

/// The role of a service that asks the API something, and its binding.
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
    let role = Role { metadata: metadata::of(service), rules: Some(rules.collect()) };
    let binding = RoleBinding {
        metadata: metadata::of(service),
        role_ref: RoleRef {
            api_group: Some("rbac.authorization.k8s.io".to_owned()),
            kind: "Role".to_owned(),
            name: Reference::Name(name).to_string(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: Reference::Name(name).to_string(),
            namespace: Some(Reference::Namespace.to_string()),
            ..Subject::default()
        }]),
    };
    vec![
        Object::of_service(name, &role).origin("", ["token"]),
        Object::of_service(name, &binding).origin("", ["token"]),
    ]
}
