//! Writing a value through serde-saphyr.
//!
//! serde-saphyr decides which texts need quotes; that is measured to be right (see
//! `tests/yaml_readers.rs`) but for the cases of [`must_be_quoted`] and [`quote_separators`]. It
//! cannot put a comment above a key, so the place of each noted value is remembered while writing,
//! and the comments are put in afterwards.

use super::comment;
use super::order::{KeyOrder, Place};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;
use serde_saphyr::DoubleQuoted;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;

/// Appends a document to `text`.
pub(super) fn append<'a>(
    text: &mut String,
    value: &'a Value,
    order: KeyOrder,
    notes: &'a BTreeMap<String, String>,
) {
    let run = Run {
        notes: notes
            .iter()
            .filter_map(|(pointer, note)| Some((identity(value.pointer(pointer)?), note.as_str())))
            .collect(),
        length: Cell::new(text.len()),
        marks: RefCell::default(),
    };
    let start = text.len();
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    let node = Node { value, place: Place::root(order, value), run: &run };
    serde_saphyr::to_fmt_writer_with_options(
        &mut Sink { text, length: &run.length },
        &node,
        options,
    )
    .expect("every JSON value can be written as YAML");
    let marks = run.marks.into_inner();
    if !marks.is_empty() {
        let written = text.split_off(start);
        insert_notes(text, &written, start, &marks);
    }
    quote_separators(text, start);
}

/// Copies `written`, which began at offset `start`, to `text`, with each note above the line that
/// its mark (an offset, in ascending order) lies in.
fn insert_notes(text: &mut String, written: &str, start: usize, marks: &[(usize, &str)]) {
    let mut copied = 0;
    for (offset, note) in marks {
        let line_start = written[..offset - start].rfind('\n').map_or(0, |newline| newline + 1);
        text.push_str(&written[copied..line_start]);
        copied = line_start;
        let line = &written[line_start..];
        let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
        comment::append(text, indent, note);
    }
    text.push_str(&written[copied..]);
}

/// What one run over a value shares.
struct Run<'a> {
    /// The noted values.
    notes: BTreeMap<*const Value, &'a str>,
    /// How long the text is by now.
    length: Cell<usize>,
    /// How long the text was when a noted value began: within the line of its key or dash.
    marks: RefCell<Vec<(usize, &'a str)>>,
}

fn identity(value: &Value) -> *const Value {
    std::ptr::from_ref(value)
}

/// Where serde-saphyr writes to.
struct Sink<'a> {
    text: &'a mut String,
    length: &'a Cell<usize>,
}

impl fmt::Write for Sink<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.text.push_str(part);
        self.length.set(self.text.len());
        Ok(())
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        self.text.push(c);
        self.length.set(self.text.len());
        Ok(())
    }
}

/// A value at its place.
struct Node<'a, 'run> {
    value: &'a Value,
    place: Place<'a>,
    run: &'run Run<'a>,
}

impl Serialize for Node<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.run.notes.is_empty()
            && let Some(note) = self.run.notes.get(&identity(self.value))
        {
            self.run.marks.borrow_mut().push((self.run.length.get(), note));
        }
        match self.value {
            Value::String(text) => Text(text).serialize(serializer),
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for value in items {
                    let place = self.place.element(value);
                    list.serialize_element(&Node { value, place, run: self.run })?;
                }
                list.end()
            }
            Value::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in self.place.sorted(entries) {
                    let place = self.place.child(key, value);
                    map.serialize_entry(key, &Node { value, place, run: self.run })?;
                }
                map.end()
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// A text that is a value.
struct Text<'a>(&'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if must_be_quoted(self.0) {
            DoubleQuoted(self.0).serialize(serializer)
        } else {
            serializer.serialize_str(self.0)
        }
    }
}

/// Whether a value that serde-saphyr would write bare or as a block is misread by someone:
///
/// - a block whose first content line starts with a tab, by `PyYAML` and go-yaml;
/// - a document that is one line starting with `---`: see [`quote_separators`].
fn must_be_quoted(text: &str) -> bool {
    if text.contains('\n') {
        text.trim_start_matches('\n').starts_with('\t')
    } else {
        text.starts_with("---")
    }
}

/// Quotes the keys of the document's top map that start with `---`. YAML allows them bare, but
/// kubectl and Helm cut a stream at such lines before they parse it; serde-saphyr knows no way to
/// ask for quotes around a key.
fn quote_separators(text: &mut String, start: usize) {
    let written = &text[start..];
    if !written.starts_with("---") && !written.contains("\n---") {
        return;
    }
    let written = text.split_off(start);
    for line in written.split_inclusive('\n') {
        match line.split_once(':') {
            // A bare key holds no colon.
            Some((key, rest)) if key.starts_with("---") => {
                let key = key.replace('\\', "\\\\").replace('"', "\\\"");
                text.extend(["\"", &key, "\":", rest]);
            }
            _ => text.push_str(line),
        }
    }
}
