//! Volumes: claims, scratch space, and what storage tiers are here.

use super::draft::{Draft, SystemDraft, World};
use super::exceptions;
use super::options::fact_name;
use crate::finding::Finding;
use crate::layer::{DataFolder, Overlap, Reclaim, Scratch};
use crate::model::{Claim, Platform, Run, SystemVolume, Tier, Volume, VolumeSource};
use crate::source::Place;
use crate::value::{AbsolutePath, Bytes, Name};
use std::collections::BTreeMap;

/// The tier of a volume that says none.
const GENERAL: &str = "general";

/// The limit of `/tmp`, which every service has.
pub(super) const TMP: &str = "64Mi";

/// Volumes of every pod that mounts files or secrets.
pub(super) const RESERVED: &[&str] = &["files", "sealed-files", "secrets"];

/// The volumes of a service in order of name.
pub(super) fn volumes(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Volume> {
    let mut said = draft.service.volumes.clone().unwrap_or_default();
    let contract = draft.kind.as_ref().and_then(|kind| kind.entry.kind.contract.as_ref());
    let folders = contract.and_then(|contract| contract.data.as_ref());
    let mut volumes: BTreeMap<Name, Volume> = BTreeMap::new();
    for (name, folder) in folders.into_iter().flatten() {
        let Some(path) = &folder.path else { continue };
        if let Some(volume) = said.get_mut(name) {
            volume.path.get_or_insert_with(|| path.clone());
            continue;
        }
        let lasts_by = lasts_by(draft, folder);
        let Some(limit) = folder.scratch.as_ref().filter(|_| lasts_by.is_none()) else {
            findings.push(missing_volume(draft, name, lasts_by));
            continue;
        };
        let source =
            VolumeSource::Scratch { limit: Some(*limit), memory: folder.memory.unwrap_or(false) };
        volumes.insert(name.clone(), Volume { name: name.clone(), path: path.clone(), source });
    }
    for (name, volume) in &said {
        if volume.enabled == Some(false) {
            continue;
        }
        let place = draft.node.key_place(&["volumes", name.as_str()]);
        if RESERVED.contains(&name.as_str()) {
            findings.push(
                Finding::error("reserved-name", format!("the volume name `{name}` is iac's own"))
                    .at(place)
                    .help("give the volume another name"),
            );
            continue;
        }
        let Some(path) = &volume.path else {
            let finding = Finding::error(
                "missing-key",
                format!("nothing says where the volume `{name}` is mounted"),
            )
            .at(place)
            .help("say `path`");
            findings.push(match folders {
                Some(folders) => finding.known(
                    "volumes of the kind",
                    name.as_str(),
                    folders.keys().map(Name::as_str),
                ),
                None => finding,
            });
            continue;
        };
        if let Some(source) = source(world, system, draft, name, volume, findings) {
            volumes.insert(name.clone(), Volume { name: name.clone(), path: path.clone(), source });
        }
    }
    exceptions::host_paths(draft, &mut volumes, findings);
    add_tmp(&mut volumes);
    nested(draft, &volumes, findings);
    volumes.into_values().collect()
}

/// The option, and its value, by which the data of a folder must not be lost.
fn lasts_by<'a>(draft: &Draft<'_>, folder: &'a DataFolder) -> Option<(&'a str, &'a str)> {
    let options = &draft.kind.as_ref()?.options;
    let mut all = folder.lasts_if.iter().flatten();
    let (option, value) = all.find(|(option, value)| {
        options.get(&fact_name(option)).and_then(|said| said.as_str()) == Some(value.as_str())
    })?;
    Some((option, value))
}

fn missing_volume(draft: &Draft<'_>, folder: &Name, lasts_by: Option<(&str, &str)>) -> Finding {
    let finding = match lasts_by {
        Some((option, value)) => Finding::error(
            "missing-volume",
            format!(
                "by `{option}: {value}` the data of `{}` must last, and nothing says how much it is",
                draft.name
            ),
        )
        .at(draft.node.value_place(&["options", option])),
        None => Finding::error(
            "missing-volume",
            format!("`{}` keeps data, and nothing says how much", draft.name),
        )
        .at(draft.node.key_place(&["kind"])),
    };
    finding.help(format!(
        "say `volumes: {{ {folder}: {{ size: 10Gi }} }}`, or `scratch` instead of `size` for data that may be lost"
    ))
}

fn source(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    name: &Name,
    volume: &crate::layer::Volume,
    findings: &mut Vec<Finding>,
) -> Option<VolumeSource> {
    let at = |key: &str| draft.node.value_place(&["volumes", name.as_str(), key]);
    if let Some(of) = &volume.of {
        let known = system.typed.volumes.iter().flatten().map(|(name, _)| name.as_str());
        if !system.typed.volumes.iter().flatten().any(|(name, _)| name == of) {
            let finding =
                Finding::error("unknown-volume", format!("the system has no volume `{of}`"))
                    .at(at("of"))
                    .known("volumes", of.as_str(), known);
            findings.push(finding.or_help(format!(
                "describe it in system.yaml, such as `volumes: {{ {of}: {{ size: 10Gi }} }}`"
            )));
            return None;
        }
        return Some(VolumeSource::System(of.clone()));
    }
    if let Some(scratch) = &volume.scratch {
        let limit = match scratch {
            Scratch::Unlimited(()) => None,
            Scratch::Limit(limit) => Some(*limit),
        };
        return Some(VolumeSource::Scratch { limit, memory: volume.memory.unwrap_or(false) });
    }
    let Some(size) = volume.size else {
        findings.push(
            Finding::error("missing-key", format!("nothing says what the volume `{name}` is"))
                .at(draft.node.key_place(&["volumes", name.as_str()]))
                .note("allowed: size (a claim), scratch (ends with the pod), of (a volume of the system)")
                .help("say one of them, such as `size: 10Gi`"),
        );
        return None;
    };
    let shared = volume.shared.unwrap_or(false);
    let place = if volume.tier.is_some() {
        at("tier")
    } else {
        draft.node.key_place(&["volumes", name.as_str()])
    };
    let tier = tier_here(world, volume.tier.as_ref(), shared, place, findings)?;
    let claim = Claim { size, class: tier.class, shared, reclaim: tier.reclaim };
    match (&draft.migrates, &draft.run) {
        // A replica's own data is its own: what runs before a release has the shared one alone.
        (Some(of), _) => shared.then(|| VolumeSource::ClaimOf(of.clone())),
        _ if shared => Some(VolumeSource::Claim(claim)),
        (None, Run::Job { .. } | Run::Cron { .. }) => {
            if matches!(draft.run, Run::Cron { overlap: Overlap::Allow, .. }) {
                findings.push(
                    Finding::error(
                        "volume-not-shared",
                        format!("two runs of `{}` would write to `{name}` at once", draft.name),
                    )
                    .at(draft.node.key_place(&["volumes", name.as_str()]))
                    .related(draft.node.value_place(&["overlap"]), "both run")
                    .help("say `shared: true`, or another `overlap`"),
                );
            }
            Some(VolumeSource::Claim(claim))
        }
        (None, Run::Node) => {
            findings.push(
                Finding::error(
                    "claim-on-each-node",
                    format!("`{}` runs on each node, and a claim lies on one", draft.name),
                )
                .at(draft.node.key_place(&["volumes", name.as_str()]))
                .help(
                    "say `scratch` instead of `size`, or `shared: true` with a tier that says so",
                ),
            );
            None
        }
        (None, Run::Service | Run::Worker) => Some(VolumeSource::ClaimPerReplica(claim)),
    }
}

/// What a tier is here.
fn tier_here(
    world: &World<'_>,
    tier: Option<&Name>,
    shared: bool,
    place: Place,
    findings: &mut Vec<Finding>,
) -> Option<Tier> {
    let environment = &world.environment;
    if world.platform == Platform::Compose {
        // One machine has one kind of storage, to which all its containers may write.
        return Some(Tier { class: None, shared: true, reclaim: Reclaim::Retain });
    }
    let name = tier.map_or(GENERAL, Name::as_str);
    let found = environment.storage.iter().find(|(tier, _)| tier.as_str() == name);
    let Some((_, found)) = found else {
        // Without any tier an environment has one kind of storage: the cluster's default.
        if environment.storage.is_empty() && !shared {
            return Some(Tier { class: None, shared: false, reclaim: Reclaim::Retain });
        }
        findings.push(
            Finding::error(
                "unknown-tier",
                format!("`{}` has no storage tier `{name}`", environment.name),
            )
            .at(place)
            .known("tiers", name, environment.storage.keys().map(Name::as_str))
            .or_help(format!(
                "say what it is in `{}`, such as `storage: {{ {name}: {{ class: … }} }}`",
                environment.file
            )),
        );
        return None;
    };
    if shared && !found.shared {
        findings.push(
            Finding::error(
                "tier-not-shared",
                format!("several pods cannot write to the tier `{name}` in `{}`", environment.name),
            )
            .at(place)
            .help(format!(
                "choose a tier that says `shared: true`, or say it in `{}` if its class can",
                environment.file
            )),
        );
        return None;
    }
    Some(found.clone())
}

/// The system's volumes that a service of it mounts.
pub(super) fn of_system(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    findings: &mut Vec<Finding>,
) -> BTreeMap<Name, SystemVolume> {
    let mut all = BTreeMap::new();
    for (name, volume) in system.typed.volumes.iter().flatten() {
        let mounted = system.services.values().any(|draft| {
            draft.here()
                && draft.service.volumes.iter().flatten().any(|(_, volume)| {
                    volume.of.as_ref() == Some(name) && volume.enabled != Some(false)
                })
        });
        if !mounted {
            continue;
        }
        let place = system.node.key_place(&["volumes", name.as_str()]);
        let Some(size) = volume.size else {
            findings.push(
                Finding::error("missing-key", format!("nothing says how large `{name}` is"))
                    .at(place)
                    .help("say `size`, such as `size: 50Gi`"),
            );
            continue;
        };
        let shared = volume.shared.unwrap_or(false);
        let at = system.node.value_place(&["volumes", name.as_str(), "tier"]);
        if let Some(tier) = tier_here(world, volume.tier.as_ref(), shared, at, findings) {
            let claim = Claim { size, class: tier.class, shared, reclaim: tier.reclaim };
            all.insert(name.clone(), SystemVolume { claim });
        }
    }
    all
}

fn add_tmp(volumes: &mut BTreeMap<Name, Volume>) {
    let (Ok(name), Ok(path), Ok(limit)) =
        ("tmp".parse::<Name>(), "/tmp".parse::<AbsolutePath>(), TMP.parse::<Bytes>())
    else {
        return;
    };
    if volumes.values().any(|volume| volume.path == path) {
        return;
    }
    let source = VolumeSource::Scratch { limit: Some(limit), memory: false };
    volumes.entry(name.clone()).or_insert(Volume { name, path, source });
}

/// Two volumes at one path: one would hide the other.
fn nested(draft: &Draft<'_>, volumes: &BTreeMap<Name, Volume>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&AbsolutePath, &Name> = BTreeMap::new();
    for volume in volumes.values() {
        if let Some(other) = seen.insert(&volume.path, &volume.name) {
            let place = |name: &Name| {
                let host = draft.node.at(&["host-paths", name.as_str()]).is_some();
                let key = if host { "host-paths" } else { "volumes" };
                draft.node.key_place(&[key, name.as_str()])
            };
            findings.push(
                Finding::error(
                    "path-twice",
                    format!("`{other}` and `{}` are mounted at `{}`", volume.name, volume.path),
                )
                .at(place(&volume.name))
                .related(place(other), "the other one")
                .help("give one of them another path"),
            );
        }
    }
}
