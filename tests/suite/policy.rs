//! What is not held against a tree: rules that contradict what `iac` stands for, by name; and
//! findings whose reason the model itself says, by object.

use super::judged::Judged;
use super::verdict::{Finding, Row, Verdict};
use iac::model::{Service, ServiceKind, Stack, VariableValue, names};
use serde_json::Value;

/// A rule that is off.
pub(crate) struct Off {
    pub(crate) tool: &'static str,
    /// The tool's own name of it, or the option that switches it off.
    pub(crate) rule: &'static str,
    pub(crate) why: &'static str,
}

const fn off(tool: &'static str, rule: &'static str, why: &'static str) -> Off {
    Off { tool, rule, why }
}

const CPU: &str = "a CPU limit slows a service down while the node is idle; requests share fairly";
const ORDER: &str = "keys stand in the order of the Compose specification";
const PULL: &str = "the image has a digest: what is there already is what would be pulled";

pub(crate) const OFF: &[Off] = &[
    off("kube-score", "--ignore-container-cpu-limit", CPU),
    off("checkov", "CKV_K8S_11", CPU),
    off("kube-score", "container-image-pull-policy", PULL),
    off("checkov", "CKV_K8S_15", PULL),
    off(
        "kube-score",
        "pod-probes-identical",
        "one command answers whether a third-party server is well",
    ),
    off(
        "kube-score",
        "deployment-strategy",
        "what has the only claim to a volume stops before the next one starts",
    ),
    off("kube-score", "deployment-replicas", "an environment may have one replica, and says so"),
    off("yamllint", "document-start", "a file begins with a comment that says what it is"),
    off("yamllint", "line-length", "a folded line is read differently by different readers"),
    off("dclint", "service-keys-order", ORDER),
    off("dclint", "top-level-properties-order", ORDER),
    off(
        "dclint",
        r#"require-quotes-in-ports {"quoteType":"double"}"#,
        "ports stand in double quotes, as all texts do that need some",
    ),
    off("yamllint", "indent-sequences", "sequences stand below their key, as kubectl writes them"),
];

/// The names of a tool's rules that are off.
pub(crate) fn rules_off(tool: &str) -> impl Iterator<Item = &'static str> {
    OFF.iter().filter(move |off| off.tool == tool).map(|off| off.rule)
}

/// Why a finding about a service's object is no fault: the model says it.
struct Explained {
    rules: &'static [&'static str],
    /// A part of the finding's text; other complaints of the same rule stand.
    text: &'static str,
    why: fn(&Service, &Value) -> Option<String>,
}

const EXPLAINED: &[Explained] = &[
    Explained {
        rules: &["container-security-context-user-group-id"],
        text: "running with a low",
        why: user_of_a_contract,
    },
    Explained { rules: &["CKV_K8S_40"], text: "", why: user_of_a_contract },
    Explained { rules: &["CKV_K8S_38"], text: "", why: token },
    Explained { rules: &["CKV_K8S_35"], text: "", why: secret_as_variable },
    Explained {
        rules: &["CKV_K8S_22", "container-security-context-readonlyrootfilesystem"],
        text: "",
        why: writable_root,
    },
    Explained {
        rules: &["deployment-has-host-podantiaffinity", "statefulset-has-host-podantiaffinity"],
        text: "",
        why: spread_over_nodes,
    },
];

fn user_of_a_contract(service: &Service, _: &Value) -> Option<String> {
    let ServiceKind::Kind { kind, .. } = &service.kind else { return None };
    let (user, group) = (service.user, service.group);
    (user < 10_000).then(|| format!("the image of {kind} runs as {user}:{group}"))
}

fn token(service: &Service, _: &Value) -> Option<String> {
    (!service.token.is_empty()).then(|| "`token` says what it asks the Kubernetes API".to_owned())
}

fn secret_as_variable(service: &Service, _: &Value) -> Option<String> {
    let beside = service.sidecars.iter().chain(&service.init);
    let mut variables =
        std::iter::once(&service.container).chain(beside).flat_map(|it| &it.variables);
    variables.find_map(|variable| match &variable.value {
        VariableValue::Secret { key, .. } => Some(format!("`{key}` says `as: env`")),
        VariableValue::Text(_) | VariableValue::Joined(_) => None,
    })
}

fn writable_root(service: &Service, _: &Value) -> Option<String> {
    service.container.writable_root.then(|| "`writable-root` says why".to_owned())
}

fn spread_over_nodes(_: &Service, object: &Value) -> Option<String> {
    let spread = object["spec"]["template"]["spec"]["topologySpreadConstraints"].as_array()?;
    let over_nodes = |it: &&Value| it["topologyKey"] == "kubernetes.io/hostname";
    spread.iter().find(over_nodes).map(|_| "its pods are spread over nodes".to_owned())
}

/// What no service says, but its environment.
fn of_the_environment(stack: &Stack, finding: &Finding, name: &str) -> Option<&'static str> {
    match &*finding.rule {
        "pod-networkpolicy" | "CKV2_K8S_6" => (!stack.environment.network_policies)
            .then_some("`network-policies: none` says that everybody may call everybody"),
        "networkpolicy-targets-pod" => {
            let service = stack.services.values().find(|service| service.name.as_str() == name);
            if service.is_some_and(|service| service.provided.is_some()) {
                return Some("`providers`: an operator makes these pods");
            }
            (name == names::ALLOW_SOLVER).then_some("`issuer`: cert-manager makes these pods")
        }
        _ => None,
    }
}

/// Takes out of a verdict what the model explains.
pub(crate) fn explain(judged: &Judged, mut verdict: Verdict) -> Row {
    let mut explained = Vec::new();
    verdict.findings.sort();
    verdict.findings.retain(|finding| {
        let why = why(judged, finding);
        if let Some(why) = &why {
            explained.push((finding.clone(), why.clone()));
        }
        why.is_none()
    });
    Row { verdict, explained }
}

fn why(judged: &Judged, finding: &Finding) -> Option<String> {
    let (kind, name) = finding.object()?;
    let stack = judged.stack_of(&finding.file)?;
    if let Some(why) = of_the_environment(stack, finding, name) {
        return Some(why.to_owned());
    }
    let object = judged.object(&finding.file, kind, name)?;
    let service = judged.service_of(&finding.file, &object)?;
    EXPLAINED
        .iter()
        .filter(|it| it.rules.contains(&&*finding.rule) && finding.text.contains(it.text))
        .find_map(|it| (it.why)(service, &object))
}
