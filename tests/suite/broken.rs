//! The judges are awake: what is broken on purpose is found, and named; and what the model says is
//! an exception is not held against it.

use crate::judged::Judged;
use crate::spoiled::Spoiled;
use crate::support::Project;
use crate::verdict::{Finding, Row};
use crate::{judge, kubeconform, spoiled};

/// A fault in a file below out/.
struct Fault {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// Who finds it, by which rule, and with which words.
    found: &'static [(&'static str, &'static str, &'static str)],
}

/// Each of these keeps tools from reading the rest.
const OF_FORM: &[Fault] = &[
    Fault {
        what: "a wrong indent",
        file: "dev/iot-edge/kubernetes/grafana.yaml",
        from: "\n        ports:",
        to: "\n       ports:",
        found: &[
            ("kubectl kustomize", "build", "grafana.yaml"),
            ("kubeconform", "statusError", "grafana.yaml"),
            ("checkov", "unseen", "grafana.yaml"),
            ("yamllint", "syntax", "line "),
        ],
    },
    Fault {
        what: "a Compose file that says a key twice",
        file: "dev/iot-edge/compose/compose.yaml",
        from: "    init: true",
        to: "    init: true\n    init: true",
        found: &[("docker compose", "config", "init"), ("yamllint", "key-duplicates", "line ")],
    },
    Fault {
        what: "a script without an end",
        file: "dev/iot-edge/compose/secrets-init.sh",
        from: "\nput() {",
        to: "\nput() {\n  if true; then",
        found: &[("shellcheck", "SC1046", "line "), ("shfmt", "format", "secrets-init.sh")],
    },
    Fault {
        what: "an unknown field of a kustomization",
        file: "dev/iot-edge/kubernetes/kustomization.yaml",
        from: "\nresources:",
        to: "\nresource:",
        found: &[("kubectl kustomize", "build", "unknown field \"resource\"")],
    },
];

/// These are found together, each in an object of its own.
const OF_MEANING: &[Fault] = &[
    Fault {
        what: "a Deployment's image that is not pinned",
        file: "dev/iot-edge/kubernetes/redis.yaml",
        from: "image: docker.io/valkey/valkey:",
        to: "image: docker.io/valkey/valkey:latest # ",
        found: &[
            ("kube-score", "container-image-tag", "Deployment/redis"),
            ("checkov", "CKV_K8S_14", "Deployment/redis"),
            ("checkov", "CKV_K8S_43", "Deployment/redis"),
        ],
    },
    Fault {
        what: "a StatefulSet's image that is not pinned",
        file: "dev/iot-edge/kubernetes/postgres.yaml",
        from: "image: docker.io/library/postgres:",
        to: "image: docker.io/library/postgres:latest # ",
        found: &[
            ("kube-score", "container-image-tag", "StatefulSet/postgres"),
            ("checkov", "CKV_K8S_14", "StatefulSet/postgres"),
            ("checkov", "CKV_K8S_43", "StatefulSet/postgres"),
        ],
    },
    Fault {
        what: "a Job's image that is not pinned",
        file: "dev/iot-verification/kubernetes/api-gateway-migrate.yaml",
        from: "image: ghcr.io/example/iot-verification/api-gateway:",
        to: "image: ghcr.io/example/iot-verification/api-gateway:latest # ",
        found: &[
            ("kube-score", "container-image-tag", "Job/api-gateway-migrate-"),
            ("checkov", "CKV_K8S_14", "Job/api-gateway-migrate-"),
            ("checkov", "CKV_K8S_43", "Job/api-gateway-migrate-"),
        ],
    },
    Fault {
        what: "a port that Compose publishes everywhere",
        file: "dev/iot-edge/compose/compose.yaml",
        from: "127.0.0.1:8080:8080",
        to: "8080:8080",
        found: &[("dclint", "no-unbound-port-interfaces", "line ")],
    },
    Fault {
        what: "a network that Compose does not know",
        file: "dev/iot-verification/compose/compose.yaml",
        from: "    - api-gateway.redis\n",
        to: "    - api-gateway.cache\n",
        found: &[("docker compose", "config", "api-gateway.cache")],
    },
    Fault {
        what: "a variable of a script that may be split",
        file: "dev/iot-verification/compose/secrets-init.sh",
        from: "%s\\n' \"$1\" >&2",
        to: "%s\\n'   $1 >&2",
        found: &[("shellcheck", "SC2086", "line "), ("shfmt", "format", "secrets-init.sh")],
    },
    Fault {
        what: "a base image that is not pinned, and an instruction in a shell",
        file: "shared/iot-edge/docker/iot-edge-node/Dockerfile",
        from: "\nENTRYPOINT [\"/usr/local/bin/iot-edge-node\"]",
        to: "\nFROM debian as last\nUSER 1000\nENTRYPOINT /usr/local/bin/iot-edge-node",
        found: &[
            ("hadolint", "DL3006", "line "),
            ("buildkit", "FromAsCasing", "line "),
            ("buildkit", "JSONArgsRecommended", "line "),
        ],
    },
    Fault {
        what: "an expression that cannot be read",
        file: "dev/iot-edge/compose/files/prometheus/iac.yaml",
        from: "expr: up == 0",
        to: "expr: up === 0",
        found: &[
            ("promtool config", "check", "TargetDown"),
            ("promtool rules", "check", "TargetDown"),
        ],
    },
    Fault {
        what: "a job without a name",
        file: "dev/iot-verification/kubernetes/prometheus.yaml",
        from: "- job_name: grafana\n",
        to: "- job_nam: grafana\n",
        found: &[("promtool config", "check", "job_nam")],
    },
    Fault {
        what: "a route that leads to no receiver",
        file: "dev/iot-verification/compose/files/alertmanager/alertmanager.yml",
        from: "- name: no receiver",
        to: "- name: everybody",
        found: &[("amtool", "check", "undefined receiver \"no receiver\"")],
    },
    Fault {
        what: "a Service that selects nothing",
        file: "dev/iot-verification/kubernetes/redis.yaml",
        from: "  selector:\n    app.kubernetes.io/instance: iot-verification\n",
        to: "  selector:\n    app.kubernetes.io/instance: iot-verifcation\n",
        found: &[("kube-score", "service-targets-pod", "Service/redis")],
    },
];

#[test]
fn what_is_broken_is_found_and_named() {
    for fault in OF_FORM {
        are_found(std::slice::from_ref(fault));
    }
    are_found(OF_MEANING);
}

fn are_found(faults: &[Fault]) {
    let mut judged = Judged::example();
    judged.keep("dev");
    for fault in faults {
        judged.project.edit(&format!("out/{}", fault.file), fault.from, fault.to);
    }
    let rows = judge(&judged);
    for fault in faults {
        for (tool, rule, words) in fault.found {
            let file = fault.file;
            let mut of_tool = rows.iter().map(|row| &row.verdict).filter(|it| it.tool == *tool);
            let found = of_tool.any(|verdict| {
                // A tool that is not there finds nothing.
                verdict.files.is_none()
                    || verdict.findings.iter().any(|finding| {
                        // Some name the folder.
                        finding.rule == *rule
                            && file.starts_with(&finding.file)
                            && finding.to_string().contains(words)
                    })
            });
            let what = fault.what;
            assert!(found, "{tool} does not find {what} by {rule} with {words}:\n{}", all(&rows));
        }
    }
}

#[test]
fn an_unknown_field_of_any_kind_is_found_and_named() {
    let judged = Judged::example();
    let spoiled = spoiled::one_of_each_kind(&judged);
    let verdict = kubeconform::judge(&judged);
    if verdict.files.is_none() {
        return;
    }
    for Spoiled { file, kind, name, field } in &spoiled {
        let parent = field.rsplit_once('.').map_or("", |(parent, _)| parent).replace('.', "/");
        let place = format!("{kind}/{name}");
        let found = verdict.findings.iter().any(|finding| {
            let Finding { rule, text, .. } = finding;
            finding.file == *file
                && finding.place == place
                && rule == "statusInvalid"
                && text.contains("'colour' not allowed")
                && text.contains(&format!("at '{parent}'"))
        });
        let findings: Vec<_> = verdict.findings.iter().map(ToString::to_string).collect();
        assert!(found, "{file}: {place} is not found: {findings:#?}");
    }
    assert_eq!(verdict.findings.len(), spoiled.len(), "what is whole is found too");
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
