//! Addresses for Services of type `LoadBalancer`.

use super::api::Api;
use k8s_openapi::api::core::v1::Service;
use serde_json::json;

/// Where all of them are reached.
const ADDRESS: &str = "198.51.100.1";

pub(super) fn step(api: &Api) {
    for service in api.list::<Service>("/api/v1/services") {
        let is_ours =
            service.spec.is_some_and(|spec| spec.type_.as_deref() == Some("LoadBalancer"));
        let balancer = service.status.and_then(|status| status.load_balancer);
        let has_address = balancer.is_some_and(|balancer| balancer.ingress.is_some());
        if !is_ours || has_address {
            continue;
        }
        let namespace = service.metadata.namespace.unwrap_or_default();
        let name = service.metadata.name.unwrap_or_default();
        let object = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": name, "namespace": namespace },
            "status": { "loadBalancer": { "ingress": [{ "ip": ADDRESS }] } },
        });
        api.apply(&format!("/api/v1/namespaces/{namespace}/services/{name}/status"), &object);
    }
}
