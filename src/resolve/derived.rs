//! Files that follow from the flows of a system, so that nobody writes a fact twice.

use super::draft::{Draft, SystemDraft, World};
use super::flows::ResolvedFlow;
use super::service::endpoints;
use crate::layer::{Derived, KindFile};
use crate::model::{Endpoint, Platform};
use crate::reference::Reference;
use crate::yaml::{KeyOrder, document};
use serde_json::{Value, json};

/// The most samples of one scrape: a service whose labels grow without end loses its own scrape,
/// instead of filling the memory of the server that all share.
const MOST_SAMPLES: u32 = 50_000;

/// The text of a derived file.
pub(super) fn text(
    world: &World<'_>,
    derived: Derived,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    flows: &[ResolvedFlow],
) -> String {
    let value = match derived {
        Derived::PrometheusScrape => prometheus(world, system, draft),
        Derived::GrafanaDatasources => grafana(system, flows),
    };
    document(&value, KeyOrder::AsIs)
}

/// Every endpoint is a job of its own.
fn prometheus(world: &World<'_>, system: &SystemDraft<'_>, own: &Draft<'_>) -> Value {
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
            let mut job = json!({ "job_name": name, "metrics_path": endpoint.path });
            let found = match world.platform {
                Platform::Kubernetes => pods(own, draft, &endpoint),
                Platform::Compose => containers(own, draft, &endpoint),
            };
            if let (Value::Object(job), Value::Object(found)) = (&mut job, found) {
                job.extend(found);
            }
            jobs.push(job);
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

/// In a cluster Prometheus finds the pods itself: through a Service it would scrape one replica at a
/// time, and counters would jump.
fn pods(own: &Draft<'_>, draft: &Draft<'_>, endpoint: &Endpoint) -> Value {
    json!({
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
    })
}

/// On one machine a container has the name of its service. One that may not run, or of which several
/// do, is looked up by that name: what is found is scraped, each by itself.
fn containers(own: &Draft<'_>, draft: &Draft<'_>, endpoint: &Endpoint) -> Value {
    let host = Reference::Name(draft.name.as_str()).to_string();
    let port = draft.ports.iter().find(|port| port.name == endpoint.port);
    let port = port.map_or(0, |port| port.number);
    let profile = |draft: &Draft<'_>| draft.service.compose_profile.clone();
    let may_miss = profile(draft).is_some() && profile(draft) != profile(own);
    let replicas = draft.service.replicas.as_deref().and_then(|replicas| replicas.min);
    if may_miss || replicas.is_some_and(|count| count > 1) {
        json!({ "dns_sd_configs": [{ "names": [host], "type": "A", "port": port }] })
    } else {
        json!({ "static_configs": [{ "targets": [format!("{host}:{port}")] }] })
    }
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
