//! Services and stacks, complete.

use super::container::bare;
use super::draft::{Draft, SystemDraft, World};
use super::exposed::exposed;
use super::facts::{fact_key, facts};
use super::flows::{Outcome, ResolvedFlow, flows};
use super::order::start_order;
use super::ports::is_metrics;
use super::secrets::SecretTable;
use super::texts::Facts;
use super::variables::Variables;
use super::{
    beside, budget, command, derived, exceptions, files, health, level, machine, marks, patches,
    platform, provider, quota, reach, recipe, run, runtime, self_check, sound, volumes,
};
use crate::catalogue::languages::preset;
use crate::finding::Finding;
use crate::layer::{PodSecurityLevel, Use, When};
use crate::model::{Container, Endpoint, Mount, Peer, Run, Service, ServiceKind, Stack, Volume};
use crate::value::{Host, LabelValue, Name};
use std::collections::{BTreeMap, BTreeSet};

/// How long a service may take to stop unless it says otherwise.
const STOP_WITHIN: &str = "45s";

/// All stacks of an environment.
pub(super) fn stacks(world: &World<'_>, findings: &mut Vec<Finding>) -> Vec<Stack> {
    let systems = world.systems.values().filter(|system| platform::runs(world, system));
    let stacks = systems.filter_map(|system| stack(world, system, findings));
    let mut stacks: Vec<Stack> = stacks.collect();
    reach::callers(&mut stacks);
    machine::ports(world, &stacks, findings);
    stacks
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
        platform: world.platform,
        targets: platform::targets_of(world, system),
        system: system.name.clone(),
        about: system.typed.about.clone()?,
        owner: system.typed.owner.clone(),
        namespace: system.namespace.clone(),
        level: system.level,
        beside: level::beside(services.values()),
        exceptions: exceptions::of_system(world, system, findings),
        scrapers: reach::scrapers(system),
        volumes: volumes::of_system(world, system, findings),
        services,
        order,
        manifests: system.files.manifests.clone(),
        source: format!("environments/{}/system.yaml", system.name),
    };
    sound::stack(system, &stack, findings);
    quota::quota(world, system, &stack, findings);
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
    let exposed = exposed(world, whose, findings).unwrap_or_else(|finding| {
        findings.push(*finding);
        unknown.unknown("expose".to_owned());
        None
    });
    let replicas = runtime::replicas(world, draft, findings);
    let mut volumes = known_volumes(world, system, draft, &mut unknown, findings);
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
    let (files, sealed) = files::files(world, system, draft, &present, &facts, &secrets, findings);
    let probes = health::probes(world, draft, &facts, findings);
    let rollout = runtime::rollout(draft, &volumes, &replicas);
    let (command, args) = command::command(world, draft, &facts, findings);
    let metrics = endpoints(draft);
    unknown_metrics_ports(draft, &metrics, findings);
    paths(world, draft, &facts, findings);
    let user = runtime::user(draft, findings);
    let exceptions = exceptions::of_service(world, system, draft, findings);
    let stop_within =
        said.stop_within.unwrap_or_else(|| STOP_WITHIN.parse().expect("a constant of this file"));
    let drain = budget::drain(draft, stop_within, findings);
    let budget = run::budget(draft, findings);
    let after = run::after(system, draft, findings);
    let needs = needs(&present, &after);
    let (patches, compose_patch) = patches::of_service(world, draft, findings);
    let ((user, group), image) = user.zip(draft.image.clone())?;
    let container = Container {
        command,
        args,
        variables,
        secrets: secrets.take_files(),
        mounts: volumes.iter().map(mount).collect(),
        self_check: self_check::self_check(world, draft, &facts, &probes, findings),
        probes,
        ..bare(draft, image.clone(), draft.whose().to_string(), &volumes)
    };
    let of = beside::Of { world, draft, facts: &facts, user, image: &image };
    let beside = of.containers(&mut volumes, &mut secrets, findings);
    let service = Service {
        name: draft.name.clone(),
        about: about(draft),
        owner: said.owner.clone().or_else(|| system.typed.owner.clone()),
        namespace: draft.namespace.clone(),
        beside: draft.beside,
        source: draft.source.clone(),
        kind: kind(world, draft, &facts),
        version: version(draft),
        run: draft.run.clone(),
        budget,
        migrates: draft.migrates.clone(),
        drain,
        published: platform::published(world, draft, findings),
        profile: platform::profile(world, draft),
        settles_within: budget::settles_within(&container.probes),
        progress_within: budget::progress_within(&container.probes),
        container,
        sidecars: beside.sidecars,
        init: beside.init,
        ports: draft.ports.clone(),
        metrics,
        after,
        needs,
        flows: present.into_iter().map(|flow| flow.flow).collect(),
        // Known when all services of the environment are.
        callers: Vec::new(),
        files,
        sealed,
        secrets: secrets.finish(),
        volumes,
        replicas,
        rollout,
        stop_within,
        user,
        group,
        token: said.token.as_ref().and_then(|token| token.rules.clone()).unwrap_or_default(),
        watches: watches(system, draft),
        host_network: said.host_network.is_some(),
        host_pid: said.host_pid.is_some(),
        exceptions,
        placement: marks::placement(draft, findings),
        labels: marks::labels(world, draft, findings),
        annotations: marks::annotations(world, draft, findings),
        pull_secret: pull_secret(world, draft),
        exposed: exposed.filter(|_| draft.migrates.is_none()),
        provided: None,
        patches,
        compose_patch,
    };
    run_by(world, system, draft, service, &facts, findings)
}

/// Its volumes. Of those at fault texts know nothing.
fn known_volumes(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    unknown: &mut Facts,
    findings: &mut Vec<Finding>,
) -> Vec<Volume> {
    let reported = findings.len();
    let volumes = volumes::volumes(world, system, draft, findings);
    if findings.len() > reported {
        unknown.unknown("volumes".to_owned());
    }
    volumes
}

/// The service as its provider runs it, if it has one here.
fn run_by(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    mut service: Service,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Option<Service> {
    if draft.provider().is_some() {
        // Files and secrets are those of a container that nobody starts.
        (service.files, service.secrets) = (Vec::new(), Vec::new());
        let provided = provider::provided(world, system, draft, &service, facts, findings)?;
        service.provided = Some(provided);
    }
    Some(service)
}

fn about(draft: &Draft<'_>) -> Option<String> {
    let kind = || draft.kind.as_ref().and_then(|kind| kind.entry.kind.about.clone());
    draft.service.about.clone().or_else(kind)
}

/// Where a service may ask what its token allows: where it lives and, if it scrapes, where those
/// live that it scrapes.
fn watches(system: &SystemDraft<'_>, draft: &Draft<'_>) -> Vec<Option<PodSecurityLevel>> {
    let others = system.services.values().filter(|other| other.here());
    let scraped = others.filter(|other| derived::scrapes(draft) && !endpoints(other).is_empty());
    let all: BTreeSet<_> = scraped.map(|other| other.beside).chain([draft.beside]).collect();
    all.into_iter().collect()
}

/// Only who runs an image of the environment's registry needs to log in there.
fn pull_secret(world: &World<'_>, draft: &Draft<'_>) -> Option<Host> {
    let environment = &world.environment;
    let host = environment.registry.as_deref()?.split('/').next();
    let image = draft.image.as_ref()?;
    environment.pull_secret.clone().filter(|_| Some(image.name.registry()) == host)
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

pub(super) fn mount(volume: &Volume) -> Mount {
    Mount { volume: volume.name.clone(), path: volume.path.clone() }
}

/// Whom it waits for at its start: those that it calls, and jobs.
fn needs(flows: &[ResolvedFlow], after: &[Name]) -> Vec<Name> {
    let at_start = flows.iter().map(|flow| &flow.flow).filter(|flow| flow.at_start);
    let called = at_start.filter_map(|flow| match &flow.peer {
        Peer::Service(name) => Some(name),
        _ => None,
    });
    called.chain(after).cloned().collect()
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
    // What cannot be evaluated is told by `paths`.
    let path = |key: &str, said: Option<&String>| {
        let text = said?;
        let place = draft.node.value_place(&["build", key]);
        let evaluated = world.texts.evaluate(text, facts, place);
        Some(evaluated.map_or_else(|_| text.clone(), |text| text.text))
    };
    let context = path("context", build.and_then(|build| build.context.as_ref()));
    let published = path("publish", build.and_then(|build| build.publish.as_ref()));
    let built_by = build.and_then(|build| match build.language {
        Some(language) => Some(preset(language).name.to_owned()),
        None => build.template.as_ref().or(build.dockerfile.as_ref()).map(ToString::to_string),
    });
    let dockerfile = build.and_then(|build| build.dockerfile.as_ref()).map(ToString::to_string);
    let args = build.and_then(|build| build.args.as_ref()).into_iter().flatten();
    let args = args.map(|(name, value)| (name.to_string(), value.clone())).collect();
    let target = build.and_then(|build| build.target.as_ref()).map(ToString::to_string);
    ServiceKind::Own { context, args, target, dockerfile, published, built_by }
}

/// The context of own code, and where its Dockerfile is written, lie in the repository.
fn paths(world: &World<'_>, draft: &Draft<'_>, facts: &Facts, findings: &mut Vec<Finding>) {
    recipe::unread(draft, findings);
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
    let mut below = |key: &str, text: &str, help: &str| {
        let place = draft.node.value_place(&["build", key]);
        let result = world.texts.evaluate(text, facts, place).and_then(|path| {
            path.text.parse::<crate::value::RelativePath>().map(|_| ()).map_err(|error| {
                let help = error.help.unwrap_or_else(|| help.to_owned());
                Some(Finding::error("invalid-value", error.message).at(place).help(help))
            })
        });
        findings.extend(result.err().flatten());
    };
    below(
        "context",
        text,
        "name a folder below the repository's root; what another repository builds is \
         `build: { other-repository: … }`",
    );
    if let Some(text) = &build.publish {
        let help = "name a file below the repository's root, such as `services/api/Dockerfile`";
        below("publish", text, help);
    }
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
