//! Services and stacks, complete.

use super::draft::{Draft, SystemDraft, World};
use super::facts::facts;
use super::flows::{Outcome, ResolvedFlow, flows};
use super::order::start_order;
use super::ports::is_metrics;
use super::secrets::SecretTable;
use super::variables::Variables;
use super::{files, health, volumes};
use crate::finding::Finding;
use crate::layer::{self, Run, TextItem};
use crate::model::{
    Endpoint, Exposed, Peer, Replicas, Resources, Rollout, Service, ServiceKind, Stack, Volume,
    VolumeSource,
};
use crate::value::{Host, LabelValue, Name, Percent};
use serde_json::Value;
use std::collections::BTreeMap;

/// The user of own code, as in the images without a shell.
const OWN_USER: u32 = 65532;

/// How long a service may take to stop unless it says otherwise.
const STOP_WITHIN: &str = "45s";

/// All stacks of an environment.
pub(super) fn stacks(world: &World<'_>, findings: &mut Vec<Finding>) -> Vec<Stack> {
    world.systems.values().filter_map(|system| stack(world, system, findings)).collect()
}

fn stack(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Stack> {
    let mut services = BTreeMap::new();
    for draft in system.services.values().filter(|draft| draft.enabled) {
        if draft.elsewhere.is_some() {
            continue;
        }
        if let Some(service) = service(world, system, draft, findings) {
            services.insert(draft.name.clone(), service);
        }
    }
    let needs: BTreeMap<&str, Vec<&str>> = services
        .iter()
        .map(|(name, service): (&Name, &Service)| {
            (name.as_str(), service.needs.iter().map(Name::as_str).collect())
        })
        .collect();
    let order = match start_order(&needs) {
        Ok(order) => order.into_iter().filter_map(|name| name.parse().ok()).collect(),
        Err(cycle) => {
            findings.push(start_cycle(system, &cycle));
            return None;
        }
    };
    Some(Stack {
        environment: world.environment.clone(),
        system: system.name.clone(),
        about: system.typed.about.clone()?,
        namespace: system.namespace.clone(),
        volumes: volumes::of_system(world, system, findings),
        services,
        order,
        source: format!("environments/{}/system.yaml", system.name),
    })
}

fn start_cycle(system: &SystemDraft<'_>, cycle: &[&str]) -> Finding {
    let finding = Finding::error(
        "start-cycle",
        format!("services wait for each other at their start: {}", cycle.join(" -> ")),
    )
    .help("say `at-start: false` for one of these flows");
    cycle.windows(2).enumerate().fold(finding, |finding, (index, pair)| {
        let node = system.services.get(pair[0]).map(|draft| &draft.node);
        let Some(place) = node.map(|node| node.key_place(&["uses", pair[1]])) else {
            return finding;
        };
        if index == 0 {
            finding.at(place).label(format!("`{}` waits for `{}`", pair[0], pair[1]))
        } else {
            finding.related(place, format!("`{}` waits for `{}`", pair[0], pair[1]))
        }
    })
}

fn service(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Service> {
    let said = &draft.service;
    let outcomes = flows(world, system, draft, findings);
    let (present, absent): (Vec<Outcome>, Vec<Outcome>) =
        outcomes.into_iter().partition(|outcome| matches!(outcome, Outcome::Present(_)));
    let present: Vec<ResolvedFlow> = present
        .into_iter()
        .filter_map(|outcome| match outcome {
            Outcome::Present(flow) => Some(*flow),
            Outcome::Absent(..) => None,
        })
        .collect();
    let exposed = match exposed(world, draft) {
        Ok(exposed) => exposed,
        Err(finding) => {
            findings.push(*finding);
            None
        }
    };
    let replicas = replicas(draft, findings);
    let volumes = volumes::volumes(world, system, draft, &replicas, findings);
    let mut secrets = SecretTable::default();
    let own_secrets = secrets.own(system.name.as_str(), draft, findings);
    let facts = facts(world, system, draft, &present, exposed.as_ref(), &volumes, &mut secrets);
    let variables = Variables::new(world, draft, &facts).collect(
        &present,
        &absent,
        own_secrets,
        &mut secrets,
        findings,
    );
    let files = files::files(world, system, draft, &present, &facts, findings);
    let probes = health::probes(world, draft, &facts, findings);
    let rollout = rollout(draft, &volumes, &replicas);
    let (user, group) = user(draft, findings)?;
    let (command, args) = command(world, draft, &facts, findings);
    let metrics = endpoints(draft);
    unknown_metrics_ports(draft, &metrics, findings);
    context(world, draft, &facts, findings);
    Some(Service {
        name: draft.name.clone(),
        about: said
            .about
            .clone()
            .or_else(|| draft.kind.as_ref().and_then(|kind| kind.entry.kind.about.clone())),
        source: draft.source.clone(),
        kind: kind(world, draft, &facts),
        version: version(draft),
        image: draft.image.clone()?,
        run: said.run.unwrap_or(Run::Service),
        command,
        args,
        workdir: said.workdir.clone(),
        ports: draft.ports.clone(),
        probes,
        metrics,
        needs: needs(&present),
        flows: present.into_iter().map(|flow| flow.flow).collect(),
        variables,
        files,
        secrets: secrets.finish(),
        volumes,
        requests: requests(said.resources.as_ref()),
        limits: limits(said.resources.as_ref(), said.limits.as_ref()),
        replicas,
        rollout,
        stop_within: said
            .stop_within
            .clone()
            .unwrap_or_else(|| STOP_WITHIN.parse().expect("a constant of this file")),
        user,
        group,
        writable_root: writable_root(draft, findings),
        token: token(draft, findings),
        exposed,
    })
}

fn needs(flows: &[ResolvedFlow]) -> Vec<Name> {
    flows
        .iter()
        .filter(|flow| flow.flow.at_start)
        .filter_map(|flow| match &flow.flow.peer {
            Peer::Service(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

fn kind(world: &World<'_>, draft: &Draft<'_>, facts: &Value) -> ServiceKind {
    if let Some(kind) = &draft.kind {
        if let Some(name) = &draft.service.kind {
            return ServiceKind::Kind { kind: name.clone(), version: kind.version.clone() };
        }
    }
    if !draft.own {
        return ServiceKind::Image;
    }
    let build = draft.service.build.as_ref();
    let context = build.and_then(|build| build.context.as_ref()).map(|text| {
        let place = draft.node.value_place(&["build", "context"]);
        world.texts.evaluate(text, facts, place).map_or_else(|_| text.clone(), |text| text.text)
    });
    let built_by = build.and_then(|build| match (&build.language, &build.dockerfile) {
        (Some(language), _) => serde_json::to_value(language)
            .ok()
            .and_then(|word| word.as_str().map(ToOwned::to_owned)),
        (None, Some(dockerfile)) => Some(dockerfile.to_string()),
        (None, None) => None,
    });
    ServiceKind::Own { context, built_by }
}

/// The context of own code lies in the repository.
fn context(world: &World<'_>, draft: &Draft<'_>, facts: &Value, findings: &mut Vec<Finding>) {
    let Some(build) = &draft.service.build else { return };
    let Some(text) = &build.context else {
        if build.other_repository.is_none() {
            findings.push(
                Finding::error(
                    "missing-key",
                    format!("nothing says where the code of `{}` is", draft.name),
                )
                .at(draft.node.key_place(&["build"]))
                .help("say `context`, a folder of this repository, or `other-repository`"),
            );
        }
        return;
    };
    let place = draft.node.value_place(&["build", "context"]);
    let result = world.texts.evaluate(text, facts, place).and_then(|context| {
        context.text.parse::<crate::value::RelativePath>().map(|_| ()).map_err(|error| {
            let mut finding = Finding::error("invalid-value", error.message).at(place);
            finding.help = error.help;
            finding
        })
    });
    findings.extend(result.err());
}

/// The version for the label; a tag may be longer than a label can be.
fn version(draft: &Draft<'_>) -> Option<LabelValue> {
    draft.image.as_ref()?.tag.as_ref()?.as_str().parse().ok()
}

/// The endpoints that Prometheus scrapes.
pub(super) fn endpoints(draft: &Draft<'_>) -> Vec<Endpoint> {
    const PATH: &str = "/metrics";
    let contract = draft.kind.as_ref().and_then(|kind| kind.entry.kind.contract.as_ref());
    let said = draft.service.metrics.as_ref();
    let said = said.or_else(|| contract.and_then(|contract| contract.metrics.as_ref()));
    match said {
        Some(said) => said
            .iter()
            .map(|(name, metrics)| Endpoint {
                name: name.clone(),
                port: metrics.port.clone().unwrap_or_else(|| name.clone()),
                path: metrics.path.as_ref().map_or_else(|| PATH.to_owned(), ToString::to_string),
            })
            .collect(),
        None => draft
            .ports
            .iter()
            .filter(|port| is_metrics(&port.name))
            .map(|port| Endpoint {
                name: port.name.clone(),
                port: port.name.clone(),
                path: PATH.to_owned(),
            })
            .collect(),
    }
}

fn unknown_metrics_ports(draft: &Draft<'_>, metrics: &[Endpoint], findings: &mut Vec<Finding>) {
    for endpoint in metrics {
        if draft.ports.iter().any(|port| port.name == endpoint.port) {
            continue;
        }
        let known = draft.ports.iter().map(|port| port.name.as_str());
        findings.push(
            Finding::error(
                "unknown-port",
                format!("`{}` has no port `{}`", draft.name, endpoint.port),
            )
            .at(draft.node.key_place(&["metrics", endpoint.name.as_str()]))
            .known("ports", endpoint.port.as_str(), known)
            .help("say `port`"),
        );
    }
}

/// Where the public reaches a service.
pub(super) fn exposed(
    world: &World<'_>,
    draft: &Draft<'_>,
) -> Result<Option<Exposed>, Box<Finding>> {
    let Some(said) = draft.service.expose.as_ref().filter(|_| draft.here()) else {
        return Ok(None);
    };
    if said.enabled == Some(false) {
        return Ok(None);
    }
    let domain = &world.environment.domain;
    let hosts = match (&said.hosts, said.host.as_deref()) {
        (Some(hosts), _) if !hosts.is_empty() => hosts.clone(),
        (_, Some("@")) => vec![domain.clone()],
        (_, Some(host)) => {
            let place = draft.node.value_place(&["expose", "host"]);
            let host: Host = format!("{host}.{domain}").parse().map_err(|error| {
                let error: crate::value::ValueError = error;
                let mut finding = Finding::error("invalid-value", error.message).at(place);
                finding.help = error.help;
                Box::new(finding)
            })?;
            vec![host]
        }
        _ => {
            return Err(Box::new(
                Finding::error(
                    "missing-key",
                    format!("nothing says under which host `{}` is reached", draft.name),
                )
                .at(draft.node.key_place(&["expose"]))
                .help("say `host`, a name below the environment's domain, or `hosts`"),
            ));
        }
    };
    let path = said.path.as_ref().map_or_else(|| "/".to_owned(), ToString::to_string);
    Ok(Some(Exposed { hosts, path, tls: said.tls.unwrap_or(true) }))
}

fn replicas(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Replicas {
    let said = draft.service.replicas.as_deref().cloned().unwrap_or_default();
    let min = said.min.unwrap_or(1);
    let max = said.max.unwrap_or(min);
    let cpu: Percent =
        said.cpu.unwrap_or_else(|| "70%".parse().expect("a constant of this function"));
    let place = draft.node.key_place(&["replicas"]);
    if max < min {
        findings.push(
            Finding::error("replicas-reversed", format!("at most {max} replicas, at least {min}"))
                .at(draft.node.value_place(&["replicas", "max"]))
                .related(draft.node.value_place(&["replicas", "min"]), "the fewest")
                .help("raise `max`, or lower `min`"),
        );
    }
    if min == 0 && max > 0 {
        findings.push(
            Finding::error("replicas-from-nothing", "from 0 replicas no load can be seen")
                .at(place)
                .help("say `min: 1`, or `replicas: 0` to stop the service"),
        );
    }
    if let Some(kind) = &draft.kind
        && max > 1
        && kind.entry.kind.replicates != Some(true)
    {
        findings.push(
            Finding::error(
                "does-not-replicate",
                format!("replicas of `{}` would not share their data", kind.entry.name),
            )
            .at(place)
            .help("say `replicas: 1`"),
        );
    }
    Replicas { min, max: max.max(min), cpu }
}

/// A service that shares one claim with itself cannot have two pods at once.
fn rollout(draft: &Draft<'_>, volumes: &[Volume], replicas: &Replicas) -> Rollout {
    match &draft.service.rollout {
        Some(layer::Rollout::Recreate(_)) => Rollout::Recreate,
        Some(layer::Rollout::Rolling(rolling)) => Rollout::Rolling {
            at_once: rolling
                .at_once
                .unwrap_or_else(|| "25%".parse().expect("a constant of this function")),
        },
        None => {
            let single_writer = volumes.iter().any(
                |volume| matches!(&volume.source, VolumeSource::Claim(claim) if !claim.shared),
            );
            if single_writer && replicas.max <= 1 {
                Rollout::Recreate
            } else {
                Rollout::Rolling { at_once: "25%".parse().expect("a constant of this function") }
            }
        }
    }
}

fn user(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Option<(u32, u32)> {
    let said = draft.service.user.as_deref().and_then(|user| user.id);
    let contract = draft.kind.as_ref().and_then(|kind| {
        kind.entry.kind.contract.as_ref().and_then(|contract| contract.user.as_deref())
    });
    let (user, group) = match (said, contract) {
        (Some(user), _) => (user, user),
        (None, Some(contract)) => {
            let ids = contract.split_once(':').unwrap_or((contract, contract));
            match (ids.0.parse(), ids.1.parse()) {
                (Ok(user), Ok(group)) => (user, group),
                _ => {
                    let entry = &draft.kind.as_ref()?.entry;
                    findings.push(
                        Finding::error(
                            "invalid-value",
                            format!("`{contract}` is no user and group"),
                        )
                        .at(entry.node.value_place(&["contract", "user"]))
                        .note("allowed: two numbers, such as `\"999:999\"`"),
                    );
                    return None;
                }
            }
        }
        (None, None) => {
            if !draft.own {
                findings.push(
                    Finding::warning(
                        "unknown-user",
                        format!("nothing says which user the image of `{}` runs as", draft.name),
                    )
                    .at(draft.node.key_place(&["image"]))
                    .note(format!("it is started as user {OWN_USER}"))
                    .help("say `user`, the number that the image expects"),
                );
            }
            (OWN_USER, OWN_USER)
        }
    };
    if user == 0 {
        findings.push(
            Finding::error("root-user", format!("`{}` would run as root", draft.name))
                .at(draft.node.value_place(&["user"]))
                .help("name a number from 1 on; own code runs as 65532 unless said"),
        );
    }
    Some((user, draft.service.group.unwrap_or(group)))
}

fn command(
    world: &World<'_>,
    draft: &Draft<'_>,
    facts: &Value,
    findings: &mut Vec<Finding>,
) -> (Option<Vec<String>>, Option<Vec<String>>) {
    let entry = draft.kind.as_ref().map(|kind| kind.entry);
    let mut list = |key: &str, said: Option<&Vec<TextItem>>, of_kind: Option<&Vec<TextItem>>| {
        let (items, node) = match (said, of_kind, entry) {
            (Some(items), ..) => (items, &draft.node),
            (None, Some(items), Some(entry)) => (items, &entry.node),
            _ => return None,
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                TextItem::Literal(text) => texts.push(text.clone()),
                TextItem::Template(template) => {
                    let place = node.value_place(&[key, &index.to_string(), "text"]);
                    match world.texts.evaluate(&template.text, facts, place) {
                        // A kind's argument that comes to nothing is left out.
                        Ok(text) if text.text.is_empty() && said.is_none() => {}
                        Ok(text) if super::secrets::holds_secret(&text.text) => findings.push(
                            Finding::error("secret-in-command", "a command would hold a secret")
                                .at(place)
                                .help("pass it by a file or a variable: a command is shown in every list of processes"),
                        ),
                        Ok(text) => texts.push(text.text),
                        Err(finding) => findings.push(finding),
                    }
                }
            }
        }
        Some(texts)
    };
    let kind = entry.map(|entry| &entry.kind);
    let command = list(
        "command",
        draft.service.command.as_ref(),
        kind.and_then(|kind| kind.command.as_ref()),
    );
    let mut args =
        list("args", draft.service.args.as_ref(), kind.and_then(|kind| kind.args.as_ref()));
    if draft.service.args.is_none() {
        let made = made_args(world, draft, facts, findings);
        if !made.is_empty() {
            args.get_or_insert_default().extend(made);
        }
    }
    (command, args)
}

/// Arguments that are made of the entries of an option.
fn made_args(
    world: &World<'_>,
    draft: &Draft<'_>,
    facts: &Value,
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut made = Vec::new();
    let Some(kind) = &draft.kind else { return made };
    for (option, text) in kind.entry.kind.args_of.iter().flatten() {
        let entries = kind.options.get(&super::facts::fact_key(option)).and_then(Value::as_object);
        for (key, value) in entries.into_iter().flatten() {
            let mut facts = facts.clone();
            facts["key"] = Value::String(key.clone());
            facts["value"] = value.clone();
            let place = kind.entry.node.value_place(&["args-of", option]);
            match world.texts.evaluate(text, &facts, place) {
                Ok(text) => made.push(text.text),
                Err(finding) => findings.push(finding),
            }
        }
    }
    made
}

fn requests(said: Option<&layer::Resources>) -> Resources {
    Resources {
        cpu: said.and_then(|said| said.cpu),
        memory: said.and_then(|said| said.memory),
        storage: said.and_then(|said| said.storage),
    }
}

/// Memory is limited to what is requested: what is promised to one is not given to another. CPU
/// is not limited: a limit would slow a service on an idle node.
fn limits(said: Option<&layer::Resources>, limits: Option<&layer::Resources>) -> Resources {
    Resources {
        cpu: limits.and_then(|limits| limits.cpu),
        memory: limits
            .and_then(|limits| limits.memory)
            .or_else(|| said.and_then(|said| said.memory)),
        storage: limits
            .and_then(|limits| limits.storage)
            .or_else(|| said.and_then(|said| said.storage)),
    }
}

fn writable_root(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> bool {
    let Some(said) = &draft.service.writable_root else { return false };
    require_why(draft, "writable-root", said.why.as_deref(), findings);
    true
}

fn token(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Vec<layer::TokenRule> {
    let Some(said) = &draft.service.token else { return Vec::new() };
    require_why(draft, "token", said.why.as_deref(), findings);
    said.rules.clone().unwrap_or_default()
}

fn require_why(draft: &Draft<'_>, key: &str, why: Option<&str>, findings: &mut Vec<Finding>) {
    if why.is_none_or(|why| why.trim().is_empty()) {
        findings.push(
            Finding::error("missing-why", format!("`{key}` is an exception and says no reason"))
                .at(draft.node.key_place(&[key]))
                .help("say `why`, in a sentence"),
        );
    }
}
