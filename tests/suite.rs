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
#[path = "suite/checkov.rs"]
mod checkov;
#[path = "suite/judged.rs"]
mod judged;
#[path = "suite/kube_score.rs"]
mod kube_score;
#[path = "suite/kubeconform.rs"]
mod kubeconform;
#[path = "suite/kustomize.rs"]
mod kustomize;
#[path = "suite/open.rs"]
mod open;
#[path = "suite/policy.rs"]
mod policy;
#[path = "suite/run.rs"]
mod run;
#[path = "support/mod.rs"]
mod support;
#[path = "tools/mod.rs"]
mod tools;
#[path = "suite/verdict.rs"]
mod verdict;
#[path = "suite/yamllint.rs"]
mod yamllint;

use judged::Judged;
use open::OPEN;
use policy::{OFF, explain};
use std::collections::BTreeMap;
use std::thread;
use verdict::{Finding, Row, Verdict, print};

/// A tool, from a tree to what it says of it.
type Judge = fn(&Judged) -> Verdict;

/// In the order of the table.
const JUDGES: &[Judge] =
    &[kustomize::judge, kubeconform::judge, kube_score::judge, checkov::judge, yamllint::judge];

/// Asks all tools at once.
fn judge(judged: &Judged) -> Vec<Row> {
    thread::scope(|scope| {
        let started: Vec<_> =
            JUDGES.iter().map(|judge| scope.spawn(|| explain(judged, judge(judged)))).collect();
        started.into_iter().map(|judge| judge.join().unwrap()).collect()
    })
}

#[test]
fn nobody_finds_anything_new_in_the_example() {
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
    println!("\nfindings that are known and open:");
    for open in OPEN {
        println!("  {} {} of {}: {}", open.count, open.rule, open.tool, open.needs);
    }
    println!();
    print(&rows);
    for row in &rows {
        assert_ne!(row.verdict.files, Some(0), "{} saw no file", row.verdict.tool);
    }
    let new = new(&rows);
    assert!(
        new.is_empty(),
        "other findings than those in tests/suite/open.rs:\n{}",
        new.join("\n")
    );
}

/// What differs from the list of open findings, by rule.
fn new(rows: &[Row]) -> Vec<String> {
    let mut found: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    let ran = rows.iter().filter(|row| row.verdict.files.is_some());
    let ran: Vec<&Verdict> = ran.map(|row| &row.verdict).collect();
    for open in OPEN.iter().filter(|open| ran.iter().any(|ran| ran.tool == open.tool)) {
        found.entry((open.tool, open.rule)).or_default();
    }
    for verdict in ran {
        for finding in &verdict.findings {
            found.entry((verdict.tool, &finding.rule)).or_default().push(finding);
        }
    }
    let open = |tool, rule| OPEN.iter().find(|open| open.tool == tool && open.rule == rule);
    found
        .into_iter()
        .filter(|((tool, rule), found)| open(*tool, *rule).map_or(0, |it| it.count) != found.len())
        .map(|((tool, rule), found)| {
            let all: Vec<String> = found.iter().map(ToString::to_string).collect();
            let expected = open(tool, rule).map_or(0, |open| open.count);
            format!("{tool} {rule}: {} and not {expected}\n  {}", all.len(), all.join("\n  "))
        })
        .collect()
}
