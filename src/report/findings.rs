//! Findings in the shape of rustc's messages, and as JSON.

use super::escape::{visible_lines, visible_words};
use super::excerpt::{Book, shown_path};
use super::wrap::wrap;
use super::{Style, WIDTH, counted};
use crate::finding::{Finding, Severity};
use crate::source::{Place, Sources};
use annotate_snippets::{Group, Level, Message, Renderer};
use serde_json::{Value, json};

/// The narrowest that notes are wrapped to.
const NARROWEST: usize = 30;

/// All findings with their source lines, in order of place, and a last line that counts them. Ends
/// in a newline; without findings it is empty.
#[must_use]
pub fn text(findings: &[Finding], sources: &Sources, style: Style) -> String {
    let findings = ordered(findings, sources);
    if findings.is_empty() {
        return String::new();
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    let renderer = renderer.term_width(WIDTH);
    let mut book = Book::new(sources);
    let mut text = String::new();
    for finding in &findings {
        text.push_str(&one(finding, &mut book, &renderer));
        text.push_str("\n\n");
    }
    text.push_str(&count(&findings));
    text.push('\n');
    text
}

fn one(finding: &Finding, book: &mut Book<'_>, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let excerpts = book.excerpts(finding);
    let last_line = excerpts.iter().map(|excerpt| excerpt.last_line).max().unwrap_or(0);
    let margin = last_line.to_string().len() + 3;
    let mut group =
        Group::with_title(level.primary_title(visible_words(&finding.message)).id(finding.id));
    group = group.elements(excerpts.iter().map(super::excerpt::Excerpt::snippet));
    for note in &finding.notes {
        let (name, fact) = named(note);
        group = group.element(message(Level::NOTE, name, fact, margin));
    }
    if let Some(help) = &finding.help {
        group = group.element(message(Level::HELP, "help", help, margin));
    }
    let shown = renderer.render(&[group]);
    shown.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn message<'a>(level: Level<'a>, name: &'a str, fact: &str, margin: usize) -> Message<'a> {
    let width = WIDTH.saturating_sub(margin + name.len() + 2).max(NARROWEST);
    level.with_name(name).message(wrap(&visible_lines(fact.trim_end()), width))
}

/// A note such as `known: a, b` brings its own name: one or two words before a colon.
fn named(note: &str) -> (&str, &str) {
    let is_name = |name: &str| {
        (1..=24).contains(&name.len())
            && name.split(' ').count() <= 2
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == ' ')
    };
    match note.split_once(": ") {
        Some((name, fact)) if is_name(name) => (name, fact),
        _ => ("note", note),
    }
}

fn count(findings: &[&Finding]) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let errors = counted(of(Severity::Error), "error", "errors");
    let warnings = counted(of(Severity::Warning), "warning", "warnings");
    match (of(Severity::Error), of(Severity::Warning)) {
        (0, _) => warnings,
        (_, 0) => errors,
        _ => format!("{errors}, {warnings}"),
    }
}

/// In order of path, line, column and id, each once; findings without a place come last.
fn ordered<'a>(findings: &'a [Finding], sources: &Sources) -> Vec<&'a Finding> {
    let place = |place: Place| (shown_path(sources.file(place.file)), place.start, place.end);
    let mut keyed: Vec<_> = findings
        .iter()
        .map(|finding| {
            let related: Vec<_> =
                finding.related.iter().map(|other| (place(other.place), &other.label)).collect();
            let key = (
                finding.place.is_none(),
                finding.place.map(place),
                finding.id,
                finding.severity,
                (&finding.message, &finding.label, related, &finding.notes, &finding.help),
            );
            (key, finding)
        })
        .collect();
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    keyed.dedup_by(|(a, _), (b, _)| a == b);
    keyed.into_iter().map(|(_, finding)| finding).collect()
}

/// All findings as an array, in the order of [`text`]. Each has `id`, `severity` (`error` or
/// `warning`), `message`, `file`, `line`, `column`, `end-line`, `end-column` (from 1, in
/// characters; the end lies behind the last character; all null without a place), `label`,
/// `related` (each with the same place and a `label`), `notes` and `help` (null without).
#[must_use]
pub fn json(findings: &[Finding], sources: &Sources) -> Value {
    let place = |place: Option<Place>| -> serde_json::Map<String, Value> {
        let start = place.map(|place| sources.position(place));
        let end = place.map(|place| sources.position(Place { start: place.end, ..place }));
        let file = place.map(|place| {
            let file = sources.file(place.file);
            if file.built_in { format!("<built-in>/{}", file.path) } else { file.path.clone() }
        });
        [
            ("file", json!(file)),
            ("line", json!(start.map(|at| at.line))),
            ("column", json!(start.map(|at| at.column))),
            ("end-line", json!(end.map(|at| at.line))),
            ("end-column", json!(end.map(|at| at.column))),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    };
    let one = |finding: &Finding| {
        let related: Vec<Value> = finding
            .related
            .iter()
            .map(|related| {
                let mut object = place(Some(related.place));
                object.insert("label".to_owned(), json!(related.label));
                Value::Object(object)
            })
            .collect();
        let mut object = serde_json::Map::new();
        object.insert("id".to_owned(), json!(finding.id));
        object.insert("severity".to_owned(), json!(finding.severity));
        object.insert("message".to_owned(), json!(finding.message));
        object.extend(place(finding.place));
        object.insert("label".to_owned(), json!(finding.label));
        object.insert("related".to_owned(), json!(related));
        object.insert("notes".to_owned(), json!(finding.notes));
        object.insert("help".to_owned(), json!(finding.help));
        Value::Object(object)
    };
    ordered(findings, sources).into_iter().map(one).collect()
}

#[cfg(test)]
mod tests;
