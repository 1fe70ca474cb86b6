//! `iac check`: it sees every change of `out/`, names it, and writes nothing.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

#[path = "support/random.rs"]
mod random;
mod support;

use camino::Utf8Path;
use random::Random;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use support::{Project, Ran, same};

/// The drift that a run reports as JSON: path, kind, line.
fn drift(ran: &Ran) -> Vec<(String, String, Option<u64>)> {
    let report = ran.json();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let drift = report["drift"].as_array().unwrap().iter();
    drift.map(|one| (text(one, "path"), text(one, "kind"), one["line"].as_u64())).collect()
}

/// The first line, from 1, in which two texts differ.
fn line_of(old: &[u8], new: &[u8]) -> u64 {
    let lines = |text: &[u8]| {
        text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let (old, new) = (lines(old), lines(new));
    let same = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    u64::try_from(same).unwrap() + 1
}

/// A change of one place of a text, by number.
fn change(number: usize, text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut text = text.to_vec();
    let at = random.below(text.len());
    match number % 6 {
        0 => text[at] ^= 1,
        1 => text.insert(at, b'#'),
        2 => drop(text.remove(at)),
        3 => text.truncate(at),
        4 => text.push(0),
        _ => {
            let end = text.iter().skip(at).position(|byte| *byte == b'\n').unwrap();
            text.insert(at + end, b'\r');
        }
    }
    text
}

#[test]
fn a_changed_byte_of_any_file_is_found_with_its_line() {
    let project = Project::committed();
    let out = project.tree("out");
    let mut random = Random::new(1);
    // Every file at once, six times, so that each sees each change; then one alone.
    for round in 0..6 {
        let mut wanted = Vec::new();
        for (index, (name, text)) in out.iter().enumerate() {
            let changed = change(round + index, text, &mut random);
            // Deleting one of two equal letters and cutting nothing off are no changes.
            if changed == *text {
                continue;
            }
            wanted.push((
                format!("out/{name}"),
                "changed".to_owned(),
                Some(line_of(text, &changed)),
            ));
            project.write(&format!("out/{name}"), changed);
        }
        wanted.sort_by(|one, other| Utf8Path::new(&one.0).cmp(Utf8Path::new(&other.0)));
        let before = project.tree(".");
        let found = project.iac(&["check", "--format", "json"]).ends(3);
        assert_eq!(drift(&found), wanted);
        let told = project.iac(&["check"]).ends(3);
        for (path, _, line) in &wanted {
            let line = format!("{path}:{}: differs\n", line.unwrap());
            assert!(told.out.contains(&line), "{line} is not told");
        }
        same(&before, &project.tree("."));
    }
    for (name, text) in &out {
        project.write(&format!("out/{name}"), text);
    }
    project.iac(&["check"]).ends(0);
    for _ in 0..8 {
        let (name, text) = out.iter().nth(random.below(out.len())).unwrap();
        let path = format!("out/{name}");
        let mut changed = text.clone();
        let at = random.below(text.len());
        changed[at] ^= 2;
        project.write(&path, &changed);
        let found = drift(&project.iac(&["check", "--format", "json"]).ends(3));
        assert_eq!(found, [(path.clone(), "changed".to_owned(), Some(line_of(text, &changed)))]);
        project.write(&path, text);
    }
}

#[test]
fn after_render_there_is_none() {
    let project = Project::example();
    project.iac(&["check"]).ends(3);
    project.iac(&["render"]).ends(0);
    let before = project.tree(".");
    let ran = project.iac(&["check"]).ends(0);
    assert!(ran.out.ends_with(" files, as described\n"), "{}", ran.out);
    assert!(drift(&project.iac(&["check", "--format", "json"]).ends(0)).is_empty());
    same(&before, &project.tree("."));
}

#[test]
fn missing_stale_foreign_and_mode_are_told_apart() {
    let project = Project::committed();
    let path = |name: &str| format!("out/prod/iot-edge/kubernetes/{name}.yaml");
    project.remove(&path("redis"));
    project.write(&path("old"), "# was generated once\n");
    project.git(&["add", "out"]);
    project.git(&["commit", "-qm", "stale"]);
    project.write(&path("mine"), "# never generated\n");
    fs::set_permissions(project.path(&path("grafana")), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(project.path(&path("namespace"))).unwrap();
    fs::create_dir(project.path(&path("namespace"))).unwrap();
    let before = project.tree(".");
    let kinds = [
        ("grafana", "mode"),
        ("mine", "foreign"),
        ("namespace", "not-a-file"),
        ("old", "stale"),
        ("redis", "missing"),
    ];
    let wanted: Vec<_> =
        kinds.iter().map(|(name, kind)| (path(name), (*kind).to_owned(), None)).collect();
    assert_eq!(drift(&project.iac(&["check", "--format", "json"]).ends(3)), wanted);
    let told = project.iac(&["check"]).ends(3).out;
    for (name, _) in kinds {
        assert!(told.contains(&format!("{}: ", path(name))), "{name} is not told: {told}");
    }
    same(&before, &project.tree("."));
    // The same for one environment, and none of it for another.
    assert_eq!(drift(&project.iac(&["check", "prod", "--format", "json"]).ends(3)), wanted);
    project.iac(&["check", "dev"]).ends(0);
    let system = ["check", "--system", "iot-verification"];
    project.iac(&system).ends(0);
}

#[test]
fn a_foreign_file_alone_is_no_drift() {
    let project = Project::committed();
    project.write("out/prod/notes.txt", "mine\n");
    let ran = project.iac(&["check"]).ends(0);
    assert!(ran.out.contains("out/prod/notes.txt: not generated"), "{}", ran.out);
}

#[test]
fn the_input_decides_before_the_output() {
    let project = Project::committed();
    project.edit("environments/prod.yaml", "domain:", "domian:");
    let ran = project.iac(&["check"]).ends(2);
    assert!(ran.out.is_empty() && ran.err.contains("domian"), "{ran:?}");
}
