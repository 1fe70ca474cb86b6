//! A service, complete.

use super::{Flow, Image, Volume};
use crate::layer::{Protocol, Run, TokenRule};
use crate::value::{
    AbsolutePath, Bytes, Cpu, Duration, EnvName, Host, LabelValue, Name, Percent, PortName,
    SecretKey,
};
use std::collections::BTreeMap;

/// A service of a system, as it runs in one environment.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// What it is for, if somebody said it.
    pub about: Option<String>,
    /// The file that describes it.
    pub source: String,
    /// What it is.
    pub kind: ServiceKind,
    /// Its image.
    pub image: Image,
    /// The version that people know it by, if it can be a label.
    pub version: Option<LabelValue>,
    /// Whether it is called or not.
    pub run: Run,
    /// Replaces the image's entrypoint, if present.
    pub command: Option<Vec<String>>,
    /// Arguments of the entrypoint, if present.
    pub args: Option<Vec<String>>,
    /// The folder in which the program starts, if not the image's own.
    pub workdir: Option<AbsolutePath>,
    /// Its ports, in order of name.
    pub ports: Vec<Port>,
    /// What it is asked.
    pub probes: Probes,
    /// What Prometheus scrapes.
    pub metrics: Vec<Endpoint>,
    /// Whom it calls.
    pub flows: Vec<Flow>,
    /// Its environment variables, in order of name.
    pub variables: Vec<Variable>,
    /// Its files, in order of path.
    pub files: Vec<File>,
    /// Its secrets, in order of key.
    pub secrets: Vec<Secret>,
    /// Its volumes, in order of name.
    pub volumes: Vec<Volume>,
    /// What it requests.
    pub requests: Resources,
    /// What it may use at most.
    pub limits: Resources,
    /// How many pods run.
    pub replicas: Replicas,
    /// How a new version takes over.
    pub rollout: Rollout,
    /// How long it may take to stop.
    pub stop_within: Duration,
    /// The user it runs as.
    pub user: u32,
    /// The group it runs as, and that owns its volumes.
    pub group: u32,
    /// Whether it may write outside its volumes.
    pub writable_root: bool,
    /// What it may ask the Kubernetes API; empty for most.
    pub token: Vec<TokenRule>,
    /// Where the public reaches it.
    pub exposed: Option<Exposed>,
    /// The services that it waits for at its start.
    pub needs: Vec<Name>,
}

/// What a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceKind {
    /// Own code.
    Own {
        /// The folder of the code, if the project builds it.
        context: Option<String>,
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

/// What a container is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// A secret that the container gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The key in the service's secrets.
    pub key: SecretKey,
    /// Where it lies in the store.
    pub reference: SecretReference,
    /// How the container gets it.
    pub form: SecretForm,
    /// Whether the service starts without it.
    pub optional: bool,
    /// The keys below the service that say it.
    pub origin: Vec<String>,
}

/// Where a secret lies in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretReference {
    /// The path.
    pub path: String,
    /// The property of what lies there.
    pub property: String,
}

/// How a container gets a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretForm {
    /// A file at this path.
    File(AbsolutePath),
    /// A variable, which `variables` holds.
    Variable,
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

/// Where the public reaches a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// The hosts; at least one.
    pub hosts: Vec<Host>,
    /// The path below which the service answers.
    pub path: String,
    /// Whether it is reached by https.
    pub tls: bool,
}
