//! Checks on generated files: they are read back by an independent reader, and asked whether they
//! agree with each other. So a mistake of the generator is found too, and not only one of a user.
//!
//! A rule is one file in `rules/`, with its words, an example that it refuses and one that it
//! accepts. Everything here is a function of its arguments.

mod compose;
mod dockerfile;
mod expected;
mod index;
mod mounted;
mod objects;
mod pods;
mod prometheus;
mod rules;
mod selector;

pub use compose::{ComposeFile, ComposeFiles, read_compose};
pub use dockerfile::{DockerfileRead, Dockerfiles, ExpectedImage, read_dockerfiles};
pub use expected::{Expected, ExpectedContainer, ExpectedProject};
pub use objects::{Object, Objects, read_back};

use crate::finding::Severity;

/// One question that is asked of all objects of an environment.
pub struct Rule {
    /// Its name in messages, in kebab-case.
    pub id: &'static str,
    /// How bad it is when the answer is no.
    pub severity: Severity,
    /// What holds, in a sentence.
    pub title: &'static str,
    /// What happens where it does not hold.
    pub why: &'static str,
    /// What to do.
    pub mend: &'static str,
    /// Objects that it refuses.
    pub bad: &'static str,
    /// Objects that it accepts.
    pub good: &'static str,
    /// What is asked.
    pub asks: Asks,
}

/// What a rule is asked of.
#[derive(Clone, Copy)]
pub enum Asks {
    /// Of Kubernetes objects.
    Objects(fn(&Objects<'_>, &mut Problems<'_>)),
    /// Of Compose files.
    Compose(fn(&ComposeFiles<'_>, &mut Problems<'_>)),
    /// Of Dockerfiles.
    Dockerfiles(fn(&Dockerfiles<'_>, &mut Problems<'_>)),
    /// Of Kubernetes objects and of Compose files.
    Both(fn(&Objects<'_>, &mut Problems<'_>), fn(&ComposeFiles<'_>, &mut Problems<'_>)),
}

/// A part of an object that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule.
    pub rule: &'static str,
    /// The object, by its index in [`Objects::all`], or the file in [`ComposeFiles::all`] and
    /// [`Dockerfiles::all`].
    pub object: usize,
    /// JSON pointer of the part.
    pub pointer: String,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do, where the rule's own words would say too much.
    pub mend: Option<&'static str>,
}

impl Problem {
    /// What to do.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        self.mend.or_else(|| Some(rule(self.rule)?.mend)).unwrap_or_default()
    }
}

/// Collects what a rule finds.
pub struct Problems<'a> {
    rule: &'static str,
    all: &'a mut Vec<Problem>,
}

impl Problems<'_> {
    fn add(&mut self, object: &Object, pointer: impl Into<String>, message: impl Into<String>) {
        self.at(object.index, pointer, message);
    }

    fn at(&mut self, index: usize, pointer: impl Into<String>, message: impl Into<String>) {
        self.all.push(Problem {
            rule: self.rule,
            object: index,
            pointer: pointer.into(),
            message: message.into(),
            mend: None,
        });
    }

    /// Says what to do about the last one.
    fn mend(&mut self, mend: &'static str) {
        if let Some(last) = self.all.last_mut() {
            last.mend = Some(mend);
        }
    }
}

/// Every rule, in order of name.
pub const RULES: &[&Rule] = rules::RULES;

/// The rule of a name.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// What objects break of any rule, in the order of the rules.
#[must_use]
pub fn check(objects: &Objects<'_>) -> Vec<Problem> {
    let mut all = Vec::new();
    for rule in RULES {
        let mut problems = Problems { rule: rule.id, all: &mut all };
        if let Asks::Objects(ask) | Asks::Both(ask, _) = rule.asks {
            ask(objects, &mut problems);
        }
    }
    all
}

/// What Compose files break of any rule, in the order of the rules.
#[must_use]
pub fn check_compose(files: &ComposeFiles<'_>) -> Vec<Problem> {
    let mut all = Vec::new();
    for rule in RULES {
        let mut problems = Problems { rule: rule.id, all: &mut all };
        if let Asks::Compose(ask) | Asks::Both(_, ask) = rule.asks {
            ask(files, &mut problems);
        }
    }
    all
}

/// What Dockerfiles break of any rule, in the order of the rules.
#[must_use]
pub fn check_dockerfiles(files: &Dockerfiles<'_>) -> Vec<Problem> {
    let mut all = Vec::new();
    for rule in RULES {
        let mut problems = Problems { rule: rule.id, all: &mut all };
        if let Asks::Dockerfiles(ask) = rule.asks {
            ask(files, &mut problems);
        }
    }
    all
}

#[cfg(test)]
mod tests;
