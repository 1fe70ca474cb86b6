//! Workloads: what every pod has, the gateway, the verifiers, scaling, namespaces.

use crate::Row::{self, Absent, Decided, Waits};
use crate::out::{Object, Out, list, none};
use serde_json::{Value, json};

pub(crate) const ROWS: &[(&str, Row)] = &[
    ("KX-01", Absent(pods_are_restricted)),
    ("KX-02", Absent(roots_are_read_only)),
    ("KX-03", Absent(accounts_are_own_and_tokens_off)),
    ("KX-04", Absent(two_pods_have_a_budget)),
    ("KX-05", Absent(several_pods_are_spread)),
    ("KX-06", Absent(probes_are_complete)),
    ("KX-07", Absent(stops_are_orderly)),
    ("KX-08", Absent(rollouts_are_said)),
    ("KX-09", Absent(labels_are_the_recommended_ones)),
    ("KX-10", Absent(images_are_whole_names)),
    ("KX-11", Absent(private_images_have_a_pull_secret)),
    ("KX-12", Absent(ports_have_names)),
    ("KX-13", Absent(a_changed_file_restarts_pods)),
    ("KX-14", Absent(scratch_is_bounded)),
    ("KX-15", Absent(secrets_are_files)),
    ("KX-16", Absent(namespaces_are_bounded)),
    ("KX-17", Absent(environments_differ_by_their_files)),
    ("KX-18", Waits("admission policies come with the platform's objects")),
    ("KX-19", Absent(cpu_is_not_limited_in_prod)),
    ("KX-20", Waits("tracing of the example comes with its collector")),
    ("K1-05", Absent(services_are_inside)),
    ("K1-06", Waits("pipelines are not written yet")),
    ("K1-07", Absent(namespaces_and_classes_are_said)),
    ("K1-09", Absent(files_hide_no_folder)),
    ("NS-01", Absent(namespaces_have_a_level)),
    ("NS-02", Waits("the mesh is not written yet")),
    ("NS-03", Absent(namespaces_have_no_label_of_their_name)),
    ("NS-04", Absent(environments_differ_by_their_files)),
    ("NS-05", Absent(namespaces_are_bounded)),
    (
        "NS-06",
        Decided(
            "a service with an exception has a namespace beside its system's, design.md section 4",
        ),
    ),
];

fn pods_are_restricted(out: &Out) {
    none(
        "not restricted",
        out.pods().into_iter().filter(|object| {
            let context = &object.pod()["securityContext"];
            let containers = object.containers();
            context["runAsNonRoot"] != true
                || context["seccompProfile"]["type"] != "RuntimeDefault"
                || context["runAsUser"].as_i64().is_none_or(|user| user <= 0)
                || containers.iter().any(|container| {
                    let context = &container["securityContext"];
                    context["allowPrivilegeEscalation"] != false
                        || context["capabilities"]["drop"] != json!(["ALL"])
                })
        }),
    );
}

fn roots_are_read_only(out: &Out) {
    let writable =
        |container: &Value| container["securityContext"]["readOnlyRootFilesystem"] != true;
    let bad = out.containers().into_iter().filter(|(_, it)| writable(it)).map(|(object, _)| object);
    none("may write to its image", bad);
}

fn accounts_are_own_and_tokens_off(out: &Out) {
    none(
        "has no account of its own",
        out.pods().into_iter().filter(|object| {
            let account = object.pod()["serviceAccountName"].as_str().unwrap_or_default();
            account.is_empty() || out.find(&object.environment, "ServiceAccount", account).is_none()
        }),
    );
    none(
        "mounts a token that it has no role for",
        out.pods().into_iter().filter(|object| {
            let account = object.pod()["serviceAccountName"].as_str().unwrap_or_default();
            object.pod()["automountServiceAccountToken"] != false
                && out.find(&object.environment, "Role", account).is_none()
        }),
    );
}

/// The fewest pods of a workload.
fn fewest(out: &Out, object: &Object) -> i64 {
    let scaler = out.find(&object.environment, "HorizontalPodAutoscaler", object.name());
    let scaler = scaler.filter(|scaler| scaler.system == object.system);
    match scaler {
        Some(scaler) => scaler.value["spec"]["minReplicas"].as_i64().unwrap(),
        None => object.value["spec"]["replicas"].as_i64().unwrap_or(1),
    }
}

fn two_pods_have_a_budget(out: &Out) {
    none(
        "has no disruption budget",
        out.pods().into_iter().filter(|object| {
            let replicated = matches!(object.kind(), "Deployment" | "StatefulSet");
            replicated
                && fewest(out, object) >= 2
                && !out.of("PodDisruptionBudget").any(|budget| {
                    (&budget.environment, &budget.system, budget.name())
                        == (&object.environment, &object.system, object.name())
                })
        }),
    );
}

fn several_pods_are_spread(out: &Out) {
    none(
        "may stand on one node",
        out.pods().into_iter().filter(|object| {
            let replicated = matches!(object.kind(), "Deployment" | "StatefulSet");
            let keys: Vec<&str> = list(&object.pod()["topologySpreadConstraints"])
                .iter()
                .filter_map(|one| one["topologyKey"].as_str())
                .collect();
            replicated && fewest(out, object) >= 2 && !keys.contains(&"kubernetes.io/hostname")
        }),
    );
}

pub(crate) fn probes_are_complete(out: &Out) {
    none(
        "is not asked",
        out.pods().into_iter().filter(|object| {
            let main = &object.pod()["containers"][0];
            let listens = !list(&main["ports"]).is_empty();
            object.lasts()
                && listens
                && (main["livenessProbe"].is_null() || main["readinessProbe"].is_null())
        }),
    );
    for (object, container) in out.containers() {
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let probe = &container[probe];
            let guessed = !probe["initialDelaySeconds"].is_null();
            let open = probe["timeoutSeconds"].is_null() || probe["failureThreshold"].is_null();
            assert!(probe.is_null() || (!guessed && !open), "{}: {probe}", object.words());
        }
    }
}

fn stops_are_orderly(out: &Out) {
    none(
        "ends while it is still called",
        out.of("Service").filter_map(|service| {
            let pod = out.pods().into_iter().find(|object| {
                (&object.environment, &object.system, object.name())
                    == (&service.environment, &service.system, service.name())
            })?;
            let sleep =
                pod.pod()["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"].as_i64();
            let grace = pod.pod()["terminationGracePeriodSeconds"].as_i64();
            (sleep.is_none() || sleep >= grace).then_some(pod)
        }),
    );
}

fn rollouts_are_said(out: &Out) {
    none(
        "leaves its rollout to chance",
        out.of("Deployment").filter(|object| {
            let strategy = &object.value["spec"]["strategy"];
            let is_safe = strategy["rollingUpdate"]["maxUnavailable"] == 0;
            object.value["spec"]["revisionHistoryLimit"].is_null()
                || !(is_safe || strategy["type"] == "Recreate")
        }),
    );
}

fn labels_are_the_recommended_ones(out: &Out) {
    none(
        "lacks a label",
        out.objects.iter().filter(|object| {
            let labels = &object.value["metadata"]["labels"];
            ["part-of", "managed-by"]
                .iter()
                .any(|label| labels[format!("app.kubernetes.io/{label}")].is_null())
        }),
    );
    none(
        "has pods without a label",
        out.pods().into_iter().filter(|object| {
            let labels = &object.template().unwrap()["metadata"]["labels"];
            ["name", "instance", "part-of"]
                .iter()
                .any(|label| labels[format!("app.kubernetes.io/{label}")].is_null())
        }),
    );
    none(
        "has a label of old",
        out.objects.iter().filter(|object| !object.value["metadata"]["labels"]["app"].is_null()),
    );
}

fn images_are_whole_names(out: &Out) {
    for (object, container) in out.containers() {
        let image = container["image"].as_str().unwrap();
        let (name, digest) = image.split_once('@').unwrap_or((image, ""));
        let host = name.split('/').next().unwrap();
        let tag = name.rsplit('/').next().unwrap().split_once(':').map(|(_, tag)| tag);
        let pinned = digest.starts_with("sha256:") || tag == Some("unreleased");
        assert!(host.contains('.'), "{}: {image} names no registry", object.words());
        assert!(pinned && tag != Some("latest"), "{}: {image}", object.words());
    }
}

fn private_images_have_a_pull_secret(out: &Out) {
    let private = |object: &Object| {
        object.containers().iter().any(|it| {
            it["image"].as_str().is_some_and(|image| image.starts_with("ghcr.io/example/"))
        })
    };
    none(
        "cannot be pulled",
        out.pods().into_iter().filter(|object| {
            let account = object.pod()["serviceAccountName"].as_str().unwrap_or_default();
            let account = out.find(&object.environment, "ServiceAccount", account);
            let of_account = account.is_some_and(|it| !it.value["imagePullSecrets"].is_null());
            private(object) && !of_account && object.pod()["imagePullSecrets"].is_null()
        }),
    );
}

fn ports_have_names(out: &Out) {
    none(
        "has a port without a name",
        out.of("Service").filter(|service| {
            let ports = list(&service.value["spec"]["ports"]);
            ports.iter().any(|port| port["name"].is_null() || port["targetPort"].is_number())
        }),
    );
    for (object, container) in out.containers() {
        let named = list(&container["ports"]).iter().all(|port| port["name"].is_string());
        assert!(named, "{} has a port without a name", object.words());
    }
}

fn a_changed_file_restarts_pods(out: &Out) {
    none(
        "does not notice a changed file",
        out.pods().into_iter().filter(|object| {
            let mounts =
                list(&object.pod()["volumes"]).iter().any(|volume| !volume["configMap"].is_null());
            let annotations = &object.template().unwrap()["metadata"]["annotations"];
            mounts && annotations["checksum/config"].is_null()
        }),
    );
}

fn scratch_is_bounded(out: &Out) {
    none(
        "fills its node",
        out.pods().into_iter().filter(|object| {
            list(&object.pod()["volumes"]).iter().any(|volume| {
                volume["emptyDir"].is_object() && volume["emptyDir"]["sizeLimit"].is_null()
            })
        }),
    );
    none(
        "has no place for temporary files",
        out.pods().into_iter().filter(|object| {
            object.containers().iter().any(|container| {
                let mounts = list(&container["volumeMounts"]);
                !mounts.iter().any(|mount| mount["mountPath"] == "/tmp")
            })
        }),
    );
}

fn secrets_are_files(out: &Out) {
    let mut as_variable = 0;
    let mut as_file = 0;
    for (_, container) in out.containers() {
        let variables = list(&container["env"]);
        as_variable +=
            variables.iter().filter(|one| !one["valueFrom"]["secretKeyRef"].is_null()).count();
        as_file += variables
            .iter()
            .filter(|one| one["value"].as_str().is_some_and(|it| it.starts_with("/run/secrets/")))
            .count();
    }
    assert!(as_file > 20 && as_variable == 0, "{as_file} files, {as_variable} variables");
}

fn namespaces_are_bounded(out: &Out) {
    none(
        "has no quota",
        out.of("Namespace").filter(|namespace| {
            let of = |kind: &'static str| {
                out.of(kind).any(|object| {
                    object.environment == namespace.environment
                        && object.text("/metadata/namespace") == namespace.name()
                })
            };
            namespace.environment == "prod" && !(of("ResourceQuota") && of("LimitRange"))
        }),
    );
}

fn environments_differ_by_their_files(out: &Out) {
    let namespaces: Vec<&Object> = out.of("Namespace").collect();
    assert!(namespaces.len() >= 8);
    none(
        "names its environment in a label",
        namespaces
            .into_iter()
            .filter(|namespace| namespace.value["metadata"]["labels"]["environment"].is_string()),
    );
}

fn cpu_is_not_limited_in_prod(out: &Out) {
    let bad = out.containers().into_iter().filter(|(object, container)| {
        let limits = &container["resources"]["limits"];
        let requests = &container["resources"]["requests"];
        object.environment == "prod"
            && (!limits["cpu"].is_null() || limits["memory"] != requests["memory"])
    });
    none("is throttled, or may be evicted", bad.map(|(object, _)| object));
}

fn services_are_inside(out: &Out) {
    none(
        "is public without a gateway",
        out.of("Service").filter(|service| {
            let kind = service.text("/spec/type");
            kind == "LoadBalancer" || kind == "NodePort"
        }),
    );
}

fn namespaces_and_classes_are_said(out: &Out) {
    none(
        "lies in no namespace",
        out.objects.iter().filter(|object| {
            let of_cluster =
                matches!(object.kind(), "Namespace" | "ClusterRole" | "ClusterRoleBinding");
            !of_cluster && object.text("/metadata/namespace").is_empty()
        }),
    );
    let classless = out.of("StatefulSet").filter(|set| {
        let claims = list(&set.value["spec"]["volumeClaimTemplates"]);
        let prod = matches!(set.environment.as_str(), "prod" | "staging");
        prod && claims.iter().any(|claim| claim["spec"]["storageClassName"].is_null())
    });
    none("takes any storage class", classless);
}

fn files_hide_no_folder(out: &Out) {
    for (object, container) in out.containers() {
        let volumes = list(&object.pod()["volumes"]);
        for mount in list(&container["volumeMounts"]) {
            let is_config = volumes
                .iter()
                .any(|volume| volume["name"] == mount["name"] && !volume["configMap"].is_null());
            assert!(!is_config || mount["subPath"].is_string(), "{}: {mount}", object.words());
        }
    }
}

fn namespaces_have_a_level(out: &Out) {
    none(
        "admits any pod",
        out.of("Namespace").filter(|namespace| {
            let labels = &namespace.value["metadata"]["labels"];
            ["enforce", "audit", "warn"]
                .iter()
                .all(|mode| labels[format!("pod-security.kubernetes.io/{mode}")].is_null())
                || labels["pod-security.kubernetes.io/warn-version"].is_null()
        }),
    );
}

fn namespaces_have_no_label_of_their_name(out: &Out) {
    none(
        "repeats its name",
        out.of("Namespace")
            .filter(|namespace| namespace.value["metadata"]["labels"]["name"].is_string()),
    );
}
