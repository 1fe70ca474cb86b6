//! The database, the cache, and volumes.

use crate::Row::{self, Absent, Refused, Waits};
use crate::out::{Object, Out, list, none};
use serde_json::Value;

pub(crate) const ROWS: &[(&str, Row)] = &[
    ("K1-01", Refused("single-writer")),
    ("PG-01", Absent(the_database_is_supported)),
    ("PG-02", Absent(settings_reach_the_database)),
    ("PG-03", Absent(settings_reach_the_database)),
    ("PG-04", Absent(data_lie_below_the_volume)),
    ("PG-05", Refused("headless-service")),
    ("PG-06", Absent(databases_of_prod_have_copies)),
    ("PG-07", Absent(a_recovering_database_is_not_killed)),
    ("PG-08", Waits("backups, exporters and TLS of the database are later issues")),
    ("PG-09", Absent(the_database_is_no_root)),
    ("PG-10", Absent(the_database_has_shared_memory)),
    ("PG-11", Absent(the_database_has_time_to_stop)),
    ("PG-12", Waits("a pooler is a later part of the provider")),
    ("PG-13", Absent(users_own_their_database)),
    ("PG-14", Waits("classes of the storage system are the platform's")),
    ("RD-01", Absent(the_cache_is_one)),
    ("RD-02", Absent(the_cache_is_one)),
    ("RD-03", Absent(the_cache_asks_for_a_password)),
    ("RD-04", Absent(the_cache_is_no_root)),
    ("RD-05", Absent(the_cache_knows_what_it_is)),
    ("RD-06", Absent(the_cache_has_room)),
    ("RD-07", Absent(the_cache_is_asked_for_its_answer)),
    ("RD-08", Absent(the_cache_is_supported)),
    ("RD-09", Waits("exporters come with monitoring, a later issue")),
    ("RD-10", Absent(the_cache_is_used)),
    ("LH-01", Waits("classes of the storage system are the platform's")),
    ("LH-02", Waits("snapshots and backups are later issues")),
    ("LH-03", Absent(each_environment_has_its_classes)),
];

/// The pods of a kind's image.
fn of_image<'a>(out: &'a Out, image: &str) -> Vec<&'a Object> {
    let found: Vec<&Object> = out
        .pods()
        .into_iter()
        .filter(|object| {
            let first = object.pod()["containers"][0]["image"].as_str();
            first.is_some_and(|it| it.contains(image))
        })
        .collect();
    assert!(!found.is_empty(), "nothing runs {image}");
    found
}

fn main(object: &Object) -> &Value {
    &object.pod()["containers"][0]
}

fn variable<'a>(container: &'a Value, name: &str) -> Option<&'a str> {
    let one = list(&container["env"]).iter().find(|one| one["name"] == name)?;
    one["value"].as_str()
}

fn the_database_is_supported(out: &Out) {
    none(
        "is near its end",
        of_image(out, "/postgres:").into_iter().filter(|object| {
            let image = main(object)["image"].as_str().unwrap();
            let major = image.split("/postgres:").nth(1).unwrap().split(['.', '-']).next().unwrap();
            major.parse::<u32>().unwrap() < 17
        }),
    );
}

fn settings_reach_the_database(out: &Out) {
    let told = of_image(out, "/postgres:").into_iter();
    let told: Vec<&Object> = told.filter(|object| object.system == "iot-verification").collect();
    assert!(told.len() >= 2);
    none(
        "ignores its settings",
        told.into_iter().filter(|object| {
            let args = list(&main(object)["args"]).iter().filter_map(Value::as_str);
            !args.into_iter().any(|arg| arg.contains("max_connections="))
        }),
    );
    none(
        "ignores its settings",
        out.of("Cluster").filter(|object| {
            let parameters = &object.value["spec"]["postgresql"]["parameters"];
            parameters["max_connections"].as_str().is_none()
        }),
    );
}

fn databases_of_prod_have_copies(out: &Out) {
    let clusters: Vec<&Object> = out.of("Cluster").collect();
    let copies = |environment: &str| -> Vec<Option<u64>> {
        let own = clusters.iter().filter(|object| object.environment == environment);
        own.map(|object| object.value["spec"]["instances"].as_u64()).collect()
    };
    assert_eq!(copies("prod"), [Some(3), Some(3)]);
    assert_eq!(copies("staging"), [Some(2), Some(2)]);
}

fn data_lie_below_the_volume(out: &Out) {
    none(
        "has its data at the root of a volume",
        of_image(out, "/postgres:").into_iter().filter(|object| {
            let mounts: Vec<&str> = list(&main(object)["volumeMounts"])
                .iter()
                .filter_map(|mount| mount["mountPath"].as_str())
                .collect();
            let data = variable(main(object), "PGDATA").unwrap_or("/var/lib/postgresql/18/docker");
            mounts.contains(&data)
        }),
    );
}

fn a_recovering_database_is_not_killed(out: &Out) {
    none(
        "is killed while it recovers",
        of_image(out, "/postgres:").into_iter().filter(|object| {
            let probe = &main(object)["startupProbe"];
            let seconds = probe["periodSeconds"].as_i64().unwrap_or(0)
                * probe["failureThreshold"].as_i64().unwrap_or(0);
            seconds < 120
        }),
    );
}

fn the_database_is_no_root(out: &Out) {
    none(
        "runs as another user",
        of_image(out, "/postgres:")
            .into_iter()
            .filter(|object| object.pod()["securityContext"]["runAsUser"] != 999),
    );
}

fn the_database_has_shared_memory(out: &Out) {
    none(
        "has 64Mi of shared memory",
        of_image(out, "/postgres:").into_iter().filter(|object| {
            let mounts = list(&main(object)["volumeMounts"]);
            !mounts.iter().any(|mount| mount["mountPath"] == "/dev/shm")
        }),
    );
}

fn the_database_has_time_to_stop(out: &Out) {
    none(
        "is killed while it stops",
        of_image(out, "/postgres:").into_iter().filter(|object| {
            object.pod()["terminationGracePeriodSeconds"].as_i64().unwrap_or(30) < 60
        }),
    );
}

fn users_own_their_database(out: &Out) {
    let made = out.of("ConfigMap").filter(|config| config.name().starts_with("postgres"));
    none(
        "makes no user of its own",
        made.filter(|config| {
            let text = config.value["data"].to_string().to_lowercase();
            !(text.contains("create role") || text.contains("create user"))
        }),
    );
}

fn the_cache_is_one(out: &Out) {
    none(
        "is several masters",
        of_image(out, "/valkey:")
            .into_iter()
            .filter(|object| object.value["spec"]["replicas"] != 1),
    );
}

fn the_cache_asks_for_a_password(out: &Out) {
    let config = out.of("ConfigMap").filter(|config| config.name() == "redis-config");
    let texts: Vec<String> = config.map(|config| config.value["data"].to_string()).collect();
    let asks = |text: &String| text.contains("aclfile") || text.contains("requirepass");
    let by_command = of_image(out, "/valkey:")
        .into_iter()
        .all(|object| main(object).to_string().contains("/run/secrets/"));
    assert!(texts.iter().all(asks) || by_command, "the cache lets everybody in");
}

fn the_cache_is_no_root(out: &Out) {
    none(
        "runs as root",
        of_image(out, "/valkey:")
            .into_iter()
            .filter(|object| object.pod()["securityContext"]["runAsUser"] != 999),
    );
}

fn cache_text(out: &Out, object: &Object) -> String {
    let config = out.find(&object.environment, "ConfigMap", "redis-config");
    let config = config.map(|config| config.value["data"].to_string()).unwrap_or_default();
    format!("{config} {}", main(object))
}

fn the_cache_knows_what_it_is(out: &Out) {
    none(
        "is undecided",
        of_image(out, "/valkey:").into_iter().filter(|object| {
            let text = cache_text(out, object);
            !text.contains("allkeys-lru") || text.contains("appendonly yes")
        }),
    );
}

fn the_cache_has_room(out: &Out) {
    none(
        "has no room to fork",
        of_image(out, "/valkey:").into_iter().filter(|object| {
            let limit = main(object)["resources"]["limits"]["memory"].as_str().unwrap();
            let mebibytes: i64 = limit.trim_end_matches("Mi").parse().unwrap_or(1024);
            let text = cache_text(out, object);
            let said = text.split("maxmemory ").nth(1).unwrap();
            let digits: String = said.chars().take_while(char::is_ascii_digit).collect();
            let bytes: i64 = digits.parse().unwrap();
            let most = if bytes > 100_000 { bytes / 1024 / 1024 } else { bytes };
            most * 4 > mebibytes * 3
        }),
    );
}

fn the_cache_is_asked_for_its_answer(out: &Out) {
    none(
        "is well while it loads",
        of_image(out, "/valkey:").into_iter().filter(|object| {
            let probe = main(object)["readinessProbe"]["exec"].to_string();
            !probe.contains("PONG")
        }),
    );
}

fn the_cache_is_supported(out: &Out) {
    let bad = out.containers().into_iter().filter(|(_, container)| {
        container["image"].as_str().is_some_and(|image| image.contains("redis:6"))
    });
    none("is of another time", bad.map(|(object, _)| object));
}

fn the_cache_is_used(out: &Out) {
    let told = out.containers().into_iter().any(|(object, container)| {
        object.environment == "prod" && variable(container, "CACHE_HOST") == Some("redis")
    });
    assert!(told, "nobody is told where the cache is");
}

fn each_environment_has_its_classes(out: &Out) {
    let classes = |environment: &str| -> std::collections::BTreeSet<String> {
        let sets = out.of("StatefulSet").filter(|set| set.environment == environment);
        sets.flat_map(|set| list(&set.value["spec"]["volumeClaimTemplates"]))
            .filter_map(|claim| claim["spec"]["storageClassName"].as_str())
            .map(ToOwned::to_owned)
            .collect()
    };
    assert!(classes("prod").iter().any(|class| class.contains("longhorn")));
    assert!(!classes("dev").iter().any(|class| class.contains("longhorn")));
}
