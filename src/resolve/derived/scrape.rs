//! What Prometheus scrapes: every endpoint of a system is a job of its own.

use super::Sources;
use crate::layer::{Derived, KindFile};
use crate::model::{Endpoint, Platform};
use crate::reference::Reference;
use crate::resolve::draft::Draft;
use crate::resolve::service::endpoints;
use camino::Utf8Path;
use serde_json::{Value, json};

/// The most samples of one scrape: a service whose labels grow without end loses its own scrape,
/// instead of filling the memory of the server that all share.
const MOST_SAMPLES: u32 = 50_000;

/// An endpoint that is scraped.
pub(super) struct Job<'a> {
    pub(super) name: String,
    pub(super) draft: &'a Draft<'a>,
    endpoint: Endpoint,
    /// Whether it is there whenever the Prometheus is.
    pub(super) always: bool,
}

/// Everything that a Prometheus of a system scrapes.
pub(super) fn jobs<'a>(sources: &Sources<'a>, prometheus: &Draft<'_>) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for draft in sources.system.services.values().filter(|draft| draft.here()) {
        let endpoints = endpoints(draft);
        let several = endpoints.len() > 1;
        let always = draft.run.is_called() && !may_miss(sources.world.platform, prometheus, draft);
        jobs.extend(endpoints.into_iter().map(|endpoint| {
            let name = if several {
                format!("{}-{}", draft.name, endpoint.name)
            } else {
                draft.name.to_string()
            };
            Job { name, draft, endpoint, always }
        }));
    }
    jobs
}

/// Whether a service may not run where the Prometheus does: it is of another profile.
fn may_miss(platform: Platform, prometheus: &Draft<'_>, draft: &Draft<'_>) -> bool {
    let profile = |draft: &Draft<'_>| draft.service.compose_profile.clone();
    let other = profile(draft).is_some() && profile(draft) != profile(prometheus);
    platform == Platform::Compose && other
}

/// Prometheus' own configuration.
pub(super) fn config(sources: &Sources<'_>) -> Value {
    let own = sources.own;
    let jobs: Vec<Value> = jobs(sources, own).iter().map(|job| scraped(sources, job)).collect();
    let mut config = json!({
        "global": {
            "scrape_interval": "15s",
            "evaluation_interval": "15s",
            "sample_limit": MOST_SAMPLES,
            "external_labels": super::labels(sources),
        },
        "rule_files": rule_files(sources),
        "alerting": { "alertmanagers": alertmanagers(sources) },
        "scrape_configs": jobs,
    });
    // What is empty is not said.
    if let Value::Object(config) = &mut config {
        config.retain(|_, value| match value {
            Value::Array(items) => !items.is_empty(),
            Value::Object(map) => map.get("alertmanagers") != Some(&json!([])),
            _ => true,
        });
    }
    config
}

fn scraped(sources: &Sources<'_>, job: &Job<'_>) -> Value {
    let mut all = json!({ "job_name": job.name, "metrics_path": job.endpoint.path });
    let (how, mut relabelled) = match sources.world.platform {
        Platform::Kubernetes => pods(sources.own, job),
        Platform::Compose => (containers(job), Vec::new()),
    };
    // Alerts and dashboards find a service by this label, whatever its jobs are called.
    relabelled.push(json!({ "target_label": "service", "replacement": job.draft.name }));
    if let (Value::Object(all), Value::Object(how)) = (&mut all, how) {
        all.extend(how);
        all.insert("relabel_configs".to_owned(), relabelled.into());
    }
    all
}

/// In a cluster Prometheus finds the pods itself: through a Service it would scrape one replica at a
/// time, and counters would jump.
fn pods(own: &Draft<'_>, job: &Job<'_>) -> (Value, Vec<Value>) {
    let how = json!({
        "kubernetes_sd_configs": [{
            "role": "pod",
            "namespaces": namespaces(own, job.draft),
            "selectors": [{
                "role": "pod",
                "label": selector(job.draft),
            }],
        }],
    });
    let relabelled = vec![
        json!({
            "source_labels": ["__meta_kubernetes_pod_phase"],
            "regex": "Running",
            "action": "keep",
        }),
        json!({
            "source_labels": ["__meta_kubernetes_pod_container_port_name"],
            "regex": job.endpoint.port.as_str(),
            "action": "keep",
        }),
        json!({
            "source_labels": ["__meta_kubernetes_pod_name"],
            "target_label": "pod",
        }),
    ];
    (how, relabelled)
}

/// On one machine a container has the name of its service. One that may not run, or of which several
/// do, is looked up by that name: what is found is scraped, each by itself.
fn containers(job: &Job<'_>) -> Value {
    let draft = job.draft;
    let host = Reference::Name(draft.name.as_str()).to_string();
    let port = draft.ports.iter().find(|port| port.name == job.endpoint.port);
    let port = port.map_or(0, |port| port.number);
    let replicas = draft.service.replicas.as_deref().and_then(|replicas| replicas.min);
    if !job.always || replicas.is_some_and(|count| count > 1) {
        json!({ "dns_sd_configs": [{ "names": [host], "type": "A", "port": port }] })
    } else {
        json!({ "static_configs": [{ "targets": [format!("{host}:{port}")] }] })
    }
}

/// The files with rules that are mounted, each by its name: of a pattern nobody would see that it
/// finds nothing.
fn rule_files(sources: &Sources<'_>) -> Vec<String> {
    let is_rules = |path: &str| {
        let extension = Utf8Path::new(path).extension();
        path.contains("/rules/") && matches!(extension, Some("yaml" | "yml"))
    };
    let kind = sources.own.kind.iter().flat_map(|kind| kind.entry.kind.files.iter().flatten());
    let derived = kind.filter(|(_, file)| file.derive == Some(Derived::PrometheusRules));
    let mut paths: Vec<String> = derived.map(|(path, _)| path.to_string()).collect();
    for (path, file) in sources.own.service.files.iter().flatten() {
        if file.enabled == Some(false) {
            continue;
        }
        let texts = file.from.as_ref().and_then(|from| sources.system.files.texts.get(from));
        for text in texts.into_iter().flatten() {
            let path = if text.below.is_empty() {
                path.to_string()
            } else {
                let below = text.below.strip_suffix(".j2").unwrap_or(&text.below);
                format!("{}/{below}", path.as_str().trim_end_matches('/'))
            };
            if is_rules(&path) && !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths
}

/// Who is told of alerts: each Alertmanager that the service uses.
fn alertmanagers(sources: &Sources<'_>) -> Vec<Value> {
    let used = sources.flows.iter().filter(|flow| flow.kind.as_deref() == Some("alertmanager"));
    let addresses = used.filter_map(|flow| flow.facts.text("address"));
    let told = addresses.map(
        |address| json!({ "api_version": "v2", "static_configs": [{ "targets": [address] }] }),
    );
    told.collect()
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
pub(in crate::resolve) fn scrapes(draft: &Draft<'_>) -> bool {
    let files = draft.kind.as_ref().and_then(|kind| kind.entry.kind.files.as_ref());
    let derived = |file: &KindFile| file.derive == Some(Derived::PrometheusScrape);
    files.into_iter().flatten().any(|(_, file)| derived(file))
}
