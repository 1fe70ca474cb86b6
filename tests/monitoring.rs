//! What is written for Prometheus, Alertmanager and Grafana follows from what is described.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use serde_json::{Value, json};
use support::Project;

const ENVIRONMENT: &str = "\
about: Development
targets: [compose, kubernetes]
domain: example.com
registry: { host: ghcr.io/example }
kubernetes: { version: \"1.36\" }
";

const QUEUE: &str = "\
about: A queue
versions: { \"1\": { image: ghcr.io/example/queue, tag: \"1.0\" } }
default-version: \"1\"
contract:
  user: \"999:999\"
  ports: { http: 8000, metrics: 9100 }
  health: { live: /live, port: http, command: [queue, ready] }
  metrics: { metrics: { path: /stats } }
alerts:
  QueueIsFull:
    expr: 'queue_free{service=\"{{ service }}\"} == 0'
    for: 10m
    severity: critical
    summary: \"{{ service }} is full\"
panels:
  - { title: Length, expr: 'queue_length{service=~\"{{ service }}\"}', by: [instance, lane], unit: short }
";

const SYSTEM: &str = "\
about: A shop
services:
  web: { build: { context: web, language: go }, ports: { http: 8080, metrics: 9464 }, health: { live: /live } }
  debug: { build: { context: debug, language: go }, ports: { metrics: 9464 }, health: { command: [/x] }, compose-profile: debug }
  orders: { kind: queue }
  mails: { kind: queue }
  prometheus:
    kind: prometheus
    options: { runbooks: \"https://runbooks.example.com/\" }
    volumes: { data: { size: 10Gi } }
    files:
      /etc/prometheus/rules/own.yaml: { from: own.yaml }
      /etc/prometheus/rules/more: { from: more }
  grafana: { kind: grafana, files: { /etc/grafana/dashboards/own.json: { from: own.json } } }
";

fn shop(more: &str) -> Project {
    let system = format!("{SYSTEM}{more}");
    let project = Project::of(&[
        ("environments/dev.yaml", ENVIRONMENT),
        ("environments/catalogue/queue.yaml", QUEUE),
        ("environments/shop/system.yaml", &system),
        ("environments/shop/files/own.yaml", "groups: []\n"),
        ("environments/shop/files/more/one.yaml", "groups: []\n"),
        ("environments/shop/files/more/two.yml.j2", "groups: []\n# {{ system }}\n"),
        ("environments/shop/files/own.json", "{ \"panels\": [] }\n"),
    ]);
    project.iac(&["render"]).ends(0);
    project.iac(&["check"]).ends(0);
    project
}

/// A file that Compose mounts, as data.
fn mounted(project: &Project, path: &str) -> Value {
    let text = project.read(&format!("out/dev/shop/compose/files/{path}"));
    serde_yaml::from_str(&text).unwrap()
}

fn names<'a>(values: &'a Value, key: &str) -> Vec<&'a str> {
    values.as_array().unwrap().iter().map(|it| it[key].as_str().unwrap()).collect()
}

#[test]
fn every_endpoint_is_a_job_with_the_name_of_its_service() {
    let project = shop("");
    let config = mounted(&project, "prometheus/prometheus.yml");
    let jobs = &config["scrape_configs"];
    let all = ["debug", "grafana", "mails", "orders", "prometheus", "web"];
    assert_eq!(names(jobs, "job_name"), all);
    assert_eq!(jobs[3]["metrics_path"], "/stats");
    assert_eq!(jobs[3]["static_configs"][0]["targets"], json!(["orders:9100"]));
    // Who may not run is looked up.
    assert_eq!(jobs[0]["dns_sd_configs"][0]["names"], json!(["debug"]));
    for (job, name) in jobs.as_array().unwrap().iter().zip(all) {
        let labels = job["relabel_configs"].as_array().unwrap();
        assert!(
            labels.contains(&json!({ "target_label": "service", "replacement": name })),
            "{job}"
        );
    }
    assert_eq!(
        config["global"]["external_labels"],
        json!({ "environment": "dev", "system": "shop" })
    );
    // Nobody is told of alerts where there is no Alertmanager.
    assert!(config.get("alerting").is_none());
}

#[test]
fn every_file_of_rules_that_is_mounted_is_read() {
    let project = shop("");
    let config = mounted(&project, "prometheus/prometheus.yml");
    let files = ["iac.yaml", "more/one.yaml", "more/two.yml", "own.yaml"];
    let files = files.map(|file| format!("/etc/prometheus/rules/{file}"));
    assert_eq!(config["rule_files"], json!(files));
    let kubernetes = project.read("out/dev/shop/kubernetes/prometheus.yaml");
    assert!(files.iter().all(|file| kubernetes.contains(&format!("- {file}\n"))), "{kubernetes}");
}

#[test]
fn alerts_follow_from_services_and_their_kinds() {
    let project = shop("");
    let rules = mounted(&project, "prometheus/iac.yaml");
    assert_eq!(names(&rules["groups"], "name"), ["availability", "mails", "orders", "prometheus"]);
    let general = &rules["groups"][0]["rules"];
    let absent: Vec<&Value> = general
        .as_array()
        .unwrap()
        .iter()
        .filter(|rule| rule["alert"] == "ServiceAbsent")
        .map(|rule| &rule["labels"]["service"])
        .collect();
    // What a profile may leave out is not missed.
    assert_eq!(absent, ["grafana", "mails", "orders", "prometheus", "web"]);
    assert_eq!(
        rules["groups"][2]["rules"][0],
        json!({
            "alert": "QueueIsFull",
            "expr": "queue_free{service=\"orders\"} == 0",
            "for": "10m",
            "labels": { "severity": "critical", "service": "orders" },
            "annotations": {
                "summary": "orders is full",
                "runbook_url": "https://runbooks.example.com/QueueIsFull",
            },
        })
    );
    let bound = project.read("out/dev/shop/kubernetes/prometheus.yaml");
    assert!(bound.contains("absent(up{job=\"debug\"})"), "a cluster has no profiles");
}

#[test]
fn receivers_are_told_what_they_ask_for() {
    let project = shop(
        "  alertmanager:
    kind: alertmanager
    options:
      receivers:
        beat: { alerts: watchdog }
        chat: { type: slack, channel: \"#shop\" }
        nobody: { alerts: all }
        phone: { type: pagerduty, alerts: critical }
    uses: { outside: { env: null } }
external:
  outside: { hosts: [hooks.example.com], addresses: internet, ports: { https: 443 } }
",
    );
    let told = mounted(&project, "prometheus/prometheus.yml");
    assert_eq!(
        told["alerting"]["alertmanagers"],
        json!([{ "api_version": "v2", "static_configs": [{ "targets": ["alertmanager:9093"] }] }])
    );
    let config = mounted(&project, "alertmanager/alertmanager.yml");
    let routes = &config["route"]["routes"];
    assert_eq!(names(routes, "receiver"), ["beat", "chat", "nobody", "phone"]);
    assert_eq!(routes[0]["matchers"], json!(["alertname=\"Watchdog\""]));
    assert_eq!(routes[1]["matchers"], json!(["severity=~\"critical|warning\""]));
    assert_eq!(routes[3]["matchers"], json!(["severity=\"critical\""]));
    assert_eq!(routes[0]["repeat_interval"], "5m", "a heart beats more often than alerts repeat");
    let of_one_service = json!(["environment", "system", "service"]);
    let held_back = json!([{
        "source_matchers": ["severity=\"critical\""],
        "target_matchers": ["severity=\"warning\""],
        "equal": of_one_service,
    }]);
    assert_eq!(config["inhibit_rules"], held_back, "of what is down nobody hears that it is slow");
    let receivers = &config["receivers"];
    assert_eq!(names(receivers, "name"), ["no receiver", "beat", "chat", "nobody", "phone"]);
    assert_eq!(receivers[1]["webhook_configs"][0]["url_file"], "/run/secrets/beat.credential");
    let slack = &receivers[2]["slack_configs"][0];
    assert_eq!(slack["api_url_file"], "/run/secrets/chat.credential");
    assert_eq!(slack["channel"], "#shop");
    let phone = &receivers[4]["pagerduty_configs"][0];
    assert_eq!(phone["routing_key_file"], "/run/secrets/phone.credential");
    let secrets = project.iac(&["list", "secrets", "--system", "shop"]).ends(0).out;
    assert!(secrets.contains("shop/alertmanager/phone#credential"), "{secrets}");
    let compose = project.read("out/dev/shop/compose/compose.yaml");
    assert!(compose.contains("target: /run/secrets/chat.credential\n"), "{compose}");
}

#[test]
fn a_dashboard_shows_all_services_of_a_kind() {
    let project = shop("");
    let board = mounted(&project, "grafana/queue.json");
    assert_eq!(board["templating"]["list"][0]["query"], "mails,orders");
    let panel = board["panels"].as_array().unwrap().last().unwrap();
    assert_eq!(panel["title"], "Length");
    assert_eq!(panel["targets"][0]["expr"], "queue_length{service=~\"$service\"}");
    assert_eq!(panel["targets"][0]["legendFormat"], "{{instance}} {{lane}}");
    assert_eq!(panel["datasource"]["uid"], "shop-prometheus");
    let own = mounted(&project, "grafana/services.json");
    assert_eq!(own["templating"]["list"][0]["query"], "debug,web");
    assert_eq!(mounted(&project, "grafana/own.json"), json!({ "panels": [] }));
}

#[test]
fn a_grafana_alone_is_told_of_no_folder() {
    let project = Project::of(&[
        ("environments/dev.yaml", ENVIRONMENT),
        (
            "environments/shop/system.yaml",
            "about: A shop\nservices:\n  grafana: { kind: grafana }\n",
        ),
    ]);
    project.iac(&["render"]).ends(0);
    let file = "grafana/etc-grafana-provisioning-dashboards-iac.yaml";
    assert_eq!(mounted(&project, file)["providers"], json!([]));
    let sources = "grafana/etc-grafana-provisioning-datasources-iac.yaml";
    assert_eq!(mounted(&project, sources)["datasources"], json!([]));
}

#[test]
fn long_names_have_short_uids() {
    let name = "a-system-with-quite-a-long-name-indeed";
    let project = Project::of(&[
        ("environments/dev.yaml", ENVIRONMENT),
        (
            &format!("environments/{name}/system.yaml"),
            "about: A shop\nservices:\n  prometheus: { kind: prometheus, volumes: { data: { size: 1Gi } } }\n  grafana: { kind: grafana }\n",
        ),
    ]);
    project.iac(&["render"]).ends(0);
    project.iac(&["check"]).ends(0);
    let board = project.read(&format!("out/dev/{name}/compose/files/grafana/prometheus.json"));
    let board: Value = serde_json::from_str(&board).unwrap();
    for uid in [&board["uid"], &board["panels"][0]["datasource"]["uid"]] {
        assert!(uid.as_str().unwrap().len() <= 40, "{uid}");
    }
}
