use super::{ListRule, MINORS, NAMES, Schemas, table};
use serde_json::{Value, json};

fn deployment() -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": {"app.kubernetes.io/name": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "web",
                    "image": "example.com/web:1",
                    "ports": [{"containerPort": 8080}],
                    "livenessProbe": {"httpGet": {"path": "/", "port": "http"}},
                    "resources": {"limits": {"cpu": 1, "memory": "1Gi"}},
                }]},
            },
        },
    })
}

/// The problems of an object in 1.36, each as `pointer: message`.
fn problems(object: &Value) -> Vec<String> {
    let problems = Schemas::of(36).unwrap().check(object);
    problems.iter().map(|each| format!("{}: {}", each.pointer, each.message)).collect()
}

fn with(pointer: &str, value: Value) -> Value {
    let mut object = deployment();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    object.pointer_mut(parent).unwrap()[key] = value;
    object
}

#[test]
fn the_versions_are_those_of_the_tables() {
    let line = table::TEXT.lines().find(|line| line.starts_with("versions ")).unwrap();
    assert_eq!(line, format!("versions {}", NAMES.join(" ")));
    assert_eq!(MINORS.map(|minor| minor.to_string()), NAMES);
    assert!(Schemas::of(34).is_none());
    for minor in MINORS {
        let schemas = Schemas::of(minor).unwrap();
        assert_eq!(schemas.minor(), minor);
        assert!(schemas.knows("apps/v1", "Deployment") && schemas.knows("v1", "Service"));
        assert_eq!(schemas.check(&deployment()), []);
    }
}

#[test]
fn an_unknown_field_comes_with_the_nearest_name() {
    let object = with("/spec/template/spec/containers", json!([{"name": "web", "imagee": "x"}]));
    assert_eq!(
        problems(&object),
        ["/spec/template/spec/containers/0/imagee: unknown field `imagee` in Container; \
          did you mean `image`?"]
    );
}

#[test]
fn an_unknown_field_like_no_other_comes_with_all_names() {
    assert_eq!(
        problems(&with("/spec/selector/volumes", json!(1))),
        ["/spec/selector/volumes: unknown field `volumes` in LabelSelector; \
          known: matchExpressions, matchLabels"]
    );
}

#[test]
fn a_field_of_another_version_says_so() {
    let object = with("/spec/template/spec/evictionResponders", json!([]));
    assert_eq!(
        problems(&object),
        ["/spec/template/spec/evictionResponders: field `evictionResponders` of PodSpec exists \
          in Kubernetes 1.37, not in 1.36"]
    );
    assert_eq!(Schemas::of(37).unwrap().check(&object), []);
}

#[test]
fn wrong_types_say_what_was_found_and_what_is_allowed() {
    let port = "/spec/template/spec/containers/0/ports/0/containerPort";
    for (pointer, value, message) in [
        ("/spec/replicas", json!("2"), "found text, allowed: a whole number"),
        ("/spec/replicas", json!(1.5), "found a number with a fraction, allowed: a whole number"),
        (port, json!(null), "found null, allowed: a whole number"),
        ("/spec/template/spec", json!([]), "found a list, allowed: a map"),
        ("/spec/template/spec/containers", json!({}), "found a map, allowed: a list"),
        ("/spec/paused", json!("yes"), "found text, allowed: true or false"),
        (
            "/spec/template/spec/containers/0/resources/limits/cpu",
            json!(true),
            "found true or false, allowed: text or a number",
        ),
        (
            "/spec/template/spec/containers/0/livenessProbe/httpGet/port",
            json!(80.5),
            "found a number with a fraction, allowed: text or a whole number",
        ),
    ] {
        assert_eq!(problems(&with(pointer, value)), [format!("{pointer}: {message}")]);
    }
}

#[test]
fn pointers_escape_keys() {
    let object = with("/metadata/labels", json!({"app.kubernetes.io/name~": 1}));
    assert_eq!(
        problems(&object),
        ["/metadata/labels/app.kubernetes.io~1name~0: found a whole number, allowed: text"]
    );
}

#[test]
fn all_problems_are_found_at_once() {
    let object = with("/spec", json!({"replicas": "2", "paused": 1, "template": {"spec": {}}}));
    assert_eq!(
        problems(&object),
        [
            "/spec/replicas: found text, allowed: a whole number",
            "/spec/paused: found a whole number, allowed: true or false",
            "/spec/template/spec: missing field `containers` (a list) in PodSpec",
            "/spec: missing field `selector` (a map) in DeploymentSpec",
        ]
    );
}

#[test]
fn optional_fields_may_be_null_and_required_ones_not() {
    assert_eq!(problems(&with("/spec/replicas", json!(null))), [""; 0]);
    assert_eq!(
        problems(&with("/spec/template/spec/containers", json!(null))),
        ["/spec/template/spec/containers: found null, allowed: a list"]
    );
}

#[test]
fn an_object_must_say_what_it_is() {
    assert_eq!(problems(&json!([])), [": found a list, allowed: a map"]);
    assert_eq!(
        problems(&json!({"kind": 1})),
        [
            ": missing field `apiVersion` (text), which says what the object is",
            "/kind: found a whole number, allowed: text",
        ]
    );
}

#[test]
fn an_unserved_kind_says_where_it_is_served() {
    for (api_version, kind, expected) in [
        (
            "extensions/v1beta1",
            "Deployment",
            "/apiVersion: Kubernetes 1.36 has no `Deployment` of `extensions/v1beta1`; 1.36 serves \
             this kind as apps/v1",
        ),
        (
            "scheduling.k8s.io/v1beta1",
            "Workload",
            "/apiVersion: `Workload` of `scheduling.k8s.io/v1beta1` exists in Kubernetes 1.37, \
             not in 1.36; 1.36 serves this kind as scheduling.k8s.io/v1alpha2",
        ),
        (
            "apps/v1",
            "Deploymnet",
            "/kind: Kubernetes 1.36 has no `Deploymnet` of `apps/v1`; did you mean `Deployment`?",
        ),
        (
            "discovery.k8s.io/v1",
            "Widget",
            "/kind: Kubernetes 1.36 has no `Widget` of `discovery.k8s.io/v1`; known: \
             EndpointSlice, EndpointSliceList",
        ),
        (
            "batch/v2",
            "Worker",
            "/apiVersion: Kubernetes 1.36 has no `Worker` of `batch/v2`; did you mean `batch/v1`?",
        ),
        (
            "cert-manager.io/v1",
            "Certificate",
            "/apiVersion: Kubernetes 1.36 has no `Certificate` of `cert-manager.io/v1`",
        ),
    ] {
        let object = json!({"apiVersion": api_version, "kind": kind});
        assert_eq!(problems(&object), [expected]);
    }
}

#[test]
fn lists_know_how_they_are_merged() {
    let rule = |path: &[&str]| Schemas::of(36).unwrap().list_rule("apps/v1", "Deployment", path);
    let pod = ["spec", "template", "spec"];
    let keyed = |keys, merge_key| Some(ListRule { keys, merge_key, set: false });
    assert_eq!(rule(&[&pod[..], &["containers"]].concat()), keyed(Some("name"), Some("name")));
    assert_eq!(
        rule(&[&pod[..], &["containers", "0", "ports"]].concat()),
        keyed(Some("containerPort,protocol"), Some("containerPort"))
    );
    assert_eq!(rule(&[&pod[..], &["tolerations"]].concat()), keyed(None, None));
    assert_eq!(
        rule(&["metadata", "finalizers"]),
        Some(ListRule { keys: None, merge_key: None, set: true })
    );
    assert_eq!(rule(&["spec", "replicas"]), None);
    assert_eq!(rule(&["spec", "template", "nothing"]), None);
}
