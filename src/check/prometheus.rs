//! What a configuration of Prometheus says before anything runs.

use super::objects::{list, text};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::Chars;

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

/// The paths that an entry of `rule_files` means, read from the configuration's folder on, or why
/// Prometheus does not start with it.
///
/// It reads patterns as Go does, which no library here does: braces are letters like others, and only
/// `^` turns a class round.
pub(super) fn rule_files(config: &str, entry: &str) -> Result<Regex, &'static str> {
    if entry.split_once('*').is_some_and(|(_, rest)| rest.contains('/')) {
        return Err("a `*` may stand in the last part of a path alone");
    }
    let folder = config.rsplit_once('/').map_or("", |(folder, _)| folder);
    let whole = if entry.starts_with('/') { entry.to_owned() } else { format!("{folder}/{entry}") };
    let mut parts = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    let expression = expression(&format!("/{}", parts.join("/")));
    expression.and_then(|text| Regex::new(&text).ok()).ok_or("it is no pattern of paths")
}

fn expression(pattern: &str) -> Option<String> {
    let mut rest = pattern.chars().peekable();
    let mut expression = String::from("^");
    while let Some(first) = rest.next() {
        expression.push_str(&match first {
            '*' => "[^/]*".to_owned(),
            '?' => "[^/]".to_owned(),
            '[' => class(&mut rest)?,
            _ => literal(first, &mut rest)?,
        });
    }
    Some(expression + "$")
}

/// What stands between brackets: characters and ranges of them, at least one.
fn class(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let is_other = rest.next_if_eq(&'^').is_some();
    let mut class = String::from(if is_other { "[^/" } else { "[" });
    loop {
        class.push_str(&end_of_range(rest)?);
        if rest.next_if_eq(&'-').is_some() {
            class.push('-');
            class.push_str(&end_of_range(rest)?);
        }
        if rest.next_if_eq(&']').is_some() {
            return Some(class + "]");
        }
    }
}

fn end_of_range(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let first = rest.next().filter(|first| !matches!(first, '-' | ']'))?;
    literal(first, rest)
}

/// A character that stands for itself, also behind a backslash.
fn literal(first: char, rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let itself = if first == '\\' { rest.next()? } else { first };
    Some(format!(r"\x{{{:x}}}", u32::from(itself)))
}

fn steps(job: &Value) -> impl DoubleEndedIterator<Item = &Value> {
    list(job, "/relabel_configs").iter().chain(list(job, "/metric_relabel_configs"))
}

#[cfg(test)]
mod tests {
    use super::{asked, rule_files, values};
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

    #[test]
    fn patterns_of_rule_files_are_read_as_promtool_reads_them() {
        let meant = |entry: &str, path: &str| {
            rule_files("/etc/prometheus/prometheus.yml", entry).map(|meant| meant.is_match(path))
        };
        let own = "/etc/prometheus/rules/own.yaml";
        for entry in [
            "rules/own.yaml",
            "./rules//*.yaml",
            "rules/../rules/own.yaml",
            "/etc/prometheus/rules/*",
            "r[u]les/**",
            "rules/own.y[a]ml",
            "rules/[!o]wn.yaml",
            "rules/[^a]wn.yaml",
            "rules/[a-z\\]]wn.ya?l",
            "rules/o\\wn.yaml",
        ] {
            assert_eq!(meant(entry, own), Ok(true), "{entry}");
        }
        for entry in
            ["*.yaml", "own.yaml", "rules/{own,x}.yaml", "rules/[!a]wn.yaml", "rules/own?yam"]
        {
            assert_eq!(meant(entry, own), Ok(false), "{entry}");
        }
        assert_eq!(meant("rules/{own}.yaml", "/etc/prometheus/rules/{own}.yaml"), Ok(true));
        assert_eq!(meant("**", own), Ok(false));
        assert_eq!(meant("rules[^a]own.yaml", own), Ok(false));
        for entry in ["*/own.yaml", "/etc/*/rules/own.yaml", "**/*.yaml"] {
            assert!(meant(entry, own).unwrap_err().starts_with("a `*` may"), "{entry}");
        }
        for entry in ["rules/[.yaml", "rules/[]", "rules/[-a]", "rules/own\\"] {
            assert_eq!(meant(entry, own), Err("it is no pattern of paths"), "{entry}");
        }
    }
}
