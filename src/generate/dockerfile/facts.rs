//! What templates of Dockerfiles can name.

use crate::catalogue::languages::TOOLS;
use crate::load::Project;
use crate::model::{MadeBy, Recipe, SelfCheck};
use crate::resolve::{Facts, data};
use crate::value::{Duration, Name};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The facts of a recipe.
pub(super) fn facts(project: &Project, recipe: &Recipe) -> Facts {
    let mut facts = Facts::default();
    facts.set("system", recipe.system.as_str());
    facts.set("service", recipe.service.as_str());
    facts.set("source", recipe.source.as_str());
    facts.set("context", recipe.context.as_str());
    let binary = recipe.binary.as_ref().map_or(recipe.service.as_str(), |binary| binary.as_str());
    facts.set("binary", binary);
    facts.set("program", binary.rsplit('/').next().unwrap_or(binary));
    facts.set("named", recipe.binary.is_some());
    facts.set("user", recipe.user);
    facts.set("group", recipe.group);
    let port = |port: &crate::model::ImagePort| {
        format!("{}/{}", port.number, if port.udp { "udp" } else { "tcp" })
    };
    facts.set("ports", data(recipe.ports.iter().map(port).collect::<Vec<_>>()));
    let folders = recipe.folders.iter().map(|folder| shell_word(folder.as_str()));
    facts.set("folders", data(folders.collect::<Vec<_>>()));
    let health = recipe.health.as_ref();
    facts.set("health", data(health.and_then(|health| of_health(&health.check))));
    let wget = health.and_then(|health| health.wget.as_ref()).map(ToString::to_string);
    facts.set("wget", data(wget));
    facts.set("labels", data(labels(recipe)));
    facts.set("images", data(images(project)));
    facts.set("tools", data(tools(project)));
    match &recipe.made_by {
        MadeBy::Language(by) => {
            facts.set("language", by.name);
            facts.set("strategy", data(by.strategy));
            facts.set("builder", by.builder.to_string());
            facts.set("runtime", by.runtime.to_string());
        }
        MadeBy::Template(_) => facts.set("language", ()),
    }
    facts
}

fn of_health(check: &SelfCheck) -> Option<Value> {
    let SelfCheck::Command { command, every, timeout, starts_within } = check else { return None };
    Some(json!({
        "command": exec_form(command),
        "interval": in_seconds(*every),
        "timeout": in_seconds(*timeout),
        "start_period": starts_within.map(in_seconds),
        "retries": SelfCheck::FAILURES,
    }))
}

/// Docker's clock of health checks goes by units of its own; all of them know seconds.
fn in_seconds(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}

/// A command that is started without a shell.
fn exec_form(command: &[String]) -> String {
    let words = command.iter().map(|word| Value::String(word.clone()).to_string());
    format!("[{}]", words.collect::<Vec<_>>().join(", "))
}

/// A word of a shell command.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%=,".contains(c);
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What people and scanners are told of an image; three of them are known when it is built.
fn labels(recipe: &Recipe) -> Vec<String> {
    let quoted = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
        format!("\"{text}\"")
    };
    let known = [
        ("title", Some(quoted(recipe.service.as_str()))),
        ("description", recipe.about.as_deref().map(quoted)),
        ("source", recipe.repository.as_ref().map(|address| quoted(address.as_str()))),
        ("version", Some("\"${VERSION}\"".to_owned())),
        ("revision", Some("\"${REVISION}\"".to_owned())),
        ("created", Some("\"${CREATED}\"".to_owned())),
    ];
    let label = |(name, value): (&str, Option<String>)| {
        Some(format!("org.opencontainers.image.{name}={}", value?))
    };
    known.into_iter().filter_map(label).collect()
}

/// All images of the lock, for templates that begin with others.
fn images(project: &Project) -> BTreeMap<String, String> {
    let locked = project.lock.iter().flat_map(|lock| lock.images.iter().flatten());
    let image = locked.map(|(name, locked)| {
        let digest = locked.digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
        (name.to_string(), format!("{name}:{}{digest}", locked.tag))
    });
    image.collect()
}

/// The versions of programs that builds install.
fn tools(project: &Project) -> BTreeMap<String, String> {
    let ours = TOOLS.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned()));
    let locked = project.lock.iter().flat_map(|lock| lock.tools.iter().flatten());
    let locked =
        locked.map(|(name, tool): (&Name, _)| (name.to_string(), tool.version.to_string()));
    ours.chain(locked).map(|(name, version)| (name.replace('-', "_"), version)).collect()
}
