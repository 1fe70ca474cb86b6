//! Namespaces are selected by a label that they have.

use crate::check::objects::{Objects, list};
use crate::check::pods::labels;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "namespace-selector",
    severity: Severity::Error,
    title: "a namespace is selected by its name, or by a label that is written here",
    why: "A label that nobody sets selects no namespace, and what should pass is dropped.",
    mend: "select by `kubernetes.io/metadata.name`, which every namespace has",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

/// The label that Kubernetes itself sets.
const NAME: &str = "kubernetes.io/metadata.name";

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for policy in objects.of("NetworkPolicy") {
        for (direction, side) in [("ingress", "from"), ("egress", "to")] {
            let rules = policy.list(&format!("/spec/{direction}"));
            for (index, rule) in rules.iter().enumerate() {
                for peer in list(rule, &format!("/{side}")) {
                    let selector = peer.pointer("/namespaceSelector/matchLabels");
                    let keys = selector.and_then(|labels| labels.as_object());
                    for (key, value) in keys.into_iter().flatten() {
                        let known = key == NAME
                            || objects.of("Namespace").any(|namespace| {
                                labels(&namespace.value).get(key.as_str()).copied()
                                    == value.as_str()
                            });
                        if !known {
                            problems.add(
                                policy,
                                format!("/spec/{direction}/{index}"),
                                format!(
                                    "{} selects namespaces by the label `{key}`, which none that \
                                     is written here has",
                                    policy.words()
                                ),
                            );
                        }
                    }
                }
            }
        }
    }
}

const GOOD: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: {}
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: gateway } } }] }]
";

const BAD: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: {}
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: gateway } } }] }]
";
