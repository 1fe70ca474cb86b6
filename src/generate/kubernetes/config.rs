//! Files as `ConfigMaps`, and their hash.

use super::metadata;
use crate::generate::Object;
use crate::model::{File, Service, names_in_volume};
use crate::value::AbsolutePath;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The name of a service's `ConfigMap`.
pub(super) fn name(service: &Service) -> String {
    format!("{}-config", service.name)
}

/// The files of a service that hold no secrets, by their key.
pub(super) fn keyed(service: &Service) -> BTreeMap<String, &File> {
    let paths: Vec<&AbsolutePath> = service.files.iter().map(|file| &file.path).collect();
    names_in_volume(&paths).into_iter().zip(&service.files).collect()
}

/// The `ConfigMap` with a service's files, if it has any.
pub(super) fn config_map(service: &Service) -> Option<Object> {
    if service.files.is_empty() {
        return None;
    }
    let files = keyed(service);
    let mut object = Object::of_service(
        service.name.as_str(),
        &ConfigMap {
            metadata: metadata::named(service, &name(service)),
            data: Some(files.iter().map(|(key, file)| (key.clone(), file.text.clone())).collect()),
            ..ConfigMap::default()
        },
    );
    for (key, file) in files {
        object = object.origin(format!("/data/{key}"), file.origin.clone());
    }
    Some(object)
}

/// The hash of a configuration, the data of a `ConfigMap`: over the lines `key=<SHA-256 of the value>`, in order of key. The
/// same definition can be computed by a chart's template.
pub(super) fn hash(data: &Value) -> String {
    let files: BTreeMap<&str, &str> = data
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, text)| Some((key.as_str(), text.as_str()?)))
        .collect();
    let mut lines = String::new();
    for (key, text) in files {
        let _ = writeln!(lines, "{key}={}", hex(&Sha256::digest(text)));
    }
    let mut hash = hex(&Sha256::digest(lines));
    hash.truncate(10);
    hash
}

/// The hash of a job's pod template: over its JSON with sorted keys and without spaces, as a chart's
/// template can write it too.
pub(super) fn template_hash(mut template: Value) -> String {
    template.sort_all_objects();
    let mut hash = hex(&Sha256::digest(template.to_string()));
    hash.truncate(10);
    hash
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_template_does_not_depend_on_the_order_of_its_keys() {
        let hash = |text| template_hash(serde_json::from_str(text).unwrap());
        // printf '{"a":{"c":1,"d":"x"},"b":[2]}' | sha256sum
        assert_eq!(hash(r#"{"b": [2], "a": {"d": "x", "c": 1}}"#), "17562b5115");
        assert_ne!(hash(r#"{"a": 1}"#), hash(r#"{"a": 2}"#));
    }

    #[test]
    fn the_hash_is_the_documented_one() {
        // printf 'a=%s\nb=%s\n' "$(printf x | sha256sum | cut -c1-64)" "$(printf y | …)" | sha256sum
        let files = serde_json::json!({ "b": "y", "a": "x" });
        assert_eq!(hash(&files), "7f9d691502");
    }
}
