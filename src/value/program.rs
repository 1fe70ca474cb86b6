//! What own code is built into, and where it comes from.

use super::error::ValueError;
use super::name::characters;
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// The name of a program in an image. It stands in shell commands, so it has no character that a
/// shell would take for more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program(String);

fn check_program(text: &str) -> Result<(), String> {
    characters(text, "a letter, a digit, `-`, `_`, `.` or `/`", |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')
    })?;
    if text.starts_with('-') {
        return Err("it starts with `-`, as options do".to_owned());
    }
    match text.split('/').find(|part| matches!(*part, "" | "." | "..")) {
        Some("") => Err("it has an empty part".to_owned()),
        Some(part) => Err(format!("`{part}` cannot be a part of it")),
        None => Ok(()),
    }
}

impl FromStr for Program {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_program(text).map_err(|reason| ValueError::not(text, Self::WHAT, reason))?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for Program {
    const WHAT: &'static str = "a program's name";
    const DESCRIPTION: &'static str = "The name of a program: letters, digits, `-`, `_`, `.`, `/`.";
    const PATTERN: &'static str = "^[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)*$";
    const EXCEPT: Option<&'static str> = Some(r"(^|/)\.\.?(/|$)");
    const EXAMPLES: &'static [&'static str] = &["api-gateway", "dist/server.js"];
}

text!(Program);

/// The address of a repository, for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryUrl(String);

fn check_url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return Err("it does not start with `https://`".to_owned()) };
    characters(rest, "a letter, a digit or one of `-._~:/?#&=+%`", |c| {
        c.is_ascii_alphanumeric() || "-._~:/?#&=+%".contains(c)
    })?;
    if rest.starts_with('/') {
        return Err("it names no host".to_owned());
    }
    Ok(())
}

impl FromStr for RepositoryUrl {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_url(text).map_err(|reason| {
            let proposal = format!("https://{}", text.trim());
            let is_bare = !text.is_empty() && !text.contains([':', '@']);
            let sound = is_bare && check_url(&proposal).is_ok();
            ValueError::not(text, Self::WHAT, reason).write(sound.then_some(proposal))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for RepositoryUrl {
    const WHAT: &'static str = "the address of a repository";
    const DESCRIPTION: &'static str = "The address of a repository, for people who look for it.";
    const PATTERN: &'static str = "^https?://[A-Za-z0-9._~:?#&=+%-][A-Za-z0-9._~:/?#&=+%-]*$";
    const EXAMPLES: &'static [&'static str] = &["https://github.com/example/shop"];
}

text!(RepositoryUrl);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips, wants_quotes};

    #[test]
    fn programs() {
        good::<Program>(&[("api-gateway", "api-gateway"), ("Shop.Web", "Shop.Web"), ("_x", "_x")]);
        let not = "is not a program's name";
        let no = "is not a letter, a digit, `-`, `_`, `.` or `/`";
        bad::<Program>(&[
            ("", &format!("`` {not}: it is empty")),
            ("a b", &format!("`a b` {not}: a space {no}")),
            ("a;b", &format!("`a;b` {not}: `;` {no}")),
            ("-rf", &format!("`-rf` {not}: it starts with `-`, as options do")),
            ("../x", &format!("`../x` {not}: `..` cannot be a part of it")),
            ("/x", &format!("`/x` {not}: it has an empty part")),
        ]);
        round_trips::<Program>();
        wants_quotes::<Program>(7);
    }

    #[test]
    fn addresses() {
        good::<RepositoryUrl>(&[(
            "http://git.example.com:3000/a",
            "http://git.example.com:3000/a",
        )]);
        let not = "is not the address of a repository";
        bad::<RepositoryUrl>(&[
            ("", &format!("`` {not}: it does not start with `https://`")),
            (
                "github.com/example/shop",
                &format!(
                    "`github.com/example/shop` {not}: it does not start with `https://`\
                     \nhelp: write `https://github.com/example/shop`"
                ),
            ),
            ("https://", &format!("`https://` {not}: it is empty")),
            ("https:///x", &format!("`https:///x` {not}: it names no host")),
        ]);
        round_trips::<RepositoryUrl>();
    }
}
