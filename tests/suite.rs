//! What is written, judged by the programs that its readers run.
//!
//! Run with `--nocapture` for the table. Tools that are missing are skipped, unless
//! `IAC_REQUIRE_TOOLS=1` or `CI` says that they must be there.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and starts programs"
)]

#[path = "suite/broken.rs"]
mod broken;
#[path = "suite/buildkit.rs"]
mod buildkit;
#[path = "suite/checkov.rs"]
mod checkov;
#[path = "suite/compose.rs"]
mod compose;
#[path = "suite/dclint.rs"]
mod dclint;
#[path = "suite/hadolint.rs"]
mod hadolint;
#[path = "suite/judged.rs"]
mod judged;
#[path = "suite/kube_score.rs"]
mod kube_score;
#[path = "suite/kubeconform.rs"]
mod kubeconform;
#[path = "suite/kustomize.rs"]
mod kustomize;
#[path = "suite/monitoring.rs"]
mod monitoring;
#[path = "suite/objects.rs"]
mod objects;
#[path = "suite/parts.rs"]
mod parts;
#[path = "suite/policy.rs"]
mod policy;
#[path = "suite/run.rs"]
mod run;
#[path = "suite/shell.rs"]
mod shell;
#[path = "suite/spoiled.rs"]
mod spoiled;
#[path = "support/mod.rs"]
mod support;
#[path = "tools/mod.rs"]
mod tools;
#[path = "suite/verdict.rs"]
mod verdict;
#[path = "suite/yamllint.rs"]
mod yamllint;

use judged::Judged;
use policy::{OFF, explain};
use std::thread;
use verdict::{Row, Verdict, print};

/// A tool, from a tree to what it says of it.
type Judge = fn(&Judged) -> Verdict;

/// In the order of the table.
const JUDGES: &[Judge] = &[
    kustomize::judge,
    kubeconform::judge,
    kube_score::judge,
    checkov::judge,
    yamllint::judge,
    hadolint::judge,
    buildkit::judge,
    compose::judge,
    dclint::judge,
    shell::shellcheck,
    shell::shfmt,
    monitoring::config,
    monitoring::rules,
    monitoring::alertmanager,
];

/// Asks all tools at once.
fn judge(judged: &Judged) -> Vec<Row> {
    thread::scope(|scope| {
        let started: Vec<_> =
            JUDGES.iter().map(|judge| scope.spawn(|| explain(judged, judge(judged)))).collect();
        started.into_iter().map(|judge| judge.join().unwrap()).collect()
    })
}

#[test]
fn nobody_finds_fault_with_the_example() {
    let rows = judge(&Judged::example());
    println!("\nrules that are off:");
    for off in OFF {
        println!("  {} {}: {}", off.tool, off.rule, off.why);
    }
    println!("\nfindings that the model explains:");
    for (finding, why) in rows.iter().flat_map(|row| &row.explained) {
        println!("  {finding}\n    {why}");
    }
    println!("\nfindings:");
    for finding in rows.iter().flat_map(|row| &row.verdict.findings) {
        println!("  {finding}");
    }
    println!();
    print(&rows);
    for row in &rows {
        assert_ne!(row.verdict.files, Some(0), "{} saw no file", row.verdict.tool);
    }
    let left: usize = rows.iter().map(|row| row.verdict.findings.len()).sum();
    assert_eq!(left, 0, "findings that neither a rule that is off nor the model explains");
}
