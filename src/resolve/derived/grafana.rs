//! What Grafana is told before its first start: data sources, and where its dashboards are.

use super::{Sources, dashboards, uid};
use crate::layer::Derived;
use serde_json::{Value, json};

/// One data source for each Prometheus and each Alertmanager that it uses. Their uids are fixed, so
/// that dashboards can name them.
pub(super) fn datasources(sources: &Sources<'_>) -> Value {
    let mut all = Vec::new();
    for kind in ["prometheus", "alertmanager"] {
        let used = sources.flows.iter().filter(|flow| flow.kind.as_deref() == Some(kind));
        for (index, flow) in used.enumerate() {
            let callee = &flow.flow.callee;
            let mut source = json!({
                "name": callee,
                "uid": source_uid(sources, callee),
                "type": kind,
                "access": "proxy",
                "url": flow.facts.text("url"),
                "isDefault": kind == "prometheus" && index == 0,
                "editable": false,
            });
            if kind == "alertmanager" {
                source["jsonData"] = json!({ "implementation": "prometheus" });
            }
            all.push(source);
        }
    }
    json!({ "apiVersion": 1, "datasources": all })
}

/// The uid of the data source of a service that Grafana uses.
pub(super) fn source_uid(sources: &Sources<'_>, callee: &str) -> String {
    uid(&format!("{}-{callee}", sources.system.name))
}

/// Where it finds dashboards. Without any there is no folder, and a provider of nothing is an error in
/// its log, again and again.
pub(super) fn providers(sources: &Sources<'_>) -> Value {
    let kind = sources.own.kind.iter().flat_map(|kind| kind.entry.kind.files.iter().flatten());
    let folders = kind.filter(|(_, file)| file.derive == Some(Derived::Dashboards));
    let providers: Vec<Value> = folders
        .filter(|_| dashboards::shown(sources).is_some())
        .map(|(path, _)| {
            json!({
                "name": sources.system.name,
                "folder": sources.system.name,
                "type": "file",
                // What is changed by hand would be lost at the next start.
                "allowUiUpdates": false,
                "disableDeletion": true,
                "options": { "path": path },
            })
        })
        .collect();
    json!({ "apiVersion": 1, "providers": providers })
}
