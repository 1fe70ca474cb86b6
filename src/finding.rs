//! Findings: faults in the user's files, each with a place, collected and reported together.

use crate::source::Place;
use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing fails.
    Warning,
    /// Must be mended.
    Error,
}

/// A second place that a finding speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is there.
    pub label: String,
}

/// An answer with a place in the user's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of fault, in kebab-case, for instance `unknown-key`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was found, one sentence without a full stop.
    pub message: String,
    /// Where. A finding about something that is absent points at what should hold it.
    pub place: Option<Place>,
    /// Words beside the marked source text.
    pub label: String,
    /// Other places that take part.
    pub related: Vec<Related>,
    /// What is allowed, and other facts; each is one line such as `known: a, b`.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// A text that is not shown, since it may be secret.
    pub hidden: Option<Place>,
}

impl Finding {
    /// An error.
    #[must_use]
    pub fn error(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(id, Severity::Error, message.into())
    }

    /// A warning.
    #[must_use]
    pub fn warning(id: &'static str, message: impl Into<String>) -> Self {
        Self::new(id, Severity::Warning, message.into())
    }

    fn new(id: &'static str, severity: Severity, message: String) -> Self {
        Self {
            id,
            severity,
            message,
            place: None,
            label: String::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            hidden: None,
        }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Words beside the marked source text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds another place that takes part.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push(Related { place, label: label.into() });
        self
    }

    /// Adds a fact, for instance what is allowed.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do where nothing better is known, such as a name that was likely meant.
    #[must_use]
    pub fn or_help(self, help: impl Into<String>) -> Self {
        if self.help.is_some() { self } else { self.help(help) }
    }

    /// Keeps a text from being shown.
    #[must_use]
    pub fn hide(mut self, place: Place) -> Self {
        self.hidden = Some(place);
        self
    }

    /// Lists the names that exist, and the nearest one as help.
    #[must_use]
    pub fn known<'a>(
        self,
        what: &str,
        given: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        let nearest = nearest(given, names.iter().copied());
        let finding = self.listed(what, names);
        match nearest {
            Some(name) => finding.help(format!("did you mean `{name}`?")),
            None => finding,
        }
    }

    /// Lists what exists where nothing of it is near to what was given: of versions each is another
    /// thing.
    #[must_use]
    pub fn listed<'a>(self, what: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        self.note(if names.is_empty() {
            format!("{what}: none")
        } else {
            format!("{what}: {}", listed(&names))
        })
    }
}

/// The most names that a message lists before it counts the rest.
const LISTED: usize = 40;

fn listed(names: &[&str]) -> String {
    if names.len() <= LISTED {
        return names.join(", ");
    }
    format!("{}, and {} more", names[..LISTED].join(", "), names.len() - LISTED)
}

/// The name that was most likely meant, if one is close enough.
pub fn nearest<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = given.chars().count();
    // Of a name of one letter nothing is left to be near to.
    let allowed = if length < 2 { 0 } else { (length / 3).clamp(1, 4) };
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// Whether any finding is an error.
#[must_use]
pub fn any_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_slips_of_the_keyboard_only() {
        let names = ["replicas", "resources", "ports"];
        assert_eq!(nearest("replcias", names), Some("replicas"));
        assert_eq!(nearest("port", names), Some("ports"));
        assert_eq!(nearest("volumes", names), None);
        assert_eq!(nearest("8", ["9"]), None);
    }

    #[test]
    fn known_lists_in_order_and_proposes() {
        let finding = Finding::error("x", "y").known("known", "bc", ["c", "bb", "a"]);
        assert_eq!(finding.notes, ["known: a, bb, c"]);
        assert_eq!(finding.help.as_deref(), Some("did you mean `bb`?"));
    }
}
