//! The facts that must agree across what is written, and what holds each of them: a rule on the
//! files that are read back, a finding on the description, a test, or the issue that will.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails at what is not there"
)]

use std::collections::BTreeSet;
use std::path::Path;

/// What holds a fact.
enum Held {
    /// These rules on the written files, by `iac check`.
    Rule(&'static [&'static str]),
    /// These findings on the description, before anything is written.
    Finding(&'static [&'static str]),
    /// This test.
    Test(&'static str),
    /// This issue will, since what it speaks of is not written yet.
    Later(u8),
}
use Held::{Finding, Later, Rule, Test};

const FACTS: &[(&str, &[Held])] = &[
    (
        "ports of an image, a container and a Service",
        &[Rule(&["service-target-port", "image-ports", "compose-port"])],
    ),
    ("a target port is one of every pod", &[Rule(&["service-target-port"])]),
    ("an address names a port of the Service", &[Rule(&["client-port"])]),
    (
        "who scrapes finds a metrics endpoint",
        &[Finding(&["unknown-port"]), Rule(&["scrape-target"])],
    ),
    ("ports of policies are ports of pods", &[Rule(&["policy-port"])]),
    ("every selector selects", &[Rule(&["selector-selects"])]),
    (
        "flows, policies and start conditions agree",
        &[Test("reach.rs"), Rule(&["compose-network", "compose-order"])],
    ),
    ("no cycle of start conditions", &[Finding(&["start-cycle"]), Rule(&["compose-order"])]),
    ("every pod may ask for names", &[Rule(&["dns-reachable"])]),
    ("namespaces are selected by their names", &[Rule(&["namespace-selector"])]),
    ("what CI builds is what runs", &[Later(7)]),
    (
        "images are pinned",
        &[Finding(&["unreleased-image", "unlocked-image"]), Rule(&["compose-image"])],
    ),
    (
        "builder and runtime are of one distribution",
        &[Rule(&["image-base"]), Finding(&["other-distribution"])],
    ),
    (
        "the user is a number, and the same everywhere",
        &[Rule(&["image-user", "compose-user"]), Finding(&["unknown-user"])],
    ),
    (
        "what is written to is a volume",
        &[
            Rule(&["missing-mount", "image-folders", "compose-volume"]),
            Finding(&["missing-volume"]),
        ],
    ),
    (
        "what a pod names exists, with its keys",
        &[Rule(&["missing-reference", "compose-reference"])],
    ),
    ("every key is read by somebody", &[Rule(&["unused-config"])]),
    ("no secret value is written", &[Finding(&["not-a-reference", "secret-in-command"]), Later(6)]),
    (
        "variables are those that a service knows",
        &[Finding(&["variable-twice"]), Test("compose.rs")],
    ),
    ("a fact that stands twice is the same", &[Rule(&["client-port"]), Later(6)]),
    (
        "a health check asks the same everywhere",
        &[Rule(&["image-health", "compose-health"]), Finding(&["differs-in-image"])],
    ),
    ("what runs on is asked whether it is well", &[Rule(&["missing-probe"])]),
    ("there is time to start, and to answer", &[Rule(&["time-budget"])]),
    (
        "there is time to stop",
        &[Rule(&["time-budget"]), Finding(&["no-time-to-stop"]), Test("compose.rs")],
    ),
    ("an autoscaler can rule", &[Rule(&["autoscaler"]), Finding(&["replicas-reversed"])]),
    ("a disruption budget lets a pod go", &[Rule(&["disruption-budget"])]),
    ("one writer for a claim of one", &[Rule(&["single-writer"])]),
    ("claims and classes exist", &[Rule(&["missing-reference", "storage-class"])]),
    ("what cannot be changed does not change", &[Test("diff.rs")]),
    ("the chart writes what is written without it", &[Later(6)]),
    ("values fit their schema", &[Later(6)]),
    ("paths and jobs of pipelines exist", &[Later(7)]),
    ("pipelines of two hosts have one graph", &[Later(7)]),
    ("pipelines deploy environments that exist", &[Later(7)]),
    ("pipelines test against what is deployed", &[Later(7)]),
    ("actions are pinned by commit", &[Later(7)]),
    ("a route leads to a service", &[Rule(&["route-ends"]), Finding(&["no-gateway"])]),
    ("every host that is told has a route", &[Test("routes.rs"), Later(7)]),
    (
        "alerts ask for metrics that exist",
        &[Rule(&["alert-rules", "dashboard-source"]), Test("engine.rs")],
    ),
    ("who looks for pods may", &[Rule(&["missing-reference", "scrape-target"])]),
    ("the mesh knows the accounts", &[Later(9)]),
    ("namespaces are written and admit their pods", &[Rule(&["unknown-namespace", "refused-pod"])]),
    ("what replicates knows how", &[Rule(&["headless-service"]), Finding(&["does-not-replicate"])]),
    ("requests fit the quota", &[Finding(&["quota-exceeded"])]),
    ("connections fit the database", &[Later(9)]),
    ("memory fits its limit", &[Test("example.rs"), Later(9)]),
    ("what is kept fits its volume", &[Test("defects.rs")]),
    ("nothing is deleted by accident", &[Later(8)]),
    ("what is needed is applied first", &[Rule(&["apply-order"])]),
    ("names are short enough, and one object has each", &[Rule(&["object-name"])]),
    ("definitions fit the version of Kubernetes", &[Test("server.rs"), Later(9)]),
    ("a later environment is no weaker than an earlier", &[Later(9)]),
    ("the same description gives the same bytes", &[Test("determinism.rs")]),
    ("diagrams show the flows", &[Later(9)]),
    ("volumes lie where an image keeps its data", &[Rule(&["compose-volume", "missing-mount"])]),
    ("who replaces an entrypoint says the user", &[Rule(&["compose-user"])]),
];

fn text_of_messages() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn each_fact_is_held_by_something_that_exists() {
    assert_eq!(FACTS.len(), 56);
    let messages = text_of_messages();
    let mut missing = Vec::new();
    for (index, (fact, held)) in FACTS.iter().enumerate() {
        assert!(!held.is_empty(), "nothing holds that {fact}");
        for one in *held {
            let fails: Vec<&str> = match one {
                Rule(ids) => {
                    ids.iter().copied().filter(|id| iac::check::rule(id).is_none()).collect()
                }
                Finding(ids) => {
                    let told = |id: &str| messages.contains(&format!("[{id}]"));
                    ids.iter().copied().filter(|id| !told(id)).collect()
                }
                Test(file) => {
                    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
                    if path.is_file() { vec![] } else { vec![file] }
                }
                Later(issue) => {
                    assert!(*issue > 4, "{fact}");
                    vec![]
                }
            };
            missing.extend(fails.into_iter().map(|what| format!("{} {fact}: {what}", index + 1)));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn each_rule_holds_a_fact() {
    let named: BTreeSet<&str> = FACTS
        .iter()
        .flat_map(|(_, held)| held.iter())
        .filter_map(|one| if let Rule(ids) = one { Some(ids.iter().copied()) } else { None })
        .flatten()
        .collect();
    let rules: BTreeSet<&str> = iac::check::RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(named, rules);
}
