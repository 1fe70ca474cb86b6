//! How a service runs: how many, as whom, with what, and what it is allowed.

use super::draft::{Draft, World};
use super::provider;
use crate::finding::Finding;
use crate::layer;
use crate::model::{Platform, Replicas, Resources, Rollout, Volume, VolumeSource};
use crate::value::{Bytes, Percent};

/// The user of own code, as in the images without a shell.
const OWN_USER: u32 = 65532;

/// Kubernetes counts with 32 bits and a sign.
const MOST_REPLICAS: u32 = i32::MAX.unsigned_abs();

pub(super) fn replicas(
    world: &World<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Replicas {
    let mut said = draft.service.replicas.as_deref().cloned().unwrap_or_default();
    let shares_nothing = draft.kind.as_ref().is_some_and(|kind| !kind.replicates());
    if world.platform == Platform::Compose && shares_nothing {
        // What replicates it elsewhere is not here, and one machine has no use for copies.
        (said.min, said.max) = (said.min.map(|count| count.min(1)), None);
    }
    let min = said.min.unwrap_or(1);
    let max = said.max.unwrap_or(min);
    let cpu: Percent =
        said.cpu.unwrap_or_else(|| "70%".parse().expect("a constant of this function"));
    let place = draft.node.key_place(&["replicas"]);
    if max < min {
        findings.push(
            Finding::error("replicas-reversed", format!("at most {max} replicas, at least {min}"))
                .at(draft.node.value_place(&["replicas", "max"]))
                .related(draft.node.value_place(&["replicas", "min"]), "the fewest")
                .help("raise `max`, or lower `min`"),
        );
    }
    if max > MOST_REPLICAS {
        findings.push(
            Finding::error("invalid-value", format!("{max} replicas are more than can be counted"))
                .at(place)
                .note(format!("allowed: at most {MOST_REPLICAS}")),
        );
    }
    if min == 0 && max > 0 {
        findings.push(
            Finding::error("replicas-from-nothing", "from 0 replicas no load can be seen")
                .at(place)
                .help("say `min: 1`, or `replicas: 0` to stop the service"),
        );
    }
    if let Some(kind) = &draft.kind
        && max > 1
        && !kind.replicates()
    {
        findings.push(
            Finding::error(
                "does-not-replicate",
                format!("replicas of `{}` would not share their data", kind.entry.name),
            )
            .at(place)
            .help(match provider::that_replicates(world, &kind.entry.name) {
                Some(provider) => format!(
                    "say `replicas: 1`; or, in `{}`, `providers: {{ {}: {provider} }}`",
                    world.environment.file, kind.entry.name
                ),
                None => "say `replicas: 1`".to_owned(),
            }),
        );
    }
    Replicas { min, max: max.max(min), cpu }
}

/// A service that shares one claim with itself cannot have two pods at once.
/// Neither can one that shares its node's network, where a port is taken once.
pub(super) fn rollout(draft: &Draft<'_>, volumes: &[Volume], replicas: &Replicas) -> Rollout {
    match &draft.service.rollout {
        Some(layer::Rollout::Recreate(_)) => Rollout::Recreate,
        Some(layer::Rollout::Rolling(rolling)) => Rollout::Rolling {
            at_once: rolling
                .at_once
                .unwrap_or_else(|| "25%".parse().expect("a constant of this function")),
        },
        None => {
            let single_writer = volumes.iter().any(
                |volume| matches!(&volume.source, VolumeSource::Claim(claim) if !claim.shared),
            );
            let on_host = draft.service.host_network.is_some();
            if (single_writer || on_host) && replicas.max <= 1 {
                Rollout::Recreate
            } else {
                Rollout::Rolling { at_once: "25%".parse().expect("a constant of this function") }
            }
        }
    }
}

pub(super) fn user(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Option<(u32, u32)> {
    let said = draft.service.user.as_deref().and_then(|user| user.id);
    let contract = draft.kind.as_ref().and_then(|kind| {
        kind.entry.kind.contract.as_ref().and_then(|contract| contract.user.as_deref())
    });
    let (user, group) = match (said, contract) {
        (Some(user), _) => (user, user),
        (None, Some(contract)) => {
            let ids = contract.split_once(':').unwrap_or((contract, contract));
            if let (Ok(user), Ok(group)) = (ids.0.parse(), ids.1.parse()) {
                (user, group)
            } else {
                let entry = &draft.kind.as_ref()?.entry;
                findings.push(
                    Finding::error("invalid-value", format!("`{contract}` is no user and group"))
                        .at(entry.node.value_place(&["contract", "user"]))
                        .note("allowed: two numbers, such as `\"999:999\"`"),
                );
                return None;
            }
        }
        (None, None) => {
            if !draft.own {
                findings.push(unknown_user(draft, OWN_USER));
            }
            (OWN_USER, OWN_USER)
        }
    };
    Some((user, draft.service.group.unwrap_or(group)))
}

/// An image whose user nobody says. Of a kind it is told once, and at the kind: all services of it
/// are at a loss.
pub(super) fn unknown_user(draft: &Draft<'_>, instead: u32) -> Finding {
    let (name, place, key) = match &draft.kind {
        Some(kind) => {
            let entry = &kind.entry;
            (entry.name.as_str(), entry.node.key_place(&["contract"]), "contract.user")
        }
        None => (draft.name.as_str(), draft.node.key_place(&["image"]), "user"),
    };
    let message = format!("nothing says which user the image of `{name}` runs as");
    Finding::warning("unknown-user", message)
        .at(place)
        .note(format!("it is started as user {instead}"))
        .help(format!("say `{key}`, the number that the image expects"))
}

/// Room for logs and for what a container writes beside its volumes.
const LOGS: &str = "128Mi";

/// What a container requests. Ephemeral storage that nobody speaks of has room for the scratch
/// volumes and for logs, so that a pod which fills its node is the one that has to leave it.
pub(super) fn requests(
    said: Option<&layer::Resources>,
    limits: Option<&layer::Resources>,
    volumes: &[Volume],
) -> Resources {
    let nobody_speaks = limits.is_none_or(|limits| limits.storage.is_none());
    let storage = said.and_then(|said| said.storage);
    Resources {
        cpu: said.and_then(|said| said.cpu),
        memory: said.and_then(|said| said.memory),
        storage: storage.or_else(|| ephemeral(volumes).filter(|_| nobody_speaks)),
    }
}

/// The scratch volumes on disk, and logs; nothing where a volume has no limit.
fn ephemeral(volumes: &[Volume]) -> Option<Bytes> {
    let logs: Bytes = LOGS.parse().expect("a constant of this file");
    let scratch = volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::Scratch { limit, memory: false } => Some(*limit),
        _ => None,
    });
    let scratch: Vec<Bytes> = scratch.collect::<Option<_>>()?;
    Some(scratch.into_iter().chain([logs]).sum())
}

/// Memory and storage are limited to what is requested: what is promised to one is not given to
/// another. CPU is not limited: a limit would slow a service on an idle node.
pub(super) fn limits(requests: &Resources, limits: Option<&layer::Resources>) -> Resources {
    Resources {
        cpu: limits.and_then(|limits| limits.cpu),
        memory: limits.and_then(|limits| limits.memory).or(requests.memory),
        storage: limits.and_then(|limits| limits.storage).or(requests.storage),
    }
}
