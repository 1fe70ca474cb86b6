//! Each rule refuses its bad example, by itself, and accepts its good one.

use super::{
    Asks, ComposeFiles, Dockerfiles, Expected, ExpectedContainer, ExpectedImage, ExpectedProject,
    Objects, RULES, Rule, check, check_compose, check_dockerfiles, read_back, read_compose,
    read_dockerfiles, rule,
};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// What the examples know beside their objects: `web` writes to `/data`, and calls `db`.
fn expected() -> Expected {
    let web = ("shop".to_owned(), "web".to_owned());
    let data = BTreeSet::from(["/data".to_owned()]);
    let written = BTreeMap::from([(web, data.clone())]);
    let containers = ["web", "db", "docs"].map(|name| {
        let is_web = name == "web";
        let container = ExpectedContainer {
            is_main: true,
            user: "1000:1000".to_owned(),
            ports: BTreeSet::from([8080]),
            written: if is_web { data.clone() } else { BTreeSet::new() },
            asks: is_web.then(|| vec!["web".to_owned(), "healthcheck".to_owned()]),
            waits: if is_web { BTreeSet::from(["db".to_owned()]) } else { BTreeSet::new() },
        };
        (name.to_owned(), container)
    });
    let project = ExpectedProject {
        containers: containers.into(),
        calls: BTreeSet::from([("web".to_owned(), "db".to_owned())]),
    };
    let projects = BTreeMap::from([("dev/shop/compose".to_owned(), project)]);
    Expected { written, projects, ..Expected::default() }
}

/// The rules that a Compose file breaks.
fn broken_compose(text: &str) -> Vec<&'static str> {
    let path = Utf8Path::new("dev/shop/compose/compose.yaml");
    let (files, unreadable) = read_compose([(path, text)].into_iter());
    assert_eq!((files.len(), unreadable), (1, Vec::new()));
    let problems = check_compose(&ComposeFiles::new(&files, &expected()));
    problems.into_iter().map(|problem| problem.rule).collect()
}

/// The rules that a Dockerfile breaks.
fn broken_dockerfile(text: &str) -> Vec<&'static str> {
    let path = Utf8Path::new("shared/shop/docker/web/Dockerfile");
    let image = ExpectedImage {
        user: "1000:1000".to_owned(),
        ports: BTreeSet::from(["8080/tcp".to_owned()]),
        written: BTreeSet::from(["/data".to_owned()]),
        asks: Some(vec!["web".to_owned(), "healthcheck".to_owned()]),
    };
    let expected = BTreeMap::from([(path.to_string(), image)]);
    let files = read_dockerfiles([(path, text)].into_iter(), &expected);
    let problems = check_dockerfiles(&Dockerfiles { all: &files, expected: &expected });
    problems.into_iter().map(|problem| problem.rule).collect()
}

/// The rules that a rule's example breaks.
fn broken_example(rule: &Rule, text: &str) -> Vec<&'static str> {
    match rule.asks {
        Asks::Objects(_) | Asks::Both(..) => broken(text),
        Asks::Compose(_) => broken_compose(text),
        Asks::Dockerfiles(_) => broken_dockerfile(text),
    }
}

/// The rules that a text breaks.
fn broken(text: &str) -> Vec<&'static str> {
    let path = Utf8Path::new("prod/shop/kubernetes/web.yaml");
    broken_files(&[(path, text)], &expected())
}

/// The rules that some files break.
fn broken_files(files: &[(&Utf8Path, &str)], expected: &Expected) -> Vec<&'static str> {
    let (objects, unreadable) = read_back(files.iter().copied());
    assert_eq!(unreadable, []);
    let problems = check(&Objects::new(&objects, expected));
    for problem in &problems {
        let value = &objects[problem.object].value;
        let parent = problem.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let exists = value.pointer(&problem.pointer).or_else(|| value.pointer(parent));
        assert!(exists.is_some(), "{problem:?} points nowhere");
    }
    problems.into_iter().map(|problem| problem.rule).collect()
}

#[test]
fn each_rule_tells_its_examples_apart() {
    for rule in RULES {
        assert!(
            broken_example(rule, rule.bad).contains(&rule.id),
            "{} accepts its bad example",
            rule.id
        );
        assert!(
            !broken_example(rule, rule.good).contains(&rule.id),
            "{} refuses its good example",
            rule.id
        );
    }
}

#[test]
fn rules_are_in_order_and_have_names_of_their_own() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let sorted: Vec<&str> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(ids, sorted);
    assert!(ids.iter().all(|id| rule(id).is_some()) && rule("no-such-rule").is_none());
}

#[test]
fn words_are_sentences_without_a_full_stop() {
    for rule in RULES {
        assert!(!rule.title.ends_with('.') && !rule.mend.ends_with('.'), "{}", rule.id);
        assert!(rule.why.ends_with('.'), "{}", rule.id);
    }
}

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";

/// A worker with its account.
fn worker(name: &str) -> String {
    format!(
        "apiVersion: v1
kind: ServiceAccount
metadata: {{ name: {name}, namespace: shop }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: {name}, namespace: shop }}
spec:
  template:
    metadata: {{ labels: {{ app.kubernetes.io/name: {name} }} }}
    spec: {{ serviceAccountName: {name}, containers: [{{ name: {name}, image: worker }}] }}
"
    )
}

/// The rules that a folder breaks whose kustomization names these files.
fn broken_in_order(resources: &str) -> Vec<&'static str> {
    let in_folder = |file: &str| Utf8PathBuf::from(format!("prod/shop/kubernetes/{file}"));
    let kustomization = format!("kind: Kustomization\nresources: [{resources}]\n");
    let files = [
        (in_folder("a.yaml"), worker("a")),
        (in_folder("b.yaml"), worker("b")),
        (in_folder("kustomization.yaml"), kustomization),
        (in_folder("namespace.yaml"), NAMESPACE.to_owned()),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_path(), text.as_str())).collect();
    let home = |name: &str| ("shop".to_owned(), name.to_owned());
    let waits = BTreeMap::from([(home("a"), vec![home("b")])]);
    broken_files(&files, &Expected { waits, ..Expected::default() })
}

#[test]
fn the_kustomization_says_the_order() {
    assert_eq!(broken_in_order("namespace.yaml, b.yaml, a.yaml"), [] as [&str; 0]);
    assert_eq!(broken_in_order("namespace.yaml, a.yaml, b.yaml"), ["apply-order"], "`a` waits");
    assert_eq!(broken_in_order("b.yaml, a.yaml, namespace.yaml"), ["apply-order"; 4]);
    assert_eq!(broken_in_order("namespace.yaml, b.yaml"), ["apply-order"; 2], "`a` is left out");
}

#[test]
fn what_a_pod_needs_comes_before_it() {
    let policy = "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: all, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress] }
";
    let worker = worker("a");
    let (account, deployment) = worker.split_once("---\n").unwrap();
    let written = |all: [&str; 4]| broken(&all.join("---\n"));
    assert_eq!(written([NAMESPACE, policy, account, deployment]), [] as [&str; 0]);
    for order in [
        [NAMESPACE, policy, deployment, account],
        [NAMESPACE, account, deployment, policy],
        [policy, NAMESPACE, account, deployment],
    ] {
        assert_eq!(written(order), ["apply-order"], "{order:?}");
    }
    let definition = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: parts.example.com }
spec: { group: example.com, names: { kind: Part } }
";
    let part = "apiVersion: example.com/v1\nkind: Part\nmetadata: { name: a, namespace: shop }\n";
    assert_eq!(broken(&[NAMESPACE, definition, part].join("---\n")), [] as [&str; 0]);
    assert_eq!(broken(&[NAMESPACE, part, definition].join("---\n")), ["apply-order"]);
}

/// The rules of monitoring that a Compose file with what lies beside it breaks.
fn broken_monitoring(compose: &str, prometheus: &str) -> Vec<&'static str> {
    let folder = Utf8Path::new("dev/shop/compose");
    let (compose_path, config) = (folder.join("compose.yaml"), folder.join("files/prometheus.yml"));
    let files = [(compose_path.as_path(), compose), (config.as_path(), prometheus)];
    let (files, unreadable) = read_compose(files.into_iter());
    assert_eq!((files.len(), unreadable), (1, Vec::new()));
    let problems = check_compose(&ComposeFiles::new(&files, &expected()));
    let rules = problems.into_iter().map(|problem| problem.rule);
    rules.filter(|rule| matches!(*rule, "alert-rules" | "scrape-target")).collect()
}

#[test]
fn a_prometheus_of_compose_asks_who_is_there() {
    let compose = |network: &str| {
        format!(
            "services:\n  docs:\n    networks: [docs.web]\n    configs: [{{ source: p, target: \
             /etc/prometheus/prometheus.yml }}]\n  web: {{ networks: [{network}] }}\nconfigs: {{ \
             p: {{ file: ./files/prometheus.yml }} }}\n"
        )
    };
    let config = |target: &str| {
        format!(
            "scrape_configs: [{{ job_name: web, static_configs: [{{ targets: ['{target}'] }}] }}]"
        )
    };
    let lookup = "scrape_configs: [{ dns_sd_configs: [{ names: [web], type: A, port: 9090 }] }]";
    for target in ["web:8080", "localhost:8080", "db.example.com:9187", "192.0.2.3:80", "[::2]:80"]
    {
        let broken = broken_monitoring(&compose("docs.web"), &config(target));
        assert_eq!(broken, [] as [&str; 0], "{target}");
    }
    for (network, config) in [
        ("docs.web", config("web:80")),
        ("docs.web", config("wob:8080")),
        ("docs.web", config("localhost:9090")),
        ("web.db", config("web:8080")),
        ("docs.web", lookup.to_owned()),
    ] {
        assert_eq!(broken_monitoring(&compose(network), &config), ["scrape-target"], "{config}");
    }
    let unmounted = "rule_files: [/rules/own.yaml]\nscrape_configs: []";
    assert_eq!(broken_monitoring(&compose("docs.web"), unmounted), ["alert-rules"]);
}

/// What is said of a Prometheus in a pod, with a configuration and a file of rules of one's own.
fn told_of_prometheus(config: &str, rules: &str) -> Vec<String> {
    let text = format!(
        "apiVersion: v1
kind: ConfigMap
metadata: {{ name: metrics, namespace: shop }}
data:
  prometheus.yml: '{config}'
  own.yaml: '{rules}'
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{ name: metrics, namespace: shop }}
spec:
  template:
    spec:
      containers:
      - name: metrics
        ports: [{{ name: metrics, containerPort: 9090 }}]
        volumeMounts:
        - {{ name: files, mountPath: /etc/prometheus/prometheus.yml, subPath: prometheus.yml }}
        - {{ name: files, mountPath: /etc/prometheus/rules/own.yaml, subPath: own.yaml }}
      volumes: [{{ name: files, configMap: {{ name: metrics }} }}]
"
    );
    let path = Utf8Path::new("prod/shop/kubernetes/metrics.yaml");
    let (objects, unreadable) = read_back([(path, text.as_str())].into_iter());
    assert_eq!(unreadable, []);
    let problems = check(&Objects::new(&objects, &expected())).into_iter();
    let of_rules =
        problems.filter(|problem| matches!(problem.rule, "alert-rules" | "scrape-target"));
    of_rules.map(|problem| problem.message).collect()
}

#[test]
fn a_prometheus_of_a_pod_may_ask_itself_and_what_is_elsewhere() {
    let config = |target: &str| {
        format!(
            "scrape_configs: [{{ job_name: a, static_configs: [{{ targets: [\"{target}\"] }}] }}]"
        )
    };
    for target in ["localhost:9090", "127.0.0.1:9090", "192.0.2.3:9100", "[::2]:80", "example.com"]
    {
        assert_eq!(told_of_prometheus(&config(target), ""), [""; 0], "{target}");
    }
    let own = told_of_prometheus(&config("localhost:9100"), "");
    assert_eq!(own, ["it asks `localhost:9100`, which is no port of its own pod"]);
    let other = told_of_prometheus(&config("web:9100"), "");
    assert_eq!(other, ["it asks `web:9100`, which is no port of a Service here"]);
}

#[test]
fn files_of_rules_are_found_as_prometheus_finds_them() {
    let config = |pattern: &str| format!("{{ rule_files: [\"{pattern}\"], scrape_configs: [] }}");
    for pattern in ["rules/own.yaml", "./rules/*.yaml", "/etc/prometheus/rules/own.y[a]ml"] {
        assert_eq!(told_of_prometheus(&config(pattern), "groups: []"), [""; 0], "{pattern}");
    }
    for pattern in ["*.yaml", "own.yaml", "rules/*.yml"] {
        let told = told_of_prometheus(&config(pattern), "groups: []");
        let nothing = "and nothing is mounted there";
        assert_eq!(
            told,
            [format!("`/etc/prometheus/prometheus.yml` names `{pattern}`, {nothing}")]
        );
    }
    let told = told_of_prometheus(&config("*/own.yaml"), "groups: []");
    let reason = "a `*` may stand in the last part of a path alone";
    assert_eq!(told, [format!("Prometheus does not start with `*/own.yaml`: {reason}")]);
    let told = told_of_prometheus(&config("rules/*.yaml"), "groups: {{");
    assert_eq!(told, ["Prometheus cannot read `/etc/prometheus/rules/own.yaml`: it is no YAML"]);
}
