//! The environment's own facts.

use super::backend::secrets;
use super::gateways::gateways;
use crate::finding::Finding;
use crate::layer::{self, Reclaim};
use crate::load::read;
use crate::merge::{merge_all, settle};
use crate::model::{Environment, Guard, Resources, Tier};
use crate::tree::Node;

/// That nothing says which Kubernetes an environment has.
pub(super) fn no_version(environment: &Environment, layers: &[Node]) -> Option<Finding> {
    let place = layers.last()?.place;
    let message =
        format!("the environment `{}` does not say `kubernetes.version`", environment.name);
    let help = "say it, such as `kubernetes: { version: \"1.36\" }`";
    Some(Finding::error("missing-key", message).at(place).help(help))
}

/// An environment from the files of its chain.
pub(super) fn environment(
    name: &str,
    layers: &[Node],
    findings: &mut Vec<Finding>,
) -> Option<Environment> {
    let own = layers.last()?;
    let node = settle(merge_all(layers)?)?;
    let (typed, problems) = read::<layer::Environment>(&node);
    findings.extend(problems);
    let typed = typed?;
    let missing = |key: &str, help: &str| {
        Finding::error("missing-key", format!("the environment `{name}` does not say `{key}`"))
            .at(own.place)
            .help(help)
    };
    if typed.about.is_none() {
        findings
            .push(missing("about", "say in a line what it is for, such as `about: Development`"));
    }
    if typed.targets.is_none() {
        findings.push(missing(
            "targets",
            "say what is written for it, such as `targets: [kubernetes]`",
        ));
    }
    if typed.domain.is_none() {
        findings.push(missing(
            "domain",
            "say the domain of its public hosts, such as `domain: dev.example.com`; it is never taken from another environment",
        ));
    }
    let kubernetes = typed.kubernetes.clone().unwrap_or_default();
    let registry = typed.registry.unwrap_or_default();
    let pods = typed.pods.unwrap_or_default();
    let guard = typed.guard.unwrap_or_default();
    let pod_security = kubernetes.pod_security.map(|short| short.0).unwrap_or_default();
    let storage = typed.storage.unwrap_or_default().into_iter();
    let network_policies = typed.network_policies != Some(layer::NetworkPolicies::None);
    let monitoring = typed.monitoring.as_ref();
    if monitoring.is_some_and(|monitoring| monitoring.namespace.is_none()) {
        findings.push(
            Finding::error("missing-key", "nothing says where the monitoring runs")
                .at(node.key_place(&["monitoring"]))
                .help("say `namespace`, such as `namespace: monitoring`"),
        );
    }
    Some(Environment {
        name: name.parse().ok()?,
        about: typed.about?,
        after: typed.after,
        targets: typed.targets?,
        domain: typed.domain?,
        registry: registry.host.map(|host| host.to_string()),
        pull_secret: registry.pull_secret,
        images: typed.images,
        kubernetes: kubernetes.version,
        watch: typed.compose.is_some_and(|compose| compose.watch == Some(true)),
        context: kubernetes.context,
        api: kubernetes.api,
        nodes: kubernetes.nodes,
        namespace: kubernetes.namespace.unwrap_or_else(|| "{{ system }}".to_owned()),
        pod_security: pod_security.level.unwrap_or(layer::PodSecurityLevel::Restricted),
        pod_security_mode: pod_security.mode.unwrap_or(layer::PodSecurityMode::Enforce),
        quota: amounts(kubernetes.quota),
        limit_range: amounts(kubernetes.limit_range),
        pod_labels: pods
            .labels
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect(),
        pod_annotations: pods
            .annotations
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.to_string(), value))
            .collect(),
        guard: Guard {
            refuse: guard.refuse.into_iter().flatten().collect(),
            except: guard.except.unwrap_or_default(),
        },
        storage: storage
            .map(|(tier, storage)| {
                let shared = storage.shared.unwrap_or(false);
                let reclaim = storage.reclaim.unwrap_or(Reclaim::Retain);
                (tier, Tier { class: storage.class, shared, reclaim })
            })
            .collect(),
        gateways: gateways(&node, typed.gateways.as_ref(), network_policies, findings),
        secrets: secrets(&node, typed.secrets, findings),
        network_policies,
        monitoring: typed.monitoring.and_then(|monitoring| monitoring.namespace),
        providers: typed.providers.unwrap_or_default(),
        file: format!("environments/{name}.yaml"),
    })
}

pub(super) fn amounts(said: Option<layer::Resources>) -> Resources {
    let said = said.unwrap_or_default();
    Resources { cpu: said.cpu, memory: said.memory, storage: said.storage }
}
