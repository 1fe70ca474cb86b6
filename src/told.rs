//! Findings of several environments, each told once.

use crate::finding::Finding;
use crate::source::Place;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What is at fault in a file is found in every environment that reads it, and told once.
#[derive(Default)]
pub struct Told {
    findings: Vec<ToldIn>,
    seen: BTreeMap<(BTreeSet<Place>, &'static str, String), usize>,
}

/// A finding, and the environments that its message is about: where it was found first, and where
/// again.
struct ToldIn {
    finding: Finding,
    first: String,
    also: Vec<String>,
}

impl ToldIn {
    fn finish(self) -> Finding {
        let Self { finding, first, also } = self;
        if also.is_empty() {
            return finding;
        }
        // What helps in the file of one helps in those of all.
        let file = |name: &String| format!("`environments/{name}.yaml`");
        let files: Vec<String> = [&first].into_iter().chain(&also).map(file).collect();
        let help = finding.help.as_ref().map(|help| help.replace(&files[0], &files.join(", ")));
        let names: Vec<String> = also.iter().map(|name| format!("`{name}`")).collect();
        Finding { help, ..finding }.note(format!("also in: {}", names.join(", ")))
    }
}

impl Told {
    /// What was found in the files of an environment.
    pub(crate) fn add(&mut self, environment: &str, findings: Vec<Finding>) {
        let name = format!("`{environment}`");
        for finding in findings {
            let message = match finding.id {
                // A cycle is one, wherever it is entered.
                "like-cycle" => String::new(),
                _ => finding.message.replace(&name, "``"),
            };
            let is_about = finding.message.contains(&name) && finding.id != "like-cycle";
            self.put(environment, finding, message, is_about);
        }
    }

    /// What was found in a generated file of an environment; `file` is its path below the
    /// environment's folder.
    pub fn add_generated(&mut self, environment: &str, file: &str, finding: Finding) {
        let message = format!("{file}: {}", finding.message);
        self.put(environment, finding, message, true);
    }

    /// `message` is what findings of several environments have in common.
    fn put(&mut self, environment: &str, finding: Finding, message: String, is_about: bool) {
        let related = finding.related.iter().map(|related| related.place);
        let places = finding.place.into_iter().chain(related).collect();
        match self.seen.entry((places, finding.id, message)) {
            Entry::Vacant(entry) => {
                entry.insert(self.findings.len());
                let first = environment.to_owned();
                self.findings.push(ToldIn { finding, first, also: Vec::new() });
            }
            Entry::Occupied(entry) => {
                let told = &mut self.findings[*entry.get()];
                let is_new = told.first != environment
                    && !told.also.iter().any(|other| other == environment);
                if is_about && is_new {
                    told.also.push(environment.to_owned());
                }
            }
        }
    }

    /// Everything, in the order in which it was found.
    #[must_use]
    pub fn finish(self) -> Vec<Finding> {
        self.findings.into_iter().map(ToldIn::finish).collect()
    }
}
