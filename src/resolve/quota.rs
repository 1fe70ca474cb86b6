//! Whether what a system requests fits what its environment gives it.

use super::draft::{SystemDraft, World};
use crate::finding::Finding;
use crate::layer::PodSecurityLevel;
use crate::model::{Container, Resources, Rollout, Service, Stack};
use crate::value::{Name, Notation, Quantity};
use std::collections::BTreeMap;

/// One thing that is counted.
struct Amount {
    key: &'static str,
    word: &'static str,
    of: fn(&Resources) -> Option<Quantity>,
}

const AMOUNTS: [Amount; 3] = [
    Amount {
        key: "cpu",
        word: "CPU",
        of: |resources| resources.cpu.map(crate::value::Cpu::quantity),
    },
    Amount {
        key: "memory",
        word: "memory",
        of: |resources| resources.memory.map(crate::value::Bytes::quantity),
    },
    Amount {
        key: "storage",
        word: "ephemeral storage",
        of: |resources| resources.storage.map(crate::value::Bytes::quantity),
    },
];

/// What the services of one namespace request together.
struct Sum<'a> {
    /// Of all pods there may be, by service.
    pods: Vec<(&'a Service, Quantity)>,
    /// Of those that start beside old ones while a new version takes over.
    surge: Quantity,
}

/// Services that say nothing of something that is counted, and of what.
type Silent<'a> = BTreeMap<&'a Name, Vec<&'static Amount>>;

/// Compares requests with the quota, namespace by namespace.
pub(super) fn quota(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    stack: &Stack,
    findings: &mut Vec<Finding>,
) {
    let mut silent = Silent::new();
    for amount in &AMOUNTS {
        let Some(quota) = (amount.of)(&stack.environment.quota) else { continue };
        let mut sums: BTreeMap<Option<PodSecurityLevel>, Sum<'_>> = BTreeMap::new();
        for service in stack.services.values() {
            let Some(request) = of_pod(service, &stack.environment.limit_range, amount) else {
                silent.entry(&service.name).or_default().push(amount);
                continue;
            };
            let nothing = || Sum { pods: Vec::new(), surge: zero() };
            let sum = sums.entry(service.beside).or_insert_with(nothing);
            let times = |pods: u32| request.checked_mul(pods.into()).unwrap_or(request);
            sum.pods.push((service, times(service.replicas.max)));
            sum.surge = add(sum.surge, times(surge(service)));
        }
        for (beside, sum) in sums {
            let namespace = beside.and_then(|level| stack.beside.get(&level));
            let namespace = namespace.unwrap_or(&stack.namespace);
            let all = sum.pods.iter().fold(zero(), |all, (_, request)| add(all, *request));
            let (finding, sum_of_all) = if all > quota {
                let message = format!(
                    "the pods in `{namespace}` may request {all} of {}, and `{}` gives {quota}",
                    amount.word, world.environment.name
                );
                (Finding::error("quota-exceeded", message), all)
            } else if add(all, sum.surge) > quota {
                let together = add(all, sum.surge);
                let message = format!(
                    "while new versions take over, the pods in `{namespace}` may request {together} of {}, and `{}` gives {quota}",
                    amount.word, world.environment.name
                );
                (Finding::warning("quota-tight", message), together)
            } else {
                continue;
            };
            findings.push(
                finding
                    .at(world.place(&["kubernetes", "quota", amount.key]))
                    .note(largest(&sum.pods))
                    .help(format!(
                        "raise it to {sum_of_all} or more, or lower `resources` or `replicas` of these"
                    )),
            );
        }
    }
    for (service, amounts) in silent {
        findings.extend(without_request(world, system, service, &amounts));
    }
}

fn zero() -> Quantity {
    Quantity::from_int(0, Notation::DecimalSi)
}

fn add(one: Quantity, other: Quantity) -> Quantity {
    one.checked_add(other).unwrap_or(one)
}

/// What one pod counts for: what is requested, else the limit, else what the environment gives to
/// those who say nothing.
fn of_pod(service: &Service, by_default: &Resources, amount: &Amount) -> Option<Quantity> {
    let of = |container: &Container| {
        let said = (amount.of)(&container.requests).or_else(|| (amount.of)(&container.limits));
        said.or_else(|| (amount.of)(by_default))
    };
    of(&service.container)
}

/// How many pods start beside the old ones: Kubernetes rounds up.
fn surge(service: &Service) -> u32 {
    match &service.rollout {
        Rollout::Recreate => 0,
        Rollout::Rolling { at_once } => {
            let percent = u64::from(at_once.get());
            let pods = (u64::from(service.replicas.max) * percent).div_ceil(100);
            u32::try_from(pods).unwrap_or(u32::MAX)
        }
    }
}

/// The services that request most, for a message.
fn largest(pods: &[(&Service, Quantity)]) -> String {
    let mut pods: Vec<_> = pods.iter().collect();
    pods.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.name.cmp(&b.name)));
    let named = pods.iter().take(3).map(|(service, request)| {
        let count = service.replicas.max;
        let pods = if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") };
        format!("`{}` {request} ({pods})", service.name)
    });
    format!("most request: {}", named.collect::<Vec<_>>().join(", "))
}

/// Under a quota Kubernetes refuses a pod that says nothing of what is counted.
fn without_request(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    service: &Name,
    amounts: &[&Amount],
) -> Option<Finding> {
    let draft = system.services.get(service.as_str())?;
    let words: Vec<&str> = amounts.iter().map(|amount| amount.word).collect();
    let keys: Vec<String> = amounts.iter().map(|amount| format!("{}: …", amount.key)).collect();
    let (words, keys) = (words.join(" and "), keys.join(", "));
    let path = ["resources"];
    let said = draft.node.at(&path).is_some();
    let place = if said { draft.node.key_place(&path) } else { draft.place };
    let environment = &world.environment;
    let message = format!(
        "`{}` has a quota of {words}, and `{service}` requests none: its pods would be refused",
        environment.name
    );
    Some(Finding::error("quota-without-request", message).at(place).help(format!(
        "say `resources: {{ {keys} }}`, or `kubernetes: {{ limit-range: {{ {keys} }} }}` in `{}`",
        environment.file
    )))
}
