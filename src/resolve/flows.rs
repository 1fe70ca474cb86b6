//! Flows: whom a service calls, on which ports, and what it is told about them.

use super::draft::{Draft, SystemDraft, World};
use super::facts::fact_key;
use super::ports::is_metrics;
use super::secrets::{CalleeSecret, kind_reference, reference};
use crate::finding::Finding;
use crate::layer::{self, Optional, Protocol, Use};
use crate::model::{Flow, Peer, Port};
use crate::reference::Reference;
use crate::source::Place;
use crate::tree::Node;
use crate::value::{Name, PortName};
use serde_json::{Map as Json, Value, json};
use std::collections::BTreeMap;

/// A flow and what the caller is told about the callee.
pub(super) struct ResolvedFlow {
    pub(super) flow: Flow,
    /// How the caller says it.
    pub(super) said: Use,
    /// The keys that say it.
    pub(super) origin: Vec<String>,
    /// The callee's facts, without its secrets.
    pub(super) facts: Json<String, Value>,
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
            Err(Some(finding)) => findings.push(*finding),
            Err(None) => {}
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
                Err(Some(finding)) => findings.push(*finding),
                Err(None) => {}
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
    let optional = !matches!(said.optional, None | Some(Optional::Plain(false)));
    if said.enabled == Some(false) {
        if optional {
            return Ok(Outcome::Absent(Box::new(said.clone()), origin));
        }
        return fail(
            Finding::error("needed-flow", format!("the flow to `{name}` is not optional"))
                .at(draft.node.key_place(&["uses", name, "enabled"]))
                .related(place, "it is declared here")
                .help("say `optional: true` there, if the service works without it"),
        );
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
    resolved(world, system, draft, said, origin, place, callee).map(Box::new).map(Outcome::Present)
}

/// What a name in `uses` means.
enum Callee<'a> {
    Service { draft: &'a Draft<'a>, system: &'a SystemDraft<'a>, other: bool },
    External { name: Name, external: &'a layer::External, node: &'a Node },
    Absent(Place),
}

fn callee<'a>(
    world: &'a World<'a>,
    system: &'a SystemDraft<'a>,
    draft: &Draft<'_>,
    name: &str,
    place: Place,
) -> Result<Callee<'a>, Failure> {
    if let Some((other, service)) = name.split_once('/') {
        return other_system(world, system, other, service, place);
    }
    if name == draft.name.as_str() {
        return fail(
            Finding::error("uses-itself", format!("`{name}` uses itself"))
                .at(place)
                .help("remove it: replicas of a service reach each other anyway"),
        );
    }
    if let Some(callee) = system.services.get(name) {
        if !callee.enabled {
            return Ok(Callee::Absent(callee.node.key_place(&["enabled"])));
        }
        return Ok(Callee::Service { draft: callee, system, other: false });
    }
    let external = system.typed.external.iter().flatten().find(|(key, _)| key.as_str() == name);
    if let Some((key, external)) = external {
        if external.enabled == Some(false) {
            return Ok(Callee::Absent(system.node.key_place(&["external", name, "enabled"])));
        }
        return Ok(Callee::External { name: key.clone(), external, node: &system.node });
    }
    // A service whose own description is at fault was reported there.
    if system.files.node.at(&["services", name]).is_some() {
        return Err(None);
    }
    let externals = system.typed.external.iter().flatten().map(|(name, _)| name.as_str());
    let known = system.services.keys().map(String::as_str).chain(externals);
    fail(
        Finding::error("unknown-service", format!("there is no service `{name}`")).at(place).known(
            "services and externals",
            name,
            known,
        ),
    )
}

fn other_system<'a>(
    world: &'a World<'a>,
    system: &SystemDraft<'_>,
    other: &str,
    service: &str,
    place: Place,
) -> Result<Callee<'a>, Failure> {
    let Some(callee_system) = world.systems.get(other) else {
        if world.project.systems.contains_key(other) {
            return Err(None);
        }
        return fail(
            Finding::error("unknown-system", format!("there is no system `{other}`"))
                .at(place)
                .known("systems", other, world.project.systems.keys().map(String::as_str)),
        );
    };
    let offers = callee_system.typed.offers.as_ref();
    let offer = offers.and_then(|offers| {
        offers.iter().find(|(name, _)| name.as_str() == service).map(|(_, offer)| offer)
    });
    let offered = offer.is_some_and(|offer| {
        offer.to.iter().flatten().any(|to| to.as_str() == system.name.as_str())
    });
    if !offered {
        let known = offers.into_iter().flatten().filter(|(_, offer)| {
            offer.to.iter().flatten().any(|to| to.as_str() == system.name.as_str())
        });
        let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
        let finding = Finding::error(
            "not-offered",
            format!("`{other}` does not offer `{service}` to `{}`", system.name),
        )
        .at(place)
        .known("offered", service, known);
        return fail(if finding.help.is_some() {
            finding
        } else {
            finding.help(format!(
                "say `offers: {{ {service}: {{ to: [{}] }} }}` in `environments/{other}/system.yaml`",
                system.name
            ))
        });
    }
    let Some(draft) = callee_system.services.get(service) else { return Err(None) };
    if !draft.enabled {
        return Ok(Callee::Absent(draft.node.key_place(&["enabled"])));
    }
    Ok(Callee::Service { draft, system: callee_system, other: true })
}

fn resolved(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    said: &Use,
    origin: Vec<String>,
    place: Place,
    callee: Callee<'_>,
) -> Result<ResolvedFlow, Failure> {
    let name = origin[1].clone();
    let optional = !matches!(said.optional, None | Some(Optional::Plain(false)));
    let base = |peer, ports: Vec<(PortName, u16)>, at_start| Flow {
        callee: name.clone(),
        peer,
        ports,
        at_start,
        optional,
    };
    match callee {
        Callee::Absent(_) => Err(None),
        Callee::External { name: external_name, external, node } => {
            let host = external.hosts.iter().flatten().next();
            let Some(host) = host else {
                return fail(
                    Finding::error("missing-key", format!("the external `{name}` has no host"))
                        .at(node.key_place(&["external", &name]))
                        .help("say `hosts`, such as `hosts: [lab.example.com]`"),
                );
            };
            let all: Vec<(PortName, u16, Protocol)> = external
                .ports
                .iter()
                .flatten()
                .map(|(name, port)| (name.clone(), port.get(), Protocol::Tcp))
                .collect();
            let chosen = choose(draft, said, &name, place, &all)?;
            let facts = addresses(host.as_str(), &chosen, &all, false);
            let peer = Peer::External { name: external_name, host: host.clone() };
            let ports = chosen.iter().map(|(name, number, _)| (name.clone(), *number)).collect();
            Ok(ResolvedFlow {
                flow: base(peer, ports, false),
                said: said.clone(),
                origin,
                facts,
                binds: Vec::new(),
                secrets: Vec::new(),
                kind: None,
            })
        }
        Callee::Service { draft: callee, system: callee_system, other } => {
            let elsewhere = callee.elsewhere.as_ref();
            let all = dialled(callee, elsewhere);
            let chosen = choose(draft, said, &name, place, &all)?;
            let ports = chosen.iter().map(|(name, number, _)| (name.clone(), *number)).collect();
            let (host, peer) = match elsewhere {
                Some(elsewhere) => {
                    let Some(host) = &elsewhere.host else {
                        return fail(
                            Finding::error(
                                "missing-key",
                                format!("nothing says where `{name}` is run"),
                            )
                            .at(callee.node.key_place(&["elsewhere"]))
                            .help("say `elsewhere.host`"),
                        );
                    };
                    let peer = Peer::Elsewhere { service: callee.name.clone(), host: host.clone() };
                    (host.to_string(), peer)
                }
                None if other => (
                    format!("{}.{}", callee.name, callee_system.namespace),
                    Peer::OtherSystem {
                        system: callee_system.name.clone(),
                        service: callee.name.clone(),
                        namespace: callee_system.namespace.clone(),
                    },
                ),
                None => (
                    Reference::Name(callee.name.as_str()).to_string(),
                    Peer::Service(callee.name.clone()),
                ),
            };
            let at_start = said.at_start.unwrap_or(true)
                && matches!(peer, Peer::Service(_))
                && !draft_is(draft, callee);
            let mut facts = addresses(&host, &chosen, &all, elsewhere.is_some());
            let mut flow = ResolvedFlow {
                flow: base(peer, ports, at_start),
                said: said.clone(),
                origin,
                facts: Json::new(),
                binds: Vec::new(),
                secrets: Vec::new(),
                kind: callee.kind.as_ref().map(|kind| kind.entry.name.clone()),
            };
            match &callee.kind {
                Some(kind) => {
                    bind(world, draft, callee_system, callee, kind, &mut facts, &mut flow, place)?;
                }
                None => {
                    let http =
                        chosen.first().is_some_and(|(.., protocol)| *protocol == Protocol::Http);
                    let fact = if http { "url" } else { "address" };
                    if let Some(Value::String(text)) = facts.get(fact) {
                        flow.binds.push((fact.to_owned(), text.clone()));
                    }
                }
            }
            let _ = system;
            flow.facts = facts;
            Ok(flow)
        }
    }
}

fn draft_is(one: &Draft<'_>, other: &Draft<'_>) -> bool {
    std::ptr::eq(one, other)
}

/// The ports of a callee with the numbers that callers dial.
fn dialled(
    callee: &Draft<'_>,
    elsewhere: Option<&layer::Elsewhere>,
) -> Vec<(PortName, u16, Protocol)> {
    let ports: Vec<&Port> = callee
        .ports
        .iter()
        .filter(|port| !is_metrics(&port.name) && !port.internal && port.service.is_some())
        .collect();
    let single = ports.len() == 1;
    ports
        .into_iter()
        .map(|port| {
            let own = port.service.unwrap_or(port.number);
            let number = elsewhere.map_or(own, |elsewhere| {
                let named = elsewhere.ports.as_ref().and_then(|ports| ports.get(&port.name));
                named
                    .or(elsewhere.port.as_ref().filter(|_| single))
                    .map_or(own, |number| number.get())
            });
            (port.name.clone(), number, port.protocol)
        })
        .collect()
}

/// The ports that a flow uses: the named ones, or the only one.
fn choose(
    draft: &Draft<'_>,
    said: &Use,
    callee: &str,
    place: Place,
    all: &[(PortName, u16, Protocol)],
) -> Result<Vec<(PortName, u16, Protocol)>, Failure> {
    let known = || all.iter().map(|(name, ..)| name.as_str());
    let Some(wanted) = said.port.as_ref().filter(|wanted| !wanted.0.is_empty()) else {
        return match all {
            [only] => Ok(vec![only.clone()]),
            [] => fail(
                Finding::error("callee-without-port", format!("`{callee}` has no port to call"))
                    .at(place)
                    .help("give it a port; a worker is called by nobody"),
            ),
            _ => fail(
                Finding::error("several-ports", format!("`{callee}` has several ports"))
                    .at(place)
                    .known("ports", "", known())
                    .help("say which, such as `port: http`"),
            ),
        };
    };
    let mut chosen = Vec::new();
    for name in &wanted.0 {
        match all.iter().find(|(port, ..)| port == name) {
            Some(port) => chosen.push(port.clone()),
            None => {
                return fail(
                    Finding::error("unknown-port", format!("`{callee}` has no port `{name}`"))
                        .at(draft.node.value_place(&["uses", callee, "port"]))
                        .known("ports", name.as_str(), known()),
                );
            }
        }
    }
    Ok(chosen)
}

/// What every callee has: host, port, address, ports and, where it speaks HTTP, a URL.
fn addresses(
    host: &str,
    chosen: &[(PortName, u16, Protocol)],
    all: &[(PortName, u16, Protocol)],
    elsewhere: bool,
) -> Json<String, Value> {
    let mut facts = Json::new();
    facts.insert("host".to_owned(), json!(host));
    let ports: BTreeMap<String, u16> =
        all.iter().map(|(name, number, _)| (fact_key(name.as_str()), *number)).collect();
    facts.insert("ports".to_owned(), json!(ports));
    if let Some((_, number, protocol)) = chosen.first() {
        facts.insert("port".to_owned(), json!(number));
        facts.insert("address".to_owned(), json!(format!("{host}:{number}")));
        if matches!(protocol, Protocol::Http | Protocol::Grpc) {
            // Inside the cluster traffic is plain; a service of somebody else on 443 is not.
            let url = match (elsewhere, number) {
                (true, 443) => format!("https://{host}"),
                _ => format!("http://{host}:{number}"),
            };
            facts.insert("url".to_owned(), json!(url));
        }
    }
    facts
}

/// What a kind tells its clients.
#[expect(
    clippy::too_many_arguments,
    reason = "a binding joins the caller, the callee and its kind"
)]
fn bind(
    world: &World<'_>,
    draft: &Draft<'_>,
    callee_system: &SystemDraft<'_>,
    callee: &Draft<'_>,
    kind: &super::draft::KindDraft<'_>,
    facts: &mut Json<String, Value>,
    flow: &mut ResolvedFlow,
    place: Place,
) -> Result<(), Failure> {
    facts.insert("version".to_owned(), json!(kind.version));
    picks(draft, kind, facts, flow, place)?;
    let elsewhere = callee.elsewhere.as_ref();
    let mut context = facts.clone();
    context.insert("options".to_owned(), Value::Object(kind.options.clone()));
    let context = Value::Object(context);
    let entry = kind.entry;
    for (fact, bind) in entry.kind.binds.iter().flatten() {
        let at = |part: &str| entry.node.value_place(&["binds", fact, part]);
        let told = elsewhere.and_then(|elsewhere| elsewhere.facts.as_ref()?.get(fact));
        if let Some(text) = &bind.text {
            let text = match told {
                Some(text) => text.clone(),
                None if missing_pick(kind, facts, text) => continue,
                None => match world.texts.evaluate(text, &context, at("text")) {
                    Ok(text) => text.text,
                    Err(finding) => return fail(finding),
                },
            };
            facts.insert(fact_key(fact), json!(text));
            flow.binds.push((fact.clone(), text));
        } else if let Some(secret) = &bind.secret {
            let origin = flow.origin.clone();
            let reference = match elsewhere {
                Some(elsewhere) => {
                    let said = elsewhere.secrets.as_ref().and_then(|secrets| secrets.get(fact));
                    let Some(from) = said.and_then(|secret| secret.from.as_ref()) else {
                        return fail(
                            Finding::error(
                                "missing-key",
                                format!(
                                    "nothing says where the `{fact}` of `{}` lies",
                                    callee.name
                                ),
                            )
                            .at(callee.node.key_place(&["elsewhere"]))
                            .related(place, "this service needs it")
                            .help(format!("say `elsewhere.secrets.{fact}: path#property`")),
                        );
                    };
                    let place = callee.node.value_place(&["elsewhere", "secrets", fact, "from"]);
                    reference(from, place).map_err(|finding| Some(Box::new(finding)))?
                }
                None if missing_pick(kind, facts, secret) => continue,
                None => {
                    let text = world
                        .texts
                        .evaluate(secret, &context, at("secret"))
                        .map_err(|finding| Some(Box::new(finding)))?;
                    let Some((item, property)) = text.text.split_once('#') else {
                        return fail(
                            Finding::error("invalid-value", "a secret of a kind is `item#fact`")
                                .at(at("secret")),
                        );
                    };
                    let known = kind.secrets.iter().any(|(i, f)| i == item && f == property);
                    if !known {
                        return fail(
                            Finding::error(
                                "invalid-value",
                                format!("`{}` has no secret `{}`", entry.name, text.text),
                            )
                            .at(at("secret"))
                            .help("declare it under `secrets` or `item-secrets`"),
                        );
                    }
                    let system = callee_system.name.as_str();
                    kind_reference(system, callee.name.as_str(), item, property)
                }
            };
            let callee = flow.flow.callee.clone();
            flow.secrets.push(CalleeSecret { callee, fact: fact.clone(), reference, origin });
        }
    }
    Ok(())
}

/// What the client chooses among: what it says, or the only one.
fn picks(
    draft: &Draft<'_>,
    kind: &super::draft::KindDraft<'_>,
    facts: &mut Json<String, Value>,
    flow: &ResolvedFlow,
    place: Place,
) -> Result<(), Failure> {
    let declared = kind.entry.kind.picks.as_ref();
    let callee = &flow.flow.callee;
    for pick in flow.said.pick.iter().flat_map(BTreeMap::keys) {
        if !declared.is_some_and(|declared| declared.contains_key(pick)) {
            let known = declared.into_iter().flat_map(BTreeMap::keys).map(String::as_str);
            return fail(
                Finding::error("unknown-pick", format!("`{callee}` has no `{pick}` to pick"))
                    .at(draft.node.key_place(&["uses", callee, "pick", pick]))
                    .known("to pick", pick, known),
            );
        }
    }
    for (pick, from) in declared.into_iter().flatten() {
        let option = from.option.as_deref().unwrap_or(pick);
        let entries = kind.options.get(&fact_key(option)).and_then(Value::as_object);
        let known = || entries.into_iter().flat_map(Json::keys).map(String::as_str);
        let said = flow.said.pick.as_ref().and_then(|said| said.get(pick));
        let mut all = known();
        let chosen = match (said, all.next(), all.next()) {
            (Some(said), ..) if known().any(|known| known == said) => said.clone(),
            (Some(said), ..) => {
                return fail(
                    Finding::error("unknown-pick", format!("`{callee}` has no {pick} `{said}`"))
                        .at(draft.node.value_place(&["uses", callee, "pick", pick]))
                        .known(option, said, known()),
                );
            }
            (None, Some(only), None) => only.to_owned(),
            (None, None, _) => continue,
            (None, ..) => {
                return fail(
                    Finding::error("several-picks", format!("`{callee}` has several {option}"))
                        .at(place)
                        .known(option, "", known())
                        .help(format!("say which, such as `pick: {{ {pick}: … }}`")),
                );
            }
        };
        facts.insert(fact_key(pick), json!(chosen));
    }
    Ok(())
}

/// Whether a text needs a choice for which there is nothing to choose: that fact has no value.
fn missing_pick(
    kind: &super::draft::KindDraft<'_>,
    facts: &Json<String, Value>,
    text: &str,
) -> bool {
    kind.entry.kind.picks.iter().flatten().any(|(pick, _)| {
        !facts.contains_key(&fact_key(pick)) && text.contains(&format!("{{{{ {pick} }}}}"))
    })
}
