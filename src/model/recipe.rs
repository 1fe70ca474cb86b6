//! How the image of own code is made: the same in every environment.

use super::{Image, SelfCheck};
use crate::layer::{Protocol, Strategy};
use crate::value::{AbsolutePath, Name, Program, RelativePath, RepositoryUrl};
use std::collections::BTreeSet;

/// How the image of a service is made.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Its system.
    pub system: Name,
    /// The service.
    pub service: Name,
    /// What it is for, if somebody said it.
    pub about: Option<String>,
    /// The file that describes it.
    pub source: String,
    /// Where its code is, for people.
    pub repository: Option<RepositoryUrl>,
    /// The folder of its code.
    pub context: RelativePath,
    /// Where its Dockerfile is written, from the project's root; below the output folder unless said.
    pub published: Option<RelativePath>,
    /// What its Dockerfile is made of.
    pub made_by: MadeBy,
    /// The program that is built and started, if somebody named it.
    pub binary: Option<Program>,
    /// The user it runs as.
    pub user: u32,
    /// The group it runs as.
    pub group: u32,
    /// The ports on which containers of the image listen, in any environment.
    pub ports: BTreeSet<ImagePort>,
    /// Folders that are written to, in any environment.
    pub folders: BTreeSet<AbsolutePath>,
    /// How a container is asked whether it is well.
    pub health: Option<HealthCheck>,
}

/// What a Dockerfile is made of.
#[derive(Debug, Clone)]
pub enum MadeBy {
    /// The template of a language.
    Language(Box<ByLanguage>),
    /// A template of the project's own, by its path below `templates/`.
    Template(RelativePath),
}

/// What the Dockerfile of a language needs.
#[derive(Debug, Clone)]
pub struct ByLanguage {
    /// The language, by the name of its template.
    pub name: &'static str,
    /// How dependencies are built once.
    pub strategy: Strategy,
    /// What it is built in.
    pub builder: Image,
    /// What it runs on.
    pub runtime: Image,
}

impl MadeBy {
    /// The template, by its path below `templates/`.
    #[must_use]
    pub fn template(&self) -> String {
        match self {
            Self::Language(by) => format!("dockerfile/{}.j2", by.name),
            Self::Template(path) => path.to_string(),
        }
    }
}

/// A port on which an image listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImagePort {
    /// The number.
    pub number: u16,
    /// Whether it takes datagrams.
    pub udp: bool,
}

impl ImagePort {
    /// A port that speaks this protocol.
    #[must_use]
    pub fn new(number: u16, protocol: Protocol) -> Self {
        Self { number, udp: protocol == Protocol::Udp }
    }
}

/// How a container of an image asks itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCheck {
    /// The command and its times.
    pub check: SelfCheck,
    /// The image whose `wget` is copied for it, if it needs one.
    pub wget: Option<Image>,
}
