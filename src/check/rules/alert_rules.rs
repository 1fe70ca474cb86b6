//! Alerts are evaluated, ask for what is scraped, and reach somebody.

use crate::check::compose::ComposeFiles;
use crate::check::mounted::Mounted;
use crate::check::objects::{Objects, list, text};
use crate::check::{Asks, Problems, Rule, prometheus};
use crate::finding::Severity;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "alert-rules",
    severity: Severity::Error,
    title: "rules of alerts are mounted, ask for what is scraped, and reach Alertmanager",
    why: "Prometheus starts without the files that `rule_files` names, and an expression over a job \
          that is not there never fires: nobody is told, and nothing says so.",
    mend: "mount the file, name jobs that are scraped, and say `alerting` where an Alertmanager runs",
    bad: BAD,
    good: GOOD,
    asks: Asks::Both(
        |objects: &Objects<'_>, problems| check(objects.mounted(), problems),
        |files: &ComposeFiles<'_>, problems| check(files.mounted(), problems),
    ),
};

fn check(all: &[Mounted<'_>], problems: &mut Problems<'_>) {
    for container in all {
        if let Some((path, config)) = container.with_key("scrape_configs") {
            rules(container, path, config, problems);
            let told = list(config, "/alerting/alertmanagers");
            let runs = all
                .iter()
                .any(|other| other.home == container.home && other.with_key("route").is_some());
            if told.is_empty() && runs {
                let message = format!("an Alertmanager runs here, and `{path}` names none");
                problems.at(container.index, container.pointer.clone(), message);
            }
        }
        if let Some((path, config)) = container.with_key("route") {
            routes(container, path, config, problems);
        }
    }
}

fn rules(container: &Mounted<'_>, path: &str, config: &Value, problems: &mut Problems<'_>) {
    let mut problem =
        |message: String| problems.at(container.index, container.pointer.clone(), message);
    let scraped = ["job", "service"].map(|label| (label, prometheus::values(config, label)));
    for pattern in list(config, "/rule_files").iter().filter_map(Value::as_str) {
        let meant = match prometheus::rule_files(path, pattern) {
            Ok(meant) => meant,
            Err(reason) => {
                problem(format!("Prometheus does not start with `{pattern}`: {reason}"));
                continue;
            }
        };
        let mut files = container.paths().filter(|file| meant.is_match(file)).peekable();
        if files.peek().is_none() {
            problem(format!("`{path}` names `{pattern}`, and nothing is mounted there"));
        }
        for file in files {
            match container.at(file) {
                Some(rules) => alerts(rules, &scraped, &mut problem),
                None => problem(format!("Prometheus cannot read `{file}`: it is no YAML")),
            }
        }
    }
}

/// Labels by which metrics are told apart, with their values as far as these are known.
type Scraped<'a> = [(&'static str, Option<BTreeSet<&'a str>>); 2];

/// The alerts of a file of rules.
fn alerts(rules: &Value, scraped: &Scraped<'_>, problem: &mut impl FnMut(String)) {
    for rule in list(rules, "/groups").iter().flat_map(|group| list(group, "/rules")) {
        let (alert, expr) = (text(rule, "/alert"), text(rule, "/expr"));
        if !alert.is_empty() && text(rule, "/labels/severity").is_empty() {
            problem(format!("the alert `{alert}` has no severity, by which it is routed"));
        }
        for (label, known) in scraped {
            let Some(known) = known else { continue };
            for name in matched(expr, label).filter(|name| !known.contains(name)) {
                problem(format!("`{alert}` asks for the {label} `{name}`, which is not scraped"));
            }
        }
    }
}

/// The values that an expression demands of a label.
fn matched<'a>(expr: &'a str, label: &str) -> impl Iterator<Item = &'a str> {
    let wanted = format!("{label}=\"");
    let starts: Vec<usize> = expr.match_indices(&wanted).map(|(at, _)| at).collect();
    starts.into_iter().filter_map(move |at| {
        let whole = !expr[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let rest = &expr[at + wanted.len()..];
        whole.then(|| rest.split('"').next())?
    })
}

fn routes(container: &Mounted<'_>, path: &str, config: &Value, problems: &mut Problems<'_>) {
    let mut problem =
        |message: String| problems.at(container.index, container.pointer.clone(), message);
    let receivers = list(config, "/receivers");
    let known: BTreeSet<&str> = receivers.iter().map(|receiver| text(receiver, "/name")).collect();
    let root = config.get("route").into_iter();
    for route in root.chain(list(config, "/route/routes")) {
        let receiver = text(route, "/receiver");
        if !known.contains(receiver) {
            problem(format!("a route of `{path}` leads to `{receiver}`, which is no receiver"));
        }
    }
    for receiver in receivers {
        let integrations = receiver.as_object().into_iter().flatten();
        let configs = integrations.filter_map(|(_, value)| value.as_array()).flatten();
        let files = configs.filter_map(Value::as_object).flatten();
        for (_, file) in files.filter(|(key, _)| key.ends_with("_file")) {
            let file = file.as_str().unwrap_or_default();
            if !container.has_secret(file) {
                let name = text(receiver, "/name");
                problem(format!("the receiver `{name}` reads `{file}`, and no secret is there"));
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
    rule_files: [rules/*.yaml]
    scrape_configs: [{ job_name: web }]
  own.yaml: |
    groups:
    - name: own
      rules: [{ alert: Absent, expr: 'absent(up{job="web"})', labels: { severity: critical } }]
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
        - { name: files, mountPath: /etc/prometheus/rules/own.yaml, subPath: own.yaml }
      volumes: [{ name: files, configMap: { name: metrics } }]
"#;

const BAD: &str = r"
apiVersion: v1
kind: ConfigMap
metadata: { name: metrics, namespace: shop }
data:
  prometheus.yml: |
    rule_files: [rules/*.yml]
    scrape_configs: [{ job_name: web }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: metrics, namespace: shop }
spec:
  template:
    spec:
      containers:
      - name: metrics
        volumeMounts: [{ name: files, mountPath: /etc/prometheus }]
      volumes: [{ name: files, configMap: { name: metrics } }]
";
