//! No namespace refuses the pods that are written for it.

use crate::check::objects::Objects;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use crate::layer::PodSecurityLevel;
use crate::validate::pod_security::refusals;

pub(super) const RULE: Rule = Rule {
    id: "refused-pod",
    severity: Severity::Error,
    title: "the Pod Security level of a namespace admits its pods",
    why: "A workload is taken, and its pods are refused one after another: nothing runs, and the \
          reason stands in events that nobody reads.",
    mend: "do without what is refused, or say `pod-security` of the service, and why",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

/// The label by which a namespace refuses pods.
const ENFORCE: &str = "/metadata/labels/pod-security.kubernetes.io~1enforce";

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for pod in objects.pods() {
        let Some(namespace) = objects.namespace(pod.namespace()) else { continue };
        let said = namespace.text(ENFORCE);
        let levels = [
            PodSecurityLevel::Restricted,
            PodSecurityLevel::Baseline,
            PodSecurityLevel::Privileged,
        ];
        let Some(level) = levels.into_iter().find(|level| level.as_str() == said) else { continue };
        for refusal in refusals(level, pod.template) {
            let message = format!(
                "the pods of {} are refused by `{}`: {}",
                pod.object.words(),
                level.as_str(),
                refusal.message
            );
            let pointer = format!("{}{}", pod.pointer, refusal.pointer);
            problems.add(pod.object, pointer, message);
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec: { containers: [{ name: web, image: web }] }
";

const BAD: &str = "\
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec: { hostNetwork: true, containers: [{ name: web, image: web }] }
";
