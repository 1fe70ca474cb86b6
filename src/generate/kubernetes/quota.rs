//! What the pods of a namespace may request, and what a container gets that says nothing.

use super::metadata;
use crate::generate::Object;
use crate::layer::PodSecurityLevel;
use crate::model::{Resources, Stack};
use crate::reference::Reference;
use k8s_openapi::api::core::v1::{
    LimitRange, LimitRangeItem, LimitRangeSpec, ResourceQuota, ResourceQuotaSpec,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

/// Amounts by Kubernetes' names for them.
pub(super) fn amounts(resources: &Resources) -> BTreeMap<String, Quantity> {
    let all = [
        ("cpu", resources.cpu.as_ref().map(ToString::to_string)),
        ("memory", resources.memory.as_ref().map(ToString::to_string)),
        ("ephemeral-storage", resources.storage.as_ref().map(ToString::to_string)),
    ];
    let all = all.into_iter().filter_map(|(name, amount)| Some((name.to_owned(), amount?)));
    all.map(|(name, amount)| (name, Quantity(amount))).collect()
}

fn metadata_of(name: &str, beside: Option<PodSecurityLevel>) -> ObjectMeta {
    ObjectMeta {
        namespace: Some(Reference::namespace(beside).to_string()),
        ..metadata::of_system(name)
    }
}

/// The most that all pods of a namespace may request together.
pub(super) fn quota(stack: &Stack, beside: Option<PodSecurityLevel>) -> Option<Object> {
    let quota = amounts(&stack.environment.quota);
    let hard = quota.into_iter().map(|(name, amount)| (format!("requests.{name}"), amount));
    let hard: BTreeMap<String, Quantity> = hard.collect();
    (!hard.is_empty()).then(|| {
        Object::of_system(&ResourceQuota {
            metadata: metadata_of("quota", beside),
            spec: Some(ResourceQuotaSpec { hard: Some(hard), ..ResourceQuotaSpec::default() }),
            ..ResourceQuota::default()
        })
    })
}

/// What a container gets that says nothing. As everywhere, memory and storage are limited to what
/// is requested, and CPU is not: so no container that says something is refused by it.
pub(super) fn limit_range(stack: &Stack, beside: Option<PodSecurityLevel>) -> Option<Object> {
    let requests = amounts(&stack.environment.limit_range);
    let mut limits = requests.clone();
    limits.remove("cpu");
    (!requests.is_empty()).then(|| {
        let item = LimitRangeItem {
            type_: "Container".to_owned(),
            default: (!limits.is_empty()).then_some(limits),
            default_request: Some(requests),
            ..LimitRangeItem::default()
        };
        Object::of_system(&LimitRange {
            metadata: metadata_of("limit-range", beside),
            spec: Some(LimitRangeSpec { limits: vec![item] }),
        })
    })
}
