//! Systems that strangers described with nothing but the README at hand: they resolve, render and
//! check.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use support::{Project, copy};

fn renders(system: &str) -> Project {
    let project = Project::empty();
    let here = camino::Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&here.join("tests/fixtures").join(system), &project.root);
    project.iac(&["render"]).ends(0);
    project.iac(&["check"]).ends(0);
    project
}

#[test]
fn four_services_in_four_environments() {
    let project = renders("boutique");
    for environment in ["dev", "test", "staging", "prod"] {
        let shop = project.read(&format!("out/{environment}/boutique/kubernetes/shop.yaml"));
        assert!(shop.contains("name: CART_SERVICE_ADDR\n          value: cart:7070"), "{shop}");
        assert!(shop.contains("name: PORT\n          value: \"8080\""), "{shop}");
    }
}

#[test]
fn own_kinds_shared_volumes_workers_and_a_database_elsewhere() {
    let project = renders("media");
    let services = project.iac(&["list", "services", "--format", "json"]).ends(0).json();
    let named = |name: &str, environment: &str| {
        services
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["service"] == name && row["environment"] == environment)
    };
    assert!(named("db", "dev"), "the database runs in dev");
    assert!(!named("db", "prod"), "and elsewhere in prod");
    let claims = project.read("out/prod/media/kubernetes/volumes.yaml");
    assert!(claims.contains("ReadWriteMany"), "{claims}");
}

#[test]
fn what_needs_more_than_others_lives_beside_them() {
    let project = renders("media");
    let objects = |file: &str| -> Vec<serde_json::Value> {
        let text = project.read(&format!("out/prod/platform/kubernetes/{file}.yaml"));
        let documents = serde_yaml::Deserializer::from_str(&text);
        documents.map(|one| serde::Deserialize::deserialize(one).unwrap()).collect()
    };
    let of = |objects: &[serde_json::Value], kind: &str| -> Vec<serde_json::Value> {
        objects.iter().filter(|object| object["kind"] == kind).cloned().collect()
    };

    let system = objects("namespace");
    let levels: Vec<_> = of(&system, "Namespace")
        .iter()
        .map(|it| {
            let level = &it["metadata"]["labels"]["pod-security.kubernetes.io/enforce"];
            (it["metadata"]["name"].clone(), level.clone())
        })
        .collect();
    let both = [("platform", "restricted"), ("platform-privileged", "privileged")];
    assert_eq!(levels, both.map(|(name, level)| (name.into(), level.into())));
    let homes = |kind: &str| -> Vec<serde_json::Value> {
        of(&system, kind).iter().map(|it| it["metadata"]["namespace"].clone()).collect()
    };
    assert_eq!(homes("ResourceQuota"), ["platform", "platform-privileged"]);
    assert_eq!(homes("LimitRange"), ["platform", "platform-privileged"]);

    let exporter = objects("node-exporter");
    assert!(exporter.iter().all(|it| it["metadata"]["namespace"] == "platform-privileged"));
    let pod = &of(&exporter, "Deployment")[0]["spec"]["template"];
    assert_eq!(pod["spec"]["hostNetwork"], true);
    assert_eq!(pod["spec"]["dnsPolicy"], "ClusterFirstWithHostNet");
    assert_eq!(pod["metadata"]["labels"]["cost-centre"], "media");
    let env = &pod["spec"]["containers"][0]["env"][0];
    assert_eq!(env["value"], "traces.platform:4317", "whom it calls lives in another namespace");
    assert_eq!(of(&exporter, "ServiceAccount")[0].get("imagePullSecrets"), None);

    let prometheus = objects("prometheus");
    for kind in ["Role", "RoleBinding"] {
        let asked = of(&prometheus, kind);
        let homes: Vec<_> = asked.iter().map(|it| it["metadata"]["namespace"].clone()).collect();
        assert_eq!(homes, ["platform", "platform-privileged"], "{kind}");
    }
    let bindings = of(&prometheus, "RoleBinding");
    assert!(bindings.iter().all(|it| it["subjects"][0]["namespace"] == "platform"));
    let config = of(&prometheus, "ConfigMap")[0]["data"]["prometheus.yml"].to_string();
    assert!(config.contains("names:\\n      - platform-privileged"), "{config}");
}

/// The lines of a text without what is before the first non-space.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).collect()
}

#[test]
fn jobs_agents_and_containers_beside_others() {
    let project = renders("media");
    let file = |environment: &str, name: &str| {
        project.read(&format!("out/{environment}/media/kubernetes/{name}.yaml"))
    };
    for (environment, service, expected) in [
        ("dev", "albums-migrate", &["kind: Job", "activeDeadlineSeconds: 600"][..]),
        ("prod", "albums-migrate", &["activeDeadlineSeconds: 1800", "restartPolicy: Never"]),
        ("dev", "clean", &["kind: CronJob", "schedule: 30 2 * * *", "timeZone: Europe/Berlin"]),
        ("prod", "clean", &["schedule: 0 4 * * *", "- --days=30", "concurrencyPolicy: Forbid"]),
        ("prod", "reindex", &["kind: CronJob", "suspend: true"]),
        ("prod", "agent", &["kind: DaemonSet", "maxUnavailable: 1", "minReadySeconds: 20"]),
        ("prod", "gateway", &["- name: limiter", "restartPolicy: Always", "cpu: 100m"]),
        ("prod", "gateway", &["- name: warm", "- name: tmp-limiter", "- name: secrets-limiter"]),
    ] {
        let text = file(environment, service);
        for line in expected {
            assert!(lines(&text).contains(line), "{environment}: no `{line}` in\n{text}");
        }
    }
    // Defaults of an environment are for those that have a use for them.
    for service in ["albums-migrate", "clean", "agent"] {
        let text = file("prod", service);
        assert!(!text.contains("replicas") && !text.contains("PodDisruptionBudget"), "{text}");
    }
    // Nobody waits for who calls a job, and it has no port.
    let migration = file("prod", "albums-migrate");
    assert!(!migration.contains("Probe") && !migration.contains("containerPort"), "{migration}");
    assert!(
        !migration.contains("kind: Service\n") && !migration.contains("preStop"),
        "{migration}"
    );
    assert!(migration.contains("image: ghcr.io/example/media/albums:unreleased"), "{migration}");

    let order = file("prod", "kustomization");
    let at = |name: &str| {
        let line = format!("- {name}.yaml");
        lines(&order).iter().position(|it| *it == line).unwrap_or_else(|| panic!("{name}: {order}"))
    };
    assert!(at("albums-migrate") < at("albums") && at("albums-migrate") < at("people"), "{order}");
    assert!(lines(&order).iter().rfind(|line| line.starts_with("- ")) == Some(&"- smoke.yaml"));
}

#[test]
fn a_changed_job_is_another_and_one_that_did_not_change_is_the_same() {
    let project = renders("media");
    let name = || {
        let text = project.read("out/prod/media/kubernetes/albums-migrate.yaml");
        let names =
            lines(&text).into_iter().filter_map(|line| line.strip_prefix("name: albums-migrate-"));
        names.map(ToOwned::to_owned).find(|name| name.len() == 10).unwrap()
    };
    let first = name();
    let change = |from: &str, to: &str| {
        let path = "environments/media/system.yaml";
        let text = project.read(path);
        assert!(text.contains(from), "{text}");
        project.write(path, text.replace(from, to));
        project.iac(&["render"]).ends(0);
    };
    // Its deadline is changed in place, and what others do is nothing to it.
    change("deadline: 10m", "deadline: 20m, retries: 2");
    change("about: Accounts", "about: All accounts");
    assert_eq!(name(), first);
    change("[/app/albums, migrate]", "[/app/albums, migrate, --all]");
    assert_ne!(name(), first);
}
