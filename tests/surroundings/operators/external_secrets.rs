//! External Secrets: a Secret for each `ExternalSecret`, with the keys that it describes.
//!
//! Every value can be had, as long as the cluster knows the store that the object names.

use super::super::api::Api;
use super::{objects, owned_by, tell, text};
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const VERSION: &str = "external-secrets.io/v1";

pub(in super::super) fn step(api: &Api) {
    for object in objects(api, VERSION, "externalsecrets") {
        let (ready, reason, message) = match synchronise(api, &object) {
            Ok(()) => ("True", "SecretSynced", "secret synced".to_owned()),
            Err(problem) => ("False", "SecretSyncedError", problem),
        };
        let condition =
            json!({ "type": "Ready", "status": ready, "reason": reason, "message": message });
        let metadata = &object["metadata"];
        let path = format!(
            "/apis/{VERSION}/namespaces/{}/externalsecrets/{}",
            text(metadata, "namespace"),
            text(metadata, "name")
        );
        tell(api, &path, &object, &json!({ "conditions": [condition] }));
    }
}

fn synchronise(api: &Api, object: &Value) -> Result<(), String> {
    let (metadata, spec) = (&object["metadata"], &object["spec"]);
    let namespace = text(metadata, "namespace");
    is_there(api, namespace, &spec["secretStoreRef"])?;
    let keys = keys(spec)?;
    let target = &spec["target"];
    let name = target["name"].as_str().unwrap_or(text(metadata, "name"));
    let path = format!("/api/v1/namespaces/{namespace}/secrets/{name}");
    let present = api.get::<Secret>(&path).and_then(|secret| secret.data).unwrap_or_default();
    if present.into_keys().collect::<BTreeSet<_>>() == keys {
        return Ok(());
    }
    let data: Map<String, Value> =
        keys.into_iter().map(|key| (key, json!("from the store"))).collect();
    let template = &target["template"];
    let mut secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": template["type"].as_str().unwrap_or("Opaque"),
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": template["metadata"]["labels"],
            "annotations": template["metadata"]["annotations"],
        },
        "stringData": data,
    });
    if matches!(target["creationPolicy"].as_str(), None | Some("Owner")) {
        secret["metadata"]["ownerReferences"] = owned_by(object);
    }
    api.apply(&path, &secret);
    Ok(())
}

/// Whether the cluster knows the store.
fn is_there(api: &Api, namespace: &str, store: &Value) -> Result<(), String> {
    let name = text(store, "name");
    let kind = store["kind"].as_str().unwrap_or("SecretStore");
    let path = match kind {
        "ClusterSecretStore" => format!("/apis/{VERSION}/clustersecretstores/{name}"),
        _ => format!("/apis/{VERSION}/namespaces/{namespace}/secretstores/{name}"),
    };
    let found = api.get::<Value>(&path);
    found.map(|_| ()).ok_or_else(|| format!("could not get {kind} \"{name}\", not found"))
}

/// The keys of the Secret: those of a template, or else those that are fetched.
fn keys(spec: &Value) -> Result<BTreeSet<String>, String> {
    if spec["dataFrom"].is_array() || spec["target"]["template"]["templateFrom"].is_array() {
        return Err("the keys of dataFrom and templateFrom are known to the store alone".to_owned());
    }
    let template = &spec["target"]["template"];
    let written = template["data"].as_object().into_iter().flat_map(Map::keys).cloned();
    let fetched = spec["data"].as_array().into_iter().flatten();
    let fetched = fetched.map(|item| text(item, "secretKey").to_owned());
    Ok(match (template["data"].is_object(), template["mergePolicy"].as_str()) {
        (true, Some("Merge")) => written.chain(fetched).collect(),
        (true, _) => written.collect(),
        (false, _) => fetched.collect(),
    })
}
