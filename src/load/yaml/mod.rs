//! YAML, read strictly: one document, one meaning, every value with its place.
//!
//! Whatever two readers of YAML understand differently is refused, so that a file says the same to
//! everybody. All faults of a file are reported together; only a fault in the syntax ends reading.

mod build;
mod decode;
mod documents;
mod leaf;
mod raw;
mod scalar;
mod syntax;
#[cfg(test)]
mod tests;

pub use decode::{NotUtf8, decode};
pub use documents::parse_all;

use crate::finding::Finding;
use crate::source::{FileId, Place};
use crate::tree::{Node, Value};
use build::Builder;
use serde_saphyr::granit_parser::{self, Event, Parser};

/// Reads one YAML document whose top level is a map.
///
/// There is a tree unless the text cannot be read to its end or is not a map. A tree that comes
/// with errors is there to be checked further: what was refused is unknown in it.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Option<Node>, Vec<Finding>) {
    let raw = raw::scan(file, text);
    let source = Source { file, text };
    let mut builder = Builder::new(source);
    let outcome = read(source, &mut builder);
    let build::Outcome { root, mut findings, texts, bracket } = builder.finish();
    let stop = outcome.err();
    let (tabs, tabs_explain) = indentation(source, &raw.tabs, &texts, stop.as_ref());
    // What such a character is a part of was read in another way than it was meant.
    let meant = tabs.is_none() && raw.findings.is_empty();
    findings.extend(tabs);
    let readable = match stop {
        None => meant,
        Some(Stop::Finding(finding)) => {
            findings.push(*finding);
            false
        }
        Some(Stop::Syntax(error)) => {
            let finding = syntax::finding(&source, &error, bracket);
            // What was found just before, or a forbidden character, may explain why the text
            // cannot be read; then the parser's words only hide that.
            let stopped = finding.place.map_or(0, |place| place.start as usize);
            let line = source.line_start(stopped);
            let near = |place: Place| (line..=stopped).contains(&(place.start as usize));
            let explained = tabs_explain
                || raw.forbidden
                || findings.iter().any(|found| {
                    matches!(found.id, "key-not-text" | "unknown-alias")
                        && found.place.is_some_and(near)
                });
            if !explained {
                findings.push(finding);
            }
            false
        }
    };
    let tree = match root {
        _ if !readable => None,
        Some(node) if matches!(node.value, Value::Map(_) | Value::Unknown) => Some(node),
        Some(node) => {
            // What is said about a lone scalar only hides the point.
            if !matches!(node.value, Value::List(_)) {
                findings.retain(|finding| finding.id == "control-character");
            }
            findings.push(not_a_map(&source, &node));
            None
        }
        None => {
            findings.push(
                Finding::error("empty-file", "the file is empty")
                    .at(Place::start_of(file))
                    .note("expected: a map, such as `name: value`")
                    .help("say something in it, or remove it"),
            );
            None
        }
    };
    findings.extend(raw.findings);
    findings.sort_by_key(|finding| finding.place.map(|place| place.start));
    (tree, findings)
}

/// How much of a line is shown at most.
const LINE: usize = 1000;

/// A text and the number of its file.
#[derive(Debug, Clone, Copy)]
struct Source<'a> {
    file: FileId,
    text: &'a str,
}

impl<'a> Source<'a> {
    fn place(&self, start: usize, end: usize) -> Place {
        Place::new(self.file, start, end)
    }

    fn slice(&self, place: Place) -> &'a str {
        self.text.get(place.start as usize..place.end as usize).unwrap_or("")
    }

    /// What follows on the line of `start`, without a comment; of a very long line, a part.
    fn rest_of_line(&self, start: usize) -> &'a str {
        let end = self.text.floor_char_boundary(start.saturating_add(LINE));
        let rest = self.text.get(start..end).unwrap_or("");
        let rest = rest.lines().next().unwrap_or("");
        rest.split(" #").next().unwrap_or("").trim_end()
    }

    /// Offset of the first character of the line that `at` stands on.
    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }
}

/// Why reading stopped before the end.
enum Stop {
    Syntax(granit_parser::ScanError),
    Finding(build::Halt),
}

/// How deep maps and lists may be nested. Trees are walked by recursion.
const DEPTH: usize = 128;

fn read(source: Source<'_>, builder: &mut Builder<'_>) -> Result<(), Stop> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        disallow_directives: true,
    };
    let mut documents = 0;
    for next in Parser::new_from_str_with_options(source.text, options) {
        let (event, span) = next.map_err(Stop::Syntax)?;
        // Spans over a text always have byte offsets.
        let range = span.byte_range().unwrap_or_default();
        let place = source.place(range.start, range.end);
        if let Event::DocumentStart(..) = event {
            documents += 1;
            if documents > 1 {
                let finding = Finding::error("several-documents", "a second document starts here")
                    .at(place)
                    .note("allowed: one document in each file")
                    .help("put it into a file of its own");
                return Err(Stop::Finding(Box::new(finding)));
            }
        }
        let tag = span.tag_span().and_then(|tag| tag.byte_range());
        let tag = tag.map(|tag| source.place(tag.start, tag.end));
        builder.event(event, place, tag).map_err(Stop::Finding)?;
    }
    Ok(())
}

/// The finding about tabs in indentation, and whether they explain why reading stopped.
///
/// `lines` has the tabs of all lines that start with one; lines of `texts` may do so.
fn indentation(
    source: Source<'_>,
    lines: &[usize],
    texts: &[Place],
    stop: Option<&Stop>,
) -> (Option<Finding>, bool) {
    let indents = |tab: &usize| {
        let before = texts.partition_point(|text| text.start as usize <= *tab);
        before.checked_sub(1).is_none_or(|last| texts[last].end as usize <= *tab)
    };
    let mut tabs: Vec<usize> = lines.iter().copied().filter(indents).collect();
    let mut explain = false;
    match stop {
        None => {}
        Some(Stop::Finding(finding)) => {
            let end = finding.place.map_or(0, |place| place.end as usize);
            tabs.retain(|tab| *tab < end);
        }
        Some(Stop::Syntax(error)) => {
            // Behind the fault nobody knows which lines are texts.
            let at = syntax::offset(&source, error);
            let line = source.line_start(at);
            let about_tabs = syntax::is_about_tabs(error.kind());
            let next = tabs.iter().copied().find(|tab| *tab >= line).filter(|_| about_tabs);
            tabs.retain(|tab| *tab <= at);
            explain = about_tabs || tabs.last().is_some_and(|tab| *tab >= line);
            if about_tabs && tabs.last().is_none_or(|tab| *tab < line) {
                let here = || source.text.get(line..)?.find('\t').map(|tab| line + tab);
                tabs.extend(next.or_else(here));
            }
        }
    }
    (raw::tab_indentation(source.file, &tabs), explain)
}

fn not_a_map(source: &Source<'_>, node: &Node) -> Finding {
    let finding = Finding::error("not-a-map", format!("the file holds {}, not a map", node.kind()))
        .at(node.place)
        .note("expected: a map, such as `name: value`");
    let line = source.slice(node.place);
    match line.split_once(':') {
        Some((key, value))
            if matches!(node.value, Value::Text(_)) && !line.contains(['"', '\'', '\n']) =>
        {
            finding.help(format!("put a space after the colon: `{key}: {value}`"))
        }
        _ => finding,
    }
}

/// A text in quotes, as YAML reads it.
fn quoted(text: &str) -> String {
    if text.contains(['"', '\\']) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}
