//! Flows: whom a service calls, on which ports, and what it is told about them.

mod address;
mod bind;
mod callee;
mod manifest;

use super::draft::{Draft, SystemDraft, World};
use super::provider::ProviderDraft;
use super::secrets::CalleeSecret;
use super::texts::Facts;
use crate::finding::Finding;
use crate::layer::{self, Optional, Protocol, Use};
use crate::model::{Flow, FlowPort, Peer, PodsBy, Run};
use crate::reference::Reference;
use crate::source::Place;
use crate::tree::Node;
use crate::value::Name;
use bind::Binding;
use callee::{Callee, callee};

/// A flow and what the caller is told about the callee.
pub(super) struct ResolvedFlow {
    pub(super) flow: Flow,
    /// How the caller says it.
    pub(super) said: Use,
    /// The keys that say it.
    pub(super) origin: Vec<String>,
    /// The callee's facts, without its secrets.
    pub(super) facts: Facts,
    /// What is bound to variables: fact and value, in order of fact.
    pub(super) binds: Vec<(String, String)>,
    /// The callee's secret facts.
    pub(super) secrets: Vec<CalleeSecret>,
    /// Whether the callee's kind is Prometheus: data sources are made of these.
    pub(super) kind: Option<String>,
}

/// What a caller uses of another service, or why it does not.
pub(super) enum Outcome {
    Present(Box<ResolvedFlow>),
    /// An optional callee that is not there.
    Absent(Box<Use>, Vec<String>),
    /// A flow that is at fault, which was reported.
    Failed(String),
}

/// All flows of a service in order of the callee's name.
pub(super) fn flows(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Outcome> {
    let mut all = Vec::new();
    for (name, said) in draft.service.uses.iter().flatten() {
        match flow(world, system, draft, name, said) {
            Ok(outcome) => all.push(outcome),
            Err(finding) => {
                findings.extend(finding.map(|finding| *finding));
                all.push(Outcome::Failed(name.to_owned()));
            }
        }
    }
    for (kind, said) in draft.kind.iter().flat_map(|kind| kind.entry.kind.uses.iter().flatten()) {
        for (name, other) in &system.services {
            let same_kind =
                other.kind.as_ref().is_some_and(|other| other.entry.name == kind.as_str());
            let said_already =
                draft.service.uses.as_ref().is_some_and(|uses| uses.contains_key(name));
            if !same_kind || said_already || !other.enabled || name == draft.name.as_str() {
                continue;
            }
            let said = Use {
                port: said.port.clone().map(|port| layer::OneOrMany(vec![port])),
                optional: Some(Optional::Plain(true)),
                at_start: Some(false),
                env: Some(layer::UseEnv::None(())),
                ..Use::default()
            };
            match flow(world, system, draft, name, &said) {
                Ok(outcome) => all.push(outcome),
                Err(finding) => {
                    findings.extend(finding.map(|finding| *finding));
                    all.push(Outcome::Failed(name.clone()));
                }
            }
        }
    }
    all
}

/// A fault, or nothing where the callee's own fault was reported already.
type Failure = Option<Box<Finding>>;

fn fail<T>(finding: Finding) -> Result<T, Failure> {
    Err(Some(Box::new(finding)))
}

fn flow(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    name: &str,
    said: &Use,
) -> Result<Outcome, Failure> {
    let origin = vec!["uses".to_owned(), name.to_owned()];
    let place = draft.node.key_place(&origin);
    let optional = is_optional(said);
    if said.enabled == Some(false) {
        if optional {
            return Ok(Outcome::Absent(Box::new(said.clone()), origin));
        }
        let finding =
            Finding::error("needed-flow", format!("the flow to `{name}` is not optional"))
                .at(draft.node.key_place(&["uses", name, "enabled"]))
                .help("say `optional: true` where it is declared, if the service works without it");
        // An environment's file comes last, so that the merged key is its own.
        let own = system.files.node.at(&["services", draft.name.as_str(), "uses"]);
        return fail(match own.filter(|uses| uses.child(name).is_some()) {
            Some(uses) => finding.related(uses.key_place(&[name]), "it is declared here"),
            None => finding,
        });
    }
    let callee = callee(world, system, draft, name, place)?;
    if let Callee::Absent(off) = callee {
        if optional {
            return Ok(Outcome::Absent(Box::new(said.clone()), origin));
        }
        return fail(
            Finding::error(
                "callee-disabled",
                format!(
                    "`{}` uses `{name}`, which is disabled in `{}`",
                    draft.name, world.environment.name
                ),
            )
            .at(place)
            .related(off, "it is disabled here")
            .help("enable it, or say `optional: true` if the service works without it"),
        );
    }
    if matches!(callee, Callee::OtherProject) {
        if optional {
            return Ok(Outcome::Absent(Box::new(said.clone()), origin));
        }
        return fail(other_project(world, draft, name, place));
    }
    let call = Call { world, caller: draft, said, origin, place };
    let flow = match callee {
        Callee::Service { draft, system, other } => call.service(draft, system, other),
        Callee::External { name, external, node } => call.external(name, external, node),
        Callee::Manifest { name, service } => call.manifest(system, name, &service),
        Callee::Absent(_) | Callee::OtherProject => Err(None),
    };
    flow.map(Box::new).map(Outcome::Present)
}

/// A service of another system, where Compose runs each by itself.
fn other_project(world: &World<'_>, draft: &Draft<'_>, name: &str, place: Place) -> Finding {
    let message = format!(
        "`{}` uses `{name}`, and in `{}` Compose runs each system by itself",
        draft.name, world.environment.name
    );
    Finding::error("callee-of-another-system", message).at(place).help(
        "say `optional: true` if the service works without it, or `targets: [kubernetes]` of the \
         service",
    )
}

/// A callee that is there, and what the caller is told of it.
struct Call<'a> {
    world: &'a World<'a>,
    caller: &'a Draft<'a>,
    said: &'a Use,
    /// The keys that say the flow, and their place.
    origin: Vec<String>,
    place: Place,
}

impl Call<'_> {
    fn callee(&self) -> &str {
        &self.origin[1]
    }

    fn flow(&self, peer: Peer, ports: &[FlowPort], at_start: bool) -> Flow {
        Flow {
            callee: self.callee().to_owned(),
            peer,
            ports: ports.to_vec(),
            at_start,
            optional: is_optional(self.said),
        }
    }

    fn external(
        self,
        name: Name,
        external: &layer::External,
        node: &Node,
    ) -> Result<ResolvedFlow, Failure> {
        let Some(host) = external.hosts.iter().flatten().next() else {
            return fail(
                Finding::error("missing-key", format!("the external `{name}` has no host"))
                    .at(node.key_place(&["external", name.as_str()]))
                    .help("say `hosts`, such as `hosts: [lab.example.com]`"),
            );
        };
        let all = address::of_external(external);
        let chosen = address::choose(&self, &all)?;
        let facts = address::facts(host.as_str(), &chosen, &all, false);
        let hosts = external.hosts.as_deref().unwrap_or_default();
        let addresses = address::addresses(external.addresses.as_ref(), hosts);
        let peer = Peer::External { name, host: host.clone(), addresses };
        Ok(ResolvedFlow {
            flow: self.flow(peer, &chosen, false),
            said: self.said.clone(),
            origin: self.origin,
            facts,
            binds: Vec::new(),
            secrets: Vec::new(),
            kind: None,
        })
    }

    fn service(
        self,
        callee: &Draft<'_>,
        system: &SystemDraft<'_>,
        other: bool,
    ) -> Result<ResolvedFlow, Failure> {
        if !callee.run.is_called() {
            return fail(self.not_called(callee));
        }
        if !callee.unnumbered.is_empty() {
            return Err(None);
        }
        let elsewhere = callee.elsewhere.as_ref();
        let all = address::of_service(self.world.platform, callee, elsewhere);
        let chosen = address::choose(&self, &all)?;
        let (host, peer) = self.peer(callee, system, other)?;
        let at_start = self.said.at_start.unwrap_or(true) && matches!(peer, Peer::Service(_));
        let mut flow = ResolvedFlow {
            flow: self.flow(peer, &chosen, at_start),
            said: self.said.clone(),
            origin: self.origin.clone(),
            facts: address::facts(&host, &chosen, &all, elsewhere.is_some()),
            binds: Vec::new(),
            secrets: Vec::new(),
            kind: callee.kind.as_ref().map(|kind| kind.entry.name.clone()),
        };
        if let Some(kind) = &callee.kind {
            if !kind.options_known {
                return Err(None);
            }
            Binding { call: &self, callee, system, kind }.bind(&mut flow)?;
        } else {
            let http = chosen.first().is_some_and(|port| port.protocol == Protocol::Http);
            let fact = if http { "url" } else { "address" };
            if let Some(text) = flow.facts.text(fact) {
                flow.binds.push((fact.to_owned(), text.to_owned()));
            }
        }
        Ok(flow)
    }

    /// What nobody can call.
    fn not_called(&self, callee: &Draft<'_>) -> Finding {
        let (name, run) = (self.callee(), &callee.run);
        let message = format!("`{name}` is {}, which nobody can call", run.words());
        let finding = Finding::error("callee-not-called", message)
            .at(self.place)
            .related(callee.place, "described here");
        match run {
            Run::Job { .. } => finding
                .help(format!("say `after: [{}]` to start when it has ended", callee.whose())),
            _ => finding.help(format!("say `run: service` of `{name}`, or remove the flow")),
        }
    }

    /// The host that the caller uses, and what is behind it.
    fn peer(
        &self,
        callee: &Draft<'_>,
        system: &SystemDraft<'_>,
        other: bool,
    ) -> Result<(String, Peer), Failure> {
        let service = callee.name.clone();
        if let Some(elsewhere) = &callee.elsewhere {
            let Some(host) = &elsewhere.host else {
                let message = format!("nothing says where `{}` is run", self.callee());
                return fail(
                    Finding::error("missing-key", message)
                        .at(callee.node.key_place(&["elsewhere"]))
                        .help("say `elsewhere.host`, such as `host: db.example.com`"),
                );
            };
            let said = elsewhere.addresses.as_ref();
            let addresses = address::addresses(said, std::slice::from_ref(host));
            let peer = Peer::Elsewhere { service, host: host.clone(), addresses };
            return Ok((host.to_string(), peer));
        }
        if other {
            let namespace = callee.namespace.clone();
            let host = format!("{service}.{namespace}");
            let pods = match callee.provider().map(ProviderDraft::plain_labels) {
                Some(labels) => PodsBy::Labels(labels),
                None if callee.service.host_network.is_some() => PodsBy::Nodes,
                None => PodsBy::Service,
            };
            let system = system.name.clone();
            let peer = Peer::OtherSystem { system, service, namespace, pods };
            return Ok((host, peer));
        }
        let name = Reference::Name(service.as_str());
        let host = if callee.beside == self.caller.beside {
            name.to_string()
        } else {
            format!("{name}.{}", Reference::namespace(callee.beside))
        };
        Ok((host, Peer::Service(service)))
    }
}

/// Whether the caller works without the callee.
fn is_optional(said: &Use) -> bool {
    !matches!(said.optional, None | Some(Optional::Plain(false)))
}
