//! Everything that one run generates, in memory, before anything is written.

use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The whole text, with a final newline.
    pub text: String,
    /// Whether it may be run as a program.
    pub executable: bool,
}

/// Generated files by their path relative to the output folder, for instance
/// `prod/iot-edge/kubernetes/postgres.yaml`. Paths use `/` and hold no `.` or `..`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSet {
    files: BTreeMap<Utf8PathBuf, File>,
}

impl FileSet {
    /// Adds a text file.
    ///
    /// # Panics
    /// If the path exists already or leaves the output folder: two generators that write one file
    /// are a fault of the program, never of its input.
    pub fn add(&mut self, path: impl Into<Utf8PathBuf>, text: impl Into<String>) {
        self.insert(path.into(), File { text: text.into(), executable: false });
    }

    /// Adds a text file that may be run as a program.
    ///
    /// # Panics
    /// As [`FileSet::add`].
    pub fn add_executable(&mut self, path: impl Into<Utf8PathBuf>, text: impl Into<String>) {
        self.insert(path.into(), File { text: text.into(), executable: true });
    }

    fn insert(&mut self, path: Utf8PathBuf, file: File) {
        let stays_inside = path.file_name().is_some()
            && path
                .components()
                .all(|component| matches!(component, camino::Utf8Component::Normal(_)));
        assert!(stays_inside, "generated path `{path}` leaves the output folder");
        match self.files.entry(path) {
            Entry::Vacant(entry) => entry.insert(file),
            Entry::Occupied(entry) => panic!("`{}` is generated twice", entry.key()),
        };
    }

    /// Adds all files of another set.
    ///
    /// # Panics
    /// As [`FileSet::add`].
    pub fn extend(&mut self, other: Self) {
        for (path, file) in other.files {
            self.insert(path, file);
        }
    }

    /// The file at a path.
    #[must_use]
    pub fn get(&self, path: &Utf8Path) -> Option<&File> {
        self.files.get(path)
    }

    /// All files in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&Utf8Path, &File)> {
        self.files.iter().map(|(path, file)| (path.as_path(), file))
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}
