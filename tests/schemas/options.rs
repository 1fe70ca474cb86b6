//! Kinds, versions and options: the schema says what resolving says.

use super::{Schemas, parse};
use camino::Utf8Path;
use iac::finding::{Severity, any_error};
use iac::load::load;
use iac::resolve::resolve;
use serde_json::json;

/// What resolving has against a system with one service.
fn faults(service: &str, environment: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "environments/dev.yaml",
        "about: a\ntargets: [kubernetes]\ndomain: example.com\nkubernetes: { version: \"1.36\" }\n",
    );
    write(
        "environments/shop/system.yaml",
        &format!("about: a\nservices: {{ it: {{ {service} }} }}\n"),
    );
    if !environment.is_empty() {
        write("environments/shop/dev.yaml", &format!("services: {{ it: {{ {environment} }} }}\n"));
    }
    let (project, findings) = load(root).unwrap();
    assert!(!any_error(&findings), "{service}\n{findings:#?}");
    let (_, findings) = resolve(&project);
    findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}: {}", finding.id, finding.message))
        .collect()
}

const DATA: &str = "volumes: { data: { size: 1Gi } }";

#[test]
fn a_service() {
    let schemas = Schemas::new();
    for (good, text) in [
        (true, "kind: postgres"),
        (true, "kind: postgres, version: \"17\""),
        (false, "kind: postgres, version: \"9\""),
        (false, "kind: postgre"),
        (true, "kind: valkey, options: { role: store, memory: 1Gi }"),
        (true, "kind: valkey, options: { role: null }"),
        (false, "kind: valkey, options: { role: both }"),
        (false, "kind: valkey, options: { memory: 1024 }"),
        (false, "kind: valkey, options: { memory: lots }"),
        (false, "kind: valkey, options: { memroy: 1Gi }"),
        (false, "kind: valkey, options: { databases: {} }"),
        (true, "kind: prometheus, options: { retention: 30d }"),
        (false, "kind: prometheus, options: { retention: 30 }"),
        (true, "kind: postgres, options: { databases: { a: {} }, users: { b: { owns: a } } }"),
        (true, "kind: postgres, options: { databases: { a: null } }"),
        (true, "kind: postgres, options: { databases: { a: {} }, users: { b: { owns: null } } }"),
        (
            true,
            "kind: postgres, options: { settings: { max_connections: 200, fsync: true, a: x } }",
        ),
        (true, "kind: postgres, options: { settings: { max_connections: null } }"),
        (false, "kind: postgres, options: { settings: { max_connections: [1] } }"),
        (false, "kind: postgres, options: { databases: [a] }"),
        (false, "kind: postgres, options: { databases: { a: yes please } }"),
        (false, "kind: postgres, options: { databases: { \"a b\": {} } }"),
        (false, "kind: postgres, options: { databases: { -a: {} } }"),
        (false, "kind: postgres, options: { users: { b: { owns: 3 } } }"),
        (false, "kind: postgres, options: { users: { b: { own: a } } }"),
        (true, "kind: seaweedfs, options: { buckets: { a: { versioned: true } } }"),
        (false, "kind: seaweedfs, options: { buckets: { a: { versioned: \"true\" } } }"),
        (true, "kind: grafana"),
        (false, "kind: grafana, options: { a: 1 }"),
    ] {
        let service = format!("{text}, {DATA}");
        let found = faults(&service, "");
        assert_eq!(found.is_empty(), good, "resolving\n{text}\n{found:#?}");
        let json = json!({ "services": { "it": parse(&format!("it: {{ {text} }}")).unwrap().to_json()["it"] } });
        let found = schemas.faults("system", &json);
        assert_eq!(found.is_empty(), good, "the schema\n{text}\n{found:#?}");
        let found = schemas.faults("service", &json["services"]["it"]);
        assert_eq!(found.is_empty(), good, "the schema of a service\n{text}\n{found:#?}");
    }
}

/// The schema of what an environment says does not know the kind: it accepts what one kind accepts.
#[test]
fn an_environment() {
    let schemas = Schemas::new();
    for (good, service, text) in [
        (true, "kind: valkey", "options: { memory: 1Gi }"),
        (true, "kind: valkey", "options: { memory: null }"),
        (false, "kind: valkey", "options: { memory: 1 }"),
        (false, "kind: valkey", "options: { role: store }"),
        (true, "kind: prometheus", "options: { retention: 90d }"),
        (true, "kind: postgres", "options: { settings: { max_connections: 300 } }"),
        (false, "kind: postgres", "options: { databases: { other: {} } }"),
        (false, "kind: postgres", "options: { max_connections: 300 }"),
    ] {
        let found = faults(&format!("{service}, {DATA}"), text);
        assert_eq!(found.is_empty(), good, "resolving\n{text}\n{found:#?}");
        let node = parse(&format!("services: {{ it: {{ {text} }} }}")).unwrap();
        let found = schemas.faults("system-override", &node.to_json());
        assert_eq!(found.is_empty(), good, "the schema\n{text}\n{found:#?}");
    }
}
