//! README.md does not lie: its YAML is a project that renders, and its commands do what it shows.
//!
//! A heading begins a section. In a section, a block whose first line is `# environments/…` is that
//! file of a project of the section's own; without a file for an environment (or a lock), the
//! project has those of `iac init`. A section without such blocks has a copy of the committed example. A first line
//! that ends in `(excerpt)` names a file of the example in which the block stands.
//!
//! In a `console` block, each line that begins with `$ ` is a command, which must succeed; the lines
//! below are what it prints. `…` stands for any characters, and alone on a line for any lines.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test writes a project and runs commands in it"
)]

use regex::Regex;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use tempfile::TempDir;

const STARTER: [(&str, &str); 2] = [
    ("environments/dev.yaml", include_str!("../src/cli/starter/dev.yaml")),
    ("environments/prod.yaml", include_str!("../src/cli/starter/prod.yaml")),
];
const LOCK: (&str, &str) = ("environments/lock.yaml", include_str!("../src/cli/starter/lock.yaml"));

/// Programs that a console block may run.
const PROGRAMS: [&str; 3] = ["iac ", "cat ", "git "];

static REPOSITORY: LazyLock<PathBuf> = LazyLock::new(|| env!("CARGO_MANIFEST_DIR").into());

#[derive(Debug)]
struct Block {
    language: String,
    /// The line of the opening fence, from 1.
    line: usize,
    text: String,
}

#[derive(Debug, Default)]
struct Section {
    title: String,
    blocks: Vec<Block>,
}

impl Block {
    fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The file of the section's project that the block is.
    fn file(&self) -> Option<&str> {
        let line = self.first_line();
        let bare = line.strip_prefix("{# ").and_then(|line| line.strip_suffix(" #}"));
        let path = bare.or_else(|| line.strip_prefix("# "))?;
        let below = ["environments/", "templates/"].iter().any(|it| path.starts_with(it));
        (below && !path.contains(char::is_whitespace)).then_some(path)
    }

    /// The file of the example that the block is a part of.
    fn excerpt(&self) -> Option<&str> {
        self.first_line().strip_prefix("# ")?.strip_suffix(" (excerpt)")
    }
}

fn sections() -> Vec<Section> {
    let text = std::fs::read_to_string(REPOSITORY.join("README.md")).unwrap();
    let mut sections = vec![Section::default()];
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        let section = sections.last_mut().unwrap();
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => section.blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(language)) => {
                let (language, line) = (language.trim().to_owned(), index + 1);
                open = Some(Block { language, line, text: String::new() });
            }
            (None, None) if line.starts_with('#') => {
                let title = line.trim_start_matches(['#', ' ']).to_owned();
                sections.push(Section { title, blocks: Vec::new() });
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "README.md: a block is not closed");
    sections
}

/// Whether a text is what a block shows.
fn matches(shown: &str, text: &str) -> bool {
    let mut pattern = String::from("(?s)^");
    for line in shown.lines() {
        if line.trim() == "…" {
            pattern.push_str("(?:[^\n]*\n)*?");
        } else {
            let parts: Vec<String> = line.split('…').map(regex::escape).collect();
            pattern.push_str(&parts.join("[^\n]*?"));
            pattern.push('\n');
        }
    }
    pattern.push('$');
    Regex::new(&pattern).unwrap().is_match(text)
}

/// A project in a folder of its own.
struct Project {
    folder: TempDir,
    of_the_section: bool,
}

impl Project {
    fn of(section: &Section) -> Self {
        let of_the_section = section.blocks.iter().any(|block| block.file().is_some());
        let project = Self { folder: tempfile::tempdir().unwrap(), of_the_section };
        if of_the_section {
            // Blocks that come later replace what is written here.
            project.write(LOCK.0, LOCK.1);
            let says_environments = section.blocks.iter().any(|block| {
                let below = block.file().and_then(|file| file.strip_prefix("environments/"));
                below.is_some_and(|file| !file.contains('/') && file != "lock.yaml")
            });
            for (path, text) in STARTER.iter().filter(|_| !says_environments) {
                project.write(path, text);
            }
        } else {
            copy(&REPOSITORY.join("environments"), &project.path("environments"));
            copy(&REPOSITORY.join("out"), &project.path("out"));
        }
        project.run("git init --quiet --initial-branch=main && git add .");
        if !of_the_section {
            project.run("git commit --quiet --message=Example");
        }
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// What a command prints on both channels; it must succeed.
    fn run(&self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_iac")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {command}; }} 2>&1")])
            .current_dir(&self.folder)
            .env_clear()
            .envs([("PATH", path.as_str()), ("HOME", self.folder.path().to_str().unwrap())])
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
            .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
            .envs([("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "`{command}` ended with {}:\n{text}", output.status);
        text
    }

    fn console(&self, block: &Block) {
        let mut commands: Vec<(String, String)> = Vec::new();
        for line in block.text.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                commands.push((command.to_owned(), String::new()));
            } else {
                let (_, shown) = commands.last_mut().expect("a console block begins with `$ `");
                shown.push_str(line);
                shown.push('\n');
            }
        }
        for (command, shown) in commands {
            let at = format!("README.md:{}: `{command}`", block.line);
            assert!(PROGRAMS.iter().any(|it| command.starts_with(it)), "{at}: not run by the test");
            let printed = self.run(&command);
            assert!(matches(&shown, &printed), "{at} prints\n{printed}\nand not\n{shown}");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn every_section_is_true() {
    let mut files = 0;
    let mut consoles = 0;
    for section in sections() {
        let mut project: Option<Project> = None;
        for block in &section.blocks {
            if let Some(file) = block.file() {
                let project = project.get_or_insert_with(|| Project::of(&section));
                project.write(file, &block.text);
                files += 1;
            } else if let Some(file) = block.excerpt() {
                let whole = std::fs::read_to_string(REPOSITORY.join(file)).unwrap();
                let lines: String = block.text.lines().skip(1).flat_map(|it| [it, "\n"]).collect();
                let shown = format!("…\n{lines}…\n");
                assert!(matches(&shown, &whole), "README.md:{}: not so in {file}", block.line);
            } else if block.language == "console" {
                project.get_or_insert_with(|| Project::of(&section)).console(block);
                consoles += 1;
            } else {
                let known = ["sh", "text", ""].contains(&block.language.as_str());
                assert!(known, "README.md:{}: say which file this is", block.line);
            }
        }
        if let Some(project) = project.filter(|project| project.of_the_section) {
            let printed = project.run("iac render");
            assert!(printed.contains("out/: "), "{}: {printed}", section.title);
            project.run("iac check");
            project.run("iac list secrets");
        }
    }
    assert!(files > 10 && consoles > 5, "README.md shows {files} files and {consoles} consoles");
}

#[test]
fn dots_stand_for_anything_and_the_rest_for_itself() {
    assert!(matches("a…c\n", "abbc\n"));
    assert!(matches("a\n…\nd\n", "a\nb\nc\nd\n"));
    assert!(matches("a\n…\nd\n", "a\nd\n"));
    assert!(matches("", ""));
    assert!(!matches("a…c\n", "a\nc\n"));
    assert!(!matches("a.c\n", "abc\n"));
    assert!(!matches("a\n", "a\nb\n"));
}
