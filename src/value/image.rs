//! Names of images, by the grammar of the distribution project (`reference`).
//!
//! The parser is our own. The crate `oci-spec` gives a reference without tag and digest the tag
//! `latest`, so that one cannot tell what was written, and here no tag means "own code"; it also
//! compiles a large regular expression at start, and knows no IPv6 registries.
//!
//! Stricter than the grammar: a registry is written in lower case (hosts have no case), its port
//! is one, and what stands between `[` and `]` is an IPv6 address.

use super::digest::{Digest, Tag};
use super::error::{ValueError, quoted};
use super::name::{characters, ends_well, length};
use super::port::Port;
use super::scalar::{Scalar, scalar};
use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

const DOCKER_HUB: &str = "docker.io";
const LEGACY_DOCKER_HUB: &str = "index.docker.io";
const OFFICIAL: &str = "library/";

/// The name of an image without tag and digest: a registry and a repository in it.
///
/// Names that lack a registry are those of Docker Hub: `postgres` is
/// `docker.io/library/postgres`, which is its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageName {
    registry: String,
    repository: String,
}

impl ImageName {
    /// The most characters of the canonical form.
    pub const MAX: usize = 255;

    /// The host of the registry, with its port if one was given: `docker.io`, `localhost:5000`.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The path in the registry: `library/postgres`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The short form that Docker shows: `postgres`, `grafana/grafana`, `ghcr.io/a/b`.
    #[must_use]
    pub fn familiar(&self) -> String {
        if self.registry != DOCKER_HUB {
            return self.to_string();
        }
        match self.repository.strip_prefix(OFFICIAL) {
            Some(name) if !name.contains('/') => name.to_owned(),
            _ => self.repository.clone(),
        }
    }

    /// Why a text is no name, if it is none.
    pub(super) fn check(text: &str) -> Result<(), String> {
        Self::parse(text).map(|_| ())
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(format!("{} is not part of it", quoted(&format!("{scheme}://"))));
        }
        if text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err("64 hexadecimal digits are an image's id".to_owned());
        }
        let (registry, path) = split_registry(text);
        check_registry(registry)?;
        path.split('/').try_for_each(check_component)?;
        let official = registry == DOCKER_HUB && !path.contains('/');
        let repository = format!("{}{path}", if official { OFFICIAL } else { "" });
        let name = Self { registry: registry.to_owned(), repository };
        length(&name.to_string(), Self::MAX)?;
        Ok(name)
    }
}

/// Splits off the registry; one without `.` and `:` is a part of the path, except `localhost`.
fn split_registry(text: &str) -> (&str, &str) {
    match text.split_once('/') {
        Some((LEGACY_DOCKER_HUB, path)) => (DOCKER_HUB, path),
        Some((host, path)) if host == "localhost" || host.contains(['.', ':', '[']) => (host, path),
        _ => (DOCKER_HUB, text),
    }
}

fn check_registry(registry: &str) -> Result<(), String> {
    let bracketed = registry.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, rest) = match bracketed {
        Some((address, rest)) => {
            if address.contains('.') || address.parse::<Ipv6Addr>().is_err() {
                return Err(format!("{} is not an IPv6 address", quoted(address)));
            }
            ("", rest)
        }
        None => registry.split_at(registry.find(':').unwrap_or(registry.len())),
    };
    if bracketed.is_none() {
        for label in host.split('.') {
            characters(label, "a lower-case letter, a digit or `-` in a registry", |c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
            })
            .map_err(|reason| match label {
                "" => "a part of the registry is empty".to_owned(),
                _ => reason,
            })?;
            if label.starts_with('-') || label.ends_with('-') {
                return Err(format!("{} starts or ends with `-`", quoted(label)));
            }
        }
    }
    match rest.strip_prefix(':') {
        Some(port) if port.parse::<Port>().is_ok() => Ok(()),
        None if rest.is_empty() => Ok(()),
        _ => Err(format!("{} is not a port", quoted(rest.trim_start_matches(':')))),
    }
}

/// Checks a part of a repository's path.
fn check_component(component: &str) -> Result<(), String> {
    if component.is_empty() {
        return Err("a part of its path is empty".to_owned());
    }
    characters(component, "a lower-case letter, a digit, `.`, `_` or `-`", |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-')
    })?;
    let alphanumeric = |c: char| c.is_ascii_alphanumeric();
    for (end, verb) in
        [(component.chars().next(), "starts"), (component.chars().next_back(), "ends")]
    {
        ends_well(end, verb, "a letter or digit", alphanumeric)
            .map_err(|reason| reason.replacen("it", &quoted(component), 1))?;
    }
    let wrong = component
        .split(alphanumeric)
        .find(|part| !matches!(*part, "" | "." | "_" | "__") && part.contains(|c| c != '-'));
    match wrong {
        Some(wrong) => Err(format!("{} separates no words; `.`, `_`, `__`, `-` do", quoted(wrong))),
        None => Ok(()),
    }
}

/// A name that resembles a text: without a scheme, in lower case.
fn proposal(text: &str) -> Option<String> {
    let lower = text.trim().trim_end_matches('/').to_lowercase();
    let bare = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    (bare != text).then(|| bare.to_owned())
}

impl FromStr for ImageName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::parse(text).map_err(|reason| {
            if let Ok(reference) = ImageReference::parse(text) {
                let reason = match reference.digest {
                    Some(_) => "it has a digest",
                    None => "it has a tag",
                };
                return ValueError::not(text, Self::WHAT, reason)
                    .write(Some(reference.name.familiar()));
            }
            let proposal = proposal(text).filter(|text| Self::parse(text).is_ok());
            ValueError::not(text, Self::WHAT, reason).write(proposal)
        })
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)
    }
}

/// An image: its name, and which one of that name.
///
/// Whether a tag was given is kept: own code is named without one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageReference {
    name: ImageName,
    tag: Option<Tag>,
    digest: Option<Digest>,
}

impl ImageReference {
    /// An image of a name.
    #[must_use]
    pub fn new(name: ImageName, tag: Option<Tag>, digest: Option<Digest>) -> Self {
        Self { name, tag, digest }
    }

    /// The name without tag and digest.
    #[must_use]
    pub fn name(&self) -> &ImageName {
        &self.name
    }

    /// The tag, if one was given.
    #[must_use]
    pub fn tag(&self) -> Option<&Tag> {
        self.tag.as_ref()
    }

    /// The digest, if one was given.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Whether the tag `latest` was given.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.tag.as_ref().is_some_and(Tag::is_latest)
    }

    /// The short form that Docker shows: `postgres:18`.
    #[must_use]
    pub fn familiar(&self) -> String {
        format!("{}{}", self.name.familiar(), Suffix(self))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.parse::<Digest>())),
            None => (text, None),
        };
        // A colon before the last slash belongs to the registry's port.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains(['/', ']']) => (name, Some(tag.parse::<Tag>())),
            _ => (rest, None),
        };
        let name = ImageName::parse(name)?;
        let tag = tag.transpose().map_err(|error| error.message)?;
        let digest = digest.transpose().map_err(|error| error.message)?;
        Ok(Self { name, tag, digest })
    }
}

impl FromStr for ImageReference {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::parse(text).map_err(|reason| {
            let proposal = proposal(text).filter(|text| Self::parse(text).is_ok());
            ValueError::not(text, Self::WHAT, reason).write(proposal)
        })
    }
}

/// What follows the name.
struct Suffix<'a>(&'a ImageReference);

impl fmt::Display for Suffix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(tag) = &self.0.tag {
            write!(f, ":{tag}")?;
        }
        match &self.0.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.name, Suffix(self))
    }
}

/// The pattern of a name, and then what may follow.
macro_rules! pattern {
    ($suffix:literal) => {
        concat!(
            r"^((([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*",
            r"|\[[a-fA-F0-9:]+\])(:[0-9]{1,5})?/)?",
            r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*",
            $suffix
        )
    };
}

impl Scalar for ImageName {
    const WHAT: &'static str = "an image's name without tag";
    const DESCRIPTION: &'static str = "The name of an image, without tag and digest.";
    const PATTERN: &'static str = pattern!("$");
    const EXAMPLES: &'static [&'static str] = &["ghcr.io/example/api", "valkey/valkey", "postgres"];
    const MAX_LENGTH: Option<usize> = Some(Self::MAX);
}

scalar!(ImageName);

impl Scalar for ImageReference {
    const WHAT: &'static str = "an image";
    const DESCRIPTION: &'static str =
        "An image: its name, then `:` and a tag, `@` and a digest, both, or neither.";
    const PATTERN: &'static str = pattern!(
        "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?$"
    );
    const EXAMPLES: &'static [&'static str] =
        &["ghcr.io/example/api:1.4.2", "redis:8-alpine", "ghcr.io/example/api"];
}

scalar!(ImageReference);

#[cfg(test)]
mod tests;
