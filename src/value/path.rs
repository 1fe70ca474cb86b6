//! Paths: in a container, below the project, of a URL.

use super::error::{ValueError, quoted, quoted_char};
use super::scalar::{Scalar, text};
use std::str::FromStr;

/// An absolute path in a container, as a mount names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsolutePath(String);

impl FromStr for AbsolutePath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let check = |text: &str| {
            if text.contains(':') {
                return Err("`:` separates the parts of a mount".to_owned());
            }
            match text.strip_prefix('/') {
                Some("") => Ok(()),
                Some(rest) => components(text, rest),
                None if text.is_empty() => Err("it is empty".to_owned()),
                None => Err("it does not start with `/`".to_owned()),
            }
        };
        check(text).map_err(|reason| {
            let proposal = format!("/{}", cleaned(text));
            let sound = !text.is_empty() && proposal != text && check(&proposal).is_ok();
            ValueError::not(text, Self::WHAT, reason).write(sound.then_some(proposal))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for AbsolutePath {
    const WHAT: &'static str = "an absolute path";
    const DESCRIPTION: &'static str = "An absolute path in the container.";
    const PATTERN: &'static str = r"^/([^/:\\\x00-\x1f\x7f-\x9f]+(/[^/:\\\x00-\x1f\x7f-\x9f]+)*)?$";
    const EXCEPT: Option<&'static str> = Some(r"/\.\.?(/|$)");
    const EXAMPLES: &'static [&'static str] = &["/var/lib/app", "/etc/app/app.toml"];
}

text!(AbsolutePath);

/// A path below a folder of the project; `.` is the folder itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(String);

impl FromStr for RelativePath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let check = |text: &str| match text {
            "" => Err("it is empty".to_owned()),
            "." => Ok(()),
            _ if text.starts_with('/') => Err("it starts with `/`".to_owned()),
            _ => components(text, text),
        };
        check(text).map_err(|reason| {
            let proposal = match cleaned(text) {
                path if path.is_empty() && !text.is_empty() => ".".to_owned(),
                path => path,
            };
            let sound = proposal != text && !text.starts_with('/') && check(&proposal).is_ok();
            ValueError::not(text, Self::WHAT, reason).write(sound.then_some(proposal))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for RelativePath {
    const WHAT: &'static str = "a path below the project";
    const DESCRIPTION: &'static str = "A path below the project, with `/` between its parts.";
    const PATTERN: &'static str = r"^[^/\\\x00-\x1f\x7f-\x9f]+(/[^/\\\x00-\x1f\x7f-\x9f]+)*$";
    const EXCEPT: Option<&'static str> = Some(r"(^|/)\.\.(/|$)|/\.(/|$)|^\./");
    const EXAMPLES: &'static [&'static str] = &["services/api", "."];
}

text!(RelativePath);

/// That `path`, the part of `text` behind the root, holds only names.
fn components(text: &str, path: &str) -> Result<(), String> {
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        return Err(format!("{} is a control character", quoted_char(control)));
    }
    if text.contains('\\') {
        return Err("`\\` separates no parts, `/` does".to_owned());
    }
    if path.ends_with('/') {
        return Err("it ends with `/`".to_owned());
    }
    match path.split('/').find(|part| matches!(*part, "" | "." | "..")) {
        Some("") => Err("it has two `/` in a row".to_owned()),
        Some(part) => Err(format!("{} cannot be a part of it", quoted(part))),
        None => Ok(()),
    }
}

/// The same path without what says nothing. It keeps `..`: what was meant is not known.
fn cleaned(text: &str) -> String {
    let slashes = text.trim().replace('\\', "/");
    let parts: Vec<&str> = slashes.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}

/// The path of a URL, with its query if it has one, as probes and scrapes ask for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(String);

fn check_url(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !text.starts_with('/') {
        return Err("it does not start with `/`".to_owned());
    }
    for (index, c) in text.char_indices() {
        match c {
            '#' => return Err("what follows `#` is never sent".to_owned()),
            ' ' => return Err("a space is written `%20`".to_owned()),
            '%' => {
                let code = text.get(index + 1..index + 3).unwrap_or("");
                if code.len() < 2 || !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err("`%` is followed by two hexadecimal digits".to_owned());
                }
            }
            _ if c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?".contains(c) => {}
            _ => return Err(format!("{} is not allowed in it", quoted_char(c))),
        }
    }
    Ok(())
}

impl FromStr for UrlPath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check_url(text).map_err(|reason| {
            let path = match text.split_once("://") {
                Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
                None => text.strip_prefix('/').unwrap_or(text),
            };
            let path = path.split_once('#').map_or(path, |(path, _)| path);
            let proposal = format!("/{}", path.trim().replace(' ', "%20"));
            let sound = !text.is_empty() && check_url(&proposal).is_ok();
            ValueError::not(text, Self::WHAT, reason).write(sound.then_some(proposal))
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl Scalar for UrlPath {
    const WHAT: &'static str = "a URL's path";
    const DESCRIPTION: &'static str = "The path of a URL, with its query if it has one.";
    const PATTERN: &'static str = r"^/([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$";
    const EXAMPLES: &'static [&'static str] = &["/health", "/ready?full=1"];
}

text!(UrlPath);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips};

    #[test]
    fn absolute_paths() {
        good::<AbsolutePath>(&[
            ("/", "/"),
            ("/data", "/data"),
            ("/etc/app/app.toml", "/etc/app/app.toml"),
            ("/a b/.hidden/...", "/a b/.hidden/..."),
        ]);
        bad::<AbsolutePath>(&[
            ("", "`` is not an absolute path: it is empty"),
            (
                "data",
                "`data` is not an absolute path: it does not start with `/`\nhelp: write `/data`",
            ),
            (
                "./data",
                "`./data` is not an absolute path: it does not start with `/`\nhelp: write `/data`",
            ),
            ("/data/", "`/data/` is not an absolute path: it ends with `/`\nhelp: write `/data`"),
            ("//", "`//` is not an absolute path: it ends with `/`\nhelp: write `/`"),
            (
                "/a//b",
                "`/a//b` is not an absolute path: it has two `/` in a row\nhelp: write `/a/b`",
            ),
            (
                "/a/./b",
                "`/a/./b` is not an absolute path: `.` cannot be a part of it\nhelp: write `/a/b`",
            ),
            ("/a/../b", "`/a/../b` is not an absolute path: `..` cannot be a part of it"),
            ("/a:ro", "`/a:ro` is not an absolute path: `:` separates the parts of a mount"),
            ("C:\\data", "`C:\\data` is not an absolute path: `:` separates the parts of a mount"),
            (
                "/a\\b",
                "`/a\\b` is not an absolute path: `\\` separates no parts, `/` does\nhelp: write `/a/b`",
            ),
            ("/a\nb", "`/a\\nb` is not an absolute path: `\\n` is a control character"),
        ]);
    }

    #[test]
    fn relative_paths() {
        good::<RelativePath>(&[
            (".", "."),
            ("services/api", "services/api"),
            (".github/x", ".github/x"),
            ("a b", "a b"),
        ]);
        bad::<RelativePath>(&[
            ("", "`` is not a path below the project: it is empty"),
            ("/etc", "`/etc` is not a path below the project: it starts with `/`"),
            ("../x", "`../x` is not a path below the project: `..` cannot be a part of it"),
            ("a/..", "`a/..` is not a path below the project: `..` cannot be a part of it"),
            (
                "./x",
                "`./x` is not a path below the project: `.` cannot be a part of it\nhelp: write `x`",
            ),
            ("./", "`./` is not a path below the project: it ends with `/`\nhelp: write `.`"),
            ("x/", "`x/` is not a path below the project: it ends with `/`\nhelp: write `x`"),
            (
                "a\\b",
                "`a\\b` is not a path below the project: `\\` separates no parts, `/` does\nhelp: write `a/b`",
            ),
            ("a\0", "`a\\u{0}` is not a path below the project: `\\u{0}` is a control character"),
        ]);
    }

    #[test]
    fn url_paths() {
        good::<UrlPath>(&[
            ("/", "/"),
            ("/health", "/health"),
            ("/health/", "/health/"),
            ("/ready?full=1&a=b%20c", "/ready?full=1&a=b%20c"),
        ]);
        bad::<UrlPath>(&[
            ("", "`` is not a URL's path: it is empty"),
            (
                "health",
                "`health` is not a URL's path: it does not start with `/`\nhelp: write `/health`",
            ),
            (
                "http://a:80/live",
                "`http://a:80/live` is not a URL's path: it does not start with `/`\nhelp: write `/live`",
            ),
            ("/a b", "`/a b` is not a URL's path: a space is written `%20`\nhelp: write `/a%20b`"),
            (
                "/a#b",
                "`/a#b` is not a URL's path: what follows `#` is never sent\nhelp: write `/a`",
            ),
            ("/100%", "`/100%` is not a URL's path: `%` is followed by two hexadecimal digits"),
            ("/%zz", "`/%zz` is not a URL's path: `%` is followed by two hexadecimal digits"),
            ("/%é", "`/%é` is not a URL's path: `%` is followed by two hexadecimal digits"),
            ("/ü", "`/ü` is not a URL's path: `ü` is not allowed in it"),
            ("/{{ x }}", "`/{{ x }}` is not a URL's path: `{` is not allowed in it"),
        ]);
        round_trips::<UrlPath>();
    }

    #[test]
    fn what_the_pattern_matches_round_trips() {
        crate::value::testing::round_trips::<AbsolutePath>();
        crate::value::testing::round_trips::<RelativePath>();
    }
}
