//! How many pods run, and how many may be missing.

use super::metadata;
use super::workload::is_stateful;
use crate::generate::Object;
use crate::model::Service;
use crate::reference::Reference;
use k8s_openapi::api::autoscaling::v2::{
    ContainerResourceMetricSource, CrossVersionObjectReference, HPAScalingPolicy, HPAScalingRules,
    HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec,
    MetricSpec, MetricTarget,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// Follows the load where a service says more than a fixed number.
pub(super) fn autoscaler(service: &Service) -> Option<Object> {
    let replicas = &service.replicas;
    if replicas.max <= replicas.min {
        return None;
    }
    let name = service.name.as_str();
    let policy = |kind: &str, value: i32, seconds: i32| HPAScalingPolicy {
        type_: kind.to_owned(),
        value,
        period_seconds: seconds,
    };
    let object = HorizontalPodAutoscaler {
        metadata: metadata::of(service),
        spec: HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".to_owned()),
                kind: if is_stateful(service) { "StatefulSet" } else { "Deployment" }.to_owned(),
                name: Reference::Name(name).to_string(),
            },
            min_replicas: i32::try_from(replicas.min).ok(),
            max_replicas: i32::try_from(replicas.max).unwrap_or(i32::MAX),
            // Of the main container alone: what stands beside it would blur the measure.
            metrics: Some(vec![MetricSpec {
                type_: "ContainerResource".to_owned(),
                container_resource: Some(ContainerResourceMetricSource {
                    name: "cpu".to_owned(),
                    container: name.to_owned(),
                    target: MetricTarget {
                        type_: "Utilization".to_owned(),
                        average_utilization: Some(replicas.cpu.get().into()),
                        ..MetricTarget::default()
                    },
                }),
                ..MetricSpec::default()
            }]),
            // Up at once, down slowly: a lull is often followed by the next wave.
            behavior: Some(HorizontalPodAutoscalerBehavior {
                scale_up: Some(HPAScalingRules {
                    stabilization_window_seconds: Some(0),
                    select_policy: Some("Max".to_owned()),
                    policies: Some(vec![policy("Percent", 100, 30), policy("Pods", 2, 30)]),
                    ..HPAScalingRules::default()
                }),
                scale_down: Some(HPAScalingRules {
                    stabilization_window_seconds: Some(300),
                    policies: Some(vec![policy("Percent", 10, 60)]),
                    ..HPAScalingRules::default()
                }),
            }),
        },
        ..HorizontalPodAutoscaler::default()
    };
    Some(Object::of_service(name, &object).origin("", ["replicas"]))
}

/// While nodes are drained, one pod may be missing; of a single pod, that would be all.
pub(super) fn disruption_budget(service: &Service) -> Option<Object> {
    if service.replicas.min < 2 {
        return None;
    }
    let object = PodDisruptionBudget {
        metadata: metadata::of(service),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(metadata::selector(service)),
            // A pod that is not well anyway holds up no node.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    };
    Some(Object::of_service(service.name.as_str(), &object).origin("", ["replicas", "min"]))
}
