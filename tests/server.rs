//! What is written, judged by a real API server.
//!
//! Where the control plane is not installed, these tests are skipped, unless `IAC_REQUIRE_TOOLS=1`
//! or `CI` says that it must be there.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and starts programs"
)]

#[path = "cluster/mod.rs"]
mod cluster;
#[path = "suite/judged.rs"]
mod judged;
#[path = "suite/spoiled.rs"]
mod spoiled;
#[path = "support/mod.rs"]
mod support;
#[path = "tools/mod.rs"]
mod tools;

use cluster::Cluster;
use iac::model::Stack;
use judged::Judged;
use spoiled::Spoiled;

const SERVER_SIDE: [&str; 3] = ["apply", "--server-side", "--filename"];
const DRY_RUN: [&str; 2] = ["--dry-run=server", "--validate=strict"];

#[test]
fn a_server_takes_every_tree_without_a_warning() {
    let Some(cluster) = Cluster::start() else { return };
    cluster.apply_definitions();
    let judged = Judged::example();
    let problems: Vec<String> =
        judged.stacks.iter().filter_map(|stack| problem(&cluster, &judged, stack)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    it_refuses_what_it_does_not_know(&cluster, &judged);
}

/// What the server says against a stack's tree.
fn problem(cluster: &Cluster, judged: &Judged, stack: &Stack) -> Option<String> {
    let folder = judged.folder(stack);
    // A dry run creates no namespace, and nothing can be tried in one that is not there.
    let namespace = folder.join("namespace.yaml");
    cluster.kubectl(&[&SERVER_SIDE[..], &[namespace.as_str()]].concat()).ends(0);
    let tree = cluster.kubectl(&["kustomize", folder.as_str()]).ends(0).out;
    let file = cluster.file("tree.yaml", &tree);
    let ran = cluster.kubectl(&[&SERVER_SIDE[..], &[&file], &DRY_RUN].concat());
    let taken = ran.out.lines().filter(|line| line.ends_with("(server dry run)")).count();
    let place = format!("{}/{}", stack.environment.name, stack.system);
    println!("{place}: {taken} objects");
    let well = ran.code == Some(0) && ran.err.is_empty() && taken > 0;
    (!well).then(|| format!("{place}: exit code {:?}\n{}{}", ran.code, ran.out, ran.err))
}

/// Otherwise it would prove nothing that it takes the rest: a field that no kind has, once in each.
fn it_refuses_what_it_does_not_know(cluster: &Cluster, judged: &Judged) {
    for Spoiled { kind, name, field, text, .. } in spoiled::one_of_each_kind(judged) {
        let file = cluster.file("spoiled.yaml", &text);
        let ran = cluster.kubectl(&[&SERVER_SIDE[..], &[&file], &DRY_RUN].concat()).ends(1);
        let says = format!("{field}: field not declared in schema");
        assert!(ran.err.contains(&says) && ran.err.contains(&name), "{kind}/{name}: {}", ran.err);
        println!("{kind}/{name}: {field} is refused");
    }
}
