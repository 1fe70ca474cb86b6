use super::*;
use crate::diff::compare;
use crate::report::sample::{self, files};

#[test]
fn changes_are_a_list_and_texts_are_folded_away() {
    let expected = "\
**1 removed, 1 changed; worst risk: data-loss**

### `prod/shop`

1 removed, 1 changed

- `-` `PersistentVolumeClaim data`: **data-loss**, its data is deleted, unless the volume is retained
- `~` `Service web`: update, takes effect in place
  - removed `spec.a`: `1`
  - added `spec.b`: `null`

<details><summary><code>prod/shop/kubernetes/web.yaml</code></summary>

```diff
--- prod/shop/kubernetes/web.yaml
+++ prod/shop/kubernetes/web.yaml
@@ -2,9 +2,4 @@
 kind: Service
 metadata:
   name: web
-spec: {a: 1}
----
-apiVersion: v1
-kind: PersistentVolumeClaim
-metadata:
-  name: data
+spec: {b: null}
```

</details>
";
    assert_eq!(markdown(&sample::small()), expected);
    assert_eq!(markdown(&Changes::default()), "No changes.\n");
}

#[test]
fn everything_that_changed_is_in_the_list() {
    let shown = markdown(&sample::changes());
    let list: Vec<&str> =
        shown.lines().filter(|line| line.trim_start().starts_with("- `")).collect();
    assert_eq!(
        list,
        [
            "- `-` `PersistentVolumeClaim data`: **data-loss**, \
         its data is deleted, unless the volume is retained",
            "- `>` `Service web` stands in `dev/shop/kubernetes/service.yaml` now",
            "- `~` `ConfigMap web`: update, running pods see it late or not at all",
            "  - `data[app.toml]`: see its text",
            "- `~` `Deployment web`: **restart**, pod template changed; \
         **scale**, number of pods changed",
            "  - `spec.replicas`: `2` → `3`",
            &format!(
                "  - `spec.template.spec.containers[web].image`: \
             `ghcr.io/example/shop/web@sha256:{}` → `ghcr.io/example/shop/web@sha256:{}`",
                "a".repeat(64),
                "b".repeat(64),
            ),
            "  - `spec.template.spec.containers[web].env[LEVEL].value`: `info` → `␛[31m`",
            "- `+` `StatefulSet db`",
            "- `~` `compose/compose.yaml`",
            "- `~` `kubernetes/broken.yaml`: **unknown**, \
         its objects cannot be told apart, so read its text",
            "- `~` `docs/notes.md`",
        ]
    );
}

#[test]
fn nothing_of_the_users_is_taken_for_markup() {
    assert_eq!(code("a`b"), "``a`b``");
    assert_eq!(code("`a`"), "`` `a` ``");
    assert_eq!(code("<b>\n*x*"), "`<b> *x*`");
    assert_eq!(code(""), "` `");
    assert_eq!(html("<b>\"&"), "&lt;b&gt;&quot;&amp;");
    let old = files(&[("a/b/<x>.md", "```\n</details>\n".to_owned())]);
    let new = files(&[("a/b/<x>.md", "````\n</details>\n".to_owned())]);
    let shown = markdown(&compare(&old, &new));
    assert!(shown.contains("- `~` `<x>.md`\n"), "{shown}");
    assert!(shown.contains("<summary><code>a/b/&lt;x&gt;.md</code></summary>"), "{shown}");
    assert!(shown.contains("\n`````diff\n") && shown.contains("\n`````\n"), "{shown}");
}

#[test]
fn a_comment_is_never_too_long() {
    let large = |word: &str| format!("{word} {}\n", "x".repeat(70)).repeat(500);
    let tree =
        |word: &str| files(&[("dev/a/a.txt", large(word)), ("dev/a/b.txt", format!("{word}\n"))]);
    let shown = markdown(&compare(&tree("old"), &tree("new")));
    assert!(shown.len() < 65_536, "{}", shown.len());
    assert!(shown.contains("\nThe text of 1 file is too long for a comment.\n"), "{shown}");
    assert!(shown.contains("<code>dev/a/b.txt</code>"));

    let many = |word: &str| {
        let paths: Vec<String> = (0..3000)
            .map(|n| format!("env{}/system/file-with-a-long-name-{n}.txt", n % 3))
            .collect();
        let entries: Vec<(&str, String)> =
            paths.iter().map(|path| (path.as_str(), word.to_owned())).collect();
        files(&entries)
    };
    let shown = markdown(&compare(&many("old"), &many("new")));
    assert!(shown.len() < 65_536, "{}", shown.len());
    assert!(shown.contains("### `env2/system`\n\n1000 changed\n\nThe list is too long"), "{shown}");
}
