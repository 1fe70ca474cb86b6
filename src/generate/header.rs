//! The line by which a generated file is known as one.

use crate::fileset::MARKER;

/// The first line of a generated file, as a comment: who wrote it, and of what.
pub(super) fn header(source: &str) -> String {
    format!("{MARKER} from {source}; do not edit.")
}
