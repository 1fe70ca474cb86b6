//! The example, run: applied from nothing to a cluster whose nodes refuse what real ones refuse.
//!
//! Where the control plane is not installed, this is skipped, unless `IAC_REQUIRE_TOOLS=1` or `CI`
//! says that it must be there.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and starts programs"
)]

#[path = "apply/broken.rs"]
mod broken;
#[path = "cluster/mod.rs"]
mod cluster;
#[path = "apply/hand.rs"]
mod hand;
#[path = "suite/judged.rs"]
mod judged;
#[path = "apply/ready.rs"]
mod ready;
#[path = "apply/rollout.rs"]
mod rollout;
#[path = "apply/scales.rs"]
mod scales;
#[path = "apply/selects.rs"]
mod selects;
#[path = "support/mod.rs"]
mod support;
#[path = "surroundings/mod.rs"]
mod surroundings;
#[path = "tools/mod.rs"]
mod tools;

use cluster::Cluster;
use judged::Judged;
use rollout::Rollout;
use surroundings::Surroundings;
use surroundings::images::Images;

#[test]
fn dev_and_prod_run_from_nothing() {
    let Some(cluster) = Cluster::start() else { return };
    cluster.apply_definitions();
    let judged = Judged::example();
    let surroundings = Surroundings::start(&cluster, Images::of_project(&judged.project.root));
    let rollout = |name| Rollout::new(&cluster, &surroundings, &judged, name);

    let dev = rollout("dev");
    runs(&dev);
    ready::nobody_was_refused(&dev);
    dev.remove();
    dev.step("removed");

    let prod = rollout("prod");
    runs(&prod);
    scales::autoscalers_scale(&prod);
    prod.step("autoscalers have scaled");
    ready::a_second_release_runs(&prod);
    prod.step("a second release runs");
    ready::nobody_was_refused(&prod);
    broken::what_is_broken_is_found(&prod);
    prod.step("what is broken is found");
}

/// Everything that is said of an environment runs, and is found by whom it is for.
fn runs(rollout: &Rollout<'_>) {
    rollout.prepare();
    rollout.apply();
    rollout.step("applied");
    ready::all_run(rollout);
    rollout.step("every workload is ready");
    rollout.apply_again();
    rollout.step("applied again, nothing changed");
    selects::everything_is_selected(rollout);
    rollout.step("services, budgets and policies have pods");
}
