//! What is written for Compose runs: on an engine of the test's own, from a clean checkout, by the two commands of the
//! first run.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test starts programs, reads files and fails by panicking"
)]

#[path = "engine/checkout.rs"]
mod checkout;
#[path = "engine/daemon.rs"]
mod daemon;
#[path = "engine/images.rs"]
mod images;
#[path = "engine/machine.rs"]
mod machine;
#[path = "engine/monitoring.rs"]
mod monitoring;
#[path = "support/mod.rs"]
mod support;
#[path = "tools/mod.rs"]
mod tools;
#[path = "engine/world.rs"]
mod world;

use checkout::Checkout;
use daemon::text;
use machine::Machine;
use std::fs;
use world::Running;

const FIRST_RUN: &str = "./secrets-init.sh && docker compose up --wait";

#[test]
fn both_systems_run_from_a_clean_checkout() {
    let Some(machine) = Machine::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let checkout = Checkout::new(folder.path());
    let fixture = images::make(&machine, &checkout.stacks, folder.path());
    for (system, port) in [("iot-edge", 8080), ("iot-verification", 8090)] {
        let stack = checkout.stack("dev", system);
        let running = Running { machine: &machine, stack, folder: checkout.folder(stack) };
        running.succeeds(FIRST_RUN);
        running.is_well();
        running.started_in_order();
        running.reaches_what_it_calls_and_nothing_else();
        running.is_hardened();
        let address = format!("127.0.0.1:{port}");
        let before = machine.get(&fixture, &address, "/report").unwrap();
        println!("{system}: {before}");
        assert!(before.contains("\"DATABASE\":\"ok visits "), "{before}");
        // Data survive.
        running.succeeds("docker compose down");
        running.succeeds("docker compose up --wait");
        let after = machine.get(&fixture, &address, "/report").unwrap();
        println!("{system}: {after}");
        assert!(visits(&after) > visits(&before), "{before} {after}");
        no_secret_is_in_git(&checkout, &running);
        monitoring::watches(&running);
        running.succeeds("docker compose down --volumes");
    }
}

/// How often the database was visited.
fn visits(report: &str) -> u32 {
    let (_, rest) = report.split_once("\"DATABASE\":\"ok visits ").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

fn no_secret_is_in_git(checkout: &Checkout, running: &Running<'_>) {
    let folder = running.folder.join("secrets");
    let secrets = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let values: Vec<String> = secrets.map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(!values.is_empty());
    for (name, text) in checkout.tracked() {
        for value in &values {
            assert!(!text.contains(value), "{name} holds a secret");
        }
    }
    let untracked = checkout.untracked();
    assert!(!untracked.contains("secrets"), "{untracked}");
}

/// What is taken away of the first run of `iot-edge`.
struct Taken {
    what: &'static str,
    from: &'static str,
    to: &'static str,
    /// The rule of `iac check` that names it.
    rule: &'static str,
    /// What the engine says; nothing where it would find out only after minutes.
    told: Option<&'static str>,
}

const TAKEN: &[Taken] = &[
    Taken {
        what: "the volume",
        from: "    - type: volume\n      source: postgres-data\n      target: /var/lib/postgresql\n",
        to: "",
        rule: "compose-volume",
        told: None,
    },
    Taken {
        what: "the user",
        from: "    user: \"999:999\"\n    init: true\n    read_only: true\n    cap_drop:\n    - ALL\n    security_opt:\n    - no-new-privileges:true\n    environment:\n      PGDATA",
        to: "    init: true\n    read_only: true\n    cap_drop:\n    - ALL\n    security_opt:\n    - no-new-privileges:true\n    environment:\n      PGDATA",
        rule: "compose-user",
        told: Some("postgres"),
    },
    Taken {
        what: "the health command",
        from: "      - pg_isready\n      - --quiet\n",
        to: "      - \"false\"\n      - --quiet\n",
        rule: "compose-health",
        told: None,
    },
    Taken {
        what: "a network",
        from: "    - iot-edge-node.postgres\n    - iot-edge-node.redis\n",
        to: "    - iot-edge-node.redis\n",
        rule: "compose-network",
        told: None,
    },
];

#[test]
fn what_is_taken_away_is_missed() {
    let Some(machine) = Machine::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let checkout = Checkout::new(folder.path());
    images::make(&machine, &checkout.stacks, folder.path());
    let stack = checkout.stack("dev", "iot-edge");
    let running = Running { machine: &machine, stack, folder: checkout.folder(stack) };
    let file = running.folder.join("compose.yaml");
    let whole = fs::read_to_string(&file).unwrap();
    running.succeeds("./secrets-init.sh");
    for taken in TAKEN {
        assert!(whole.contains(taken.from), "{}: {:?} is not there", taken.what, taken.from);
        let text_without = whole.replace(taken.from, taken.to);
        let broken = running.broken_rules(&text_without);
        assert!(broken.contains(&taken.rule), "{}: {broken:?}", taken.what);
        let Some(told) = taken.told else { continue };
        fs::write(&file, text_without).unwrap();
        let ran = running.shell("docker compose up --wait");
        let said = format!("{}{}", text(&ran.stdout), text(&ran.stderr));
        assert!(!ran.status.success() && said.contains(told), "{}: {said}", taken.what);
        running.succeeds("docker compose down --volumes");
    }
    fs::write(&file, &whole).unwrap();
    assert_eq!(running.broken_rules(&whole), Vec::<&str>::new());
    fs::remove_file(running.folder.join("secrets/postgres.iot.password")).unwrap();
    let ran = running.shell("docker compose up --wait");
    let said = text(&ran.stderr);
    assert!(!ran.status.success() && said.contains("postgres.iot.password"), "{said}");
    running.succeeds("docker compose down --volumes");
    running.succeeds(FIRST_RUN);
    running.succeeds("docker compose down --volumes");
}
