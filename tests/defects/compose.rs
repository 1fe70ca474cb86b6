//! Compose files.

use crate::Row::{self, Absent, Refused};
use crate::out::{Out, list};
use serde_json::Value;

pub(crate) const ROWS: &[(&str, Row)] = &[
    ("CO-01", Absent(a_project_has_a_name_and_no_version)),
    ("CO-02", Absent(the_file_has_its_usual_name)),
    ("CO-03", Absent(no_container_has_a_name_of_its_own)),
    ("CO-04", Absent(passwords_are_files)),
    ("CO-05", Refused("compose-order")),
    ("CO-06", Absent(everybody_is_asked)),
    ("CO-07", Refused("compose-image")),
    ("CO-08", Refused("compose-port")),
    ("CO-09", Refused("compose-network")),
    ("CO-10", Absent(what_is_mounted_is_there)),
    ("CO-11", Absent(configuration_is_read_only)),
    ("CO-12", Absent(containers_are_hardened)),
    ("CO-13", Absent(nobody_is_superuser)),
    ("CO-14", Absent(the_cache_asks_for_a_password_and_forgets)),
    ("CO-15", Absent(what_is_built_has_a_name)),
    ("CO-16", Absent(hosts_are_called_alike)),
    ("CO-17", Refused("compose-volume")),
    ("CO-18", Absent(monitoring_is_whole)),
    ("CO-19", Absent(monitoring_has_a_profile)),
    ("CO-20", Absent(no_default_is_said)),
];

/// Every Compose file of out/: its folder below out/, and what it says.
fn files(out: &Out) -> Vec<(String, Value)> {
    let texts = out.texts.iter().filter(|(path, _)| path.ends_with("compose.yaml"));
    let files: Vec<_> = texts
        .map(|(path, text)| {
            let folder = path.parent().unwrap().display().to_string();
            (folder, serde_yaml::from_str(text).unwrap())
        })
        .collect();
    assert_eq!(files.len(), 3, "dev of both systems, and test of iot-edge");
    files
}

/// Every service of them: folder and name, and what it says.
fn services(out: &Out) -> Vec<(String, Value)> {
    let of = |(folder, file): (String, Value)| {
        let services = file["services"].as_object().unwrap().clone();
        services.into_iter().map(move |(name, service)| (format!("{folder}/{name}"), service))
    };
    files(out).into_iter().flat_map(of).collect()
}

/// Fails with the services of which something does not hold.
fn all(out: &Out, what: &str, holds: impl Fn(&str, &Value) -> bool) {
    let bad: Vec<String> = services(out)
        .into_iter()
        .filter(|(name, service)| !holds(name, service))
        .map(|(name, _)| name)
        .collect();
    assert!(bad.is_empty(), "{what}: {}", bad.join(", "));
}

fn a_project_has_a_name_and_no_version(out: &Out) {
    for (folder, file) in files(out) {
        assert!(file["name"].is_string() && file.get("version").is_none(), "{folder}");
    }
}

fn the_file_has_its_usual_name(out: &Out) {
    let other = |name: &str| name.contains("compose") && name.ends_with("yml");
    let name = |path: &std::path::Path| path.file_name().unwrap().display().to_string();
    let bad = out.texts.iter().find(|(path, _)| other(&name(path)));
    assert!(bad.is_none(), "{bad:?}");
}

fn no_container_has_a_name_of_its_own(out: &Out) {
    all(out, "a name of its own", |_, service| service.get("container_name").is_none());
}

fn passwords_are_files(out: &Out) {
    let is_secret = |name: &str| {
        ["PASSWORD", "SECRET", "TOKEN", "API_KEY"].iter().any(|word| name.contains(word))
    };
    all(out, "a password in a variable", |_, service| {
        let variables = service["environment"].as_object();
        variables.into_iter().flatten().all(|(name, value)| {
            !is_secret(name)
                || value.as_str().is_some_and(|value| value.starts_with("/run/secrets/"))
        })
    });
}

fn everybody_is_asked(out: &Out) {
    all(out, "not asked", |_, service| {
        service["restart"] == "no" || service["healthcheck"]["test"][0] == "CMD"
    });
}

fn what_is_mounted_is_there(out: &Out) {
    for (folder, file) in files(out) {
        for (name, config) in file["configs"].as_object().unwrap() {
            let path = config["file"].as_str().unwrap().trim_start_matches("./");
            let path = format!("{folder}/{path}");
            let is_there = out.texts.iter().any(|(known, _)| known.display().to_string() == path);
            assert!(is_there, "{name}: {path}");
        }
    }
    all(out, "a file of the repository is mounted", |_, service| {
        list(&service["volumes"]).iter().all(|volume| volume["type"] == "volume")
    });
}

/// Configs are mounted read-only, and nothing of an image is hidden by a folder.
fn configuration_is_read_only(out: &Out) {
    all(out, "configuration that can be changed", |_, service| {
        list(&service["volumes"]).iter().all(|volume| {
            let target = volume["target"].as_str().unwrap_or_default();
            !target.starts_with("/etc") && !target.starts_with("/app")
        })
    });
}

fn containers_are_hardened(out: &Out) {
    all(out, "not hardened", |_, service| {
        service["init"] == true
            && service["read_only"] == true
            && service["cap_drop"] == serde_json::json!(["ALL"])
            && service["security_opt"][0] == "no-new-privileges:true"
            && service["restart"].is_string()
            && service["stop_grace_period"].is_string()
            && service["user"].is_string()
            && service["deploy"]["resources"]["limits"]["memory"].is_string()
            && service["deploy"]["resources"]["limits"]["pids"].is_number()
            && service["logging"]["options"]["max-size"].is_string()
    });
}

fn nobody_is_superuser(out: &Out) {
    all(out, "logs in as superuser", |_, service| {
        service["environment"]["DATABASE_USER"] != "postgres"
            && service["environment"].get("POSTGRES_USER").is_none()
    });
}

fn the_cache_asks_for_a_password_and_forgets(out: &Out) {
    let of = |end: &str| {
        let texts = out.texts.iter().filter(|(path, _)| {
            path.display().to_string().contains("/compose/files/") && path.ends_with(end)
        });
        let texts: Vec<&String> = texts.map(|(_, text)| text).collect();
        assert_eq!(texts.len(), 3, "{end}");
        texts
    };
    assert!(of("redis/start.sh").iter().all(|text| text.contains("requirepass")));
    assert!(
        of("redis/valkey.conf").iter().all(|text| text.contains("maxmemory-policy allkeys-lru"))
    );
}

fn what_is_built_has_a_name(out: &Out) {
    all(out, "built without a name", |_, service| {
        service.get("build").is_none()
            || (service["image"].as_str().is_some_and(|image| image.ends_with(":unreleased"))
                && service["pull_policy"] == "build"
                && service["build"]["dockerfile"].is_string())
    });
}

/// A host in a variable is a service here, and in the cluster.
fn hosts_are_called_alike(out: &Out) {
    all(out, "calls a host that is none", |name, service| {
        let (folder, _) = name.rsplit_once('/').unwrap();
        let known = files(out).into_iter().find(|(other, _)| other == folder).unwrap().1;
        let variables = service["environment"].as_object();
        let mut hosts = variables.into_iter().flatten().filter(|(name, _)| name.ends_with("_HOST"));
        hosts.all(|(_, host)| {
            let host = host.as_str().unwrap_or_default();
            let in_cluster = out
                .objects
                .iter()
                .any(|object| object.kind() == "Service" && object.name() == host);
            known["services"].get(host).is_some() && in_cluster
        })
    });
}

fn monitoring_has_a_profile(out: &Out) {
    all(out, "monitoring starts always", |name, service| {
        !name.ends_with("/prometheus") && !name.ends_with("/grafana")
            || service["profiles"] == serde_json::json!(["monitoring"])
    });
}

fn no_default_is_said(out: &Out) {
    for (folder, file) in files(out) {
        let networks = file["networks"].as_object().unwrap();
        assert!(networks.values().all(|network| network.get("driver").is_none()), "{folder}");
    }
}

fn monitoring_is_whole(out: &Out) {
    for (folder, file) in files(out) {
        let mounts = |service: &str| -> Vec<String> {
            let configs = list(&file["services"][service]["configs"]).iter();
            configs.map(|config| config["target"].as_str().unwrap().to_owned()).collect()
        };
        for (service, path) in [
            ("prometheus", "/etc/prometheus/prometheus.yml"),
            ("prometheus", "/etc/prometheus/rules/iac.yaml"),
            ("alertmanager", "/etc/alertmanager/alertmanager.yml"),
            ("grafana", "/etc/grafana/provisioning/datasources/iac.yaml"),
            ("grafana", "/etc/grafana/provisioning/dashboards/iac.yaml"),
            ("grafana", "/etc/grafana/dashboards/services.json"),
        ] {
            assert!(mounts(service).iter().any(|one| one == path), "{folder}/{service}: {path}");
        }
    }
}
