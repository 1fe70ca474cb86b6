//! `iac diff`: what it compares, and exactly which objects an edit changes.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use support::{Project, copy, same};

/// What changed: environment, kind, name, field.
type Changed = BTreeSet<(String, String, String, String)>;

fn changed(report: &Value) -> Changed {
    let mut changed = Changed::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for object in report["objects"].as_array().unwrap() {
        let mut name = text(&object["name"]);
        if object["kind"] == "Job" {
            // It ends in a hash.
            name.truncate(name.rfind('-').unwrap());
        }
        for field in object["fields"].as_array().unwrap() {
            changed.insert((
                text(&object["environment"]),
                text(&object["kind"]),
                name.clone(),
                text(&field["path"]),
            ));
        }
    }
    changed
}

/// An edit of one place of one file, and all that it changes: environments, kind, name, field.
struct Edit {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    changes: &'static [(&'static [&'static str], &'static str, &'static str, &'static str)],
}

const ALL: &[&str] = &["dev", "prod", "staging", "test"];
const WITH_HOSTS: &[&str] = &["dev", "prod", "staging"];
const UPPER: &[&str] = &["prod", "staging"];
const ABOVE_DEV: &[&str] = &["prod", "staging", "test"];
const PROD: &[&str] = &["prod"];
const STAGING: &[&str] = &["staging"];
const DEV: &[&str] = &["dev"];
const CHECKSUM: &str = "spec.template.metadata.annotations[checksum/config]";
const LOG_LEVEL: &str = "env[LOG_LEVEL].value";
const NEW: &str = "spec.ports[8081]";
const OLD: &str = "spec.ports[8080]";
const LET_IN_OLD: &str = "spec.ingress[0].ports[8080]";
const LET_IN_NEW: &str = "spec.ingress[0].ports[8081]";

const EDITS: &[Edit] = &[
    Edit {
        file: "iot-edge/prod.yaml",
        from: "replicas: 3",
        to: "replicas: 4",
        changes: &[(PROD, "StatefulSet", "iot-edge-node", "spec.replicas")],
    },
    Edit {
        file: "iot-verification/prod.yaml",
        from: "min: 3, max: 10",
        to: "min: 3, max: 12",
        changes: &[(PROD, "HorizontalPodAutoscaler", "api-gateway", "spec.maxReplicas")],
    },
    Edit {
        file: "dev.yaml",
        from: "LOG_LEVEL: debug",
        to: "LOG_LEVEL: trace",
        changes: &[
            (DEV, "Deployment", "api-gateway", LOG_LEVEL),
            (DEV, "Job", "api-gateway-migrate", LOG_LEVEL),
            (DEV, "Deployment", "tsn-verification", LOG_LEVEL),
            (DEV, "StatefulSet", "iot-edge-node", LOG_LEVEL),
        ],
    },
    Edit {
        file: "iot-verification/system.yaml",
        from: "ports: { http: 8080",
        to: "ports: { http: 8081",
        changes: &[
            (ALL, "Deployment", "api-gateway", "env[TSN_VERIFICATION_URL].value"),
            (ABOVE_DEV, "Deployment", "api-gateway", "env[MATTER_VERIFICATION_URL].value"),
            (ABOVE_DEV, "Deployment", "api-gateway", "env[ONEM2M_VERIFICATION_URL].value"),
            (ABOVE_DEV, "Deployment", "api-gateway", "env[OPCUA_VERIFICATION_URL].value"),
            (ABOVE_DEV, "Deployment", "api-gateway", "env[WOT_VERIFICATION_URL].value"),
            (ALL, "Deployment", "tsn-verification", "ports[8080]"),
            (ALL, "Deployment", "tsn-verification", "ports[8081]"),
            (ALL, "Service", "tsn-verification", OLD),
            (ALL, "Service", "tsn-verification", NEW),
            (ABOVE_DEV, "Deployment", "matter-verification", "ports[8080]"),
            (ABOVE_DEV, "Deployment", "matter-verification", "ports[8081]"),
            (ABOVE_DEV, "Service", "matter-verification", OLD),
            (ABOVE_DEV, "Service", "matter-verification", NEW),
            (ABOVE_DEV, "Deployment", "onem2m-verification", "ports[8080]"),
            (ABOVE_DEV, "Deployment", "onem2m-verification", "ports[8081]"),
            (ABOVE_DEV, "Service", "onem2m-verification", OLD),
            (ABOVE_DEV, "Service", "onem2m-verification", NEW),
            (ABOVE_DEV, "Deployment", "opcua-verification", "ports[8080]"),
            (ABOVE_DEV, "Deployment", "opcua-verification", "ports[8081]"),
            (ABOVE_DEV, "Service", "opcua-verification", OLD),
            (ABOVE_DEV, "Service", "opcua-verification", NEW),
            (ABOVE_DEV, "Deployment", "wot-verification", "ports[8080]"),
            (ABOVE_DEV, "Deployment", "wot-verification", "ports[8081]"),
            (ABOVE_DEV, "Service", "wot-verification", OLD),
            (ABOVE_DEV, "Service", "wot-verification", NEW),
            // Both ends of each call.
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[0].ports[8080]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[0].ports[8081]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[1].ports[8080]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[1].ports[8081]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[2].ports[8080]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[2].ports[8081]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[5].ports[8080]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[5].ports[8081]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[6].ports[8080]"),
            (ABOVE_DEV, "NetworkPolicy", "api-gateway", "spec.egress[6].ports[8081]"),
            (ABOVE_DEV, "NetworkPolicy", "matter-verification", LET_IN_OLD),
            (ABOVE_DEV, "NetworkPolicy", "matter-verification", LET_IN_NEW),
            (ABOVE_DEV, "NetworkPolicy", "onem2m-verification", LET_IN_OLD),
            (ABOVE_DEV, "NetworkPolicy", "onem2m-verification", LET_IN_NEW),
            (ABOVE_DEV, "NetworkPolicy", "opcua-verification", LET_IN_OLD),
            (ABOVE_DEV, "NetworkPolicy", "opcua-verification", LET_IN_NEW),
            (ABOVE_DEV, "NetworkPolicy", "tsn-verification", LET_IN_OLD),
            (ABOVE_DEV, "NetworkPolicy", "tsn-verification", LET_IN_NEW),
            (ABOVE_DEV, "NetworkPolicy", "wot-verification", LET_IN_OLD),
            (ABOVE_DEV, "NetworkPolicy", "wot-verification", LET_IN_NEW),
        ],
    },
    Edit {
        file: "iot-edge/prod.yaml",
        from: "resources: { cpu: 500m, memory: 2Gi }",
        to: "resources: { cpu: 500m, memory: 3Gi }",
        // The limit follows, and staging is like prod.
        changes: &[
            (UPPER, "Cluster", "postgres", "spec.resources.limits.memory"),
            (UPPER, "Cluster", "postgres", "spec.resources.requests.memory"),
        ],
    },
    Edit {
        file: "iot-edge/prod.yaml",
        from: "data: { size: 100Gi }",
        to: "data: { size: 200Gi }",
        changes: &[(PROD, "Cluster", "postgres", "spec.storage.size")],
    },
    Edit {
        file: "iot-edge/prod.yaml",
        from: "retention: 30d",
        to: "retention: 31d",
        changes: &[(PROD, "StatefulSet", "prometheus", "args[]")],
    },
    Edit {
        file: "iot-edge/files/app.toml.j2",
        from: "batch_readings = 500",
        to: "batch_readings = 600",
        changes: &[
            (ALL, "ConfigMap", "iot-edge-node-config", "data[app.toml]"),
            (ALL, "StatefulSet", "iot-edge-node", CHECKSUM),
        ],
    },
    Edit {
        file: "iot-edge/system.yaml",
        from: "about: The last reading of each device",
        to: "about: Each device's last reading",
        changes: &[],
    },
    Edit {
        file: "iot-verification/services/api-gateway.yaml",
        from: "expose: { host: api }",
        to: "expose: { host: gateway }",
        // Its own configuration tells its address; in test it has none.
        changes: &[
            (WITH_HOSTS, "ConfigMap", "api-gateway-config", "data[app.toml]"),
            (WITH_HOSTS, "Deployment", "api-gateway", CHECKSUM),
            (DEV, "Ingress", "api-gateway", "spec.rules[api.localhost]"),
            (DEV, "Ingress", "api-gateway", "spec.rules[gateway.localhost]"),
            (DEV, "Ingress", "api-gateway", "spec.tls[0].hosts[]"),
            (UPPER, "HTTPRoute", "api-gateway", "spec.hostnames[]"),
            (UPPER, "HTTPRoute", "api-gateway-redirect", "spec.hostnames[]"),
            (PROD, "ListenerSet", "public", "spec.listeners[api.iot.example.com]"),
            (PROD, "ListenerSet", "public", "spec.listeners[gateway.iot.example.com]"),
            (STAGING, "ListenerSet", "public", "spec.listeners[api.staging.iot.example.com]"),
            (STAGING, "ListenerSet", "public", "spec.listeners[gateway.staging.iot.example.com]"),
            (WITH_HOSTS, "ConfigMap", "api-gateway-migrate-config", "data[app.toml]"),
            (WITH_HOSTS, "Job", "api-gateway-migrate", CHECKSUM),
        ],
    },
];

#[test]
fn an_edit_changes_what_it_must_and_nothing_else() {
    let project = Project::committed();
    for edit in EDITS {
        let file = format!("environments/{}", edit.file);
        let before = project.read(&file);
        project.edit(&file, edit.from, edit.to);
        let report = project.iac(&["diff", "--format", "json"]).ends(0).json();
        let mut wanted = Changed::new();
        for (environments, kind, name, field) in edit.changes {
            let field = match field.split(['.', '[']).next() {
                Some("env" | "ports" | "resources" | "args") => {
                    format!("spec.template.spec.containers[{name}].{field}")
                }
                _ => (*field).to_owned(),
            };
            for environment in *environments {
                let all = [*environment, *kind, *name, &field];
                wanted.insert(all.map(ToOwned::to_owned).into());
            }
        }
        assert_eq!(changed(&report), wanted, "{}: {}", edit.file, edit.to);
        let actions = report["objects"].as_array().unwrap().iter();
        assert!(actions.into_iter().all(|object| object["action"] == "changed"), "{}", edit.to);
        project.write(&file, before);
    }
}

#[test]
fn a_comment_is_a_change_of_a_file_and_of_no_object() {
    let project = Project::committed();
    project.edit("environments/iot-edge/system.yaml", "about: The last", "about: A last");
    let report = project.iac(&["diff", "--format", "json"]).ends(0).json();
    let files: Vec<_> = report["files"].as_array().unwrap().iter().collect();
    let (composed, objects): (Vec<_>, Vec<_>) = files
        .into_iter()
        .map(|file| file["path"].as_str().unwrap())
        .partition(|path| path.ends_with("/compose.yaml"));
    assert_eq!((composed.len(), objects.len()), (2, 4), "one for each environment");
    assert!(objects.iter().all(|path| path.ends_with("/redis.yaml")));
    let told = project.iac(&["diff", "--exit-code"]).ends(3).out;
    assert!(told.contains("A last reading"), "{told}");
}

#[test]
fn without_a_change_there_is_nothing_to_tell() {
    let project = Project::committed();
    for arguments in [
        &["diff", "--exit-code"][..],
        &["diff", "--exit-code", "--against", "HEAD"],
        &["diff", "--exit-code", "--against", "out"],
        &["diff", "--exit-code", "prod", "--system", "iot-edge"],
    ] {
        let ran = project.iac(arguments).ends(0);
        assert!(!ran.out.contains("changed "), "{}", ran.out);
    }
    // What is not iac's is no change either.
    project.write("out/prod/mine.txt", "mine\n");
    project.iac(&["diff", "--exit-code"]).ends(0);
}

#[test]
fn a_commit_is_read_as_it_is() {
    let project = Project::committed();
    let good = project.read("environments/prod.yaml");
    // A commit whose description cannot be read, with an out/ of its own.
    project.write("environments/prod.yaml", "nothing: [that, is, known\n");
    project.edit("out/prod/iot-edge/kubernetes/redis.yaml", "replicas: 1", "replicas: 7");
    project.commit("broken");
    project.write("environments/prod.yaml", &good);
    project.iac(&["render"]).ends(0);
    project.commit("mended");
    let before = project.tree(".");
    let report = project.iac(&["diff", "--against", "HEAD~1", "--format", "json"]).ends(0).json();
    let wanted = ["prod", "Deployment", "redis", "spec.replicas"].map(ToOwned::to_owned);
    assert_eq!(changed(&report), Changed::from([wanted.into()]));
    let field = &report["objects"][0]["fields"][0];
    assert_eq!((&field["old"], &field["new"]), (&Value::from(7), &Value::from(1)));
    project.iac(&["diff", "--against", "HEAD~1", "--exit-code"]).ends(3);
    project.iac(&["diff", "dev", "--against", "HEAD~1", "--exit-code"]).ends(0);
    let ran = project.iac(&["diff", "--against", "nothing"]).ends(1);
    assert!(ran.err.contains("`nothing`"), "{}", ran.err);
    same(&before, &project.tree("."));
}

#[test]
fn a_folder_is_compared_as_it_is() {
    let project = Project::committed();
    let other = Project::empty();
    copy(&project.path("out"), &other.path("tree"));
    other.edit("tree/dev/iot-edge/kubernetes/redis.yaml", "replicas: 1", "replicas: 2");
    other.remove("tree/dev/iot-edge/kubernetes/grafana.yaml");
    let folder = other.path("tree");
    let ran = project.iac(&["diff", "--against", folder.as_str(), "--format", "json"]).ends(0);
    let report = ran.json();
    let actions: BTreeSet<_> = report["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| (object["name"].as_str().unwrap(), object["action"].as_str().unwrap()))
        .collect();
    assert!(actions.contains(&("redis", "changed")), "{actions:?}");
    assert!(actions.contains(&("grafana", "added")), "{actions:?}");
    assert!(actions.iter().all(|(name, _)| name.starts_with("grafana") || *name == "redis"));
}

#[test]
fn two_environments_are_compared_without_out() {
    let project = Project::example();
    let ran = project.iac(&["diff", "--between", "staging", "prod", "--format", "json"]).ends(0);
    let found = changed(&ran.json());
    let field = |name: &str, field: &str| {
        found.iter().any(|(_, _, object, path)| object == name && path == field)
    };
    assert!(field("iot-edge-node", "spec.replicas"), "{found:#?}");
    assert!(!field("redis", "spec.replicas"), "{found:#?}");
    let same = project.iac(&["diff", "--between", "prod", "prod", "--exit-code"]).ends(0);
    assert!(!same.out.contains("changed "), "{}", same.out);
    project.iac(&["diff", "--between", "staging", "prod", "--exit-code"]).ends(3);
    let ran = project.iac(&["diff", "--between", "staging", "prd"]).ends(2);
    assert!(ran.err.contains("did you mean `prod`?"), "{}", ran.err);
    assert!(!project.path("out").exists());
}

#[test]
fn markdown_says_what_json_says() {
    let project = Project::committed();
    project.edit("environments/iot-edge/prod.yaml", "replicas: 3", "replicas: 4");
    let ran = project.iac(&["diff", "--format", "markdown"]).ends(0);
    let text = ran.out;
    for word in ["prod", "StatefulSet", "iot-edge-node", "replicas"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!(text.matches("```").count() % 2, 0, "an open fence: {text}");
    for tag in ["details", "summary", "table"] {
        let open = text.matches(&format!("<{tag}>")).count();
        assert_eq!(open, text.matches(&format!("</{tag}>")).count(), "{tag}: {text}");
    }
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with('|')).collect();
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    for pair in rows.windows(2) {
        let [one, other] = pair else { unreachable!() };
        let follows = text.contains(&format!("{one}\n{other}"));
        assert!(!follows || cells(one) == cells(other), "{one} {other}");
    }
}
