//! Times that add up: probes within their period, and a stop within its grace.

use crate::check::objects::Objects;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "time-budget",
    severity: Severity::Error,
    title: "a liveness probe ends before the next one, and what runs before a stop ends within the \
            grace",
    why: "Probes that overlap count one slow answer twice; a container whose grace is spent before \
          it is told to stop is killed in the middle of its work.",
    mend: "make `timeout` at most `every`, and `stop-within` longer than what is waited before",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

/// What Kubernetes waits unless it is told otherwise.
const GRACE: i64 = 30;

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for pod in objects.pods() {
        let grace = pod.spec().get("terminationGracePeriodSeconds").and_then(Value::as_i64);
        let grace = grace.unwrap_or(GRACE);
        for container in pod.containers() {
            let number = |pointer: &str| container.value.pointer(pointer).and_then(Value::as_i64);
            if let Some(timeout) = number("/livenessProbe/timeoutSeconds") {
                let period = number("/livenessProbe/periodSeconds").unwrap_or(10);
                if timeout > period {
                    problems.add(
                        pod.object,
                        format!("{}/livenessProbe", container.pointer),
                        format!(
                            "the liveness probe of {} may take {timeout}s, and the next one begins \
                             after {period}s",
                            pod.object.words()
                        ),
                    );
                }
            }
            if let Some(sleep) = number("/lifecycle/preStop/sleep/seconds")
                && sleep >= grace
            {
                problems.add(
                    pod.object,
                    format!("{}/spec/terminationGracePeriodSeconds", pod.pointer),
                    format!(
                        "`{}` of {} waits {sleep}s before it is told to stop, and is killed after \
                         {grace}s",
                        container.name(),
                        pod.object.words()
                    ),
                );
            }
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  terminationGracePeriodSeconds: 45
  containers:
  - name: web
    lifecycle: { preStop: { sleep: { seconds: 5 } } }
";

const BAD: &str = "\
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  terminationGracePeriodSeconds: 5
  containers:
  - name: web
    lifecycle: { preStop: { sleep: { seconds: 5 } } }
";
