//! Files that follow from the flows of a system, so that nobody writes a fact twice.

use super::draft::{Draft, SystemDraft};
use super::flows::ResolvedFlow;
use super::service::endpoints;
use crate::layer::{Derived, KindFile};
use crate::reference::Reference;
use crate::yaml::{KeyOrder, document};
use serde_json::{Value, json};

/// The most samples of one scrape: a service whose labels grow without end loses its own scrape,
/// instead of filling the memory of the server that all share.
const MOST_SAMPLES: u32 = 50_000;

/// The text of a derived file.
pub(super) fn text(
    derived: Derived,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    flows: &[ResolvedFlow],
) -> String {
    let value = match derived {
        Derived::PrometheusScrape => prometheus(system, draft),
        Derived::GrafanaDatasources => grafana(system, flows),
    };
    document(&value, KeyOrder::AsIs)
}

/// Prometheus finds the pods itself: through a Service it would scrape one replica at a time, and
/// counters would jump.
fn prometheus(system: &SystemDraft<'_>, own: &Draft<'_>) -> Value {
    let mut jobs = Vec::new();
    for draft in system.services.values().filter(|draft| draft.here()) {
        let endpoints = endpoints(draft);
        let several = endpoints.len() > 1;
        for endpoint in endpoints {
            let name = if several {
                format!("{}-{}", draft.name, endpoint.name)
            } else {
                draft.name.to_string()
            };
            jobs.push(json!({
                "job_name": name,
                "metrics_path": endpoint.path,
                "kubernetes_sd_configs": [{
                    "role": "pod",
                    "namespaces": namespaces(own, draft),
                    "selectors": [{
                        "role": "pod",
                        "label": selector(draft),
                    }],
                }],
                "relabel_configs": [
                    {
                        "source_labels": ["__meta_kubernetes_pod_phase"],
                        "regex": "Running",
                        "action": "keep",
                    },
                    {
                        "source_labels": ["__meta_kubernetes_pod_container_port_name"],
                        "regex": endpoint.port.as_str(),
                        "action": "keep",
                    },
                    {
                        "source_labels": ["__meta_kubernetes_pod_name"],
                        "target_label": "pod",
                    },
                ],
            }));
        }
    }
    json!({
        "global": {
            "scrape_interval": "15s",
            "evaluation_interval": "15s",
            "sample_limit": MOST_SAMPLES,
        },
        "scrape_configs": jobs,
    })
}

/// The labels by which the API finds the pods of a service.
fn selector(draft: &Draft<'_>) -> String {
    match draft.provider() {
        Some(provider) => {
            let labels = provider.labels.iter().map(|(key, value)| format!("{key}={value}"));
            labels.collect::<Vec<_>>().join(",")
        }
        None => format!("app.kubernetes.io/name={}", draft.name),
    }
}

/// Where pods are looked for: a service may live in a namespace beside that of its Prometheus.
fn namespaces(own: &Draft<'_>, scraped: &Draft<'_>) -> Value {
    if own.beside == scraped.beside {
        return json!({ "own_namespace": true });
    }
    json!({ "names": [Reference::namespace(scraped.beside).to_string()] })
}

/// Whether a service finds the pods of others by the API, to scrape them.
pub(super) fn scrapes(draft: &Draft<'_>) -> bool {
    let files = draft.kind.as_ref().and_then(|kind| kind.entry.kind.files.as_ref());
    let derived = |file: &KindFile| file.derive == Some(Derived::PrometheusScrape);
    files.into_iter().flatten().any(|(_, file)| derived(file))
}

/// One data source for each Prometheus; its uid is fixed, so that dashboards can name it.
fn grafana(system: &SystemDraft<'_>, flows: &[ResolvedFlow]) -> Value {
    let prometheus = flows.iter().filter(|flow| flow.kind.as_deref() == Some("prometheus"));
    let sources: Vec<Value> = prometheus
        .enumerate()
        .map(|(index, flow)| {
            json!({
                "name": flow.flow.callee,
                "uid": format!("{}-{}", system.name, flow.flow.callee.replace('/', "-")),
                "type": "prometheus",
                "access": "proxy",
                "url": flow.facts.text("url"),
                "isDefault": index == 0,
                "editable": false,
            })
        })
        .collect();
    json!({ "apiVersion": 1, "datasources": sources })
}
