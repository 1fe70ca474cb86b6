//! Changes that the tests of all renderings show.

use crate::diff::{Changes, between as between_of, compare};
use camino::Utf8PathBuf;
use std::collections::BTreeMap;

pub(super) fn files(entries: &[(&str, String)]) -> BTreeMap<Utf8PathBuf, String> {
    entries.iter().map(|(path, text)| (Utf8PathBuf::from(*path), text.clone())).collect()
}

fn workload(kind: &str, name: &str, replicas: u8, digest: char, env: &str) -> String {
    let digest = digest.to_string().repeat(64);
    format!(
        "apiVersion: apps/v1\nkind: {kind}\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  \
         replicas: {replicas}\n  template:\n    spec:\n      containers:\n        - name: {name}\n          \
         image: ghcr.io/example/shop/{name}@sha256:{digest}\n          env: [{env}]\n"
    )
}

fn config(level: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\ndata:\n  \
         app.toml: |\n    port = 80\n    level = \"{level}\"\n"
    )
}

const CLAIM: &str = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";

pub(super) fn changes() -> Changes {
    let level = "{name: LEVEL, value: info}";
    let old = files(&[
        ("dev/shop/kubernetes/web.yaml", format!("{CLAIM}---\n{SERVICE}")),
        ("prod/shop/kubernetes/web.yaml", workload("Deployment", "web", 2, 'a', level)),
        ("prod/shop/kubernetes/config.yaml", config("info")),
        ("prod/shop/compose/compose.yaml", "services: {web: {image: a}}\n".to_owned()),
        ("prod/shop/kubernetes/broken.yaml", "<<<<<<< HEAD\na\n".to_owned()),
        ("shared/shop/docs/notes.md", "```\n<b>old</b>\n".to_owned()),
    ]);
    let more = "{name: LEVEL, value: \"\\e[31m\"}, {name: MODE, value: \"1\"}";
    let new = files(&[
        ("dev/shop/kubernetes/service.yaml", SERVICE.to_owned()),
        ("prod/shop/kubernetes/web.yaml", workload("Deployment", "web", 3, 'b', more)),
        ("prod/shop/kubernetes/db.yaml", workload("StatefulSet", "db", 1, 'c', "")),
        ("prod/shop/kubernetes/config.yaml", config("debug")),
        ("prod/shop/compose/compose.yaml", "# new\nservices: {web: {image: a}}\n".to_owned()),
        ("prod/shop/kubernetes/broken.yaml", String::new()),
        ("shared/shop/docs/notes.md", "```\n<b>new</b>\n".to_owned()),
    ]);
    compare(&old, &new)
}

pub(super) fn small() -> Changes {
    let web = "prod/shop/kubernetes/web.yaml";
    let old = files(&[(web, format!("{SERVICE}spec: {{a: 1}}\n---\n{CLAIM}"))]);
    compare(&old, &files(&[(web, format!("{SERVICE}spec: {{b: null}}\n"))]))
}

pub(super) fn between() -> Changes {
    let in_namespace = |namespace: &str, text: &str| text.replace("shop\n", namespace);
    let tree = files(&[
        ("staging/shop/kubernetes/web.yaml", in_namespace("shop-staging\n", &config("debug"))),
        ("prod/shop/kubernetes/web.yaml", in_namespace("shop-prod\n", &config("info"))),
    ]);
    between_of(&tree, "staging", "prod")
}
