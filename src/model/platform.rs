//! What runs a system.

use crate::layer::TargetName;

/// What runs the containers of a stack. Addresses, routes and what makes secrets follow from it, so
/// that an environment with both has two stacks of each system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// A cluster.
    Kubernetes,
    /// One machine.
    Compose,
}

impl Platform {
    /// All of them; what is described of an environment is told of its first one.
    pub const ALL: [Self; 2] = [Self::Kubernetes, Self::Compose];

    /// Its name in texts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Compose => "compose",
        }
    }

    /// The target whose files it reads.
    #[must_use]
    pub fn target(self) -> TargetName {
        match self {
            Self::Kubernetes => TargetName::Kubernetes,
            Self::Compose => TargetName::Compose,
        }
    }
}
