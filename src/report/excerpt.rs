//! The lines of a source file that a finding shows.
//!
//! The renderer is given a small text made of the marked lines only: without control characters,
//! without Windows line ends, and never marked wider than a terminal. Line and column stay true.

use super::WIDTH;
use super::escape::{visible, visible_char, visible_words};
use crate::finding::Finding;
use crate::source::{FileId, Place, SourceFile, Sources};
use annotate_snippets::{Annotation, AnnotationKind, Snippet};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The widest stretch that is marked, and that the marks of one excerpt may span on long lines.
const MARKED: usize = 48;
/// What is shown for each character that may belong to a secret.
const HIDDEN: char = '•';
/// How much of a line is kept behind its last mark; more would not fit the terminal anyway.
const KEPT_BEHIND: usize = 400;

/// The path that people see.
pub(super) fn shown_path(file: &SourceFile) -> String {
    let path = visible(&file.path);
    if file.built_in { format!("<built-in>/{path}") } else { path.into_owned() }
}

/// The sources, with the starts of the lines of each file that was asked for.
pub(super) struct Book<'a> {
    pub(super) sources: &'a Sources,
    starts: BTreeMap<FileId, Vec<usize>>,
}

impl<'a> Book<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, starts: BTreeMap::new() }
    }

    fn starts(&mut self, file: FileId) -> &[usize] {
        let text = &self.sources.file(file).text;
        self.starts.entry(file).or_insert_with(|| {
            let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }

    /// A line without its end, by number from 0.
    fn line(&mut self, file: FileId, line: usize) -> &'a str {
        let text = &self.sources.file(file).text;
        let starts = self.starts(file);
        let Some(start) = starts.get(line).copied() else { return "" };
        let end = starts.get(line + 1).map_or(text.len(), |next| next - 1);
        let line = &text[start..end];
        line.strip_suffix('\r').unwrap_or(line)
    }

    fn mark(&mut self, place: Place, label: &str, primary: bool) -> Mark {
        let text = &self.sources.file(place.file).text;
        let start = text.floor_char_boundary(place.start as usize);
        let end = text.floor_char_boundary(place.end as usize).max(start);
        let starts = self.starts(place.file);
        let line = starts.partition_point(|begin| *begin <= start) - 1;
        let line_start = starts[line];
        let source = self.line(place.file, line);
        // A span over several lines is marked up to the end of its first line.
        let from = (start - line_start).min(source.len());
        let to = (end - line_start).min(source.trim_end().len()).max(from);
        let marked = source[from..to].chars();
        let mut width = 0;
        let kept: usize = marked
            .take_while(|character| {
                width += wide(*character);
                width <= MARKED
            })
            .map(char::len_utf8)
            .sum();
        let before: usize = source[..from].chars().map(wide).sum();
        Mark {
            file: place.file,
            line,
            bytes: from..from + kept,
            columns: before..before + width.min(MARKED),
            fits: source.chars().map(wide).sum::<usize>() < WIDTH - 8,
            label: visible_words(label),
            primary,
        }
    }

    /// Everything that a finding points at, one excerpt for each file, the main place first.
    pub(super) fn excerpts(&mut self, finding: &Finding) -> Vec<Excerpt> {
        let main = finding.place.map(|place| self.mark(place, &finding.label, true));
        let mut marks: Vec<Mark> = main.into_iter().collect();
        for related in &finding.related {
            marks.push(self.mark(related.place, &related.label, false));
        }
        let mut groups: Vec<Vec<Mark>> = Vec::new();
        for mark in marks {
            match groups.iter_mut().find(|group| mark.joins(group)) {
                Some(group) => group.push(mark),
                None => groups.push(vec![mark]),
            }
        }
        groups.into_iter().map(|group| self.excerpt(&group, finding.hidden)).collect()
    }

    fn excerpt(&mut self, marks: &[Mark], hidden: Option<Place>) -> Excerpt {
        let file = marks[0].file;
        let marked: BTreeSet<usize> = marks.iter().map(|mark| mark.line).collect();
        let first = marked.first().copied().unwrap_or(0);
        let last = marked.last().copied().unwrap_or(0);
        let hidden = hidden.filter(|place| place.file == file);
        let hidden: Vec<Place> = self.sources.hidden(file).chain(hidden).collect();
        let mut text = String::new();
        let mut spans = Vec::new();
        for line in first..=last {
            let source = self.line(file, line);
            let start = self.starts(file).get(line).copied().unwrap_or_default();
            let shown = |(at, character): (usize, char)| {
                let is_hidden = |place: &Place| {
                    (place.start as usize..place.end as usize).contains(&(start + at))
                };
                if hidden.iter().any(is_hidden) { HIDDEN } else { visible_char(character) }
            };
            let begin = text.len();
            // The line between two marked lines is shown; all others are left out.
            let near = marked.contains(&line)
                || (marked.contains(&(line - 1)) && marked.contains(&(line + 1)));
            if near {
                let here = || marks.iter().filter(|mark| mark.line == line);
                let end = here().map(|mark| mark.bytes.end).max().unwrap_or(0);
                let end = source.floor_char_boundary(end + KEPT_BEHIND);
                text.extend(source[..end].char_indices().map(shown));
                let offset = |at: usize| {
                    let before = source[..at].char_indices().map(shown);
                    begin + before.map(char::len_utf8).sum::<usize>()
                };
                spans.extend(here().map(|mark| Span {
                    bytes: offset(mark.bytes.start)..offset(mark.bytes.end),
                    label: mark.label.clone(),
                    primary: mark.primary,
                }));
            }
            if line < last {
                text.push('\n');
            } else if text.len() == begin {
                // Without it the renderer would take the line before for the last one.
                text.push(' ');
            }
        }
        let path = shown_path(self.sources.file(file));
        Excerpt { path, first_line: first + 1, last_line: last + 1, text, spans }
    }
}

/// How many columns a character may take, guessed high.
fn wide(character: char) -> usize {
    match character {
        '\t' => 4,
        ' '..='~' => 1,
        _ => 2,
    }
}

struct Mark {
    file: FileId,
    line: usize,
    bytes: Range<usize>,
    columns: Range<usize>,
    fits: bool,
    label: String,
    primary: bool,
}

impl Mark {
    /// Whether the mark can be shown together with others: the renderer cuts all lines of an
    /// excerpt at the same columns, and cuts nothing between two marks.
    fn joins(&self, others: &[Self]) -> bool {
        let all = || others.iter().chain(std::iter::once(self));
        let left = all().map(|mark| mark.columns.start).min().unwrap_or(0);
        let right = all().map(|mark| mark.columns.end).max().unwrap_or(0);
        others.iter().all(|other| other.file == self.file)
            && (all().all(|mark| mark.fits) || right - left <= MARKED)
    }
}

struct Span {
    bytes: Range<usize>,
    label: String,
    primary: bool,
}

/// Lines of one file, and what is marked in them.
pub(super) struct Excerpt {
    path: String,
    first_line: usize,
    /// The number of its last line, which decides how wide the margin is.
    pub(super) last_line: usize,
    text: String,
    spans: Vec<Span>,
}

impl Excerpt {
    pub(super) fn snippet(&self) -> Snippet<'_, Annotation<'_>> {
        let annotations = self.spans.iter().map(|span| {
            let kind = if span.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = Some(span.label.as_str()).filter(|label| !label.trim().is_empty());
            kind.span(span.bytes.clone()).label(label)
        });
        Snippet::source(self.text.as_str())
            .path(self.path.as_str())
            .line_start(self.first_line)
            .annotations(annotations)
    }
}
