//! Containers share a network exactly where one calls the other.

use crate::check::compose::{ComposeFiles, Project, networks};
use crate::check::objects::text;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "compose-network",
    severity: Severity::Error,
    title: "two containers share a network exactly where one calls the other",
    why: "Without one a call finds nobody; with one too many, everybody on it can be called.",
    mend: "say who calls whom by `uses`, instead of changing networks",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        let Some(expected) = project.expected else { continue };
        let on_host = |name: &str| {
            let service = project.service(name);
            service.is_some_and(|service| text(service, "/network_mode") == "host")
        };
        let calls = |one: &str, other: &str| {
            expected.calls.contains(&(one.to_owned(), other.to_owned()))
                || expected.calls.contains(&(other.to_owned(), one.to_owned()))
        };
        let services: Vec<(&str, &Value)> = project.services().collect();
        for (index, (one, first)) in services.iter().enumerate() {
            for (other, second) in &services[index + 1..] {
                let shared = shared(first, second);
                let pointer = format!("/services/{other}/networks");
                if let Some(network) = shared.first()
                    && !calls(one, other)
                    && is_main(&project, one)
                    && is_main(&project, other)
                {
                    let message = format!(
                        "`{one}` and `{other}` share `{network}`, and neither calls the other"
                    );
                    problems.at(project.index, pointer, message);
                } else if shared.is_empty() && calls(one, other) && !on_host(one) && !on_host(other)
                {
                    let message =
                        format!("`{one}` and `{other}` talk to each other, and share no network");
                    problems.at(project.index, pointer, message);
                }
            }
        }
    }
}

/// Whether a service of Compose is one of the system: others have the networks of theirs.
fn is_main(project: &Project<'_>, name: &str) -> bool {
    let containers = project.expected.map(|expected| &expected.containers);
    containers.is_some_and(|containers| containers.get(name).is_some_and(|it| it.is_main))
}

fn shared<'a>(one: &'a Value, other: &'a Value) -> Vec<&'a str> {
    let (one, other): (BTreeSet<&str>, BTreeSet<&str>) = (networks(one), networks(other));
    one.intersection(&other).copied().collect()
}

const GOOD: &str = "\
services:
  web: { image: 'web:1.0', networks: [web.db] }
  db: { image: 'db:1.0', networks: [web.db] }
  docs: { image: 'docs:1.0', networks: [docs.outside] }
networks: { web.db: { internal: true }, docs.outside: {} }
";

const BAD: &str = "\
services:
  web: { image: 'web:1.0', networks: [all] }
  db: { image: 'db:1.0', networks: [all] }
  docs: { image: 'docs:1.0', networks: [all] }
networks: { all: {} }
";
