//! Secrets by the External Secrets operator: what it is told, and what pods mount.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use serde::Deserialize;
use serde_json::{Value, json};
use support::Project;

/// A project with one service, in an environment with a backend.
fn project(backend: &str, service: &str) -> Project {
    Project::of(&[
        (
            "environments/dev.yaml",
            &format!(
                "about: Development\ntargets: [kubernetes]\ndomain: example.com\n\
                 kubernetes: {{ version: \"1.36\" }}\nsecrets: {backend}\n"
            ),
        ),
        ("environments/shop/system.yaml", "about: Shop\nservices: { cache: { kind: valkey } }\n"),
        (
            "environments/shop/services/web.yaml",
            &format!("image: \"example.com/web:1\"\nuser: 1000\n{service}"),
        ),
        (
            "environments/shop/files/web.toml.j2",
            "url = \"redis://:{{ uses.cache.password }}@{{ uses.cache.host }}\"\n\
             key = {{ '{' }}{{ secrets.API_KEY }}}\nline = \"{{ '{{ .Level }}' }}\"\n",
        ),
    ])
}

/// The objects of that service.
fn objects(project: &Project) -> Vec<Value> {
    project.iac(&["render"]).ends(0);
    let text = project.read("out/dev/shop/kubernetes/web.yaml");
    serde_yaml::Deserializer::from_str(&text).map(|it| Value::deserialize(it).unwrap()).collect()
}

fn external<'a>(objects: &'a [Value], name: &str) -> &'a Value {
    let found = objects
        .iter()
        .find(|object| object["kind"] == "ExternalSecret" && object["metadata"]["name"] == name);
    &found.unwrap_or_else(|| panic!("there is no {name}"))["spec"]
}

fn volumes(objects: &[Value]) -> &Vec<Value> {
    let workload = objects.iter().find(|object| object["kind"] == "Deployment").unwrap();
    workload["spec"]["template"]["spec"]["volumes"].as_array().unwrap()
}

const STORE: &str = "{ external-secrets: { store: vault, prefix: kv/dev } }";

#[test]
fn what_may_be_missing_is_asked_for_apart() {
    let all = objects(&project(
        STORE,
        "secrets: { KEY: web/jwt#key, LATE: { from: a/b/c#d, optional: true } }\n",
    ));
    let kinds: Vec<&str> = all.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["ServiceAccount", "ExternalSecret", "ExternalSecret", "Deployment"],
        "first what pods need"
    );
    assert_eq!(
        external(&all, "web-secrets"),
        &json!({
            "refreshInterval": "1h",
            "secretStoreRef": { "kind": "ClusterSecretStore", "name": "vault" },
            "target": {
                "name": "web-secrets",
                "creationPolicy": "Owner",
                "deletionPolicy": "Retain",
            },
            "data": [
                { "secretKey": "KEY", "remoteRef": { "key": "kv/dev/web/jwt", "property": "key" } },
            ],
        })
    );
    let late = external(&all, "web-secrets-optional");
    assert_eq!(late["data"][0]["remoteRef"], json!({ "key": "kv/dev/a/b/c", "property": "d" }));
}

#[test]
fn an_environment_says_store_and_times() {
    let backend = "{ external-secrets: { store: { name: own, namespaced: true }, refresh: 90m, \
                   reclaim: retain } }";
    let all = objects(&project(backend, "secrets: { KEY: web/jwt#key }\n"));
    let spec = external(&all, "web-secrets");
    assert_eq!(spec["secretStoreRef"], json!({ "kind": "SecretStore", "name": "own" }));
    assert_eq!(spec["refreshInterval"], "90m");
    assert_eq!(spec["target"]["creationPolicy"], "Orphan");
    assert_eq!(spec["data"][0]["remoteRef"]["key"], "web/jwt");
}

const SEALED: &str = "uses: { cache: { env: none } }\nsecrets: { API_KEY: { from: web/api#key, as: env } }\n\
                      files: { /etc/web.toml: { from: web.toml.j2 } }\n";

#[test]
fn a_file_with_secrets_is_written_in_the_cluster() {
    let project = project(STORE, SEALED);
    let all = objects(&project);
    assert!(all.iter().all(|object| object["kind"] != "ConfigMap"));
    let spec = external(&all, "web-sealed-files");
    assert_eq!(
        spec["target"]["template"],
        json!({
            "engineVersion": "v2",
            "data": {
                "web.toml": "url = \"redis://:{{ index . \"cache.password\" }}@cache\"\n\
                             key = {{ \"{\" }}{{ index . \"API_KEY\" }}}\n\
                             line = \"{{ \"{{\" }} .Level }}\"\n",
            },
        })
    );
    let keys: Vec<&Value> =
        spec["data"].as_array().unwrap().iter().map(|one| &one["secretKey"]).collect();
    assert_eq!(keys, ["API_KEY", "cache.password"]);
    let volume = volumes(&all).iter().find(|volume| volume["name"] == "sealed-files").unwrap();
    assert_eq!(volume["secret"], json!({ "secretName": "web-sealed-files", "defaultMode": 0o440 }));
    // What only the file holds is no variable, and no key of the service's own.
    let own = external(&all, "web-secrets")["data"].as_array().unwrap();
    assert_eq!(own.len(), 1);
    project.iac(&["check"]).ends(0);
}

#[test]
fn another_text_restarts_pods_and_another_reference_does_not() {
    let project = project(STORE, SEALED);
    let checksum = || {
        let all = objects(&project);
        let workload = all.into_iter().find(|object| object["kind"] == "Deployment").unwrap();
        workload["spec"]["template"]["metadata"]["annotations"]["checksum/sealed-files"].clone()
    };
    let first = checksum();
    assert!(first.is_string());
    project.edit("environments/shop/services/web.yaml", "web/api#key", "web/other#key");
    assert_eq!(checksum(), first);
    project.edit("environments/shop/files/web.toml.j2", "url =", "address =");
    assert_ne!(checksum(), first);
}

/// A file as SOPS 3.13 writes it, with a key that nobody has.
const ENCRYPTED: &str = include_str!("secrets/encrypted.yaml");

#[test]
fn what_sops_has_encrypted_is_read_by_name_and_key_alone() {
    let project = project("{ sops: {} }", SEALED);
    let needed = project.iac(&["list", "secrets", "--format", "json"]).ends(0).json();
    let needed: Vec<&Value> = needed.as_array().unwrap().iter().map(|row| &row["key"]).collect();
    let key = "web.toml-fb4d5228";
    assert_eq!(needed, ["default.password", "API_KEY", key]);
    project.iac(&["render"]).ends(2);
    project.write("environments/shop/secrets/dev/all.yaml", ENCRYPTED);
    let all = objects(&project);
    assert!(all.iter().all(|object| object["kind"] != "ExternalSecret"));
    let volume = volumes(&all).iter().find(|volume| volume["name"] == "sealed-files").unwrap();
    let items = json!([{ "key": key, "path": "web.toml" }]);
    assert_eq!(volume["secret"]["items"], items);
    project.iac(&["check"]).ends(0);
    // Another text is another key, which the file does not have yet.
    project.edit("environments/shop/files/web.toml.j2", "url =", "address =");
    let ran = project.iac(&["check"]).ends(2);
    assert!(ran.err.contains("`web-sealed-files` lacks `web.toml-"), "{}", ran.err);
}

#[test]
fn a_variable_may_hold_a_secret_of_the_services_own() {
    let all = objects(&project(
        "{ manual: {} }",
        "secrets: { API_KEY: { from: web/api#key, as: env } }\n\
         config: { URL: { text: \"https://{{ secrets.API_KEY }}@example.com\" } }\n",
    ));
    let workload = all.iter().find(|object| object["kind"] == "Deployment").unwrap();
    let env = &workload["spec"]["template"]["spec"]["containers"][0]["env"];
    assert_eq!(
        env,
        &json!([
            {
                "name": "API_KEY",
                "valueFrom": { "secretKeyRef": { "name": "web-secrets", "key": "API_KEY" } },
            },
            { "name": "URL", "value": "https://$(API_KEY)@example.com" },
        ])
    );
    assert!(all.iter().all(|object| object["kind"] != "ExternalSecret"));
}
