//! Autoscalers read what they scale by, and scale.

use crate::ready::all_run;
use crate::rollout::{Rollout, label};
use crate::surroundings::IDLE;

const KIND: &str = "apis/autoscaling/v2/horizontalpodautoscalers";

/// More than any autoscaler aims at.
const BUSY: u64 = 300;

pub(crate) fn autoscalers_scale(rollout: &Rollout<'_>) {
    assert!(!rollout.live(KIND).is_empty(), "{}: no autoscaler", rollout.name);
    until_none(rollout, "every autoscaler reads its metric", blind);
    rollout.surroundings.wish(|wishes| wishes.load = BUSY);
    until_none(rollout, "every autoscaler scales out", still);
    rollout.surroundings.wish(|wishes| wishes.load = IDLE);
    all_run(rollout);
    // What an autoscaler has decided, an apply does not undo.
    rollout.apply_again();
}

/// Those that cannot read what they scale by.
pub(crate) fn blind(rollout: &Rollout<'_>) -> Vec<String> {
    let mut all = rollout.live(KIND);
    all.retain(|autoscaler| {
        let conditions = autoscaler["status"]["conditions"].as_array().into_iter().flatten();
        let mut active = conditions.filter(|condition| condition["type"] == "ScalingActive");
        active.all(|condition| condition["status"] != "True")
    });
    all.iter().map(|autoscaler| format!("{}: reads no metric", label(autoscaler))).collect()
}

/// Those that have not added a pod.
fn still(rollout: &Rollout<'_>) -> Vec<String> {
    let mut all = rollout.live(KIND);
    all.retain(|autoscaler| {
        let now = autoscaler["status"]["currentReplicas"].as_u64();
        now <= autoscaler["spec"]["minReplicas"].as_u64()
    });
    all.iter().map(label).collect()
}

fn until_none(rollout: &Rollout<'_>, what: &str, problems: fn(&Rollout<'_>) -> Vec<String>) {
    rollout.surroundings.until(what, || problems(rollout).is_empty());
}
