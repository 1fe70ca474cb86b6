//! A `StatefulSet`'s pods have names of their own.

use crate::check::objects::Objects;
use crate::check::selector::map_selects;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "headless-service",
    severity: Severity::Error,
    title: "the Service that a StatefulSet names is headless and selects its pods",
    why: "The names of its pods (`db-0.db-headless`) come from that Service; without it there are \
          none.",
    mend: "write a Service with `clusterIP: None` and the labels of the pods",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for pod in objects.pods().iter().filter(|pod| pod.object.kind() == "StatefulSet") {
        let set = pod.object;
        let name = set.text("/spec/serviceName");
        let service = objects.find("Service", set.namespace(), name);
        let is_right = service.is_some_and(|service| {
            let selector = service.value.pointer("/spec/selector");
            service.text("/spec/clusterIP") == "None"
                && selector.is_some_and(|selector| map_selects(selector, &pod.labels))
        });
        if !is_right {
            problems.add(
                set,
                "/spec/serviceName",
                format!("{} has no headless Service `{name}` that selects its pods", set.words()),
            );
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: db-headless, namespace: shop }
spec: { clusterIP: None, selector: { app: db } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec: { serviceName: db-headless, template: { metadata: { labels: { app: db } } } }
";

const BAD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: db-headless, namespace: shop }
spec: { selector: { app: db } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec: { serviceName: db-headless, template: { metadata: { labels: { app: db } } } }
";
