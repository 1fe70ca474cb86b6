//! The Secrets that people make by hand: those that pods ask for, and that no object makes.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Keys by namespace and name of the Secret.
type Keys = BTreeMap<(String, String), BTreeSet<String>>;

/// All of them, with the keys that are asked for.
pub(crate) fn secrets(objects: &[Value]) -> Vec<Value> {
    let mut keys = Keys::new();
    let mut logins = BTreeSet::new();
    let mut made = BTreeSet::new();
    for object in objects {
        let metadata = &object["metadata"];
        let namespace = text(&metadata["namespace"]);
        match object["kind"].as_str().unwrap() {
            "ExternalSecret" => {
                let target = &object["spec"]["target"]["name"];
                let name = target.as_str().unwrap_or(metadata["name"].as_str().unwrap());
                made.insert((namespace, name.to_owned()));
            }
            "Cluster" => {
                let own = ["app", "superuser", "ca", "server", "replication"];
                let name = text(&metadata["name"]);
                made.extend(own.map(|suffix| (namespace.clone(), format!("{name}-{suffix}"))));
                let spec = &object["spec"];
                let roles = spec["managed"]["roles"].as_array().into_iter().flatten();
                let named = roles.map(|role| &role["passwordSecret"]["name"]);
                let first = &spec["bootstrap"]["initdb"]["secret"]["name"];
                for name in named.chain([first]).filter_map(Value::as_str) {
                    let keys = keys.entry((namespace.clone(), name.to_owned())).or_default();
                    keys.extend(["username", "password"].map(ToOwned::to_owned));
                }
            }
            "ServiceAccount" => {
                let names = object["imagePullSecrets"].as_array().into_iter().flatten();
                logins.extend(names.map(|login| (namespace.clone(), text(&login["name"]))));
            }
            _ => collect(&namespace, object, &mut keys),
        }
    }
    let by_hand = keys.into_iter().filter(|(secret, _)| !made.contains(secret));
    let plain = by_hand.map(|((namespace, name), keys)| {
        let data: BTreeMap<_, _> = keys.into_iter().map(|key| (key, "typed by hand")).collect();
        secret(&namespace, &name, "Opaque", &json!(data))
    });
    let logins = logins.iter().filter(|login| !made.contains(login)).map(|(namespace, name)| {
        let data = json!({ ".dockerconfigjson": "{}" });
        secret(namespace, name, "kubernetes.io/dockerconfigjson", &data)
    });
    plain.chain(logins).collect()
}

/// The stores that the platform has: those from which the External Secrets operator is to fetch.
pub(crate) fn stores(objects: &[Value]) -> Vec<Value> {
    let mut stores = BTreeMap::new();
    for external in objects.iter().filter(|object| object["kind"] == "ExternalSecret") {
        let store = &external["spec"]["secretStoreRef"];
        let namespace = match store["kind"].as_str() {
            Some("ClusterSecretStore") => Value::Null,
            _ => external["metadata"]["namespace"].clone(),
        };
        let key = (text(&store["kind"]), text(&namespace), text(&store["name"]));
        stores.entry(key).or_insert_with(|| {
            json!({
                "apiVersion": "external-secrets.io/v1",
                "kind": store["kind"],
                "metadata": { "name": store["name"], "namespace": namespace },
                "spec": { "provider": { "fake": { "data": [] } } },
            })
        });
    }
    stores.into_values().collect()
}

fn secret(namespace: &str, name: &str, kind: &str, data: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": kind,
        "metadata": { "name": name, "namespace": namespace },
        "stringData": data,
    })
}

/// Every reference to a key below a value.
fn collect(namespace: &str, value: &Value, keys: &mut Keys) {
    let ask = |name: &Value, key: &Value, keys: &mut Keys| {
        let secret = (namespace.to_owned(), text(name));
        keys.entry(secret).or_default().insert(text(key));
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if value["optional"] == true {
                    continue;
                }
                match &**key {
                    "secretKeyRef" => ask(&value["name"], &value["key"], keys),
                    "secret" => {
                        let name = value.get("secretName").unwrap_or(&value["name"]);
                        let items = value["items"].as_array().into_iter().flatten();
                        items.for_each(|item| ask(name, &item["key"], keys));
                    }
                    _ => collect(namespace, value, keys),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(namespace, item, keys)),
        _ => {}
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
