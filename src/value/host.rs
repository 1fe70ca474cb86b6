//! Names of hosts.

use super::error::ValueError;
use super::name::{characters, length};
use super::scalar::{Scalar, text};
use super::{error::quoted, port::Port};
use std::str::FromStr;

/// The full name of a host: a DNS-1123 subdomain. An IPv4 address is one, too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(String);

impl Host {
    /// The most characters.
    pub const MAX: usize = 253;

    /// The host that was most likely meant by a text that is none, such as that of an address.
    #[must_use]
    pub fn meant(text: &str) -> Option<Self> {
        proposal(text).map(Self)
    }
}

/// That a text is a DNS-1123 subdomain with labels that DNS can carry.
pub(super) fn check(text: &str) -> Result<(), String> {
    characters(text, "a lower-case letter, a digit, `-` or `.`", |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.')
    })?;
    for label in text.split('.') {
        if label.is_empty() {
            return Err("a part of it is empty".to_owned());
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err(format!("{} starts or ends with `-`", quoted(label)));
        }
        if label.len() > 63 {
            return Err(format!("{} has more than 63 characters", quoted(label)));
        }
    }
    length(text, Host::MAX)
}

/// The host of an address, in lower case.
fn proposal(text: &str) -> Option<String> {
    let lower = text.trim().to_ascii_lowercase();
    let bare = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let bare = bare.split_once('/').map_or(bare, |(host, _)| host);
    let host = match bare.split_once(':') {
        Some((host, port)) if port.parse::<Port>().is_ok() => host,
        _ => bare,
    };
    let host = host.trim_end_matches('.').replace('_', "-");
    (check(&host).is_ok()).then_some(host)
}

impl FromStr for Host {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check(text)
            .map_err(|reason| ValueError::not(text, Self::WHAT, reason).write(proposal(text)))?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for Host {
    const WHAT: &'static str = "a host";
    const DESCRIPTION: &'static str = "The full name of a host, without scheme and port: lower-case letters, digits, `-` and `.`.";
    const PATTERN: &'static str =
        r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$";
    const EXAMPLES: &'static [&'static str] = &["api.example.com", "10.0.0.5"];
    const MAX_LENGTH: Option<usize> = Some(Self::MAX);
}

text!(Host);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips};

    #[test]
    fn hosts() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        good::<Host>(&[
            ("api.example.com", "api.example.com"),
            ("s3", "s3"),
            ("10.0.0.5", "10.0.0.5"),
            ("xn--n3h.com", "xn--n3h.com"),
            (&longest, &longest),
        ]);
        let long = format!("{longest}a");
        let long_message = format!(
            "`{}…` is not a host: it has 254 characters, at most 253 are allowed",
            &long[..80]
        );
        let not = "is not a lower-case letter, a digit, `-` or `.`";
        bad::<Host>(&[
            ("", "`` is not a host: it is empty"),
            (
                "Api.Example.com",
                &format!(
                    "`Api.Example.com` is not a host: `A` {not}\nhelp: write `api.example.com`"
                ),
            ),
            (
                "https://a.b/c",
                &format!("`https://a.b/c` is not a host: `:` {not}\nhelp: write `a.b`"),
            ),
            ("db:5432", &format!("`db:5432` is not a host: `:` {not}\nhelp: write `db`")),
            ("a_b.com", &format!("`a_b.com` is not a host: `_` {not}\nhelp: write `a-b.com`")),
            ("*.a.com", &format!("`*.a.com` is not a host: `*` {not}")),
            ("::1", &format!("`::1` is not a host: `:` {not}")),
            ("a.com.", "`a.com.` is not a host: a part of it is empty\nhelp: write `a.com`"),
            ("a..b", "`a..b` is not a host: a part of it is empty"),
            ("-a.b", "`-a.b` is not a host: `-a` starts or ends with `-`"),
            (&long, &long_message),
        ]);
        let label = "a".repeat(64);
        bad::<Host>(&[(
            &label,
            &format!("`{label}` is not a host: `{label}` has more than 63 characters"),
        )]);
        round_trips::<Host>();
    }
}
