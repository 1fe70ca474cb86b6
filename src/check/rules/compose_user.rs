//! Containers in Compose run as the user that their service has.

use crate::check::compose::ComposeFiles;
use crate::check::objects::text;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "compose-user",
    severity: Severity::Error,
    title: "a container in Compose has the user of its service, as a number",
    why: "An image whose entrypoint gives up root runs as root where the entrypoint is replaced, and a name may be any number.",
    mend: "say `user` of the service",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        for (name, service) in project.services() {
            let pointer = format!("/services/{name}/user");
            let user = match service.get("user") {
                Some(Value::Number(number)) => number.to_string(),
                _ => text(service, "/user").to_owned(),
            };
            let known = project.expected.and_then(|expected| expected.containers.get(name));
            let ids = user.split(':').map(|id| id.parse::<u32>().ok());
            if user.is_empty() || ids.into_iter().any(|id| id.is_none()) {
                let message = format!("`{name}` runs as whoever its image says");
                problems.at(project.index, pointer, message);
            } else if let Some(known) = known.filter(|known| known.user != user) {
                let message = format!("`{name}` runs as {user}, and its service as {}", known.user);
                problems.at(project.index, pointer, message);
            }
        }
    }
}

const GOOD: &str = "\
services:
  web: { image: 'web:1.0', user: '1000:1000' }
";

const BAD: &str = "\
services:
  web: { image: 'web:1.0', user: web }
  db: { image: 'db:1.0', entrypoint: [/bin/sh, /start.sh] }
";
