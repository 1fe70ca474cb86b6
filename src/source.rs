//! The texts that were read, and places in them.

use std::fmt;

/// A file that was read, known by its number in [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A span of one file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Place {
    /// A span of `file` from `start` to `end`, in bytes.
    ///
    /// # Panics
    /// If an offset does not fit 32 bits; the loader refuses such files.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let offset = |at: usize| u32::try_from(at).expect("the loader refuses files above 4 GiB");
        Self { file, start: offset(start), end: offset(end.max(start)) }
    }

    /// The empty span at the start of `file`.
    #[must_use]
    pub fn start_of(file: FileId) -> Self {
        Self { file, start: 0, end: 0 }
    }
}

/// Line and column as people count them: from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One text that was read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path as shown to people: relative to the project's root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Whether the file is part of the program rather than of the project.
    pub built_in: bool,
}

/// Every text that was read in this run.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    hidden: Vec<Place>,
}

impl Sources {
    /// Remembers a text and gives it a number.
    ///
    /// # Panics
    /// If there are more than 2^32 files.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(SourceFile { path: path.into(), text: text.into(), built_in: false })
    }

    /// Remembers a text that is part of the program.
    pub fn add_built_in(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.push(SourceFile { path: path.into(), text: text.into(), built_in: true })
    }

    fn push(&mut self, file: SourceFile) -> FileId {
        let id = u32::try_from(self.files.len()).expect("fewer than 2^32 files");
        self.files.push(file);
        FileId(id)
    }

    /// The file with this number.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Keeps a text from being shown to anybody: what may be a secret.
    pub fn hide(&mut self, place: Place) {
        self.hidden.push(place);
    }

    /// The places of a file that must not be shown.
    pub fn hidden(&self, file: FileId) -> impl Iterator<Item = Place> {
        self.hidden.iter().copied().filter(move |place| place.file == file)
    }

    /// Line and column of the start of a place.
    #[must_use]
    pub fn position(&self, place: Place) -> Position {
        let text = &self.file(place.file).text;
        let before = &text[..text.floor_char_boundary(place.start as usize)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// `path:line:column` of a place.
    #[must_use]
    pub fn describe(&self, place: Place) -> String {
        format!("{}:{}", self.file(place.file).path, self.position(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "a: 1\nü: x\n");
        let position = sources.position(Place::new(file, 9, 10));
        assert_eq!((position.line, position.column), (2, 4));
        assert_eq!(sources.describe(Place::start_of(file)), "a.yaml:1:1");
    }
}
