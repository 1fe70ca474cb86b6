//! Objects lie in namespaces that are written here.

use crate::check::objects::Objects;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "unknown-namespace",
    severity: Severity::Error,
    title: "every object names a namespace that is written here",
    why: "An object without one lands where the operator happens to be; one whose namespace nobody \
          makes is refused.",
    mend: "write the namespace",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

/// Kinds of the whole cluster.
const OF_CLUSTER: &[&str] = &[
    "Namespace",
    "StorageClass",
    "PersistentVolume",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "PriorityClass",
    "GatewayClass",
    "ClusterIssuer",
    "ClusterSecretStore",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
];

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for object in objects.all.iter().filter(|object| !OF_CLUSTER.contains(&object.kind())) {
        let namespace = object.namespace();
        if objects.namespace(namespace).is_none() {
            let message = if namespace.is_empty() {
                format!("{} names no namespace", object.words())
            } else {
                format!("{} lies in `{namespace}`, which nobody writes", object.words())
            };
            problems.add(object, "/metadata/namespace", message);
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
";

const BAD: &str = "\
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web }
";
