//! What tools say, in one form, and the table of it.

use std::collections::BTreeSet;
use std::fmt;

/// What one tool says of a tree.
pub(crate) struct Verdict {
    pub(crate) tool: &'static str,
    pub(crate) version: String,
    /// How many files it saw; none where the tool is missing.
    pub(crate) files: Option<usize>,
    pub(crate) findings: Vec<Finding>,
}

/// One complaint about one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// The tool's own name of the rule.
    pub(crate) rule: String,
    /// The path below out/.
    pub(crate) file: String,
    /// Kind and name of the object, or a line.
    pub(crate) place: String,
    pub(crate) text: String,
}

impl Verdict {
    pub(crate) fn new(tool: &'static str, version: impl Into<String>) -> Self {
        Self { tool, version: version.into(), files: Some(0), findings: Vec::new() }
    }

    pub(crate) fn skipped(tool: &'static str) -> Self {
        Self { files: None, ..Self::new(tool, "not installed") }
    }

    pub(crate) fn saw(&mut self, files: usize) {
        self.files = self.files.map(|count| count + files);
    }

    /// Counts what a tool saw of the files below out/ that it was given. Some tools pass over what
    /// they cannot read, and then find nothing in it.
    pub(crate) fn saw_of(&mut self, given: &BTreeSet<String>, seen: &BTreeSet<String>) {
        self.saw(seen.len());
        let unseen = given.difference(seen);
        self.findings
            .extend(unseen.map(|file| {
                Finding::of_file("unseen", file, "the tool says nothing of this file")
            }));
    }
}

impl Finding {
    /// A complaint about a whole file or folder.
    pub(crate) fn of_file(rule: &str, file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            rule: rule.to_owned(),
            file: file.into(),
            place: String::new(),
            text: text.into().trim().to_owned(),
        }
    }

    /// Kind and name of the object, if the tool names one.
    pub(crate) fn object(&self) -> Option<(&str, &str)> {
        self.place.split_once('/')
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, file, place, text } = self;
        write!(f, "[{rule}] {file} {place}: {text}")
    }
}

/// A verdict of which the model has explained a part.
pub(crate) struct Row {
    pub(crate) verdict: Verdict,
    /// What the model says itself, with its words.
    pub(crate) explained: Vec<(Finding, String)>,
}

/// The table at the end of a run.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "{:<18}  {:<10}  {:>7}  {:>8}  {:>9}",
        "tool", "version", "files", "findings", "explained"
    );
    for Row { verdict, explained } in rows {
        let files = verdict.files.map_or_else(|| "skipped".to_owned(), |count| count.to_string());
        println!(
            "{:<18}  {:<10}  {files:>7}  {:>8}  {:>9}",
            verdict.tool,
            verdict.version,
            verdict.findings.len(),
            explained.len()
        );
    }
    let skipped = rows.iter().filter(|row| row.verdict.files.is_none()).count();
    println!("{} ran, {skipped} skipped", rows.len() - skipped);
}
