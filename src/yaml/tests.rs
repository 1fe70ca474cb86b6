use super::*;
use serde_json::json;

fn kubernetes(value: &Value) -> String {
    document(value, KeyOrder::Kubernetes)
}

#[test]
fn a_deployment_looks_as_people_write_it() {
    let value = json!({
        "spec": {
            "template": {
                "spec": {
                    "volumes": [{"emptyDir": {}, "name": "tmp"}],
                    "containers": [{
                        "volumeMounts": [{"mountPath": "/tmp", "name": "tmp"}],
                        "resources": {"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi", "cpu": "1"}},
                        "readinessProbe": {"periodSeconds": 5, "httpGet": {"port": "http", "path": "/ready"}},
                        "ports": [{"containerPort": 8080, "name": "http"}],
                        "env": [{"value": "no", "name": "LOG"}],
                        "args": [],
                        "command": ["/app", "--listen=:8080"],
                        "image": "ghcr.io/example/app:1.0",
                        "name": "app"
                    }],
                    "serviceAccountName": "app"
                },
                "metadata": {"labels": {"name": "x", "app": "z"}}
            },
            "selector": {"matchLabels": {"name": "x", "app": "z"}},
            "replicas": 3
        },
        "metadata": {"labels": {"name": "x", "app": "z"}, "namespace": "edge", "name": "app"},
        "kind": "Deployment",
        "apiVersion": "apps/v1"
    });
    assert_eq!(
        kubernetes(&value),
        "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  namespace: edge
  labels:
    app: z
    name: x
spec:
  replicas: 3
  selector:
    matchLabels:
      app: z
      name: x
  template:
    metadata:
      labels:
        app: z
        name: x
    spec:
      serviceAccountName: app
      containers:
      - name: app
        image: ghcr.io/example/app:1.0
        command:
        - /app
        - --listen=:8080
        args: []
        ports:
        - name: http
          containerPort: 8080
        env:
        - name: LOG
          value: \"no\"
        readinessProbe:
          httpGet:
            path: /ready
            port: http
          periodSeconds: 5
        resources:
          requests:
            cpu: \"1\"
            memory: 1Gi
          limits:
            memory: 1Gi
        volumeMounts:
        - name: tmp
          mountPath: /tmp
      volumes:
      - name: tmp
        emptyDir: {}
"
    );
}

#[test]
fn the_users_keys_are_sorted_whatever_they_mean_elsewhere() {
    let value = json!({"kind": "ConfigMap", "data": {"name": "b", "metadata": "c", "app": "a"}});
    assert_eq!(kubernetes(&value), "kind: ConfigMap\ndata:\n  app: a\n  metadata: c\n  name: b\n");
    let service =
        json!({"kind": "Service", "spec": {"ports": [], "selector": {"name": "b", "app": "a"}}});
    assert_eq!(
        kubernetes(&service),
        "kind: Service\nspec:\n  selector:\n    app: a\n    name: b\n  ports: []\n"
    );
    let compose = json!({"services": {"environment": {
        "environment": {"image": "x", "a": "z"}, "command": ["run"], "image": "i"
    }}, "name": "m"});
    assert_eq!(
        document(&compose, KeyOrder::Compose),
        "\
name: m
services:
  environment:
    image: i
    command:
    - run
    environment:
      a: z
      image: x
"
    );
}

#[test]
fn specs_and_selectors_follow_the_kind() {
    let list = json!({"kind": "List", "items": [
        {"spec": {"ports": [], "selector": {"name": "b", "app": "a"}, "type": "ClusterIP"}, "kind": "Service"},
        {"spec": {"template": {"spec": {"template": 1, "containers": []}}, "schedule": "x", "jobTemplate":
            {"spec": {"template": {"spec": {"volumes": [], "containers": []}}, "backoffLimit": 1}}},
            "kind": "CronJob"},
    ]});
    assert_eq!(
        kubernetes(&list),
        "\
kind: List
items:
- kind: Service
  spec:
    type: ClusterIP
    selector:
      app: a
      name: b
    ports: []
- kind: CronJob
  spec:
    schedule: x
    jobTemplate:
      spec:
        backoffLimit: 1
        template:
          spec:
            containers: []
            volumes: []
    template:
      spec:
        containers: []
        template: 1
"
    );
}

#[test]
fn arrange_and_document_agree() {
    let mut value =
        json!({"kind": "Foo", "b": [{"z": 1, "name": "m"}], "apiVersion": "v1", "a": 1});
    let text = kubernetes(&value);
    arrange(&mut value, KeyOrder::Kubernetes);
    assert_eq!(document(&value, KeyOrder::AsIs), text);
    assert_eq!(text, "apiVersion: v1\nkind: Foo\na: 1\nb:\n- name: m\n  z: 1\n");
}

#[test]
fn texts_have_the_style_that_every_reader_agrees_on() {
    let cases = [
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\nb", "|-\n  a\n  b\n"),
        ("a\n\n", "|+\n  a\n\n"),
        ("  a\nb\n", "|2\n    a\n  b\n"),
        ("\ta\nb\n", "\"\\ta\\nb\\n\"\n"),
        ("a\n\tb: #c\n", "|\n  a\n  \tb: #c\n"),
        ("a\r\nb", "\"a\\r\\nb\"\n"),
        ("\u{7}\u{85}\u{2028}\u{feff}\u{7f}", "\"\\x07\\x85\\u2028\\uFEFF\\x7F\"\n"),
        ("😀", "😀\n"),
        ("plain text, with: no", "\"plain text, with: no\"\n"),
        ("http://x:80/?a=b#c", "http://x:80/?a=b#c\n"),
        ("---", "\"---\"\n"),
        ("---a", "\"---a\"\n"),
        ("-----BEGIN X-----\nMIIB\n", "|\n  -----BEGIN X-----\n  MIIB\n"),
        ("1", "\"1\"\n"),
        ("22:22", "\"22:22\"\n"),
        ("\n", "\"\\n\"\n"),
        ("\n\na", "|-\n\n\n  a\n"),
    ];
    for (text, written) in cases {
        assert_eq!(document(&json!({ "k": text }), KeyOrder::AsIs), format!("k: {written}"));
    }
    let long = "word ".repeat(5000) + "end";
    assert_eq!(document(&json!([long]), KeyOrder::AsIs), format!("- {long}\n"));
}

#[test]
fn numbers_are_bare_and_read_as_numbers_by_yaml_1_1() {
    for (number, written) in [
        (json!(1), "1\n"),
        (json!(1e21), "1.0e+21\n"),
        (json!(1.5e-9), "1.5e-9\n"),
        (json!(-0.0), "-0.0\n"),
        (json!(u64::MAX), "18446744073709551615\n"),
        (json!(0.1), "0.1\n"),
    ] {
        assert_eq!(document(&number, KeyOrder::AsIs), written);
    }
}

#[test]
fn comments_stand_above_what_they_speak_of() {
    let mut document = Document::new(
        json!({"kind": "Foo", "spec": {"b": [[1, {"c": "x\n\n"}], 2], "a/b": {}}}),
        KeyOrder::Kubernetes,
    );
    document.comments = vec!["made by iac".to_owned(), String::new(), "a\nb".to_owned()];
    document.notes = [
        ("", "root"),
        ("/spec", "spec"),
        ("/spec/a~1b", "one\ntwo\r\nthree\u{85}four\u{7}"),
        ("/spec/b/0", "outer"),
        ("/spec/b/0/0", "inner"),
        ("/spec/b/0/1/c", "c"),
        ("/spec/b/1", "# 2"),
        ("/spec/gone", "never"),
    ]
    .map(|(pointer, note)| (pointer.to_owned(), note.to_owned()))
    .into();
    let second = Document::new(json!("---x"), KeyOrder::AsIs);
    assert_eq!(
        documents(&[document, second]),
        "\
# made by iac
#
# a
# b
# root
kind: Foo
# spec
spec:
  # one
  # two
  # three
  # four
  a/b: {}
  b:
  # outer
  # inner
  - - 1
    # c
    - c: |+
        x

  # # 2
  - 2
---
\"---x\"
"
    );
}

#[test]
fn no_key_looks_like_a_separator() {
    let value = json!({"---": 1, "a": {"---": 1}, "---\\x\"": "\n---"});
    assert_eq!(
        document(&value, KeyOrder::AsIs),
        "\"---\": 1\na:\n  \"---\": 1\n\"---\\\\x\\\"\": |-\n\n  ---\n"
    );
}

#[test]
fn documents_without_anything() {
    assert_eq!(documents(&[]), "");
    assert_eq!(document(&json!(null), KeyOrder::AsIs), "null\n");
    assert_eq!(document(&json!({}), KeyOrder::AsIs), "{}\n");
    assert_eq!(document(&json!([]), KeyOrder::AsIs), "[]\n");
}
