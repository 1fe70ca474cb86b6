//! Labels and annotations that users put on objects, and the placement of pods.

use super::draft::{Draft, World};
use crate::finding::Finding;
use crate::layer::{SpreadRule, TaintEffect};
use crate::model::{Marks, Placement, Toleration};
use crate::source::Place;
use crate::value::LabelKey;
use std::collections::BTreeMap;
use std::fmt::Display;

/// Prefixes of labels that have a meaning of their own: ours, Helm's and Kubernetes'.
const LABEL_PREFIXES: &[&str] = &["app.kubernetes.io", "helm.sh", "kubernetes.io", "k8s.io"];

/// Annotations that iac, Helm or a controller writes; a `/` at the end is for all of a prefix.
const ANNOTATIONS: &[&str] = &[
    "a8r.io/owner",
    "cert-manager.io/cluster-issuer",
    "checksum/",
    "deployment.kubernetes.io/",
    "helm.sh/",
    "kubectl.kubernetes.io/last-applied-configuration",
    "kubectl.kubernetes.io/restartedAt",
];

fn reserved_label(key: &LabelKey) -> bool {
    key.prefix().is_some_and(|prefix| {
        LABEL_PREFIXES.iter().any(|reserved| {
            let rest = prefix.strip_suffix(reserved);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    })
}

fn reserved_annotation(key: &LabelKey) -> bool {
    ANNOTATIONS.iter().any(|reserved| match reserved.strip_suffix('/') {
        Some(prefix) => key.prefix() == Some(prefix),
        None => key.as_str() == *reserved,
    })
}

/// What is said for one kind of object, as texts.
fn texts<V: Display>(said: Option<&BTreeMap<LabelKey, V>>) -> BTreeMap<String, String> {
    let said = said.into_iter().flatten();
    said.map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

fn refuse<'a>(
    what: &str,
    keys: impl Iterator<Item = &'a LabelKey>,
    is_reserved: fn(&LabelKey) -> bool,
    place: impl Fn(&str) -> Place,
    findings: &mut Vec<Finding>,
) {
    for key in keys.filter(|key| is_reserved(key)) {
        let finding =
            Finding::error("reserved-key", format!("the {what} `{key}` has a meaning of its own"))
                .at(place(key.as_str()));
        findings.push(match key.as_str() {
            "a8r.io/owner" => finding.help("say `owner` of the system or the service"),
            "cert-manager.io/cluster-issuer" => finding.help("say `issuer` of the gateway"),
            _ => finding
                .note("iac, Helm or Kubernetes writes it and relies on it")
                .help("use a prefix of your own, such as `example.com/tier`"),
        });
    }
}

/// The labels of a service's objects.
pub(super) fn labels(world: &World<'_>, draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Marks {
    let said = draft.service.labels.clone().unwrap_or_default();
    let on = [
        ("pod", &said.pod),
        ("service", &said.service),
        ("account", &said.account),
        ("workload", &said.workload),
        ("route", &said.route),
    ];
    for (object, keys) in on {
        let place = |key: &str| draft.node.key_place(&["labels", object, key]);
        refuse("label", keys.iter().flatten().map(|(key, _)| key), reserved_label, place, findings);
    }
    let mut pod = world.environment.pod_labels.clone();
    pod.extend(texts(said.pod.as_ref()));
    Marks {
        pod,
        service: texts(said.service.as_ref()),
        account: texts(said.account.as_ref()),
        workload: texts(said.workload.as_ref()),
        route: texts(said.route.as_ref()),
    }
}

/// The annotations of a service's objects.
pub(super) fn annotations(
    world: &World<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Marks {
    let said = draft.service.annotations.clone().unwrap_or_default();
    let on = [
        ("pod", &said.pod),
        ("service", &said.service),
        ("account", &said.account),
        ("workload", &said.workload),
        ("route", &said.route),
    ];
    for (object, keys) in on {
        let place = |key: &str| draft.node.key_place(&["annotations", object, key]);
        let keys = keys.iter().flatten().map(|(key, _)| key);
        refuse("annotation", keys, reserved_annotation, place, findings);
    }
    let mut pod = world.environment.pod_annotations.clone();
    pod.extend(texts(said.pod.as_ref()));
    Marks {
        pod,
        service: texts(said.service.as_ref()),
        account: texts(said.account.as_ref()),
        workload: texts(said.workload.as_ref()),
        route: texts(said.route.as_ref()),
    }
}

/// What an environment wants on every pod.
pub(super) fn of_environment(world: &World<'_>, findings: &mut Vec<Finding>) {
    let environment = &world.environment;
    let keys = |marks: &BTreeMap<String, String>| -> Vec<LabelKey> {
        marks.keys().filter_map(|key| key.parse().ok()).collect()
    };
    let labels = keys(&environment.pod_labels);
    let place = |key: &str| world.place(&["pods", "labels", key]);
    refuse("label", labels.iter(), reserved_label, place, findings);
    let annotations = keys(&environment.pod_annotations);
    let place = |key: &str| world.place(&["pods", "annotations", key]);
    refuse("annotation", annotations.iter(), reserved_annotation, place, findings);
}

/// On which nodes a service runs. Pods on one host fail together, so that they stand on several;
/// zones are few, and one that is full must not stop a rollout.
pub(super) fn placement(draft: &Draft<'_>, findings: &mut Vec<Finding>) -> Placement {
    let said = draft.service.placement.clone().unwrap_or_default();
    let spread = said.spread.map(|short| short.0).unwrap_or_default();
    let tolerate = said.tolerate.into_iter().flatten().map(|(key, said)| {
        let said = said.0;
        let effect = said.effect.or(said.stays.map(|_| TaintEffect::NoExecute));
        if let Some(other) = effect.filter(|effect| *effect != TaintEffect::NoExecute)
            && said.stays.is_some()
        {
            let path = ["placement", "tolerate", key.as_str(), "stays"];
            findings.push(
                Finding::error("stays-without-need", "only `no-execute` makes pods leave a node")
                    .at(draft.node.value_place(&path))
                    .note(format!("it tolerates `{}`", effect_word(other)))
                    .help("say `effect: no-execute`, or remove `stays`"),
            );
        }
        Toleration { key, value: said.value, effect, stays: said.stays }
    });
    Placement {
        tolerate: tolerate.collect(),
        nodes: said.nodes.unwrap_or_default(),
        zones: spread.zones.unwrap_or(SpreadRule::Prefer),
        hosts: spread.hosts.unwrap_or(SpreadRule::Require),
        priority: said.priority,
    }
}

fn effect_word(effect: TaintEffect) -> &'static str {
    match effect {
        TaintEffect::NoSchedule => "no-schedule",
        TaintEffect::PreferNoSchedule => "prefer-no-schedule",
        TaintEffect::NoExecute => "no-execute",
    }
}
