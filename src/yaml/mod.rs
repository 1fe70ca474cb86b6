//! The only writer of YAML.
//!
//! What is written here is read as the same data by every reader that matters: those of YAML 1.1
//! (kubectl, Helm and Compose through go-yaml; `PyYAML`) and those of YAML 1.2. `tests/yaml_readers.rs`
//! holds it to that with many thousands of texts. For people it looks as they write it by hand:
//! keys in the conventional order, lists at the indentation of their key, block style throughout,
//! texts of several lines as `|` blocks, long lines never folded.

mod comment;
mod order;
mod scalar;
#[cfg(test)]
mod tests;
mod write;

pub use order::{KeyOrder, arrange};

use serde_json::Value;
use std::collections::BTreeMap;

/// One YAML document with its comments.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Lines of the comment at the top, without `#`.
    pub comments: Vec<String>,
    /// What the document says.
    pub value: Value,
    /// The order of keys in maps.
    pub order: KeyOrder,
    /// Comments by JSON pointer (RFC 6901). Each stands above the line of the key or list element
    /// that the pointer names. A pointer that leads nowhere is left out: a patch may have removed
    /// what its comment spoke of.
    pub notes: BTreeMap<String, String>,
}

impl Document {
    /// A document without comments.
    #[must_use]
    pub fn new(value: Value, order: KeyOrder) -> Self {
        Self { comments: Vec::new(), value, order, notes: BTreeMap::new() }
    }
}

/// Writes one document, without a leading `---`, with a final newline.
///
/// A [`Value`] holds no NaN and no infinity, so there is nothing to refuse: `serde_json` makes
/// `null` of them, and a generator that computes numbers must look at them before.
#[must_use]
pub fn document(value: &Value, order: KeyOrder) -> String {
    let mut text = String::new();
    write::append(&mut text, value, order, &BTreeMap::new());
    text
}

/// Writes documents one after another with `---` between them.
#[must_use]
pub fn documents(docs: &[Document]) -> String {
    let mut text = String::new();
    for (index, document) in docs.iter().enumerate() {
        if index > 0 {
            text.push_str("---\n");
        }
        for line in &document.comments {
            comment::append(&mut text, "", line);
        }
        write::append(&mut text, &document.value, document.order, &document.notes);
    }
    text
}
