//! Who is called is asked whether it lives and whether it is ready.

use crate::check::objects::{Objects, list, text};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "missing-probe",
    severity: Severity::Warning,
    title: "a container that listens has a liveness and a readiness probe",
    why: "Without a readiness probe callers are sent to a pod that still starts; without a \
          liveness probe one that hangs stays.",
    mend: "say `health.live` and `health.ready` of the service",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for pod in objects.pods().iter().filter(|pod| pod.is_lasting()) {
        for container in pod.containers() {
            let listens = !list(container.value, "/ports").is_empty();
            let is_main = container.pointer.contains("/containers/");
            if !listens || !is_main {
                continue;
            }
            let has = |probe: &str| container.value.get(probe).is_some();
            let (words, mend) = match (has("livenessProbe"), has("readinessProbe")) {
                (true, true) => continue,
                (true, false) => ("is ready", "say `health.ready` of the service"),
                (false, true) => ("lives", "say `health.live` of the service"),
                (false, false) => ("lives or is ready", RULE.mend),
            };
            let name = text(container.value, "/name");
            let message = format!("nobody asks whether `{name}` of {} {words}", pod.object.words());
            problems.add(pod.object, container.pointer.clone(), message);
            problems.mend(mend);
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
  - name: web
    ports: [{ name: http, containerPort: 8080 }]
    livenessProbe: { httpGet: { path: /live, port: http } }
    readinessProbe: { httpGet: { path: /ready, port: http } }
";

const BAD: &str = "\
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
  - name: web
    ports: [{ name: http, containerPort: 8080 }]
    livenessProbe: { httpGet: { path: /live, port: http } }
";
