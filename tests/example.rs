//! What the committed example says, read from its resolved stacks.
//!
//! [`ASPECTS`] are the rows of what each environment should have (dev, test, staging, prod). Each
//! is checked here, or names what will bring it; a row that is neither fails.
#![allow(clippy::unwrap_used, reason = "a test fails at what is not there")]

#[path = "example/stacks.rs"]
mod stacks;

use iac::layer::{PodSecurityLevel, PodSecurityMode, Reclaim, SpreadRule, TargetName};
use iac::model::{GatewayApi, Peer, Rollout, SecretBackend, Service, ServiceKind};
use iac::value::Host;
use stacks::{
    EDGE, ENVIRONMENTS, STACKS, VERIFICATION, VERIFIERS, claims, file, gateway, of_kind, own,
    plain, range, service, stack, variable, verifiers,
};
use std::collections::BTreeSet;

/// Every row of what each environment should have.
const ASPECTS: &[&str] = &[
    "runtime",
    "images",
    "replicas",
    "HPA, PDB, spread",
    "CPU and memory",
    "PostgreSQL",
    "cache",
    "object store",
    "storage class",
    "secrets",
    "ingress",
    "host name",
    "NetworkPolicy",
    "mesh",
    "Pod Security",
    "log level and format",
    "tracing",
    "metrics and alerts",
    "log store",
    "Prometheus retention",
    "verification knobs",
    "deploy strategy",
    "approval and trigger",
    "backup and destroy",
    "data",
];

/// What will bring the part of a row that the description cannot say yet.
enum Coming {
    /// The issue with this number.
    Issue(u32, &'static str),
    /// An issue after these.
    Later(&'static str),
}

use Coming::{Issue, Later};

/// A check of the stacks, and what is still to come.
type Covered = (Option<fn()>, &'static [Coming]);

fn covered(aspect: &str) -> Option<Covered> {
    Some(match aspect {
        "runtime" => (Some(runtime), &[Issue(5, "Compose in dev")]),
        "images" => (Some(images), &[Later("attestations")]),
        "replicas" => (Some(replicas), &[]),
        "HPA, PDB, spread" => (Some(scaling), &[]),
        "CPU and memory" => (Some(amounts), &[]),
        "PostgreSQL" => {
            (Some(postgresql), &[Later("backups and their restore"), Later("a pooler")])
        }
        "cache" => (Some(cache), &[Later("a replicated cache, TLS")]),
        "object store" => (Some(object_store), &[Later("replication, object lock")]),
        "storage class" => (Some(storage_class), &[Later("snapshots")]),
        "secrets" => (Some(secrets), &[Issue(5, "a file that a script makes, in Compose")]),
        "ingress" => (Some(ingress), &[Later("an allow-list in staging")]),
        "host name" => (Some(host_name), &[]),
        "NetworkPolicy" => (Some(network_policies), &[]),
        "mesh" => (None, &[Later("Istio, ambient")]),
        "Pod Security" => (Some(pod_security), &[]),
        "log level and format" => (Some(logs), &[]),
        "tracing" => (Some(tracing), &[Later("a store of traces")]),
        "metrics and alerts" => (Some(metrics), &[Later("rules, Alertmanager")]),
        "log store" => (None, &[Later("Fluent Bit, Elasticsearch")]),
        "Prometheus retention" => (Some(retention), &[Later("remote write, two replicas")]),
        "verification knobs" => (Some(knobs), &[]),
        "deploy strategy" => (Some(strategy), &[Later("canary and blue-green")]),
        "approval and trigger" => (Some(promotion), &[Later("pipelines, guards")]),
        "backup and destroy" => (None, &[Later("backups, guards")]),
        "data" => (None, &[Later("seeds and migrations")]),
        _ => return None,
    })
}

#[test]
fn every_row_is_checked_or_will_be() {
    for aspect in ASPECTS {
        let Some((check, coming)) = covered(aspect) else {
            panic!("nothing says what shows the row `{aspect}`");
        };
        assert!(check.is_some() || !coming.is_empty(), "the row `{aspect}` is neither");
        for part in coming {
            match part {
                Issue(number, what) => {
                    assert!(matches!(number, 4 | 5) && !what.is_empty(), "{aspect}");
                }
                Later(what) => assert!(!what.is_empty(), "{aspect}"),
            }
        }
        if let Some(check) = check {
            check();
        }
    }
}

fn runtime() {
    let versions =
        ENVIRONMENTS.map(|name| stack(name, EDGE).environment.kubernetes.unwrap().as_str());
    assert_eq!(versions, ["1.37", "1.35", "1.36", "1.36"]);
    let contexts: BTreeSet<_> =
        ENVIRONMENTS.map(|name| stack(name, EDGE).environment.context.as_deref().unwrap()).into();
    assert_eq!(contexts.len(), 4, "each has a cluster of its own");
    for name in ENVIRONMENTS {
        let by_compose = matches!(name, "dev" | "test");
        let both = [TargetName::Compose, TargetName::Kubernetes];
        assert_eq!(stack(name, EDGE).targets, both[usize::from(!by_compose)..], "{name}");
    }
    // Staging has the topology of prod.
    for system in [EDGE, VERIFICATION] {
        let shape = |environment| {
            let services = stack(environment, system).services.values();
            services
                .map(|service| (&service.name, &service.kind, &service.ports, &service.flows))
                .collect::<Vec<_>>()
        };
        assert_eq!(shape("staging"), shape("prod"));
    }
}

fn images() {
    for service in own("prod") {
        assert_eq!(service.container.image.tag.as_ref().unwrap().as_str(), "unreleased");
        assert!(service.container.image.digest.is_none() && service.container.image.own);
    }
    for stack in STACKS.iter() {
        let prod = &self::stack("prod", stack.system.as_str()).services;
        for service in stack.services.values() {
            let other = &prod[&service.name];
            // An operator runs an image of its own.
            if service.provided.is_some() == other.provided.is_some() {
                assert_eq!(service.container.image, other.container.image, "one image everywhere");
            }
            assert_eq!(
                service.container.image.digest.is_none(),
                service.container.image.own || service.provided.is_some(),
                "{}",
                service.name
            );
        }
    }
}

fn replicas() {
    assert_eq!(ENVIRONMENTS.map(|name| range(gateway(name)).0), [1, 1, 2, 3]);
    for (name, least) in ENVIRONMENTS.into_iter().zip([1, 1, 2, 2]) {
        assert!(verifiers(name).iter().all(|verifier| range(verifier).0 == least), "{name}");
    }
    let node = |name| range(service(name, EDGE, "iot-edge-node"));
    assert_eq!(ENVIRONMENTS.map(node), [(1, 1), (1, 1), (2, 2), (3, 3)]);
    assert_eq!(verifiers("dev")[0].name.as_str(), "tsn-verification");
}

fn scaling() {
    for name in ["dev", "test"] {
        assert!(own(name).iter().all(|service| range(service) == (1, 1)), "{name}");
    }
    assert_eq!(range(gateway("staging")), (2, 5));
    assert_eq!(range(gateway("prod")), (3, 10));
    assert!(verifiers("staging").iter().all(|verifier| range(verifier) == (2, 4)));
    assert!(verifiers("prod").iter().all(|verifier| range(verifier) == (2, 8)));
    let scaled =
        own("prod").into_iter().filter(|service| service.replicas.max > service.replicas.min);
    for service in own("prod").into_iter().chain(own("staging")) {
        assert_eq!(service.placement.hosts, SpreadRule::Require, "{}", service.name);
        assert_eq!(service.placement.zones, SpreadRule::Prefer, "{}", service.name);
    }
    // What follows the load needs a request that its use is measured by.
    assert!(scaled.into_iter().all(|service| service.container.requests.cpu.is_some()));
}

fn amounts() {
    for service in own("dev") {
        let prod = self::service("prod", system_of("dev", service), service.name.as_str());
        assert!(service.container.requests.cpu < prod.container.requests.cpu, "{}", service.name);
        assert!(service.container.limits.cpu.is_none(), "{}", service.name);
    }
    for service in own("test").into_iter().chain(of_kind("test", "postgres")) {
        assert!(service.container.limits.cpu.is_some(), "{}", service.name);
        assert_eq!(service.container.limits, service.container.requests, "{}", service.name);
    }
    for service in own("staging") {
        let prod = self::service("prod", system_of("staging", service), service.name.as_str());
        assert_eq!(service.container.requests, prod.container.requests, "{}", service.name);
    }
    for service in own("prod") {
        assert!(
            service.container.limits.memory.is_some() && service.container.limits.cpu.is_none()
        );
        assert_eq!(
            service.container.limits.memory, service.container.requests.memory,
            "{}",
            service.name
        );
    }
}

fn system_of(environment: &str, service: &Service) -> &'static str {
    let of_edge = stack(environment, EDGE).services.contains_key(&service.name);
    if of_edge { EDGE } else { VERIFICATION }
}

fn postgresql() {
    for name in ENVIRONMENTS {
        for database in of_kind(name, "postgres") {
            let copies = match name {
                "prod" => 3,
                "staging" => 2,
                _ => 1,
            };
            assert_eq!(range(database), (copies, copies), "{name}");
            assert_eq!(database.provided.is_some(), copies > 1, "{name}");
            let args = database.container.args.as_deref().unwrap();
            let safe = !args.contains(&"--fsync=off".to_owned());
            assert_eq!(safe, name != "dev", "{name}");
            assert_eq!(variable(database, "PGDATA"), Some("/var/lib/postgresql/18/docker"));
            let data = database.volumes.iter().find(|volume| volume.name.as_str() == "data");
            assert_eq!(data.unwrap().path.as_str(), "/var/lib/postgresql");
        }
        let stack = stack(name, VERIFICATION);
        let pools = stack.services.values().filter_map(|service| {
            let pool: u32 = variable(service, "DATABASE_MAX_CONNECTIONS")?.parse().ok()?;
            // An update starts a quarter more.
            Some(pool * service.replicas.max.saturating_mul(5).div_ceil(4))
        });
        let most: u32 = pools.sum();
        let args = service(name, VERIFICATION, "postgresql").container.args.as_deref().unwrap();
        assert!(args.contains(&"--max_connections=200".to_owned()), "{name}: {args:?}");
        assert!(most + 10 <= 200, "{name}: {most} connections");
    }
}

fn cache() {
    for name in ENVIRONMENTS {
        for cache in of_kind(name, "valkey") {
            assert_eq!(range(cache), (1, 1), "{name}");
            assert!(claims(cache).is_empty(), "a cache keeps nothing");
            assert!(file(cache, "start.sh").contains("requirepass"));
            let settings = file(cache, "valkey.conf");
            assert!(settings.contains("\nmaxmemory-policy allkeys-lru\n"));
            let most = settings.lines().find_map(|line| line.strip_prefix("maxmemory "));
            let most: u64 = most.unwrap().parse().unwrap();
            let limit = cache.container.limits.memory.unwrap().count();
            assert!(most * 4 <= limit * 3, "{name}: {most} of {limit} bytes");
        }
    }
}

fn object_store() {
    for name in ENVIRONMENTS {
        for store in of_kind(name, "seaweedfs") {
            assert_eq!(range(store), (1, 1), "{name}");
            assert!(
                file(store, "start.sh").contains("s3.bucket.versioning -name artefacts -enable")
            );
        }
    }
}

fn storage_class() {
    for stack in STACKS.iter() {
        let (general, database) = match stack.environment.name.as_str() {
            "dev" | "test" => ("local-path", "local-path"),
            _ => ("longhorn", "longhorn-local"),
        };
        for service in stack.services.values() {
            let postgres = matches!(&service.kind, ServiceKind::Kind { kind, .. } if kind.as_str() == "postgres");
            let wanted = if postgres { database } else { general };
            for claim in claims(service) {
                assert_eq!(claim.class.as_ref().unwrap().as_str(), wanted, "{}", service.name);
                assert!(!claim.shared);
                let test = stack.environment.name.as_str() == "test";
                let reclaim = if test { Reclaim::Delete } else { Reclaim::Retain };
                assert_eq!(claim.reclaim, reclaim, "{}", service.name);
            }
        }
    }
}

fn secrets() {
    for stack in STACKS.iter() {
        for service in stack.services.values() {
            for secret in &service.secrets {
                let mut files = service.container.secrets.iter();
                assert!(files.any(|file| file.key == secret.key), "{}", secret.key);
            }
        }
    }
    // Where nothing else makes them, a run does; staging and prod have stores of their own.
    let store = |name| match &stack(name, EDGE).environment.secrets {
        SecretBackend::Manual | SecretBackend::Sops => None,
        SecretBackend::ExternalSecrets(external) => Some(external.store.to_string()),
    };
    let stores = ["dev", "test", "staging", "prod"].map(store);
    let expected = [None, None, Some("vault-staging".to_owned()), Some("vault-prod".to_owned())];
    assert_eq!(stores, expected);
    for name in ENVIRONMENTS {
        assert_eq!(variable(gateway(name), "JWT_SECRET_FILE"), Some("/run/secrets/JWT_SECRET"));
        assert_eq!(variable(gateway(name), "API_KEY_FILE"), Some("/run/secrets/API_KEY"));
        // No verifier can read them.
        for verifier in verifiers(name) {
            assert!(verifier.secrets.iter().all(|secret| secret.key.as_str() != "JWT_SECRET"));
        }
    }
}

fn ingress() {
    for name in ENVIRONMENTS {
        let systems = [EDGE, VERIFICATION].map(|system| stack(name, system));
        let all = systems.into_iter().flat_map(|stack| stack.services.values());
        let exposed = all.filter_map(|service| {
            assert!(service.exposed.as_ref()?.tls, "{name}/{}", service.name);
            Some(service.name.as_str())
        });
        let exposed: Vec<_> = exposed.collect();
        let wanted: &[_] = if name == "test" {
            &[]
        } else {
            &["grafana", "iot-edge-node", "api-gateway", "grafana"]
        };
        assert_eq!(exposed, wanted, "{name}");
        let gateway = stack(name, EDGE).environment.gateways.get("public");
        let issuer = gateway.and_then(|gateway| gateway.issuer.as_ref()).map(Host::as_str);
        let (api, wanted) = match name {
            "dev" => (Some(true), None),
            "test" => (None, None),
            "staging" => (Some(false), Some("letsencrypt-staging")),
            _ => (Some(false), Some("letsencrypt")),
        };
        let older = gateway.map(|gateway| matches!(gateway.api, GatewayApi::Ingress(_)));
        assert_eq!((older, issuer), (api, wanted), "{name}");
    }
}

/// What they let pass is compared with what is described in `tests/reach.rs`.
fn network_policies() {
    let enforced = ENVIRONMENTS.map(|name| stack(name, EDGE).environment.network_policies);
    assert_eq!(enforced, [false, true, true, true]);
}

fn host_name() {
    let host = |name| gateway(name).exposed.as_ref().map(|exposed| exposed.hosts[0].to_string());
    assert_eq!(host("dev").as_deref(), Some("api.localhost"));
    assert_eq!(host("test"), None);
    assert_eq!(host("staging").as_deref(), Some("api.staging.iot.example.com"));
    assert_eq!(host("prod").as_deref(), Some("api.iot.example.com"));
}

fn pod_security() {
    for name in ENVIRONMENTS {
        let environment = &stack(name, EDGE).environment;
        assert_eq!(environment.pod_security, PodSecurityLevel::Restricted);
        let mode = if name == "dev" { PodSecurityMode::Warn } else { PodSecurityMode::Enforce };
        assert_eq!(environment.pod_security_mode, mode, "{name}");
        for system in [EDGE, VERIFICATION] {
            for service in stack(name, system).services.values() {
                assert!(service.user > 0 && !service.container.writable_root, "{}", service.name);
            }
        }
    }
}

/// The values of a variable in dev, test, staging and prod, which all of `services` share.
fn values(name: &str, services: fn(&str) -> Vec<&'static Service>) -> [&'static str; 4] {
    ENVIRONMENTS.map(|environment| {
        let said: BTreeSet<_> =
            services(environment).into_iter().map(|service| variable(service, name)).collect();
        assert_eq!(said.len(), 1, "{environment}: {name} is {said:?}");
        said.first().copied().flatten().unwrap_or_else(|| panic!("{environment}: no {name}"))
    })
}

fn logs() {
    assert_eq!(values("LOG_LEVEL", own), ["debug", "info", "info", "info"]);
    assert_eq!(values("LOG_FORMAT", own), ["pretty", "json", "json", "json"]);
}

fn tracing() {
    assert_eq!(values("OTEL_TRACES_SAMPLER_ARG", own), ["1", "1", "0.2", "0.05"]);
    // While there is no collector, nobody calls one.
    assert_eq!(values("OTEL_SDK_DISABLED", verifiers), ["true"; 4]);
    for name in ENVIRONMENTS {
        assert_eq!(variable(gateway(name), "OTEL_EXPORTER_OTLP_ENDPOINT"), None);
    }
}

fn metrics() {
    for name in ENVIRONMENTS {
        for service in own(name).into_iter().filter(|service| !service.run.ends()) {
            let ports: Vec<_> = service.metrics.iter().map(|it| it.port.as_str()).collect();
            assert_eq!(ports, ["metrics"], "{name}/{}", service.name);
        }
        let scraped = file(service(name, EDGE, "prometheus"), "prometheus.yml");
        for job in ["grafana", "iot-edge-node", "prometheus"] {
            assert!(scraped.contains(&format!("job_name: {job}\n")), "{name}: {job}");
        }
        let sources = file(service(name, EDGE, "grafana"), "datasources/iac.yaml");
        assert!(sources.contains("uid: iot-edge-prometheus\n"), "{name}");
    }
}

fn retention() {
    for (name, wanted) in ENVIRONMENTS.into_iter().zip(["2d", "1d", "7d", "30d"]) {
        let prometheus = service(name, EDGE, "prometheus");
        let args = prometheus.container.args.as_deref().unwrap();
        assert!(args.contains(&format!("--storage.tsdb.retention.time={wanted}")), "{args:?}");
        let size = args.iter().find_map(|arg| {
            arg.strip_prefix("--storage.tsdb.retention.size=")?.strip_suffix("MB")?.parse().ok()
        });
        let size: u64 = size.unwrap();
        assert!((size << 20) * 100 < claims(prometheus)[0].size.count() * 85, "{name}: {size}");
    }
    assert_eq!(claims(service("staging", EDGE, "prometheus"))[0].size.to_string(), "10Gi");
}

fn knobs() {
    assert_eq!(values("MAX_CONCURRENT_VERIFICATIONS", verifiers), ["2", "4", "10", "10"]);
    assert_eq!(values("VERIFICATION_TIMEOUT", verifiers), ["60s", "120s", "300s", "300s"]);
    for name in ENVIRONMENTS {
        let timeout = variable(gateway(name), "VERIFICATION_TIMEOUT");
        assert_eq!(timeout, variable(verifiers(name)[0], "VERIFICATION_TIMEOUT"), "{name}");
    }
}

fn strategy() {
    for name in ENVIRONMENTS {
        for service in own(name).into_iter().filter(|service| !service.run.ends()) {
            let recreated = service.rollout == Rollout::Recreate;
            assert_eq!(recreated, matches!(name, "dev" | "test"), "{name}/{}", service.name);
        }
    }
}

fn promotion() {
    let after = |name| stack(name, EDGE).environment.after.as_ref().map(iac::value::Name::as_str);
    assert_eq!(ENVIRONMENTS.map(after), [None, None, Some("test"), Some("staging")]);
}

#[test]
fn the_gateway_knows_every_verifier() {
    for name in ENVIRONMENTS {
        let gateway = gateway(name);
        let running: BTreeSet<_> =
            verifiers(name).into_iter().map(|verifier| verifier.name.as_str()).collect();
        let flows = gateway.flows.iter().filter_map(|flow| match &flow.peer {
            Peer::Service(peer) if VERIFIERS.contains(&peer.as_str()) => Some(peer.as_str()),
            _ => None,
        });
        assert_eq!(flows.collect::<BTreeSet<_>>(), running, "{name}");
        let routes = file(gateway, "app.toml").lines();
        let routes =
            routes.filter_map(|line| line.strip_prefix("url_from = \"")?.strip_suffix('"'));
        let urls =
            routes.map(|route| plain(variable(gateway, route).expect("a route has its URL")));
        let wanted = running.iter().map(|verifier| format!("http://{verifier}:8080"));
        assert_eq!(urls.collect::<BTreeSet<_>>(), wanted.collect(), "{name}");
    }
}

#[test]
fn a_lower_environment_has_no_more_than_prod() {
    for pair in ENVIRONMENTS.windows(2) {
        for system in [EDGE, VERIFICATION] {
            for lower in stack(pair[0], system).services.values() {
                let upper = service(pair[1], system, lower.name.as_str());
                assert!(lower.replicas.min <= upper.replicas.min, "{}: {pair:?}", lower.name);
                assert!(lower.replicas.max <= upper.replicas.max, "{}: {pair:?}", lower.name);
                for (lower, upper) in claims(lower).into_iter().zip(claims(upper)) {
                    assert!(lower.size <= upper.size, "{pair:?}");
                }
            }
        }
    }
}
