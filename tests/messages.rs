//! What `iac` says of bad input: whole messages, exactly, with their place and the exit code.
//!
//! Each file of `tests/messages/` is a case: a project, the calls, and all that they print. The
//! project is that of `base.txt`, in which the case replaces whole files. A case reads:
//!
//! ```text
//! What is wrong here, in a sentence.
//!
//! === environments/dev.yaml
//! about: Development
//!
//! $ iac check
//! exit 2
//! error[…]: …
//! --- standard output
//! …
//! ```
//!
//! Files and calls take turns as often as needed. A word behind a path says what is special:
//! `(absent)`, `(directory)`, `(repository)` is a folder that git looks after, `-> target` is a
//! link, `(escaped)` knows `\xFF`, `\r`, `\t`, `\0`, `\\` and a `\` before a line end that is not
//! there (its path does, too), `(generated)` knows `3 × line {n}` for three lines and `<3×text>` inside of one,
//! `(read-only)` and `(full)` are folders that cannot be written.
//!
//! `IAC_BLESS=1` writes what was printed into the cases; read the difference before it is kept.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test makes projects, starts programs, and is told by the environment to bless"
)]

use similar::TextDiff;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The fewest cases: a table that shrinks has lost messages.
const FEWEST: usize = 70;

/// Words of the program's inside, which mean nothing to its users.
const INSIDE: &[&str] = &[
    "serde",
    "struct",
    "enum ",
    "variant",
    "deserial",
    "Some(",
    "None",
    "i64",
    "u16",
    "u32",
    "sequence",
    "panicked",
    "unwrap",
    "invalid type",
    "untagged",
    "minijinja",
    "\u{e000}",
    "\u{1b}",
];

/// A file or folder of a project.
#[derive(Debug)]
struct Entry {
    path: String,
    special: String,
    body: String,
}

/// What a case does next.
#[derive(Debug)]
enum Step {
    Entry(Entry),
    Call(String),
}

/// A case as it is written, without what it expects.
#[derive(Debug)]
struct Case {
    about: String,
    steps: Vec<Step>,
}

impl Case {
    fn parse(text: &str) -> Self {
        let mut case = Self { about: String::new(), steps: Vec::new() };
        for line in text.lines() {
            if let Some(header) = line.strip_prefix("=== ") {
                let (path, special) = header.split_once(' ').unwrap_or((header, ""));
                case.steps.push(Step::Entry(Entry {
                    path: path.to_owned(),
                    special: special.to_owned(),
                    body: String::new(),
                }));
            } else if let Some(call) = line.strip_prefix("$ ") {
                case.steps.push(Step::Call(call.to_owned()));
            } else {
                let into = match case.steps.last_mut() {
                    None => &mut case.about,
                    Some(Step::Entry(entry)) => &mut entry.body,
                    // What a call printed is compared with the whole text.
                    Some(Step::Call(_)) => continue,
                };
                into.push_str(line);
                into.push('\n');
            }
        }
        case
    }

    /// Does all steps and writes the case again, with what was printed.
    fn run(&self, base: &Self) -> Result<String, Skipped> {
        let folder = tempfile::tempdir().unwrap();
        let mut project =
            Project { root: folder.path().canonicalize().unwrap(), unwritable: Vec::new() };
        for step in &base.steps {
            if let Step::Entry(entry) = step {
                project.make(entry);
            }
        }
        let mut text = format!("{}\n", self.about.trim_end());
        for step in &self.steps {
            match step {
                Step::Entry(entry) => {
                    project.make(entry);
                    let special = if entry.special.is_empty() { "" } else { " " };
                    text.push_str(&format!("\n=== {}{special}{}\n", entry.path, entry.special));
                    if !entry.body.trim().is_empty() {
                        text.push_str(&format!("{}\n", entry.body.trim_end()));
                    }
                }
                Step::Call(call) => {
                    text.push_str(&format!("\n$ {call}\n{}", project.call(call)?));
                }
            }
        }
        Ok(text)
    }
}

/// Why a case cannot be run here.
#[derive(Debug)]
struct Skipped(String);

/// A project on disk.
struct Project {
    root: PathBuf,
    /// Folders that cannot be written during a call, and what is done to them.
    unwritable: Vec<String>,
}

impl Project {
    fn make(&mut self, entry: &Entry) {
        let name = String::from_utf8(escaped(&entry.path)).unwrap();
        let path = self.root.join(name);
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
            if entry.special == "(absent)" {
                fs::remove_dir_all(&path).unwrap();
            }
        } else {
            fs::remove_file(&path).unwrap_or_default();
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match entry.special.as_str() {
            "(absent)" => {}
            "" => fs::write(path, body(&entry.body)).unwrap(),
            "(escaped)" => fs::write(path, escaped(&body(&entry.body))).unwrap(),
            "(generated)" => fs::write(path, generated(&body(&entry.body))).unwrap(),
            "(directory)" => fs::create_dir_all(path).unwrap(),
            "(repository)" => {
                fs::create_dir_all(&path).unwrap();
                let made = Command::new("git").args(["init", "--quiet"]).arg(path).status();
                assert!(made.unwrap().success());
            }
            "(read-only)" => {
                fs::create_dir_all(path).unwrap();
                let to = &entry.path;
                self.unwritable
                    .push(format!("mount --bind {to} {to} && mount -o remount,ro,bind {to}"));
            }
            "(full)" => {
                fs::create_dir_all(path).unwrap();
                self.unwritable.push(format!("mount -t tmpfs -o size=4k tmpfs {}", entry.path));
            }
            link => {
                let target = link.strip_prefix("-> ").unwrap_or_else(|| panic!("{entry:?}"));
                std::os::unix::fs::symlink(target, path).unwrap();
            }
        }
    }

    /// Calls the program; what it printed and how it ended.
    fn call(&self, call: &str) -> Result<String, Skipped> {
        let mut words = call.split_whitespace();
        assert_eq!(words.next(), Some("iac"), "{call}");
        let program = env!("CARGO_BIN_EXE_iac");
        let mut command = if self.unwritable.is_empty() {
            Command::new(program)
        } else {
            let mut command = mounts()?;
            let script = format!("{} && exec \"$0\" \"$@\"", self.unwritable.join(" && "));
            command.args(["sh", "-c", &script, program]);
            command
        };
        command.args(words).current_dir(&self.root).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LC_ALL", "C");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("COLUMNS", "80");
        let output = command.output().unwrap();
        let root = self.root.to_string_lossy();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap().replace(&*root, "<project>");
            // How many files there are says nothing here, and changes with every target.
            let summary = regex::Regex::new(r"(?m)^out/: \d+ files, .*$").unwrap();
            summary.replace_all(text.trim_end(), "out/: … files, …").into_owned()
        };
        let (errors, answer) = (text(output.stderr), text(output.stdout));
        let code = output.status.code().map_or_else(|| "a signal".to_owned(), |c| c.to_string());
        let mut text = format!("exit {code}\n");
        if !errors.is_empty() {
            text.push_str(&format!("{errors}\n"));
        }
        if !answer.is_empty() {
            text.push_str(&format!("--- standard output\n{answer}\n"));
        }
        Ok(text)
    }
}

/// The start of a command that may mount for itself.
fn mounts() -> Result<Command, Skipped> {
    for arguments in [&["-m"][..], &["-r", "-m"]] {
        let mut probe = Command::new("unshare");
        probe.args(arguments).args(["sh", "-c", "mount -t tmpfs tmpfs /tmp"]);
        if probe.output().is_ok_and(|output| output.status.success()) {
            let mut command = Command::new("unshare");
            command.args(arguments);
            return Ok(command);
        }
    }
    Err(Skipped("`unshare -m` may not mount here".to_owned()))
}

/// A file's text: blank lines at its end belong to the case.
fn body(text: &str) -> String {
    let text = text.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

fn escaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        match characters.next() {
            Some('x') => {
                let digits: String = characters.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap());
            }
            Some('r') => bytes.push(b'\r'),
            Some('t') => bytes.push(b'\t'),
            Some('0') => bytes.push(0),
            Some('\\') => bytes.push(b'\\'),
            Some('\n') => {}
            other => panic!("unknown escape {other:?}"),
        }
    }
    bytes
}

fn generated(text: &str) -> String {
    let mut all = String::new();
    for line in text.lines() {
        let repeated = line.split_once(" × ").and_then(|(count, line)| {
            count.trim().parse::<usize>().ok().map(|count| (count, line))
        });
        let (count, line) = repeated.unwrap_or((1, line));
        let line = inline(line);
        for number in 1..=count {
            all.push_str(&line.replace("{n}", &number.to_string()));
            all.push('\n');
        }
    }
    all
}

fn inline(line: &str) -> String {
    let mut all = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('<') {
        let (count, tail) = after.split_once('×').unwrap();
        let (what, tail) = tail.split_once('>').unwrap();
        all.push_str(before);
        all.push_str(&what.repeat(count.parse().unwrap()));
        rest = tail;
    }
    all + rest
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages")
}

/// The names of all cases; anything else in the folder is a mistake.
fn cases() -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        match name.strip_suffix(".txt") {
            Some("base") => {}
            Some(case) => names.push(case.to_owned()),
            None => panic!("`tests/messages/{name}` is no case and would not be run"),
        }
    }
    names.sort();
    names
}

#[test]
fn messages_are_what_the_cases_say() {
    let read = |name: &str| fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap();
    let base = Case::parse(&read("base"));
    let bless = std::env::var_os("IAC_BLESS").is_some_and(|value| value == "1");
    let only = std::env::var("IAC_CASE").unwrap_or_default();
    let names = cases();
    assert!(names.len() >= FEWEST, "{} cases are left, there were {FEWEST}", names.len());
    let mut faults = Vec::new();
    let mut skipped = 0;
    for name in names.iter().filter(|name| name.contains(&only)) {
        let written = read(name);
        let case = Case::parse(&written);
        let calls = case.steps.iter().filter(|step| matches!(step, Step::Call(_))).count();
        assert!(calls > 0 && !case.about.trim().is_empty(), "`{name}` says or calls nothing");
        let text = match case.run(&base) {
            Ok(text) => text,
            Err(Skipped(reason)) => {
                println!("skipped `{name}`: {reason}");
                skipped += 1;
                continue;
            }
        };
        for word in INSIDE {
            if text.contains(word) {
                faults.push(format!("`{name}` shows a word of the inside: {word:?}"));
            }
        }
        if text == written {
            continue;
        }
        if bless {
            fs::write(folder().join(format!("{name}.txt")), &text).unwrap();
        } else {
            let diff = TextDiff::from_lines(&written, &text);
            faults.push(format!("{}", diff.unified_diff().header(name, "printed")));
        }
    }
    println!("{} cases, {skipped} skipped", names.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
