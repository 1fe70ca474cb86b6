//! Names of objects: in a namespace, and of a kind.

use super::error::ValueError;
use super::scalar::{Scalar, scalar};
use super::{Host, Namespace};
use std::fmt;
use std::str::FromStr;

/// An object's namespace and name: `gateway-system/public`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    namespace: Namespace,
    name: Host,
}

impl ObjectName {
    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// The name within the namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }
}

impl FromStr for ObjectName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let Some((namespace, name)) = text.split_once('/') else {
            let reason = "it is a namespace and a name such as `gateway-system/public`";
            return Err(ValueError::not(text, Self::WHAT, reason));
        };
        let not = |error: ValueError| ValueError::not(text, Self::WHAT, error.message);
        Ok(Self { namespace: namespace.parse().map_err(not)?, name: name.parse().map_err(not)? })
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl Scalar for ObjectName {
    const WHAT: &'static str = "a namespace and a name";
    const DESCRIPTION: &'static str = "The namespace and the name of an object, apart by `/`.";
    const PATTERN: &'static str = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$";
    const EXAMPLES: &'static [&'static str] = &["gateway-system/public", "istio-ingress/internal"];
}

scalar!(ObjectName);

/// An object's kind and name: `Deployment/web`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindName {
    kind: String,
    name: Host,
}

impl KindName {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }
}

impl FromStr for KindName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let not = |reason: &str| ValueError::not(text, Self::WHAT, reason);
        let Some((kind, name)) = text.split_once('/') else {
            return Err(not("it is a kind and a name such as `Deployment/web`"));
        };
        if !kind.starts_with(|c: char| c.is_ascii_uppercase())
            || !kind.chars().all(|c| c.is_ascii_alphanumeric())
        {
            return Err(not("a kind is letters and digits, and starts with a capital"));
        }
        let name = name.parse().map_err(|error: ValueError| not(&error.message))?;
        Ok(Self { kind: kind.to_owned(), name })
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

impl Scalar for KindName {
    const WHAT: &'static str = "a kind and a name";
    const DESCRIPTION: &'static str = "The kind and the name of an object, apart by `/`.";
    const PATTERN: &'static str = r"^[A-Z][A-Za-z0-9]*/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$";
    const EXAMPLES: &'static [&'static str] = &["Deployment/web", "Service/web"];
}

scalar!(KindName);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, round_trips};

    #[test]
    fn object_names() {
        good::<ObjectName>(&[
            ("gateway-system/public", "gateway-system/public"),
            ("a/b.c", "a/b.c"),
        ]);
        let name: ObjectName = "gateway-system/public".parse().unwrap();
        assert_eq!((name.namespace().as_str(), name.name()), ("gateway-system", "public"));
        bad::<ObjectName>(&[
            (
                "public",
                "`public` is not a namespace and a name: it is a namespace and a name such as \
                 `gateway-system/public`",
            ),
            ("a/", "`a/` is not a namespace and a name: `` is not a host: it is empty"),
        ]);
        round_trips::<ObjectName>();
    }

    #[test]
    fn kinds_and_names() {
        good::<KindName>(&[("Deployment/web", "Deployment/web"), ("Job/a.b-c", "Job/a.b-c")]);
        let name: KindName = "Deployment/web".parse().unwrap();
        assert_eq!((name.kind(), name.name()), ("Deployment", "web"));
        bad::<KindName>(&[
            (
                "web",
                "`web` is not a kind and a name: it is a kind and a name such as `Deployment/web`",
            ),
            (
                "deployment/web",
                "`deployment/web` is not a kind and a name: a kind is letters and digits, and \
                 starts with a capital",
            ),
            ("Job/", "`Job/` is not a kind and a name: `` is not a host: it is empty"),
        ]);
        round_trips::<KindName>();
    }
}
