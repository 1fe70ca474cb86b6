//! What git leaves in a file that it could not merge.

use crate::finding::Finding;
use crate::source::{FileId, Place};

/// The lines that git puts around what differs, and between.
const BEGINS: &str = "<<<<<<<";
const BASE: &str = "|||||||";
const BETWEEN: &str = "=======";
const ENDS: &str = ">>>>>>>";

/// The finding about a file of the language: none of the lines is YAML, so that one that was
/// forgotten is enough.
pub(super) fn in_yaml(file: FileId, text: &str) -> Option<Finding> {
    let found = markers(text);
    let first = found.first()?;
    Some(finding(Place::new(file, first.start, first.end), &found))
}

/// The finding about a text that services mount: some texts hold such a line for another reason.
pub(super) fn in_text(file: FileId, text: &str) -> Option<Finding> {
    let found = markers(text);
    let begins = found.iter().position(|marker| marker.is == BEGINS)?;
    let first = &found[begins];
    let ends = found[begins..].iter().any(|marker| marker.is == ENDS);
    ends.then(|| finding(Place::new(file, first.start, first.end), &found))
}

/// A line of git's, and where it stands.
struct Marker {
    is: &'static str,
    start: usize,
    end: usize,
}

fn markers(text: &str) -> Vec<Marker> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end();
        let is = [BEGINS, BASE, BETWEEN, ENDS].into_iter().find(|marker| {
            shown.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        found.extend(is.map(|is| Marker { is, start, end: start + shown.len() }));
        start += line.len();
    }
    found
}

fn finding(place: Place, markers: &[Marker]) -> Finding {
    let finding = Finding::error("merge-conflict", "a merge conflict is not resolved here")
        .at(place)
        .help(format!(
            "keep what is meant, and remove the lines that begin with `{BEGINS}`, `{BETWEEN}` and `{ENDS}`"
        ));
    match markers.iter().filter(|marker| marker.is == BEGINS).count() {
        0 | 1 => finding,
        count => finding.note(format!("conflicts in the file: {count}")),
    }
}
