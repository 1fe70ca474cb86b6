//! What bringing a changed Compose file up does: an engine makes every container anew whose service
//! differs, and never touches a volume.

use super::{Effect, Risk};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const fn effect(risk: Risk, reason: &'static str) -> Effect {
    Effect { risk, reason }
}

const UNMOUNTED: Effect =
    effect(Risk::DataLoss, "a volume is not mounted where it was: its data are not seen");
const PGDATA: Effect = effect(Risk::DataLoss, "PostgreSQL looks for its data in another folder");
const REMOVED: Effect = effect(Risk::Stop, "a service is gone: `--remove-orphans` ends it");
const ANEW: Effect = effect(Risk::Restart, "containers are made anew");
const COPIES: Effect = effect(Risk::Scale, "the number of containers changes");
const IN_PLACE: Effect = effect(Risk::Update, "what runs stays as it is");

/// What a service says that its container does not know of.
const OUTSIDE: &[&str] = &["depends_on", "profiles", "pull_policy"];

/// The worst that bringing the new file up does.
pub(in crate::diff) fn of_compose(old: &Value, new: &Value) -> Effect {
    let (old_services, new_services) = (services(old), services(new));
    if mounts(&old_services).difference(&mounts(&new_services)).next().is_some() {
        return UNMOUNTED;
    }
    let differing = old_services.iter().filter(|(name, old)| new_services.get(*name) != Some(old));
    let of_each = differing.map(|(name, old)| match new_services.get(name) {
        Some(new) => of_service(old, new),
        None => REMOVED,
    });
    let worst = of_each.max_by_key(|effect| effect.risk).unwrap_or(IN_PLACE);
    // A network that differs is made anew, with everybody in it.
    if worst.risk < ANEW.risk && networks_differ(old, new) { ANEW } else { worst }
}

fn networks_differ(old: &Value, new: &Value) -> bool {
    let networks = |file: &Value| file.get("networks").and_then(Value::as_object).cloned();
    let (old, new) = (networks(old).unwrap_or_default(), networks(new).unwrap_or_default());
    old.iter().any(|(name, network)| new.get(name).is_some_and(|other| other != network))
}

fn services(file: &Value) -> Map<String, Value> {
    file.get("services").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Every volume that has a name, by who mounts it and where.
fn mounts(services: &Map<String, Value>) -> BTreeSet<(&str, &str, &str)> {
    let mut mounts = BTreeSet::new();
    for (name, service) in services {
        let volumes = service.get("volumes").and_then(Value::as_array);
        for volume in volumes.into_iter().flatten() {
            let text = |key: &str| volume.get(key).and_then(Value::as_str);
            if let (Some("volume"), Some(source), Some(target)) =
                (text("type"), text("source"), text("target"))
            {
                mounts.insert((name.as_str(), source, target));
            }
        }
    }
    mounts
}

fn of_service(old: &Value, new: &Value) -> Effect {
    let data = |service: &Value| service.pointer("/environment/PGDATA").cloned();
    if data(old) != data(new) {
        return PGDATA;
    }
    let without = |service: &Value, paths: &[&str]| {
        let mut service = service.clone();
        if let Value::Object(keys) = &mut service {
            keys.retain(|key, _| !paths.contains(&key.as_str()));
        }
        service
    };
    let (old, new) = (without(old, OUTSIDE), without(new, OUTSIDE));
    if old == new {
        return IN_PLACE;
    }
    let single = |mut service: Value| {
        if let Some(Value::Object(deploy)) = service.get_mut("deploy") {
            deploy.remove("replicas");
        }
        service
    };
    if single(old) == single(new) { COPIES } else { ANEW }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "
services:
  web:
    image: web:1
    depends_on: { db: { condition: service_healthy } }
    deploy: { replicas: 2 }
  db:
    image: db:1
    environment: { PGDATA: /data/1 }
    volumes:
    - { type: volume, source: db-data, target: /data }
    - { type: volume, target: /scratch }
networks: { web.db: { internal: true } }
volumes: { db-data: {} }
";

    /// The effect of putting one text in the place of another.
    fn of(from: &str, to: &str) -> Effect {
        assert!(OLD.contains(from), "{from}");
        let read = |text: &str| serde_yaml::from_str::<Value>(text).expect("it is YAML");
        of_compose(&read(OLD), &read(&OLD.replace(from, to)))
    }

    #[test]
    fn what_a_volume_holds_may_be_left() {
        assert_eq!(of("source: db-data", "source: data"), UNMOUNTED);
        assert_eq!(of("target: /data", "target: /var"), UNMOUNTED);
        assert_eq!(of("    - { type: volume, source: db-data, target: /data }\n", ""), UNMOUNTED);
        assert_eq!(of("  db:\n    image", "  store:\n    image"), UNMOUNTED);
        assert_eq!(of("/data/1", "/data/2"), PGDATA);
        // Scratch space goes with its container.
        assert_eq!(of("/scratch", "/tmp"), ANEW);
    }

    #[test]
    fn containers_are_made_anew_for_what_they_know() {
        assert_eq!(of("web:1", "web:2"), ANEW);
        assert_eq!(of("replicas: 2", "replicas: 3"), COPIES);
        assert_eq!(of("service_healthy", "service_started"), IN_PLACE);
        assert_eq!(of("internal: true", "internal: false"), ANEW);
        assert_eq!(of("networks: {", "networks: { more: {},"), IN_PLACE);
        assert_eq!(of("  web:\n    image: web:1", "  page:\n    image: web:1"), REMOVED);
        assert_eq!(of("volumes: { db-data: {} }", "volumes: { db-data: {}, more: {} }"), IN_PLACE);
    }
}
