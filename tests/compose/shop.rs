//! A small shop for Compose, and what each of its services is held to.

use crate::documents;
use crate::support::{Project, Ran};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

const DEV: &str = "\
about: Development
targets: [compose]
domain: localhost
registry: { host: ghcr.io/example }
compose: { watch: true }
";

const SHOP: &str = "\
about: Web shop
services:
  web:
    build: { context: services/web, language: rust }
    ports: { http: 8080, metrics: 9464 }
    health: { ready: /ready, starts-within: 40s }
    limits: { memory: 256Mi }
    volumes:
      uploads: { path: /var/lib/web, size: 1Gi }
      work: { path: /work, scratch: 1Gi }
      fast: { path: /fast, scratch: 16Mi, memory: true }
    uses:
      db: {}
      cache: { at-start: false }
      traces: { port: otlp-grpc, optional: true }
    secrets:
      SESSION_KEY: web/session#key
      PIN: { from: web/pin#pin, make: { length: 6, alphabet: \"0123456789\" } }
    publish: { http: 8080 }
    migrate: { command: [/usr/local/bin/web, migrate] }
    patches: { why: others see its name, compose: { hostname: shop } }
  mail:
    image: \"example.com/mail:1\"
    user: 1000
    run: worker
    replicas: 2
    limits: { memory: 64Mi }
    uses: { cache: {} }
  first:
    image: \"example.com/first:1\"
    user: 1000
    run: job
    when: before-release
    limits: { memory: 64Mi }
    uses: { cache: {} }
  clean:
    image: \"example.com/clean:1\"
    user: 1000
    run: cron
    schedule: \"0 3 * * *\"
    limits: { memory: 64Mi }
    uses: { db: {} }
  db:
    kind: postgres
    options: { databases: { shop: {} }, users: { shop: { owns: shop } } }
    volumes: { data: { size: 10Gi } }
  cache: { kind: valkey, options: { role: cache } }
  traces: { kind: otel-collector, compose-profile: tracing }
  prometheus: { kind: prometheus, compose-profile: monitoring, volumes: { data: { size: 10Gi } } }
";

fn shop() -> Project {
    let project = Project::of(&[
        ("environments/dev.yaml", DEV),
        ("environments/lock.yaml", "iac: \"0.1\"\n"),
        ("environments/shop/system.yaml", SHOP),
    ]);
    project.iac(&["render"]).ends(0);
    project
}

fn file(project: &Project) -> Value {
    documents(project.read("out/dev/shop/compose/compose.yaml").as_bytes()).remove(0)
}

/// One key of every service that has it.
fn each(file: &Value, key: &str) -> BTreeMap<String, Value> {
    let services = file["services"].as_object().unwrap();
    let said = services.iter().filter(|(_, service)| service.get(key).is_some());
    said.map(|(name, service)| (name.clone(), service[key].clone())).collect()
}

fn map(value: Value) -> BTreeMap<String, Value> {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_start_waits_for_what_is_needed() {
    let healthy = |restart: bool| {
        if restart {
            json!({ "condition": "service_healthy", "restart": true })
        } else {
            json!({ "condition": "service_healthy" })
        }
    };
    let ended = json!({ "condition": "service_completed_successfully" });
    let maybe = json!({ "condition": "service_started", "required": false });
    let mut told = maybe.clone();
    told["restart"] = true.into();
    let expected = json!({
        // The migration and the first job come before all that does not come before them.
        "web": { "db": healthy(true), "traces": told, "first": ended, "web-migrate": ended },
        "web-migrate": { "db": healthy(false), "traces": maybe },
        "first": { "cache": healthy(false) },
        "mail": { "cache": healthy(true), "first": ended },
        "clean": { "db": healthy(false) },
        "prometheus": { "first": ended },
    });
    assert_eq!(each(&file(&shop()), "depends_on"), map(expected));
}

#[test]
fn two_share_a_network_where_one_calls_the_other() {
    let file = file(&shop());
    let expected = json!({
        "web": ["prometheus.web", "web.cache", "web.db", "web.outside", "web.traces"],
        "web-migrate": ["web-migrate.cache", "web-migrate.db", "web-migrate.traces"],
        "mail": ["mail.cache"],
        "first": ["first.cache"],
        "clean": ["clean.db"],
        "db": ["clean.db", "web-migrate.db", "web.db"],
        "cache": ["first.cache", "mail.cache", "web-migrate.cache", "web.cache"],
        "traces": ["prometheus.traces", "web-migrate.traces", "web.traces"],
        "prometheus": ["prometheus.traces", "prometheus.web"],
    });
    assert_eq!(each(&file, "networks"), map(expected));
    for (name, network) in file["networks"].as_object().unwrap() {
        assert_eq!(network["internal"] == true, name != "web.outside", "{name}");
    }
    assert_eq!(each(&file, "ports"), map(json!({ "web": ["127.0.0.1:8080:8080"] })));
}

#[test]
fn every_container_is_hardened_and_limited() {
    let file = file(&shop());
    for (name, service) in file["services"].as_object().unwrap() {
        let user = service["user"].as_str().unwrap();
        let ids: Vec<u32> = user.split(':').map(|id| id.parse().unwrap()).collect();
        assert!(ids.len() == 2 && ids[0] > 0, "{name}: {user}");
        assert_eq!(service["init"], true, "{name}");
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"], json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], json!(["no-new-privileges:true"]), "{name}");
        let ends = ["first", "clean", "web-migrate"].contains(&name.as_str());
        assert_eq!(service["restart"], if ends { "no" } else { "unless-stopped" }, "{name}");
        let limits = &service["deploy"]["resources"]["limits"];
        assert!(limits["memory"].is_string() && limits["pids"].is_number(), "{name}: {limits}");
        assert_eq!(service["logging"]["options"]["max-size"], "10m", "{name}");
    }
    let replicas: BTreeMap<String, Value> = each(&file, "deploy")
        .into_iter()
        .filter_map(|(name, mut deploy)| Some((name, deploy.get_mut("replicas")?.take())))
        .collect();
    assert_eq!(replicas, map(json!({ "mail": 2 })));
}

#[test]
fn a_container_is_asked_what_a_probe_asks() {
    let file = file(&shop());
    let asked: BTreeMap<String, Value> = each(&file, "healthcheck")
        .into_iter()
        .map(|(name, check)| (name, json!([check["test"][1], check["start_period"]])))
        .collect();
    let expected = json!({
        "web": ["/usr/local/bin/wget", "40s"],
        "db": ["pg_isready", "10m"],
        "cache": ["/bin/sh", "1m"],
        "prometheus": ["promtool", "5m"],
    });
    assert_eq!(asked, map(expected));
    let ready = json!([
        "CMD",
        "/usr/local/bin/wget",
        "-q",
        "-O",
        "/dev/null",
        "http://127.0.0.1:8080/ready"
    ]);
    assert_eq!(file["services"]["web"]["healthcheck"]["test"], ready);
}

#[test]
fn what_is_built_is_built_here() {
    let project = shop();
    let file = file(&project);
    let own = |value: Value| map(json!({ "web": value, "web-migrate": value }));
    assert_eq!(each(&file, "pull_policy"), own(json!("build")));
    let build = json!({
        "context": "../../../../services/web",
        "dockerfile": "../../out/shared/shop/docker/web/Dockerfile",
    });
    assert_eq!(each(&file, "build"), own(build));
    let image = "ghcr.io/example/shop/web:unreleased";
    assert_eq!(file["services"]["web"]["image"], image);
    assert_eq!(file["services"]["web-migrate"]["image"], image);
    let path =
        "out/dev/shop/compose/../../../../services/web/../../out/shared/shop/docker/web/Dockerfile";
    fs::create_dir_all(project.path("services/web")).unwrap();
    assert!(project.read(path).contains("cargo build"), "the path leads to the Dockerfile");
    // Only where the environment says so, and only what runs.
    let watched = each(&file, "develop");
    assert_eq!(watched.keys().collect::<Vec<_>>(), ["web"]);
    assert_eq!(watched["web"]["watch"][0]["path"], "../../../../services/web");
    project.edit("environments/dev.yaml", "compose: { watch: true }\n", "");
    project.iac(&["render"]).ends(0);
    assert_eq!(each(&self::file(&project), "develop"), BTreeMap::new());
}

#[test]
fn data_lie_where_the_image_keeps_them() {
    let file = file(&shop());
    let named = |source: &str, target: &str| json!({ "type": "volume", "source": source, "target": target });
    let unnamed = |target: &str| json!({ "type": "volume", "target": target });
    let expected = json!({
        "web": [named("web-uploads", "/var/lib/web"), unnamed("/work")],
        "web-migrate": [unnamed("/work")],
        "db": [named("db-data", "/var/lib/postgresql"), unnamed("/var/run/postgresql")],
        "cache": [unnamed("/data")],
        "prometheus": [named("prometheus-data", "/prometheus")],
    });
    assert_eq!(each(&file, "volumes"), map(expected));
    assert_eq!(file["volumes"], json!({ "db-data": {}, "prometheus-data": {}, "web-uploads": {} }));
    let in_memory = json!(["/fast:size=16m,mode=1777", "/tmp:size=64m,mode=1777"]);
    assert_eq!(file["services"]["web"]["tmpfs"], in_memory);
    assert_eq!(file["services"]["db"]["shm_size"], "256m");
}

#[test]
fn what_is_not_always_there_has_a_profile() {
    let expected = json!({
        "clean": ["jobs"],
        "prometheus": ["monitoring"],
        "traces": ["tracing"],
    });
    assert_eq!(each(&file(&shop()), "profiles"), map(expected));
}

#[test]
fn a_patch_changes_its_service_and_says_why() {
    let project = shop();
    assert_eq!(each(&file(&project), "hostname"), map(json!({ "web": "shop" })));
    let text = project.read("out/dev/shop/compose/compose.yaml");
    let comment = "# Patched by environments/shop/system.yaml: others see its name\n  web:\n";
    assert!(text.contains(comment), "{text}");
    project.edit("environments/shop/system.yaml", "hostname: shop", "hostnam: shop");
    let ran = project.iac(&["render"]).ends(2);
    assert!(ran.err.contains("unknown field `hostnam`"), "{}", ran.err);
}

/// Runs `secrets-init.sh`, with nobody to ask.
fn try_init(project: &Project) -> Ran {
    let script = project.path("out/dev/shop/compose/secrets-init.sh");
    Ran::of(&Command::new("sh").arg(script).stdin(Stdio::null()).output().unwrap())
}

/// Runs `secrets-init.sh`, which must succeed, and answers with what it made.
fn init(project: &Project) -> BTreeMap<String, String> {
    let folder = project.path("out/dev/shop/compose");
    try_init(project).ends(0);
    let rights = |path: &camino::Utf8Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let secrets = folder.join("secrets");
    assert_eq!(rights(&secrets), 0o700);
    let entries = secrets.read_dir_utf8().unwrap().map(Result::unwrap);
    let made = entries.map(|entry| {
        assert_eq!(rights(entry.path()), 0o444, "{}", entry.file_name());
        (entry.file_name().to_owned(), fs::read_to_string(entry.path()).unwrap())
    });
    made.collect()
}

#[test]
fn the_script_makes_each_secret_once() {
    let project = shop();
    project.git(&["init", "-q", "-b", "main"]);
    project.commit("one");
    let made = init(&project);
    // What the Compose file mounts is what the script makes.
    let mounted = file(&project)["secrets"].as_object().unwrap().clone();
    for (name, secret) in &mounted {
        assert_eq!(secret["file"], format!("./secrets/{name}"));
    }
    assert_eq!(made.keys().collect::<Vec<_>>(), mounted.keys().collect::<Vec<_>>());
    for (name, value) in &made {
        let (length, digits) = if name == "web.pin.pin" { (6, 10) } else { (64, 16) };
        assert_eq!(value.len(), length, "{name}: {value}");
        assert!(value.chars().all(|digit| digit.is_digit(digits)), "{name}: {value}");
    }
    assert_eq!(project.git(&["status", "--porcelain"]), "", "git ignores them");
    let modes = project.git(&["ls-files", "--stage", "out/dev/shop/compose/secrets-init.sh"]);
    assert!(modes.starts_with("100755 "), "{modes}");
    assert_eq!(init(&project), made, "what is there stays");
    project.remove("out/dev/shop/compose/secrets/web.session.key");
    let again = init(&project);
    let changed: Vec<&String> = made.keys().filter(|name| made[*name] != again[*name]).collect();
    assert_eq!(changed, ["web.session.key"]);
}

const SEALED: &str = "\
about: Web shop
services:
  web:
    image: \"example.com/web:1\"
    user: 1000
    ports: { http: 8080 }
    uses: { cache: { env: none } }
    secrets:
      API_KEY: { from: web/api-key#key, as: env }
      LICENCE: { from: web/licence#key, make: ask }
    files: { /etc/web/web.toml: { from: web.toml.j2 } }
  cache: { kind: valkey, options: { role: cache } }
";

#[test]
fn secrets_within_texts_are_written_by_the_script() {
    let project = Project::of(&[
        ("environments/dev.yaml", DEV),
        ("environments/lock.yaml", "iac: \"0.1\"\n"),
        ("environments/shop/system.yaml", SEALED),
        (
            "environments/shop/files/web.toml.j2",
            "cache = \"redis://:{{ uses.cache.password }}@{{ uses.cache.host }}\"\n",
        ),
    ]);
    project.iac(&["render"]).ends(0);
    let ran = try_init(&project).ends(1);
    let folder = project.path("out/dev/shop/compose/secrets");
    let missing =
        format!("{folder}/web.licence.key is missing: write web/licence#key for web into");
    assert!(ran.err.contains(&missing), "{}", ran.err);
    project.write("out/dev/shop/compose/secrets/web.licence.key", "licence-of-1842");
    fs::set_permissions(folder.join("web.licence.key"), fs::Permissions::from_mode(0o444)).unwrap();
    let made = init(&project);
    assert_eq!(made["web.licence.key"], "licence-of-1842");
    let file = file(&project);
    let web = &file["services"]["web"];
    // A variable comes from a file of variables, and nothing within a value is expanded.
    let variables = web["env_file"][0].clone();
    assert_eq!(variables["format"], "raw");
    let path = variables["path"].as_str().unwrap().strip_prefix("./secrets/").unwrap();
    assert_eq!(made[path], format!("API_KEY={}\n", made["web.api-key.key"]));
    // A file with a secret in it is a secret itself.
    let is_mounted = |mount: &&Value| mount["target"] == "/etc/web/web.toml";
    let sealed = web["secrets"].as_array().unwrap().iter().find(is_mounted).unwrap();
    let text = &made[sealed["source"].as_str().unwrap()];
    let password = &made["cache.default.password"];
    assert_eq!(*text, format!("cache = \"redis://:{password}@cache\"\n"));
    for (path, text) in project.tree("out").iter().filter(|(path, _)| !path.contains("/secrets/")) {
        let text = String::from_utf8_lossy(text);
        assert!(!made.values().any(|value| text.contains(value.trim())), "{path} holds a secret");
    }
}
