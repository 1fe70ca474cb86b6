//! The namespace of a system, with its Pod Security level.

use super::metadata;
use crate::generate::Object;
use crate::layer::{PodSecurityLevel, PodSecurityMode};
use crate::model::Stack;
use crate::reference::Reference;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

pub(super) fn namespace(stack: &Stack) -> Object {
    let environment = &stack.environment;
    let level = match environment.pod_security {
        PodSecurityLevel::Restricted => "restricted",
        PodSecurityLevel::Baseline => "baseline",
        PodSecurityLevel::Privileged => "privileged",
    };
    let mut labels = metadata::set(Reference::SystemLabels);
    let mut add = |mode: &str| {
        labels.insert(format!("pod-security.kubernetes.io/{mode}"), level.to_owned());
        // A level means what it meant in the cluster's own version, not in a later one.
        labels.insert(
            format!("pod-security.kubernetes.io/{mode}-version"),
            format!("v{}", environment.kubernetes),
        );
    };
    if environment.pod_security_mode == PodSecurityMode::Enforce {
        add("enforce");
    }
    add("audit");
    add("warn");
    Object::of_system(&Namespace {
        metadata: ObjectMeta {
            name: Some(Reference::Namespace.to_string()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    })
}
