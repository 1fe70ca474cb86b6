//! `iac check`

use super::project::{Failure, OUT, Opened, Selection, generate, open, out, print_findings};
use super::{Format, Outcome, print, print_json};
use camino::{Utf8Path, Utf8PathBuf};
use iac::check::{
    ComposeFiles, Dockerfiles, Expected, ExpectedImage, Objects, Problem, check, check_compose,
    check_dockerfiles, read_back, read_compose, read_dockerfiles, rule,
};
use iac::drift::{Drift, DriftKind, drift};
use iac::fileset::FileSet;
use iac::finding::{Finding, Severity, any_error};
use iac::generate::compose;
use iac::generate::kubernetes::place_of;
use iac::model::{Platform, Stack};
use iac::report;
use iac::source::Place;
use iac::told::Told;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Does out/ follow from environments/, and is it sound? The gate for CI
#[derive(clap::Args)]
#[command(after_help = "Examples:
  iac check                     everything
  iac check prod --locked       refuse images that nothing pins

Ends with 3 on drift, else with 4 on findings of severity error.")]
pub(super) struct Check {
    #[command(flatten)]
    selection: Selection,
    /// Refuse own images without a release, and images that the lock does not know
    #[arg(long)]
    locked: bool,
    /// What is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Findings that `--locked` makes errors.
const UNPINNED: &[&str] = &["unreleased-image", "unlocked-image"];

impl Check {
    pub(super) fn run(self, root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let opened = open(root)?;
        let stacks = self.selection.stacks(opened)?;
        let (files, findings) = generate(opened, &stacks, &self.selection.recipes(opened))?;
        let mut all = opened.findings.clone();
        all.extend(findings);
        all.extend(broken_rules(opened, &stacks, &files)?);
        if self.locked {
            for finding in &mut all {
                if UNPINNED.contains(&finding.id) {
                    finding.severity = Severity::Error;
                }
            }
        }
        let scope = self.selection.scope(&stacks);
        let drift = drift(&opened.root, out(), &files, &scope)?;
        let drifted = drift.iter().filter(|drift| drift.is_drift()).count();
        match self.format {
            Format::Json => print_json(&json!({
                "version": 1,
                "files": files.len(),
                "drift": drift.iter().map(drift_json).collect::<Vec<_>>(),
                "findings": report::findings::json(&all, &opened.project.sources),
            }))?,
            Format::Text => {
                print_findings(&all, &opened.project);
                print(&text(&drift, drifted, files.len(), &all))?;
            }
        }
        Ok(match (drifted, any_error(&all)) {
            (1.., _) => Outcome::Drift,
            (0, true) => Outcome::Findings,
            (0, false) => Outcome::Fine,
        })
    }
}

/// What is wrong with the generated files, as an independent reader sees them.
fn broken_rules(
    opened: &Opened,
    stacks: &[&Stack],
    files: &FileSet,
) -> Result<Vec<Finding>, Failure> {
    let mut by_environment: BTreeMap<&str, Vec<&Stack>> = BTreeMap::new();
    for stack in stacks {
        by_environment.entry(stack.environment.name.as_str()).or_default().push(stack);
    }
    let mut told = Told::default();
    for (environment, stacks) in by_environment {
        let texts = files.iter().filter(|(path, _)| path.starts_with(environment));
        let (objects, broken) = read_back(texts.map(|(path, file)| (path, file.text.as_str())));
        let texts = files.iter().filter(|(path, _)| path.starts_with(environment));
        let (composed, unread) = read_compose(texts.map(|(path, file)| (path, file.text.as_str())));
        if let Some((path, why)) = broken.iter().chain(&unread).next() {
            let error = anyhow::anyhow!("the generator wrote {path}, which no reader takes: {why}");
            return Err(Failure::World(error.context("this is a fault of iac")));
        }
        let expected = Expected::of(stacks.iter().copied());
        for problem in check_compose(&ComposeFiles::new(&composed, &expected)) {
            let path = &composed[problem.object].path;
            let place = stacks.iter().find_map(|stack| {
                let folder = format!("{environment}/{}/compose", stack.system);
                let is_of = stack.platform == Platform::Compose && path.starts_with(folder);
                is_of.then(|| compose::place_of(&opened.project, stack, &problem.pointer))?
            });
            tell(&mut told, environment, path, &format!("{OUT}/{path}"), place, &problem);
        }
        for problem in check(&Objects::new(&objects, &expected)) {
            let object = &objects[problem.object];
            let place = stacks.iter().find_map(|stack| {
                let folder = format!("{environment}/{}", stack.system);
                if !object.path.starts_with(folder) {
                    return None;
                }
                let (kind, name) = (object.kind(), object.name());
                place_of(&opened.project, stack, kind, name, &problem.pointer)
            });
            let path = &object.path;
            tell(&mut told, environment, path, &format!("{OUT}/{path}"), place, &problem);
        }
    }
    let expected = ExpectedImage::of(&opened.resolved.stacks);
    let texts = files.iter().chain(files.published());
    let texts = texts.map(|(path, file)| (path, file.text.as_str()));
    let dockerfiles = read_dockerfiles(texts, &expected);
    for problem in check_dockerfiles(&Dockerfiles { all: &dockerfiles, expected: &expected }) {
        let path = &dockerfiles[problem.object].path;
        let seen =
            if files.get(path).is_some() { format!("{OUT}/{path}") } else { path.to_string() };
        tell(&mut told, "shared", path, &seen, None, &problem);
    }
    Ok(told.finish())
}

/// Tells a problem of a generated file, where in `environments/` it comes from.
fn tell(
    told: &mut Told,
    environment: &str,
    path: &Utf8Path,
    seen: &str,
    place: Option<Place>,
    problem: &Problem,
) {
    let Some(rule) = rule(problem.rule) else { return };
    let mut finding = match rule.severity {
        Severity::Error => Finding::error(rule.id, problem.message.as_str()),
        Severity::Warning => Finding::warning(rule.id, problem.message.as_str()),
    };
    if let Some(place) = place {
        finding = finding.at(place);
    }
    let file = path.strip_prefix(environment).unwrap_or(path);
    let seen = format!("seen in {seen}");
    told.add_generated(environment, file.as_str(), finding.note(seen).help(problem.mend()));
}

fn text(drift: &[Drift], drifted: usize, files: usize, findings: &[Finding]) -> String {
    let mut text = String::new();
    for one in drift {
        text.push_str(&describe(one));
    }
    if drifted > 0 {
        let word = if drifted == 1 { "file differs" } else { "files differ" };
        text.push_str(&format!(
            "{drifted} {word} from what environments/ describes: run `iac render` and commit {}\n",
            if drift.iter().any(|one| one.is_published) { "what it writes" } else { "out/" }
        ));
    } else if !any_error(findings) {
        text.push_str(&format!("{OUT}/: {files} files, as described\n"));
    }
    text
}

/// Where it lies, from the root.
fn shown(drift: &Drift) -> Utf8PathBuf {
    if drift.is_published { drift.path.clone() } else { out().join(&drift.path) }
}

fn describe(drift: &Drift) -> String {
    let path = shown(drift);
    match &drift.kind {
        DriftKind::Missing => format!("{path}: missing\n"),
        DriftKind::Stale => format!("{path}: no longer generated\n"),
        DriftKind::Mode => format!("{path}: the right to run it is wrong\n"),
        DriftKind::NotAFile => {
            format!("{path}: something that is not a file is in the way\n")
        }
        DriftKind::Foreign if drift.is_published => {
            format!(
                "{path}: no longer published, and it does not say that it is iac's; left alone\n"
            )
        }
        DriftKind::Foreign => {
            format!("{path}: not generated and not tracked by git; left alone\n")
        }
        DriftKind::Changed { line, found, expected } => {
            let shown = |text: &Option<String>| match text {
                Some(text) => format!("{text:?}"),
                None => "end of file".to_owned(),
            };
            format!(
                "{path}:{line}: differs\n  found:    {}\n  expected: {}\n",
                shown(found),
                shown(expected)
            )
        }
    }
}

fn drift_json(drift: &Drift) -> Value {
    let path = shown(drift);
    let path = path.as_str();
    match &drift.kind {
        DriftKind::Changed { line, found, expected } => json!({
            "path": path, "kind": "changed", "line": line, "found": found, "expected": expected,
        }),
        DriftKind::Missing => json!({ "path": path, "kind": "missing" }),
        DriftKind::Stale => json!({ "path": path, "kind": "stale" }),
        DriftKind::Mode => json!({ "path": path, "kind": "mode" }),
        DriftKind::NotAFile => json!({ "path": path, "kind": "not-a-file" }),
        DriftKind::Foreign => json!({ "path": path, "kind": "foreign" }),
    }
}
