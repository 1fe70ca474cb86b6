//! Names of variables and of what a secret holds.

use super::error::ValueError;
use super::name::{characters, ends_well, length};
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// The name of an environment variable.
///
/// Kubernetes allows more, but shells and Compose's own files do not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvName(String);

fn check_env(text: &str) -> Result<(), String> {
    characters(text, "a letter, a digit or `_`", |c| c.is_ascii_alphanumeric() || c == '_')?;
    ends_well(text.chars().next(), "starts", "a letter or `_`", |c| !c.is_ascii_digit())
}

impl FromStr for EnvName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_env(text).map_err(|reason| {
            let words = text.trim().replace(['-', '.', ' ', '/'], "_");
            let proposal = [format!("_{words}"), words].into_iter().rev();
            let mut proposal = proposal.filter(|text| text != "_" && check_env(text).is_ok());
            ValueError::not(text, Self::WHAT, reason).write(proposal.next())
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for EnvName {
    const WHAT: &'static str = "a variable's name";
    const DESCRIPTION: &'static str =
        "The name of an environment variable: letters, digits and `_`, no digit first.";
    const PATTERN: &'static str = "^[A-Za-z_][A-Za-z0-9_]*$";
    const EXAMPLES: &'static [&'static str] = &["LOG_LEVEL", "PORT"];
}

text!(EnvName);

/// A key of a Secret or a `ConfigMap`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretKey(String);

impl SecretKey {
    /// The most characters.
    pub const MAX: usize = 253;
}

fn check_key(text: &str) -> Result<(), String> {
    characters(text, "a letter, a digit, `-`, `_` or `.`", |c| {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
    })?;
    if text == "." || text.starts_with("..") {
        return Err("it would leave its folder".to_owned());
    }
    length(text, SecretKey::MAX)
}

impl FromStr for SecretKey {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_key(text).map_err(|reason| {
            let proposal = text.trim().trim_matches('/').replace([' ', '/', ':'], "-");
            let sound = check_key(&proposal).is_ok();
            ValueError::not(text, Self::WHAT, reason).write(sound.then_some(proposal))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for SecretKey {
    const WHAT: &'static str = "a secret's key";
    const DESCRIPTION: &'static str =
        "A key of a secret: at most 253 letters, digits, `-`, `_` and `.`.";
    const PATTERN: &'static str =
        r"^(\.[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}|[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,252})$";
    const EXAMPLES: &'static [&'static str] = &["JWT_SECRET", "tls.crt"];
}

text!(SecretKey);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips, wants_quotes};

    #[test]
    fn variables() {
        good::<EnvName>(&[("LOG_LEVEL", "LOG_LEVEL"), ("_", "_"), ("path2", "path2")]);
        let not = "is not a letter, a digit or `_`";
        bad::<EnvName>(&[
            ("", "`` is not a variable's name: it is empty"),
            (
                "LOG-LEVEL",
                &format!(
                    "`LOG-LEVEL` is not a variable's name: `-` {not}\nhelp: write `LOG_LEVEL`"
                ),
            ),
            (
                "log.level",
                &format!(
                    "`log.level` is not a variable's name: `.` {not}\nhelp: write `log_level`"
                ),
            ),
            ("A=B", &format!("`A=B` is not a variable's name: `=` {not}")),
            (
                "2FA",
                "`2FA` is not a variable's name: it starts with `2`, not with a letter or `_`\
                 \nhelp: write `_2FA`",
            ),
        ]);
        round_trips::<EnvName>();
    }

    #[test]
    fn secret_keys() {
        let longest = "k".repeat(253);
        good::<SecretKey>(&[
            ("JWT_SECRET", "JWT_SECRET"),
            ("tls.crt", "tls.crt"),
            (".dockerconfigjson", ".dockerconfigjson"),
            ("-", "-"),
            (&longest, &longest),
        ]);
        bad::<SecretKey>(&[
            ("", "`` is not a secret's key: it is empty"),
            (".", "`.` is not a secret's key: it would leave its folder"),
            ("..", "`..` is not a secret's key: it would leave its folder"),
            ("..a", "`..a` is not a secret's key: it would leave its folder"),
            (
                "db/password",
                "`db/password` is not a secret's key: `/` is not a letter, a digit, `-`, `_` or `.`\
                 \nhelp: write `db-password`",
            ),
        ]);
        let long = "k".repeat(254);
        assert!(long.parse::<SecretKey>().is_err());
        wants_quotes::<SecretKey>(1);
        round_trips::<SecretKey>();
    }
}
