//! `iac diff`

use super::project::{
    Failure, Opened, Selection, generate, known, open, out, print_findings, texts,
};
use super::{Outcome, print, print_json};
use camino::{Utf8Path, Utf8PathBuf};
use clap::ValueEnum;
use iac::diff::{Files, between, compare};
use iac::fileset::FileSet;
use iac::report::{changes, changes_json, changes_markdown};
use iac::tools::git::Git;
use iac::write::Scope;

/// What does a change do, in every environment? By object, with its risk
///
/// Compares what environments/ describes now with what lies in out/, or in out/ of a commit.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  iac diff                                  against out/ as it lies on disk
  iac diff prod --against main              what a merge of this does in prod
  iac diff --between staging prod           what is special to prod
  iac diff --against main --format markdown     to comment on a pull request")]
pub(super) struct Diff {
    #[command(flatten)]
    selection: Selection,
    /// A commit, whose out/ is read as it is; or a folder of such files
    #[arg(long, value_name = "REV or DIR")]
    against: Option<String>,
    /// Two environments, compared with each other
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["against", "environments"])]
    between: Option<Vec<String>>,
    /// What is printed
    #[arg(long, value_enum, default_value = "text")]
    format: DiffFormat,
    /// Which texts follow as unified diffs
    #[arg(long, value_enum, default_value = "changed")]
    texts: TextChoice,
    /// End with 3 if there are changes
    #[arg(long)]
    exit_code: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Text for people
    Text,
    /// Markdown, for a comment on a pull request
    Markdown,
    /// JSON for programs
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TextChoice {
    /// None: objects and fields only
    None,
    /// Those of files that are on both sides
    Changed,
    /// Those of new and removed files too
    All,
}

impl Diff {
    pub(super) fn run(self, root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let opened = open(root)?;
        let stacks = self.selection.stacks(opened)?;
        let (files, findings) = generate(opened, &stacks, &self.selection.recipes(opened))?;
        let errors: Vec<_> = findings
            .into_iter()
            .filter(|finding| finding.severity == iac::finding::Severity::Error)
            .collect();
        print_findings(&errors, &opened.project);
        let mut new = texts(&files);
        let found = if let Some(pair) = &self.between {
            let names = opened.resolved.environments.keys().map(String::as_str);
            for name in pair {
                known("environment", name, names.clone())?;
            }
            between(&new, &pair[0], &pair[1])
        } else {
            let scope = self.selection.scope(&stacks);
            let mut old = self.old(opened, &files, &scope)?;
            old.retain(|path, _| scope.contains(path));
            new.retain(|path, _| scope.contains(path));
            compare(&old, &new)
        };
        match self.format {
            DiffFormat::Text => {
                let texts = match self.texts {
                    TextChoice::None => changes::Texts::None,
                    TextChoice::Changed => changes::Texts::Changed,
                    TextChoice::All => changes::Texts::All,
                };
                print(&changes::text(&found, texts))?;
            }
            DiffFormat::Markdown => print(&changes_markdown::markdown(&found))?,
            DiffFormat::Json => print_json(&changes_json::json(&found))?,
        }
        Ok(if self.exit_code && !found.is_empty() { Outcome::Drift } else { Outcome::Fine })
    }

    /// The tree that the new one is compared with.
    fn old(&self, opened: &Opened, files: &FileSet, scope: &Scope) -> Result<Files, Failure> {
        match self.against.as_deref() {
            None => Ok(iac::write::read_own(&opened.root, out(), files, scope)?),
            Some(folder) if Utf8Path::new(folder).is_dir() => {
                Ok(iac::write::read(Utf8Path::new(folder), Utf8Path::new("."))?)
            }
            Some(revision) => {
                let mut old = Git::tree(&opened.root, revision, out())?;
                iac::write::leave_out_kept(&opened.root, out(), &mut old)?;
                Ok(old)
            }
        }
    }
}
