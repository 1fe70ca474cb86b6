//! Which keys a service has a use for, by how it runs.

use crate::tree::{Node, Value};

/// A key that only some services have a use for.
pub struct Fit {
    /// The key.
    pub key: &'static str,
    /// The ways of running that have a use for it.
    pub runs: &'static [&'static str],
    /// What it is for, in the words of a message.
    pub whom: &'static str,
    /// What to do where it is of no use.
    pub help: &'static str,
}

/// What ends by itself.
const ENDS: &[&str] = &["job", "cron"];
/// What goes on.
const STAYS: &[&str] = &["service", "worker", "node"];

const FITS: &[Fit] = &[
    Fit { key: "when", runs: &["job"], whom: "jobs", help: "say `run: job`, or remove it" },
    of_cron("schedule"),
    of_cron("time-zone"),
    of_cron("overlap"),
    of_jobs("retries"),
    of_jobs("deadline"),
    Fit {
        key: "health",
        runs: STAYS,
        whom: "what goes on running",
        help: "remove it: a job says by its exit code whether it is well",
    },
    Fit {
        key: "replicas",
        runs: &["service", "worker"],
        whom: "services and workers",
        help: "remove it: a job runs in one pod, and `run: node` in one on each node",
    },
    Fit {
        key: "rollout",
        runs: &["service", "worker"],
        whom: "services and workers",
        help: "remove it: a job begins anew, and `run: node` changes one node after another",
    },
    Fit {
        key: "expose",
        runs: &["service", "node"],
        whom: "what can be called",
        help: "remove it, or say `run: service`",
    },
    Fit {
        key: "migrate",
        runs: STAYS,
        whom: "what goes on running",
        help: "describe it as a job of its own, and name that in `after`",
    },
];

const fn of_cron(key: &'static str) -> Fit {
    Fit { key, runs: &["cron"], whom: "`run: cron`", help: "say `run: cron`, or remove it" }
}

const fn of_jobs(key: &'static str) -> Fit {
    Fit { key, runs: ENDS, whom: "what ends", help: "say `run: job` or `run: cron`, or remove it" }
}

/// How a service runs, in the word of its key `run`.
#[must_use]
pub fn runs(service: &Node) -> &str {
    match service.child("run").map(|run| &run.value) {
        Some(Value::Text(run)) => run,
        _ => "service",
    }
}

/// The keys that say nothing of a service that runs this way.
pub fn unfit(run: &str) -> impl Iterator<Item = &'static Fit> {
    FITS.iter().filter(move |fit| !fit.runs.contains(&run))
}
