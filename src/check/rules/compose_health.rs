//! A container in Compose is asked what the model says.

use crate::check::compose::ComposeFiles;
use crate::check::objects::list;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "compose-health",
    severity: Severity::Error,
    title: "a container in Compose is asked by the command that its service has for it",
    why: "Who waits for it starts too early, or never, and nobody sees that it is ill.",
    mend: "say `health.command` of the service, instead of changing the health check",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        for (name, service) in project.services() {
            let known = project.expected.and_then(|expected| expected.containers.get(name));
            let Some(command) = known.and_then(|known| known.asks.as_ref()) else { continue };
            let test = list(service, "/healthcheck/test");
            let words = test.iter().skip(1).filter_map(Value::as_str);
            let is_off = service.pointer("/healthcheck/disable") == Some(&Value::Bool(true));
            // Compose reads `$$` as one `$`.
            if is_off || !words.map(|word| word.replace("$$", "$")).eq(command.iter().cloned()) {
                let message = format!("nothing asks `{name}` by `{}`", command.join(" "));
                problems.at(project.index, format!("/services/{name}/healthcheck"), message);
            }
        }
    }
}

const GOOD: &str = "\
services:
  web:
    image: web:1.0
    healthcheck: { test: [CMD, web, healthcheck] }
";

const BAD: &str = "\
services:
  web:
    image: web:1.0
    healthcheck: { test: [CMD, curl, 'http://localhost:8080/'] }
";
