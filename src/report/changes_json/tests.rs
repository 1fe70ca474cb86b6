use super::*;
use crate::report::sample;

#[test]
fn the_shape_stays() {
    let object = |rest: Value| joined(json!({"environment": "prod", "system": "shop"}), rest);
    let path = "prod/shop/kubernetes/web.yaml";
    let expected = json!({
        "version": 1,
        "risk": "data-loss",
        "summary": [object(json!({
            "risk": "data-loss",
            "objects": {"added": 0, "removed": 1, "changed": 1},
            "files": {"added": 0, "removed": 0, "changed": 0},
        }))],
        "objects": [
            object(json!({
                "api-version": "v1", "kind": "PersistentVolumeClaim", "namespace": null,
                "name": "data", "action": "removed", "old-path": path, "new-path": null,
                "risk": "data-loss",
                "effects": [{
                    "risk": "data-loss",
                    "reason": "its data is deleted, unless the volume is retained",
                }],
                "fields": [],
            })),
            object(json!({
                "api-version": "v1", "kind": "Service", "namespace": null, "name": "web",
                "action": "changed", "old-path": path, "new-path": path, "risk": "update",
                "effects": [{"risk": "update", "reason": "takes effect in place"}],
                "fields": [{"path": "spec.a", "old": 1}, {"path": "spec.b", "new": null}],
            })),
        ],
        "moved": [],
        "files": [object(json!({
            "path": path, "action": "changed", "by-object": true, "risk": "none", "fields": null,
            "unified": format!(
                "--- {path}\n+++ {path}\n@@ -2,9 +2,4 @@\n kind: Service\n metadata:\n   \
                 name: web\n-spec: {{a: 1}}\n----\n-apiVersion: v1\n\
                 -kind: PersistentVolumeClaim\n-metadata:\n-  name: data\n+spec: {{b: null}}\n"
            ),
            "note": null,
        }))],
        "namespaces": [],
    });
    assert_eq!(json(&sample::small()), expected);
}

#[test]
fn everything_is_there() {
    let all = json(&sample::changes());
    let count = |key: &str| all[key].as_array().map(Vec::len);
    assert_eq!(count("objects"), Some(4));
    assert_eq!(count("files"), Some(8));
    assert_eq!(count("summary"), Some(3));
    assert_eq!(all["moved"][0]["to"], "dev/shop/kubernetes/service.yaml");
    let text = &all["objects"][1]["fields"][0]["text"];
    assert!(text.as_str().is_some_and(|text| text.starts_with("@@ -1,2 +1,2 @@\n")), "{text}");
    let between = json(&sample::between());
    assert_eq!(between["namespaces"][0]["new"], "shop-prod");
    assert_eq!(between["objects"][0]["environment"], "staging -> prod");
}
