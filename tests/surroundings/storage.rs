//! Volumes for claims, as a provisioner makes them.

use super::api::Api;
use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::StorageClass;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PROVISIONER: &str = "fake.example.com/volumes";

/// The scheduler writes here for which node a claim waits.
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// A storage class whose claims get volumes.
pub(crate) fn class(name: &str, waits_for_a_pod: bool) -> Value {
    let mode = if waits_for_a_pod { "WaitForFirstConsumer" } else { "Immediate" };
    json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": { "name": name },
        "provisioner": PROVISIONER,
        "volumeBindingMode": mode,
        "allowVolumeExpansion": true,
    })
}

/// Gives each claim of our classes a volume, and takes volumes away that nobody claims any more.
pub(super) fn step(api: &Api) {
    let classes: Vec<StorageClass> = api.list("/apis/storage.k8s.io/v1/storageclasses");
    let ours = classes.into_iter().filter(|class| class.provisioner == PROVISIONER);
    let waits: BTreeMap<String, bool> = ours
        .map(|class| {
            let waits = class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer");
            (class.metadata.name.unwrap_or_default(), waits)
        })
        .collect();
    for claim in api.list::<PersistentVolumeClaim>("/api/v1/persistentvolumeclaims") {
        let spec = claim.spec.clone().unwrap_or_default();
        let class = spec.storage_class_name.as_deref().unwrap_or_default();
        let Some(waits) = waits.get(class) else { continue };
        let annotations = claim.metadata.annotations.iter().flatten();
        let chosen = annotations.filter(|(key, _)| *key == SELECTED_NODE).count() == 1;
        if spec.volume_name.is_none() && (chosen || !waits) {
            let volume = volume(&claim, class);
            let name = volume["metadata"]["name"].as_str().unwrap_or_default();
            api.apply(&format!("/api/v1/persistentvolumes/{name}"), &volume);
        }
    }
    for volume in api.list::<PersistentVolume>("/api/v1/persistentvolumes") {
        let phase = volume.status.and_then(|status| status.phase);
        if phase.as_deref() == Some("Released") {
            let name = volume.metadata.name.unwrap_or_default();
            api.delete(&format!("/api/v1/persistentvolumes/{name}"));
        }
    }
}

fn volume(claim: &PersistentVolumeClaim, class: &str) -> Value {
    let uid = claim.metadata.uid.as_deref().unwrap_or_default();
    let name = format!("pvc-{uid}");
    let spec = claim.spec.as_ref();
    let requested = spec.and_then(|spec| spec.resources.as_ref()?.requests.as_ref());
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": { "name": name },
        "spec": {
            "capacity": requested,
            "accessModes": spec.and_then(|spec| spec.access_modes.as_ref()),
            "storageClassName": class,
            "persistentVolumeReclaimPolicy": "Delete",
            "csi": { "driver": "fake.example.com", "volumeHandle": name },
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": claim.metadata.namespace,
                "name": claim.metadata.name,
                "uid": uid,
            },
        },
    })
}
