//! What a provider's texts can name besides what the texts of a kind can.

use crate::layer::{SpreadRule, TaintEffect};
use crate::model::{Resources, Service, Toleration};
use crate::reference::Reference;
use crate::resolve::texts::{Facts, data};
use crate::value::Duration;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The facts of a service that its provider needs.
pub(super) fn facts(service: &Service, system: &str) -> Facts {
    let mut facts = Facts::default();
    let mut set = |name: &str, value: Value| facts.set(name, data(value));
    let replicas = &service.replicas;
    set("image", json!(Reference::Image(service.name.as_str()).to_string()));
    set("pull_secret", json!(service.pull_secret));
    set("replicas", json!({ "min": replicas.min, "max": replicas.max }));
    set(
        "resources",
        json!({
            "requests": amounts(&service.container.requests),
            "limits": amounts(&service.container.limits),
        }),
    );
    set("stop_within", json!(service.stop_within.as_secs_ceil()));
    let placement = &service.placement;
    let rule = |rule: SpreadRule| match rule {
        SpreadRule::Require => Some("DoNotSchedule"),
        SpreadRule::Prefer => Some("ScheduleAnyway"),
        SpreadRule::None => None,
    };
    let spread = [
        ("topology.kubernetes.io/zone", rule(placement.zones)),
        ("kubernetes.io/hostname", rule(placement.hosts)),
    ];
    let spread = spread.into_iter().filter_map(|(over, otherwise)| {
        Some(json!({ "over": over, "otherwise": otherwise.filter(|_| replicas.max > 1)? }))
    });
    let tolerations: Vec<Value> = placement.tolerate.iter().map(toleration).collect();
    set(
        "placement",
        json!({
            "nodes": placement.nodes,
            "tolerate": tolerations,
            "spread": spread.collect::<Vec<_>>(),
            "priority": placement.priority,
        }),
    );
    let mut pod = service.labels.pod.clone();
    pod.insert("app.kubernetes.io/part-of".to_owned(), system.to_owned());
    let of = |marks: &crate::model::Marks, pod: &BTreeMap<String, String>| json!({ "pod": pod, "service": marks.service, "account": marks.account });
    set("labels", of(&service.labels, &pod));
    set("annotations", of(&service.annotations, &service.annotations.pod));
    facts
}

fn amounts(resources: &Resources) -> Value {
    json!({
        "cpu": resources.cpu.map(|amount| amount.to_string()),
        "memory": resources.memory.map(|amount| amount.to_string()),
        "storage": resources.storage.map(|amount| amount.to_string()),
    })
}

/// A toleration as Kubernetes writes it; what it does not say is none.
fn toleration(toleration: &Toleration) -> Value {
    let effect = toleration.effect.map(|effect| match effect {
        TaintEffect::NoSchedule => "NoSchedule",
        TaintEffect::PreferNoSchedule => "PreferNoSchedule",
        TaintEffect::NoExecute => "NoExecute",
    });
    json!({
        "key": toleration.key,
        "operator": if toleration.value.is_some() { "Equal" } else { "Exists" },
        "value": toleration.value,
        "effect": effect,
        "seconds": toleration.stays.map(Duration::as_secs_ceil),
    })
}
