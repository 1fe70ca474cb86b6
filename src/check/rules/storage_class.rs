//! Claims ask for storage that the cluster has.

use crate::check::objects::{Objects, text};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "storage-class",
    severity: Severity::Error,
    title: "a claim names a storage class of its environment",
    why: "A claim of a class that the cluster does not have waits for ever, and its pod with it.",
    mend: "name the class in the environment's `storage`, or make it in the cluster",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    let written: Vec<&str> = objects.of("StorageClass").map(crate::check::Object::name).collect();
    let known = |class: &str| {
        class.is_empty()
            || written.contains(&class)
            || match &objects.expected.storage_classes {
                Some(classes) => classes.contains(class),
                // Who writes no class and says none leaves it to the cluster.
                None => written.is_empty(),
            }
    };
    for claim in objects.of("PersistentVolumeClaim") {
        let class = claim.text("/spec/storageClassName");
        if !known(class) {
            let message = format!("{} asks for a storage class `{class}`", claim.words());
            problems.add(claim, "/spec/storageClassName", message);
        }
    }
    for set in objects.of("StatefulSet") {
        for (index, template) in set.list("/spec/volumeClaimTemplates").iter().enumerate() {
            let class = text(template, "/spec/storageClassName");
            if !known(class) {
                let message = format!("{} asks for a storage class `{class}`", set.words());
                problems.add(set, format!("/spec/volumeClaimTemplates/{index}"), message);
            }
        }
    }
}

const GOOD: &str = "\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { storageClassName: fast }
";

const BAD: &str = "\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { storageClassName: faster }
";
