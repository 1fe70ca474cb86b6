//! The image of a service.

use crate::value::{Digest, ImageName, Tag};
use std::fmt;

/// An image, as it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its name, without tag and digest.
    pub name: ImageName,
    /// Its tag; `unreleased` for an own image that has no release.
    pub tag: Option<Tag>,
    /// Its digest, which wins over the tag.
    pub digest: Option<Digest>,
    /// Whether it is the project's own.
    pub own: bool,
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}
