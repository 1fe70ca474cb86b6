//! Who is told an address is told a port that the Service has.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "client-port",
    severity: Severity::Error,
    title: "an address of a Service names a port that the Service has",
    why: "A container's port is often not the Service's: the caller waits until its timeout.",
    mend: "write the Service's port; `{{ port }}` of a flow is always it",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for pod in objects.pods() {
        for container in pod.containers() {
            for (index, variable) in list(container.value, "/env").iter().enumerate() {
                let pointer = format!("{}/env/{index}", container.pointer);
                addresses(objects, problems, pod.object, &pointer, text(variable, "/value"));
            }
            for key in ["command", "args"] {
                for (index, word) in list(container.value, &format!("/{key}")).iter().enumerate() {
                    let pointer = format!("{}/{key}/{index}", container.pointer);
                    addresses(objects, problems, pod.object, &pointer, word.as_str().unwrap_or(""));
                }
            }
        }
    }
    for config in objects.of("ConfigMap") {
        let data = config.value.get("data").and_then(|data| data.as_object());
        for (key, value) in data.into_iter().flatten() {
            let pointer = format!("/data/{}", key.replace('~', "~0").replace('/', "~1"));
            addresses(objects, problems, config, &pointer, value.as_str().unwrap_or(""));
        }
    }
}

fn addresses(
    objects: &Objects<'_>,
    problems: &mut Problems<'_>,
    object: &Object,
    pointer: &str,
    text: &str,
) {
    for (host, port) in hosts_and_ports(text) {
        let mut parts = host.split('.');
        let name = parts.next().unwrap_or_default();
        let namespace = parts.next().unwrap_or_else(|| object.namespace());
        // What follows a namespace is the cluster's domain; anything else is no Service.
        if !matches!(parts.next(), None | Some("svc")) {
            continue;
        }
        if let Some(service) = objects.find("Service", namespace, name)
            && !has(service, port)
        {
            problems.add(object, pointer, missing(service, port));
        }
    }
}

fn has(service: &Object, port: i64) -> bool {
    // Behind a headless Service every port of its pods is reached.
    service.text("/spec/clusterIP") == "None"
        || service
            .list("/spec/ports")
            .iter()
            .any(|one| one.get("port").and_then(serde_json::Value::as_i64) == Some(port))
}

fn missing(service: &Object, port: i64) -> String {
    let ports = service.list("/spec/ports").iter().filter_map(|port| port.get("port"));
    let ports: Vec<String> = ports.map(ToString::to_string).collect();
    format!("{} has no port {port}, only {}", service.words(), ports.join(", "))
}

/// Every `host:port` in a text.
fn hosts_and_ports(text: &str) -> impl Iterator<Item = (&str, i64)> {
    text.match_indices(':').filter_map(|(at, _)| {
        let is_host =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        let before = &text[..at];
        let start = before.rfind(|c| !is_host(c)).map_or(0, |at| at + 1);
        // A character of several bytes ends where the next one begins.
        let host = before.get(start..)?;
        let after = &text[at + 1..];
        let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let port = after[..digits].parse().ok().filter(|port| (1..=65535).contains(port))?;
        let is_name = host.starts_with(|c: char| c.is_ascii_lowercase());
        is_name.then_some((host, port))
    })
}

const GOOD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { ports: [{ port: 5432, targetPort: 6000 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec: { containers: [{ name: web, env: [{ name: DB, value: \"pg://u@db:5432/x\" }] }] }
";

const BAD: &str = "\
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { ports: [{ port: 5432, targetPort: 6000 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec: { containers: [{ name: web, env: [{ name: DB, value: \"pg://u@db:6000/x\" }] }] }
";

#[cfg(test)]
mod tests {
    use super::hosts_and_ports;

    #[test]
    fn addresses_are_found_in_any_text() {
        let found = |text| hosts_and_ports(text).collect::<Vec<_>>();
        assert_eq!(found("http://web.shop:8080/x"), [("web.shop", 8080)]);
        assert_eq!(found("a:1,b:2 ü-c:3"), [("a", 1), ("b", 2), ("-c", 3)][..2]);
        assert_eq!(found("12:30 x: y 192.0.2.1:80 a:0 a:99999"), []);
    }
}
