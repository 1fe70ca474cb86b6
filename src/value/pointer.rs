//! Pointers into objects.

use super::error::ValueError;
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// A JSON pointer to a part of an object: `/spec/template/spec/containers/web`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// Its keys, as they stand in the object.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.0.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"))
    }
}

impl FromStr for Pointer {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let not = |reason| ValueError::not(text, Self::WHAT, reason);
        let Some(keys) = text.strip_prefix('/') else {
            let proposal = format!("/{}", text.replace('.', "/"));
            let sound = proposal.parse::<Self>().is_ok();
            return Err(not("it does not start with `/`").write(sound.then_some(proposal)));
        };
        if keys.split('/').any(str::is_empty) {
            return Err(not("one of its keys is empty"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for Pointer {
    const WHAT: &'static str = "a pointer to a part of an object";
    const DESCRIPTION: &'static str =
        "A JSON pointer: the keys that lead to a part, each after a `/`. A `/` in a key is `~1`.";
    const PATTERN: &'static str = "^(/[^/]+)+$";
    const EXAMPLES: &'static [&'static str] =
        &["/spec/replicas", "/spec/template/spec/containers/web"];
}

text!(Pointer);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips};

    #[test]
    fn pointers() {
        good::<Pointer>(&[("/spec", "/spec"), ("/a/0/b~1c", "/a/0/b~1c")]);
        let pointer: Pointer = "/a/b~1c~0d".parse().unwrap();
        assert_eq!(pointer.keys().collect::<Vec<_>>(), ["a", "b/c~d"]);
        bad::<Pointer>(&[
            (
                "spec.replicas",
                "`spec.replicas` is not a pointer to a part of an object: it does not start with \
                 `/`\nhelp: write `/spec/replicas`",
            ),
            ("/a//b", "`/a//b` is not a pointer to a part of an object: one of its keys is empty"),
        ]);
        round_trips::<Pointer>();
    }
}
