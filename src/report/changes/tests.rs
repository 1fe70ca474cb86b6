use super::*;
use crate::diff::compare;
use crate::report::sample::{self, files};

fn plain(changes: &Changes, texts: Texts) -> String {
    anstream::adapter::strip_str(&text(changes, texts)).to_string()
}

fn compared(path: &str, old: &str, new: &str) -> String {
    let changes = compare(&files(&[(path, old.to_owned())]), &files(&[(path, new.to_owned())]));
    plain(&changes, Texts::None)
}

#[test]
fn changes_are_told_by_environment_and_system() {
    let expected = "\
dev/shop: 1 removed
  - PersistentVolumeClaim data
      data-loss: its data is deleted, unless the volume is retained
  > Service web stands in dev/shop/kubernetes/service.yaml now

prod/shop: 1 added, 4 changed
  ~ ConfigMap web   update: running pods see it late or not at all
      data[app.toml]:
        @@ -1,2 +1,2 @@
         port = 80
        -level = \"info\"
        +level = \"debug\"
  ~ Deployment web   restart: pod template changed
      also scale: number of pods changed
      spec.replicas: 2 -> 3
      spec.template.spec.containers[web].image:
        - ghcr.io/example/shop/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
        + ghcr.io/example/shop/web@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
      spec.template.spec.containers[web].env[LEVEL].value: info -> ␛[31m
      + spec.template.spec.containers[web].env[MODE]: {name: MODE, value: \"1\"}
  + StatefulSet db
  ~ compose/compose.yaml
      layout or comments only
  ~ kubernetes/broken.yaml
      unknown: its objects cannot be told apart, so read its text
      note: the old file is not YAML, compared as text: it holds conflict
            markers

shared/shop: 1 changed
  ~ docs/notes.md

1 added, 1 removed, 5 changed; worst risk: data-loss
";
    let shown = plain(&sample::changes(), Texts::None);
    assert_eq!(shown, expected);
    assert!(shown.lines().all(|line| line.chars().count() <= WIDTH));
}

#[test]
fn texts_follow_what_is_told_of_their_system() {
    let expected = "\
shop (staging -> prod): 1 changed
  ~ namespace: shop-staging -> shop-prod
  ~ ConfigMap web
      data[app.toml]:
        @@ -1,2 +1,2 @@
         port = 80
        -level = \"debug\"
        +level = \"info\"

--- staging/shop/kubernetes/web.yaml
+++ prod/shop/kubernetes/web.yaml
@@ -2,8 +2,8 @@
 kind: ConfigMap
 metadata:
   name: web
-  namespace: shop-staging
+  namespace: shop-prod
 data:
   app.toml: |
     port = 80
-    level = \"debug\"
+    level = \"info\"

1 changed
";
    assert_eq!(plain(&sample::between(), Texts::Changed), expected);
    let shown = plain(&sample::changes(), Texts::Changed);
    assert!(shown.contains("--- prod/shop/kubernetes/web.yaml\n+++ prod/"), "{shown}");
    assert!(!shown.contains("/dev/null"));
    assert!(plain(&sample::changes(), Texts::All).contains("--- /dev/null\n+++ prod/shop"));
}

#[test]
fn nothing_is_told_in_words() {
    assert_eq!(text(&Changes::default(), Texts::All), "no changes\n");
}

#[test]
fn colours_mark_what_happened() {
    let shown = text(&sample::small(), Texts::Changed);
    let (red, yellow, off) = ("\u{1b}[31m", "\u{1b}[33m", "\u{1b}[0m");
    assert!(shown.contains(&format!("  {red}-{off} PersistentVolumeClaim data\n")), "{shown:?}");
    assert!(shown.contains(&format!("  {yellow}~{off} Service web   ")), "{shown:?}");
    assert!(shown.contains(&format!("\n{red}-spec: {{a: 1}}{off}\n")), "{shown:?}");
}

#[test]
fn long_values_are_shortened_and_many_fields_counted() {
    let long = "word ".repeat(40);
    let shown = compared("prod/a/x.yaml", "a: 1\n", &format!("a: 1\nb: {long}\n"));
    let value: String = long.chars().take(68).collect();
    assert!(shown.contains(&format!("      + b: {value}…\n")), "{shown}");
    let path = "k".repeat(60);
    let shown = compared("prod/a/x.yaml", "a: 1\n", &format!("a: 1\n{path}: {long}\n"));
    let value: String = long.chars().take(69).collect();
    assert!(shown.contains(&format!("      + {path}:\n          {value}…\n")), "{shown}");
    let all = |value: u8| (0..50).fold(String::new(), |all, key| format!("{all}k{key}: {value}\n"));
    let shown = compared("prod/a/x.yaml", &all(1), &all(2));
    assert!(shown.contains("      k39: 1 -> 2\n      … and 10 more fields\n"), "{shown}");
}

#[test]
fn a_text_with_many_changed_lines_is_cut() {
    let all = |word: &str| {
        (0..40).fold("a: |\n".to_owned(), |all, line| format!("{all}  {word} {line}\n"))
    };
    let shown = compared("prod/a/x.yaml", &all("old"), &all("new"));
    assert!(shown.contains("        -old 28\n        … and 51 more lines\n"), "{shown}");
}

#[test]
fn line_ends_are_made_visible() {
    let old = files(&[("a.txt", "one\ntwo\n".to_owned())]);
    let new = files(&[("a.txt", "one\r\ntwo\n".to_owned())]);
    let expected = "\
.: 1 changed
  ~ a.txt

--- a.txt
+++ a.txt
@@ -1,2 +1,2 @@
-one
+one␍
 two

1 changed
";
    assert_eq!(plain(&compare(&old, &new), Texts::Changed), expected);
}

#[test]
fn layout_of_kubernetes_files_is_no_change_of_objects() {
    let object = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n";
    let path = "prod/a/kubernetes/web.yaml";
    let expected = "\
prod/a: no object or field differs
  ~ kubernetes/web.yaml   no object differs

no object or field differs
";
    assert_eq!(compared(path, object, &format!("# new\n{object}")), expected);
}

#[test]
fn namespaces_are_named_where_they_tell_objects_apart() {
    let object = |namespace: &str| {
        format!("apiVersion: v1\nkind: X\nmetadata: {{name: web, namespace: {namespace}}}\n")
    };
    let path = "prod/a/kubernetes/web.yaml";
    let shown = compared(path, &object("one"), &object("two"));
    assert!(shown.contains("  - X web in one   update: deleted\n  + X web in two\n"), "{shown}");
}

#[test]
fn the_text_of_a_secret_is_not_shown() {
    let secret = |value: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\ndata: {{key: {value}}}\n")
    };
    let old = files(&[("prod/a/kubernetes/s.yaml", secret("alpha"))]);
    let new = files(&[("prod/a/kubernetes/s.yaml", secret("beta"))]);
    let expected = "\
prod/a: 1 changed
  ~ Secret db   update: running pods see it late or not at all
      data.key: (hidden) -> (hidden)

  prod/a/kubernetes/s.yaml: it holds a Secret, so its text is not shown

1 changed; worst risk: update
";
    assert_eq!(plain(&compare(&old, &new), Texts::All), expected);
}
