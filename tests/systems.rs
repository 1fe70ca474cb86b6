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
