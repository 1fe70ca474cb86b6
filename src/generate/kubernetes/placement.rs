//! On which nodes the pods of a service run.

use super::metadata;
use super::workload::is_stateful;
use crate::layer::{SpreadRule, TaintEffect};
use crate::model::Service;
use k8s_openapi::api::core::v1::{Toleration, TopologySpreadConstraint};
use std::collections::BTreeMap;

/// Labels that a node must have.
pub(super) fn nodes(service: &Service) -> Option<BTreeMap<String, String>> {
    let nodes = &service.placement.nodes;
    let nodes = nodes.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    Some(nodes.collect()).filter(|nodes: &BTreeMap<_, _>| !nodes.is_empty())
}

/// Taints that do not keep it away.
pub(super) fn tolerations(service: &Service) -> Option<Vec<Toleration>> {
    let one = |toleration: &crate::model::Toleration| Toleration {
        key: Some(toleration.key.to_string()),
        operator: Some(if toleration.value.is_some() { "Equal" } else { "Exists" }.to_owned()),
        value: toleration.value.as_ref().map(ToString::to_string),
        effect: toleration.effect.map(|effect| {
            match effect {
                TaintEffect::NoSchedule => "NoSchedule",
                TaintEffect::PreferNoSchedule => "PreferNoSchedule",
                TaintEffect::NoExecute => "NoExecute",
            }
            .to_owned()
        }),
        toleration_seconds: toleration.stays.map(|stays| stays.as_secs_ceil().into()),
    };
    let all: Vec<Toleration> = service.placement.tolerate.iter().map(one).collect();
    (!all.is_empty()).then_some(all)
}

/// How several pods of a service are spread.
pub(super) fn spread(service: &Service) -> Option<Vec<TopologySpreadConstraint>> {
    if service.replicas.max < 2 {
        return None;
    }
    let over = |key: &str, rule: SpreadRule| {
        let otherwise = match rule {
            SpreadRule::Require => "DoNotSchedule",
            SpreadRule::Prefer => "ScheduleAnyway",
            SpreadRule::None => return None,
        };
        Some(TopologySpreadConstraint {
            max_skew: 1,
            topology_key: key.to_owned(),
            when_unsatisfiable: otherwise.to_owned(),
            label_selector: Some(metadata::selector(service)),
            // Old pods of a rolling update must not count for the new ones. A StatefulSet replaces
            // its pods one by one, each at its place.
            match_label_keys: (!is_stateful(service)).then(|| vec!["pod-template-hash".to_owned()]),
            // A node that takes none of its pods, such as one of the control plane, would count as
            // an empty one for ever.
            node_taints_policy: Some("Honor".to_owned()),
            ..TopologySpreadConstraint::default()
        })
    };
    let placement = &service.placement;
    let all = [
        over("topology.kubernetes.io/zone", placement.zones),
        over("kubernetes.io/hostname", placement.hosts),
    ];
    let all: Vec<_> = all.into_iter().flatten().collect();
    (!all.is_empty()).then_some(all)
}
