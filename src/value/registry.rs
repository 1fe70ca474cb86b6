//! Registries of images.

use super::error::{ValueError, quoted};
use super::image::ImageName;
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// A registry, and the path in it below which images are: `ghcr.io/example`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registry(String);

/// That an image below it has a name.
fn check(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.ends_with('/') {
        return Err("it ends with `/`".to_owned());
    }
    ImageName::check(&format!("{text}/image"))
}

impl FromStr for Registry {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let Err(reason) = check(text) else { return Ok(Self(text.to_owned())) };
        let error = ValueError::not(text, Self::WHAT, reason);
        let trimmed = text.trim().trim_end_matches('/');
        let (scheme, bare) = match trimmed.split_once("://") {
            Some((scheme, bare)) => (Some(scheme), bare.to_lowercase()),
            None => (None, trimmed.to_lowercase()),
        };
        let proposal = Some(bare).filter(|bare| check(bare).is_ok());
        Err(match (scheme, proposal) {
            (Some(scheme), Some(bare)) => {
                let scheme = quoted(&format!("{scheme}://"));
                error.help(format!("leave {scheme} out: write `{bare}`"))
            }
            (_, proposal) => error.write(proposal),
        })
    }
}

impl Scalar for Registry {
    const WHAT: &'static str = "a registry";
    const DESCRIPTION: &'static str =
        "A registry's host, and the path in it below which images are, without a scheme.";
    const PATTERN: &'static str = concat!(
        r"^(([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*",
        r"|\[[a-fA-F0-9:]+\])(:[0-9]{1,5})?",
        r"(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$",
    );
    const EXAMPLES: &'static [&'static str] = &["ghcr.io/example", "localhost:5000"];
    const MAX_LENGTH: Option<usize> = Some(ImageName::MAX);
}

text!(Registry);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips};

    #[test]
    fn registries() {
        good::<Registry>(&[
            ("ghcr.io", "ghcr.io"),
            ("ghcr.io/example/shop", "ghcr.io/example/shop"),
            ("[::1]:5000/a", "[::1]:5000/a"),
            ("example", "example"),
        ]);
        bad::<Registry>(&[
            ("", "`` is not a registry: it is empty"),
            (
                "https://ghcr.io/example",
                "`https://ghcr.io/example` is not a registry: `https://` is not part of it\n\
                 help: leave `https://` out: write `ghcr.io/example`",
            ),
            (
                "ghcr.io/example/",
                "`ghcr.io/example/` is not a registry: it ends with `/`\nhelp: write `ghcr.io/example`",
            ),
            (
                "ghcr.io/Example",
                "`ghcr.io/Example` is not a registry: `E` is not a lower-case letter, a digit, \
                 `.`, `_` or `-`\nhelp: write `ghcr.io/example`",
            ),
            ("a:b/c", "`a:b/c` is not a registry: `b` is not a port"),
        ]);
        round_trips::<Registry>();
    }
}
