//! What people and programs are shown: findings and changes, as text, Markdown or JSON.
//!
//! Everything here makes a text and prints nothing. Text of the user's is never shown raw: control
//! characters, escape sequences and bidirectional overrides are made visible first.

pub mod changes;
pub mod changes_json;
pub mod changes_markdown;
pub mod explanation;
pub mod findings;
pub mod rule;
pub mod table;

mod escape;
mod excerpt;
#[cfg(test)]
mod sample;
mod sections;
mod shorten;
mod wrap;

/// The width that text is laid out for.
const WIDTH: usize = 80;

/// Whether a text carries colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// Text with ANSI escape sequences for colours.
    Colour,
}

/// `1 error`, `2 errors`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
