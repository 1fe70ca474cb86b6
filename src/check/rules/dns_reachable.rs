//! A pod that may not ask for names reaches nobody.

use crate::check::objects::{Objects, list, text};
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;

pub(super) const RULE: Rule = Rule {
    id: "dns-reachable",
    severity: Severity::Error,
    title: "every pod whose egress is restricted may ask for names, by UDP and by TCP",
    why: "Names are looked up at port 53; without it each call fails, whatever else is allowed.",
    mend: "allow egress to port 53, UDP and TCP, for all pods of the namespace",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for (pod, about) in objects.pods_with_policies() {
        if pod.spec().get("hostNetwork") == Some(&Value::Bool(true)) {
            continue;
        }
        let policies: Vec<&Value> = about
            .iter()
            .filter_map(|policy| policy.value.get("spec"))
            .filter(|spec| list(spec, "/policyTypes").iter().any(|kind| kind == "Egress"))
            .collect();
        if policies.is_empty() {
            continue;
        }
        for protocol in ["UDP", "TCP"] {
            let allowed = policies
                .iter()
                .flat_map(|spec| list(spec, "/egress"))
                .any(|rule| allows(rule, protocol));
            if !allowed {
                problems.add(
                    pod.object,
                    pod.pointer,
                    format!(
                        "the pods of {} may not ask for names by {protocol}",
                        pod.object.words()
                    ),
                );
            }
        }
    }
}

fn allows(rule: &Value, protocol: &str) -> bool {
    let ports = list(rule, "/ports");
    ports.is_empty()
        || ports.iter().any(|port| {
            let said = text(port, "/protocol");
            let said = if said.is_empty() { "TCP" } else { said };
            said == protocol && port.get("port").is_none_or(|number| number == 53)
        })
}

const GOOD: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: dns, namespace: shop }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{ ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }] }]
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: {}
";

const BAD: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: dns, namespace: shop }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{ ports: [{ port: 53, protocol: UDP }] }]
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: {}
";
