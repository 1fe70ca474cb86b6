//! A project with every kind of layer, and what is said about it.
#![allow(clippy::disallowed_methods, reason = "tests lay out a project on disk")]

mod consistent;

use super::{Explanation, What, explain, parse_path, show_path};
use crate::load::{Project, load};
use camino::Utf8Path;
use std::fs;

const FILES: &[(&str, &str)] = &[
    (
        "environments/prod.yaml",
        "about: Production\ntargets: [kubernetes]\ndomain: example.com\n\
         registry: { host: ghcr.io/example }\n\
         images: \"{{ registry.host }}/{{ system }}/{{ service }}\"\n\
         kubernetes: { version: \"1.36\", context: prod }\n\
         defaults: { replicas: { min: 2, max: 8 }, config: { LEVEL: warn } }\n",
    ),
    (
        "environments/staging.yaml",
        "like: prod\nabout: Rehearsal\ndomain: staging.example.com\n\
         kubernetes: { context: staging }\n",
    ),
    ("environments/shapes/logged.yaml", "config: { LOG_FORMAT: json }\n"),
    (
        "environments/shop/system.yaml",
        "about: Shop\n\
         facts: { retention-days: 30, mail: { from: a@example.com } }\n\
         defaults: { config: { LEVEL: info, MODE: { text: \"{{ environment }}\" } } }\n\
         shapes:\n  backed:\n    resources: { cpu: 100m, memory: 128Mi }\n    \
         uses: { cache: { as: cache } }\n    rollout: { rolling: { at-once: 50% } }\n\
         external: { lab: { hosts: [lab.example.com], ports: { opcua: 4840 } } }\n\
         services:\n  \
         web:\n    shape: [backed, logged]\n    build: { context: web, language: rust }\n    \
         ports: { http: 8080 }\n    health: { ready: /ready }\n    \
         config: { MODE: plain, PORT: { text: \"{{ ports.http }}-{{ facts.retention_days }}\" } }\n    \
         uses: { lab: { env: { LAB: \"opc://{{ host }}:{{ port }}/{{ config.MODE }}\" } } }\n    \
         secrets: { TOKEN: { from: web/token#value, as: env } }\n    \
         volumes: { data: { path: /data, size: 1Gi } }\n    expose: { host: shop }\n  \
         cache: { kind: valkey, options: { memory: 128Mi } }\n",
    ),
    (
        "environments/shop/prod.yaml",
        "facts: { retention-days: 90 }\n\
         shapes: { backed: { resources: { memory: 256Mi } } }\n\
         services:\n  web:\n    replicas: 3\n    rollout: { recreate: {} }\n    \
         volumes: { data: { size: 5Gi } }\n    limits: null\n  \
         cache: { options: { memory: 256Mi } }\n",
    ),
    (
        "environments/shop/staging.yaml",
        "services: { web: { replicas: { min: 1 }, config: { LEVEL: null } } }\n",
    ),
];

fn project() -> Project {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    for (path, text) in FILES {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (project, findings) = load(root).unwrap();
    assert_eq!(findings, []);
    project
}

/// Each value, then its layers, a line each; without places.
fn lines(explanation: &Explanation) -> Vec<String> {
    let mut all = Vec::new();
    for value in &explanation.values {
        let shown = value.value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        all.push(format!("{} = {shown}", show_path(&value.path)));
        for said in &value.said {
            let what = match &said.what {
                What::Value(value) => value.to_string(),
                What::Removed => "removed".to_owned(),
                What::Replaced(value) => format!("replaced by {value}"),
            };
            all.push(format!("  {}: {what}", said.layer));
        }
    }
    all
}

#[track_caller]
fn says(environment: &str, path: &str, expected: &[&str]) {
    let explanation = explain(&project(), environment, "shop", Some(&parse_path(path)));
    assert_eq!(lines(&explanation.unwrap()), expected, "{environment} {path}");
}

#[track_caller]
fn refuses(environment: &str, system: &str, path: &str, expected: &str) {
    let finding = explain(&project(), environment, system, Some(&parse_path(path))).unwrap_err();
    let mut said = finding.message;
    for more in finding.notes.iter().chain(&finding.help) {
        said += &format!("; {more}");
    }
    assert_eq!(said, expected);
}

#[test]
fn every_layer_is_told_in_order() {
    says(
        "prod",
        "services.web.resources",
        &[
            "services.web.resources.cpu = \"100m\"",
            "  shape backed: \"100m\"",
            "services.web.resources.memory = \"256Mi\"",
            "  shape backed: \"128Mi\"",
            "  shape backed: \"256Mi\"",
        ],
    );
    says(
        "prod",
        "services.web.replicas",
        &[
            "services.web.replicas.max = -",
            "  defaults: 8",
            "  service: removed",
            "services.web.replicas.min = 3",
            "  defaults: 2",
            "  service: 3",
        ],
    );
    says(
        "staging",
        "services.web.replicas.max",
        &["services.web.replicas.max = -", "  defaults: 8", "  service: removed"],
    );
    says(
        "prod",
        "services.cache.stop-within",
        &["services.cache.stop-within = \"30s\"", "  catalogue: \"30s\""],
    );
    says(
        "staging",
        "services.cache.options",
        &[
            "services.cache.options.memory = \"256Mi\"",
            "  service: \"128Mi\"",
            "  service: \"256Mi\"",
        ],
    );
}

#[test]
fn what_is_removed_or_replaced_is_told() {
    says(
        "prod",
        "services.web.rollout",
        &[
            "services.web.rollout.recreate = {}",
            "  shape backed: replaced by {\"rolling\":{\"at-once\":\"50%\"}}",
            "  service: {}",
            "services.web.rollout.rolling.at-once = -",
            "  shape backed: \"50%\"",
            "  service: replaced by {\"recreate\":{}}",
        ],
    );
    says(
        "staging",
        "services.web.config.LEVEL",
        &[
            "services.web.config.LEVEL = -",
            "  defaults: \"warn\"",
            "  defaults: \"info\"",
            "  service: removed",
        ],
    );
    // A map that a scalar replaces is in the scalar's history.
    says(
        "prod",
        "services.web.config.MODE",
        &[
            "services.web.config.MODE = \"plain\"",
            "  defaults: {\"text\":\"{{ environment }}\"}",
            "  service: \"plain\"",
        ],
    );
    says(
        "prod",
        "services.web.shape.1",
        &["services.web.shape = [\"backed\",\"logged\"]", "  service: [\"backed\",\"logged\"]"],
    );
}

#[test]
fn systems_and_environments_have_keys_of_their_own() {
    says(
        "staging",
        "facts",
        &[
            "facts.mail.from = \"a@example.com\"",
            "  system: \"a@example.com\"",
            "facts.retention-days = 90",
            "  system: 30",
            "  environment prod: 90",
        ],
    );
    says(
        "staging",
        "environment.domain",
        &[
            "environment.domain = \"staging.example.com\"",
            "  environment staging: \"staging.example.com\"",
        ],
    );
    says(
        "staging",
        "environment.kubernetes",
        &[
            "environment.kubernetes.context = \"staging\"",
            "  environment staging: \"staging\"",
            "environment.kubernetes.version = \"1.36\"",
            "  environment prod: \"1.36\"",
        ],
    );
    says(
        "prod",
        "external.lab.ports.opcua",
        &["external.lab.ports.opcua = 4840", "  system: 4840"],
    );
}

#[test]
fn what_no_layer_says_is_told_as_that() {
    says("prod", "services.web.stop-within", &["services.web.stop-within = -"]);
    says("prod", "services.web.ports.http.protocol", &["services.web.ports.http.protocol = -"]);
    says("prod", "images", &["images = -"]);
}

#[test]
fn a_path_that_does_not_exist_lists_what_does() {
    refuses(
        "prd",
        "shop",
        "",
        "there is no environment `prd`; environments: prod, staging; did you \
                                mean `prod`?",
    );
    refuses("prod", "shp", "", "there is no system `shp`; systems: shop; did you mean `shop`?");
    refuses(
        "prod",
        "shop",
        "services.wbe",
        "there is no service `wbe`; services: cache, web; did \
                                             you mean `web`?",
    );
    refuses(
        "prod",
        "shop",
        "services.web.ports.htpp",
        "there is no `htpp` in \
        `services.web.ports`; known: http; did you mean `http`?",
    );
    refuses(
        "prod",
        "shop",
        "services.web.resources.mem",
        "there is no `mem` in \
        `services.web.resources`; known: cpu, memory, storage",
    );
    refuses(
        "prod",
        "shop",
        "external.lab.prots",
        "there is no `prots` in `external.lab`; known: \
        addresses, enabled, hosts, ports; did you mean `ports`?",
    );
    let finding = explain(&project(), "prod", "shop", Some(&parse_path("servces"))).unwrap_err();
    assert_eq!(finding.help.as_deref(), Some("did you mean `services`?"));
    let finding = explain(&project(), "prod", "shop", Some(&parse_path("services.web.replcas")));
    assert_eq!(finding.unwrap_err().help.as_deref(), Some("did you mean `replicas`?"));
    refuses(
        "prod",
        "shop",
        "services.web.env.LAP",
        "`web` has no variable `LAP`; variables: \
        CACHE_HOST, CACHE_PASSWORD_FILE, CACHE_PORT, LAB, LEVEL, LOG_FORMAT, MODE, PORT, TOKEN; \
        did you mean `LAB`?",
    );
}

#[test]
fn a_variable_is_told_with_its_text_and_its_facts() {
    let project = project();
    let of = |name: &str| {
        let path = parse_path(&format!("services.web.env.{name}"));
        let explanation = explain(&project, "prod", "shop", Some(&path)).unwrap();
        let value = explanation.values.into_iter().next().unwrap();
        let derived = value.derived.unwrap();
        let paths = |values: &[super::Explained]| -> Vec<String> {
            values.iter().map(|value| show_path(&value.path)).collect()
        };
        let facts: Vec<(String, Vec<String>)> =
            derived.facts.iter().map(|fact| (fact.name.clone(), paths(&fact.values))).collect();
        (value.value.unwrap().to_string(), derived.text, paths(&derived.origin), facts)
    };
    let (value, text, origin, facts) = of("PORT");
    assert_eq!(value, "\"8080-90\"");
    assert_eq!(text.as_deref(), Some("{{ ports.http }}-{{ facts.retention_days }}"));
    assert_eq!(origin, ["services.web.config.PORT.text"]);
    assert_eq!(
        facts,
        [
            ("facts.retention_days".to_owned(), vec!["facts.retention-days".to_owned()]),
            ("ports.http".to_owned(), vec!["services.web.ports.http.port".to_owned()]),
        ]
    );
    let (value, _, origin, facts) = of("LAB");
    assert_eq!(value, "\"opc://lab.example.com:4840/plain\"");
    assert_eq!(origin, ["services.web.uses.lab.env.LAB"]);
    assert_eq!(
        facts,
        [
            ("config.MODE".to_owned(), vec!["services.web.config.MODE".to_owned()]),
            ("host".to_owned(), vec!["external.lab.hosts".to_owned()]),
            ("port".to_owned(), vec!["external.lab.ports.opcua".to_owned()]),
        ]
    );
    let (value, text, origin, _) = of("CACHE_HOST");
    assert_eq!((value.as_str(), text), ("\"cache\"", None));
    assert_eq!(origin, ["services.web.uses.cache.as"]);
    assert_eq!(of("TOKEN").0, "{\"secret\":\"TOKEN\"}");
}

#[test]
fn paths_are_read_as_they_are_shown() {
    for path in ["a", "a.b", "files.\"/etc/app.toml\".from"] {
        assert_eq!(show_path(&parse_path(path)), path);
    }
    assert_eq!(parse_path("files.\"/etc/app.toml\".from"), ["files", "/etc/app.toml", "from"]);
    assert_eq!(parse_path(""), Vec::<String>::new());
}
