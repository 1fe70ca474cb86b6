//! A run that is killed leaves every file old or new, and the next run mends the rest.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

#[path = "support/random.rs"]
mod random;
mod support;

use random::Random;
use std::fmt::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::{Project, Tree, same};

const KILLS: usize = 200;

/// After so many kills, a run to its end.
const MENDED_EVERY: usize = 10;

/// The description in one of two versions, which share no file's text and not all files.
fn describe(project: &Project, version: usize) {
    let name = ["one", "two"][version];
    let environment = format!(
        "about: An environment\ntargets: [kubernetes]\ndomain: example.com\n\
         registry: {{ host: ghcr.io/example }}\n\
         kubernetes: {{ version: \"1.36\", namespace: {name} }}\n"
    );
    let mut system = "about: A shop\nservices:\n".to_owned();
    for number in 0..40 {
        let only = if number % 4 == 0 { name } else { "both" };
        writeln!(
            system,
            "  {only}-{number:02}: {{ image: \"ghcr.io/example/load:1.2.0\", run: worker }}"
        )
        .unwrap();
    }
    // What is published lies beside out/, and its record in it.
    let published = format!("images/{name}/Dockerfile");
    writeln!(
        system,
        "  load:\n    about: Of {name}\n    build: {{ context: load, language: go, publish: \"{published}\" }}\n    run: worker"
    )
    .unwrap();
    project.write("environments/prod.yaml", environment);
    project.write("environments/shop/system.yaml", system);
}

fn is_leftover(name: &str) -> bool {
    let name = camino::Utf8Path::new(name);
    name.file_name().unwrap().starts_with(".iac-") && name.extension() == Some("tmp")
}

/// Whether anything has been written since a moment: another text, or a file more or less.
fn has_begun(project: &Project, probe: &str, before: Option<&Vec<u8>>) -> bool {
    std::fs::read(project.path(&format!("out/{probe}"))).ok().as_ref() != before
}

#[test]
fn a_kill_at_any_moment_leaves_whole_files() {
    let project = Project::empty();
    let mut trees = Vec::new();
    let mut published = Vec::new();
    for version in [0, 1] {
        describe(&project, version);
        project.iac(&["render"]).ends(0);
        // Both versions' files are iac's by git's word, so that a run removes the other's.
        if version == 0 {
            project.git(&["init", "-q"]);
        }
        project.git(&["add", "--all"]);
        project.git(&["commit", "-qm", "version"]);
        trees.push(project.tree("out"));
        published.push(project.tree("images"));
    }
    for (name, tree) in ["one", "two"].into_iter().zip(&published) {
        let names: Vec<_> = tree.keys().collect();
        let wanted = [format!("{name}/Dockerfile"), format!("{name}/Dockerfile.dockerignore")];
        assert_eq!(names, wanted.iter().collect::<Vec<_>>(), "the other's was taken away");
    }
    let stale: Vec<_> = trees[0].keys().filter(|name| !trees[1].contains_key(*name)).collect();
    assert_eq!(stale.len(), 10, "removed, since git tracked them");
    // So that git's word covers both.
    for (name, text) in trees[0].iter().filter(|(name, _)| *name != "published.txt") {
        project.write(&format!("out/{name}"), text);
    }
    project.git(&["add", "--all"]);
    let whole = {
        describe(&project, 0);
        let start = Instant::now();
        project.iac(&["render"]).ends(0);
        start.elapsed()
    };
    let (mut killed, mut between, mut left) = (0, 0, 0);
    let mut random = Random::new(4);
    let mut round = 0;
    while killed < KILLS {
        round += 1;
        assert!(round < 5 * KILLS, "{killed} of {round} runs were killed in time");
        let version = round % 2;
        describe(&project, version);
        // What is written last, and what is written first, show when the writing begins and ends.
        let probe = "prod/shop/kubernetes/both-01.yaml";
        let before = project.tree("out");
        let mut child = project
            .command(&["render"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        if round % 4 == 0 {
            let part = u32::try_from(random.below(1000)).unwrap();
            std::thread::sleep(whole * part / 1000);
        } else {
            let limit = Duration::from_secs(20);
            while child.try_wait().unwrap().is_none() && start.elapsed() < limit {
                if has_begun(&project, probe, before.get(probe)) {
                    break;
                }
            }
            let moment = u64::try_from(random.below(3000)).unwrap();
            std::thread::sleep(Duration::from_micros(moment));
        }
        let _ = child.kill();
        if child.wait().unwrap().signal() != Some(9) {
            continue;
        }
        killed += 1;
        let found = project.tree("out");
        between += usize::from(is_between(&found, &trees[version], &before));
        left += usize::from(found.keys().any(|name| is_leftover(name)));
        for (name, text) in found.iter().filter(|(name, _)| !is_leftover(name)) {
            let whole = trees.iter().any(|tree| tree.get(name) == Some(text));
            assert!(whole, "after kill {killed}, `{name}` is neither old nor new");
        }
        let lost: Vec<_> = trees[0]
            .keys()
            .filter(|name| trees[1].contains_key(*name) && !found.contains_key(*name))
            .collect();
        assert!(lost.is_empty(), "after kill {killed}, {lost:?} are gone");
        for (name, text) in project.tree("images").iter().filter(|(name, _)| !is_leftover(name)) {
            let whole = published.iter().any(|tree| tree.get(name) == Some(text));
            assert!(whole, "after kill {killed}, images/{name} is neither old nor new");
        }
        if killed % MENDED_EVERY == 0 {
            project.iac(&["render"]).ends(0);
            same(&trees[version], &project.tree("out"));
            // Whatever the kills left of the other version was in the record.
            same(&published[version], &project.tree("images"));
        }
    }
    println!("{round} runs, {between} killed while they wrote, {left} left temporary files");
    assert!(between > KILLS / 10, "only {between} of {KILLS} kills met a run that was writing");
}

/// Whether a tree is neither what it was nor what it was to become.
fn is_between(found: &Tree, wanted: &Tree, before: &Tree) -> bool {
    found != wanted && found != before
}
