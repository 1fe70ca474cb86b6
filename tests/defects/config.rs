//! Configuration, secrets, network policies, Prometheus and Grafana.

use crate::Row::{self, Absent, Decided, Refused, Waits};
use crate::out::{Object, Out, list, none};
use serde_json::Value;

pub(crate) const ROWS: &[(&str, Row)] = &[
    ("K1-02", Absent(no_password_is_text)),
    ("K1-03", Absent(no_secret_has_a_value)),
    ("K1-04", Refused("missing-reference")),
    ("K1-08", Absent(no_password_is_part_of_an_address)),
    ("CM-01", Refused("unused-config")),
    ("CM-02", Absent(no_limit_is_told_as_text)),
    ("CM-03", Absent(no_build_fact_is_configuration)),
    ("CM-04", Absent(times_have_units)),
    ("CM-05", Absent(configuration_belongs_to_one_service)),
    (
        "CM-06",
        Decided("config maps have stable names, and pods a checksum of them, design.md section 6"),
    ),
    ("CM-07", Absent(the_gateway_can_route)),
    ("SE-01", Absent(no_secret_has_a_value)),
    ("SE-02", Absent(no_secret_has_a_value)),
    ("SE-03", Absent(every_secret_is_read)),
    ("SE-04", Absent(who_has_a_password_has_the_rest)),
    ("SE-05", Absent(secrets_belong_to_one_service)),
    ("SE-06", Waits("rotation belongs to the store of secrets and to operations")),
    ("SE-07", Absent(nobody_logs_in_as_superuser)),
    ("NP-01", Refused("selector-selects")),
    ("NP-02", Refused("namespace-selector")),
    ("NP-03", Refused("policy-port")),
    ("NP-04", Absent(every_pod_is_policed)),
    ("NP-05", Absent(rules_are_for_one_pair)),
    ("NP-06", Absent(nothing_leads_everywhere)),
    ("NP-07", Absent(what_is_not_allowed_is_denied)),
    ("NP-08", Absent(scrapes_are_allowed)),
    ("NP-09", Waits("the mesh is not written yet")),
    ("NP-10", Absent(policies_come_before_pods)),
    ("NP-11", Waits("what a cluster must have is asked before a deployment")),
    ("PM-01", Absent(discovery_is_allowed_or_static)),
    ("PM-02", Waits("monitoring is a later issue")),
    ("PM-03", Refused("scrape-target")),
    ("PM-04", Waits("monitoring is a later issue")),
    ("PM-05", Refused("alert-rules")),
    ("PM-06", Absent(alerts_reach_an_alertmanager)),
    ("PM-07", Absent(volumes_belong_to_their_users)),
    ("PM-08", Refused("single-writer")),
    ("PM-09", Waits("monitoring is a later issue")),
    ("PM-10", Waits("monitoring is a later issue")),
    ("PM-11", Absent(prometheus_keeps_less_than_its_volume)),
    ("PM-12", Waits("monitoring is a later issue")),
    ("PM-13", Waits("monitoring is a later issue")),
    ("PM-14", Waits("monitoring is a later issue")),
    ("PM-15", Waits("monitoring is a later issue")),
    ("PM-16", Waits("the mesh is not written yet")),
    ("PM-17", Waits("monitoring is a later issue")),
    ("GR-01", Refused("dashboard-source")),
    ("GR-02", Refused("dashboard-source")),
    ("GR-03", Absent(grafana_has_a_password_of_its_own)),
    ("GR-04", Absent(grafana_fetches_no_plugins)),
    ("GR-05", Absent(grafana_fetches_no_plugins)),
    ("GR-06", Absent(volumes_belong_to_their_users)),
    ("GR-07", Waits("monitoring is a later issue")),
    ("GR-08", Waits("monitoring is a later issue")),
    ("GR-09", Absent(data_sources_have_fixed_names)),
    ("GR-10", Absent(dashboards_are_files_alone)),
];

/// Every text of configuration: data of config maps, and values of variables.
fn configuration(out: &Out) -> Vec<(&Object, &str)> {
    let data = out.of("ConfigMap").flat_map(|object| {
        let data = object.value["data"].as_object().into_iter().flatten();
        data.filter_map(move |(_, value)| Some((object, value.as_str()?)))
    });
    let variables = out.containers().into_iter().flat_map(|(object, container)| {
        let variables = list(&container["env"]).iter();
        variables.filter_map(move |one| Some((object, one["value"].as_str()?)))
    });
    data.chain(variables).collect()
}

fn no_password_is_text(out: &Out) {
    for (object, container) in out.containers() {
        for variable in list(&container["env"]) {
            let name = variable["name"].as_str().unwrap();
            let is_secret = ["PASSWORD", "SECRET", "TOKEN", "ACCESS_KEY", "API_KEY"]
                .iter()
                .any(|word| name.ends_with(word) || name.ends_with(&format!("{word}_FILE")));
            let value = variable["value"].as_str();
            let is_path = value.is_some_and(|value| value.starts_with("/run/secrets/"));
            assert!(!is_secret || value.is_none() || is_path, "{}: {variable}", object.words());
        }
    }
}

fn no_secret_has_a_value(out: &Out) {
    none("holds values", out.of("Secret"));
    for (path, text) in &out.texts {
        for word in ["BEGIN PRIVATE KEY", "BEGIN RSA", "cGFzc3dvcmQ", "password123"] {
            assert!(!text.contains(word), "{} holds {word}", path.display());
        }
    }
}

fn no_password_is_part_of_an_address(out: &Out) {
    let between = regex::Regex::new(r"\w+://[^/@\s:]+:[^/@\s]+@").unwrap();
    let bad = configuration(out).into_iter().filter(|(_, text)| between.is_match(text));
    none("holds a password in an address", bad.map(|(object, _)| object));
}

fn no_limit_is_told_as_text(out: &Out) {
    let bad = configuration(out).into_iter().filter(|(_, text)| text.contains("RESOURCE_LIMITS"));
    none("tells its limits twice", bad.map(|(object, _)| object));
}

fn no_build_fact_is_configuration(out: &Out) {
    for (object, container) in out.containers() {
        let names = list(&container["env"]).iter().filter_map(|one| one["name"].as_str());
        let bad: Vec<&str> = names.filter(|name| name.ends_with("_VERSION")).collect();
        assert!(bad.is_empty(), "{}: {bad:?}", object.words());
    }
}

fn times_have_units(out: &Out) {
    for (object, container) in out.containers() {
        for variable in list(&container["env"]) {
            let name = variable["name"].as_str().unwrap();
            let bare = variable["value"].as_str().is_some_and(|value| value.parse::<f64>().is_ok());
            let is_time = name.ends_with("_TIMEOUT") || name.ends_with("_INTERVAL");
            assert!(!(is_time && bare), "{}: {variable}", object.words());
        }
    }
}

fn configuration_belongs_to_one_service(out: &Out) {
    none(
        "is read by several",
        out.of("ConfigMap").filter(|config| {
            let readers = out.pods().into_iter().filter(|pod| {
                (&pod.environment, &pod.system) == (&config.environment, &config.system)
                    && list(&pod.pod()["volumes"])
                        .iter()
                        .any(|volume| volume["configMap"]["name"] == config.name())
            });
            readers.count() > 1
        }),
    );
}

fn the_gateway_can_route(out: &Out) {
    let gateway = out.find("prod", "Deployment", "api-gateway").unwrap();
    let variables = list(&gateway.pod()["containers"][0]["env"]);
    let urls = variables
        .iter()
        .filter(|one| one["name"].as_str().is_some_and(|name| name.ends_with("_VERIFICATION_URL")));
    assert_eq!(urls.count(), 5);
}

fn every_secret_is_read(out: &Out) {
    let gateway = out.find("prod", "Deployment", "api-gateway").unwrap();
    let mounted = gateway.pod()["volumes"].to_string();
    for key in ["JWT_SECRET", "API_KEY", "postgresql.password", "redis.password"] {
        assert!(mounted.contains(key), "{key} is read by nobody");
    }
}

fn who_has_a_password_has_the_rest(out: &Out) {
    for (object, container) in out.containers() {
        let names: Vec<&str> =
            list(&container["env"]).iter().filter_map(|one| one["name"].as_str()).collect();
        if names.contains(&"DATABASE_PASSWORD_FILE") {
            for wanted in ["DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER"] {
                assert!(names.contains(&wanted), "{} lacks {wanted}", object.words());
            }
        }
    }
}

fn secrets_belong_to_one_service(out: &Out) {
    for object in out.pods() {
        let names = list(&object.pod()["volumes"]).iter().flat_map(|volume| {
            let sources = list(&volume["projected"]["sources"]).iter();
            sources.filter_map(|source| source["secret"]["name"].as_str())
        });
        let service = object.template().unwrap()["metadata"]["labels"]["app.kubernetes.io/name"]
            .as_str()
            .unwrap();
        for name in names {
            let own = [format!("{service}-secrets"), format!("{service}-secrets-optional")];
            assert!(own.iter().any(|own| own == name), "{} reads {name}", object.words());
        }
    }
}

fn nobody_logs_in_as_superuser(out: &Out) {
    for (object, container) in out.containers() {
        for variable in list(&container["env"]) {
            if variable["name"] == "DATABASE_USER" {
                assert_ne!(variable["value"], "postgres", "{}", object.words());
            }
        }
    }
}

/// The environments whose pods are isolated.
const ENFORCED: [&str; 3] = ["test", "staging", "prod"];

fn policies<'a>(out: &'a Out, environment: &'a str) -> impl Iterator<Item = &'a Object> {
    out.of("NetworkPolicy").filter(move |policy| policy.environment == environment)
}

fn every_pod_is_policed(out: &Out) {
    for environment in ENFORCED {
        for pod in out.pods().into_iter().filter(|pod| pod.environment == environment) {
            let service = &pod.template().unwrap()["metadata"]["labels"]["app.kubernetes.io/name"];
            let own = policies(out, environment).any(|policy| {
                policy.system == pod.system
                    && &policy.value["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
                        == service
            });
            assert!(own, "{} has no policy", pod.words());
        }
    }
}

fn rules_are_for_one_pair(out: &Out) {
    for environment in ENFORCED {
        for policy in policies(out, environment) {
            for rule in list(&policy.value["spec"]["ingress"]) {
                let everybody = |peer: &Value| {
                    peer["podSelector"] == serde_json::json!({})
                        && peer["namespaceSelector"].is_null()
                };
                assert!(!list(&rule["from"]).iter().any(everybody), "{}: {rule}", policy.words());
                assert!(!list(&rule["from"]).is_empty(), "{}: {rule}", policy.words());
            }
        }
    }
}

fn nothing_leads_everywhere(out: &Out) {
    for environment in ENFORCED {
        for policy in policies(out, environment) {
            for rule in list(&policy.value["spec"]["egress"]) {
                assert!(!list(&rule["to"]).is_empty(), "{}: {rule}", policy.words());
                for peer in list(&rule["to"]) {
                    let block = &peer["ipBlock"];
                    let open = block["cidr"] == "0.0.0.0/0" && list(&block["except"]).is_empty();
                    assert!(!open, "{}: {peer}", policy.words());
                }
            }
        }
    }
}

fn what_is_not_allowed_is_denied(out: &Out) {
    for environment in ENFORCED {
        let deny = policies(out, environment).filter(|policy| {
            let spec = &policy.value["spec"];
            spec["podSelector"] == serde_json::json!({})
                && list(&spec["policyTypes"]).len() == 2
                && list(&spec["ingress"]).is_empty()
        });
        let systems: std::collections::BTreeSet<&str> =
            deny.map(|policy| policy.system.as_str()).collect();
        assert_eq!(systems.len(), 2, "{environment}: {systems:?}");
    }
}

fn scrapes_are_allowed(out: &Out) {
    for environment in ENFORCED {
        let node = policies(out, environment)
            .find(|it| it.system == "iot-edge" && it.name() == "iot-edge-node")
            .unwrap();
        assert!(node.value["spec"]["ingress"].to_string().contains("prometheus"), "{environment}");
    }
}

fn policies_come_before_pods(out: &Out) {
    for environment in ENFORCED {
        for system in ["iot-edge", "iot-verification"] {
            let path = format!("{environment}/{system}/kubernetes/kustomization.yaml");
            let (_, text) = out.texts.iter().find(|(it, _)| it.to_str() == Some(&path)).unwrap();
            let order: Value = serde_yaml::from_str(text).unwrap();
            let files: Vec<&str> =
                list(&order["resources"]).iter().filter_map(Value::as_str).collect();
            let holds = |file: &str, kind: &str| {
                let path = format!("{environment}/{system}/kubernetes/{file}");
                let found = out.texts.iter().find(|(it, _)| it.to_str() == Some(&path));
                found.unwrap().1.contains(&format!("kind: {kind}\n"))
            };
            let policy = files.iter().rposition(|file| holds(file, "NetworkPolicy"));
            let pods = files.iter().position(|file| {
                holds(file, "Deployment") || holds(file, "StatefulSet") || holds(file, "Job")
            });
            assert!(policy.is_some() && policy < pods, "{path}: {files:?}");
        }
    }
}

fn discovery_is_allowed_or_static(out: &Out) {
    for (object, text) in configuration(out) {
        if text.contains("kubernetes_sd_configs") {
            let role = out.find(&object.environment, "Role", "prometheus");
            let bound = out.find(&object.environment, "RoleBinding", "prometheus");
            assert!(role.is_some() && bound.is_some(), "{}", object.words());
        }
    }
}

/// The files of monitoring that are mounted, in clusters and by Compose, of one name.
fn mounted<'a>(out: &'a Out, name: &str) -> Vec<&'a str> {
    let maps = out.of("ConfigMap").filter_map(|map| map.value["data"].get(name)?.as_str());
    let beside = out.texts.iter().filter(|(path, _)| {
        path.components().any(|one| one.as_os_str() == "files")
            && path.file_name().is_some_and(|it| it.to_string_lossy().ends_with(name))
    });
    let all: Vec<&str> = maps.chain(beside.map(|(_, text)| text.as_str())).collect();
    assert!(all.len() >= 11, "{} of {name}: eight trees, three Compose files", all.len());
    all
}

fn alerts_reach_an_alertmanager(out: &Out) {
    for text in mounted(out, "prometheus.yml") {
        let config: Value = serde_yaml::from_str(text).unwrap();
        let told = &config["alerting"]["alertmanagers"][0];
        assert_eq!(told["api_version"], "v2", "{text}");
        assert_eq!(told["static_configs"][0]["targets"][0], "alertmanager:9093", "{text}");
    }
    for text in mounted(out, "alertmanager.yml") {
        assert!(!list(&serde_yaml::from_str::<Value>(text).unwrap()["receivers"]).is_empty());
    }
}

fn prometheus_keeps_less_than_its_volume(out: &Out) {
    let mut seen = 0;
    for (object, container) in out.containers() {
        let args: Vec<&str> = list(&container["args"]).iter().filter_map(Value::as_str).collect();
        let kept = |arg: &&str| arg.strip_prefix("--storage.tsdb.retention.size=").is_some();
        if container["name"] != "prometheus" {
            continue;
        }
        let kept = args.iter().find(|arg| kept(arg)).unwrap().split('=').nth(1).unwrap();
        let kept: f64 = kept.strip_suffix("MB").unwrap().parse().unwrap();
        let size = "/spec/volumeClaimTemplates/0/spec/resources/requests/storage";
        let size = object.text(size).strip_suffix("Gi").unwrap().parse::<f64>().unwrap() * 1024.0;
        assert!(kept > 0.0 && kept < 0.85 * size, "{}: {kept} of {size}", object.words());
        assert!(!container["livenessProbe"].is_null() && !container["readinessProbe"].is_null());
        seen += 1;
    }
    assert_eq!(seen, 8, "one a tree");
}

fn grafana_has_a_password_of_its_own(out: &Out) {
    let mut seen = 0;
    for (object, container) in out.containers() {
        for variable in list(&container["env"]) {
            let name = variable["name"].as_str().unwrap();
            assert!(name != "GF_SECURITY_ADMIN_PASSWORD", "{}", object.words());
            seen += usize::from(name == "GF_SECURITY_ADMIN_PASSWORD__FILE");
        }
    }
    assert_eq!(seen, 8, "one a tree");
    for (path, text) in &out.texts {
        assert!(!text.contains("ADMIN_PASSWORD: "), "{}", path.display());
    }
}

fn grafana_fetches_no_plugins(out: &Out) {
    let words = ["GF_INSTALL_PLUGINS", "GF_PLUGINS_PREINSTALL:", "worldmap", "piechart"];
    for (path, text) in &out.texts {
        let found = words.iter().find(|word| text.contains(**word));
        assert!(found.is_none(), "{}: {found:?}", path.display());
    }
}

fn data_sources_have_fixed_names(out: &Out) {
    let sources: Vec<&str> = out.texts.iter().map(|(_, text)| text.as_str()).collect();
    let sources: Vec<&&str> = sources.iter().filter(|it| it.contains("isDefault: true")).collect();
    assert_eq!(sources.len(), 11, "eight trees, three Compose files");
    for text in sources {
        let (names, uids) =
            (text.matches("type: prometheus").count(), text.matches("uid: ").count());
        assert!(names > 0 && uids >= names, "{text}");
    }
}

fn dashboards_are_files_alone(out: &Out) {
    let providers = out.texts.iter().filter(|(_, text)| text.contains("allowUiUpdates"));
    let providers: Vec<_> = providers.collect();
    assert_eq!(providers.len(), 11, "eight trees, three Compose files");
    for (path, text) in providers {
        assert!(text.contains("allowUiUpdates: false"), "{}", path.display());
        assert!(text.contains("disableDeletion: true"), "{}", path.display());
    }
}

fn volumes_belong_to_their_users(out: &Out) {
    none(
        "cannot write to its volume",
        out.pods().into_iter().filter(|object| {
            let claims = !list(&object.value["spec"]["volumeClaimTemplates"]).is_empty()
                || list(&object.pod()["volumes"])
                    .iter()
                    .any(|volume| !volume["persistentVolumeClaim"].is_null());
            claims && object.pod()["securityContext"]["fsGroup"].is_null()
        }),
    );
}
