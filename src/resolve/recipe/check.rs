//! The health check of an image: the command by which its container asks itself, with the times that
//! the system says without any environment.

use super::base::Bases;
use crate::layer;
use crate::model::{HealthCheck, SelfCheck};
use crate::resolve::draft::Draft;
use crate::resolve::self_check::{EVERY, TIMEOUT};
use crate::source::Place;

/// The key of `health` that says how a service is asked.
pub(super) fn said(draft: &Draft<'_>) -> &'static str {
    match draft.service.health.as_ref() {
        Some(layer::Health { command: Some(_), .. }) => "command",
        Some(layer::Health { ready: None, live: Some(_), .. }) => "live",
        _ => "ready",
    }
}

/// A command in words.
pub(super) fn words(command: Option<&Vec<String>>) -> String {
    command.map_or_else(|| "nothing".to_owned(), |command| format!("`{}`", command.join(" ")))
}

/// The command by which a container asks itself.
pub(super) fn command(check: &SelfCheck) -> Option<Vec<String>> {
    match check {
        SelfCheck::Command { command, .. } => Some(command.clone()),
        SelfCheck::Unasked(_) => None,
    }
}

/// The check of an image; `said` is what its system says of it, and `at` where.
pub(super) fn check(
    command: Vec<String>,
    said: layer::Health,
    at: Place,
    bases: &mut Bases<'_>,
) -> HealthCheck {
    let asked = [said.ready, said.live, said.start].into_iter().flatten().next();
    let probe = asked.map(|probe| probe.0).unwrap_or_default();
    let every = probe.every.unwrap_or(EVERY);
    let timeout = probe.timeout.unwrap_or_else(|| TIMEOUT.min(every));
    let starts_within = said.starts_within;
    let check = SelfCheck::Command { command, every, timeout, starts_within };
    let wget = check.needs_wget().then(|| bases.busybox(at));
    HealthCheck { check, wget }
}
