//! Everything runs, and nobody was refused on the way there.

use crate::judged::release;
use crate::rollout::{Rollout, WORKLOADS, label};
use crate::surroundings::images::Images;
use serde_json::Value;
use std::cell::RefCell;

/// Warnings that every healthy cluster gives while things begin: a pod waits for its volume or for
/// a place, an autoscaler for the first measurement, a Service for its first pod, and the server
/// notes an address that its two tables do not yet both have.
const PASSING: [&str; 5] = [
    "ClusterIPNotAllocated",
    "FailedScheduling",
    "FailedGetContainerResourceMetric",
    "FailedComputeMetricsReplicas",
    "FailedToUpdateEndpointSlices",
];

/// Waits until every workload is ready and every job is done.
pub(crate) fn all_run(rollout: &Rollout<'_>) {
    let waiting = RefCell::new(Vec::new());
    let what = format!("{}: every workload is ready", rollout.name);
    let asked = || {
        let workloads: Vec<_> = WORKLOADS.iter().flat_map(|kind| rollout.live(kind)).collect();
        assert!(!workloads.is_empty(), "{}: no workloads", rollout.name);
        let unready = workloads.iter().filter(|workload| !is_ready(workload));
        waiting.replace(unready.map(label).collect());
        waiting.borrow().is_empty()
    };
    let ready = rollout.surroundings.is_within(&what, asked);
    assert!(ready, "{what}: {:#?}\n{:#?}", waiting.borrow(), warnings(rollout));
}

fn is_ready(workload: &Value) -> bool {
    let (spec, status) = (&workload["spec"], &workload["status"]);
    let seen = status["observedGeneration"] == workload["metadata"]["generation"];
    let count = |key: &str| status[key].as_u64().unwrap_or_default();
    match workload["kind"].as_str().unwrap() {
        "Job" => count("succeeded") >= spec["completions"].as_u64().unwrap_or(1),
        "DaemonSet" => {
            let desired = count("desiredNumberScheduled");
            let there = ["updatedNumberScheduled", "numberAvailable"];
            seen && there.iter().all(|key| count(key) == desired)
        }
        _ => {
            let desired = spec["replicas"].as_u64().unwrap();
            let there = ["replicas", "updatedReplicas", "availableReplicas"];
            seen && there.iter().all(|key| count(key) == desired)
        }
    }
}

/// A release with another image, and so with other migrations.
pub(crate) fn a_second_release_runs(rollout: &Rollout<'_>) {
    let before = migrations(rollout);
    let project = &rollout.judged.project;
    release(project, "1.5.0");
    project.iac(&["render"]).ends(0);
    rollout.surroundings.wish(|wishes| wishes.images = Images::of_project(&project.root));
    rollout.apply();
    all_run(rollout);
    let after = migrations(rollout);
    assert!(before.iter().all(|job| after.contains(job)), "{before:?} {after:?}");
    assert_eq!(after.len(), 2 * before.len(), "{before:?} {after:?}");
    assert!(!before.is_empty(), "{}: no migration", rollout.name);
}

fn migrations(rollout: &Rollout<'_>) -> Vec<String> {
    rollout.live("apis/batch/v1/jobs").iter().map(label).collect()
}

/// No pod was refused by its namespace, and none by its node.
pub(crate) fn nobody_was_refused(rollout: &Rollout<'_>) {
    let warnings = warnings(rollout);
    assert!(warnings.is_empty(), "{}: {warnings:#?}", rollout.name);
}

pub(crate) fn warnings(rollout: &Rollout<'_>) -> Vec<String> {
    let events = rollout.live("api/v1/events").into_iter();
    let made = made_by_an_operator(rollout);
    let warnings = events.filter(|event| {
        let came = || made.iter().any(|name| waits_for(event, name));
        event["type"] == "Warning"
            && !PASSING.iter().any(|reason| event["reason"] == *reason)
            && !came()
    });
    warnings
        .map(|event| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let object = &event["involvedObject"];
            let (kind, name) = (text(&object["kind"]), text(&object["name"]));
            format!("{kind} {name}: {} {}", text(&event["reason"]), text(&event["message"]))
        })
        .collect()
}

/// The Secrets that are there because an operator made them of an object.
fn made_by_an_operator(rollout: &Rollout<'_>) -> Vec<String> {
    let secrets = rollout.live("api/v1/secrets").into_iter();
    let made = secrets.filter(|secret| secret["metadata"]["ownerReferences"].is_array());
    made.map(|secret| secret["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

/// A pod may be sooner than the operator that makes its Secret: it is started as soon as that is
/// there.
fn waits_for(event: &Value, secret: &str) -> bool {
    let message = event["message"].as_str().unwrap_or_default();
    message.ends_with(&format!("secret \"{secret}\" not found"))
}
