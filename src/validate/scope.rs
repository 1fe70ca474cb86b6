//! How the API calls a kind, and whether it lies in a namespace: schemas do not say it.

/// Kubernetes' own kinds that lie in no namespace.
const CLUSTER: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterTrustBundle",
    "ComponentStatus",
    "CustomResourceDefinition",
    "DeviceClass",
    "DeviceTaintRule",
    "FlowSchema",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ResourcePoolStatusRequest",
    "ResourceSlice",
    "RuntimeClass",
    "SelfSubjectAccessReview",
    "SelfSubjectReview",
    "SelfSubjectRulesReview",
    "ServiceCIDR",
    "StorageClass",
    "StorageVersion",
    "StorageVersionMigration",
    "SubjectAccessReview",
    "TokenReview",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeAttributesClass",
];

/// Whether one of Kubernetes' own kinds lies in no namespace.
#[must_use]
pub fn is_of_cluster(kind: &str) -> bool {
    CLUSTER.contains(&kind)
}

/// The resource of a kind, as the API calls it.
#[must_use]
pub fn resource_of(kind: &str) -> String {
    let name = kind.to_lowercase();
    if kind == "Endpoints" {
        name
    } else if ["s", "x", "ch", "sh"].iter().any(|end| name.ends_with(end)) {
        format!("{name}es")
    } else if let Some(stem) =
        name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o']))
    {
        format!("{stem}ies")
    } else {
        format!("{name}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{MINORS, Schemas};

    #[test]
    fn kinds_outside_of_namespaces_are_known_ones() {
        let known = |kind: &&str| {
            let schemas = MINORS.iter().filter_map(|minor| Schemas::of(*minor));
            schemas.into_iter().any(|schemas| schemas.has_kind(kind))
        };
        let unknown: Vec<_> = CLUSTER.iter().filter(|kind| !known(kind)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    #[test]
    fn resources_are_called_as_the_api_calls_them() {
        for (kind, resource) in [
            ("Pod", "pods"),
            ("Endpoints", "endpoints"),
            ("Ingress", "ingresses"),
            ("StorageClass", "storageclasses"),
            ("NetworkPolicy", "networkpolicies"),
            ("ServiceCIDR", "servicecidrs"),
            ("Gateway", "gateways"),
        ] {
            assert_eq!(resource_of(kind), resource);
        }
    }
}
