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
        ("prod", "agent", &["kind: DaemonSet", "maxUnavailable: 1", "minReadySeconds: 30"]),
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
