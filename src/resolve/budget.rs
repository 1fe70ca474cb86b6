//! Budgets of time: how long a service goes on when it is told to stop, how long a new pod must be
//! well, and how long a rollout waits for it. Each follows from what the service says, so that they
//! add up.

use super::draft::Draft;
use crate::finding::Finding;
use crate::model::{Probe, Probes};
use crate::value::Duration;

/// How long a called service goes on after it was told to stop: so long some callers do not know it
/// yet.
const DRAIN: Duration = Duration::from_secs(5);

/// How long a pod must be well that is not asked.
const SETTLE_SECONDS: u64 = 10;

/// The time for finding a node, fetching an image and mounting volumes.
const ARRIVAL_SECONDS: u64 = 300;

/// The shortest time after which a rollout has failed.
const PROGRESS_SECONDS: u64 = 600;

/// How long a service goes on after it was told to stop: part of the time that it has to stop.
pub(super) fn drain(
    draft: &Draft<'_>,
    stop_within: Duration,
    findings: &mut Vec<Finding>,
) -> Option<Duration> {
    let is_called = draft.run.is_called() && draft.ports.iter().any(|port| port.service.is_some());
    if !is_called {
        return None;
    }
    if stop_within <= DRAIN {
        findings.push(
            Finding::error(
                "no-time-to-stop",
                format!(
                    "`{}` has {stop_within} to stop, and goes on for {DRAIN} of it: its callers \
                     learn late that it stops",
                    draft.name
                ),
            )
            .at(draft.node.value_place(&["stop-within"]))
            .help(format!("say more than {DRAIN}: {DRAIN} and the time of the longest request")),
        );
    }
    Some(DRAIN)
}

/// The seconds in which a probe fails.
fn seconds(probe: &Probe) -> u64 {
    (probe.every.as_millis() * u64::from(probe.failures)).div_ceil(1000)
}

/// How long a new pod must be well until it counts: as long as it takes to find that it is not.
pub(super) fn settles_within(probes: &Probes) -> Duration {
    let asked = probes.ready.as_ref().or(probes.live.as_ref());
    Duration::from_secs(asked.map_or(SETTLE_SECONDS, seconds))
}

/// How long a rollout may go without a pod that gets well.
pub(super) fn progress_within(probes: &Probes) -> Duration {
    let start = probes.start.as_ref().map_or(0, seconds);
    let settle = settles_within(probes).as_millis() / 1000;
    Duration::from_secs((ARRIVAL_SECONDS + start + settle).max(PROGRESS_SECONDS))
}

/// Probes that Kubernetes can count, and whose times add up.
pub(super) fn probes(draft: &Draft<'_>, probes: &Probes, findings: &mut Vec<Finding>) {
    let all = [("live", &probes.live), ("ready", &probes.ready), ("start", &probes.start)];
    for (name, probe) in all {
        let Some(probe) = probe else { continue };
        for (key, duration) in [("every", &probe.every), ("timeout", &probe.timeout)] {
            let millis = duration.as_millis();
            if millis == 0 || millis % 1000 != 0 {
                findings.push(
                    Finding::error(
                        "invalid-value",
                        format!("`{key}: {duration}` is no whole number of seconds"),
                    )
                    .at(draft.node.value_place(&["health", name, key]))
                    .note("allowed: 1s and more, in whole seconds"),
                );
            }
        }
        if probe.failures == 0 {
            findings.push(
                Finding::error("invalid-value", "a probe that may fail 0 times decides nothing")
                    .at(draft.node.value_place(&["health", name, "failures"]))
                    .note("allowed: 1 and more"),
            );
        }
        if probe.timeout > probe.every && probe.every >= Duration::from_secs(1) {
            let (every, timeout) = (probe.every, probe.timeout);
            findings.push(
                Finding::error(
                    "timeout-above-period",
                    format!(
                        "an answer may take {timeout}, and the next question comes after {every}"
                    ),
                )
                .at(draft.node.value_place(&["health", name, "timeout"]))
                .help(format!("say `every: {timeout}` or more, or `timeout: {every}` or less")),
            );
        }
    }
}
