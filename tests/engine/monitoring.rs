//! The profile `monitoring`: the real Prometheus and Alertmanager, with what is written for them.

use super::world::Running;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A scrape of everything, and an evaluation of every rule, with some patience.
const PATIENCE: Duration = Duration::from_secs(90);

/// Metrics that are there only when something has happened that does not happen here.
const LATER: &[&str] =
    &["alertmanager_notifications_failed_total", "alertmanager_notifications_total"];

/// Everything that is scraped is up, the rules are evaluated, and the alert that fires always arrives.
pub(crate) fn watches(running: &Running<'_>) {
    running.succeeds("docker compose --profile monitoring up --wait");
    let scraped: BTreeSet<String> = running
        .stack
        .services
        .values()
        .filter(|service| !service.metrics.is_empty())
        .map(|service| service.name.to_string())
        .collect();
    until("every target is up", || {
        let told = running.asked("prometheus", "9090/api/v1/targets");
        let targets = told["data"]["activeTargets"].as_array().unwrap().clone();
        let up = targets.iter().filter(|target| target["health"] == "up");
        let up: BTreeSet<String> =
            up.map(|target| target["labels"]["service"].as_str().unwrap().to_owned()).collect();
        (targets.iter().all(|target| target["health"] == "up") && up == scraped, told)
    });
    println!("{}: up are {scraped:?}", running.stack.system);
    let rules = running.asked("prometheus", "9090/api/v1/rules");
    let groups = rules["data"]["groups"].as_array().unwrap();
    let rules = || groups.iter().flat_map(|group| group["rules"].as_array().unwrap());
    assert!(rules().any(|rule| rule["name"] == "ServiceAbsent"), "{groups:?}");
    for rule in rules() {
        assert_ne!(rule["health"], "err", "{rule}");
    }
    let fires = |alerts: &Value| {
        let alerts = alerts.as_array().unwrap().clone();
        let named = |alert: &&Value| alert["labels"]["alertname"] == "Watchdog";
        alerts.iter().find(named).cloned()
    };
    until("the watchdog arrives", || {
        let alerts = running.asked("alertmanager", "9093/api/v2/alerts");
        (fires(&alerts).is_some(), alerts)
    });
    let watchdog = fires(&running.asked("alertmanager", "9093/api/v2/alerts")).unwrap();
    assert_eq!(watchdog["labels"]["system"], running.stack.system.as_str());
    assert_eq!(watchdog["labels"]["environment"], "dev");
    metrics_exist(running);
}

/// Who alerts, and who shows something, asks for metrics that the real programs export.
fn metrics_exist(running: &Running<'_>) {
    let of_real =
        Regex::new(r"\b(?:(?:prometheus|alertmanager|process|scrape)_[a-z_]+|up)\b").unwrap();
    let files = ["prometheus/iac.yaml", "grafana/prometheus.json", "grafana/alertmanager.json"];
    let mut asked = BTreeSet::new();
    for file in files.iter().chain(&["grafana/services.json"]) {
        let text = fs::read_to_string(running.folder.join("files").join(file)).unwrap();
        for line in text.lines().filter(|line| line.contains("expr")) {
            asked.extend(of_real.find_iter(line).map(|it| it.as_str().to_owned()));
        }
    }
    println!("{}: asked for {asked:?}", running.stack.system);
    assert!(asked.len() > 10 && asked.contains("up"), "{asked:?}");
    // Some are there from the second scrape on.
    until("whoever is asked for is exported", || {
        let known = running.asked("prometheus", "9090/api/v1/label/__name__/values");
        let known = known["data"].as_array().unwrap().clone();
        let is_known = |name: &str| known.iter().any(|one| one == name) || LATER.contains(&name);
        let missing: Vec<&String> = asked.iter().filter(|name| !is_known(name)).collect();
        (missing.is_empty(), serde_json::json!(missing))
    });
}

/// Waits until something holds, and tells what was last seen if it does not.
fn until(what: &str, mut holds: impl FnMut() -> (bool, Value)) {
    let began = Instant::now();
    loop {
        let (holds, seen) = holds();
        if holds {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "not yet: {what}: {seen}");
        sleep(Duration::from_secs(2));
    }
}
