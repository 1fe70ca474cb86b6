//! The judges are awake: what is broken on purpose is found, and named; and what the model says is
//! an exception is not held against it.

use crate::judge;
use crate::judged::Judged;
use crate::support::Project;
use crate::verdict::Row;

/// A fault in a file of dev/iot-edge.
struct Fault {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// Who finds it, by which rule, where.
    found: &'static [(&'static str, &'static str, &'static str)],
}

const FAULTS: &[Fault] = &[
    Fault {
        what: "a wrong indent",
        file: "grafana.yaml",
        from: "\n        ports:",
        to: "\n       ports:",
        found: &[
            ("kubectl kustomize", "build", ""),
            ("kubeconform", "statusError", "/"),
            ("checkov", "unseen", ""),
            ("yamllint", "syntax", "line "),
        ],
    },
    Fault {
        what: "an unknown field",
        file: "grafana.yaml",
        from: "enableServiceLinks:",
        to: "enableServiceLink:",
        found: &[("kubeconform", "statusInvalid", "Deployment/grafana")],
    },
    Fault {
        what: "an image that is not pinned",
        file: "redis.yaml",
        from: "image: docker.io/valkey/valkey:",
        to: "image: docker.io/valkey/valkey:latest # ",
        found: &[
            ("kube-score", "container-image-tag", "Deployment/redis"),
            ("checkov", "CKV_K8S_14", "Deployment/redis"),
            ("checkov", "CKV_K8S_43", "Deployment/redis"),
        ],
    },
    Fault {
        what: "a Service that selects nothing",
        file: "redis.yaml",
        from: "  selector:\n    app.kubernetes.io/instance: iot-edge\n",
        to: "  selector:\n    app.kubernetes.io/instance: iot-egde\n",
        found: &[("kube-score", "service-targets-pod", "Service/redis")],
    },
];

#[test]
fn what_is_broken_is_found_and_named() {
    for fault in FAULTS {
        let mut judged = Judged::example();
        judged.keep("dev", "iot-edge");
        let path = format!("out/dev/iot-edge/kubernetes/{}", fault.file);
        judged.project().edit(&path, fault.from, fault.to);
        let rows = judge(&judged);
        let ran = |tool: &str| {
            rows.iter().any(|row| row.verdict.tool == tool && row.verdict.files.is_some())
        };
        for (tool, rule, place) in fault.found.iter().filter(|(tool, ..)| ran(tool)) {
            let found = rows.iter().filter(|row| row.verdict.tool == *tool).any(|row| {
                let findings = &row.verdict.findings;
                findings.iter().any(|finding| {
                    finding.rule == *rule
                        && finding.place.starts_with(place)
                        && finding.to_string().contains(fault.file)
                })
            });
            assert!(
                found,
                "{tool} does not find {} by {rule} at {place}:\n{}",
                fault.what,
                all(&rows)
            );
        }
    }
}

/// Every exception of the language that a tool complains of.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("environments/lock.yaml", "iac: \"0.1\"\n"),
    (
        "environments/prod.yaml",
        "about: Production
targets: [kubernetes]
domain: example.com
registry: { host: ghcr.io/example }
kubernetes: { version: \"1.36\" }
",
    ),
    (
        "environments/shop/system.yaml",
        "about: Web shop
services:
  web:
    image: docker.io/example/web:1.2.3@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
    user: 10001
    ports: { http: 8080 }
    writable-root: { why: the vendor's image writes below /opt }
    token: { rules: [{ resources: [pods], verbs: [list] }], why: finds its peers }
    secrets: { API_KEY: { from: web/api-key#key, as: env } }
    resources: { cpu: 100m, memory: 128Mi, storage: 1Gi }
",
    ),
];

/// The rules that complain of it, and the key that explains it.
const EXPLAINED: &[(&str, &str, &str)] = &[
    ("kube-score", "container-security-context-readonlyrootfilesystem", "writable-root"),
    ("checkov", "CKV_K8S_22", "writable-root"),
    ("checkov", "CKV_K8S_35", "API_KEY"),
    ("checkov", "CKV_K8S_38", "token"),
];

#[test]
fn the_model_explains_its_exceptions() {
    let rows = judge(&Judged::of(Project::of(EXCEPTIONS)));
    for row in rows.iter().filter(|row| row.verdict.files.is_some()) {
        for (_, rule, key) in EXPLAINED.iter().filter(|(tool, ..)| row.verdict.tool == *tool) {
            let explained = row.explained.iter().any(|(finding, why)| {
                finding.rule == *rule && finding.place == "Deployment/web" && why.contains(key)
            });
            assert!(explained, "{rule} is not explained by {key}:\n{}", all(&rows));
        }
    }
}

fn all(rows: &[Row]) -> String {
    let findings = rows.iter().flat_map(|row| {
        let tool = row.verdict.tool;
        row.verdict.findings.iter().map(move |finding| format!("{tool} {finding}"))
    });
    findings.collect::<Vec<_>>().join("\n")
}
