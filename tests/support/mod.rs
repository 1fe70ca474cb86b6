//! What the tests of the command line share: temporary projects, and runs of the real program.
#![allow(dead_code, reason = "each test program uses a part of it, and none the whole")]

use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output, Stdio};

/// Files by their path, with their bytes.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// A project in a temporary folder, which goes with it.
pub(crate) struct Project {
    _guard: tempfile::TempDir,
    pub(crate) root: Utf8PathBuf,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Holds the run to an exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Project {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(guard.path()).unwrap().canonicalize_utf8().unwrap();
        Self { _guard: guard, root }
    }

    /// A copy of the committed example's description, without its output.
    pub(crate) fn example() -> Self {
        let project = Self::empty();
        let here = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&here.join("environments"), &project.path("environments"));
        copy(&here.join(".gitattributes"), &project.path(".gitattributes"));
        project
    }

    /// Pins the image of the operator that runs the example's databases: nobody who writes the lock
    /// knows its digest, so that a test's stands for it.
    pub(crate) fn lock_operand(&self) {
        let digest = "0123456789abcdef".repeat(4);
        let lock = self.read("environments/lock.yaml");
        let operand = format!(
            "  ghcr.io/cloudnative-pg/postgresql:\n    tag: \"18.6-system-trixie\"\n    digest: \"sha256:{digest}\"\n"
        );
        self.write("environments/lock.yaml", format!("{}\n{operand}", lock.trim_end()));
    }

    /// The example, rendered, in a repository with one commit.
    pub(crate) fn committed() -> Self {
        let project = Self::example();
        project.iac(&["render"]).ends(0);
        project.git(&["init", "-q", "-b", "main"]);
        project.commit("one");
        project
    }

    /// A project of these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let project = Self::empty();
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub(crate) fn path(&self, path: &str) -> Utf8PathBuf {
        self.root.join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    /// Replaces the first place where a text stands, which must be there.
    #[track_caller]
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} does not hold {from:?}");
        self.write(path, text.replacen(from, to, 1));
    }

    /// All files below a folder of the project.
    pub(crate) fn tree(&self, folder: &str) -> Tree {
        tree(&self.path(folder))
    }

    /// The program, in the project's folder, with nothing of this machine's surroundings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iac"));
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null());
        surroundings(&mut command, &self.root);
        command
    }

    pub(crate) fn iac(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    /// Runs git, which must succeed.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let ran = self.try_git(arguments);
        assert_eq!(ran.code, Some(0), "git {arguments:?}: {}\n{}", ran.out, ran.err);
        ran.out
    }

    pub(crate) fn try_git(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new("git");
        command
            .current_dir(&self.root)
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments);
        surroundings(&mut command, &self.root);
        Ran::of(&command.output().unwrap())
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-qm", message]);
    }
}

fn surroundings(command: &mut Command, root: &Utf8Path) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CEILING_DIRECTORIES", root.parent().unwrap());
}

/// All files below a folder; links are told by where they lead.
pub(crate) fn tree(folder: &Utf8Path) -> Tree {
    let mut files = Tree::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        let Ok(entries) = next.read_dir_utf8() else { continue };
        for entry in entries {
            let path = entry.unwrap().into_path();
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            let name = path.strip_prefix(folder).unwrap().to_string();
            if kind.is_symlink() {
                let to = path.read_link_utf8().unwrap();
                files.insert(name, format!("-> {to}").into_bytes());
            } else if kind.is_dir() {
                pending.push(path);
            } else {
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Names the files in which two trees differ, and fails if there is one.
#[track_caller]
pub(crate) fn same(one: &Tree, other: &Tree) {
    let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
    let differing: Vec<_> =
        names.into_iter().filter(|name| one.get(*name) != other.get(*name)).collect();
    assert!(differing.is_empty(), "these differ: {differing:#?}");
    assert!(!one.is_empty(), "nothing was compared");
}

/// Copies a file or a folder.
pub(crate) fn copy(from: &Utf8Path, to: &Utf8Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in from.read_dir_utf8().unwrap() {
            let entry = entry.unwrap();
            copy(entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}
