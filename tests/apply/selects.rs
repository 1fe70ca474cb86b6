//! What selects pods selects some.

use crate::rollout::{Rollout, label};
use serde_json::{Value, json};

pub(crate) fn everything_is_selected(rollout: &Rollout<'_>) {
    let problems = problems(rollout);
    assert!(problems.is_empty(), "{}: {problems:#?}", rollout.name);
}

/// What leads nowhere.
pub(crate) fn problems(rollout: &Rollout<'_>) -> Vec<String> {
    [services(rollout), budgets(rollout), policies(rollout)].concat()
}

/// Each port of each Service leads to a port of a pod that is ready.
fn services(rollout: &Rollout<'_>) -> Vec<String> {
    let slices = rollout.live("apis/discovery.k8s.io/v1/endpointslices");
    let services = rollout.live("api/v1/services");
    assert!(!services.is_empty(), "{}: no Services", rollout.name);
    let mut problems = Vec::new();
    for service in services {
        let metadata = &service["metadata"];
        let of_service = |slice: &&Value| {
            let labels = &slice["metadata"]["labels"];
            labels["kubernetes.io/service-name"] == metadata["name"]
                && slice["metadata"]["namespace"] == metadata["namespace"]
        };
        for port in service["spec"]["ports"].as_array().unwrap() {
            let leads = slices.iter().filter(of_service).any(|slice| {
                has(&slice["ports"], |it| it["name"] == port["name"] && it["port"].is_number())
                    && has(&slice["endpoints"], |it| it["conditions"]["ready"] == true)
            });
            if !leads {
                problems.push(format!("{}: port {} leads nowhere", label(&service), port["name"]));
            }
        }
    }
    problems
}

fn budgets(rollout: &Rollout<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    for budget in rollout.live("apis/policy/v1/poddisruptionbudgets") {
        for key in ["expectedPods", "disruptionsAllowed"] {
            if budget["status"][key].as_u64().is_none_or(|count| count == 0) {
                problems.push(format!("{}: {key} is 0", label(&budget)));
            }
        }
    }
    problems
}

fn policies(rollout: &Rollout<'_>) -> Vec<String> {
    let mut pods = rollout.live("api/v1/pods");
    pods.extend(rollout.namespaces().iter().map(|namespace| solver(rollout, namespace)));
    let mut problems = Vec::new();
    for policy in rollout.live("apis/networking.k8s.io/v1/networkpolicies") {
        let selector = &policy["spec"]["podSelector"];
        assert!(selector["matchExpressions"].is_null(), "{}: not read: {selector}", label(&policy));
        let labels = selector["matchLabels"].as_object();
        let selected = pods.iter().any(|pod| {
            pod["metadata"]["namespace"] == policy["metadata"]["namespace"]
                && labels
                    .into_iter()
                    .flatten()
                    .all(|(key, value)| pod["metadata"]["labels"][key] == *value)
        });
        if !selected {
            problems.push(format!("{}: selects no pod", label(&policy)));
        }
    }
    problems
}

/// The pod with which cert-manager answers for a host, while it asks for a certificate. The
/// namespace must admit it.
fn solver(rollout: &Rollout<'_>, namespace: &str) -> Value {
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "cm-acme-http-solver",
            "namespace": namespace,
            "labels": { "acme.cert-manager.io/http01-solver": "true" },
        },
        "spec": {
            "automountServiceAccountToken": false,
            "securityContext": {
                "runAsNonRoot": true,
                "seccompProfile": { "type": "RuntimeDefault" },
            },
            "containers": [{
                "name": "acmesolver",
                "image": "quay.io/jetstack/cert-manager-acmesolver:v1.21.1",
                "ports": [{ "name": "http", "containerPort": 8089 }],
                "resources": {
                    "requests": { "cpu": "10m", "memory": "64Mi" },
                    "limits": { "cpu": "100m", "memory": "64Mi" },
                },
                "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": { "drop": ["ALL"] },
                },
            }],
        },
    });
    let file = rollout.cluster.file(&format!("solver-{namespace}.json"), &pod.to_string());
    let arguments = ["create", "--dry-run=server", "--output=json", "--filename", &file];
    let ran = rollout.cluster.kubectl(&arguments).ends(0);
    assert_eq!(ran.err, "", "{namespace}: the namespace warns of a pod of cert-manager");
    ran.json()
}

fn has(list: &Value, is: impl Fn(&Value) -> bool) -> bool {
    list.as_array().into_iter().flatten().any(is)
}
