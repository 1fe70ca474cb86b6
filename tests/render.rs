//! `iac render`, `iac release` and `iac init`: folders, streams, exit codes.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use serde::Deserialize;
use serde_json::Value;
use std::io::Read;
use std::process::Stdio;
use support::{Project, same};

fn documents(text: &str) -> Vec<Value> {
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

fn identity(object: &Value) -> String {
    format!("{}/{}", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap())
}

#[test]
fn another_folder_gets_the_same_tree() {
    let project = Project::example();
    let other = Project::empty();
    project.iac(&["render"]).ends(0);
    let to = other.path("a/b");
    let ran = project.iac(&["render", "--to", to.as_str()]).ends(0);
    assert!(ran.out.is_empty() && ran.err.contains(to.as_str()), "{ran:?}");
    same(&project.tree("out"), &other.tree("a/b"));
    // Relative to the working folder, which need not be the project's.
    let mut command = other.command(&["-C", project.root.as_str(), "render", "--to", "c"]);
    assert!(command.output().unwrap().status.success());
    same(&project.tree("out"), &other.tree("c"));
}

#[test]
fn the_stream_is_the_files_in_apply_order() {
    let project = Project::example();
    project.iac(&["render"]).ends(0);
    for system in ["iot-edge", "iot-verification"] {
        let ran = project.iac(&["render", "prod", "--system", system, "--to", "-"]).ends(0);
        let streamed = documents(&ran.out);
        assert_eq!(identity(&streamed[0]), format!("Namespace/{system}"));
        let folder = format!("out/prod/{system}/kubernetes");
        let list = project.read(&format!("{folder}/kustomization.yaml"));
        let list: Value = serde_yaml::from_str(&list).unwrap();
        let names = list["resources"].as_array().unwrap();
        let files = names.iter().flat_map(|name| {
            documents(&project.read(&format!("{folder}/{}", name.as_str().unwrap())))
        });
        assert_eq!(streamed, files.collect::<Vec<_>>());
        assert_eq!(names.len() + 1, project.tree(&folder).len(), "no file beside those");
        // Who is called is there before who calls.
        let at = |name: &str| {
            streamed.iter().position(|object| {
                identity(object).ends_with(&format!("et/{name}"))
                    || ["Deployment", "Cluster"]
                        .iter()
                        .any(|kind| identity(object) == format!("{kind}/{name}"))
            })
        };
        if system == "iot-edge" {
            assert!(at("postgres").unwrap() < at("iot-edge-node").unwrap());
        } else {
            assert!(at("postgresql").unwrap() < at("tsn-verification").unwrap());
            assert!(at("tsn-verification").unwrap() < at("api-gateway").unwrap());
        }
    }
}

#[test]
fn a_stream_holds_one_environment_in_valid_documents() {
    let project = Project::example();
    // Piped to a cluster, several environments would overwrite each other.
    let ran = project.iac(&["render", "--to", "-"]).ends(2);
    assert!(ran.out.is_empty() && ran.err.contains("iac render prod --to -"), "{ran:?}");
    let ran = project.iac(&["render", "prod", "--to", "-"]).ends(0);
    let all = documents(&ran.out);
    let spaces = all.iter().filter(|object| object["kind"] == "Namespace").count();
    assert_eq!(spaces, 2, "two systems");
    assert!(all.iter().all(Value::is_object), "no empty document");
    assert!(!project.path("out").exists());
    // Warnings are told elsewhere.
    assert!(ran.err.contains("unreleased-image") && !ran.out.contains("warning["));
}

#[test]
fn a_reader_that_stops_is_no_fault() {
    let project = Project::example();
    for arguments in [&["render", "prod", "--to", "-"][..], &["diff", "--texts", "all"], &["list"]]
    {
        let mut child = project
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = [0; 1];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut line).unwrap();
        drop(out);
        let ended = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "{err}");
        assert!(!err.contains("panic") && !err.contains("error"), "{err}");
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let project = Project::example();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let Ok(full) = full else { return };
    let ended = project.command(&["render", "prod", "--to", "-"]).stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("cannot write to standard output"));
}

#[test]
fn exit_codes() {
    let project = Project::example();
    for (arguments, code, told) in [
        (&["render", "prd"][..], 2, "did you mean `prod`?"),
        (&["render", "--system", "iot"], 2, "known: iot-edge, iot-verification"),
        (&["render", "--target", "helmet"], 2, "known: compose, kubernetes"),
        (&["nothing"], 2, "nothing"),
        (&["-C", "environments", "render"], 2, "iac init"),
        (&["-C", "absent", "render"], 2, "there is no folder `absent`"),
        (&["diff", "--against", "HEAD"], 1, "in no git repository"),
    ] {
        let ran = project.iac(arguments).ends(code);
        assert!(ran.out.is_empty() && ran.err.contains(told), "{arguments:?}: {ran:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["render", "--help"]] {
        let ran = project.iac(arguments).ends(0);
        assert!(ran.err.is_empty() && !ran.out.is_empty(), "{ran:?}");
    }
    assert!(!project.path("out").exists());
    project.edit("environments/dev.yaml", "LOG_LEVEL: debug", "LOG_LEVEL: 010");
    let ran = project.iac(&["render"]).ends(2);
    assert!(ran.out.is_empty() && ran.err.contains("environments/dev.yaml:21:"), "{ran:?}");
    assert!(!project.path("out").exists());
}

fn released(service: &str, version: &str, letter: &str) -> String {
    format!("{service}={version}@sha256:{}", letter.repeat(64))
}

#[test]
fn a_release_is_recorded() {
    let project = Project::example();
    let file = "environments/iot-verification/release.yaml";
    let set = |releases: &[String]| {
        let arguments = ["release", "set", "iot-verification"].into_iter();
        project.iac(&arguments.chain(releases.iter().map(String::as_str)).collect::<Vec<_>>())
    };
    set(&[released("wot-verification", "1.10", "a"), released("api-gateway", "2.0.0", "b")])
        .ends(0);
    set(&[released("tsn-verification", "1.0.0", "c")]).ends(0);
    let ran = set(&[released("api-gateway", "2.0.1", "d")]).ends(0);
    assert!(ran.out.is_empty() && ran.err.contains("3 of 6"), "{ran:?}");
    let text = project.read(file);
    let entry = |name: &str, version: &str, letter: &str| {
        format!("{name}:\n  version: \"{version}\"\n  digest: sha256:{}\n", letter.repeat(64))
    };
    let wanted = [
        "# Written by `iac release set`: which version of each own image runs.\n".to_owned(),
        entry("api-gateway", "2.0.1", "d"),
        entry("tsn-verification", "1.0.0", "c"),
        entry("wot-verification", "1.10", "a"),
    ];
    assert_eq!(text, wanted.concat());
    // It takes effect in every environment.
    project.iac(&["render"]).ends(0);
    let gateway = project.read("out/dev/iot-verification/kubernetes/api-gateway.yaml");
    let image = format!("iot-verification/api-gateway:2.0.1@sha256:{}", "d".repeat(64));
    assert!(gateway.contains(&image), "{gateway}");
    for (bad, why) in [
        (released("postgresql", "18", "a"), "known: api-gateway"),
        (released("api-gatewy", "1", "a"), "did you mean `api-gateway`?"),
        ("api-gateway=1.0".to_owned(), "SERVICE=VERSION@DIGEST"),
        ("api-gateway".to_owned(), "SERVICE=VERSION@DIGEST"),
        ("api-gateway=1.0@sha256:abc".to_owned(), "sha256"),
        (released("api-gateway", "-x", "a"), "error"),
        (released("api-gateway", "latest", "a"), "`latest` is no version"),
        (released("api-gateway", "unreleased", "a"), "`unreleased` is no version"),
    ] {
        let ran = set(&[released("wot-verification", "9", "f"), bad.clone()]).ends(2);
        assert!(ran.err.contains(why), "{bad}: {}", ran.err);
        assert_eq!(project.read(file), text, "{bad}: nothing of a refused call is written");
    }
    let twice = [released("api-gateway", "1", "a"), released("api-gateway", "2", "a")];
    assert!(set(&twice).ends(2).err.contains("named twice"));
    assert_eq!(project.read(file), text);
}

#[test]
fn locked_refuses_what_nothing_pins() {
    let project = Project::example();
    project.lock_operand();
    project.iac(&["render"]).ends(0);
    project.iac(&["check"]).ends(0);
    let ran = project.iac(&["check", "--locked"]).ends(4);
    assert!(ran.err.contains("error[unreleased-image]"), "{}", ran.err);
    project.iac(&["release", "set", "iot-edge", &released("iot-edge-node", "1.0.0", "a")]).ends(0);
    let own: Vec<String> = ["api-gateway", "matter", "onem2m", "opcua", "tsn", "wot"]
        .iter()
        .map(|name| {
            if *name == "api-gateway" { (*name).to_owned() } else { format!("{name}-verification") }
        })
        .map(|name| released(&name, "1.0.0", "b"))
        .collect();
    // One is missing still; and the tree is an old one: drift wins.
    let set = |own: &[String]| {
        let arguments = ["release", "set", "iot-verification"].into_iter();
        project.iac(&arguments.chain(own.iter().map(String::as_str)).collect::<Vec<_>>()).ends(0);
    };
    set(&own[1..]);
    project.iac(&["check", "--locked"]).ends(3);
    project.iac(&["render"]).ends(0);
    let ran = project.iac(&["check", "--locked"]).ends(4);
    assert!(ran.err.contains("`iot-verification/api-gateway`"), "{}", ran.err);
    set(&own);
    project.iac(&["render"]).ends(0);
    project.iac(&["check", "--locked"]).ends(0);
    // The lock, too.
    let lock = project.read("environments/lock.yaml");
    let without: String = lock
        .lines()
        .filter(|line| !line.contains("digest:"))
        .fold(String::new(), |text, line| text + line + "\n");
    project.write("environments/lock.yaml", without);
    project.iac(&["render"]).ends(0);
    project.iac(&["check"]).ends(0);
    let ran = project.iac(&["check", "--locked"]).ends(4);
    assert!(ran.err.contains("error[unlocked-image]"), "{}", ran.err);
}

#[test]
fn a_started_project_renders_at_once() {
    let project = Project::empty();
    project.iac(&["init"]).ends(0);
    project.iac(&["render"]).ends(0);
    project.iac(&["check"]).ends(0);
    assert!(project.path("out/prod/hello/kubernetes/web.yaml").exists());
    let before = project.tree(".");
    let ran = project.iac(&["init"]).ends(2);
    assert!(ran.err.contains("exists already"), "{}", ran.err);
    same(&before, &project.tree("."));
    project.iac(&["init", "deep/shop"]).ends(0);
    project.iac(&["-C", "deep/shop", "render"]).ends(0);
    project.iac(&["-C", "deep/shop", "check"]).ends(0);
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::of(&[(".gitattributes", "mine\n"), ("README.md", "mine\n")]);
    let ran = project.iac(&["init"]).ends(0);
    assert!(ran.err.contains("left alone, it exists: ./.gitattributes"), "{}", ran.err);
    assert_eq!(project.read(".gitattributes"), "mine\n");
    assert_eq!(project.read("README.md"), "mine\n");
}
