//! Kinds that an operator runs: by a provider of a project's own, and by the built-in ones.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use camino::Utf8Path;
use serde_json::{Value, json};
use support::Project;

/// The objects of a file below `out/`.
fn objects(project: &Project, path: &str) -> Vec<Value> {
    use serde::Deserialize;
    let text = project.read(&format!("out/{path}"));
    serde_yaml::Deserializer::from_str(&text)
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

fn names(objects: &[Value]) -> Vec<String> {
    let name = |object: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]))
    };
    objects.iter().map(name).collect()
}

fn ledger() -> Project {
    let project = Project::empty();
    let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ledger");
    support::copy(&here.join("environments"), &project.path("environments"));
    project.iac(&["render"]).ends(0);
    project
}

#[test]
fn a_projects_own_provider_writes_its_objects() {
    let project = ledger();
    let prod = objects(&project, "prod/books/kubernetes/entries.yaml");
    let all = [
        "Ledger entries",
        "Account entries-auditor",
        "Account entries-clerk",
        "ConfigMap entries-quorum",
    ];
    assert_eq!(names(&prod), all);
    assert_eq!(
        prod[0]["spec"],
        json!({
            "image": "ghcr.io/example/ledger-member:3.2.1",
            "members": 3,
            "page": "16Ki",
            "podLabels": { "app.kubernetes.io/part-of": "books", "cost-centre": "books" },
            "volume": { "size": "1Gi", "class": "fast" },
            "writers": ["clerk"],
            "dial": "entries:7000",
        })
    );
    assert_eq!(
        prod[1]["spec"],
        json!({ "ledger": "entries", "secret": "entries-auditor", "readOnly": true })
    );
    assert_eq!(prod[2]["spec"], json!({ "ledger": "entries", "secret": "entries-clerk" }));
    assert_eq!(prod[3]["data"], json!({ "clerk": "2 of 3" }));
    for object in &prod {
        assert_eq!(object["metadata"]["namespace"], "books");
        assert_eq!(object["metadata"]["labels"]["app.kubernetes.io/name"], "entries");
    }
    assert_eq!(prod[1]["metadata"]["annotations"], json!({ "ledger.example/of": "entries" }));
    // Where no provider is named, a plain workload runs the same service.
    let dev = names(&objects(&project, "dev/books/kubernetes/entries.yaml"));
    assert!(dev.contains(&"StatefulSet entries".to_owned()), "{dev:?}");
    project.iac(&["check"]).ends(0);
}

#[test]
fn callers_are_told_what_the_provider_says() {
    let project = ledger();
    for (environment, url) in
        [("dev", "ledger://clerk@entries:7000"), ("prod", "ledger+cluster://clerk@entries:7000")]
    {
        let file = format!("{environment}/books/kubernetes/desk.yaml");
        let workload = objects(&project, &file);
        let workload = workload.iter().find(|object| object["kind"] == "Deployment").unwrap();
        let variables = &workload["spec"]["template"]["spec"]["containers"][0]["env"];
        let told = variables.as_array().unwrap().iter().find(|it| it["name"] == "BOOKS_URL");
        assert_eq!(told.unwrap()["value"], url, "{environment}");
    }
    let secrets = project.iac(&["list", "secrets", "prod", "--format", "json"]).ends(0).out;
    let secrets: Vec<Value> = serde_json::from_str(&secrets).unwrap();
    let of = |object: &str| -> Vec<(&str, &str)> {
        let rows = secrets.iter().filter(|row| row["object"] == object);
        rows.map(|row| (row["key"].as_str().unwrap(), row["from"].as_str().unwrap())).collect()
    };
    assert_eq!(
        of("entries-clerk"),
        [("account", "the text clerk"), ("key", "books/entries/clerk#key")]
    );
    assert_eq!(of("desk-secrets"), [("entries.key", "books/entries/clerk#key")]);
    assert_eq!(of("entries-secrets"), [], "no container of ours reads any");
}

#[test]
fn what_the_cluster_must_have_is_listed() {
    let rows = ledger().iac(&["list", "needs", "prod"]).ends(0).out;
    let definitions: Vec<&str> =
        rows.lines().skip(1).filter_map(|row| row.split_whitespace().last()).collect();
    assert_eq!(definitions, ["ledgers.ledger.example", "accounts.ledger.example"]);
    assert_eq!(ledger().iac(&["list", "needs", "dev"]).ends(0).out, "nothing\n");
}

#[test]
fn policies_know_an_operators_pods() {
    let project = ledger();
    let member = json!({ "ledger.example/name": "entries", "ledger.example/role": "member" });
    let policies = objects(&project, "prod/books/kubernetes/network-policies.yaml");
    let of = |name: &str| {
        policies.iter().find(|policy| policy["metadata"]["name"] == name).unwrap()["spec"].clone()
    };
    let entries = of("entries");
    assert_eq!(entries["podSelector"]["matchLabels"], member);
    let ports = |rule: &Value| -> Vec<String> {
        let ports = rule["ports"].as_array().unwrap().iter();
        ports.map(|it| format!("{}/{}", it["port"], it["protocol"].as_str().unwrap())).collect()
    };
    let peers = entries["ingress"].as_array().unwrap();
    let from = |labels: &Value| {
        let rule =
            peers.iter().find(|rule| rule["from"][0]["podSelector"]["matchLabels"] == *labels);
        ports(rule.unwrap_or_else(|| panic!("nobody with {labels}")))
    };
    let ours = |name: &str, system: &str| json!({ "app.kubernetes.io/name": name, "app.kubernetes.io/instance": system });
    assert_eq!(from(&ours("desk", "books")), ["7000/TCP"]);
    assert_eq!(from(&ours("reader", "audit")), ["7000/TCP"]);
    assert_eq!(from(&member), ["7100/UDP", "7000/TCP"]);
    assert_eq!(from(&json!({ "app": "ledger-operator" })), ["7100/UDP", "7000/TCP"]);
    assert_eq!(of("desk")["egress"][0]["to"][0]["podSelector"]["matchLabels"], member);
    let audit = objects(&project, "prod/audit/kubernetes/network-policies.yaml");
    let reader = audit.iter().find(|policy| policy["metadata"]["name"] == "reader").unwrap();
    let to = &reader["spec"]["egress"][0]["to"][0];
    assert_eq!(to["podSelector"]["matchLabels"], member);
    assert_eq!(
        to["namespaceSelector"]["matchLabels"],
        json!({ "kubernetes.io/metadata.name": "books" })
    );
}

/// What the rules say of prod's files after a change in them.
fn broken(from: &str, to: &str) -> Vec<&'static str> {
    use iac::check::{Expected, Objects, check, read_back};
    let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ledger");
    let (project, _) = iac::load::load(&here).unwrap();
    let (resolved, _) = iac::resolve::resolve(&project);
    let prod: Vec<_> =
        resolved.stacks.iter().filter(|stack| stack.environment.name.as_str() == "prod").collect();
    let (files, findings) = iac::generate::generate(&project, &prod);
    assert!(findings.is_empty(), "{findings:#?}");
    let texts: Vec<_> =
        files.iter().map(|(path, file)| (path, file.text.replace(from, to))).collect();
    let (all, _) = read_back(texts.iter().map(|(path, text)| (*path, text.as_str())));
    let expected = Expected::of(prod);
    let problems = check(&Objects::new(&all, &expected));
    let mut rules: Vec<_> = problems.into_iter().map(|problem| problem.rule).collect();
    rules.dedup();
    rules.retain(|rule| *rule != "unused-config");
    rules
}

#[test]
fn rules_know_an_operators_pods() {
    assert_eq!(broken("", ""), [""; 0]);
    assert_eq!(
        broken("ledger.example/role: member", "ledger.example/role: other"),
        ["selector-selects"]
    );
    assert_eq!(broken("port: 7100", "port: 7101"), ["policy-port"]);
}

#[test]
fn another_way_to_run_what_keeps_data_is_told() {
    let project = ledger();
    project.git(&["init", "-q", "-b", "main"]);
    project.commit("by an operator");
    project.edit("environments/prod.yaml", "providers: { ledger: ledger-operator }\n", "");
    project.edit("environments/books/prod.yaml", "replicas: 3, ", "");
    let told = "data-loss: another way to run it, which begins empty: move data by hand";
    let risky = |object: &str| {
        let out = project.iac(&["diff", "prod"]).out;
        let words = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("{object} {told}")), "{out}");
    };
    risky("+ StatefulSet entries");
    project.iac(&["render"]).ends(0);
    project.commit("plain");
    project.edit(
        "environments/prod.yaml",
        "pods:",
        "providers: { ledger: ledger-operator }\npods:",
    );
    risky("+ Ledger entries");
}

#[test]
fn the_examples_databases_have_copies() {
    let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    let instances = |environment: &str, system: &str, name: &str| {
        use serde::Deserialize;
        let path = here.join(format!("{environment}/{system}/kubernetes/{name}.yaml"));
        let text = std::fs::read_to_string(path).unwrap();
        let documents = serde_yaml::Deserializer::from_str(&text);
        let mut objects = documents.map(|document| Value::deserialize(document).unwrap());
        let cluster = objects.find(|object| object["kind"] == "Cluster")?;
        let synchronous = cluster["spec"]["postgresql"]["synchronous"]["number"].clone();
        Some((cluster["spec"]["instances"].as_u64()?, synchronous.as_u64()))
    };
    for (system, name) in [("iot-edge", "postgres"), ("iot-verification", "postgresql")] {
        assert_eq!(instances("prod", system, name), Some((3, Some(1))));
        assert_eq!(instances("staging", system, name), Some((2, None)));
        assert_eq!(instances("dev", system, name), None);
        assert_eq!(instances("test", system, name), None);
    }
}

#[test]
fn further_users_and_databases_are_managed() {
    let project = Project::empty();
    project.write(
        "environments/prod.yaml",
        "about: Production\ntargets: [kubernetes]\ndomain: example.com\n\
         kubernetes: { version: \"1.36\" }\nproviders: { postgres: cloudnative-pg }\n",
    );
    project.write(
        "environments/shop/system.yaml",
        "about: A shop\nservices:\n  db:\n    kind: postgres\n    volumes: { data: { size: 1Gi } }\n    \
         placement: { nodes: { disk: fast }, tolerate: { disk: { value: fast, effect: no-schedule } } }\n    \
         options:\n      databases: { shop: {}, stock_of: {}, free: {} }\n      \
         users: { Reader: {}, shop: { owns: shop }, stock: { owns: stock_of } }\n",
    );
    project.iac(&["render"]).ends(0);
    let all = objects(&project, "prod/shop/kubernetes/db.yaml");
    assert_eq!(names(&all), ["Cluster db", "Database db-free", "Database db-stock-of"]);
    let spec = &all[0]["spec"];
    assert_eq!(
        spec["bootstrap"]["initdb"],
        json!({ "database": "shop", "owner": "shop", "secret": { "name": "db-shop" } })
    );
    let role = |name: &str, secret: &str| json!({ "name": name, "login": true, "passwordSecret": { "name": secret } });
    assert_eq!(
        spec["managed"]["roles"],
        json!([role("Reader", "db-reader"), role("stock", "db-stock")])
    );
    let owner = |at: usize| (all[at]["spec"]["name"].as_str(), all[at]["spec"]["owner"].as_str());
    assert_eq!(owner(1), (Some("free"), Some("postgres")));
    assert_eq!(owner(2), (Some("stock_of"), Some("stock")));
    assert_eq!(spec["affinity"]["nodeSelector"], json!({ "disk": "fast" }));
    assert_eq!(
        spec["affinity"]["tolerations"],
        json!([{ "key": "disk", "operator": "Equal", "value": "fast", "effect": "NoSchedule" }])
    );
}
