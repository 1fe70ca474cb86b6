//! Synthetic projects of any size: one system in four environments, the same bytes for the same
//! number of services.
//!
//! A service is what services usually are: own code with a shape, a database, a cache, calls to a
//! few others, a file made of a template, secrets, and what differs in production. The number of
//! flows a service has does not depend on the number of services, so that the work that a project
//! asks for is linear in them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// The name of the system.
pub(crate) const SYSTEM: &str = "shop";

/// The environments, in the order of promotion.
pub(crate) const ENVIRONMENTS: [&str; 4] = ["dev", "test", "staging", "prod"];

/// The services from the catalogue: a database, a cache and a Prometheus that scrapes the others.
const FROM_CATALOGUE: usize = 3;

/// The fewest services that a project can have.
pub(crate) const FEWEST: usize = FROM_CATALOGUE + 1;

const LOCKED: [(&str, &str); FROM_CATALOGUE] = [
    ("docker.io/library/postgres", "18.6-trixie"),
    ("docker.io/prom/prometheus", "v3.13.3"),
    ("docker.io/valkey/valkey", "9.1.2"),
];

const LIKE_PROD: &str = "\
about: Rehearses production
like: prod
after: test
domain: staging.example.com
kubernetes: { context: staging-1 }
";

const PROD: &str = "\
about: Production
after: staging
targets: [kubernetes]
domain: example.com
registry: { host: registry.example.com }
kubernetes: { version: \"1.36\", context: prod-1, pod-security: restricted }
storage:
  general: { class: standard }
  database: { class: local }
gateways: { public: { class: istio, parent: gateways/public, issuer: ca } }
defaults:
  replicas: { min: 2 }
";

const SYSTEM_FILE: &str = "\
about: A synthetic system
facts: { retention-days: 30 }
defaults:
  config: { LOG_FORMAT: json, REQUEST_TIMEOUT: 30s }
shapes:
  web:
    build: { context: \"services/{{ service }}\", language: rust }
    ports: { http: 8080, metrics: 9464 }
    health: { live: /health, ready: /ready, starts-within: 60s }
    config:
      LISTEN: { text: \"0.0.0.0:{{ ports.http }}\" }
      LOG_LEVEL: info
      RETENTION_DAYS: { text: \"{{ facts.retention_days }}\" }
    files:
      /etc/app/app.toml: { from: app.toml.j2 }
    resources: { cpu: 100m, memory: 128Mi }
services:
  database:
    kind: postgres
    version: \"18\"
    options: { databases: { shop: {} }, users: { shop: { owns: shop } } }
    volumes: { data: { size: 20Gi, tier: database } }
  cache: { kind: valkey, options: { role: cache } }
  prometheus: { kind: prometheus, volumes: { data: { size: 10Gi } } }
";

const TEMPLATE: &str = "\
# The configuration of {{ service }} in {{ environment }}.
[server]
listen = \"0.0.0.0:{{ ports.http }}\"
metrics = \"0.0.0.0:{{ ports.metrics }}\"
{% if expose %}
public = \"{{ expose.url }}\"
{% endif %}

[calls]
{% for name, callee in uses | items %}
{{ name }} = \"{{ callee.host }}:{{ callee.port }}\"
{% endfor %}
";

/// Writes a project of so many services, at least [`FEWEST`], into an empty folder.
///
/// One file after the other is made and written: a process that measures the memory of its
/// children must stay small itself.
pub(crate) fn write(root: &Path, services: usize) -> io::Result<()> {
    let own = services.saturating_sub(FROM_CATALOGUE).max(1);
    let environments = root.join("environments");
    let system = environments.join(SYSTEM);
    fs::create_dir_all(system.join("services"))?;
    fs::create_dir_all(system.join("files"))?;
    fs::write(environments.join("dev.yaml"), first("dev", None))?;
    fs::write(environments.join("test.yaml"), first("test", Some("dev")))?;
    fs::write(environments.join("staging.yaml"), LIKE_PROD)?;
    fs::write(environments.join("prod.yaml"), PROD)?;
    fs::write(environments.join("lock.yaml"), lock())?;
    fs::write(system.join("system.yaml"), SYSTEM_FILE)?;
    fs::write(system.join("files/app.toml.j2"), TEMPLATE)?;
    for index in 0..own {
        let file = system.join("services").join(format!("{}.yaml", name(index)));
        fs::write(file, service(index))?;
    }
    for environment in ENVIRONMENTS {
        let file = system.join(format!("{environment}.yaml"));
        fs::write(file, overrides(environment, own))?;
    }
    fs::write(system.join("release.yaml"), release(own))
}

fn name(index: usize) -> String {
    format!("service-{index:04}")
}

/// An environment without approval, quota and defaults.
fn first(environment: &str, after: Option<&str>) -> String {
    let after = after.map_or_else(String::new, |after| format!("after: {after}\n"));
    format!(
        "\
about: The environment {environment}
{after}targets: [kubernetes]
domain: {environment}.example.com
registry: {{ host: registry.example.com }}
kubernetes: {{ version: \"1.36\", context: {environment}-1 }}
storage:
  general: {{ class: standard }}
  database: {{ class: standard }}
gateways: {{ public: {{ class: istio, parent: gateways/public }} }}
"
    )
}

/// What Dockerfiles begin with.
const BASES: [(&str, &str); 3] = [
    ("docker.io/library/busybox", "1.38.0-musl"),
    ("docker.io/library/rust", "1.99.0-slim-trixie"),
    ("gcr.io/distroless/cc-debian13", "nonroot"),
];

fn lock() -> String {
    let mut text = String::from("images:\n");
    for (index, (image, tag)) in LOCKED.iter().chain(&BASES).enumerate() {
        let digest = digest(index);
        line(&mut text, &format!("  {image}: {{ tag: \"{tag}\", digest: \"{digest}\" }}"));
    }
    text
}

fn release(own: usize) -> String {
    let mut text = String::new();
    for index in 0..own {
        let digest = digest(LOCKED.len() + index);
        let name = name(index);
        line(&mut text, &format!("{name}: {{ version: \"1.2.{index}\", digest: \"{digest}\" }}"));
    }
    text
}

fn digest(number: usize) -> String {
    format!("sha256:{number:064x}")
}

fn service(index: usize) -> String {
    let mut text = String::new();
    line(&mut text, &format!("about: Does the work number {index}"));
    line(&mut text, "shape: web");
    line(&mut text, "uses:");
    line(&mut text, "  database: { as: database }");
    if index.is_multiple_of(2) {
        line(&mut text, "  cache: { as: cache }");
    }
    for callee in callees(index) {
        line(&mut text, &format!("  {}: {{}}", name(callee)));
    }
    line(&mut text, "config:");
    line(&mut text, &format!("  SHARD: \"{index}\""));
    line(&mut text, &format!("  MAX_CONNECTIONS: {}", 10 + index % 90));
    line(&mut text, "secrets:");
    line(&mut text, &format!("  TOKEN: {SYSTEM}/{}/token#value", name(index)));
    line(&mut text, &format!("  API_KEY: {{ from: {SYSTEM}/{}/api#key, as: env }}", name(index)));
    if index.is_multiple_of(10) {
        line(&mut text, "volumes: { data: { path: /data, size: 1Gi } }");
    }
    if index % 10 == 1 {
        line(&mut text, &format!("expose: {{ host: {} }}", name(index)));
    }
    text
}

/// Whom a service calls: up to three with a lower number, so that the flows form no cycle.
fn callees(index: usize) -> BTreeSet<usize> {
    let all = [index / 2, index / 3, index.saturating_sub(1 + index % 7)];
    all.into_iter().filter(|callee| *callee < index).collect()
}

/// What an environment says of the system. Production says most.
fn overrides(environment: &str, own: usize) -> String {
    let mut text = String::from("services:\n");
    for index in 0..own {
        let said: &[&str] = match environment {
            "prod" if index.is_multiple_of(2) => &[
                "replicas: { min: 2, max: 8, cpu: 70% }",
                "resources: { cpu: 500m, memory: 512Mi }",
            ],
            "prod" if index % 5 == 3 => &["replicas: 3", "config: { LOG_LEVEL: warn }"],
            "staging" if index.is_multiple_of(4) => &["replicas: { min: 2, max: 3 }"],
            "test" if index.is_multiple_of(5) => &["config: { LOG_LEVEL: debug }"],
            "dev" if index % 5 == 2 => &["config: { LOG_LEVEL: trace }", "resources: { cpu: 50m }"],
            _ => continue,
        };
        line(&mut text, &format!("  {}:", name(index)));
        for key in said {
            line(&mut text, &format!("    {key}"));
        }
    }
    if environment == "prod" {
        line(&mut text, "  database: { volumes: { data: { size: 200Gi } } }");
    }
    if text.lines().nth(1).is_none() { String::new() } else { text }
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}
