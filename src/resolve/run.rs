//! How a service runs, and what it says that does not go with it.

use super::draft::Draft;
use crate::finding::Finding;
use crate::layer::{self, Overlap, When};
use crate::merge::{runs, unfit};
use crate::model::{Budget, Run};
use crate::tree::Node;
use crate::value::{Duration, Name, TimeZone};

/// How often a job is tried again, and how long it may take, unless it says otherwise. A hung job
/// would stop all releases behind it, or all later runs of a schedule.
const RETRIES: u32 = 6;
const DEADLINE: Duration = Duration::from_secs(3600);

/// The most retries: Kubernetes counts with 32 bits and a sign.
const MOST_RETRIES: u32 = i32::MAX.unsigned_abs();

/// How a service runs; nothing if that is at fault.
pub(super) fn run(
    name: &str,
    node: &Node,
    service: &layer::Service,
    findings: &mut Vec<Finding>,
) -> Option<Run> {
    let run = match service.run.unwrap_or(layer::Run::Service) {
        layer::Run::Service => Some(Run::Service),
        layer::Run::Worker => Some(Run::Worker),
        layer::Run::Node => Some(Run::Node),
        layer::Run::Job => Some(Run::Job { when: service.when.unwrap_or(When::BeforeRelease) }),
        layer::Run::Cron => {
            let overlap = service.overlap.unwrap_or(Overlap::Forbid);
            let time_zone = service.time_zone.clone().unwrap_or_else(utc);
            if service.schedule.is_none() {
                findings.push(
                    Finding::error("missing-key", format!("nothing says when `{name}` runs"))
                        .at(node.key_place(&["run"]))
                        .help("say `schedule`, such as `schedule: \"0 2 * * *\"`; what is started by hand is `run: job` with `when: by-hand`"),
                );
            }
            let schedule = service.schedule.clone();
            schedule.map(|schedule| Run::Cron { schedule, time_zone, overlap })
        }
    };
    let word = runs(node);
    for fit in unfit(word).filter(|fit| node.child(fit.key).is_some()) {
        let finding = Finding::error(
            "key-without-use",
            format!("`{}` is for {}, and `{name}` is {}", fit.key, fit.whom, words(word)),
        )
        .at(node.key_place(&[fit.key]))
        .help(fit.help);
        findings.push(match node.child("run") {
            Some(run) => finding.related(run.place, "it runs this way"),
            None => finding,
        });
    }
    run
}

/// A way of running, in the words of a message.
fn words(run: &str) -> &'static str {
    match run {
        "worker" => "a worker",
        "job" => "a job",
        "cron" => "a cron job",
        "node" => "one on each node",
        _ => "a service",
    }
}

fn utc() -> TimeZone {
    "UTC".parse().expect("a constant of this function")
}

/// What a job may use up until it has failed; nothing for what goes on.
pub(super) fn budget(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Option<Budget> {
    if !draft.run.ends() {
        return None;
    }
    let retries = draft.service.retries.unwrap_or(RETRIES);
    if retries > MOST_RETRIES {
        findings.push(
            Finding::error(
                "invalid-value",
                format!("{retries} retries are more than can be counted"),
            )
            .at(draft.node.value_place(&["retries"]))
            .note(format!("allowed: at most {MOST_RETRIES}")),
        );
    }
    let deadline = draft.service.deadline.unwrap_or(DEADLINE);
    if deadline.as_millis() < 1000 {
        findings.push(
            Finding::error("invalid-value", format!("within `{deadline}` no job is done"))
                .at(draft.node.value_place(&["deadline"]))
                .note("allowed: 1s and more")
                .help("say how long it may take, all tries together, such as `deadline: 15m`"),
        );
    }
    Some(Budget { retries, deadline })
}

/// Whom a service waits for though it does not call them: jobs, and what runs before the releases
/// of others.
pub(super) fn after(
    system: &super::draft::SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Name> {
    let mut names = Vec::new();
    for (index, name) in draft.service.after.iter().flatten().enumerate() {
        match ended(system, draft, name) {
            Ok(waits) => names.extend(waits),
            Err(finding) => {
                let place = draft.node.value_place(&["after", &index.to_string()]);
                findings.extend(finding.map(|finding| finding.at(place)));
            }
        }
    }
    // A service starts when its own job before the release has ended.
    let own = system.services.values().find(|it| it.migrates.as_ref() == Some(&draft.name));
    names.extend(own.filter(|own| own.here()).map(|own| own.name.clone()));
    names
}

/// What must have ended where `after` names a service; nothing if it is not there. The error is
/// nothing where its own fault was reported already.
fn ended(
    system: &super::draft::SystemDraft<'_>,
    draft: &Draft<'_>,
    name: &Name,
) -> Result<Option<Name>, Option<Box<Finding>>> {
    let fail = |finding| Err(Some(Box::new(finding)));
    if *name == draft.name || Some(name) == draft.migrates.as_ref() {
        return fail(
            Finding::error("after-itself", format!("`{name}` would wait for itself"))
                .help("remove it: a service waits for its own `migrate` anyway"),
        );
    }
    let Some(other) = system.services.get(name.as_str()) else {
        if system.files.node.at(&["services", name.as_str()]).is_some() {
            return Err(None);
        }
        let known = system.services.values().filter(|it| it.migrates.is_none());
        return fail(
            Finding::error("unknown-service", format!("there is no service `{name}`")).known(
                "services",
                name.as_str(),
                known.map(|it| it.name.as_str()),
            ),
        );
    };
    let migration = system.services.values().find(|it| it.migrates.as_ref() == Some(name));
    if let Some(migration) = migration {
        return Ok(migration.here().then(|| migration.name.clone()));
    }
    let message =
        |text: &str| format!("`{}` cannot wait until `{name}` has ended: {text}", draft.name);
    let never = |text: &str, help: &str| {
        fail(
            Finding::error("never-ends", message(text))
                .related(other.place, "described here")
                .help(help),
        )
    };
    match (&other.run, &draft.run) {
        (Run::Job { when: When::BeforeRelease }, _)
        | (Run::Job { when: When::AfterRelease }, Run::Job { when: When::AfterRelease }) => {
            Ok(other.here().then(|| name.clone()))
        }
        (Run::Job { when: When::AfterRelease }, _) => {
            never("it runs when everything else is there", "say `when: before-release` there")
        }
        (Run::Job { when: When::ByHand }, _) => {
            never("it runs when somebody starts it", "say `when: before-release` there")
        }
        (Run::Cron { .. }, _) => never("it runs again and again", "remove it, or name a job"),
        (Run::Service | Run::Worker | Run::Node, _) => never(
            "it goes on running, and has no `migrate`",
            "say `uses` to wait until it is ready, or give it a `migrate`",
        ),
    }
}
