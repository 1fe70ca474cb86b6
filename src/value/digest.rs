//! What names one image among those of a repository: its digest, a tag.

use super::error::{ValueError, quoted};
use super::name::{characters, ends_well, length};
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// The digest of an image: `sha256:` and 64 lower-case hexadecimal digits, or `sha512:` and 128.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// `sha256` or `sha512`.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.parts().0
    }

    /// The hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or((&self.0, ""))
    }
}

impl FromStr for Digest {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_digest(text).map_err(|reason| {
            let lower = text.trim().to_ascii_lowercase();
            let proposals = [format!("sha256:{lower}"), lower];
            let proposal = proposals.into_iter().find(|text| check_digest(text).is_ok());
            ValueError::not(text, Self::WHAT, reason).write(proposal)
        })?;
        Ok(Self(text.to_owned()))
    }
}

fn check_digest(text: &str) -> Result<(), String> {
    let Some((algorithm, hex)) = text.split_once(':') else {
        return Err("it is `sha256:` and 64 hexadecimal digits".to_owned());
    };
    let wanted = match algorithm {
        "sha256" => 64,
        "sha512" => 128,
        _ => return Err(format!("{} is not `sha256` or `sha512`", quoted(algorithm))),
    };
    if !hex.is_empty() {
        characters(hex, "a lower-case hexadecimal digit", |c| matches!(c, '0'..='9' | 'a'..='f'))?;
    }
    match hex.len() {
        count if count == wanted => Ok(()),
        count => Err(format!("it has {count} hexadecimal digits, {algorithm} has {wanted}")),
    }
}

impl Scalar for Digest {
    const WHAT: &'static str = "a digest";
    const DESCRIPTION: &'static str =
        "The digest of an image: `sha256:` and 64 lower-case hexadecimal digits.";
    const PATTERN: &'static str = "^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$";
    const EXAMPLES: &'static [&'static str] =
        &["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"];
}

text!(Digest);

/// The tag of an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The most characters.
    pub const MAX: usize = 128;

    /// Whether it is `latest`, which names another image every week.
    #[must_use]
    pub fn is_latest(&self) -> bool {
        self.0 == "latest"
    }
}

impl FromStr for Tag {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_tag(text).map_err(|reason| {
            let proposal = text.trim().trim_start_matches(':').replace(['+', ' ', '/'], "-");
            let sound = check_tag(&proposal).is_ok();
            ValueError::not(text, Self::WHAT, reason).write(sound.then_some(proposal))
        })?;
        Ok(Self(text.to_owned()))
    }
}

fn check_tag(text: &str) -> Result<(), String> {
    characters(text, "a letter, a digit, `_`, `.` or `-`", |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
    })?;
    ends_well(text.chars().next(), "starts", "a letter, a digit or `_`", |c| {
        !matches!(c, '.' | '-')
    })?;
    length(text, Tag::MAX)
}

impl Scalar for Tag {
    const WHAT: &'static str = "a tag";
    const DESCRIPTION: &'static str =
        "The tag of an image: at most 128 letters, digits, `_`, `.` and `-`.";
    const PATTERN: &'static str = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$";
    const EXAMPLES: &'static [&'static str] = &["1.4.2", "8-alpine"];
}

text!(Tag);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips, wants_quotes};

    #[test]
    fn digests() {
        let (short, long) = ("f".repeat(64), "0".repeat(128));
        let sha256 = format!("sha256:{short}");
        let sha512 = format!("sha512:{long}");
        good::<Digest>(&[(&sha256, &sha256), (&sha512, &sha512)]);
        let digest: Digest = sha256.parse().unwrap();
        assert_eq!((digest.algorithm(), digest.hex()), ("sha256", short.as_str()));
        let upper = format!("sha256:{}", "F".repeat(64));
        let bad_upper = format!(
            "`{upper}` is not a digest: `F` is not a lower-case hexadecimal digit\
             \nhelp: write `{sha256}`"
        );
        let bare = format!(
            "`{short}` is not a digest: it is `sha256:` and 64 hexadecimal digits\
             \nhelp: write `{sha256}`"
        );
        bad::<Digest>(&[
            ("", "`` is not a digest: it is `sha256:` and 64 hexadecimal digits"),
            ("sha256:", "`sha256:` is not a digest: it has 0 hexadecimal digits, sha256 has 64"),
            (
                "sha256:abc",
                "`sha256:abc` is not a digest: it has 3 hexadecimal digits, sha256 has 64",
            ),
            ("md5:abc", "`md5:abc` is not a digest: `md5` is not `sha256` or `sha512`"),
            ("sha256:…", "`sha256:…` is not a digest: `…` is not a lower-case hexadecimal digit"),
            (&upper, &bad_upper),
            (&short, &bare),
        ]);
        round_trips::<Digest>();
    }

    #[test]
    fn tags() {
        let longest = "t".repeat(128);
        good::<Tag>(&[
            ("latest", "latest"),
            ("1.4.2", "1.4.2"),
            ("_x", "_x"),
            ("Uppercase", "Uppercase"),
            (&longest, &longest),
        ]);
        let long = "t".repeat(129);
        bad::<Tag>(&[
            ("", "`` is not a tag: it is empty"),
            ("-foo", "`-foo` is not a tag: it starts with `-`, not with a letter, a digit or `_`"),
            (".a", "`.a` is not a tag: it starts with `.`, not with a letter, a digit or `_`"),
            (
                "1.0+build",
                "`1.0+build` is not a tag: `+` is not a letter, a digit, `_`, `.` or `-`\
                 \nhelp: write `1.0-build`",
            ),
            (
                &long,
                &format!(
                    "`{}…` is not a tag: it has 129 characters, at most 128 are allowed",
                    "t".repeat(80)
                ),
            ),
        ]);
        wants_quotes::<Tag>(18);
        round_trips::<Tag>();
        assert!("latest".parse::<Tag>().unwrap().is_latest());
    }
}
