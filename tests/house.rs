//! House rules that no lint holds.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads the repository's own files"
)]

use camino::{Utf8Path, Utf8PathBuf};
use iac::generate::TARGETS;
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;

const LONGEST: usize = 500;
const LONGEST_ARCHITECTURE: usize = 150;

/// Modules that may read files, write files or start programs.
const MAY_TOUCH_THE_WORLD: &[&str] = &[
    "src/load/files.rs",
    "src/tools/git.rs",
    "src/write/disk.rs",
    "src/write/plan.rs",
    "src/write/single.rs",
];

fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The repository's own files, without what is built.
fn files() -> Vec<Utf8PathBuf> {
    let mut files = Vec::new();
    let mut pending = vec![Utf8PathBuf::new()];
    while let Some(folder) = pending.pop() {
        for entry in root().join(&folder).read_dir_utf8().unwrap() {
            let entry = entry.unwrap();
            let path = folder.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                let skipped = matches!(path.as_str(), ".git" | "target") || path.ends_with(".venv");
                if !skipped {
                    pending.push(path);
                }
            } else if path != ".git" {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn text(path: &Utf8Path) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

fn sources() -> Vec<Utf8PathBuf> {
    // What stands for somebody's code in tests is no part of the project's.
    let is_source =
        |path: &Utf8PathBuf| path.extension() == Some("rs") && !path.starts_with("tests/fixtures");
    let found: Vec<_> = files().into_iter().filter(is_source).collect();
    assert!(found.len() > 100, "{}", found.len());
    found
}

fn nothing(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn no_source_file_is_long() {
    let lines = |path: &Utf8PathBuf| {
        let lines = text(path).lines().count();
        (lines > LONGEST).then(|| format!("{path}: {lines} lines"))
    };
    let long: Vec<_> = sources().iter().filter_map(lines).collect();
    nothing(&long, "a source file has at most 500 lines");
    let lines = text("ARCHITECTURE.md".into()).lines().count();
    assert!(lines <= LONGEST_ARCHITECTURE, "ARCHITECTURE.md has {lines} lines");
}

/// The file of a module that `file` declares.
fn declared(file: &Utf8Path, name: &str) -> [Utf8PathBuf; 2] {
    let folder = file.parent().unwrap();
    let folder = match file.file_name() {
        Some("mod.rs" | "lib.rs" | "main.rs") => folder.to_owned(),
        _ if folder == "tests" || folder == "benches" => folder.to_owned(),
        _ => folder.join(file.file_stem().unwrap()),
    };
    [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")]
}

/// A path from a folder, without `..`.
fn joined(folder: &Utf8Path, path: &str) -> Utf8PathBuf {
    let mut joined = folder.to_owned();
    for part in path.split('/') {
        if part == ".." {
            joined.pop();
        } else {
            joined.push(part);
        }
    }
    joined
}

#[test]
fn every_source_file_is_a_module() {
    let module = Regex::new(r"(?m)^\s*(?:pub(?:\([a-z]+\))? )?mod (\w+);").unwrap();
    let moved = Regex::new(r#"(?s)#\[path = "([^"]+)"\]\s*mod \w+;"#).unwrap();
    let all = sources();
    let mut reached: BTreeSet<Utf8PathBuf> = BTreeSet::new();
    let is_start = |path: &&Utf8PathBuf| {
        let in_folder = path.parent().unwrap();
        ["src/lib.rs", "src/main.rs"].contains(&path.as_str())
            || in_folder == "tests"
            || (path.starts_with("benches") && path.file_name() == Some("main.rs"))
    };
    let mut pending: Vec<Utf8PathBuf> = all.iter().filter(is_start).cloned().collect();
    while let Some(file) = pending.pop() {
        if !all.contains(&file) || reached.contains(&file) {
            continue;
        }
        let text = text(&file);
        for name in module.captures_iter(&text) {
            pending.extend(declared(&file, &name[1]).into_iter().filter(|it| all.contains(it)));
        }
        for path in moved.captures_iter(&text) {
            pending.push(joined(file.parent().unwrap(), &path[1]));
        }
        reached.insert(file);
    }
    let forgotten: Vec<_> =
        all.iter().filter(|path| !reached.contains(*path)).map(ToString::to_string).collect();
    nothing(&forgotten, "no module declares these files");
}

#[test]
fn what_stands_beside_a_list_is_in_it() {
    let kinds = files()
        .into_iter()
        .filter(|path| path.starts_with("src/catalogue") && path.extension() == Some("yaml"));
    let registered: BTreeSet<_> =
        iac::catalogue::BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names: BTreeSet<_> = kinds.map(|path| path.file_stem().unwrap().to_owned()).collect();
    assert_eq!(names, registered, "src/catalogue/ and its list");

    let implements = Regex::new(r"impl (?:super::)*Target for (\w+)").unwrap();
    let mut targets: Vec<String> = Vec::new();
    for path in sources().iter().filter(|path| path.starts_with("src/generate")) {
        targets.extend(implements.captures_iter(&text(path)).map(|found| found[1].to_owned()));
    }
    assert_eq!(targets.len(), TARGETS.len(), "{targets:?} and the list of targets");
    let list = text("src/generate/target.rs".into());
    let list = list.split_once("TARGETS: &[").unwrap().1.split_once(';').unwrap().0;
    for target in targets {
        assert!(list.contains(&format!("&{target}")), "{target} is not in the list of targets");
    }
}

#[test]
fn nothing_is_put_off() {
    let words = ["TO", "FIX", "XX"].iter().zip(["DO", "ME", "X"]);
    let words: Vec<String> = words.map(|(one, other)| format!("{one}{other}")).collect();
    let put_off = Regex::new(&format!(r"\b({})\b|\bdbg!\s*\(", words.join("|"))).unwrap();
    let mut found = Vec::new();
    for path in sources() {
        for (index, line) in text(&path).lines().enumerate() {
            if put_off.is_match(line) && path != "tests/house.rs" {
                found.push(format!("{path}:{}: {line}", index + 1));
            }
        }
        let name = path.file_stem().unwrap();
        let vague = ["util", "utils", "helper", "helpers", "common", "misc"];
        if vague.contains(&name) || path.components().any(|part| vague.contains(&part.as_str())) {
            found.push(format!("{path}: a name that says nothing"));
        }
    }
    nothing(&found, "what is to be done is an issue");
}

#[test]
fn only_some_modules_touch_the_world() {
    let mut found = Vec::new();
    for path in sources().iter().filter(|path| path.starts_with("src")) {
        let text = text(path);
        let outside_of_tests = text.split("#[cfg(test)]").next().unwrap();
        let is_test = path.as_str().contains("/tests") || path.as_str().ends_with("properties.rs");
        if !is_test
            && outside_of_tests.contains("clippy::disallowed_methods")
            && !MAY_TOUCH_THE_WORLD.contains(&path.as_str())
        {
            found.push(path.to_string());
        }
    }
    nothing(&found, "these modules lift the ban on files and programs");
}

#[test]
fn paths_in_documents_exist() {
    let quoted = Regex::new(
        r"`((?:src|tests|templates|environments|benches|out|data|examples|scripts)/[^`\s]*)`",
    )
    .unwrap();
    let mut found = Vec::new();
    let documents = files()
        .into_iter()
        .filter(|path| path.extension() == Some("md") && !path.starts_with("out"));
    for path in documents {
        for (index, line) in text(&path).lines().enumerate() {
            for name in quoted.captures_iter(line) {
                let name = &name[1];
                // A pattern, or a place in a project of the reader's.
                let is_pattern = name.contains(['*', '<', '{', '…', '[']) || name.contains("NAME");
                if !is_pattern && !root().join(name).exists() {
                    found.push(format!("{path}:{}: {name}", index + 1));
                }
            }
        }
    }
    nothing(&found, "documents name files that do not exist");
}

#[test]
fn nothing_of_a_private_machine_is_in_the_repository() {
    let home = ["/ho", "me/"].concat();
    let users = ["/Use", "rs/"].concat();
    let work = ["/wo", "rk/wt"].concat();
    let shared = ["/wo", "rk/shared"].concat();
    let private = Regex::new(&format!(
        r"{home}[a-z]+/|{users}[a-z]+/|{work}|{shared}|\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\.\d+:\d+|artifactory|\bnexus\.|\.(?:internal|corp|lan)[:/]"
    ))
    .unwrap();
    let mut found = Vec::new();
    for path in files() {
        if path.starts_with("data") && path.extension() == Some("txt") || path == "tests/house.rs" {
            continue;
        }
        for (index, line) in text(&path).lines().enumerate() {
            if let Some(word) = private.find(line) {
                found.push(format!("{path}:{}: {}", index + 1, word.as_str()));
            }
        }
    }
    nothing(&found, "these are of somebody's machine or network");
}
