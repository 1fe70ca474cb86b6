//! `iac render`

use super::project::{Failure, Opened, Selection, generate, of_stacks, open, out, print_findings};
use super::{Outcome, print};
use camino::Utf8PathBuf;
use iac::generate::{TARGETS, dockerfile};
use iac::layer::TargetName;
use iac::model::Stack;
use iac::write::{Options, Published, Written, write, write_copy};
use std::collections::BTreeSet;

/// Write what the environments describe
///
/// Loads and resolves all environments, generates in memory, validates every object, and then
/// replaces each file of out/ that differs. Files that are no longer generated are removed if git
/// tracks them.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  iac render                                   everything, into out/
  iac render prod                              one environment
  iac render prod --system shop --to - | kubectl diff --server-side -f -
  iac render --to /tmp/tree                    elsewhere")]
pub(super) struct Render {
    #[command(flatten)]
    selection: Selection,
    /// One target, for `--to -`
    #[arg(long, value_name = "TARGET", default_value = "kubernetes", value_parser = streamed)]
    target: Streamed,
    /// Another folder; `-` streams the objects in apply order
    #[arg(long, value_name = "DIR")]
    to: Option<Utf8PathBuf>,
    /// Remove also files that were not generated and git does not track
    #[arg(long)]
    prune: bool,
}

/// What a stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Streamed {
    /// What an environment has of a target.
    Target(TargetName),
    /// The Dockerfile of one service, which is of no environment.
    Dockerfile,
}

/// The word for Dockerfiles, which no environment chooses as a target.
const DOCKERFILE: &str = "dockerfile";

fn streamed(text: &str) -> Result<Streamed, String> {
    let name = |target: TargetName| {
        serde_json::to_value(target).ok().and_then(|word| word.as_str().map(ToOwned::to_owned))
    };
    let known = TARGETS.iter().filter_map(|target| name(target.name()));
    let known: Vec<String> = known.chain([DOCKERFILE.to_owned()]).collect();
    if text == DOCKERFILE {
        return Ok(Streamed::Dockerfile);
    }
    TARGETS
        .iter()
        .map(|target| target.name())
        .find(|target| name(*target).as_deref() == Some(text))
        .map(Streamed::Target)
        .ok_or_else(|| format!("there is no such target; known: {}", known.join(", ")))
}

impl Render {
    pub(super) fn run(self, root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let opened = open(root)?;
        let stacks = self.selection.stacks(opened)?;
        if self.to.as_deref().is_some_and(|to| to == "-") {
            print_findings(&opened.findings, &opened.project);
            let text = match self.target {
                Streamed::Dockerfile => self.dockerfile(opened)?,
                Streamed::Target(name) => stream(opened, &stacks, name)?,
            };
            print(&text)?;
            return Ok(Outcome::Fine);
        }
        let (files, findings) = generate(opened, &stacks, &self.selection.recipes(opened))?;
        let mut all = opened.findings.clone();
        all.extend(findings);
        let options = Options { prune: self.prune };
        let written = match &self.to {
            // A folder of the user's choice may hold anything: only what lies in a stack's own
            // folder is ever taken for a stale file.
            Some(to) => write_copy(to, &files, &of_stacks(&stacks), options)?,
            None => write(&opened.root, out(), &files, &self.selection.scope(&stacks), options)?,
        };
        print_findings(&all, &opened.project);
        let folder = self.to.as_deref().unwrap_or(out());
        anstream::eprint!("{}", summary(folder.as_str(), &written));
        Ok(Outcome::Fine)
    }

    /// The Dockerfile of the one service that is meant.
    fn dockerfile(&self, opened: &Opened) -> Result<String, Failure> {
        let recipes = self.selection.recipes(opened);
        if let [_, _, ..] = recipes[..] {
            return Err(Failure::Call(format!(
                "one stream holds one Dockerfile, and these are {}\n  help: name a system that has one, or read them in `{}/shared/`",
                recipes.len(),
                out()
            )));
        }
        let (files, findings) = dockerfile::files(&opened.project, &recipes);
        if iac::finding::any_error(&findings) {
            print_findings(&findings, &opened.project);
            return Err(Failure::Input);
        }
        let is_it = |path: &camino::Utf8Path| path.extension() != Some("dockerignore");
        let mut texts = files.iter().chain(files.published()).filter(|(path, _)| is_it(path));
        Ok(texts.next().map(|(_, file)| file.text.clone()).unwrap_or_default())
    }
}

/// The objects of one environment.
fn stream(opened: &Opened, stacks: &[&Stack], name: TargetName) -> Result<String, Failure> {
    let environments: BTreeSet<&str> =
        stacks.iter().map(|stack| stack.environment.name.as_str()).collect();
    if environments.len() > 1 {
        return Err(Failure::Call(format!(
            "one stream holds one environment, and these are {}\n  help: name one, such as `iac render prod --to -`",
            environments.len()
        )));
    }
    let mut text = String::new();
    let Some(target) = TARGETS.iter().find(|target| target.name() == name) else {
        return Ok(text);
    };
    let is_of =
        |stack: &Stack| stack.platform == target.platform() && stack.targets.contains(&name);
    for stack in stacks.iter().filter(|stack| is_of(stack)) {
        let (stream, findings) = target.stream(&opened.project, stack);
        if iac::finding::any_error(&findings) {
            print_findings(&findings, &opened.project);
            return Err(Failure::Input);
        }
        if !text.is_empty() {
            text.push_str("---\n");
        }
        text.push_str(&stream);
    }
    Ok(text)
}

fn summary(folder: &str, written: &Written) -> String {
    let Written { created, replaced, unchanged, removed, foreign, published } = written;
    let mut text = String::new();
    for path in removed {
        text.push_str(&format!("removed {folder}/{path}\n"));
    }
    for path in foreign {
        text.push_str(&format!(
            "left alone {folder}/{path}: it is not generated and git does not track it (--prune removes it)\n"
        ));
    }
    for path in &published.removed {
        text.push_str(&format!("removed {path}\n"));
    }
    for path in &published.foreign {
        text.push_str(&format!(
            "left alone {path}: it is no longer published, and does not say that it is iac's\n"
        ));
    }
    let counts = counts([*created, *replaced, *unchanged, removed.len()]);
    text.push_str(&format!("{folder}/: {counts}\n"));
    let Published { created, replaced, unchanged, removed, .. } = published;
    if created + replaced + unchanged + removed.len() > 0 {
        let counts = self::counts([*created, *replaced, *unchanged, removed.len()]);
        text.push_str(&format!("beside it: {counts}\n"));
    }
    text
}

fn counts([created, replaced, unchanged, removed]: [usize; 4]) -> String {
    let total = created + replaced + unchanged;
    let word = if total == 1 { "file" } else { "files" };
    match (created, replaced, removed) {
        (0, 0, 0) => format!("{total} {word}, all as they were"),
        _ => format!(
            "{total} {word}, {created} new, {replaced} changed, {unchanged} as they were, {removed} removed"
        ),
    }
}
