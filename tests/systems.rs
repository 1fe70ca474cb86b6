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
