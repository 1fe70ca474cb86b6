//! A Service leads to ports that its pods have.

use crate::check::objects::{Objects, text};
use crate::check::pods::protocol;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "service-target-port",
    severity: Severity::Error,
    title: "the target port of a Service is a port of every pod that it selects",
    why: "Kubernetes takes any number or name, and callers get no answer.",
    mend: "name a port of the containers in `targetPort`",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for service in objects.of("Service") {
        let Some(selector) = service.value.pointer("/spec/selector") else { continue };
        for pod in objects.selected_by_map(service.namespace(), selector) {
            for (index, port) in service.list("/spec/ports").iter().enumerate() {
                let target = port.get("targetPort").or_else(|| port.get("port"));
                let target = target.unwrap_or(&Value::Null);
                if pod.port(target, protocol(port)).is_none() {
                    problems.add(
                        service,
                        format!("/spec/ports/{index}/targetPort"),
                        format!(
                            "port `{}` of {} leads to {target}, which is no {} port of {}",
                            text(port, "/name"),
                            service.words(),
                            protocol(port),
                            pod.object.words()
                        ),
                    );
                }
            }
        }
    }
}

const GOOD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
";

const BAD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: 80 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
";
