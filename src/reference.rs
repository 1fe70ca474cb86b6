//! References within texts: names, images and hashes that are looked up where a text is used.
//!
//! A generated text never holds the name of another object as plain letters: a chart has to put a
//! release's name there, and could only guess which letters are a name. So a reference is a mark
//! in the text, between two characters that the loader refuses in every file of the user's.

use crate::layer::PodSecurityLevel;
use std::fmt;

/// Opens a mark.
pub const OPEN: char = '\u{E000}';
/// Closes a mark.
pub const CLOSE: char = '\u{E001}';

/// What a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference<'a> {
    /// The name of an object of this system, by its base name.
    Name(&'a str),
    /// The system's namespace.
    Namespace,
    /// The namespace beside it of a Pod Security level.
    NamespaceBeside(&'a str),
    /// The image of a service, or of a container beside it: `SERVICE/CONTAINER`.
    Image(&'a str),
    /// The version of a service's image.
    Version(&'a str),
    /// The hash of a service's configuration.
    Hash(&'a str),
    /// The hash of a service's files with secrets, as they are without these.
    SealedHash(&'a str),
    /// The hash of a job's pod template: what makes a changed job another one.
    Template(&'a str),
    /// The labels of a service's objects; as the key of a map, all of them.
    Labels(&'a str),
    /// The labels of a service's pods.
    PodLabels(&'a str),
    /// The labels that select a service's pods, which never change.
    SelectorLabels(&'a str),
    /// The labels of what belongs to the whole system.
    SystemLabels,
    /// A secret, by its number in the table of the service that is being resolved.
    Secret(usize),
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{OPEN}name:{name}{CLOSE}"),
            Self::Namespace => write!(f, "{OPEN}namespace:{CLOSE}"),
            Self::NamespaceBeside(level) => write!(f, "{OPEN}namespace-beside:{level}{CLOSE}"),
            Self::Image(service) => write!(f, "{OPEN}image:{service}{CLOSE}"),
            Self::Version(service) => write!(f, "{OPEN}version:{service}{CLOSE}"),
            Self::Hash(service) => write!(f, "{OPEN}hash:{service}{CLOSE}"),
            Self::SealedHash(service) => write!(f, "{OPEN}sealed-hash:{service}{CLOSE}"),
            Self::Template(service) => write!(f, "{OPEN}template:{service}{CLOSE}"),
            Self::Labels(service) => write!(f, "{OPEN}labels:{service}{CLOSE}"),
            Self::PodLabels(service) => write!(f, "{OPEN}pod-labels:{service}{CLOSE}"),
            Self::SelectorLabels(service) => write!(f, "{OPEN}selector-labels:{service}{CLOSE}"),
            Self::SystemLabels => write!(f, "{OPEN}system-labels:{CLOSE}"),
            Self::Secret(index) => write!(f, "{OPEN}secret:{index}{CLOSE}"),
        }
    }
}

impl Reference<'_> {
    /// The namespace in which a service lives: the system's own, or one beside it.
    #[must_use]
    pub fn namespace(beside: Option<PodSecurityLevel>) -> Self {
        beside.map_or(Self::Namespace, |level| Self::NamespaceBeside(level.as_str()))
    }
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain letters.
    Text(&'a str),
    /// A reference.
    Reference(Reference<'a>),
    /// A mark that a filter changed, so that nobody knows what it meant.
    Broken(&'a str),
}

/// The pieces of a text in order.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(open) = rest.find([OPEN, CLOSE]) else {
            return Some(Piece::Text(std::mem::take(&mut rest)));
        };
        if open > 0 {
            let (before, after) = rest.split_at(open);
            rest = after;
            return Some(Piece::Text(before));
        }
        let after = rest.strip_prefix(OPEN);
        let closed = after.and_then(|after| after.split_once(CLOSE));
        let Some((content, after)) = closed else {
            return Some(Piece::Broken(std::mem::take(&mut rest)));
        };
        rest = after;
        Some(read(content).map_or(Piece::Broken(content), Piece::Reference))
    })
}

fn read(content: &str) -> Option<Reference<'_>> {
    let (kind, name) = content.split_once(':')?;
    Some(match kind {
        "name" => Reference::Name(name),
        "namespace" => Reference::Namespace,
        "namespace-beside" => Reference::NamespaceBeside(name),
        "image" => Reference::Image(name),
        "version" => Reference::Version(name),
        "hash" => Reference::Hash(name),
        "sealed-hash" => Reference::SealedHash(name),
        "template" => Reference::Template(name),
        "labels" => Reference::Labels(name),
        "pod-labels" => Reference::PodLabels(name),
        "selector-labels" => Reference::SelectorLabels(name),
        "system-labels" => Reference::SystemLabels,
        "secret" => Reference::Secret(name.parse().ok()?),
        _ => return None,
    })
}

/// A text for people: names stand as they are; everything else by what it is.
#[must_use]
pub fn readable(text: &str) -> String {
    pieces(text)
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Reference(Reference::Name(name)) => name.to_owned(),
            Piece::Reference(Reference::Secret(_)) => "(secret)".to_owned(),
            Piece::Reference(other) => format!("({other:?})"),
            Piece::Broken(_) => "(?)".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_back() {
        let text = format!("redis://{}:6379/{}", Reference::Name("redis"), Reference::Secret(2));
        let pieces: Vec<Piece<'_>> = pieces(&text).collect();
        assert_eq!(
            pieces,
            [
                Piece::Text("redis://"),
                Piece::Reference(Reference::Name("redis")),
                Piece::Text(":6379/"),
                Piece::Reference(Reference::Secret(2)),
            ]
        );
        assert_eq!(readable(&text), "redis://redis:6379/(secret)");
    }

    #[test]
    fn a_changed_mark_is_noticed() {
        let text = Reference::Name("redis").to_string().to_uppercase();
        assert!(pieces(&text).any(|piece| matches!(piece, Piece::Broken(_))));
        assert!(pieces("a\u{E000}b").any(|piece| matches!(piece, Piece::Broken(_))));
    }
}
