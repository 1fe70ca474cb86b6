//! A volume with one writer has one writer.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::pods::Pod;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use std::collections::BTreeMap;

pub(super) const RULE: Rule = Rule {
    id: "single-writer",
    severity: Severity::Error,
    title: "a claim for one writer is mounted by one pod at a time",
    why: "A second pod waits for the volume (Multi-Attach), or both write and the data is lost.",
    mend: "give each replica a claim of its own, or share a claim of a tier that can be shared",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    let mut mounting: BTreeMap<(&str, &str), Vec<&Pod<'_>>> = BTreeMap::new();
    for pod in objects.pods() {
        for volume in list(pod.spec(), "/volumes") {
            let claim = text(volume, "/persistentVolumeClaim/claimName");
            mounting.entry((pod.namespace(), claim)).or_default().push(pod);
        }
    }
    for claim in objects.of("PersistentVolumeClaim") {
        if !claim.list("/spec/accessModes").iter().any(|mode| mode == "ReadWriteOnce") {
            continue;
        }
        let mut writers: Vec<&Object> = Vec::new();
        let pods = mounting.get(&(claim.namespace(), claim.name()));
        for pod in pods.into_iter().flatten() {
            writers.push(pod.object);
            let scaled = objects.scaler_of(pod.object).is_some();
            let several = pod.object.number("/spec/replicas").is_some_and(|count| count > 1);
            let surges = pod.object.kind() == "Deployment"
                && pod.object.text("/spec/strategy/type") != "Recreate";
            let why = if several || scaled {
                "several replicas of"
            } else if surges {
                "a new pod beside the old one of"
            } else if pod.object.kind() == "DaemonSet" {
                "a pod on each node of"
            } else {
                continue;
            };
            problems.add(
                pod.object,
                format!("{}/spec/volumes", pod.pointer),
                format!("{why} {} would mount {}", pod.object.words(), claim.words()),
            );
        }
        if let [first, second, ..] = writers[..] {
            problems.add(
                second,
                "/spec",
                format!("{} and {} mount {}", first.words(), second.words(), claim.words()),
            );
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { accessModes: [ReadWriteOnce] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 1
  strategy: { type: Recreate }
  template: { spec: { volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }] } }
";

const BAD: &str = "\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { accessModes: [ReadWriteOnce] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  template: { spec: { volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }] } }
";
