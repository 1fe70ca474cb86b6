//! What is written, judged by a real API server.
//!
//! Where the control plane is not installed, these tests are skipped, unless `IAC_REQUIRE_TOOLS=1`
//! or `CI` says that it must be there.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and starts programs"
)]

#[path = "cluster/mod.rs"]
mod cluster;
#[path = "suite/judged.rs"]
mod judged;
#[path = "suite/objects.rs"]
mod objects;
#[path = "suite/spoiled.rs"]
mod spoiled;
#[path = "support/mod.rs"]
mod support;
#[path = "tools/mod.rs"]
mod tools;

use cluster::Cluster;
use iac::model::Stack;
use iac::validate::{Schemas, is_of_cluster, resource_of};
use judged::Judged;
use spoiled::Spoiled;

const SERVER_SIDE: [&str; 3] = ["apply", "--server-side", "--filename"];
const DRY_RUN: [&str; 2] = ["--dry-run=server", "--validate=strict"];

#[test]
fn a_server_takes_every_tree_without_a_warning() {
    let Some(cluster) = Cluster::start() else { return };
    cluster.apply_definitions();
    let judged = Judged::example();
    let problems: Vec<String> =
        judged.stacks.iter().filter_map(|stack| problem(&cluster, &judged, stack)).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    it_refuses_what_it_does_not_know(&cluster, &judged);
}

/// What roles and objects of the user's own are held against: no schema says it.
#[test]
fn kinds_lie_where_the_server_says_and_are_called_so() {
    let Some(cluster) = Cluster::start() else { return };
    let schemas = Schemas::of(36).unwrap();
    let own: Vec<(&str, &str)> = schemas.kinds().collect();
    let mut seen = 0;
    for namespaced in [true, false] {
        let scope = format!("--namespaced={namespaced}");
        let listed = cluster.kubectl(&["api-resources", &scope, "--no-headers"]).ends(0).out;
        for line in listed.lines() {
            // NAME SHORTNAMES APIVERSION NAMESPACED KIND, and few have short names.
            let words: Vec<&str> = line.split_whitespace().collect();
            let [resource, .., version, _, kind] = words[..] else { panic!("{line}") };
            let group = version.rsplit_once('/').map_or("", |(group, _)| group);
            if !own.contains(&(group, kind)) {
                continue;
            }
            assert_eq!(is_of_cluster(kind), !namespaced, "{line}");
            assert_eq!(resource_of(kind), resource, "{line}");
            seen += 1;
        }
    }
    println!("{seen} kinds lie where the server says");
    assert!(seen > 50, "{seen}");
    a_role_allows_its_own_namespace_by_name(&cluster);
}

/// And no other request for what lies in no namespace.
fn a_role_allows_its_own_namespace_by_name(cluster: &Cluster) {
    let kubectl = |arguments: &str| cluster.kubectl(&arguments.split(' ').collect::<Vec<_>>());
    let verbs = "--verb=get,list --resource=namespaces,nodes";
    kubectl("create namespace shop").ends(0);
    kubectl(&format!("-n shop create role viewer {verbs}")).ends(0);
    kubectl("-n shop create rolebinding viewer --role=viewer --user=viewer").ends(0);
    kubectl("--as viewer get namespace shop").ends(0);
    kubectl("--as viewer get namespace default").ends(1);
    kubectl("--as viewer get namespaces").ends(1);
    kubectl("--as viewer -n shop get nodes").ends(1);
}

/// What README.md says of fixed replicas that become an autoscaler's.
#[test]
fn replicas_that_are_handed_over_stay() {
    let Some(cluster) = Cluster::start() else { return };
    let deployment = |name: &str, replicas: &str| {
        let labels = format!("{{ app: {name} }}");
        let pod = format!("containers: [{{ name: {name}, image: ghcr.io/example/web:1.0.0 }}]");
        let text = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec: {{ \
             {replicas}selector: {{ matchLabels: {labels} }}, template: {{ metadata: {{ labels: \
             {labels} }}, spec: {{ {pod} }} }} }}\n"
        );
        let file = cluster.file(&format!("{name}.yaml"), &text);
        cluster.kubectl(&[&SERVER_SIDE[..], &[&file]].concat()).ends(0);
    };
    for (name, handed_over, left) in [("kept", true, "3"), ("lost", false, "1")] {
        deployment(name, "replicas: 3, ");
        if handed_over {
            let number = format!(
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec: {{ \
                 replicas: 3 }}\n"
            );
            let file = cluster.file("number.yaml", &number);
            let manager = ["--field-manager=handover", "--validate=false"];
            cluster.kubectl(&[&SERVER_SIDE[..], &[&file], &manager].concat()).ends(0);
        }
        deployment(name, "");
        let output = "--output=jsonpath={.spec.replicas}";
        let ran = cluster.kubectl(&["get", "deployment", name, output]).ends(0);
        assert_eq!(ran.out, left, "{name}");
    }
}

/// What the server says against a stack's tree.
fn problem(cluster: &Cluster, judged: &Judged, stack: &Stack) -> Option<String> {
    let folder = judged.folder(stack);
    // A dry run creates no namespace, and nothing can be tried in one that is not there.
    let namespace = folder.join("namespace.yaml");
    cluster.kubectl(&[&SERVER_SIDE[..], &[namespace.as_str()]].concat()).ends(0);
    let tree = cluster.kubectl(&["kustomize", folder.as_str()]).ends(0).out;
    let file = cluster.file("tree.yaml", &tree);
    let ran = cluster.kubectl(&[&SERVER_SIDE[..], &[&file], &DRY_RUN].concat());
    let taken = ran.out.lines().filter(|line| line.ends_with("(server dry run)")).count();
    let place = format!("{}/{}", stack.environment.name, stack.system);
    println!("{place}: {taken} objects");
    let well = ran.code == Some(0) && ran.err.is_empty() && taken > 0;
    (!well).then(|| format!("{place}: exit code {:?}\n{}{}", ran.code, ran.out, ran.err))
}

/// Otherwise it would prove nothing that it takes the rest: a field that no kind has, once in each.
fn it_refuses_what_it_does_not_know(cluster: &Cluster, judged: &Judged) {
    for Spoiled { file, kind, name, field } in spoiled::one_of_each_kind(judged) {
        let object = judged.object(&file, &kind, &name).unwrap();
        let file = cluster.file("spoiled.json", &object.to_string());
        let ran = cluster.kubectl(&[&SERVER_SIDE[..], &[&file], &DRY_RUN].concat()).ends(1);
        let says = format!("{field}: field not declared in schema");
        assert!(ran.err.contains(&says) && ran.err.contains(&name), "{kind}/{name}: {}", ran.err);
        println!("{kind}/{name}: {field} is refused");
    }
}
