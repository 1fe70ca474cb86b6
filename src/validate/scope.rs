//! Which kinds lie in a namespace: schemas do not say it.

/// Kubernetes' own kinds that lie in no namespace.
const CLUSTER: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterTrustBundle",
    "CustomResourceDefinition",
    "DeviceClass",
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
    "ResourceSlice",
    "RuntimeClass",
    "ServiceCIDR",
    "StorageClass",
    "StorageVersion",
    "StorageVersionMigration",
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
}
