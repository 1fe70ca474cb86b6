//! Paths of fields, as people read them.

use std::fmt;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// The value of a key.
    Key(String),
    /// The item of a list that goes by this name: `containers[web]`.
    Item(String),
    /// The item of a list at this place, from 0.
    Index(usize),
    /// A member of a list of plain values: `args[]`.
    Member,
}

/// The path of a field inside an object or a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(pub Vec<Segment>);

impl FieldPath {
    /// The path without its last step.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    pub(super) fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    /// Whether the first key of the path is this one.
    pub(super) fn starts_with(&self, key: &str) -> bool {
        matches!(self.0.first(), Some(Segment::Key(first)) if first == key)
    }

    /// Whether the path ends at an item of a list that holds more than a plain value.
    pub(super) fn is_item(&self) -> bool {
        matches!(self.0.last(), Some(Segment::Item(_) | Segment::Index(_)))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return write!(f, ".");
        }
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if is_plain(key) && at == 0 => write!(f, "{key}")?,
                Segment::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                Segment::Key(key) if key.is_empty() => write!(f, "[\"\"]")?,
                Segment::Key(key) => write!(f, "[{key}]")?,
                Segment::Item(name) => write!(f, "[{name}]")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Member => write!(f, "[]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_as_people_write_them() {
        let key = |key: &str| Segment::Key(key.to_owned());
        let item = |name: &str| Segment::Item(name.to_owned());
        let path = FieldPath(vec![
            key("spec"),
            key("containers"),
            item("api"),
            key("args"),
            Segment::Member,
        ]);
        assert_eq!(path.to_string(), "spec.containers[api].args[]");
        let path = FieldPath(vec![key("data"), key("app.toml"), Segment::Index(2), key("")]);
        assert_eq!(path.to_string(), "data[app.toml][2][\"\"]");
        assert_eq!(FieldPath::default().to_string(), ".");
    }
}
