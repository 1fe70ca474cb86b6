//! What a container in Compose writes to is mounted, where its image keeps it.

use crate::check::compose::{ComposeFiles, lies_in, targets};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "compose-volume",
    severity: Severity::Error,
    title: "every folder to which a container in Compose writes is mounted there, and nothing within it",
    why: "On a read-only root the first write fails; what is mounted below an image's folder of data hides a part of it, and the rest is lost.",
    mend: "say `volumes` of the service at the path that it writes to",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        for (name, service) in project.services() {
            let known = project.expected.and_then(|expected| expected.containers.get(name));
            let mounted = targets(service);
            let is_read_only = service.get("read_only") == Some(&Value::Bool(true));
            let pointer = format!("/services/{name}/volumes");
            for folder in known.into_iter().flat_map(|known| &known.written) {
                if mounted.iter().any(|target| lies_in(folder, target)) {
                    continue;
                }
                if let Some(within) = mounted.iter().find(|target| lies_in(target, folder)) {
                    let message = format!(
                        "`{name}` keeps its data in {folder}, and {within} alone is mounted"
                    );
                    problems.at(project.index, pointer.as_str(), message);
                } else if is_read_only {
                    let message = format!("`{name}` writes to {folder}, which is read-only");
                    problems.at(project.index, pointer.as_str(), message);
                } else {
                    let message = format!("`{name}` keeps data in {folder}, where no volume is");
                    problems.at(project.index, pointer.as_str(), message);
                }
            }
        }
    }
}

const GOOD: &str = "\
services:
  web:
    image: web:1.0
    read_only: true
    volumes: [{ type: volume, source: web-data, target: /data }]
volumes: { web-data: {} }
";

const BAD: &str = "\
services:
  web:
    image: web:1.0
    read_only: true
    volumes: [{ type: volume, source: web-data, target: /data/files }]
volumes: { web-data: {} }
";
