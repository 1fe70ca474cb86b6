//! What must be there before a service starts, and how its container is asked whether it is.

use super::spec::{Dependency, HealthCheck};
use crate::layer::When;
use crate::model::{Container, Run, SelfCheck, Service, Stack};
use crate::value::{Duration, Name};
use std::collections::{BTreeMap, BTreeSet};

/// How a container is asked; none where nothing in it can ask.
pub(super) fn health_check(container: &Container) -> Option<HealthCheck> {
    let SelfCheck::Command { command, every, timeout, starts_within } = &container.self_check
    else {
        return None;
    };
    let mut test = vec!["CMD".to_owned()];
    test.extend(command.iter().cloned());
    Some(HealthCheck {
        test,
        interval: every.to_go(),
        timeout: timeout.to_go(),
        retries: SelfCheck::FAILURES,
        start_period: starts_within.map(Duration::to_go),
    })
}

/// The profile of jobs that nobody waits for: `up --wait` would take their end for a failure.
const BY_HAND: &str = "jobs";

/// The profiles of a service; none where it always starts.
pub(super) fn profiles(service: &Service) -> Vec<String> {
    let said = service.profile.as_ref().map(ToString::to_string);
    let by_hand = runs_by_hand(service).then(|| BY_HAND.to_owned());
    said.or(by_hand).into_iter().collect()
}

/// Whether it ends and is not part of a start: Compose has no schedules.
pub(super) fn runs_by_hand(service: &Service) -> bool {
    match &service.run {
        Run::Job { when } => *when != When::BeforeRelease,
        Run::Cron { .. } => true,
        Run::Service | Run::Worker | Run::Node => false,
    }
}

/// What each service waits for: whom it calls at its start, and jobs before a release. A job that
/// nobody names comes before everything that it does not need itself, as in a cluster.
pub(super) struct Order<'a> {
    stack: &'a Stack,
    needs: BTreeMap<&'a Name, BTreeSet<&'a Name>>,
}

impl<'a> Order<'a> {
    pub(super) fn of(stack: &'a Stack) -> Self {
        let services = stack.services.values();
        let of_service = |service: &'a Service| {
            let here = service.needs.iter().filter(|name| stack.services.contains_key(*name));
            (&service.name, here.collect())
        };
        let mut needs: BTreeMap<&Name, BTreeSet<&Name>> = services.map(of_service).collect();
        let is_first = |service: &Service| service.run == Run::Job { when: When::BeforeRelease };
        let first: Vec<&Name> =
            stack.services.values().filter(|it| is_first(it)).map(|it| &it.name).collect();
        let waited: BTreeSet<&Name> = needs.values().flatten().copied().collect();
        let before: BTreeSet<&Name> =
            first.iter().flat_map(|job| above(&needs, job)).chain(first.iter().copied()).collect();
        for job in first.iter().filter(|job| !waited.contains(**job)) {
            for (name, needs) in &mut needs {
                if !before.contains(name) && !stack.services[*name].run.ends() {
                    needs.insert(job);
                }
            }
        }
        Self { stack, needs }
    }

    /// What a service waits for.
    pub(super) fn dependencies(&self, service: &Service) -> BTreeMap<String, Dependency> {
        let needs = self.needs.get(&service.name).into_iter().flatten();
        let needed = needs.map(|name| &self.stack.services[*name]);
        needed.map(|needed| (needed.name.to_string(), dependency(service, needed))).collect()
    }
}

/// Everything that a service needs, directly or not.
fn above<'a>(needs: &BTreeMap<&'a Name, BTreeSet<&'a Name>>, name: &Name) -> BTreeSet<&'a Name> {
    let mut all = BTreeSet::new();
    let mut open: Vec<&Name> = needs.get(name).into_iter().flatten().copied().collect();
    while let Some(next) = open.pop() {
        if all.insert(next) {
            open.extend(needs.get(next).into_iter().flatten().copied());
        }
    }
    all
}

fn dependency(service: &Service, needed: &Service) -> Dependency {
    let condition = if needed.run.ends() {
        "service_completed_successfully"
    } else if matches!(needed.container.self_check, SelfCheck::Command { .. }) {
        "service_healthy"
    } else {
        "service_started"
    };
    let other_profile = !profiles(needed).is_empty() && profiles(needed) != profiles(service);
    Dependency {
        condition,
        restart: !needed.run.ends() && !service.run.ends(),
        required: other_profile.then_some(false),
    }
}
