//! How a container learns by itself whether it is ready: a kubelet asks from outside, Compose and an
//! image's own health check run a command inside.

use super::draft::{Draft, World};
use super::texts::Facts;
use crate::finding::Finding;
use crate::layer::TextItem;
use crate::model::{Port, Probe, ProbeCheck, Probes, SelfCheck, WGET};
use crate::source::Place;
use crate::tree::Node;
use crate::value::Duration;

/// Times of a container that says none, as those of a readiness probe.
pub(super) const EVERY: Duration = Duration::from_secs(5);
pub(super) const TIMEOUT: Duration = Duration::from_secs(3);

/// How a container learns whether it is ready: as its service says, by the command of a probe, as its
/// kind says, or by asking itself what a kubelet would ask.
pub(super) fn self_check(
    world: &World<'_>,
    draft: &Draft<'_>,
    facts: &Facts,
    probes: &Probes,
    findings: &mut Vec<Finding>,
) -> SelfCheck {
    if draft.run.ends() && !draft.is_beside() {
        return SelfCheck::Unasked("whether a job is well, its exit code says");
    }
    let asked = [&probes.ready, &probes.live, &probes.start].map(Option::as_ref);
    let times = asked.into_iter().flatten().next();
    let contract = draft.kind.as_ref().and_then(|kind| kind.entry.kind.contract.as_ref());
    let contract = contract.and_then(|contract| contract.health.as_ref());
    let said = draft.service.health.as_ref();
    let starts_within = said
        .and_then(|said| said.starts_within)
        .or_else(|| contract.and_then(|contract| contract.starts_within));
    let with = |command| SelfCheck::Command {
        command,
        every: times.map_or(EVERY, |probe| probe.every),
        timeout: times.map_or(TIMEOUT, |probe| probe.timeout),
        starts_within,
    };
    if let Some(items) = said.and_then(|said| said.command.as_ref()) {
        let by = By { world, facts, node: &draft.node, path: &["health", "command"] };
        return match by.command(items, findings) {
            Some(command) => with(command),
            None => SelfCheck::Unasked(AT_FAULT),
        };
    }
    let exec = asked.into_iter().flatten().find_map(|probe| match &probe.check {
        ProbeCheck::Exec { command } => Some(command.clone()),
        _ => None,
    });
    if let Some(command) = exec {
        return with(command);
    }
    let kind = draft.kind.as_ref();
    if let Some((kind, items)) = kind.zip(contract.and_then(|it| it.command.as_ref())) {
        let path = ["contract", "health", "command"];
        let by = By { world, facts, node: &kind.entry.node, path: &path };
        return match by.command(items, findings) {
            Some(command) => with(command),
            None => SelfCheck::Unasked(AT_FAULT),
        };
    }
    let Some(probe) = times else { return SelfCheck::Unasked("nothing says how it is asked") };
    let has_wget = draft.service.build.as_ref().is_some_and(|build| build.language.is_some());
    if !has_wget {
        return SelfCheck::Unasked("nobody knows a program in its image that could ask");
    }
    if let Some(command) = wget(probe, &draft.own_ports) {
        return with(command);
    }
    findings.push(unaskable(draft));
    SelfCheck::Unasked("no program in its image speaks its protocol")
}

/// What is at fault was told.
const AT_FAULT: &str = "what asks is at fault";

/// What asks a container by HTTP from inside, by address: a name may be that of another protocol's.
fn wget(probe: &Probe, ports: &[Port]) -> Option<Vec<String>> {
    let ProbeCheck::Http { path, port, headers } = &probe.check else { return None };
    let port = ports.iter().find(|known| known.name == *port)?.number;
    let mut command =
        vec![WGET.to_owned(), "-q".to_owned(), "-O".to_owned(), "/dev/null".to_owned()];
    for (name, value) in headers {
        command.extend(["--header".to_owned(), format!("{name}: {value}")]);
    }
    command.push(format!("http://127.0.0.1:{port}{path}"));
    Some(command)
}

fn unaskable(draft: &Draft<'_>) -> Finding {
    let name = &draft.name;
    Finding::error(
        "nothing-to-ask",
        format!("nothing in the image of `{name}` can ask whether it is ready"),
    )
    .at(draft.node.key_place(&["health"]))
    .note("Docker asks by a command in the container, and the one that iac adds speaks HTTP")
    .help("say `health.command`, such as `command: [/usr/local/bin/app, healthcheck]`")
}

/// Who says a command.
struct By<'a> {
    world: &'a World<'a>,
    facts: &'a Facts,
    node: &'a Node,
    path: &'a [&'a str],
}

impl By<'_> {
    fn command(&self, items: &[TextItem], findings: &mut Vec<Finding>) -> Option<Vec<String>> {
        let mut command = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match item {
                TextItem::Literal(text) => command.push(text.clone()),
                TextItem::Template(template) => {
                    let evaluated =
                        self.world.texts.evaluate(&template.text, self.facts, self.place(index));
                    match evaluated {
                        Ok(text) => command.push(text.text),
                        Err(fault) => {
                            findings.extend(fault);
                            return None;
                        }
                    }
                }
            }
        }
        if command.is_empty() {
            findings.push(
                Finding::error(
                    "nothing-to-ask",
                    format!("`{}` is an empty command", self.path.join(".")),
                )
                .at(self.node.value_place(self.path))
                .help("say what is run, such as `[/usr/local/bin/app, healthcheck]`"),
            );
            return None;
        }
        Some(command)
    }

    fn place(&self, index: usize) -> Place {
        let index = index.to_string();
        let mut path = self.path.to_vec();
        path.push(&index);
        self.node.value_place(&path)
    }
}
