//! Versions of Kubernetes.

use super::error::{ValueError, quoted};
use super::scalar::{Scalar, scalar};
use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes that is written for and checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KubernetesVersion {
    /// 1.35
    V1_35,
    /// 1.36
    V1_36,
    /// 1.37
    V1_37,
}

impl KubernetesVersion {
    /// All of them, the oldest first.
    pub const ALL: [Self; 3] = [Self::V1_35, Self::V1_36, Self::V1_37];

    /// `36`
    #[must_use]
    pub fn minor(self) -> u8 {
        match self {
            Self::V1_35 => 35,
            Self::V1_36 => 36,
            Self::V1_37 => 37,
        }
    }

    /// `1.36`
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1_35 => "1.35",
            Self::V1_36 => "1.36",
            Self::V1_37 => "1.37",
        }
    }
}

impl FromStr for KubernetesVersion {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let find = |text: &str| Self::ALL.into_iter().find(|version| version.as_str() == text);
        find(text).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            let error = ValueError::new(format!(
                "{} is not a supported version of Kubernetes; supported: {known}",
                quoted(text)
            ));
            // `v1.36.2` is a release of 1.36.
            let mut parts = text.trim().trim_start_matches('v').splitn(3, '.');
            let minor = parts.next().zip(parts.next()).map(|(a, b)| format!("{a}.{b}"));
            error.write(minor.and_then(|minor| find(&minor)))
        })
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Scalar for KubernetesVersion {
    const WHAT: &'static str = "a version of Kubernetes";
    const DESCRIPTION: &'static str = "The minor version of Kubernetes.";
    const PATTERN: &'static str = r"^1\.(35|36|37)$";
    const EXAMPLES: &'static [&'static str] = &["1.35", "1.36", "1.37"];
    const CLOSED: bool = true;
}

scalar!(KubernetesVersion);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good, refusal, round_trips};

    #[test]
    fn minor_versions() {
        good::<KubernetesVersion>(&[("1.35", "1.35"), ("1.36", "1.36"), ("1.37", "1.37")]);
        assert!(KubernetesVersion::V1_35 < KubernetesVersion::V1_37);
        assert_eq!(
            KubernetesVersion::ALL.map(KubernetesVersion::as_str),
            KubernetesVersion::EXAMPLES
        );
        let not = "is not a supported version of Kubernetes; supported: 1.35, 1.36, 1.37";
        bad::<KubernetesVersion>(&[
            ("1.34", &format!("`1.34` {not}")),
            ("latest", &format!("`latest` {not}")),
            ("", &format!("`` {not}")),
            ("v1.36", &format!("`v1.36` {not}\nhelp: write `1.36`")),
            ("1.36.2", &format!("`1.36.2` {not}\nhelp: write `1.36`")),
        ]);
        assert_eq!(
            refusal::<KubernetesVersion>(1.36.into()),
            "`1.36` is a number, a version of Kubernetes is wanted\nhelp: write `\"1.36\"`"
        );
        round_trips::<KubernetesVersion>();
    }
}
