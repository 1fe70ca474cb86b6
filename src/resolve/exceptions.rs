//! Exceptions: what a service does that others need not. Each costs a sentence, and an environment
//! may refuse it.

use super::draft::{Draft, SystemDraft, World};
use super::token;
use crate::finding::Finding;
use crate::layer::ExceptionKey;
use crate::model::{Exception, Volume, VolumeSource};
use crate::tree::Node;
use crate::value::Name;
use std::collections::BTreeMap;

/// Reads exceptions from the keys of a service, or of a system.
struct Reading<'a> {
    node: &'a Node,
    /// The keys below the service that lead to its node.
    keys: &'a [String],
    found: Vec<Exception>,
    findings: &'a mut Vec<Finding>,
}

impl Reading<'_> {
    fn add(&mut self, what: ExceptionKey, origin: &[&str], why: Option<&String>) {
        let place = self.node.key_place(origin);
        let why = why.map(|why| why.trim()).filter(|why| !why.is_empty());
        let Some(why) = why else {
            let key = origin.join(".");
            self.findings.push(
                Finding::error(
                    "missing-why",
                    format!("`{key}` is an exception and says no reason"),
                )
                .at(place)
                .help("say `why`, in a sentence"),
            );
            return;
        };
        self.found.push(Exception {
            what,
            why: why.to_owned(),
            origin: self
                .keys
                .iter()
                .cloned()
                .chain(origin.iter().map(ToString::to_string))
                .collect(),
            place,
        });
    }
}

/// The exceptions of a service that are in effect here.
pub(super) fn of_service(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Exception> {
    use ExceptionKey as Key;
    let said = &draft.service;
    let mut found = Vec::new();
    for container in std::iter::once(draft).chain(draft.containers.iter().map(|it| &it.draft)) {
        found.append(&mut of_container(container, findings));
    }
    let mut reading = Reading { node: &draft.node, keys: &[], found, findings };
    for (what, said) in [
        (Key::WritableRoot, &said.writable_root),
        (Key::Privileged, &said.privileged),
        (Key::HostNetwork, &said.host_network),
        (Key::HostPid, &said.host_pid),
    ] {
        if let Some(said) = said {
            reading.add(what, &[what.key()], said.why.as_ref());
        }
    }
    for (name, path) in said.host_paths.iter().flatten() {
        if path.enabled != Some(false) {
            reading.add(Key::HostPaths, &["host-paths", name.as_str()], path.why.as_ref());
        }
    }
    if let Some(token) = &said.token {
        reading.add(Key::Token, &["token"], token.why.as_ref());
    }
    if let Some(level) = &said.pod_security {
        reading.add(Key::PodSecurity, &["pod-security"], level.why.as_ref());
    }
    let mut found = reading.found;
    token::rules(world, draft, findings);
    // Where the system's own level is weak enough, nothing is excepted.
    found.retain(|exception| exception.what != Key::PodSecurity || draft.beside.is_some());
    let who = format!("{}/{}", system.name, draft.whose());
    refused(world, &who, &found, findings);
    found
}

/// Those that a container beside the main one may say too.
fn of_container(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Vec<Exception> {
    let said = &draft.service;
    let mut reading = Reading { node: &draft.node, keys: &draft.keys, found: Vec::new(), findings };
    if let Some(user) = said.user.as_deref().filter(|user| user.id == Some(0)) {
        if user.why.is_some() {
            reading.add(ExceptionKey::User, &["user"], user.why.as_ref());
        } else {
            reading.findings.push(root(draft));
        }
    }
    if let Some(capabilities) = &said.capabilities {
        reading.add(ExceptionKey::Capabilities, &["capabilities"], capabilities.why.as_ref());
    }
    reading.found
}

fn root(draft: &Draft<'_>) -> Finding {
    Finding::error("root-user", format!("`{}` would run as root", draft.name))
        .at(draft.node.value_place(&["user"]))
        .help("name a number from 1 on; or say why it must, with `user: { id: 0, why: … }`")
}

/// The exceptions of a system as a whole.
pub(super) fn of_system(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Exception> {
    let Some(said) = &system.typed.pod_security else { return Vec::new() };
    let mut reading = Reading { node: &system.node, keys: &[], found: Vec::new(), findings };
    reading.add(ExceptionKey::PodSecurity, &["pod-security"], said.why.as_ref());
    let mut found = reading.found;
    found.retain(|_| system.level > world.environment.pod_security);
    refused(world, system.name.as_str(), &found, findings);
    found
}

/// What the environment does not allow.
fn refused(world: &World<'_>, who: &str, exceptions: &[Exception], findings: &mut Vec<Finding>) {
    let environment = &world.environment;
    let guard = &environment.guard;
    if guard.except.contains_key(who) {
        return;
    }
    for exception in exceptions.iter().filter(|it| guard.refuse.contains(&it.what)) {
        findings.push(
            Finding::error(
                "refused-exception",
                format!("`{}` refuses `{}`, and `{who}` says it", environment.name, exception.what.key()),
            )
            .at(exception.place)
            .related(world.place(&["guard", "refuse"]), "it is refused here")
            .help(format!(
                "do without it; or let `{}` say why it is right for this one, with `guard: {{ except: {{ {who}: … }} }}`",
                environment.file
            )),
        );
    }
}

/// What an environment's `guard.except` names that does not exist, or says no reason for.
pub(super) fn guard(world: &World<'_>, findings: &mut Vec<Finding>) {
    let systems = &world.project.systems;
    let names: Vec<String> = systems
        .iter()
        .flat_map(|(system, files)| {
            let services = files.node.child("services").and_then(Node::as_map);
            let services = services.into_iter().flat_map(|map| map.entries.keys());
            let services = services.map(move |service| format!("{system}/{service}"));
            std::iter::once(system.clone()).chain(services)
        })
        .collect();
    // A system whose services nobody could read may have any.
    let may_be = |who: &str| {
        let system = who.split_once('/').and_then(|(system, _)| systems.get(system));
        let services = |node: &Node| node.child("services").is_some_and(Node::is_unknown);
        system.is_some_and(|files| files.node.is_unknown() || services(&files.node))
    };
    for (who, why) in &world.environment.guard.except {
        let place = world.place(&["guard", "except", who]);
        if !names.contains(who) && !may_be(who) {
            findings.push(
                Finding::error("unknown-name", format!("there is no system or service `{who}`"))
                    .at(place)
                    .known("known", who, names.iter().map(String::as_str)),
            );
        }
        if why.trim().is_empty() {
            findings.push(
                Finding::error("missing-why", format!("nothing says why `{who}` is excepted"))
                    .at(place)
                    .help("say it, in a sentence"),
            );
        }
    }
}

/// Adds what a service mounts of its node to its volumes.
pub(super) fn host_paths(
    draft: &Draft<'_>,
    volumes: &mut BTreeMap<Name, Volume>,
    findings: &mut Vec<Finding>,
) {
    for (name, said) in draft.service.host_paths.iter().flatten() {
        if said.enabled == Some(false) {
            continue;
        }
        let place = draft.node.key_place(&["host-paths", name.as_str()]);
        let Some(host) = &said.host else {
            findings.push(
                Finding::error("missing-key", format!("nothing says what `{name}` is on the node"))
                    .at(place)
                    .help("say `host`, such as `host: /var/log`"),
            );
            continue;
        };
        let path = said.path.as_ref().unwrap_or(host).clone();
        let source = VolumeSource::Host { path: host.clone(), write: said.write.unwrap_or(false) };
        let taken = volumes.contains_key(name) || super::volumes::RESERVED.contains(&name.as_str());
        if taken {
            findings.push(
                Finding::error("name-twice", format!("`{name}` is the name of another volume"))
                    .at(place)
                    .help("give this path another name"),
            );
            continue;
        }
        volumes.insert(name.clone(), Volume { name: name.clone(), path, source });
    }
}
