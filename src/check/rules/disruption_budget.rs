//! A disruption budget lets nodes be drained.

use crate::check::objects::Objects;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "disruption-budget",
    severity: Severity::Error,
    title: "a disruption budget lets at least one pod go",
    why: "A budget that lets none go stops every drain of a node, and so every upgrade.",
    mend: "run two replicas or more, and say `maxUnavailable: 1`",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for budget in objects.of("PodDisruptionBudget") {
        let selector = budget.value.pointer("/spec/selector").unwrap_or(&Value::Null);
        let pods = objects.selected(budget.namespace(), selector).into_iter();
        let fewest: Option<i64> = pods.map(|pod| fewest(objects, pod.object)).min();
        let Some(fewest) = fewest else { continue };
        let field = |name: &str| budget.value.pointer(&format!("/spec/{name}"));
        let none_may_go = match (field("maxUnavailable"), field("minAvailable")) {
            (Some(most), _) => most == 0 || most == "0%",
            (None, Some(least)) => {
                least == "100%" || least.as_i64().is_some_and(|least| least >= fewest)
            }
            (None, None) => false,
        };
        if none_may_go || fewest < 2 {
            problems.add(
                budget,
                "/spec",
                format!("{} of {fewest} pods: no node with one can be drained", budget.words()),
            );
        }
    }
}

/// How many pods a workload has at least.
fn fewest(objects: &Objects<'_>, workload: &crate::check::Object) -> i64 {
    match objects.scaler_of(workload) {
        Some(scaler) => scaler.number("/spec/minReplicas").unwrap_or(1),
        None => workload.number("/spec/replicas").unwrap_or(1),
    }
}

const GOOD: &str = "\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 2, template: { metadata: { labels: { app: web } } } }
";

const BAD: &str = "\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 2, template: { metadata: { labels: { app: web } } } }
";
