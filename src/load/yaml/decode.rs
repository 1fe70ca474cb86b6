//! Bytes to text.

use crate::finding::Finding;
use crate::source::{FileId, Place};

/// A file that is not UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUtf8 {
    /// Line of the first byte that is not UTF-8, from 1.
    pub line: usize,
    /// Offset of that byte, from 0; everything before it is unchanged in `text`.
    pub byte: usize,
    /// The text as far as it can be read, to show the place in.
    pub text: String,
    utf16: bool,
}

/// The text of a file, which must be UTF-8.
///
/// A byte order mark is kept: [`super::parse`] speaks of it.
pub fn decode(bytes: Vec<u8>) -> Result<String, NotUtf8> {
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        if let Some(text) = utf16(bytes) {
            return NotUtf8 { line: 1, byte: 0, text, utf16: true };
        }
        NotUtf8 {
            line: bytes[..byte].split(|byte| *byte == b'\n').count(),
            byte,
            text: String::from_utf8_lossy(bytes).into_owned(),
            utf16: false,
        }
    })
}

/// The text of bytes that start with the byte order mark of UTF-16. Such bytes are never UTF-8.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

impl NotUtf8 {
    /// The finding, in a file that was remembered with the text of this fault.
    #[must_use]
    pub fn finding(&self, file: FileId) -> Finding {
        if self.utf16 {
            return Finding::error("not-utf-8", "the file is UTF-16")
                .at(Place::start_of(file))
                .note("allowed: UTF-8 without a byte order mark")
                .help("save the file as UTF-8 without a byte order mark");
        }
        let shown = self.text[self.byte..].chars().next().map_or(0, char::len_utf8);
        Finding::error(
            "not-utf-8",
            format!("byte {} of the file, on line {}, is not UTF-8", self.byte, self.line),
        )
        .at(Place::new(file, self.byte, self.byte + shown))
        .note("allowed: UTF-8 without a byte order mark")
        .help("save the file as UTF-8; text is read, other data does not belong in it")
    }
}
