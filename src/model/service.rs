//! A service, complete.

use super::{
    Budget, Caller, Change, Container, Exception, Exposed, Flow, Marks, Patch, Placement, Provided,
    Run, Volume,
};
use crate::layer::{PodSecurityLevel, Protocol, TokenRule};
use crate::reference::readable;
use crate::value::{
    AbsolutePath, Duration, Host, LabelValue, Name, Namespace, Percent, PortName, SecretKey,
};
use std::collections::BTreeMap;

/// A service of a system, as it runs in one environment.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// What it is for, if somebody said it.
    pub about: Option<String>,
    /// Who looks after it, if somebody said it.
    pub owner: Option<String>,
    /// The namespace in which it lives.
    pub namespace: Namespace,
    /// The level of that namespace, where it is one beside the system's own.
    pub beside: Option<PodSecurityLevel>,
    /// The file that describes it.
    pub source: String,
    /// What it is.
    pub kind: ServiceKind,
    /// The version that people know it by, if it can be a label.
    pub version: Option<LabelValue>,
    /// How it runs.
    pub run: Run,
    /// What it may use up, if it ends by itself.
    pub budget: Option<Budget>,
    /// The service before whose releases it runs, if it is the `migrate` of one.
    pub migrates: Option<Name>,
    /// Its main container.
    pub container: Container,
    /// Containers that run beside it, in order of name.
    pub sidecars: Vec<Container>,
    /// Containers that end before the main one starts, in their order.
    pub init: Vec<Container>,
    /// The ports of all its containers, in order of name.
    pub ports: Vec<Port>,
    /// What Prometheus scrapes.
    pub metrics: Vec<Endpoint>,
    /// Whom it calls.
    pub flows: Vec<Flow>,
    /// Who calls it, in order of system and name.
    pub callers: Vec<Caller>,
    /// Its files, in order of path.
    pub files: Vec<File>,
    /// Its files that hold secrets.
    pub sealed: Sealed,
    /// The secrets of all its containers, in order of key.
    pub secrets: Vec<Secret>,
    /// The volumes of all its containers, in order of name.
    pub volumes: Vec<Volume>,
    /// How many pods run.
    pub replicas: Replicas,
    /// How a new version takes over.
    pub rollout: Rollout,
    /// How long it may take to stop.
    pub stop_within: Duration,
    /// How long it goes on after it was told to stop, so that nobody is sent to it any more when it
    /// ends; nothing where nobody calls it.
    pub drain: Option<Duration>,
    /// How long a new pod must be well until it counts.
    pub settles_within: Duration,
    /// How long a rollout may go without a pod that gets well, until it has failed.
    pub progress_within: Duration,
    /// The user it runs as.
    pub user: u32,
    /// The group it runs as, and that owns its volumes.
    pub group: u32,
    /// What it may ask the Kubernetes API; empty for most.
    pub token: Vec<TokenRule>,
    /// Where it may ask that: namespaces by their level, none for the system's own.
    pub watches: Vec<Option<PodSecurityLevel>>,
    /// Whether it shares its node's network.
    pub host_network: bool,
    /// Whether it sees its node's processes.
    pub host_pid: bool,
    /// What it does that others need not.
    pub exceptions: Vec<Exception>,
    /// On which nodes it runs.
    pub placement: Placement,
    /// Labels of its objects, which select nothing.
    pub labels: Marks,
    /// Annotations of its objects.
    pub annotations: Marks,
    /// The Secret with which its images are pulled, if it takes one.
    pub pull_secret: Option<Host>,
    /// What an operator is told of it, if one makes its pods.
    pub provided: Option<Provided>,
    /// Where the public reaches it.
    pub exposed: Option<Exposed>,
    /// The ports of the machine at which Compose publishes its ports.
    pub published: BTreeMap<PortName, u16>,
    /// The profile with which Compose starts it, if it does not always.
    pub profile: Option<Name>,
    /// What it changes of its objects, in order of kind and name.
    pub patches: Vec<Patch>,
    /// What it changes of its service in Compose.
    pub compose_patch: Option<Change>,
    /// The jobs that must have ended before it starts.
    pub after: Vec<Name>,
    /// The services that it waits for at its start, and those jobs.
    pub needs: Vec<Name>,
}

impl Service {
    /// The name of the object that holds its secrets. Those that it starts without have an object
    /// of their own, so that a missing one stops nothing.
    #[must_use]
    pub fn secrets_name(&self, optional: bool) -> String {
        let suffix = if optional { "secrets-optional" } else { "secrets" };
        format!("{}-{suffix}", self.name)
    }

    /// The name of the Secret that holds its files with secrets.
    #[must_use]
    pub fn sealed_name(&self) -> String {
        format!("{}-sealed-files", self.name)
    }
}

/// What a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceKind {
    /// Own code.
    Own {
        /// The folder of the code, if the project builds it.
        context: Option<String>,
        /// Arguments of an existing Dockerfile.
        args: BTreeMap<String, String>,
        /// The stage of it that is built, if not the last.
        target: Option<String>,
        /// The Dockerfile in that folder, where iac does not write it.
        dockerfile: Option<String>,
        /// Where iac writes it, from the project's root, if not below the output folder.
        published: Option<String>,
        /// How it is built, for people: a language or a Dockerfile.
        built_by: Option<String>,
    },
    /// A kind of the catalogue.
    Kind {
        /// The kind.
        kind: Name,
        /// Its version.
        version: String,
    },
    /// Any image.
    Image,
}

/// A port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: PortName,
    /// The port on which the container listens.
    pub number: u16,
    /// What is spoken.
    pub protocol: Protocol,
    /// The number that callers use; none where they cannot.
    pub service: Option<u16>,
    /// Whether only peers use it.
    pub internal: bool,
}

/// An endpoint that Prometheus scrapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name.
    pub name: PortName,
    /// The port.
    pub port: PortName,
    /// The path.
    pub path: String,
}

/// A mounted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it is mounted.
    pub path: AbsolutePath,
    /// Its text.
    pub text: String,
    /// Its permissions.
    pub mode: u32,
    /// The keys below the service that say it.
    pub origin: Vec<String>,
}

/// The files of a service that hold secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The files, in order of path.
    pub files: Vec<SealedFile>,
    /// The secrets that they hold, in order of key.
    pub secrets: Vec<Secret>,
}

/// A mounted file that holds secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// Where it is mounted.
    pub path: AbsolutePath,
    /// Its name in the volume.
    pub name: String,
    /// Its key in the Secret. Where people write the Secret it ends in a hash of the text, so that
    /// a changed text needs a new key.
    pub key: String,
    /// Its text, without any value of a secret.
    pub parts: Vec<FilePart>,
    /// Its permissions.
    pub mode: u32,
    /// The keys below the service that say it.
    pub origin: Vec<String>,
}

/// A part of a file that holds secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilePart {
    /// Literal text.
    Text(String),
    /// A secret, by its key.
    Secret(SecretKey),
}

impl SealedFile {
    /// Its text for people, in which secrets stand as `{{ KEY }}`.
    #[must_use]
    pub fn text(&self) -> String {
        let part = |part: &FilePart| match part {
            FilePart::Text(text) => readable(text),
            FilePart::Secret(key) => format!("{{{{ {key} }}}}"),
        };
        self.parts.iter().map(part).collect()
    }
}

impl FilePart {
    /// The secret that it is, if it is one.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretKey> {
        match self {
            Self::Text(_) => None,
            Self::Secret(key) => Some(key),
        }
    }
}

/// A secret that a container of the service gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The key in the service's secrets.
    pub key: SecretKey,
    /// Where it lies in the store.
    pub reference: SecretReference,
    /// Whether the service starts without it.
    pub optional: bool,
    /// Where its value comes from in Compose, if somebody said it.
    pub make: Option<Make>,
    /// The keys below the service that say it.
    pub origin: Vec<String>,
}

/// Where the value of a secret comes from, where nobody keeps a store of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Make {
    /// Random bytes.
    Random,
    /// Whoever starts the system is asked.
    Ask,
    /// Random letters.
    Letters {
        /// How many.
        length: u32,
        /// The letters to choose from.
        alphabet: String,
    },
    /// A command in the service's image.
    Command {
        /// The command and its arguments.
        command: Vec<String>,
        /// The secrets of the service that it writes.
        gives: Vec<SecretKey>,
    },
}

/// Where a secret lies in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretReference {
    /// The path.
    pub path: String,
    /// The property of what lies there.
    pub property: String,
}

/// How many pods run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replicas {
    /// The fewest.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// The CPU use at which the number stays.
    pub cpu: Percent,
}

/// How a new version takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollout {
    /// The old pods end first.
    Recreate,
    /// A few at a time.
    Rolling {
        /// How many new pods may start beside the old ones.
        at_once: Percent,
    },
}
