//! What is wrong with providers themselves, and with what environments say of them.

use crate::finding::Finding;
use crate::layer::Provider;
use crate::load::{Project, ProviderEntry};
use crate::resolve::draft::World;
use crate::value::PortName;
use std::collections::BTreeMap;

/// The faults of all providers, whether an environment uses them or not.
pub(in crate::resolve) fn findings(project: &Project, findings: &mut Vec<Finding>) {
    for entry in project.providers.values().filter(|entry| !entry.node.has_unknown()) {
        complete(entry, findings);
        of_its_kind(project, entry, findings);
    }
}

fn complete(entry: &ProviderEntry, findings: &mut Vec<Finding>) {
    let provider = &entry.provider;
    let pods = provider.pods.as_ref();
    let operator = pods.and_then(|pods| pods.operator.as_ref());
    let operator_pods = operator.and_then(|operator| operator.pods.as_ref());
    let missing = [
        (
            provider.provides.is_none(),
            &[][..],
            "which kind it runs",
            "say `provides`, such as `provides: postgres`",
        ),
        (
            provider.objects.as_ref().is_none_or(Vec::is_empty),
            &[],
            "which objects are written",
            "say `objects`",
        ),
        (
            provider.versions.is_none(),
            &[],
            "which versions it runs",
            "say `versions`, such as `versions: { \"18\": { image: … } }`",
        ),
        (
            pods.and_then(|pods| pods.labels.as_ref()).is_none_or(BTreeMap::is_empty),
            &["pods"],
            "by which labels its pods are known",
            "say `pods.labels`; network policies select by them",
        ),
        (
            operator.is_some() && operator_pods.is_none_or(|pods| pods.namespace.is_none()),
            &["pods", "operator"],
            "where its operator runs",
            "say `pods: { namespace: … }`",
        ),
        (
            operator.is_some_and(|operator| operator.ports.is_none()),
            &["pods", "operator"],
            "which ports its operator calls",
            "say `ports`, such as `ports: [status]`",
        ),
    ];
    for (is_missing, path, what, help) in missing {
        if is_missing {
            let message = format!("nothing says of `{}` {what}", entry.name);
            let finding = Finding::error("missing-key", message);
            findings.push(finding.at(entry.node.key_place(path)).help(help));
        }
    }
}

/// Names of its kind that do not exist: the kind, versions and ports.
fn of_its_kind(project: &Project, entry: &ProviderEntry, findings: &mut Vec<Finding>) {
    let Some(name) = &entry.provider.provides else { return };
    let Some(kind) = project.kinds.get(name.as_str()) else {
        findings.push(
            Finding::error("unknown-kind", format!("there is no kind `{name}`"))
                .at(entry.node.value_place(&["provides"]))
                .known("kinds", name.as_str(), project.kinds.keys().map(String::as_str)),
        );
        return;
    };
    if kind.node.has_unknown() {
        return;
    }
    let versions = kind.kind.versions.as_ref();
    for version in entry.provider.versions.iter().flatten().map(|(version, _)| version) {
        if versions.is_none_or(|versions| !versions.contains_key(version)) {
            let known = versions.into_iter().flat_map(BTreeMap::keys).map(String::as_str);
            let message = format!("`{name}` has no version `{version}`");
            findings.push(
                Finding::error("unknown-version", message)
                    .at(entry.node.key_place(&["versions", version]))
                    .listed("versions", known),
            );
        }
    }
    let contract = kind.kind.contract.as_ref().and_then(|contract| contract.ports.as_ref());
    let own = entry.provider.pods.as_ref().and_then(|pods| pods.ports.as_ref());
    let known: Vec<&PortName> = contract.into_iter().chain(own).flat_map(BTreeMap::keys).collect();
    for (path, port) in ports_named(&entry.provider) {
        if !known.contains(&port) {
            let message = format!("the pods of `{}` have no port `{port}`", entry.name);
            findings.push(
                Finding::error("unknown-port", message).at(entry.node.value_place(&path)).known(
                    "ports",
                    port.as_str(),
                    known.iter().map(|port| port.as_str()),
                ),
            );
        }
    }
}

fn ports_named(provider: &Provider) -> Vec<(Vec<String>, &PortName)> {
    let Some(pods) = &provider.pods else { return Vec::new() };
    let operator = pods.operator.as_ref().and_then(|operator| operator.ports.as_ref());
    let both = [(&["pods", "peers"][..], pods.peers.as_ref())];
    let both = both.into_iter().chain([(&["pods", "operator", "ports"][..], operator)]);
    both.flat_map(|(path, ports)| {
        let ports = ports.into_iter().flat_map(|ports| ports.0.iter().enumerate());
        ports.map(move |(index, port)| {
            let keys = path.iter().map(ToString::to_string).chain([index.to_string()]);
            (keys.collect(), port)
        })
    })
    .collect()
}

/// What an environment says of kinds and providers that do not exist, or do not belong together.
pub(in crate::resolve) fn of_environment(world: &World<'_>, findings: &mut Vec<Finding>) {
    let project = world.project;
    for (kind, name) in &world.environment.providers {
        let place = world.place(&["providers", kind.as_str()]);
        if !project.kinds.contains_key(kind.as_str()) {
            let known = project.kinds.keys().map(String::as_str);
            findings.push(
                Finding::error("unknown-kind", format!("there is no kind `{kind}`"))
                    .at(place)
                    .known("kinds", kind.as_str(), known),
            );
            continue;
        }
        let of_kind = |entry: &&ProviderEntry| entry.provider.provides.as_ref() == Some(kind);
        let entry = project.providers.get(name.as_str());
        // One whose own file is at fault was told of there.
        let told = |entry: &ProviderEntry| {
            let provides = entry.provider.provides.as_ref();
            let known = provides.is_some_and(|it| project.kinds.contains_key(it.as_str()));
            entry.node.has_unknown() || !known
        };
        if entry.is_some_and(|entry| of_kind(&entry) || told(entry)) {
            continue;
        }
        let known = project.providers.values().filter(of_kind).map(|entry| entry.name.as_str());
        let message = match entry {
            Some(_) => format!("`{name}` does not run `{kind}`"),
            None => format!("there is no provider `{name}`"),
        };
        let finding = Finding::error("unknown-provider", message).at(place).known(
            &format!("providers of `{kind}`"),
            name.as_str(),
            known,
        );
        findings.push(match finding.help {
            Some(_) => finding,
            None => finding.help(format!(
                "describe it in `environments/catalogue/{name}.yaml` with `provides: {kind}`"
            )),
        });
    }
}
