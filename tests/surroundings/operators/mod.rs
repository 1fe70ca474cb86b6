//! Operators whose objects `iac` writes, as far as others see what they do.

pub(super) mod cloudnative_pg;
pub(super) mod external_secrets;

use super::api::Api;
use serde_json::{Value, json};

/// Says of a custom object how it is; nothing happens if that is known.
fn tell(api: &Api, path: &str, object: &Value, status: &Value) {
    let known = &object["status"];
    let says = status.as_object().into_iter().flatten();
    if says.clone().count() > 0 && says.into_iter().all(|(key, value)| known[key] == *value) {
        return;
    }
    let told = json!({
        "apiVersion": object["apiVersion"],
        "kind": object["kind"],
        "metadata": { "name": object["metadata"]["name"], "namespace": object["metadata"]["namespace"] },
        "status": status,
    });
    api.apply(&format!("{path}/status"), &told);
}

/// Marks an object as made for another, with which it goes.
fn owned_by(owner: &Value) -> Value {
    json!([{
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": true,
    }])
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

/// The objects of a collection that are to stay.
fn objects(api: &Api, version: &str, plural: &str) -> Vec<Value> {
    let mut found = api.objects(&format!("/apis/{version}/{plural}"));
    found.retain(|object| object["metadata"]["deletionTimestamp"].is_null());
    found
}
