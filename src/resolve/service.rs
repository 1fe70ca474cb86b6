//! Services and stacks, complete.

use super::draft::{Draft, SystemDraft, World};
use super::facts::{fact_key, facts};
use super::flows::{Outcome, ResolvedFlow, flows};
use super::order::start_order;
use super::ports::is_metrics;
use super::secrets::SecretTable;
use super::texts::Facts;
use super::variables::Variables;
use super::{beside, budget, command, files, health, run, runtime, sound, volumes};
use crate::finding::Finding;
use crate::layer::{Use, When};
use crate::model::{
    Container, Endpoint, Exposed, Mount, Peer, Run, Service, ServiceKind, Stack, Volume,
};
use crate::value::{Host, LabelValue, Name};
use std::collections::BTreeMap;

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
        let mut own = Vec::new();
        if let Some(service) = service(world, system, draft, &mut own) {
            sound::service(draft, &service, &mut own);
            services.insert(draft.name.clone(), service);
        }
        if draft.migrates.is_some() {
            // What it has of its service was told there.
            let told = |one: &Finding| {
                findings.iter().any(|other| other.id == one.id && other.place == one.place)
            };
            own.retain(|finding| !told(finding));
        }
        findings.append(&mut own);
    }
    let needs: BTreeMap<&str, Vec<&str>> = services
        .iter()
        .map(|(name, service): (&Name, &Service)| {
            (name.as_str(), service.needs.iter().map(Name::as_str).collect())
        })
        .collect();
    let order = match start_order(by_release(&services), &needs) {
        Ok(order) => order.into_iter().filter_map(|name| name.parse().ok()).collect(),
        Err(cycle) => {
            findings.push(start_cycle(system, &cycle));
            Vec::new()
        }
    };
    let stack = Stack {
        environment: world.environment.clone(),
        system: system.name.clone(),
        about: system.typed.about.clone()?,
        namespace: system.namespace.clone(),
        volumes: volumes::of_system(world, system, findings),
        services,
        order,
        source: format!("environments/{}/system.yaml", system.name),
    };
    sound::stack(system, &stack, findings);
    Some(stack)
}

/// The names of services: first those that a release runs before others, last those after them.
fn by_release(services: &BTreeMap<Name, Service>) -> Vec<&str> {
    let mut names: Vec<&Service> = services.values().collect();
    names.sort_by_key(|service| match &service.run {
        Run::Job { when: When::BeforeRelease } => 0,
        Run::Job { when: When::AfterRelease } => 2,
        _ => 1,
    });
    names.into_iter().map(|service| service.name.as_str()).collect()
}

fn start_cycle(system: &SystemDraft<'_>, cycle: &[&str]) -> Finding {
    let finding = Finding::error(
        "start-cycle",
        format!("services wait for each other at their start: {}", cycle.join(" -> ")),
    )
    .help(cycle_help(system, cycle));
    cycle.windows(2).enumerate().fold(finding, |finding, (index, pair)| {
        let Some(draft) = system.services.get(pair[0]) else { return finding };
        let place = waits_at(system, draft, pair[1]);
        if index == 0 {
            finding.at(place).label(format!("`{}` waits for `{}`", pair[0], pair[1]))
        } else {
            finding.related(place, format!("`{}` waits for `{}`", pair[0], pair[1]))
        }
    })
}

/// What to do about a cycle: a job before a release seldom needs all that its service calls.
fn cycle_help(system: &SystemDraft<'_>, cycle: &[&str]) -> String {
    let flow = cycle.windows(2).find_map(|pair| {
        let draft = system.services.get(pair[0])?;
        let path = ["uses", pair[1]];
        let of_job = draft.migrates.is_some() && draft.node.at(&path).is_some();
        of_job.then_some(pair[1])
    });
    match flow {
        Some(callee) => {
            format!("if the job does not call it, say `migrate: {{ uses: {{ {callee}: null }} }}`")
        }
        None => "say `at-start: false` for one of these flows".to_owned(),
    }
}

/// Where a service says that it waits for another: by a flow, by `after`, or by its own job.
fn waits_at(system: &SystemDraft<'_>, draft: &Draft<'_>, needed: &str) -> crate::source::Place {
    let path = ["uses", needed];
    if draft.node.at(&path).is_some() {
        return draft.node.key_place(&path);
    }
    let own = system.services.get(needed).and_then(|needed| needed.migrates.as_ref());
    if own == Some(&draft.name) {
        return draft.node.key_place(&["migrate"]);
    }
    draft.node.key_place(&["after"])
}

fn service(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Service> {
    let said = &draft.service;
    let Flows { present, absent, mut unknown } = Flows::of(flows(world, system, draft, findings));
    let whose = system.services.get(draft.whose().as_str()).unwrap_or(draft);
    let exposed = exposed(world, whose).unwrap_or_else(|finding| {
        findings.push(*finding);
        unknown.unknown("expose".to_owned());
        None
    });
    let replicas = runtime::replicas(draft, findings);
    let reported = findings.len();
    let mut volumes = volumes::volumes(world, system, draft, findings);
    if findings.len() > reported {
        unknown.unknown("volumes".to_owned());
    }
    let mut secrets = SecretTable::default();
    let own_secrets = secrets.own(system.name.as_str(), draft, findings);
    let mut facts = facts(world, system, draft, &present, exposed.as_ref(), &volumes, &mut secrets);
    facts.extend(unknown);
    let variables = Variables::new(world, draft, &facts).collect(
        &present,
        &absent,
        own_secrets,
        &mut secrets,
        findings,
    );
    let files = files::files(world, system, draft, &present, &facts, findings);
    let probes = health::probes(world, draft, &facts, findings);
    let rollout = runtime::rollout(draft, &volumes, &replicas);
    let (command, args) = command::command(world, draft, &facts, findings);
    let metrics = endpoints(draft);
    unknown_metrics_ports(draft, &metrics, findings);
    context(world, draft, &facts, findings);
    let user = runtime::user(draft, findings);
    let writable_root = runtime::writable_root(draft, findings);
    let token = runtime::token(draft, findings);
    let stop_within =
        said.stop_within.unwrap_or_else(|| STOP_WITHIN.parse().expect("a constant of this file"));
    let drain = budget::drain(draft, stop_within, findings);
    let budget = run::budget(draft, findings);
    let after = run::after(system, draft, findings);
    let mut needs = needs(&present);
    needs.extend(after.iter().cloned());
    let (user, group) = user?;
    let image = draft.image.clone()?;
    let files_of_main = secrets.take_files();
    let mounts = volumes.iter().map(mount).collect();
    let of = beside::Of { world, draft, facts: &facts, user, image: &image };
    let beside = of.containers(&mut volumes, &mut secrets, findings);
    Some(Service {
        name: draft.name.clone(),
        about: said
            .about
            .clone()
            .or_else(|| draft.kind.as_ref().and_then(|kind| kind.entry.kind.about.clone())),
        source: draft.source.clone(),
        kind: kind(world, draft, &facts),
        version: version(draft),
        run: draft.run.clone(),
        budget,
        migrates: draft.migrates.clone(),
        drain,
        settles_within: budget::settles_within(&probes),
        progress_within: budget::progress_within(&probes),
        container: Container {
            name: draft.name.clone(),
            origin: Vec::new(),
            image,
            image_of: draft.whose().to_string(),
            command,
            args,
            workdir: said.workdir.clone(),
            variables,
            secrets: files_of_main,
            mounts,
            ports: draft.own_ports.clone(),
            probes,
            requests: runtime::requests(said.resources.as_ref()),
            limits: runtime::limits(said.resources.as_ref(), said.limits.as_ref()),
            user: None,
            writable_root,
        },
        sidecars: beside.sidecars,
        init: beside.init,
        ports: draft.ports.clone(),
        metrics,
        after,
        needs,
        flows: present.into_iter().map(|flow| flow.flow).collect(),
        files,
        secrets: secrets.finish(),
        volumes,
        replicas,
        rollout,
        stop_within,
        user,
        group,
        token,
        exposed: exposed.filter(|_| draft.migrates.is_none()),
    })
}

/// The flows of a service: those that are there, optional ones that are not, and what texts cannot
/// know of the others.
struct Flows {
    present: Vec<ResolvedFlow>,
    absent: Vec<(Box<Use>, Vec<String>)>,
    unknown: Facts,
}

impl Flows {
    fn of(outcomes: Vec<Outcome>) -> Self {
        let (mut present, mut absent) = (Vec::new(), Vec::new());
        let mut unknown = Facts::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Present(flow) => present.push(*flow),
                Outcome::Absent(said, origin) => {
                    if let Some(name) = origin.get(1) {
                        unknown.absent(format!("uses.{}", fact_key(name)));
                    }
                    absent.push((said, origin));
                }
                Outcome::Failed(name) => unknown.unknown(format!("uses.{}", fact_key(&name))),
            }
        }
        Self { present, absent, unknown }
    }
}

fn mount(volume: &Volume) -> Mount {
    Mount { volume: volume.name.clone(), path: volume.path.clone() }
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

fn kind(world: &World<'_>, draft: &Draft<'_>, facts: &Facts) -> ServiceKind {
    if let Some(kind) = &draft.kind
        && let Some(name) = &draft.service.kind
    {
        return ServiceKind::Kind { kind: name.clone(), version: kind.version.clone() };
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
fn context(world: &World<'_>, draft: &Draft<'_>, facts: &Facts, findings: &mut Vec<Finding>) {
    let Some(build) = &draft.service.build else { return };
    let Some(text) = &build.context else {
        if build.other_repository.is_none() {
            findings.push(
                Finding::error(
                    "missing-key",
                    format!("nothing says where the code of `{}` is", draft.name),
                )
                .at(draft.node.key_place(&["build"]))
                .help(
                    "say `context`, a folder of this repository, such as `context: services/api`",
                ),
            );
        }
        return;
    };
    let place = draft.node.value_place(&["build", "context"]);
    let result = world.texts.evaluate(text, facts, place).and_then(|context| {
        context.text.parse::<crate::value::RelativePath>().map(|_| ()).map_err(|error| {
            let help = error.help.unwrap_or_else(|| {
                "name a folder below the repository's root; what another repository builds is \
                 `build: { other-repository: … }`"
                    .to_owned()
            });
            Some(Finding::error("invalid-value", error.message).at(place).help(help))
        })
    });
    findings.extend(result.err().flatten());
}

/// The version for the label; a tag may be longer than a label can be.
fn version(draft: &Draft<'_>) -> Option<LabelValue> {
    draft.image.as_ref()?.tag.as_ref()?.as_str().parse().ok()
}

/// The endpoints that Prometheus scrapes.
pub(super) fn endpoints(draft: &Draft<'_>) -> Vec<Endpoint> {
    const PATH: &str = "/metrics";
    // What runs before a release has none of its service's ports.
    let kind = draft.kind.as_ref().filter(|_| draft.migrates.is_none());
    let contract = kind.and_then(|kind| kind.entry.kind.contract.as_ref());
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
        let is_known = draft.ports.iter().any(|port| port.name == endpoint.port);
        if is_known || draft.unnumbered.contains(&endpoint.port) {
            continue;
        }
        let path = ["contract", "metrics", endpoint.name.as_str()];
        let (name, place) = match &draft.kind {
            // The kind's own, for all services of it.
            Some(kind) if draft.service.metrics.is_none() => {
                (kind.entry.name.as_str(), kind.entry.node.key_place(&path))
            }
            _ => (draft.name.as_str(), draft.node.key_place(&path[1..])),
        };
        let known = draft.ports.iter().map(|port| port.name.as_str());
        findings.push(
            Finding::error("unknown-port", format!("`{name}` has no port `{}`", endpoint.port))
                .at(place)
                .known("ports", endpoint.port.as_str(), known)
                .help("say `port`"),
        );
    }
}

/// A host below the domain that holds the domain: it would be there twice.
fn whole_host(host: &str, below: &str, domain: &Host) -> Finding {
    let name = if below.is_empty() { "\"@\"" } else { below.trim_end_matches('.') };
    Finding::error("domain-twice", format!("`{host}` would be reached as `{host}.{domain}`"))
        .note(format!("`host` is a name below the environment's domain, `{domain}`"))
        .help(format!("say `host: {name}`, or `hosts: [{host}]` for a full name"))
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
        (Some(hosts), _) if !hosts.is_empty() => {
            let twice = (1..hosts.len()).find(|at| hosts[..*at].contains(&hosts[*at]));
            if let Some(at) = twice {
                let place = draft.node.value_place(&["expose", "hosts", &at.to_string()]);
                return Err(Box::new(
                    Finding::error("host-twice", format!("`{}` stands here again", hosts[at]))
                        .at(place)
                        .help("remove one of the two"),
                ));
            }
            hosts.clone()
        }
        (_, Some("@")) => vec![domain.clone()],
        (_, Some(host)) => {
            let place = draft.node.value_place(&["expose", "host"]);
            if let Some(below) = host.strip_suffix(domain.as_str())
                && (below.is_empty() || below.ends_with('.'))
            {
                return Err(Box::new(whole_host(host, below, domain).at(place)));
            }
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
