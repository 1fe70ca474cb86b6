//! The gateway, the verifiers, and how they are scaled.

use crate::Row::{self, Absent, Refused, Waits};
use crate::out::{Object, Out, list, none};
use crate::pods::probes_are_complete;

pub(crate) const ROWS: &[(&str, Row)] = &[
    ("AG-01", Absent(the_gateway_is_told_everything)),
    ("AG-02", Absent(nobody_fights_the_autoscaler)),
    ("AG-03", Refused("client-port")),
    ("AG-04", Absent(an_ingress_has_a_class_and_no_controllers_annotation)),
    ("AG-05", Absent(an_ingress_has_a_class_and_no_controllers_annotation)),
    ("AG-06", Absent(an_ingress_has_a_class_and_no_controllers_annotation)),
    ("AG-07", Absent(no_issuer_is_fixed)),
    ("AG-08", Waits("redirects and limits belong to the gateway, which the platform owns")),
    ("AG-09", Waits("scripts are not written yet")),
    ("AG-10", Waits("request authentication comes with the mesh")),
    ("TS-01", Absent(probes_are_complete)),
    ("TS-02", Refused("single-writer")),
    ("TS-03", Absent(no_log_is_a_volume)),
    ("TS-04", Absent(verifiers_are_told_their_stores)),
    ("TS-05", Absent(own_code_is_measured)),
    ("TS-06", Waits("a queue with workers is another design of the application")),
    ("TS-07", Absent(all_five_verifiers_run)),
    ("HP-01", Absent(nothing_scales_by_memory)),
    ("HP-02", Absent(nobody_fights_the_autoscaler)),
    ("HP-03", Refused("single-writer")),
    ("HP-04", Absent(scaling_is_damped)),
    ("HP-05", Absent(scaling_is_damped)),
    ("HP-06", Waits("what a cluster must have is asked before a deployment")),
    ("HP-07", Refused("autoscaler")),
    ("HP-08", Absent(scaled_pods_have_a_budget)),
    ("HP-09", Waits("operations are not there yet")),
    ("HP-10", Absent(scaling_looks_at_one_container)),
];

/// The variables of a service's container.
fn variables<'a>(out: &'a Out, environment: &str, name: &str) -> Vec<&'a str> {
    let object =
        out.pods().into_iter().find(|it| it.environment == environment && it.name() == name);
    let container = &object.unwrap().pod()["containers"][0];
    list(&container["env"]).iter().filter_map(|one| one["name"].as_str()).collect()
}

fn the_gateway_is_told_everything(out: &Out) {
    let found = variables(out, "prod", "api-gateway");
    for wanted in [
        "DATABASE_HOST",
        "DATABASE_PORT",
        "DATABASE_NAME",
        "DATABASE_USER",
        "DATABASE_PASSWORD_FILE",
        "CACHE_HOST",
        "LOG_LEVEL",
        "TSN_VERIFICATION_URL",
        "MATTER_VERIFICATION_URL",
    ] {
        assert!(found.contains(&wanted), "the gateway is not told {wanted}");
    }
}

fn nobody_fights_the_autoscaler(out: &Out) {
    assert!(out.of("HorizontalPodAutoscaler").count() > 5);
    none(
        "says its number beside an autoscaler",
        out.of("Deployment").filter(|object| {
            let scaler = out.find(&object.environment, "HorizontalPodAutoscaler", object.name());
            scaler.is_some() && !object.value["spec"]["replicas"].is_null()
        }),
    );
}

fn an_ingress_has_a_class_and_no_controllers_annotation(out: &Out) {
    none(
        "has no class",
        out.of("Ingress").filter(|it| it.text("/spec/ingressClassName").is_empty()),
    );
    let foreign = |object: &&Object| {
        let annotations = object.value["metadata"]["annotations"].as_object();
        annotations.is_some_and(|all| all.keys().any(|key| !key.starts_with("cert-manager.io/")))
    };
    none("has an annotation of a controller", out.of("Ingress").filter(foreign));
}

fn no_issuer_is_fixed(out: &Out) {
    let fixed = out.texts.iter().filter(|(path, text)| {
        let environment = path.iter().next().and_then(|part| part.to_str()).unwrap_or_default();
        matches!(environment, "dev" | "test" | "staging") && text.contains("letsencrypt-prod")
    });
    assert_eq!(fixed.count(), 0, "a rehearsal asks the issuer of production");
}

fn no_log_is_a_volume(out: &Out) {
    none(
        "writes logs to a volume",
        out.pods().into_iter().filter(|object| {
            object.containers().iter().any(|container| {
                list(&container["volumeMounts"]).iter().any(|mount| {
                    mount["mountPath"].as_str().is_some_and(|path| path.contains("log"))
                })
            })
        }),
    );
}

const VERIFIERS: [&str; 5] = [
    "matter-verification",
    "onem2m-verification",
    "opcua-verification",
    "tsn-verification",
    "wot-verification",
];

fn verifiers_are_told_their_stores(out: &Out) {
    for name in VERIFIERS {
        let found = variables(out, "prod", name);
        let told = |prefix: &str| found.iter().any(|variable| variable.starts_with(prefix));
        assert!(told("DATABASE_HOST") && told("ARTEFACTS_"), "{name}: {found:?}");
    }
}

fn own_code_is_measured(out: &Out) {
    for name in VERIFIERS.into_iter().chain(["api-gateway", "iot-edge-node"]) {
        let object =
            out.pods().into_iter().find(|it| it.environment == "prod" && it.name() == name);
        let ports = &object.unwrap().pod()["containers"][0]["ports"];
        assert!(list(ports).iter().any(|port| port["name"] == "metrics"), "{name}");
        let scraped = out.of("ConfigMap").any(|config| {
            config.environment == "prod"
                && config.value["data"].as_object().into_iter().flatten().any(|(_, text)| {
                    text.as_str()
                        .is_some_and(|text| text.contains("scrape_configs") && text.contains(name))
                })
        });
        // The verification platform has no Prometheus of its own yet.
        assert!(scraped || name != "iot-edge-node", "{name} is not scraped");
    }
}

fn all_five_verifiers_run(out: &Out) {
    for environment in ["test", "staging", "prod"] {
        for name in VERIFIERS {
            assert!(out.find(environment, "Deployment", name).is_some(), "{environment}: {name}");
        }
    }
}

fn nothing_scales_by_memory(out: &Out) {
    none(
        "scales by memory",
        out.of("HorizontalPodAutoscaler")
            .filter(|scaler| scaler.value["spec"]["metrics"].to_string().contains("memory")),
    );
}

fn scaling_is_damped(out: &Out) {
    none(
        "may swing",
        out.of("HorizontalPodAutoscaler").filter(|scaler| {
            let behaviour = &scaler.value["spec"]["behavior"];
            let down = &behaviour["scaleDown"];
            list(&behaviour["scaleUp"]["policies"]).is_empty()
                || behaviour["scaleUp"]["selectPolicy"].is_null()
                || down["stabilizationWindowSeconds"].as_i64().unwrap_or_default() < 60
        }),
    );
}

fn scaled_pods_have_a_budget(out: &Out) {
    none(
        "has no budget",
        out.of("HorizontalPodAutoscaler").filter(|scaler| {
            let min = scaler.value["spec"]["minReplicas"].as_i64().unwrap_or(1);
            min >= 2
                && out.find(&scaler.environment, "PodDisruptionBudget", scaler.name()).is_none()
        }),
    );
}

fn scaling_looks_at_one_container(out: &Out) {
    none(
        "is skewed by sidecars",
        out.of("HorizontalPodAutoscaler").filter(|scaler| {
            list(&scaler.value["spec"]["metrics"]).iter().any(|one| one["type"] == "Resource")
        }),
    );
}
