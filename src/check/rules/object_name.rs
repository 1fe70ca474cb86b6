//! Names that Kubernetes takes, each once.

use crate::check::objects::{Object, Objects};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use std::collections::BTreeMap;

pub(super) const RULE: Rule = Rule {
    id: "object-name",
    severity: Severity::Error,
    title: "a name is short enough for what is made of it, and no two objects of a kind share one",
    why: "The later of two objects replaces the earlier at the apply; a name that is too long for \
          the names of its pods is refused when they are made, not before.",
    mend: "rename one; services and jobs have at most 63 letters, a CronJob 52, a StatefulSet 52",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    let mut seen: BTreeMap<(&str, &str, &str, &str), &Object> = BTreeMap::new();
    for object in objects.all {
        let longest = match object.kind() {
            // 11 letters of what is made of it: a time, or the revision of a pod.
            "CronJob" | "StatefulSet" => 52,
            "Service" | "Job" | "Deployment" | "DaemonSet" | "Namespace" => 63,
            _ => 253,
        };
        let name = object.name();
        if name.len() > longest {
            problems.add(
                object,
                "/metadata/name",
                format!("{} has {} letters, {longest} are allowed", object.words(), name.len()),
            );
        }
        let key = (object.group(), object.kind(), object.namespace(), name);
        if let Some(first) = seen.insert(key, object) {
            problems.add(
                object,
                "/metadata/name",
                format!(
                    "{} is written twice, in {} and in {}",
                    object.words(),
                    first.path,
                    object.path
                ),
            );
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: other }
";

const BAD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
";
