//! Grafana finds what it is given: data sources, and dashboards that name them.

use crate::check::compose::ComposeFiles;
use crate::check::mounted::Mounted;
use crate::check::objects::{Objects, list, text};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use camino::Utf8Path;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "dashboard-source",
    severity: Severity::Error,
    title: "Grafana's files lie where it reads them, and dashboards name data sources that exist",
    why: "Grafana reads `datasources/` and `dashboards/` of its provisioning folder and nothing else, \
          and a panel of a data source that is not there is empty: neither is said anywhere but there.",
    mend: "mount each file in its folder, and name the uid of a data source",
    bad: BAD,
    good: GOOD,
    asks: Asks::Both(
        |objects: &Objects<'_>, problems| check(objects.mounted(), problems),
        |files: &ComposeFiles<'_>, problems| check(files.mounted(), problems),
    ),
};

const PROVISIONING: &str = "/etc/grafana/provisioning";
/// Those whose files Grafana reads.
const FOLDERS: [&str; 5] = ["access-control", "alerting", "dashboards", "datasources", "plugins"];

fn check(all: &[Mounted<'_>], problems: &mut Problems<'_>) {
    for container in all {
        let provisioned =
            container.paths().filter(|path| Utf8Path::new(path).starts_with(PROVISIONING));
        if provisioned.clone().next().is_none() {
            continue;
        }
        let mut problem =
            |message: String| problems.at(container.index, container.pointer.clone(), message);
        for path in provisioned {
            let folder = Utf8Path::new(path).parent().and_then(|parent| {
                let below = parent.strip_prefix(PROVISIONING).ok()?;
                Some(below.as_str())
            });
            if !folder.is_some_and(|folder| FOLDERS.contains(&folder)) {
                problem(format!("Grafana does not read `{path}`"));
            }
        }
        let sources = container.in_folder(&format!("{PROVISIONING}/datasources"));
        let uids: BTreeSet<&str> = sources
            .iter()
            .flat_map(|(_, file)| list(file, "/datasources"))
            .map(|source| text(source, "/uid"))
            .collect();
        for (file, provider) in container.in_folder(&format!("{PROVISIONING}/dashboards")) {
            for folder in list(provider, "/providers") {
                let folder = text(folder, "/options/path");
                let dashboards = container.in_folder(folder);
                if dashboards.is_empty() {
                    problem(format!("`{file}` names `{folder}`, in which there is no dashboard"));
                }
                for (path, dashboard) in dashboards {
                    for uid in named(dashboard).difference(&uids) {
                        problem(format!("`{path}` names the data source `{uid}`: there is none"));
                    }
                }
            }
        }
    }
}

/// The data sources that a dashboard names.
fn named(dashboard: &Value) -> BTreeSet<&str> {
    let panels = list(dashboard, "/panels").iter();
    let own = panels.clone().map(|panel| text(panel, "/datasource/uid"));
    let targets = panels.flat_map(|panel| list(panel, "/targets"));
    let all = own.chain(targets.map(|target| text(target, "/datasource/uid")));
    all.filter(|uid| !uid.is_empty()).collect()
}

const GOOD: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: { name: boards, namespace: shop }
data:
  sources.yaml: |
    { datasources: [{ name: prometheus, uid: metrics, type: prometheus }] }
  providers.yaml: |
    providers: [{ name: shop, type: file, options: { path: /etc/grafana/dashboards } }]
  web.json: |
    { "panels": [{ "title": "Requests", "datasource": { "uid": "metrics" } }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: grafana, namespace: shop }
spec:
  template:
    spec:
      containers:
      - name: grafana
        volumeMounts:
        - { name: files, mountPath: /etc/grafana/provisioning/datasources/own.yaml, subPath: sources.yaml }
        - { name: files, mountPath: /etc/grafana/provisioning/dashboards/own.yaml, subPath: providers.yaml }
        - { name: files, mountPath: /etc/grafana/dashboards/web.json, subPath: web.json }
      volumes: [{ name: files, configMap: { name: boards } }]
"#;

const BAD: &str = r"
apiVersion: v1
kind: ConfigMap
metadata: { name: boards, namespace: shop }
data:
  datasources.yaml: |
    datasources: [{ name: prometheus, type: prometheus }]
  dashboards.yaml: |
    providers: [{ name: shop, type: file, options: { path: /var/lib/grafana/dashboards } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: grafana, namespace: shop }
spec:
  template:
    spec:
      containers:
      - name: grafana
        volumeMounts: [{ name: files, mountPath: /etc/grafana/provisioning }]
      volumes: [{ name: files, configMap: { name: boards } }]
";
