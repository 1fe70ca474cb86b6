//! What must be mounted before anything of a pod starts.

use super::references::{Holder, References};
use k8s_openapi::api::core::v1::{
    Container, KeyToPath, PersistentVolumeClaim, PodSpec, Volume, VolumeProjection,
};
use std::collections::{BTreeMap, BTreeSet};

/// The files of each volume whose files are known before a program runs.
pub(super) type Files = BTreeMap<String, BTreeSet<String>>;

/// Mounts everything, or says what cannot be mounted.
pub(super) fn mount(
    references: &References<'_>,
    pod: &str,
    spec: &PodSpec,
) -> Result<Files, String> {
    let mut files = Files::new();
    for volume in spec.volumes.iter().flatten() {
        let found = of_volume(references, pod, volume).map_err(|problem| {
            format!("MountVolume.SetUp failed for volume \"{}\" : {problem}", volume.name)
        })?;
        if let Some(found) = found {
            files.insert(volume.name.clone(), found);
        }
    }
    Ok(files)
}

/// Refuses a mount of a single file that the volume does not hold. The runtime would make a folder
/// of that name in the program's way.
pub(super) fn sub_paths(files: &Files, container: &Container) -> Result<(), String> {
    for mount in container.volume_mounts.iter().flatten() {
        let (Some(held), Some(path)) = (files.get(&mount.name), &mount.sub_path) else { continue };
        if !held.contains(path) {
            return Err(format!(
                "failed to prepare subPath for volumeMount \"{}\" of container \"{}\": no file {path}",
                mount.name, container.name
            ));
        }
    }
    Ok(())
}

fn of_volume(
    references: &References<'_>,
    pod: &str,
    volume: &Volume,
) -> Result<Option<BTreeSet<String>>, String> {
    let keys = |holder, name: &str, items: Option<&Vec<KeyToPath>>, optional: Option<bool>| {
        keys(references, holder, name, items, optional == Some(true))
    };
    if let Some(it) = &volume.config_map {
        return keys(Holder::ConfigMap, &it.name, it.items.as_ref(), it.optional).map(Some);
    }
    if let Some(it) = &volume.secret {
        let name = it.secret_name.as_deref().unwrap_or_default();
        return keys(Holder::Secret, name, it.items.as_ref(), it.optional).map(Some);
    }
    if let Some(it) = &volume.projected {
        let mut files = BTreeSet::new();
        for source in it.sources.iter().flatten() {
            files.extend(of_projection(references, source)?);
        }
        return Ok(Some(files));
    }
    if let Some(it) = &volume.persistent_volume_claim {
        return claim(references, &it.claim_name).map(|()| None);
    }
    if volume.ephemeral.is_some() {
        return claim(references, &format!("{pod}-{}", volume.name)).map(|()| None);
    }
    Ok(None)
}

fn of_projection(
    references: &References<'_>,
    source: &VolumeProjection,
) -> Result<BTreeSet<String>, String> {
    let mut files = BTreeSet::new();
    if let Some(it) = &source.config_map {
        let optional = it.optional == Some(true);
        let items = it.items.as_ref();
        files.extend(keys(references, Holder::ConfigMap, &it.name, items, optional)?);
    }
    if let Some(it) = &source.secret {
        let optional = it.optional == Some(true);
        files.extend(keys(references, Holder::Secret, &it.name, it.items.as_ref(), optional)?);
    }
    files.extend(source.service_account_token.iter().map(|token| token.path.clone()));
    let downward = source.downward_api.iter().flat_map(|it| it.items.iter().flatten());
    files.extend(downward.map(|item| item.path.clone()));
    Ok(files)
}

/// The files that the keys of a `ConfigMap` or Secret become.
fn keys(
    references: &References<'_>,
    holder: Holder,
    name: &str,
    items: Option<&Vec<KeyToPath>>,
    optional: bool,
) -> Result<BTreeSet<String>, String> {
    let held = match references.keys(holder, name) {
        Some(held) => held,
        None if optional => BTreeSet::new(),
        None => return Err(format!("{} \"{name}\" not found", holder.plain())),
    };
    let Some(items) = items else { return Ok(held) };
    let mut files = BTreeSet::new();
    for item in items {
        if held.contains(&item.key) {
            files.insert(item.path.clone());
        } else if !optional {
            let config = match holder {
                Holder::ConfigMap => "config",
                Holder::Secret => "secret",
            };
            return Err(format!("references non-existent {config} key: {}", item.key));
        }
    }
    Ok(files)
}

fn claim(references: &References<'_>, name: &str) -> Result<(), String> {
    let namespace = references.namespace;
    let Some(claim) = references.claim(name) else {
        return Err(format!(
            "error processing PVC {namespace}/{name}: failed to fetch PVC from API server: \
             persistentvolumeclaims \"{name}\" not found"
        ));
    };
    if is_bound(&claim) {
        Ok(())
    } else {
        Err(format!("error processing PVC {namespace}/{name}: PVC is not bound"))
    }
}

fn is_bound(claim: &PersistentVolumeClaim) -> bool {
    let phase = claim.status.as_ref().and_then(|status| status.phase.as_deref());
    phase == Some("Bound")
}
