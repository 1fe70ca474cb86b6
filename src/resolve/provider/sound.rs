//! What a service says that an operator cannot do, or that has no effect where one makes the pods.

use crate::finding::Finding;
use crate::load::ProviderEntry;
use crate::model::{Service, Way};
use crate::resolve::draft::Draft;

/// Keys that speak of a pod of ours.
const OF_PODS: &[&str] = &[
    "args",
    "capabilities",
    "command",
    "config",
    "files",
    "group",
    "health",
    "host-network",
    "host-paths",
    "host-pid",
    "init",
    "metrics",
    "ports",
    "privileged",
    "rollout",
    "secrets",
    "sidecars",
    "user",
    "workdir",
    "writable-root",
];

pub(super) fn service(
    draft: &Draft<'_>,
    service: &Service,
    entry: &ProviderEntry,
    findings: &mut Vec<Finding>,
) {
    let provider = &entry.name;
    let replicas = draft.node.key_place(&["replicas"]);
    if service.replicas.max > service.replicas.min {
        let message = format!("`{provider}` runs a fixed number of replicas, and follows no load");
        let finding = Finding::error("does-not-scale", message).at(replicas);
        findings.push(finding.help("say one number, such as `replicas: 3`"));
    }
    if service.replicas.min == 0 {
        let message = format!("`{provider}` cannot run `{}` with no replica", draft.name);
        let finding = Finding::error("replicas-of-nothing", message).at(replicas);
        findings.push(finding.help("say `enabled: false`, or 1 or more"));
    }
    let route = service.exposed.as_ref().and_then(|exposed| exposed.route.as_ref());
    if route.is_some_and(|route| !matches!(route.way, Way::Gateway(_))) {
        let message = format!("`{provider}` makes the Services of `{}` itself", draft.name);
        findings.push(
            Finding::error("not-by-provider", message)
                .at(draft.node.value_place(&["expose", "by"]))
                .help("let a gateway lead to it"),
        );
    }
    let contract = draft.kind.as_ref().and_then(|kind| kind.entry.kind.contract.as_ref());
    let known = contract.and_then(|contract| contract.data.as_ref());
    for volume in draft.service.volumes.iter().flatten().map(|(name, _)| name) {
        if known.is_some_and(|known| known.contains_key(volume)) {
            continue;
        }
        let message = format!("`{provider}` gives its pods no volume `{volume}`");
        findings.push(
            Finding::error("not-by-provider", message)
                .at(draft.node.key_place(&["volumes", volume.as_str()]))
                .help(
                    "remove it; or run it without a provider, as in `providers` of the environment",
                ),
        );
    }
    for key in OF_PODS.iter().filter(|key| draft.node.child(key).is_some()) {
        let message = format!("`{key}` of `{}` has no effect here", draft.name);
        findings.push(
            Finding::warning("no-effect", message)
                .at(draft.node.key_place(&[key]))
                .note(format!("its pods are made by `{provider}`"))
                .help(
                    "remove it; or run it without a provider, as in `providers` of the environment",
                ),
        );
    }
}
