//! What a configuration of Prometheus says before anything runs.

use super::objects::{list, text};
use serde_json::Value;
use std::collections::BTreeSet;

/// The addresses that its jobs ask, as far as they are written.
pub(super) fn asked(config: &Value) -> Vec<&str> {
    let jobs = list(config, "/scrape_configs").iter();
    let all = jobs.flat_map(|job| match relabelled(job, "__address__").next_back() {
        // Of a prober: the targets are what it looks at, and this is whom Prometheus asks.
        Some(address) => vec![address],
        None => addresses(job),
    });
    all.filter(|address| !address.contains('$')).collect()
}

/// The addresses that are told of alerts.
pub(super) fn told(config: &Value) -> Vec<&str> {
    list(config, "/alerting/alertmanagers").iter().flat_map(addresses).collect()
}

fn addresses(one: &Value) -> Vec<&str> {
    let statics = list(one, "/static_configs").iter();
    statics.flat_map(|one| list(one, "/targets")).filter_map(Value::as_str).collect()
}

/// The values that a label has in what is scraped; nothing if only a running Prometheus knows.
pub(super) fn values<'a>(config: &'a Value, label: &str) -> Option<BTreeSet<&'a str>> {
    let mut all = BTreeSet::new();
    for job in list(config, "/scrape_configs") {
        if brings_labels(job) {
            return None;
        }
        if label == "job" {
            all.insert(text(job, "/job_name"));
        }
        let targets = list(job, "/static_configs").iter();
        all.extend(targets.filter_map(|one| one.get("labels")?.get(label)?.as_str()));
        all.extend(relabelled(job, label));
    }
    (!all.iter().any(|value| value.contains('$'))).then_some(all)
}

/// Whether what is found, or scraped, names labels itself.
fn brings_labels(job: &Value) -> bool {
    let maps = steps(job).any(|step| text(step, "/action") == "labelmap");
    let told = ["file_sd_configs", "http_sd_configs"].iter().any(|key| job.get(*key).is_some());
    maps || told || job.get("honor_labels") == Some(&Value::Bool(true))
}

/// What relabelling writes to a label: a text, in which `$1` and the like stand for what is found.
fn relabelled<'a>(job: &'a Value, label: &str) -> impl DoubleEndedIterator<Item = &'a str> {
    let written = steps(job).filter(move |step| text(step, "/target_label") == label);
    written.map(|step| step.get("replacement").and_then(Value::as_str).unwrap_or("$1"))
}

fn steps(job: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    list(job, "/relabel_configs").iter().chain(list(job, "/metric_relabel_configs"))
}

#[cfg(test)]
mod tests {
    use super::{asked, values};
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn a_prober_is_asked_in_place_of_what_it_looks_at() {
        let targets = json!([{ "targets": ["https://example.com"] }]);
        let job = |address: &str| {
            let to_prober = json!([
                { "source_labels": ["__address__"], "target_label": "__param_target" },
                { "target_label": "__address__", "replacement": address },
            ]);
            json!({ "scrape_configs": [
                { "static_configs": targets, "relabel_configs": to_prober },
                { "static_configs": [{ "targets": ["web:8080"] }] },
            ] })
        };
        assert_eq!(asked(&job("prober:9115")), ["prober:9115", "web:8080"]);
        assert_eq!(asked(&job("$1:9115")), ["web:8080"]);
    }

    #[test]
    fn labels_are_known_as_far_as_they_are_written() {
        let of = |job: serde_json::Value| {
            let config = json!({ "scrape_configs": [{ "job_name": "first" }, job] });
            values(&config, "service").map(|all| all.into_iter().map(str::to_owned).collect())
        };
        let only = |value: &str| Some(BTreeSet::from([value.to_owned()]));
        let written = json!({ "target_label": "service", "replacement": "web" });
        assert_eq!(of(json!({ "relabel_configs": [written] })), only("web"));
        assert_eq!(of(json!({ "metric_relabel_configs": [written] })), only("web"));
        let targets = json!({ "targets": [], "labels": { "service": "web", "zone": "a" } });
        assert_eq!(of(json!({ "static_configs": [targets] })), only("web"));
        assert_eq!(of(json!({ "honor_labels": false })), Some(BTreeSet::new()));
        for job in [
            json!({ "relabel_configs": [{ "target_label": "service" }] }),
            json!({ "relabel_configs": [{ "target_label": "service", "replacement": "${1}-a" }] }),
            json!({ "relabel_configs": [{ "action": "labelmap", "regex": "label_(.+)" }] }),
            json!({ "file_sd_configs": [] }),
            json!({ "http_sd_configs": [] }),
            json!({ "honor_labels": true }),
        ] {
            assert_eq!(of(job.clone()), None, "{job}");
        }
    }

    #[test]
    fn a_job_is_a_label_too() {
        let relabelled = json!([{ "target_label": "job", "replacement": "other" }]);
        let config = json!({ "scrape_configs": [
            { "job_name": "web", "relabel_configs": relabelled },
        ] });
        assert_eq!(values(&config, "job"), Some(BTreeSet::from(["web", "other"])));
    }
}
