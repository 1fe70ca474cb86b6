//! Generated Dockerfiles, built by a real builder and run by a real engine: a fixture of each language, by its preset, with
//! stand-ins for the base images that cannot be had here.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test starts programs, reads files and fails by panicking"
)]

#[path = "buildah/builder.rs"]
mod builder;
#[path = "engine/daemon.rs"]
mod daemon;
#[path = "buildah/languages.rs"]
mod languages;
#[path = "support/mod.rs"]
mod support;
#[path = "tools/mod.rs"]
mod tools;

use builder::Builder;
use daemon::Engine;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};
use support::Project;

const ENVIRONMENT: &str = "\
about: Development
targets: [compose]
domain: localhost
registry: { host: ghcr.io/example }
defaults: { config: { LOG_LEVEL: debug } }
";

const SYSTEM: &str = "\
about: One service
services:
  web:
    build: { context: ., language: rust, strategy: cache-mounts, binary: service }
    ports: { http: 8080, metrics: 9464 }
    health: { live: /health, ready: /ready, starts-within: 20s }
    volumes: { data: { path: /var/lib/service, size: 1Gi } }
    stop-within: 10s
";

const IMAGE: &str = "localhost/web:1";

/// The grace that the service is given: it is asked to stop, and killed when this has passed.
const GRACE: Duration = Duration::from_secs(10);

/// The project of the fixture, rendered.
fn project() -> Project {
    let project = Project::of(&[
        ("environments/dev.yaml", ENVIRONMENT),
        ("environments/shop/system.yaml", SYSTEM),
        ("environments/lock.yaml", "iac: \"0.1\"\nimages: {}\n"),
    ]);
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/service");
    for file in ["Cargo.toml", "Cargo.lock"] {
        project.write(file, fs::read(fixture.join(file)).unwrap());
    }
    for entry in fs::read_dir(fixture.join("src")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        project.write(&format!("src/{name}"), fs::read(&path).unwrap());
    }
    project.iac(&["render"]).ends(0);
    project
}

#[test]
fn what_is_written_is_built_and_runs() {
    let Some(builder) = Builder::new() else { return };
    let Some(engine) = Engine::start() else { return };
    let project = project();
    let folder = project.path("out/shared/shop/docker/web");
    let dockerfile = project.read("out/shared/shop/docker/web/Dockerfile");
    println!("{dockerfile}");
    builder.make_bases(&dockerfile, None);
    let archive = builder.build(IMAGE, &project.root, &folder);
    engine.docker_ok(["load", "--input", archive.to_str().unwrap()]);

    let image = inspect(&engine, IMAGE);
    let config = &image["Config"];
    assert_eq!(config["User"], "65532:65532");
    assert_eq!(config["Entrypoint"], serde_json::json!(["/usr/local/bin/service"]));
    assert_eq!(config["Healthcheck"]["Test"][0], "CMD", "there is no shell to ask by");
    assert_eq!(config["Labels"]["org.opencontainers.image.title"], "web");
    let variables = config["Env"].as_array().unwrap().iter().map(|it| it.as_str().unwrap());
    let variables: Vec<&str> = variables.filter(|it| !it.starts_with("PATH=")).collect();
    assert_eq!(variables, [""; 0], "configuration is not in the image");
    runs_well(&engine, IMAGE, "/var/lib/service");
}

/// Starts an image as it is meant to run, waits until its own check finds it healthy, and stops it
/// within its grace.
fn runs_well(engine: &Engine, image: &str, data: &str) {
    let volume = format!("{}:{data}", image.replace([':', '/'], "-"));
    let hardened = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
    let how = [&["run", "--detach"][..], &hardened, &["--volume", &volume, image]].concat();
    let id = engine.docker_ok(how);
    let began = Instant::now();
    loop {
        let state = &inspect(engine, &id)["State"];
        if state["Health"]["Status"] == "healthy" {
            break;
        }
        assert_eq!(state["Running"], true, "{image}: {}", log(engine, &id));
        assert!(began.elapsed() < Duration::from_mins(1), "{image}: {state}");
        sleep(Duration::from_millis(500));
    }
    println!("{image}: healthy after {:?}", began.elapsed());
    let began = Instant::now();
    let grace = GRACE.as_secs().to_string();
    engine.docker_ok(["stop", "--time", &grace, &id]);
    let took = began.elapsed();
    println!("{image}: stopped after {took:?}");
    let state = &inspect(engine, &id)["State"];
    assert_eq!(state["ExitCode"], 0, "{image}: {state}");
    assert!(took < GRACE, "{image}: {took:?}");
}

/// An image or a container.
fn inspect(engine: &Engine, name: &str) -> Value {
    let told: Value = serde_json::from_str(&engine.docker_ok(["inspect", name])).unwrap();
    told[0].clone()
}

fn log(engine: &Engine, id: &str) -> String {
    let ran = engine.docker(["logs", id]);
    format!("{}{}", daemon::text(&ran.stdout), daemon::text(&ran.stderr))
}
