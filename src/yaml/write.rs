//! Writing a value.
//!
//! The project's own, not serde-saphyr's serializer, which reads back as well (it passes the same
//! tests) but cannot put a comment above a key or quotes around one that starts with `---`, and
//! writes 75 MB/s where this writes several times that: rendering runs on every save.

use super::order::{KeyOrder, Place};
use super::{comment, scalar};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Appends a document to `text`.
pub(super) fn append(
    text: &mut String,
    value: &Value,
    order: KeyOrder,
    notes: &BTreeMap<String, String>,
) {
    let notes = notes
        .iter()
        .filter_map(|(pointer, note)| Some((identity(value.pointer(pointer)?), note.as_str())))
        .collect();
    let mut writer = Writer { text, indent: String::new(), notes };
    writer.append_note(value);
    let place = Place::root(order, value);
    match value {
        Value::Object(entries) if !entries.is_empty() => writer.append_map(entries, place, false),
        Value::Array(items) if !items.is_empty() => writer.append_list(items, place, false),
        scalar => writer.append_scalar(scalar),
    }
}

fn identity(value: &Value) -> *const Value {
    std::ptr::from_ref(value)
}

/// Keys that are longer are written as `? key`: readers look for the colon in 1024 characters.
const LONGEST_KEY: usize = 200;

/// One level of indentation.
const STEP: &str = "  ";

struct Writer<'a> {
    text: &'a mut String,
    /// The indentation of the keys or dashes of the map or list that is being written.
    indent: String,
    /// The noted values.
    notes: BTreeMap<*const Value, &'a str>,
}

impl Writer<'_> {
    /// Writes a map that is not empty. If it continues a line, that is one that began with a dash.
    fn append_map(&mut self, entries: &Map<String, Value>, place: Place<'_>, continues: bool) {
        let level = place.level();
        for (index, (key, value)) in level.sorted(entries).enumerate() {
            if index > 0 || !continues {
                self.append_note(value);
                self.text.push_str(&self.indent);
            }
            if key.len() > LONGEST_KEY {
                self.text.push_str("? ");
                scalar::append_key(self.text, key);
                self.text.push('\n');
                self.text.push_str(&self.indent);
            } else {
                scalar::append_key(self.text, key);
            }
            self.text.push(':');
            let place = level.child(key, value);
            match value {
                Value::Object(entries) if !entries.is_empty() => {
                    self.text.push('\n');
                    self.indented(|writer| writer.append_map(entries, place, false));
                }
                Value::Array(items) if !items.is_empty() => {
                    self.text.push('\n');
                    self.append_list(items, place, false);
                }
                scalar => {
                    self.text.push(' ');
                    self.append_scalar(scalar);
                }
            }
        }
    }

    /// Writes a list that is not empty. If it continues a line, that is one that began with a dash.
    fn append_list(&mut self, items: &[Value], place: Place<'_>, continues: bool) {
        for (index, value) in items.iter().enumerate() {
            let place = place.element(value);
            if index > 0 || !continues {
                self.append_notes_of_line(value, place);
                self.text.push_str(&self.indent);
            }
            self.text.push_str("- ");
            match value {
                Value::Object(entries) if !entries.is_empty() => {
                    self.indented(|writer| writer.append_map(entries, place, true));
                }
                Value::Array(items) if !items.is_empty() => {
                    self.indented(|writer| writer.append_list(items, place, true));
                }
                scalar => self.append_scalar(scalar),
            }
        }
    }

    /// Writes a scalar or an empty collection, and ends the line.
    fn append_scalar(&mut self, value: &Value) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(true) => self.text.push_str("true"),
            Value::Bool(false) => self.text.push_str("false"),
            Value::Number(number) => scalar::append_number(self.text, number),
            Value::String(text) => {
                self.indented(|writer| scalar::append_text(writer.text, text, &writer.indent));
            }
            Value::Array(_) => self.text.push_str("[]"),
            Value::Object(_) => self.text.push_str("{}"),
        }
        self.text.push('\n');
    }

    fn indented(&mut self, write: impl FnOnce(&mut Self)) {
        self.indent.push_str(STEP);
        write(self);
        self.indent.truncate(self.indent.len() - STEP.len());
    }

    /// Writes the note of a value, if it has one.
    fn append_note(&mut self, value: &Value) {
        if !self.notes.is_empty()
            && let Some(note) = self.notes.get(&identity(value))
        {
            comment::append(self.text, &self.indent, note);
        }
    }

    /// Writes the notes of everything on the line of a list's element: `- - name: x` has three.
    fn append_notes_of_line(&mut self, value: &Value, place: Place<'_>) {
        if self.notes.is_empty() {
            return;
        }
        self.append_note(value);
        match value {
            Value::Array(items) => {
                if let Some(first) = items.first() {
                    self.append_notes_of_line(first, place.element(first));
                }
            }
            Value::Object(entries) => {
                if let Some((_, first)) = place.level().sorted(entries).next() {
                    self.append_note(first);
                }
            }
            _ => {}
        }
    }
}
