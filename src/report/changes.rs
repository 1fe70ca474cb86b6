//! Changes as text for a terminal.

use super::WIDTH;
use super::escape::{visible, visible_lines};
use super::sections::{Section, sections, sign, total};
use super::shorten;
use crate::diff::{Action, Changes, Effect, FieldChange, FileChange, ObjectChange, Risk, Segment};
use anstyle::{AnsiColor, Style};
use std::fmt::{Display, Write};

/// The most fields that are listed of one object or file.
const FIELDS: usize = 40;
/// The most lines that are shown of one value.
const LINES: usize = 30;
/// The least room for a value beside its path.
const ROOM: usize = 24;

const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default();
const HUNK: Style = AnsiColor::Cyan.on_default();
const HEADING: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();

/// Which texts follow as unified diffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// None: objects and fields only.
    None,
    /// Those of files that are in both sets.
    Changed,
    /// Those of new and removed files too.
    All,
}

/// All changes by environment and system, with their risks, and a last line that counts them. Made
/// for 80 columns; colours are ANSI escape sequences, for the caller to strip.
#[must_use]
pub fn text(changes: &Changes, texts: Texts) -> String {
    let sections = sections(changes);
    if sections.is_empty() {
        return "no changes\n".to_owned();
    }
    let mut page = Page(String::new());
    for section in &sections {
        page.section(section, texts);
        page.line("");
    }
    page.line(total(&sections));
    page.0
}

struct Page(String);

impl Page {
    fn line(&mut self, line: impl Display) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    fn section(&mut self, section: &Section<'_>, texts: Texts) {
        let scope = section.summary.scope.to_string();
        self.line(format!("{}: {}", painted(HEADING, &visible(&scope)), section.counts()));
        for namespace in &section.namespaces {
            let names =
                format!("namespace: {} -> {}", visible(&namespace.old), visible(&namespace.new));
            self.line(format!("  {} {names}", painted(CHANGED, "~")));
        }
        for object in &section.objects {
            self.object(section, object);
        }
        for moved in &section.moved {
            let name = visible(&moved.identity.to_string()).into_owned();
            let to = visible(moved.to.as_str()).into_owned();
            self.line(painted(QUIET, &format!("  > {name} stands in {to} now")));
        }
        for file in &section.files {
            self.file(section, file);
        }
        for file in &section.layout {
            let path = visible(section.path(file)).into_owned();
            let line = format!("  {} {path}   no object differs", sign(file.action));
            self.line(painted(QUIET, &line));
        }
        for file in &section.texts {
            match (texts, file.action) {
                (Texts::All, _) | (Texts::Changed, Action::Changed) => self.unified(file),
                _ => {}
            }
        }
    }

    fn head(&mut self, action: Action, name: &str, effect: Option<Effect>) {
        let sign = painted(of_action(action), &sign(action).to_string());
        let name = visible(name);
        let Some(effect) = effect else {
            self.line(format!("  {sign} {name}"));
            return;
        };
        let risk = painted(of_risk(effect.risk), &effect.risk.to_string());
        let width = 4 + name.chars().count() + 3 + told(effect);
        if width <= WIDTH {
            self.line(format!("  {sign} {name}   {risk}: {}", effect.reason));
        } else {
            self.line(format!("  {sign} {name}"));
            self.line(format!("      {risk}: {}", effect.reason));
        }
    }

    fn object(&mut self, section: &Section<'_>, object: &ObjectChange) {
        self.head(object.action, &section.name(object), object.effects.first().copied());
        for effect in object.effects.iter().skip(1) {
            let risk = painted(of_risk(effect.risk), &effect.risk.to_string());
            self.line(format!("      also {risk}: {}", effect.reason));
        }
        self.fields(&object.fields);
    }

    fn file(&mut self, section: &Section<'_>, file: &FileChange) {
        self.head(file.action, section.path(file), file.effect);
        if let Some(note) = &file.note {
            let note = super::wrap::wrap(&visible_lines(note), WIDTH - 12);
            self.line(format!("      note: {}", note.replace('\n', "\n            ")));
        }
        match &file.fields {
            Some(fields) if fields.is_empty() => {
                self.line(painted(QUIET, "      layout or comments only"));
            }
            Some(fields) => self.fields(fields),
            None => {}
        }
    }

    fn fields(&mut self, fields: &[FieldChange]) {
        for field in fields.iter().take(FIELDS) {
            self.field(field);
        }
        if fields.len() > FIELDS {
            let more = format!("      … and {} more fields", fields.len() - FIELDS);
            self.line(painted(QUIET, &more));
        }
    }

    fn field(&mut self, field: &FieldChange) {
        let path = visible(&path(field)).into_owned();
        if let Some(text) = &field.text {
            self.line(format!("      {path}:"));
            for line in text.split_terminator('\n').take(LINES) {
                self.diff_line(8, line);
            }
            let lines = text.split_terminator('\n').count();
            if lines > LINES {
                self.line(painted(QUIET, &format!("        … and {} more lines", lines - LINES)));
            }
            return;
        }
        let length = path.chars().count();
        let flow = |value: &Option<serde_json::Value>| value.as_ref().map(shorten::flow);
        match (flow(&field.old), flow(&field.new)) {
            (Some(old), Some(new)) => {
                let width = 6 + length + 2 + old.chars().count() + 4 + new.chars().count();
                if width <= WIDTH {
                    self.line(format!("      {path}: {old} -> {new}"));
                    return;
                }
                let (old, new) = shorten::pair(&old, &new, WIDTH - 10);
                self.line(format!("      {path}:"));
                self.line(format!("        {} {old}", painted(REMOVED, "-")));
                self.line(format!("        {} {new}", painted(ADDED, "+")));
            }
            (Some(old), None) => self.lone(REMOVED, '-', &path, &old),
            (None, Some(new)) => self.lone(ADDED, '+', &path, &new),
            (None, None) => {}
        }
    }

    /// A field that is only on one side.
    fn lone(&mut self, style: Style, sign: char, path: &str, value: &str) {
        let sign = painted(style, &sign.to_string());
        let used = 6 + 2 + path.chars().count() + 2;
        let room = WIDTH.saturating_sub(used);
        if value.chars().count() <= room || room >= ROOM {
            let value = shorten::one(value, room);
            self.line(format!("      {sign} {path}: {value}"));
        } else {
            self.line(format!("      {sign} {path}:"));
            self.line(format!("          {}", shorten::one(value, WIDTH - 10)));
        }
    }

    fn unified(&mut self, file: &FileChange) {
        if file.unified.is_empty() {
            if let (true, Some(note)) = (file.by_object, &file.note) {
                self.line("");
                let path = visible(file.path.as_str()).into_owned();
                self.line(painted(QUIET, &format!("  {path}: {}", visible(note))));
            }
            return;
        }
        self.line("");
        for (at, line) in file.unified.split_terminator('\n').enumerate() {
            if at < 2 {
                self.line(painted(HEADING, &visible(line)));
            } else {
                self.diff_line(0, line);
            }
        }
    }

    fn diff_line(&mut self, indent: usize, line: &str) {
        let style = match line.as_bytes().first() {
            Some(b'+') => ADDED,
            Some(b'-') => REMOVED,
            Some(b'@') => HUNK,
            Some(b'\\') => QUIET,
            _ => Style::new(),
        };
        self.line(format!("{:indent$}{}", "", painted(style, &visible(line))));
    }
}

/// The path of a field; of a member of a list, the path of the list.
pub(super) fn path(field: &FieldChange) -> String {
    match field.path.0.last() {
        Some(Segment::Member) => field.path.parent().to_string(),
        _ => field.path.to_string(),
    }
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

fn of_action(action: Action) -> Style {
    match action {
        Action::Added => ADDED,
        Action::Removed => REMOVED,
        Action::Changed => CHANGED,
    }
}

fn of_risk(risk: Risk) -> Style {
    match risk {
        Risk::None | Risk::Update => QUIET,
        Risk::Scale | Risk::Restart => CHANGED,
        Risk::Access | Risk::Stop | Risk::Unknown => CHANGED.bold(),
        Risk::Replace | Risk::DataLoss => REMOVED.bold(),
    }
}

/// The width of a risk and its reason.
fn told(effect: Effect) -> usize {
    effect.risk.to_string().chars().count() + 2 + effect.reason.chars().count()
}

#[cfg(test)]
mod tests;
