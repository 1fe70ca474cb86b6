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
#[path = "support/mod.rs"]
mod support;
#[path = "tools/mod.rs"]
mod tools;

use cluster::Cluster;
use judged::Judged;

#[test]
fn a_server_takes_everything_without_a_warning() {
    let Some(cluster) = Cluster::start() else { return };
    cluster.apply_definitions();
    let judged = Judged::example();
    let mut refused = Vec::new();
    for stack in &judged.stacks {
        let place = format!("{}/{}", stack.environment.name, stack.system);
        let folder = judged.folder(stack);
        // A dry run creates no namespace, and nothing can be tried in one that is not there.
        let namespace = folder.join("namespace.yaml");
        let server_side = ["apply", "--server-side", "--filename"];
        cluster.kubectl(&[&server_side[..], &[namespace.as_str()]].concat()).ends(0);
        let tree = cluster.kubectl(&["kustomize", folder.as_str()]).ends(0).out;
        let file = cluster.file("tree.yaml", &tree);
        let dry_run = ["--dry-run=server", "--validate=strict"];
        let ran = cluster.kubectl(&[&server_side[..], &[&file], &dry_run].concat());
        let taken = ran.out.lines().filter(|line| line.ends_with("(server dry run)")).count();
        println!("{place}: {taken} objects");
        if ran.code != Some(0) || !ran.err.is_empty() || taken == 0 {
            refused.push(format!("{place}: exit code {:?}\n{}{}", ran.code, ran.out, ran.err));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn a_server_refuses_what_it_does_not_know_and_says_where() {
    let Some(cluster) = Cluster::start() else { return };
    let broken =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: default }\ndat: {}\n";
    let file = cluster.file("broken.yaml", broken);
    let arguments = ["apply", "--server-side", "--dry-run=server", "--validate=strict"];
    let ran = cluster.kubectl(&[&arguments[..], &["--filename", &file]].concat());
    assert_ne!(ran.code, Some(0));
    assert!(ran.err.contains(".dat: field not declared in schema"), "{}", ran.err);
}
