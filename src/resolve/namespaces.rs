//! A namespace belongs to one system in one environment: two would overwrite each other.

use super::Resolved;
use crate::finding::Finding;
use crate::load::Project;
use crate::model::{Platform, Stack};
use crate::source::Place;
use crate::value::Namespace;
use std::collections::BTreeMap;

/// Namespaces of two environments, or of one twice.
type Shared<'a> = BTreeMap<(&'a str, &'a str), Vec<Clash<'a>>>;

/// Two systems that would share a namespace.
struct Clash<'a> {
    namespace: &'a Namespace,
    first: &'a Stack,
    second: &'a Stack,
}

/// Namespaces that two systems of one cluster would share, told once for each two environments.
pub(super) fn findings(project: &Project, resolved: &Resolved, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(&str, &str), &Stack> = BTreeMap::new();
    let mut shared = Shared::new();
    let all = resolved
        .stacks
        .iter()
        .filter(|stack| stack.platform == Platform::Kubernetes)
        .flat_map(|stack| stack.namespaces().map(move |(namespace, _)| (stack, namespace)));
    for (second, namespace) in all {
        // Without a context, nobody said that two environments are one cluster.
        let environment = second.environment.name.as_str();
        let cluster = second.environment.context.as_deref().unwrap_or(environment);
        let Some(first) = seen.insert((cluster, namespace.as_str()), second) else { continue };
        let pair = (first.environment.name.as_str(), environment);
        shared.entry(pair).or_default().push(Clash { namespace, first, second });
    }
    for ((first, second), clashes) in shared {
        if first == second {
            findings.extend(clashes.iter().map(|clash| of_one(project, clash)));
        } else {
            findings.push(of_two(project, first, second, &clashes));
        }
    }
}

/// Where an environment says what its cluster and namespaces are.
fn place(project: &Project, environment: &str) -> Option<Place> {
    Some(project.environments.get(environment)?.key_place(&["kubernetes"]))
}

/// Two systems of one environment.
fn of_one(project: &Project, clash: &Clash<'_>) -> Finding {
    let Clash { namespace, first, second } = clash;
    let environment = &second.environment.name;
    let beside = [first, second].iter().any(|stack| stack.namespace != **namespace);
    let finding = Finding::error(
        "namespace-twice",
        format!(
            "`{}` and `{}` would share the namespace `{namespace}` in `{environment}`",
            first.system, second.system
        ),
    );
    let finding = finding.help(if beside {
        format!("rename one of the systems: `{namespace}` is beside the other's own namespace")
    } else {
        "say `kubernetes: { namespace: \"{{ environment }}-{{ system }}\" }`".to_owned()
    });
    Finding { place: place(project, environment.as_str()), ..finding }
}

/// Two environments of one cluster, whichever systems they have in common.
fn of_two(project: &Project, first: &str, second: &str, clashes: &[Clash<'_>]) -> Finding {
    let mut names: Vec<&str> = clashes.iter().map(|clash| clash.namespace.as_str()).collect();
    names.sort_unstable();
    let mut finding = Finding::error(
        "namespace-twice",
        match names[..] {
            [only] => format!("`{first}` and `{second}` would share the namespace `{only}`"),
            _ => format!("`{first}` and `{second}` would share {} namespaces", names.len()),
        },
    );
    finding.place = place(project, second);
    let other = place(project, first).filter(|other| finding.place != Some(*other));
    if let Some(other) = other {
        finding = finding.related(other, "and this one");
    }
    if names.len() > 1 {
        finding = finding.note(format!("namespaces: {}", names.join(", ")));
    }
    if let Some(context) =
        clashes.iter().find_map(|clash| clash.second.environment.context.as_ref())
    {
        finding = finding.note(format!("both are in the cluster of the context `{context}`"));
    }
    finding.help(
        "say `namespace: \"{{ environment }}-{{ system }}\"` in `kubernetes` of one of them, or another `context`",
    )
}
