//! Questions to git: what does it track, and what did a commit hold?
#![allow(clippy::disallowed_methods, reason = "`tools` is where programs are started")]

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};

/// Variables by which a hook or a wrapper points git at something else than the folder it is asked
/// about, or changes how it reads a path. `GIT_CONFIG_*` stays: machines say `safe.directory` so.
const REMOVED: [&str; 18] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Why git could not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no program of that name.
    #[error("git is needed for this and is not installed: install it, or put it on the PATH")]
    Absent,
    /// The folder belongs to no repository.
    #[error("`{root}` is in no git repository")]
    NoRepository {
        /// The folder that was asked about.
        root: Utf8PathBuf,
    },
    /// The text looks like an option.
    #[error(
        "`{rev}` is not a revision: expected a commit, a branch or a tag, for instance `HEAD~1`"
    )]
    NotARevision {
        /// What was asked for.
        rev: String,
    },
    /// git knows no such commit.
    #[error(
        "git knows no commit `{rev}` here: check the spelling, or fetch it first \
         (a shallow clone holds only the newest commits)"
    )]
    NoCommit {
        /// What was asked for.
        rev: String,
    },
    /// The commit lists a file whose content is not in this clone.
    #[error(
        "`{path}` of `{rev}` is not in this clone, since it is a partial one: \
         check that commit out once, or clone without `--filter`"
    )]
    NotFetched {
        /// The commit.
        rev: String,
        /// The file.
        path: Utf8PathBuf,
    },
    /// The folder leaves the project.
    #[error("`{folder}` is not a folder below the project: expected a relative path without `..`")]
    Outside {
        /// What was asked for.
        folder: Utf8PathBuf,
    },
    /// git said no.
    #[error("`git {command}` failed in `{root}`: {message}")]
    Failed {
        /// The first word of the command.
        command: String,
        /// Where it ran.
        root: Utf8PathBuf,
        /// What git wrote to standard error.
        message: String,
    },
    /// git could not be started, or its output could not be read.
    #[error("git cannot be run: {reason}")]
    Run {
        /// What the operating system said.
        reason: io::Error,
    },
}

impl GitError {
    fn run(reason: io::Error) -> Self {
        match reason.kind() {
            // Not permitted: the PATH names a folder that this user may not read.
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Self::Absent,
            _ => Self::Run { reason },
        }
    }
}

/// git, as it is installed.
#[derive(Debug, Clone, Copy)]
pub struct Git;

impl Git {
    /// The files below `root/folder` that git tracks, relative to that folder; also those with a
    /// merge conflict, and those that are gone from the disk. `None` when the folder is in no
    /// repository, or git is not installed.
    pub fn tracked(
        root: &Utf8Path,
        folder: &Utf8Path,
    ) -> Result<Option<BTreeSet<Utf8PathBuf>>, GitError> {
        tracked("git", root, folder)
    }

    /// All files of a commit below `root/folder`, relative to that folder. Links and submodules are
    /// left out. What is not UTF-8 is replaced by U+FFFD, so that a picture in the folder is not a
    /// fault.
    pub fn tree(
        root: &Utf8Path,
        rev: &str,
        folder: &Utf8Path,
    ) -> Result<BTreeMap<Utf8PathBuf, String>, GitError> {
        let folder = below(folder)?;
        let commit = commit(root, rev)?;
        let listed = list(root, &commit, &folder)?;
        contents(root, rev, listed)
    }

    /// Whether the repository records who may run a file. It does not on a file system that cannot
    /// hold it (git finds out when it makes the repository). `true` when git cannot be asked.
    #[must_use]
    pub fn keeps_modes(root: &Utf8Path) -> bool {
        let asked = run("git", root, &["config", "--type=bool", "--get", "core.fileMode"]);
        !asked.is_ok_and(|output| output.stdout.trim_ascii() == b"false")
    }
}

fn tracked(
    program: &str,
    root: &Utf8Path,
    folder: &Utf8Path,
) -> Result<Option<BTreeSet<Utf8PathBuf>>, GitError> {
    let folder = below(folder)?;
    let place = root.join(&folder);
    // Asked inside the folder, git also answers for one that is a repository of its own.
    let (start, asked, prefix) = if place.is_dir() {
        (place.as_path(), Utf8Path::new("."), Utf8Path::new(""))
    } else {
        (root, folder.as_path(), folder.as_path())
    };
    let output = match run(program, start, &["ls-files", "-z", "--", asked.as_str()]) {
        Ok(output) => output,
        Err(GitError::Absent | GitError::NoRepository { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let paths = records(&output.stdout)
        .filter_map(|path| Utf8Path::new(std::str::from_utf8(path).ok()?).strip_prefix(prefix).ok())
        .map(Utf8Path::to_owned)
        .collect();
    Ok(Some(paths))
}

fn commit(root: &Utf8Path, rev: &str) -> Result<String, GitError> {
    if rev.is_empty() || rev.starts_with('-') || rev.contains(['\0', '\n']) {
        return Err(GitError::NotARevision { rev: rev.to_owned() });
    }
    let name = format!("{rev}^{{commit}}");
    match run("git", root, &["rev-parse", "--verify", "--quiet", &name]) {
        Ok(output) => Ok(String::from_utf8_lossy(output.stdout.trim_ascii()).into_owned()),
        // Quiet: only a name that leads nowhere fails without a message.
        Err(GitError::Failed { message, .. }) if message.is_empty() => {
            Err(GitError::NoCommit { rev: rev.to_owned() })
        }
        Err(error) => Err(error),
    }
}

/// The regular files of a commit below a folder: path and object.
fn list(
    root: &Utf8Path,
    commit: &str,
    folder: &Utf8Path,
) -> Result<Vec<(Utf8PathBuf, String)>, GitError> {
    let asked = if folder.as_str().is_empty() { ".".to_owned() } else { format!("{folder}/") };
    let output = run("git", root, &["ls-tree", "-r", "-z", commit, "--", &asked])?;
    let mut files = Vec::new();
    for record in records(&output.stdout) {
        let record = String::from_utf8_lossy(record);
        let Some((about, path)) = record.split_once('\t') else { continue };
        let mut words = about.split(' ');
        let (Some(mode), Some("blob"), Some(object)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        if let (true, Ok(path)) =
            (mode.starts_with("100"), Utf8Path::new(path).strip_prefix(folder))
        {
            files.push((path.to_owned(), object.to_owned()));
        }
    }
    Ok(files)
}

fn contents(
    root: &Utf8Path,
    rev: &str,
    listed: Vec<(Utf8PathBuf, String)>,
) -> Result<BTreeMap<Utf8PathBuf, String>, GitError> {
    let mut child = command("git", root)
        .args(["cat-file", "--batch", "--buffer"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(GitError::run)?;
    let questions: String = listed.iter().flat_map(|(_, object)| [object, "\n"]).collect();
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(GitError::Run { reason: io::ErrorKind::BrokenPipe.into() });
    };
    let answer = std::thread::scope(|scope| {
        // Beside the reader: both pipes are short. A git that ends early is seen by the reader.
        scope.spawn(move || stdin.write_all(questions.as_bytes()));
        answers(BufReader::new(stdout), rev, listed)
    });
    let ended = child.wait().map_err(GitError::run)?;
    match answer {
        Err(GitError::Run { reason }) if !ended.success() => Err(GitError::Failed {
            command: "cat-file".to_owned(),
            root: root.to_owned(),
            message: reason.to_string(),
        }),
        answer => answer,
    }
}

fn answers(
    mut stdout: impl BufRead,
    rev: &str,
    listed: Vec<(Utf8PathBuf, String)>,
) -> Result<BTreeMap<Utf8PathBuf, String>, GitError> {
    let failed = |reason| GitError::Run { reason };
    let mut files = BTreeMap::new();
    for (path, _) in listed {
        let mut head = String::new();
        stdout.read_line(&mut head).map_err(failed)?;
        let head = head.trim_end();
        if head.is_empty() {
            return Err(failed(io::ErrorKind::UnexpectedEof.into()));
        }
        let size = head.rsplit_once(' ').and_then(|(_, size)| size.parse::<usize>().ok());
        let Some(size) = size else {
            return Err(GitError::NotFetched { rev: rev.to_owned(), path });
        };
        let mut bytes = vec![0; size];
        stdout.read_exact(&mut bytes).map_err(failed)?;
        stdout.read_exact(&mut [0]).map_err(failed)?;
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        files.insert(path, text);
    }
    Ok(files)
}

/// The folder without `.`, so that nothing but names is left.
fn below(folder: &Utf8Path) -> Result<Utf8PathBuf, GitError> {
    let mut clean = Utf8PathBuf::new();
    for component in folder.components() {
        match component {
            Utf8Component::Normal(name) => clean.push(name),
            Utf8Component::CurDir => {}
            _ => return Err(GitError::Outside { folder: folder.to_owned() }),
        }
    }
    Ok(clean)
}

fn records(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == 0).filter(|record| !record.is_empty())
}

fn command(program: &str, root: &Utf8Path) -> Command {
    let mut command = Command::new(program);
    for name in REMOVED {
        command.env_remove(name);
    }
    command
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .args(["--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false"]);
    if !root.as_str().is_empty() {
        command.args(["-C", root.as_str()]);
    }
    command
}

fn run(program: &str, root: &Utf8Path, arguments: &[&str]) -> Result<Output, GitError> {
    let output = command(program, root)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(GitError::run)?;
    if output.status.success() {
        return Ok(output);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if message.contains("not a git repository") {
        return Err(GitError::NoRepository { root: root.to_owned() });
    }
    Err(GitError::Failed {
        command: arguments.first().copied().unwrap_or_default().to_owned(),
        root: root.to_owned(),
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(root: &Utf8Path, arguments: &[&str]) {
        let identity =
            ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"];
        let done = command("git", root).args(identity).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn put(root: &Utf8Path, path: &str, bytes: &[u8]) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().to_owned();
        (folder, path)
    }

    fn names<'a>(paths: impl IntoIterator<Item = &'a Utf8PathBuf>) -> Vec<&'a str> {
        paths.into_iter().map(|path| path.as_str()).collect()
    }

    #[test]
    fn tracked_files_are_relative_to_the_folder_and_untracked_ones_are_left_out() {
        let (_guard, root) = folder();
        git(&root, &["init", "-q"]);
        put(&root, "project/out/prod/a b.yaml", b"x");
        put(&root, "project/out/[x]*/é", b"x");
        put(&root, "project/output/x", b"x");
        git(&root, &["add", "."]);
        put(&root, "project/out/new", b"x");
        std::fs::remove_file(root.join("project/out/prod/a b.yaml")).unwrap();
        let project = root.join("project");
        let all = Git::tracked(&project, "out".into()).unwrap().unwrap();
        assert_eq!(names(&all), ["[x]*/é", "prod/a b.yaml"]);
        let some = Git::tracked(&project, "./out/[x]*".into()).unwrap().unwrap();
        assert_eq!(names(&some), ["é"]);
        let here = Git::tracked(&project.join("out"), ".".into()).unwrap().unwrap();
        assert_eq!(here, all);
        std::fs::remove_dir_all(root.join("project/out")).unwrap();
        assert_eq!(Git::tracked(&project, "out".into()).unwrap().unwrap(), all);
        assert!(Git::tracked(&project, "nothing".into()).unwrap().unwrap().is_empty());
    }

    #[test]
    fn without_a_repository_or_without_git_nothing_is_known() {
        let (_guard, root) = folder();
        assert_eq!(Git::tracked(&root, "out".into()).unwrap(), None);
        assert_eq!(tracked("no-such-program-here", &root, "out".into()).unwrap(), None);
        let error = Git::tree(&root, "HEAD", "out".into()).unwrap_err();
        assert_eq!(error.to_string(), format!("`{root}` is in no git repository"));
        assert!(Git::keeps_modes(&root));
    }

    #[test]
    fn a_folder_that_leaves_the_project_is_refused() {
        for bad in ["../out", "/out", "a/../../b"] {
            let error = Git::tracked(".".into(), bad.into()).unwrap_err();
            assert!(matches!(error, GitError::Outside { .. }), "{error}");
        }
    }

    #[test]
    fn a_commit_is_read_whole_whatever_the_work_tree_holds() {
        let (_guard, root) = folder();
        git(&root, &["init", "-q"]);
        let long = "line\n".repeat(100_000);
        put(&root, "p/out/prod/a", b"one\n");
        put(&root, "p/out/prod/copy", b"one\n");
        put(&root, "p/out/empty", b"");
        put(&root, "p/out/long", long.as_bytes());
        put(&root, "p/out/picture", b"\xff\n\0");
        put(&root, "p/outer", b"x");
        put(&root, ".gitattributes", b"p/out/prod/a export-ignore\n");
        git(&root, &["add", "."]);
        git(&root, &["commit", "-qm", "one"]);
        git(&root, &["tag", "-am", "x", "v1"]);
        put(&root, "p/out/prod/a", b"two\n");
        git(&root, &["commit", "-qam", "two"]);

        let files = Git::tree(&root.join("p"), "v1", "out".into()).unwrap();
        assert_eq!(names(files.keys()), ["empty", "long", "picture", "prod/a", "prod/copy"]);
        assert_eq!(files[Utf8Path::new("prod/a")], "one\n");
        assert_eq!(files[Utf8Path::new("long")], long);
        assert_eq!(files[Utf8Path::new("picture")], "\u{fffd}\n\0");
        assert_eq!(Git::tree(&root.join("p/out"), "HEAD~1", ".".into()).unwrap(), files);
        assert!(Git::tree(&root.join("p"), "HEAD", "absent".into()).unwrap().is_empty());
    }

    #[test]
    fn a_bad_revision_is_named() {
        let (_guard, root) = folder();
        git(&root, &["init", "-q"]);
        put(&root, "out/a", b"x");
        git(&root, &["add", "."]);
        git(&root, &["commit", "-qm", "one"]);
        for rev in ["nope", "HEAD..HEAD", "HEAD:out", "HEAD~7", "HEAD^{/", "@{9}", "a b"] {
            let error = Git::tree(&root, rev, "out".into()).unwrap_err();
            assert!(matches!(error, GitError::NoCommit { .. }), "{rev}: {error}");
            assert!(error.to_string().contains(rev), "{error}");
        }
        for rev in ["", "-x", "--output=/tmp/x", "a\0b", "a\nb"] {
            let error = Git::tree(&root, rev, "out".into()).unwrap_err();
            assert!(matches!(error, GitError::NotARevision { .. }), "{rev}: {error}");
        }
    }

    #[test]
    fn a_file_system_without_modes_is_known() {
        let (_guard, root) = folder();
        git(&root, &["init", "-q"]);
        git(&root, &["config", "core.fileMode", "true"]);
        assert!(Git::keeps_modes(&root));
        git(&root, &["config", "core.fileMode", "false"]);
        assert!(!Git::keeps_modes(&root));
    }
}
