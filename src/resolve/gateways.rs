//! The gateways of an environment.

use crate::finding::Finding;
use crate::layer::{self, GatewayPods};
use crate::model::{Gateway, GatewayApi, Pods};
use crate::tree::Node;
use crate::value::{Host, LabelKey, LabelValue, Name, ObjectName};
use std::collections::BTreeMap;

/// All gateways. Where network policies are enforced, the pods of each must be known.
pub(super) fn gateways(
    node: &Node,
    said: Option<&BTreeMap<Name, layer::Gateway>>,
    enforced: bool,
    findings: &mut Vec<Finding>,
) -> BTreeMap<Name, Gateway> {
    let mut all = BTreeMap::new();
    for (name, gateway) in said.into_iter().flatten() {
        let path = ["gateways", name.as_str()];
        let Some(api) = api(gateway) else {
            findings.push(
                Finding::error(
                    "missing-key",
                    format!("nothing says what routes of the gateway `{name}` are attached to"),
                )
                .at(node.key_place(&path))
                .help(
                    "say `parent`, the namespace and name of a Gateway such as \
                     `gateway-system/public`, or `ingress-class`",
                ),
            );
            continue;
        };
        let pods = pods(gateway, &api);
        if let Err(help) = pods
            && enforced
        {
            findings.push(
                Finding::error(
                    "unknown-pods",
                    format!("nothing says where the pods of the gateway `{name}` are"),
                )
                .at(node.key_place(&path))
                .note("network policies let nobody else in")
                .help(help),
            );
        }
        let issuer = gateway.issuer.clone();
        all.insert(name.clone(), Gateway { api, issuer, pods: pods.ok() });
    }
    all
}

fn api(gateway: &layer::Gateway) -> Option<GatewayApi> {
    if let Some(class) = &gateway.ingress_class {
        return Some(GatewayApi::Ingress(class.clone()));
    }
    let listener = |said: Option<&Host>, default: &str| {
        said.cloned().unwrap_or_else(|| default.parse().expect("a constant of this function"))
    };
    let listeners = gateway.listeners.as_ref();
    Some(GatewayApi::Gateway {
        parent: gateway.parent.clone()?,
        http: listener(listeners.and_then(|it| it.http.as_ref()), "http"),
        https: listener(listeners.and_then(|it| it.https.as_ref()), "https"),
    })
}

/// Where a gateway's pods are, or what to do to say it.
fn pods(gateway: &layer::Gateway, api: &GatewayApi) -> Result<Pods, &'static str> {
    const SAY: &str = "say `pods`, such as \
        `pods: { namespace: traefik, labels: { app.kubernetes.io/name: traefik } }`";
    match (&gateway.pods, api) {
        (Some(GatewayPods { namespace: Some(namespace), labels }), _) => {
            Ok(Pods { namespace: namespace.clone(), labels: labels.clone().unwrap_or_default() })
        }
        (Some(GatewayPods { namespace: None, .. }), _) => Err("say `namespace` in `pods`"),
        (None, GatewayApi::Gateway { parent, .. }) => {
            let class = gateway.class.as_ref().map(Name::as_str);
            of_class(class, parent).ok_or(SAY)
        }
        (None, GatewayApi::Ingress(_)) => Err(SAY),
    }
}

/// Where the programs that are known start the pods of a Gateway.
fn of_class(class: Option<&str>, parent: &ObjectName) -> Option<Pods> {
    let (namespace, labels) = match class? {
        "istio" => (
            parent.namespace().clone(),
            vec![("gateway.networking.k8s.io/gateway-name", parent.name())],
        ),
        "envoy-gateway" => (
            "envoy-gateway-system".parse().ok()?,
            vec![
                ("gateway.envoyproxy.io/owning-gateway-name", parent.name()),
                ("gateway.envoyproxy.io/owning-gateway-namespace", parent.namespace().as_str()),
            ],
        ),
        _ => return None,
    };
    let labels = labels.into_iter().map(|(key, value)| {
        let pair: (LabelKey, LabelValue) = (key.parse().ok()?, value.parse().ok()?);
        Some(pair)
    });
    Some(Pods { namespace, labels: labels.collect::<Option<_>>()? })
}
