//! What services in Compose name is declared, and what is declared is named.

use crate::check::compose::{ComposeFiles, networks};
use crate::check::objects::list;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "compose-reference",
    severity: Severity::Error,
    title: "what services in Compose name is declared in the file, as files, and what is declared is named",
    why: "Compose refuses a name that nothing declares, and a read-only container what is no file.",
    mend: "declare it, or remove it",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        for kind in ["networks", "volumes", "configs", "secrets"] {
            let declared: BTreeSet<&str> =
                project.entries(kind).map(|(name, _)| name.as_str()).collect();
            let mut named = BTreeSet::new();
            for (name, service) in project.services() {
                let used = if kind == "networks" {
                    networks(service)
                } else {
                    list(service, &format!("/{kind}")).iter().filter_map(source).collect()
                };
                for missing in used.difference(&declared) {
                    let message =
                        format!("`{name}` names `{missing}`, which is not among `{kind}`");
                    problems.at(project.index, format!("/services/{name}/{kind}"), message);
                }
                named.extend(used);
            }
            for unused in declared.difference(&named) {
                let message = format!("nobody uses `{unused}` of `{kind}`");
                problems.at(project.index, format!("/{kind}/{unused}"), message);
            }
            if matches!(kind, "configs" | "secrets") {
                let entries = project.entries(kind);
                for (name, _) in entries.filter(|(_, entry)| entry.get("file").is_none()) {
                    let message = format!(
                        "`{name}` is no file, and a read-only container can have nothing else"
                    );
                    problems.at(project.index, format!("/{kind}/{name}"), message);
                }
            }
        }
    }
}

/// What an item of a list names: a path of the machine and a volume without a name are no names.
fn source(item: &Value) -> Option<&str> {
    if let Some(text) = item.as_str() {
        let source = text.split(':').next().filter(|_| text.contains(':')).unwrap_or(text);
        return (!source.starts_with(['/', '.', '~'])).then_some(source);
    }
    let is_named = item.get("type").and_then(Value::as_str).is_none_or(|form| form == "volume");
    item.get("source").and_then(Value::as_str).filter(|_| is_named)
}

const GOOD: &str = "\
services:
  web:
    image: web:1.0
    networks: [web.outside]
    volumes: [{ type: volume, source: web-data, target: /data }]
    configs: [{ source: web.conf, target: /etc/web.conf }]
networks: { web.outside: {} }
volumes: { web-data: {} }
configs: { web.conf: { file: ./web.conf } }
";

const BAD: &str = "\
services:
  web:
    image: web:1.0
    networks: [web.outside]
    volumes: [{ type: volume, source: data, target: /data }]
    secrets: [{ source: web.key, target: /run/secrets/key }]
volumes: { web-data: {} }
secrets: { web.key: { environment: KEY } }
";
