//! The nodes of the tests' cluster: they refuse what a kubelet refuses, and run what it runs.
//!
//! Where the control plane is not installed, this is skipped, unless `IAC_REQUIRE_TOOLS=1` or `CI`
//! says that it must be there.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and starts programs"
)]

#[path = "cluster/mod.rs"]
mod cluster;
#[path = "kubelet/lives.rs"]
mod lives;
#[path = "kubelet/lost_node.rs"]
mod lost_node;
#[path = "kubelet/operators.rs"]
mod operators;
#[path = "kubelet/refusals.rs"]
mod refusals;
#[path = "support/mod.rs"]
mod support;
#[path = "surroundings/mod.rs"]
mod surroundings;
#[path = "tools/mod.rs"]
mod tools;
#[path = "kubelet/world.rs"]
mod world;

use world::World;

/// One cluster serves all: most of the time passes while pods do what they do.
#[test]
fn pods_meet_what_a_kubelet_does() {
    let Some(world) = World::start() else { return };
    std::thread::scope(|scope| {
        scope.spawn(|| refusals::what_cannot_start_says_why(&world));
        scope.spawn(|| lives::each_kind_of_pod_takes_its_course(&world));
        scope.spawn(|| operators::operators_make_what_others_refer_to(&world));
    });
    lost_node::pods_of_a_lost_node_start_elsewhere(&world);
}
