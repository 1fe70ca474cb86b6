//! Exact expectations; the properties stand in `properties.rs`.

mod properties;

use super::*;
use serde_json::Value;

pub(super) fn files(entries: &[(&str, &str)]) -> Files {
    entries.iter().map(|(path, text)| (Utf8PathBuf::from(*path), (*text).to_owned())).collect()
}

const WEB: &str = "prod/shop/kubernetes/web.yaml";

/// The one object of `changes`, if it changed from `old` to `new`.
fn one(old: &str, new: &str) -> ObjectChange {
    let changes = compare(&files(&[(WEB, old)]), &files(&[(WEB, new)]));
    assert_eq!(changes.objects.len(), 1, "{changes:#?}");
    changes.objects.into_iter().next().expect("one object")
}

/// `path: old -> new` for each field.
fn told(fields: &[FieldChange]) -> Vec<String> {
    let value = |value: &Option<Value>| value.as_ref().map_or("absent".into(), Value::to_string);
    fields
        .iter()
        .map(|field| format!("{}: {} -> {}", field.path, value(&field.old), value(&field.new)))
        .collect()
}

#[test]
fn a_job_of_another_hash_is_the_same_one_changed() {
    let job = |name: &str, image: &str| {
        format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}, namespace: shop}}\n\
             spec: {{template: {{spec: {{containers: [{{name: a, image: {image}}}]}}}}}}\n"
        )
    };
    let change = one(&job("web-migrate-0123456789", "a"), &job("web-migrate-abcdef0123", "b"));
    let image = "spec.template.spec.containers[a].image: \"a\" -> \"b\"";
    assert_eq!(told(&change.fields), [image]);
    assert_eq!(change.identity.name, "web-migrate-abcdef0123");
    assert_eq!(change.effects, [risk::ANOTHER_JOB]);
    // Without another name it is refused.
    let change = one(&job("web-migrate-0123456789", "a"), &job("web-migrate-0123456789", "b"));
    assert_eq!(change.risk(), Risk::Replace);
    // Other names end in anything.
    let (old, new) = (job("web-migrate-one", "a"), job("web-migrate-two", "a"));
    let changes = compare(&files(&[(WEB, &old)]), &files(&[(WEB, &new)]));
    assert_eq!(changes.objects.len(), 2);
}

fn deployment(containers: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\n\
         spec: {{template: {{spec: {{containers: {containers}}}}}}}\n"
    )
}

/// The fields in which two containers differ.
fn container(old: &str, new: &str) -> Vec<String> {
    let of = |fields: &str| deployment(&format!("[{{name: web, {fields}}}]"));
    let prefix = "spec.template.spec.containers[web].";
    let fields = told(&one(&of(old), &of(new)).fields);
    fields.iter().map(|field| field.strip_prefix(prefix).expect(prefix).to_owned()).collect()
}

#[test]
fn items_are_matched_by_the_key_people_use() {
    let env = "env: [{name: A, value: a}, {name: LOG_LEVEL, value: info}]";
    let new = "env: [{name: A, value: a}, {name: B, value: b}, {name: LOG_LEVEL, value: debug}]";
    assert_eq!(
        container(env, new),
        [
            r#"env[LOG_LEVEL].value: "info" -> "debug""#,
            r#"env[B]: absent -> {"name":"B","value":"b"}"#,
        ]
    );
    let ports = "ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}]";
    let new = "ports: [{containerPort: 53, protocol: UDP, name: dns}, {containerPort: 53}]";
    assert_eq!(
        container(ports, new),
        [r#"ports[53/UDP].name: absent -> "dns""#, r#"ports[53].protocol: "TCP" -> absent"#,]
    );
    let mounts = "volumeMounts: [{name: a, mountPath: /a}, {name: a, mountPath: /b}]";
    let new = "volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}]";
    assert_eq!(container(mounts, new), [r#"volumeMounts[/b].name: "a" -> "b""#]);
}

#[test]
fn items_without_a_key_are_matched_by_their_place() {
    let rules = "x: [{verbs: [get]}, {verbs: [list]}, {verbs: [watch]}]";
    let changed = "x: [{verbs: [get]}, {verbs: [list, create]}, {verbs: [watch]}]";
    assert_eq!(container(rules, changed), [r#"x[1].verbs[]: absent -> "create""#]);
    let inserted = "x: [{verbs: [all]}, {verbs: [get]}, {verbs: [list]}, {verbs: [watch]}]";
    assert_eq!(container(rules, inserted), [r#"x[0]: absent -> {"verbs":["all"]}"#]);
    assert_eq!(container(inserted, rules), [r#"x[0]: {"verbs":["all"]} -> absent"#]);
    // A name that two items share is no key.
    let twice = "x: [{name: a, v: 1}, {name: a, v: 2}]";
    let changed = "x: [{name: a, v: 1}, {name: a, v: 3}]";
    assert_eq!(container(twice, changed), ["x[1].v: 2 -> 3"]);
}

#[test]
fn plain_lists_tell_what_came_and_went() {
    let fields = container("drop: [ALL, A]", "drop: [B, ALL]");
    assert_eq!(fields, [r#"drop[]: "A" -> absent"#, r#"drop[]: absent -> "B""#]);
    assert_eq!(container("args: [a, b]", "args: [b, a]"), [r#"args: ["a","b"] -> ["b","a"]"#]);
    assert_eq!(container("args: [a, a]", "args: [a]"), [r#"args: ["a","a"] -> ["a"]"#]);
}

#[test]
fn the_order_of_named_items_is_told() {
    let old = "env: [{name: A}, {name: B, value: $(A)}]";
    let new = "env: [{name: B, value: $(A)}, {name: A}]";
    assert_eq!(container(old, new), [r#"env: ["A","B"] -> ["B","A"]"#]);
}

#[test]
fn texts_of_several_lines_are_compared_by_line() {
    let config = |level: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\ndata:\n  app.toml: |\n    \
             a = 1\n    log = \"{level}\"\n    b = 2\n"
        )
    };
    let change = one(&config("info"), &config("debug"));
    assert_eq!(change.fields[0].path.to_string(), "data[app.toml]");
    let expected = "@@ -1,3 +1,3 @@\n a = 1\n-log = \"info\"\n+log = \"debug\"\n b = 2\n";
    assert_eq!(change.fields[0].text.as_deref(), Some(expected));
    assert_eq!(
        change.effects,
        [Effect { risk: Risk::Update, reason: "running pods see it late or not at all" }]
    );
}

#[test]
fn pods_that_restart_read_what_changed() {
    let text = |level: &str, sum: &str| {
        let config = |name: &str| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\n\
                 data: {{level: {level}}}\n---\n"
            )
        };
        format!(
            "{}{}apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\n\
             spec:\n  template:\n    metadata: {{annotations: {{checksum/config: '{sum}'}}}}\n    \
             spec: {{volumes: [{{name: c, configMap: {{name: web}}}}]}}\n",
            config("other"),
            config("web"),
        )
    };
    let reasons = |sum| -> Vec<&str> {
        let changes =
            compare(&files(&[(WEB, &text("info", "1"))]), &files(&[(WEB, &text("debug", sum))]));
        changes.objects.iter().map(|change| change.effects[0].reason).collect()
    };
    let late = "running pods see it late or not at all";
    assert_eq!(reasons("2"), [late, "read by its pods, which restart", "pod template changed"]);
    assert_eq!(reasons("1"), [late, late]);
}

#[test]
fn an_object_that_moved_is_not_a_change() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: ClusterIP}\n";
    let other = "apiVersion: v1\nkind: Service\nmetadata: {name: other}\n";
    let old = files(&[(WEB, &format!("{service}---\n{other}"))]);
    let new = files(&[(WEB, other), ("prod/shop/kubernetes/moved.yaml", service)]);
    let changes = compare(&old, &new);
    assert_eq!(changes.objects, []);
    assert_eq!(changes.moved.len(), 1);
    assert_eq!(changes.moved[0].identity.to_string(), "Service web");
    assert_eq!(changes.moved[0].to, "prod/shop/kubernetes/moved.yaml");
    assert_eq!(changes.files.len(), 2);
}

#[test]
fn identity_is_group_kind_namespace_and_name() {
    let object = |version: &str, namespace: &str| {
        format!(
            "apiVersion: {version}\nkind: Ingress\nmetadata: {{name: web, namespace: {namespace}}}\n"
        )
    };
    let change =
        one(&object("networking.k8s.io/v1beta1", "a"), &object("networking.k8s.io/v1", "a"));
    assert_eq!(
        told(&change.fields),
        [r#"apiVersion: "networking.k8s.io/v1beta1" -> "networking.k8s.io/v1""#]
    );
    let count =
        |old: &str, new: &str| compare(&files(&[(WEB, old)]), &files(&[(WEB, new)])).objects.len();
    assert_eq!(count(&object("a/v1", "a"), &object("a/v1", "b")), 2);
    assert_eq!(count(&object("a/v1", "a"), &object("b/v1", "a")), 2);
    // The same object in two environments is two objects.
    let (old, new) = (object("a/v1", "a"), object("a/v1", "a"));
    let changes = compare(
        &files(&[("dev/shop/kubernetes/a.yaml", &old)]),
        &files(&[("prod/shop/kubernetes/a.yaml", &new)]),
    );
    assert_eq!(changes.objects.len(), 2);
}

#[test]
fn a_list_holds_objects() {
    let list = |port: u16| {
        format!(
            "apiVersion: v1\nkind: List\nitems:\n- {{apiVersion: v1, kind: Service, \
             metadata: {{name: web}}, spec: {{ports: [{{port: {port}}}]}}}}\n"
        )
    };
    let change = one(&list(80), &list(81));
    assert_eq!(
        told(&change.fields),
        [r#"spec.ports[80]: {"port":80} -> absent"#, r#"spec.ports[81]: absent -> {"port":81}"#,]
    );
}

#[test]
fn a_broken_file_is_compared_as_text() {
    let good = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";
    let conflict = format!("{good}<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n");
    for (old, why) in [
        (conflict.as_str(), "it holds conflict markers"),
        ("a: [1\n", "while parsing a flow sequence"),
        ("a: 1\na: 2\n", "duplicate entry"),
    ] {
        let changes = compare(&files(&[(WEB, old)]), &files(&[(WEB, good)]));
        assert_eq!(changes.objects, []);
        let [file] = &changes.files[..] else { panic!("{changes:?}") };
        let note = file.note.as_deref().unwrap_or_default();
        assert!(note.starts_with("the old file is not YAML, compared as text: "), "{note}");
        assert!(note.contains(why), "{note}");
        assert!(file.unified.contains("+kind: Service") || file.unified.contains("-<<<<<<<"));
        assert_eq!((changes.risk(), file.fields.as_ref()), (Risk::Unknown, None));
    }
}

#[test]
fn other_files_are_compared_as_files() {
    let old = files(&[
        ("prod/shop/compose/compose.yaml", "services: {web: {image: a, ports: [1]}}\n"),
        ("prod/shop/kubernetes/kustomization.yaml", "resources: [a.yaml]\n"),
        ("prod/shop/scripts/deploy.sh", "echo a\n"),
        ("schema/system.json", "{\"a\": [1, 2]}"),
        ("shared/shop/github/ci.yaml", "a: 1\nb: 2\n"),
    ]);
    let new = files(&[
        ("prod/shop/compose/compose.yaml", "services: {web: {image: b, ports: [1]}}\n"),
        ("prod/shop/kubernetes/kustomization.yaml", "resources: [a.yaml, b.yaml]\n"),
        ("prod/shop/scripts/deploy.sh", "echo b\n"),
        ("schema/system.json", "{\"a\": [1, 3]}"),
        ("shared/shop/github/ci.yaml", "# a comment\nb: 2\na: 1\n"),
    ]);
    let changes = compare(&old, &new);
    let files: Vec<_> = changes
        .files
        .iter()
        .map(|file| (file.scope.to_string(), file.fields.as_deref().map(told)))
        .collect();
    let fields = |fields: &[&str]| Some(fields.iter().map(|f| (*f).to_owned()).collect());
    assert_eq!(
        files,
        [
            ("prod/shop".into(), fields(&[r#"services.web.image: "a" -> "b""#])),
            ("prod/shop".into(), fields(&[r#"resources[]: absent -> "b.yaml""#])),
            ("prod/shop".into(), None),
            ("schema".into(), fields(&["a[]: 2 -> absent", "a[]: absent -> 3"])),
            ("shared/shop".into(), fields(&[])),
        ]
    );
    let expected = "--- prod/shop/scripts/deploy.sh\n+++ prod/shop/scripts/deploy.sh\n\
                    @@ -1 +1 @@\n-echo a\n+echo b\n";
    assert_eq!(changes.files[2].unified, expected);
    let risks: Vec<_> =
        changes.files.iter().map(|file| file.effect.map(|effect| effect.risk)).collect();
    assert_eq!(risks, [Some(Risk::Restart), None, None, None, None]);
}

#[test]
fn values_of_secrets_are_never_told() {
    let secret = |value: &str| {
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\nstringData: {{password: {value}}}\n"
        )
    };
    let changes = compare(&files(&[(WEB, &secret("alpha"))]), &files(&[(WEB, &secret("beta"))]));
    assert_eq!(
        told(&changes.objects[0].fields),
        [r#"stringData.password: "(hidden)" -> "(hidden)""#]
    );
    let all = format!("{changes:?}");
    assert!(!all.contains("alpha") && !all.contains("beta"), "{all}");
}

#[test]
fn counts_are_told_for_each_environment_and_system() {
    let service =
        |name: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n");
    let (a, b) = (service("a"), service("b"));
    let old = files(&[("dev/shop/kubernetes/a.yaml", &a), ("prod/x/notes.txt", "a")]);
    let new = files(&[("dev/shop/kubernetes/b.yaml", &b), ("prod/x/notes.txt", "b")]);
    let summary: Vec<_> = summary(&compare(&old, &new))
        .into_iter()
        .map(|s| (s.scope.to_string(), s.objects, s.files, s.risk))
        .collect();
    let counts = |added, removed, changed| Counts { added, removed, changed };
    assert_eq!(
        summary,
        [
            ("dev/shop".to_owned(), counts(1, 1, 0), counts(0, 0, 0), Risk::Stop),
            ("prod/x".to_owned(), counts(0, 0, 0), counts(0, 0, 1), Risk::None),
        ]
    );
}

#[test]
fn environments_are_compared_apart_from_the_namespace() {
    let system = |environment: &str, replicas: u8| {
        format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop-{environment}}}\n---\n\
             apiVersion: apps/v1\nkind: Deployment\n\
             metadata: {{name: web, namespace: shop-{environment}}}\n\
             spec:\n  replicas: {replicas}\n  db: db.shop-{environment}.svc:5432\n---\n\
             apiVersion: v1\nkind: Service\n\
             metadata: {{name: web, namespace: shop-{environment}}}\n"
        )
    };
    let files = files(&[
        ("staging/shop/kubernetes/web.yaml", &system("staging", 1)),
        ("prod/shop/kubernetes/web.yaml", &system("prod", 3)),
        ("prod/shop/kubernetes/pdb.yaml", "apiVersion: v1\nkind: X\nmetadata: {name: x}\n"),
        ("staging/shop/scripts/a.sh", "a\n"),
        ("prod/shop/scripts/a.sh", "a\n"),
        ("production/shop/scripts/a.sh", "b\n"),
    ]);
    let changes = between(&files, "staging", "prod");
    let objects: Vec<_> = changes
        .objects
        .iter()
        .map(|o| (o.identity.to_string(), o.action, told(&o.fields), o.effects.len()))
        .collect();
    assert_eq!(
        objects,
        [
            (
                "Deployment web".to_owned(),
                Action::Changed,
                vec!["spec.replicas: 1 -> 3".to_owned()],
                0
            ),
            ("X x".to_owned(), Action::Added, vec![], 0),
        ]
    );
    let [namespace] = &changes.namespaces[..] else { panic!("{changes:?}") };
    assert_eq!((&*namespace.old, &*namespace.new), ("shop-staging", "shop-prod"));
    assert_eq!(namespace.scope.to_string(), "shop (staging -> prod)");
    let paths: Vec<_> = changes.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["shop/kubernetes/pdb.yaml", "shop/kubernetes/web.yaml"]);
    assert!(
        changes.files[1].unified.starts_with(
            "--- staging/shop/kubernetes/web.yaml\n+++ prod/shop/kubernetes/web.yaml\n"
        )
    );
    assert!(between(&files, "prod", "prod").is_empty());
}
