//! What most commands begin with: the project, loaded and resolved.

use anstyle::{AnsiColor, Style};
use camino::{Utf8Path, Utf8PathBuf};
use iac::fileset::{FileSet, RECORD};
use iac::finding::{Finding, any_error, nearest};
use iac::generate::{compose, dockerfile};
use iac::load::Project;
use iac::model::{Platform, Recipe, Stack};
use iac::resolve::Resolved;
use iac::write::Scope;
use iac::{generate, load, report, resolve};
use std::collections::BTreeMap;

/// Why a command ended early.
pub(super) enum Failure {
    /// The input cannot be resolved; the findings were printed.
    Input,
    /// The call is wrong.
    Call(String),
    /// The world failed.
    World(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::World(error)
    }
}

impl From<iac::write::WriteError> for Failure {
    fn from(error: iac::write::WriteError) -> Self {
        Self::World(error.into())
    }
}

impl From<iac::tools::git::GitError> for Failure {
    fn from(error: iac::tools::git::GitError) -> Self {
        Self::World(error.into())
    }
}

/// `error`, as it stands before a message.
pub(super) fn error_word() -> String {
    let style = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    format!("{style}error{style:#}")
}

/// The folder that files are written to, below the root.
pub(super) const OUT: &str = "out";

/// What every run writes, whichever environments it is for.
const SHARED: &[&str] = &["schema", "reference", "shared", RECORD];

/// A project that was loaded and resolved.
pub(super) struct Opened {
    pub(super) root: Utf8PathBuf,
    pub(super) project: Project,
    pub(super) resolved: Resolved,
    pub(super) findings: Vec<Finding>,
}

/// The project's folder: the one that was named, or the nearest above the working folder.
pub(super) fn root(named: Option<Utf8PathBuf>) -> Result<Utf8PathBuf, Failure> {
    if let Some(root) = named {
        if !root.is_dir() {
            return Err(Failure::Call(format!(
                "there is no folder `{root}`\n  help: name the folder that holds `environments/`"
            )));
        }
        return Ok(root);
    }
    let here = std::env::current_dir()
        .map_err(|error| anyhow::Error::new(error).context("cannot tell the working folder"))?;
    let here = Utf8PathBuf::from_path_buf(here).map_err(|path| {
        Failure::Call(format!("the working folder `{}` has no name in UTF-8", path.display()))
    })?;
    Ok(load::find_root(&here).unwrap_or(here))
}

/// Loads; prints the findings and fails if one is an error.
pub(super) fn loaded(
    named: Option<Utf8PathBuf>,
) -> Result<(Utf8PathBuf, Project, Vec<Finding>), Failure> {
    let root = root(named)?;
    let (project, findings) = load::load(&root)?;
    if any_error(&findings) {
        return Err(refuse(&findings, &project));
    }
    Ok((root, project, findings))
}

/// Loads and resolves; prints the findings and fails if one is an error.
///
/// What is opened is never freed: the process ends with its one command, and to take a large
/// project to pieces costs a twentieth of a run.
pub(super) fn open(named: Option<Utf8PathBuf>) -> Result<&'static Opened, Failure> {
    let root = root(named)?;
    let (project, mut findings) = load::load(&root)?;
    let (resolved, problems) = resolve::resolve(&project);
    findings.extend(problems);
    if any_error(&findings) {
        return Err(refuse(&findings, &project));
    }
    Ok(Box::leak(Box::new(Opened { root, project, resolved, findings })))
}

fn refuse(findings: &[Finding], project: &Project) -> Failure {
    print_findings(findings, project);
    Failure::Input
}

/// Prints findings to standard error.
pub(super) fn print_findings(findings: &[Finding], project: &Project) {
    if !findings.is_empty() {
        let text = report::findings::text(findings, &project.sources, report::Style::Colour);
        anstream::eprint!("{text}");
    }
}

/// The part of a project that a call names.
#[derive(clap::Args)]
pub(super) struct Selection {
    /// Environments; all unless said
    #[arg(value_name = "ENV")]
    pub(super) environments: Vec<String>,
    /// One system; all unless said
    #[arg(long, value_name = "SYSTEM")]
    pub(super) system: Option<String>,
}

impl Selection {
    /// Whether nothing was named.
    pub(super) fn is_everything(&self) -> bool {
        self.environments.is_empty() && self.system.is_none()
    }

    /// The stacks that are meant.
    pub(super) fn stacks<'a>(&self, opened: &'a Opened) -> Result<Vec<&'a Stack>, Failure> {
        for name in &self.environments {
            known("environment", name, opened.resolved.environments.keys().map(String::as_str))?;
        }
        if let Some(name) = &self.system {
            known("system", name, opened.project.systems.keys().map(String::as_str))?;
        }
        Ok(opened
            .resolved
            .stacks
            .iter()
            .filter(|stack| {
                let environment = stack.environment.name.as_str();
                let system = stack.system.as_str();
                (self.environments.is_empty()
                    || self.environments.iter().any(|name| name == environment))
                    && self.system.as_deref().is_none_or(|name| name == system)
            })
            .collect())
    }

    /// The recipes that are meant: those of all environments, since images are the same in each.
    pub(super) fn recipes<'a>(&self, opened: &'a Opened) -> Vec<&'a Recipe> {
        let all = opened.resolved.recipes.iter();
        all.filter(|it| self.system.as_deref().is_none_or(|name| name == it.system.as_str()))
            .collect()
    }

    /// The part of the output folder that is spoken for.
    pub(super) fn scope(&self, stacks: &[&Stack]) -> Scope {
        if self.is_everything() {
            return without_secrets(Scope::everything(), stacks);
        }
        if self.system.is_some() {
            return of_stacks(stacks);
        }
        let environments = self.environments.iter().map(String::as_str);
        without_secrets(Scope::of(environments.chain(SHARED.iter().copied())), stacks)
    }
}

/// Where a generated script keeps secrets, nothing is anybody's but the user's.
fn without_secrets(scope: Scope, stacks: &[&Stack]) -> Scope {
    let composed = stacks.iter().filter(|stack| stack.platform == Platform::Compose);
    composed.fold(scope, |scope, stack| scope.without(compose::secrets_folder(stack)))
}

/// The folders of some stacks, with what their systems share, and nothing beside them.
pub(super) fn of_stacks(stacks: &[&Stack]) -> Scope {
    let folders = stacks.iter().flat_map(|stack| {
        let environment = stack.environment.name.as_str();
        [environment, "shared"].map(|folder| format!("{folder}/{}", stack.system))
    });
    without_secrets(Scope::of(folders), stacks)
}

/// Refuses a name that does not exist.
pub(super) fn known<'a>(
    what: &str,
    name: &str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> Result<(), Failure> {
    if names.clone().any(|known| known == name) {
        return Ok(());
    }
    let list: Vec<&str> = names.clone().collect();
    let mut message = format!("there is no {what} `{name}`\n  known: {}", list.join(", "));
    if let Some(near) = nearest(name, names) {
        message.push_str(&format!("\n  help: did you mean `{near}`?"));
    }
    Err(Failure::Call(message))
}

/// Everything that is generated for some stacks, and what all environments share.
pub(super) fn generate(
    opened: &Opened,
    stacks: &[&Stack],
    recipes: &[&Recipe],
) -> Result<(FileSet, Vec<Finding>), Failure> {
    let (mut files, mut findings) = generate::generate(&opened.project, stacks);
    let (shared, problems) = generate::shared(&opened.project, recipes);
    files.extend(shared);
    dockerfile::record(&opened.resolved.recipes, &mut files);
    files.add_record();
    findings.extend(problems);
    if any_error(&findings) {
        print_findings(&findings, &opened.project);
        return Err(if findings.iter().any(|finding| finding.place.is_some()) {
            Failure::Input
        } else {
            Failure::World(anyhow::anyhow!(
                "the generator wrote what Kubernetes would not take; this is a fault of iac"
            ))
        });
    }
    Ok((files, findings))
}

/// Generated files as texts by path.
pub(super) fn texts(files: &FileSet) -> BTreeMap<Utf8PathBuf, String> {
    files.iter().map(|(path, file)| (path.to_owned(), file.text.clone())).collect()
}

/// The output folder of a project.
pub(super) fn out() -> &'static Utf8Path {
    Utf8Path::new(OUT)
}
