//! A container of a service: what it runs, what it is told, what it is asked.

use super::{Image, Port};
use crate::value::{
    AbsolutePath, Bytes, Capability, Cpu, Duration, EnvName, Name, PortName, SecretKey,
};
use std::collections::BTreeMap;

/// A container, complete.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its name.
    pub name: Name,
    /// The keys below the service that say it; none for the main one.
    pub origin: Vec<String>,
    /// Its image.
    pub image: Image,
    /// Whose image it is: a service's, or that of `SERVICE/CONTAINER`.
    pub image_of: String,
    /// Replaces the image's entrypoint, if present.
    pub command: Option<Vec<String>>,
    /// Arguments of the entrypoint, if present.
    pub args: Option<Vec<String>>,
    /// The folder in which the program starts, if not the image's own.
    pub workdir: Option<AbsolutePath>,
    /// Its environment variables, in order of name.
    pub variables: Vec<Variable>,
    /// The secrets that are files for it, in order of key.
    pub secrets: Vec<SecretFile>,
    /// The volumes that it mounts.
    pub mounts: Vec<Mount>,
    /// Its own ports, in order of name.
    pub ports: Vec<Port>,
    /// What it is asked.
    pub probes: Probes,
    /// How it learns by itself whether it is ready.
    pub self_check: SelfCheck,
    /// What it requests.
    pub requests: Resources,
    /// What it may use at most.
    pub limits: Resources,
    /// The user it runs as, if not the service's.
    pub user: Option<u32>,
    /// Whether it may write outside its volumes.
    pub writable_root: bool,
    /// Capabilities of the kernel that it has; none for most.
    pub capabilities: Vec<Capability>,
    /// Whether it may do everything on its node.
    pub privileged: bool,
}

/// A secret that is a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// The key in the service's secrets.
    pub key: SecretKey,
    /// Where the file is.
    pub path: AbsolutePath,
    /// Whether the service starts without it.
    pub optional: bool,
}

/// A mounted volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The volume of the service.
    pub volume: Name,
    /// Where it is mounted.
    pub path: AbsolutePath,
}

/// What a container is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probes {
    /// Until it succeeds once.
    pub start: Option<Probe>,
    /// Fails: restart.
    pub live: Option<Probe>,
    /// Fails: no traffic.
    pub ready: Option<Probe>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The question.
    pub check: ProbeCheck,
    /// How often.
    pub every: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How many failures in a row count.
    pub failures: u32,
}

/// How a container is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeCheck {
    /// By HTTP.
    Http {
        /// The path.
        path: String,
        /// The port.
        port: PortName,
        /// Headers to send.
        headers: BTreeMap<String, String>,
    },
    /// By gRPC's health protocol.
    Grpc {
        /// The port's number: Kubernetes takes no name here.
        port: u16,
        /// The gRPC service.
        service: Option<String>,
    },
    /// By a connection.
    Tcp {
        /// The port.
        port: PortName,
    },
    /// By a command.
    Exec {
        /// The command and its arguments.
        command: Vec<String>,
    },
}

/// The path of the program that asks by HTTP, in images for which iac writes the Dockerfile.
pub const WGET: &str = "/usr/local/bin/wget";

/// How a container learns by itself whether it is ready, where no kubelet asks it: by a command
/// that runs in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelfCheck {
    /// A command that ends with 0.
    Command {
        /// The command and its arguments.
        command: Vec<String>,
        /// How often.
        every: Duration,
        /// How long it may take.
        timeout: Duration,
        /// The longest that a start may take.
        starts_within: Option<Duration>,
    },
    /// Nothing in its image can ask, and why.
    Unasked(&'static str),
}

impl SelfCheck {
    /// How many failures in a row count.
    pub const FAILURES: u32 = 3;

    /// Whether the command is the one that iac copies into images.
    #[must_use]
    pub fn needs_wget(&self) -> bool {
        matches!(self, Self::Command { command, .. } if command.first().is_some_and(|it| it == WGET))
    }
}

/// An environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: EnvName,
    /// Its value.
    pub value: VariableValue,
    /// The keys below the service that say it, for instance `config.LOG_LEVEL`.
    pub origin: Vec<String>,
    /// The text from which the value was evaluated, if it was, and the facts it used.
    pub text: Option<(String, Vec<String>)>,
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariableValue {
    /// A text, literal.
    Text(String),
    /// A key of the service's secrets.
    Secret {
        /// The key.
        key: SecretKey,
        /// Whether the service starts without it.
        optional: bool,
    },
    /// A text with references to variables that hold secrets: literal parts and names in turn.
    Joined(Vec<Part>),
}

/// A part of a text with secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// A variable.
    Variable(EnvName),
}

/// Amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resources {
    /// CPU.
    pub cpu: Option<Cpu>,
    /// Memory.
    pub memory: Option<Bytes>,
    /// Ephemeral storage.
    pub storage: Option<Bytes>,
}
