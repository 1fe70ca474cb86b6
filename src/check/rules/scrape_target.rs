//! What Prometheus scrapes is there, is reached, and may be looked for.

use crate::check::compose::{ComposeFiles, networks};
use crate::check::mounted::Mounted;
use crate::check::objects::{Objects, list, text};
use crate::check::pods::Pod;
use crate::check::prometheus::{asked, told};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::{Map, Value, json};
use std::net::IpAddr;

pub(super) const RULE: Rule = Rule {
    id: "scrape-target",
    severity: Severity::Error,
    title: "every scrape job finds a port of a service, and may look for it",
    why: "A job that finds nothing is no error to Prometheus: its list of targets is empty, and \
          nobody is told.",
    mend: "describe the endpoint by `metrics` of the service, or a port that is called `metrics`",
    bad: BAD,
    good: GOOD,
    asks: Asks::Both(of_pods, of_services),
};

fn of_pods(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for container in objects.mounted() {
        let Some((_, config)) = container.with_key("scrape_configs") else { continue };
        for job in list(config, "/scrape_configs") {
            for discovery in list(job, "/kubernetes_sd_configs") {
                if let Some(message) = discovered(objects, container, job, discovery) {
                    problems.at(container.index, container.pointer.clone(), message);
                }
            }
        }
        for target in asked(config).into_iter().chain(told(config)) {
            if let Some(wrong) = missing(objects, container, target) {
                let message = format!("it asks `{target}`, which is {wrong}");
                problems.at(container.index, container.pointer.clone(), message);
            }
        }
    }
}

/// What is wrong with a job that finds pods by the API.
fn discovered(
    objects: &Objects<'_>,
    container: &Mounted<'_>,
    job: &Value,
    discovery: &Value,
) -> Option<String> {
    let name = text(job, "/job_name");
    let named = list(discovery, "/namespaces/names").iter().filter_map(Value::as_str);
    let mut namespaces: Vec<&str> = named.collect();
    if discovery.pointer("/namespaces/own_namespace") == Some(&Value::Bool(true)) {
        namespaces.push(&container.home);
    }
    let labels = text(discovery, "/selectors/0/label").split(',');
    let labels: Map<String, Value> = labels
        .filter_map(|label| label.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    let relabelled = list(job, "/relabel_configs").iter();
    let port = relabelled
        .filter(|it| text(it, "/source_labels/0") == "__meta_kubernetes_pod_container_port_name")
        .map(|it| text(it, "/regex"))
        .next();
    for namespace in namespaces {
        if !may_list_pods(objects, container, namespace) {
            return Some(format!(
                "the job `{name}` looks for pods in `{namespace}`, and its account may not"
            ));
        }
        let pods = objects.selected(namespace, &json!({ "matchLabels": labels }));
        let has_port = pods
            .iter()
            .any(|pod| pod.ports().iter().any(|found| port.is_none_or(|port| found.name == port)));
        if !has_port {
            let port = port.unwrap_or_default();
            return Some(format!("the job `{name}` finds no pod with a port `{port}`"));
        }
    }
    None
}

/// The pod of a container.
fn pod_of<'a, 'b>(objects: &'a Objects<'b>, container: &Mounted<'_>) -> Option<&'a Pod<'b>> {
    objects.pods().iter().find(|pod| pod.object.index == container.index)
}

/// Whether the account of a container's pod may list the pods of a namespace.
fn may_list_pods(objects: &Objects<'_>, container: &Mounted<'_>, namespace: &str) -> bool {
    let Some(pod) = pod_of(objects, container) else { return false };
    let account = text(pod.spec(), "/serviceAccountName");
    let bindings = objects.of("RoleBinding").filter(|binding| binding.namespace() == namespace);
    bindings.chain(objects.of("ClusterRoleBinding")).any(|binding| {
        let is_bound = binding.list("/subjects").iter().any(|subject| {
            let home = match text(subject, "/namespace") {
                "" => binding.namespace(),
                home => home,
            };
            text(subject, "/name") == account && home == container.home
        });
        let (kind, name) = (binding.text("/roleRef/kind"), binding.text("/roleRef/name"));
        let home = if kind == "Role" { binding.namespace() } else { "" };
        let rules = objects.find(kind, home, name).map_or(&[][..], |role| role.list("/rules"));
        let allows = |rule: &Value| {
            let has = |key: &str, wanted: &str| {
                list(rule, key).iter().any(|one| one == wanted || one == "*")
            };
            has("/resources", "pods") && has("/verbs", "list") && has("/verbs", "watch")
        };
        is_bound && rules.iter().any(allows)
    })
}

/// What is wrong with an address; of those outside of the namespaces that are here nobody knows.
fn missing(objects: &Objects<'_>, container: &Mounted<'_>, address: &str) -> Option<&'static str> {
    let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
    let number = port.parse::<i64>().ok();
    if is_itself(host) {
        let ports = pod_of(objects, container).map(Pod::ports).unwrap_or_default();
        let listens = ports.iter().any(|port| Some(port.number) == number);
        return (!listens).then_some("no port of its own pod");
    }
    let home = container.home.as_str();
    let (name, namespace) = host.split_once('.').unwrap_or((host, home));
    if is_address(host) || (objects.namespace(namespace).is_none() && namespace != home) {
        return None;
    }
    let service = objects.find("Service", namespace, name);
    let mut ports = service.map_or(&[][..], |service| service.list("/spec/ports")).iter();
    let is_one =
        number.is_some() && ports.any(|one| one.get("port").and_then(Value::as_i64) == number);
    (!is_one).then_some("no port of a Service here")
}

/// Whether a host is the container that names it.
fn is_itself(host: &str) -> bool {
    host == "localhost" || ip(host).is_some_and(|ip| ip.is_loopback())
}

/// Whether a host is an address by number.
fn is_address(host: &str) -> bool {
    ip(host).is_some()
}

fn ip(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn of_services(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for container in files.mounted() {
        let Some((_, config)) = container.with_key("scrape_configs") else { continue };
        let Some(project) = files.projects().find(|project| project.index == container.index)
        else {
            continue;
        };
        let jobs = list(config, "/scrape_configs").iter();
        let looked_up = jobs.flat_map(|job| list(job, "/dns_sd_configs")).filter_map(|one| {
            let port = one.get("port")?;
            Some(format!("{}:{port}", text(one, "/names/0")))
        });
        let written = asked(config).into_iter().chain(told(config)).map(str::to_owned);
        for target in written.chain(looked_up) {
            let (host, port) = target.rsplit_once(':').unwrap_or((&target, ""));
            let mut problem =
                |message| problems.at(container.index, container.pointer.clone(), message);
            let host = if is_itself(host) { container.service } else { host };
            let Some(service) = project.service(host) else {
                if is_address(host) || host.contains('.') {
                    continue; // It is not of this file, and nobody knows.
                }
                problem(format!("it asks `{target}`, and there is no service `{host}`"));
                continue;
            };
            let own = project.service(container.service).map(networks).unwrap_or_default();
            if host != container.service && own.is_disjoint(&networks(service)) {
                problem(format!("it asks `{target}`, and shares no network with `{host}`"));
            }
            let known = project.expected.and_then(|expected| expected.containers.get(host));
            let listens = known
                .is_none_or(|known| known.ports.iter().any(|listens| listens.to_string() == port));
            if !listens {
                problem(format!("it asks `{target}`, and `{host}` does not listen on {port}"));
            }
        }
    }
}

const GOOD: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: { name: metrics, namespace: shop }
data:
  prometheus.yml: |
    scrape_configs:
    - job_name: web
      kubernetes_sd_configs:
      - { role: pod, namespaces: { own_namespace: true }, selectors: [{ role: pod, label: app=web }] }
      relabel_configs:
      - { source_labels: [__meta_kubernetes_pod_container_port_name], regex: metrics, action: keep }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: metrics, namespace: shop }
spec:
  template:
    spec:
      serviceAccountName: metrics
      containers:
      - name: metrics
        volumeMounts:
        - { name: files, mountPath: /etc/prometheus/prometheus.yml, subPath: prometheus.yml }
      volumes: [{ name: files, configMap: { name: metrics } }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: metrics, namespace: shop }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { kind: Role, name: metrics }
subjects: [{ kind: ServiceAccount, name: metrics, namespace: shop }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ name: metrics, containerPort: 9464 }] }] }
"#;

const BAD: &str = r"
apiVersion: v1
kind: ConfigMap
metadata: { name: metrics, namespace: shop }
data:
  prometheus.yml: |
    scrape_configs:
    - job_name: web
      kubernetes_sd_configs:
      - { role: pod, namespaces: { own_namespace: true }, selectors: [{ role: pod, label: app=web }] }
      relabel_configs:
      - { source_labels: [__meta_kubernetes_pod_container_port_name], regex: metrics, action: keep }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: metrics, namespace: shop }
spec:
  template:
    spec:
      containers:
      - name: metrics
        volumeMounts:
        - { name: files, mountPath: /etc/prometheus/prometheus.yml, subPath: prometheus.yml }
      volumes: [{ name: files, configMap: { name: metrics } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
";
