//! How a service runs: how many, as whom, with what, and what it is allowed.

use super::draft::Draft;
use crate::finding::Finding;
use crate::layer;
use crate::model::{Replicas, Resources, Rollout, Volume, VolumeSource};
use crate::value::Percent;

/// The user of own code, as in the images without a shell.
const OWN_USER: u32 = 65532;

/// Kubernetes counts with 32 bits and a sign.
const MOST_REPLICAS: u32 = i32::MAX.unsigned_abs();

pub(super) fn replicas(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Replicas {
    let said = draft.service.replicas.as_deref().cloned().unwrap_or_default();
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
        && kind.entry.kind.replicates != Some(true)
    {
        findings.push(
            Finding::error(
                "does-not-replicate",
                format!("replicas of `{}` would not share their data", kind.entry.name),
            )
            .at(place)
            .help("say `replicas: 1`"),
        );
    }
    Replicas { min, max: max.max(min), cpu }
}

/// A service that shares one claim with itself cannot have two pods at once.
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
            if single_writer && replicas.max <= 1 {
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
    if user == 0 {
        findings.push(root_user(draft));
    }
    Some((user, draft.service.group.unwrap_or(group)))
}

/// A container that would run as root.
pub(super) fn root_user(draft: &Draft<'_>) -> Finding {
    Finding::error("root-user", format!("`{}` would run as root", draft.name))
        .at(draft.node.value_place(&["user"]))
        .help(format!("name a number from 1 on; own code runs as {OWN_USER} unless said"))
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

pub(super) fn requests(said: Option<&layer::Resources>) -> Resources {
    Resources {
        cpu: said.and_then(|said| said.cpu),
        memory: said.and_then(|said| said.memory),
        storage: said.and_then(|said| said.storage),
    }
}

/// Memory is limited to what is requested: what is promised to one is not given to another. CPU
/// is not limited: a limit would slow a service on an idle node.
pub(super) fn limits(
    said: Option<&layer::Resources>,
    limits: Option<&layer::Resources>,
) -> Resources {
    Resources {
        cpu: limits.and_then(|limits| limits.cpu),
        memory: limits
            .and_then(|limits| limits.memory)
            .or_else(|| said.and_then(|said| said.memory)),
        storage: limits
            .and_then(|limits| limits.storage)
            .or_else(|| said.and_then(|said| said.storage)),
    }
}

pub(super) fn writable_root(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> bool {
    let Some(said) = &draft.service.writable_root else { return false };
    require_why(draft, "writable-root", said.why.as_deref(), findings);
    true
}

pub(super) fn token(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Vec<layer::TokenRule> {
    let Some(said) = &draft.service.token else { return Vec::new() };
    require_why(draft, "token", said.why.as_deref(), findings);
    said.rules.clone().unwrap_or_default()
}

fn require_why(draft: &Draft<'_>, key: &str, why: Option<&str>, findings: &mut Vec<Finding>) {
    if why.is_none_or(|why| why.trim().is_empty()) {
        findings.push(
            Finding::error("missing-why", format!("`{key}` is an exception and says no reason"))
                .at(draft.node.key_place(&[key]))
                .help("say `why`, in a sentence"),
        );
    }
}
