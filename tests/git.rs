//! Branches, conflicts, and whose a file in `out/` is.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use support::{Project, same};

const EDGE: &str = "environments/iot-edge/prod.yaml";
const STALE: &str = "out/prod/iot-edge/kubernetes/old.yaml";

/// Changes the input on a branch of its own, renders and commits.
fn branch(project: &Project, name: &str, path: &str, from: &str, to: &str) {
    project.git(&["checkout", "-qb", name, "main"]);
    project.edit(path, from, to);
    project.iac(&["render"]).ends(0);
    project.commit(name);
}

#[test]
fn branches_that_change_different_services_merge() {
    let project = Project::committed();
    branch(&project, "a", EDGE, "replicas: 3", "replicas: 4");
    branch(&project, "b", EDGE, "memory: 256Mi", "memory: 320Mi");
    project.git(&["merge", "-q", "--no-edit", "a"]);
    project.iac(&["check"]).ends(0);
    assert!(
        project.read("out/prod/iot-edge/kubernetes/iot-edge-node.yaml").contains("replicas: 4")
    );
}

#[test]
fn render_resolves_a_conflict_in_out() {
    let project = Project::committed();
    let file = "out/prod/iot-edge/kubernetes/iot-edge-node.yaml";
    branch(&project, "a", EDGE, "replicas: 3", "replicas: 4");
    branch(&project, "b", EDGE, "replicas: 3", "replicas: 5");
    let merged = project.try_git(&["merge", "--no-edit", "a"]);
    assert_ne!(merged.code, Some(0), "one line in two ways");
    assert!(project.read(file).contains("<<<<<<<"));
    // As long as the input has markers, nothing is written.
    let before = project.tree("out");
    project.iac(&["render"]).ends(2);
    same(&before, &project.tree("out"));
    project.git(&["checkout", "--theirs", "--", EDGE]);
    project.iac(&["render"]).ends(0);
    assert!(!project.read(file).contains("<<<<<<<"));
    project.iac(&["check"]).ends(0);
    project.git(&["add", "--all"]);
    assert!(project.git(&["diff", "--check", "--cached"]).is_empty());
    project.git(&["commit", "-qm", "merged"]);
    assert!(project.read(file).contains("replicas: 4"));
}

#[test]
fn a_conflict_in_the_first_line_is_resolved_too() {
    // The marker may be gone from the first lines; git's word is enough.
    let project = Project::committed();
    let file = "out/prod/iot-edge/kubernetes/redis.yaml";
    project.write(file, format!("<<<<<<< HEAD\n{}", "x\n".repeat(600)));
    project.iac(&["render"]).ends(0);
    project.iac(&["check"]).ends(0);
}

#[test]
fn a_stale_file_goes_if_git_tracks_it() {
    let project = Project::committed();
    project.write(STALE, "# was generated\n");
    project.commit("stale");
    project.write("out/prod/mine.txt", "mine\n");
    let ran = project.iac(&["render"]).ends(0);
    assert!(ran.err.contains(&format!("removed {STALE}\n")), "{}", ran.err);
    assert!(ran.err.contains("left alone out/prod/mine.txt"), "{}", ran.err);
    assert!(!project.path(STALE).exists());
    assert_eq!(project.read("out/prod/mine.txt"), "mine\n");
    let ran = project.iac(&["render", "--prune"]).ends(0);
    assert!(ran.err.contains("removed out/prod/mine.txt\n"), "{}", ran.err);
    assert!(!project.path("out/prod/mine.txt").exists());
}

#[test]
fn what_a_removed_service_left_is_removed() {
    let project = Project::committed();
    project.edit(
        "environments/iot-edge/system.yaml",
        "    kind: grafana",
        "    enabled: false\n    kind: grafana",
    );
    let ran = project.iac(&["render", "prod"]).ends(0);
    assert!(!project.path("out/prod/iot-edge/kubernetes/grafana.yaml").exists(), "{}", ran.err);
    assert!(project.path("out/dev/iot-edge/kubernetes/grafana.yaml").exists(), "not asked for");
    project.iac(&["render"]).ends(0);
    assert!(!project.path("out/dev/iot-edge/kubernetes/grafana.yaml").exists());
}

#[test]
fn keep_leaves_files_to_the_user() {
    let project = Project::committed();
    project.write("out/.keep", "notes/\n/prod/*.md\n");
    project.write("out/notes/a.txt", "a\n");
    project.write("out/prod/README.md", "b\n");
    project.commit("kept, and tracked");
    for arguments in [&["render"][..], &["render", "--prune"]] {
        let ran = project.iac(arguments).ends(0);
        assert!(!ran.err.contains("removed ") && !ran.err.contains("left alone"), "{}", ran.err);
        assert_eq!(project.read("out/notes/a.txt"), "a\n");
        assert_eq!(project.read("out/prod/README.md"), "b\n");
    }
    project.iac(&["check"]).ends(0);
    // None of it is a change, in any comparison.
    for against in [&[][..], &["--against", "HEAD"]] {
        let arguments = [&["diff", "--exit-code"], against].concat();
        project.iac(&arguments).ends(0);
    }
    // What is generated cannot be kept.
    project.write("out/.keep", "*.yaml\n");
    let ran = project.iac(&["render"]).ends(1);
    assert!(ran.err.contains("narrow the pattern"), "{}", ran.err);
    project.write("out/.keep", "a\n[z-a]\n");
    let ran = project.iac(&["render"]).ends(1);
    assert!(ran.err.contains("`out/.keep`, line 2"), "{}", ran.err);
}

#[test]
fn a_foreign_file_is_never_overwritten() {
    let project = Project::example();
    let file = "out/prod/iot-edge/kubernetes/redis.yaml";
    project.write(file, "mine: true\n");
    let ran = project.iac(&["render"]).ends(1);
    assert!(ran.err.contains(&format!("`{file}` is not iac's")), "{}", ran.err);
    assert_eq!(project.tree("out").len(), 1, "nothing was written beside it");
    assert_eq!(project.read(file), "mine: true\n");
    let ran = project.iac(&["render", "--prune"]).ends(1);
    assert_eq!(project.read(file), "mine: true\n", "{}", ran.err);
    // git's word makes it iac's.
    project.git(&["init", "-q"]);
    project.git(&["add", "out"]);
    project.iac(&["render"]).ends(0);
    assert_ne!(project.read(file), "mine: true\n");
}

#[test]
fn nothing_is_written_through_a_link() {
    for (link, is_folder) in [
        ("out", true),
        ("out/prod", true),
        ("out/prod/iot-edge/kubernetes", true),
        ("out/prod/iot-edge/kubernetes/redis.yaml", false),
    ] {
        let project = Project::committed();
        let elsewhere = Project::empty();
        elsewhere.write("kept", "x\n");
        let place = project.path(link);
        if is_folder {
            fs::remove_dir_all(&place).unwrap();
            symlink(&elsewhere.root, &place).unwrap();
        } else {
            fs::remove_file(&place).unwrap();
            symlink(elsewhere.path("kept"), &place).unwrap();
        }
        project.edit(EDGE, "replicas: 3", "replicas: 4");
        let before = project.tree(".");
        for arguments in [&["render"][..], &["render", "--prune"]] {
            let ran = project.iac(arguments).ends(1);
            assert!(ran.err.contains(&format!("`{link}` is a symbolic link")), "{}", ran.err);
            same(&before, &project.tree("."));
            assert_eq!(elsewhere.tree(".").len(), 1, "{link}");
            assert_eq!(elsewhere.read("kept"), "x\n", "{link}");
        }
        let checked = project.iac(&["check"]).code.unwrap();
        assert!([1, 3].contains(&checked), "{link}: {checked}");
    }
}

#[test]
fn a_stale_link_goes_and_what_it_leads_to_stays() {
    let project = Project::committed();
    let elsewhere = Project::of(&[("kept", "x\n")]);
    symlink(&elsewhere.root, project.path("out/prod/old")).unwrap();
    project.commit("a link");
    project.iac(&["render"]).ends(0);
    assert!(fs::symlink_metadata(project.path("out/prod/old")).is_err());
    assert_eq!(elsewhere.read("kept"), "x\n");
}

#[test]
fn release_and_init_write_through_no_link() {
    let project = Project::committed();
    let elsewhere = Project::of(&[("kept", "{}\n")]);
    symlink(elsewhere.path("kept"), project.path("environments/iot-edge/release.yaml")).unwrap();
    let digest = "a".repeat(64);
    let release = format!("iot-edge-node=1.0.0@sha256:{digest}");
    let ran = project.iac(&["release", "set", "iot-edge", &release]).ends(2);
    assert!(ran.err.contains("link"), "{}", ran.err);
    assert_eq!(elsewhere.read("kept"), "{}\n");

    let fresh = Project::empty();
    symlink(elsewhere.path("gone"), fresh.path("environments")).unwrap();
    assert_ne!(fresh.iac(&["init"]).code, Some(0));
    assert_eq!(elsewhere.tree(".").len(), 1);
}

#[test]
fn another_folder_loses_nothing_that_is_not_a_stacks() {
    let project = Project::committed();
    project.write("notes.txt", "mine\n");
    let before = project.tree(".");
    for arguments in [&["render", "--to", "."][..], &["render", "--to", ".", "--prune"]] {
        let ran = project.iac(arguments).ends(0);
        assert!(!ran.err.contains("removed "), "{}", ran.err);
        let after = project.tree(".");
        let lost: Vec<_> = before
            .keys()
            .filter(|name| !name.starts_with(".git/") && !after.contains_key(*name))
            .collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

#[test]
fn without_a_repository_render_works_again_and_again() {
    let project = Project::example();
    project.iac(&["render"]).ends(0);
    let first = project.tree("out");
    // What services mount is what they read, and nothing else.
    for (_, text) in first.iter().filter(|(name, _)| !name.contains("/compose/files/")) {
        let start = String::from_utf8_lossy(&text[..text.len().min(512)]);
        assert!(start.contains("Generated by iac"), "{start}");
    }
    let ran = project.iac(&["render"]).ends(0);
    assert!(ran.err.contains("all as they were"), "{}", ran.err);
    project.edit(EDGE, "replicas: 3", "replicas: 4");
    let ran = project.iac(&["render"]).ends(0);
    assert!(ran.err.contains("0 new, 1 changed"), "{}", ran.err);
    project.edit(EDGE, "replicas: 4", "replicas: 3");
    project.iac(&["render"]).ends(0);
    same(&first, &project.tree("out"));
}
