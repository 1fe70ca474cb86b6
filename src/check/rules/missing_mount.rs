//! What a container keeps or writes is on a volume.

use crate::check::objects::{Objects, list, text};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "missing-mount",
    severity: Severity::Error,
    title: "every folder that a service writes to is a volume of its container",
    why: "What is written beside a volume is lost with the container, or refused where the root is \
          read-only.",
    mend: "mount a volume there that is not read-only",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for pod in objects.pods() {
        let folders = objects.expected.written_by(pod.namespace(), pod.service());
        // The container that bears its name keeps the data of a service.
        let containers = pod.containers().into_iter();
        for container in containers.filter(|container| container.name() == pod.service()) {
            let mounts = list(container.value, "/volumeMounts").iter();
            let writable = mounts.filter(|mount| mount.get("readOnly") != Some(&Value::Bool(true)));
            let writable: Vec<&str> = writable.map(|mount| text(mount, "/mountPath")).collect();
            for folder in folders {
                if !writable.iter().any(|mount| covers(mount, folder)) {
                    let message = format!(
                        "`{}` of {} writes to `{folder}`, and no volume is mounted there",
                        container.name(),
                        pod.object.words()
                    );
                    problems.add(pod.object, container.pointer.clone(), message);
                }
            }
        }
    }
}

fn covers(mount: &str, folder: &str) -> bool {
    let below = folder.strip_prefix(mount.trim_end_matches('/'));
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

const GOOD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app.kubernetes.io/name: web } }
    spec:
      containers: [{ name: web, image: web, volumeMounts: [{ name: data, mountPath: /data }] }]
      volumes: [{ name: data, emptyDir: {} }]
";

const BAD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app.kubernetes.io/name: web } }
    spec:
      containers: [{ name: web, image: web, volumeMounts: [{ name: data, mountPath: /date }] }]
      volumes: [{ name: data, emptyDir: {} }]
";
