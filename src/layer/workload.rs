//! How a service is built, run, asked for its health, sized and rolled out.

use super::form::{ShortForm, TextItem};
use crate::value::{
    self, Bytes, Cpu, Duration, EnvName, ImageName, ImageReference, Name, Percent, PortName,
    Program, RelativePath,
};
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// Own code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ context: services/api, language: rust }`")]
pub struct Build {
    /// The folder of the code, relative to the repository's root; a text.
    ///
    /// Example: `context: "services/{{ service }}"`
    pub context: Option<String>,
    /// The language, from which the Dockerfile follows.
    ///
    /// Example: `language: rust`
    pub language: Option<Language>,
    /// What cargo's dependencies are built with: `chef` unless said, whose layers any cache of
    /// images keeps; `cache-mounts` stay with the builder.
    ///
    /// Example: `strategy: cache-mounts`
    pub strategy: Option<Strategy>,
    /// The program that is built and started; the service's name unless said.
    ///
    /// Example: `binary: gateway`
    pub binary: Option<Program>,
    /// A template of the project, in `templates/`, that the Dockerfile is made of instead.
    ///
    /// Example: `template: dockerfile/elixir.j2`
    pub template: Option<RelativePath>,
    /// Where the Dockerfile is written, with its `.dockerignore` beside it, instead of below out/:
    /// a path from the repository's root; a text.
    ///
    /// Example: `publish: "services/{{ service }}/Dockerfile"`
    pub publish: Option<String>,
    /// An existing Dockerfile in the context, instead of a language.
    ///
    /// Example: `dockerfile: Dockerfile`
    pub dockerfile: Option<RelativePath>,
    /// Arguments of the existing Dockerfile, for Compose; texts as they stand.
    ///
    /// Example: `args: { NODE_VERSION: "24" }`
    pub args: Option<BTreeMap<EnvName, String>>,
    /// The stage of the existing Dockerfile that is built, for Compose; the last unless said.
    ///
    /// Example: `target: runtime`
    pub target: Option<Program>,
    /// The image is built by another repository: its name.
    ///
    /// Example: `other-repository: ghcr.io/example/billing/api`
    pub other_repository: Option<ImageName>,
}

/// A language that iac writes a Dockerfile for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Rust, built by cargo.
    Rust,
    /// Go.
    Go,
    /// Node.js.
    Node,
    /// Python.
    Python,
    /// Java.
    Java,
    /// .NET.
    Dotnet,
}

/// How a Rust program is built so that its dependencies are built once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Dependencies are a layer of their own, by cargo-chef.
    Chef,
    /// What was compiled lies in a cache of the builder.
    CacheMounts,
}

/// Where a service's image comes from.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Image {
    /// Any image; without a tag its version comes from release.yaml.
    Reference(ImageReference),
    /// Another service's own image.
    Of(BuiltImage),
}

/// Another service's own image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map `{ of: SERVICE }`")]
pub struct BuiltImage {
    /// The other service.
    ///
    /// Example: `of: web`
    pub of: Name,
}

impl Serialize for Image {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Reference(reference) => reference.serialize(serializer),
            Self::Of(other) => other.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Image {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = Image;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an image such as `ghcr.io/example/load:1.2.0`, or `{ of: SERVICE }`")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Image, E> {
                value.parse().map(Image::Reference).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Image, A::Error> {
                BuiltImage::deserialize(MapAccessDeserializer::new(map)).map(Image::Of)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

/// How a service is asked whether it is well.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ live: /health, ready: /ready }`")]
pub struct Health {
    /// Fails: the container is restarted. It must not ask what the service depends on.
    ///
    /// Example: `live: /health`
    pub live: Option<super::Short<Probe>>,
    /// Fails: the service gets no traffic.
    ///
    /// Example: `ready: { path: /ready, every: 5s }`
    pub ready: Option<super::Short<Probe>>,
    /// Asked until it succeeds once; then the others begin.
    ///
    /// Example: `start: /started`
    pub start: Option<super::Short<Probe>>,
    /// The longest that a start may take; it makes a startup probe.
    ///
    /// Example: `starts-within: 60s`
    pub starts_within: Option<Duration>,
    /// A command in the image by which Compose and the image itself learn whether it is ready, where
    /// it cannot be the question of `ready`.
    ///
    /// Example: `command: [/usr/local/bin/app, healthcheck]`
    pub command: Option<Vec<TextItem>>,
}

/// What an environment may say of health: times.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ starts-within: 120s }`")]
pub struct HealthOverride {
    /// Times of the liveness probe.
    ///
    /// Example: `live: { timeout: 10s }`
    pub live: Option<ProbeTimes>,
    /// Times of the readiness probe.
    ///
    /// Example: `ready: { every: 10s }`
    pub ready: Option<ProbeTimes>,
    /// Times of the startup probe.
    ///
    /// Example: `start: { timeout: 5s }`
    pub start: Option<ProbeTimes>,
    /// The longest that a start may take.
    ///
    /// Example: `starts-within: 120s`
    pub starts_within: Option<Duration>,
}

/// One question to a container: an HTTP path, gRPC, a TCP port, or a command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a path such as `/health`, or a map such as `{ grpc: {} }`")]
pub struct Probe {
    /// An HTTP path that answers 200.
    ///
    /// Example: `path: /health`
    pub path: Option<TextItem>,
    /// The port by name; `http` unless said, else the only one.
    ///
    /// Example: `port: admin`
    pub port: Option<PortName>,
    /// HTTP headers to send.
    ///
    /// Example: `headers: { Host: shop.example.com }`
    pub headers: Option<BTreeMap<String, String>>,
    /// The gRPC health protocol.
    ///
    /// Example: `grpc: {}`
    pub grpc: Option<Grpc>,
    /// A port, by name, that accepts a connection.
    ///
    /// Example: `tcp: redis`
    pub tcp: Option<PortName>,
    /// A command that ends with 0.
    ///
    /// Example: `exec: [/usr/local/bin/app, healthcheck]`
    pub exec: Option<Vec<TextItem>>,
    /// How often.
    ///
    /// Example: `every: 10s`
    pub every: Option<Duration>,
    /// How long an answer may take.
    ///
    /// Example: `timeout: 3s`
    pub timeout: Option<Duration>,
    /// How many failures in a row count.
    ///
    /// Example: `failures: 3`
    pub failures: Option<u32>,
}

impl ShortForm for Probe {
    type Short = String;
    const EXPECTED: &'static str = "a path such as `/health`, or a map such as `{ grpc: {} }`";

    fn expand(short: String) -> Self {
        Self { path: Some(TextItem::Literal(short)), ..Self::default() }
    }
}

/// The gRPC health protocol.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{}`")]
pub struct Grpc {
    /// The gRPC service that is asked for, if the server tells them apart.
    ///
    /// Example: `service: readiness`
    pub service: Option<String>,
}

/// Times of a probe.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "times such as `{ every: 10s }` (what is asked is the same everywhere)")]
pub struct ProbeTimes {
    /// How often.
    ///
    /// Example: `every: 10s`
    pub every: Option<Duration>,
    /// How long an answer may take.
    ///
    /// Example: `timeout: 3s`
    pub timeout: Option<Duration>,
    /// How many failures in a row count.
    ///
    /// Example: `failures: 3`
    pub failures: Option<u32>,
}

/// An endpoint that Prometheus scrapes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ port: http, path: /metrics }`")]
pub struct Metrics {
    /// The port by name; the endpoint's own name unless said.
    ///
    /// Example: `port: http`
    pub port: Option<PortName>,
    /// The path; `/metrics` unless said.
    ///
    /// Example: `path: /actuator/prometheus`
    pub path: Option<value::UrlPath>,
}

/// Amounts of CPU, memory and ephemeral storage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ cpu: 250m, memory: 512Mi }`")]
pub struct Resources {
    /// CPU, in cores or thousandths.
    ///
    /// Example: `cpu: 250m`
    pub cpu: Option<Cpu>,
    /// Memory.
    ///
    /// Example: `memory: 512Mi`
    pub memory: Option<Bytes>,
    /// Ephemeral storage.
    ///
    /// Example: `storage: 1Gi`
    pub storage: Option<Bytes>,
}

/// How many pods run. A number n is `{ min: n }` and clears `max` and `cpu`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a number, or a map such as `{ min: 2, max: 8 }`")]
pub struct Replicas {
    /// The fewest.
    ///
    /// Example: `min: 2`
    pub min: Option<u32>,
    /// The most; the same as `min` unless said. Above `min`, the number follows the load.
    ///
    /// Example: `max: 10`
    pub max: Option<u32>,
    /// The CPU use, of what is requested, at which the number stays; `70%` unless said.
    ///
    /// Example: `cpu: 60%`
    pub cpu: Option<Percent>,
    /// Whether the short form was used, which clears what it does not say.
    #[serde(skip)]
    pub exact: bool,
}

impl ShortForm for Replicas {
    type Short = u32;
    const EXPECTED: &'static str = "a number, or a map such as `{ min: 2, max: 8 }`";

    fn expand(short: u32) -> Self {
        Self { min: Some(short), exact: true, ..Self::default() }
    }
}

impl Serialize for Replicas {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut map = serializer.serialize_struct("Replicas", 3)?;
        map.serialize_field("min", &self.min)?;
        if self.exact {
            // A unit is written as `null`: it removes what earlier layers said.
            map.serialize_field("max", &())?;
            map.serialize_field("cpu", &())?;
        } else {
            map.serialize_field("max", &self.max)?;
            map.serialize_field("cpu", &self.cpu)?;
        }
        map.end()
    }
}

/// How a new version takes over; exactly one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rollout {
    /// The old pods end before new ones start.
    ///
    /// Example: `recreate: {}`
    Recreate(Empty),
    /// New pods replace old ones a few at a time; none is ever missing.
    ///
    /// Example: `rolling: { at-once: 25% }`
    Rolling(Rolling),
}

/// Nothing to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an empty map `{}`")]
pub struct Empty {}

/// A rolling update.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ at-once: 25% }`")]
pub struct Rolling {
    /// How many new pods may start beside the old ones; `25%` unless said.
    ///
    /// Example: `at-once: 25%`
    pub at_once: Option<Percent>,
}
