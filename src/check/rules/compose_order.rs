//! Services in Compose wait for what they need, and can.

use crate::check::compose::{ComposeFiles, Project, waits};
use crate::check::objects::text;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "compose-order",
    severity: Severity::Error,
    title: "services in Compose wait for what they need, and what they wait for comes about",
    why: "`up` stops with an error, waits without end, or starts a service before its database.",
    mend: "say who needs whom by `uses` and `after`",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        let mut awaited = BTreeSet::new();
        for (name, service) in project.services() {
            let pointer = format!("/services/{name}/depends_on");
            let waits = waits(service);
            for (needed, how) in &waits {
                awaited.insert(*needed);
                if let Some(message) = in_vain(&project, name, service, needed, how) {
                    problems.at(project.index, pointer.as_str(), message);
                }
            }
            let known = project.expected.and_then(|expected| expected.containers.get(name));
            for needed in known.into_iter().flat_map(|known| &known.waits) {
                if !waits.iter().any(|(waited, _)| waited == needed) {
                    let message =
                        format!("`{name}` needs `{needed}` at its start, and does not wait for it");
                    problems.at(project.index, pointer.as_str(), message);
                }
            }
            if let Some(cycle) = cycle(&project, name) {
                let message = format!("services wait for each other: {}", cycle.join(" -> "));
                problems.at(project.index, pointer.as_str(), message);
            }
        }
        for (name, service) in project.services() {
            if ends(service) && !in_profile(service) && !awaited.contains(name) {
                let message = format!(
                    "`{name}` ends, and nobody waits for it: `up --wait` takes that for a failure"
                );
                problems.at(project.index, format!("/services/{name}/restart"), message);
            }
        }
    }
}

/// Why a service would wait for another in vain.
fn in_vain(
    project: &Project<'_>,
    name: &str,
    service: &Value,
    needed: &str,
    how: &Value,
) -> Option<String> {
    let Some(other) = project.service(needed) else {
        return Some(format!("`{name}` waits for `{needed}`, which is no service"));
    };
    let condition = text(how, "/condition");
    if condition == "service_healthy" && other.get("healthcheck").is_none() {
        return Some(format!("`{name}` waits until `{needed}` is healthy, and nothing asks it"));
    }
    if condition == "service_completed_successfully" && !ends(other) {
        return Some(format!("`{name}` waits until `{needed}` ends, and it starts again"));
    }
    let is_required = how.get("required") != Some(&Value::Bool(false));
    let elsewhere = in_profile(other) && other.get("profiles") != service.get("profiles");
    (elsewhere && is_required)
        .then(|| format!("`{name}` waits for `{needed}`, which only a profile starts"))
}

fn ends(service: &Value) -> bool {
    matches!(text(service, "/restart"), "" | "no") && service.get("healthcheck").is_none()
}

fn in_profile(service: &Value) -> bool {
    service.get("profiles").and_then(Value::as_array).is_some_and(|all| !all.is_empty())
}

/// A way from a service back to itself, told of the first in it by name.
fn cycle<'a>(project: &Project<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut seen = BTreeSet::new();
    let mut open = vec![vec![start]];
    while let Some(way) = open.pop() {
        let last = *way.last()?;
        for (next, _) in project.service(last).map(|it| waits(it)).unwrap_or_default() {
            let mut further = way.clone();
            further.push(next);
            if next == start {
                return (way.iter().min() == Some(&start)).then_some(further);
            }
            if seen.insert(next) {
                open.push(further);
            }
        }
    }
    None
}

const GOOD: &str = "\
services:
  web:
    image: web:1.0
    restart: unless-stopped
    depends_on: { db: { condition: service_healthy } }
  db:
    image: db:1.0
    restart: unless-stopped
    healthcheck: { test: [CMD, pg_isready] }
";

const BAD: &str = "\
services:
  web:
    image: web:1.0
    restart: unless-stopped
    depends_on: { db: { condition: service_healthy } }
  db:
    image: db:1.0
    restart: unless-stopped
    depends_on: [web]
";
