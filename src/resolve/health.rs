//! Probes: what a service is asked, and how often.

use super::draft::{Draft, KindDraft, World};
use super::texts::Facts;
use crate::finding::Finding;
use crate::layer::{self, Protocol, TextItem};
use crate::model::{Port, Probe, ProbeCheck, Probes};
use crate::source::Place;
use crate::tree::Node;
use crate::value::{Duration, PortName};

/// How often and how long each probe asks unless the service says otherwise.
struct Times {
    every: &'static str,
    timeout: &'static str,
    failures: u32,
}

const LIVE: Times = Times { every: "10s", timeout: "3s", failures: 3 };
const READY: Times = Times { every: "5s", timeout: "3s", failures: 2 };
/// A start is asked for often, so that a service that is up early is used early.
const START: Times = Times { every: "2s", timeout: "3s", failures: 3 };

/// The shortest time that Kubernetes can count.
const SHORTEST: Duration = Duration::from_secs(1);

fn seconds(text: &str) -> Duration {
    text.parse().expect("a constant of this file")
}

/// The probes of a service.
pub(super) fn probes(
    world: &World<'_>,
    draft: &Draft<'_>,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Probes {
    if draft.run.ends() && !draft.is_beside() {
        // Whether a job is well, its exit code says.
        return Probes { start: None, live: None, ready: None };
    }
    let said = draft.service.health.clone().unwrap_or_default();
    let contract = draft.kind.as_ref().and_then(|kind| {
        kind.entry.kind.contract.as_ref().and_then(|contract| contract.health.as_ref())
    });
    let within =
        said.starts_within.or_else(|| contract.and_then(|contract| contract.starts_within));
    let of_kind = |of: fn(&layer::ContractHealth) -> Option<layer::Probe>| contract.and_then(of);
    let asks = said.live.is_some()
        || said.ready.is_some()
        || said.start.is_some()
        || of_kind(Contract::ready).is_some();
    let mut ask = Asker { world, draft, facts, findings };
    let live = ask.check("live", said.live.as_deref(), of_kind(Contract::live));
    let ready = ask.check("ready", said.ready.as_deref(), of_kind(Contract::ready));
    let start = ask.check("start", said.start.as_deref(), None);
    let timed = |check: &ProbeCheck, said: Option<&layer::Probe>, times: &Times| {
        let every = said.and_then(|said| said.every).unwrap_or_else(|| seconds(times.every));
        Probe {
            check: check.clone(),
            every,
            // The answer comes before the next question.
            timeout: said
                .and_then(|said| said.timeout)
                .unwrap_or_else(|| seconds(times.timeout).min(every).max(SHORTEST)),
            failures: said.and_then(|said| said.failures).unwrap_or(times.failures),
        }
    };
    let first = start.clone().or_else(|| live.clone()).or_else(|| ready.clone());
    let start = match (within, start, first) {
        (Some(within), _, Some(check)) => {
            let mut probe = timed(&check, said.start.as_deref(), &START);
            let every = probe.every.as_millis().max(1);
            let needed = u32::try_from(within.as_millis().div_ceil(every)).unwrap_or(u32::MAX);
            match said.start.as_ref().and_then(|said| said.failures) {
                Some(failures) if failures < needed => {
                    ask.findings.push(too_few_failures(draft, &probe, within, needed));
                }
                Some(_) => {}
                None => probe.failures = needed.max(START.failures),
            }
            Some(probe)
        }
        (None, Some(check), _) => Some(timed(&check, said.start.as_deref(), &START)),
        // What is asked and cannot be was told.
        (Some(_), _, None) if asks => None,
        (Some(_), _, None) => {
            let path = ["contract", "health", "starts-within"];
            let (name, place) = match &draft.kind {
                Some(kind) if said.starts_within.is_none() => {
                    (kind.entry.name.as_str(), kind.entry.node.key_place(&path))
                }
                _ => (draft.name.as_str(), draft.node.key_place(&path[1..])),
            };
            ask.findings.push(
                Finding::error(
                    "nothing-to-ask",
                    format!("`{name}` says how long its start takes, but not how to ask"),
                )
                .at(place)
                .help("say `health.live` or `health.ready`"),
            );
            None
        }
        (None, None, _) => None,
    };
    Probes {
        start,
        live: live.map(|check| timed(&check, said.live.as_deref(), &LIVE)),
        ready: ready.map(|check| timed(&check, said.ready.as_deref(), &READY)),
    }
}

/// A startup probe that gives up before the service may be up.
fn too_few_failures(draft: &Draft<'_>, probe: &Probe, within: Duration, needed: u32) -> Finding {
    let given_up = Duration::from_secs(probe.every.as_millis() * u64::from(probe.failures) / 1000);
    Finding::error(
        "start-too-short",
        format!("a start may take {within}, and is given up after {given_up}"),
    )
    .at(draft.node.value_place(&["health", "start", "failures"]))
    .related(draft.node.value_place(&["health", "starts-within"]), "it may take this")
    .help(format!("remove `failures`, which follows from `starts-within`, or say {needed} or more"))
}

/// The contract's questions as probes.
trait Contract {
    fn live(&self) -> Option<layer::Probe>;
    fn ready(&self) -> Option<layer::Probe>;
}

impl Contract for layer::ContractHealth {
    fn live(&self) -> Option<layer::Probe> {
        let path = self.live.clone().map(TextItem::Literal);
        (path.is_some() || self.command.is_some()).then(|| layer::Probe {
            exec: if path.is_some() { None } else { self.command.clone() },
            path,
            port: self.port.clone(),
            ..layer::Probe::default()
        })
    }

    fn ready(&self) -> Option<layer::Probe> {
        match &self.ready {
            Some(path) => Some(layer::Probe {
                path: Some(TextItem::Literal(path.clone())),
                port: self.port.clone(),
                ..layer::Probe::default()
            }),
            None => self.live(),
        }
    }
}

struct Asker<'a> {
    world: &'a World<'a>,
    draft: &'a Draft<'a>,
    facts: &'a Facts,
    findings: &'a mut Vec<Finding>,
}

impl Asker<'_> {
    /// How a probe asks: as the service says, else as its kind does.
    fn check(
        &mut self,
        name: &str,
        said: Option<&layer::Probe>,
        contract: Option<layer::Probe>,
    ) -> Option<ProbeCheck> {
        let asks = |probe: &layer::Probe| {
            probe.path.is_some()
                || probe.grpc.is_some()
                || probe.tcp.is_some()
                || probe.exec.is_some()
        };
        let (probe, by) = match (said, contract) {
            (Some(said), _) if asks(said) => (said.clone(), By::service(self.draft, name)),
            (_, Some(contract)) => (contract, By::kind(self.draft.kind.as_ref()?, name)),
            (Some(_), None) => {
                self.findings.push(
                    Finding::error(
                        "nothing-to-ask",
                        format!("`health.{name}` does not say what to ask"),
                    )
                    .at(self.draft.node.key_place(&["health", name]))
                    .note("allowed: path, grpc, tcp, exec")
                    .help("say one of them, such as `path: /health`"),
                );
                return None;
            }
            (None, None) => return None,
        };
        if let Some(path) = &probe.path {
            let port = self.port(&by, probe.port.as_ref(), &["http"])?;
            let path = self.text(path, by.below(by.path))?;
            if let Err(error) = path.parse::<crate::value::UrlPath>() {
                let mut finding =
                    Finding::error("invalid-value", error.message).at(by.below(by.path));
                finding.help = error.help;
                self.findings.push(finding);
                return None;
            }
            let headers = probe.headers.unwrap_or_default();
            return Some(ProbeCheck::Http { path, port: port.name, headers });
        }
        if let Some(grpc) = &probe.grpc {
            let port = self.port(&by, probe.port.as_ref(), &["grpc"])?;
            return Some(ProbeCheck::Grpc { port: port.number, service: grpc.service.clone() });
        }
        if let Some(port) = &probe.tcp {
            return Some(ProbeCheck::Tcp { port: self.port(&by, Some(port), &[])?.name });
        }
        let mut command = Vec::new();
        for (index, item) in probe.exec.iter().flatten().enumerate() {
            command.push(self.text(item, by.item(index))?);
        }
        if command.is_empty() {
            self.findings.push(
                Finding::error(
                    "nothing-to-ask",
                    format!("`{}.{}` is an empty command", by.words(), by.command),
                )
                .at(by.place())
                .help("say what is run, such as `exec: [/usr/local/bin/app, healthcheck]`"),
            );
            return None;
        }
        Some(ProbeCheck::Exec { command })
    }

    fn text(&mut self, item: &TextItem, place: Place) -> Option<String> {
        match item {
            TextItem::Literal(text) => Some(text.clone()),
            TextItem::Template(template) => {
                match self.world.texts.evaluate(&template.text, self.facts, place) {
                    Ok(evaluated) => Some(evaluated.text),
                    Err(fault) => {
                        self.findings.extend(fault);
                        None
                    }
                }
            }
        }
    }

    /// The port that is asked: the named one, the usual one, or the only one.
    fn port(&mut self, by: &By<'_>, name: Option<&PortName>, usual: &[&str]) -> Option<Port> {
        let (ports, unnumbered) = (&self.draft.own_ports, &self.draft.unnumbered);
        let known = || ports.iter().map(|port| port.name.as_str());
        if let Some(name) = name {
            let found = ports.iter().find(|port| port.name == *name);
            if found.is_none() && !unnumbered.contains(name) {
                self.findings.push(
                    Finding::error("unknown-port", format!("`{}` has no port `{name}`", by.name))
                        .at(by.port())
                        .known("ports", name.as_str(), known()),
                );
            }
            return found.cloned();
        }
        let askable: Vec<&Port> =
            ports.iter().filter(|port| port.protocol != Protocol::Udp).collect();
        let usual = askable.iter().find(|port| usual.contains(&port.name.as_str()));
        match (usual, &askable[..]) {
            (Some(port), _) => Some((*port).clone()),
            // What is meant may be the port without a number.
            (None, _) if !unnumbered.is_empty() => None,
            (None, [only]) => Some((*only).clone()),
            (None, []) => {
                let message = format!("`{}` has no port that `{}` could ask", by.name, by.words());
                self.findings.push(
                    Finding::error("nothing-to-ask", message)
                        .at(by.place())
                        .help("give it one, such as `ports: { http: 8080 }`, or ask by `exec`"),
                );
                None
            }
            (None, [first, ..]) => {
                self.findings.push(
                    Finding::error(
                        "several-ports",
                        format!("`{}` does not say which port it asks", by.words()),
                    )
                    .at(by.place())
                    .known("ports", "", known())
                    .help(format!("say which, such as `port: {}`", first.name)),
                );
                None
            }
        }
    }
}

/// Who says how a probe asks: a service, or a kind for all services of it. A fault stands there.
struct By<'a> {
    name: &'a str,
    node: &'a Node,
    /// The keys that lead to the probe.
    keys: [&'a str; 2],
    /// The keys of a path and of a command in it.
    path: &'static str,
    command: &'static str,
}

impl<'a> By<'a> {
    fn service(draft: &'a Draft<'_>, probe: &'a str) -> Self {
        Self {
            name: draft.name.as_str(),
            node: &draft.node,
            keys: ["health", probe],
            path: "path",
            command: "exec",
        }
    }

    fn kind(kind: &'a KindDraft<'_>, probe: &str) -> Self {
        let node = &kind.entry.node;
        let has_own = probe == "ready" && node.at(&["contract", "health", "ready"]).is_some();
        Self {
            name: &kind.entry.name,
            node,
            keys: ["contract", "health"],
            path: if has_own { "ready" } else { "live" },
            command: "command",
        }
    }

    /// The keys in words.
    fn words(&self) -> String {
        self.keys.join(".")
    }

    fn place(&self) -> Place {
        self.node.key_place(&self.keys)
    }

    fn below(&self, key: &str) -> Place {
        self.node.value_place(&[self.keys[0], self.keys[1], key])
    }

    fn item(&self, index: usize) -> Place {
        let index = index.to_string();
        self.node.value_place(&[self.keys[0], self.keys[1], self.command, &index])
    }

    /// Where the port is named.
    fn port(&self) -> Place {
        let named = |key: &&str| self.node.at(&[self.keys[0], self.keys[1], key]).is_some();
        ["port", "tcp"].iter().find(|key| named(key)).map_or(self.place(), |key| self.below(key))
    }
}
