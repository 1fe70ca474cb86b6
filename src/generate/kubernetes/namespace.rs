//! The namespaces of a system, with their Pod Security levels.

use super::{metadata, quota};
use crate::generate::Object;
use crate::layer::{PodSecurityLevel, PodSecurityMode};
use crate::model::Stack;
use crate::reference::Reference;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// All namespaces of a system, each with what its pods may request.
pub(super) fn namespaces(stack: &Stack) -> Vec<Object> {
    let beside = stack.beside.keys().map(|level| Some(*level));
    let all: Vec<Option<PodSecurityLevel>> = std::iter::once(None).chain(beside).collect();
    let mut objects: Vec<Object> = all.iter().map(|beside| namespace(stack, *beside)).collect();
    for beside in all {
        objects.extend(quota::quota(stack, beside));
        objects.extend(quota::limit_range(stack, beside));
    }
    objects
}

fn namespace(stack: &Stack, beside: Option<PodSecurityLevel>) -> Object {
    let environment = &stack.environment;
    let level = beside.unwrap_or(stack.level).as_str();
    let mut labels = metadata::set(Reference::SystemLabels);
    let mut add = |mode: &str| {
        labels.insert(format!("pod-security.kubernetes.io/{mode}"), level.to_owned());
        // A level means what it meant in the cluster's own version, not in a later one.
        labels.insert(
            format!("pod-security.kubernetes.io/{mode}-version"),
            environment
                .kubernetes
                .map_or_else(|| "latest".to_owned(), |version| format!("v{version}")),
        );
    };
    if environment.pod_security_mode == PodSecurityMode::Enforce {
        add("enforce");
    }
    add("audit");
    add("warn");
    Object::of_system(&Namespace {
        metadata: metadata::owned(
            ObjectMeta {
                name: Some(Reference::namespace(beside).to_string()),
                labels: Some(labels),
                ..ObjectMeta::default()
            },
            stack.owner.as_ref(),
        ),
        ..Namespace::default()
    })
}
