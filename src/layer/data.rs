//! Configuration, files, secrets and volumes of a service.

use super::form::{ShortForm, Template};
use super::make::Make;
use crate::value::{AbsolutePath, Bytes, Name};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// The value of an environment variable: text, a number or a boolean, written as it stands; or
/// `{ text }`, which is evaluated.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum ConfigValue {
    /// Written as it stands.
    Literal(#[schemars(with = "Scalar")] String),
    /// Evaluated over the facts.
    Template(Template),
}

/// Text, a number or a boolean.
struct Scalar;

impl JsonSchema for Scalar {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Scalar".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

impl Serialize for ConfigValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(text) => serializer.serialize_str(text),
            Self::Template(template) => template.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ConfigValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = ConfigValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number, `true` or `false`, or a map `{ text: \"…\" }`")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<ConfigValue, E> {
                Ok(ConfigValue::Literal(value.to_owned()))
            }

            // The loader refuses numbers that would not be written back as they were typed, so
            // their display is their source text.
            fn visit_i64<E: Error>(self, value: i64) -> Result<ConfigValue, E> {
                Ok(ConfigValue::Literal(value.to_string()))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<ConfigValue, E> {
                Ok(ConfigValue::Literal(value.to_string()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<ConfigValue, E> {
                Ok(ConfigValue::Literal(value.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ConfigValue, A::Error> {
                Template::deserialize(MapAccessDeserializer::new(map)).map(ConfigValue::Template)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

/// A file that is mounted into the container.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ from: app.toml }`")]
pub struct File {
    /// The file below `environments/<system>/files/`; a leading `/` means the repository's root.
    /// A name that ends in `.j2` is a text, evaluated over the facts.
    ///
    /// Example: `from: app.toml.j2`
    pub from: Option<String>,
    /// Permissions in octal, quoted; `"0444"` unless said.
    ///
    /// Example: `mode: "0555"`
    pub mode: Option<String>,
    /// `false` leaves the file out.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// A reference to a secret; never its value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a reference such as `api-gateway/jwt#secret`, or a map `{ from: … }`")]
pub struct Secret {
    /// Where the secret lies in the store: `path#property`.
    ///
    /// Example: `from: api-gateway/jwt#secret`
    pub from: Option<String>,
    /// How the container gets it: `file` (the default; `NAME_FILE` holds the path) or `env`.
    ///
    /// Example: `as: env`
    #[serde(rename = "as")]
    pub form: Option<SecretAs>,
    /// Where the file is mounted; `/run/secrets/<name>` unless said.
    ///
    /// Example: `path: /etc/api-gateway/jwt.key`
    pub path: Option<AbsolutePath>,
    /// The service starts without it.
    ///
    /// Example: `optional: true`
    pub optional: Option<bool>,
    /// Where Compose's `secrets-init.sh` takes its value from: `random` (unless said), `ask`, a
    /// `length` of letters, or a `command`.
    ///
    /// Example: `make: ask`
    pub make: Option<Make>,
    /// `false` leaves the secret out.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

impl ShortForm for Secret {
    type Short = String;
    const EXPECTED: &'static str =
        "a reference such as `api-gateway/jwt#secret`, or a map `{ from: … }`";

    fn expand(short: String) -> Self {
        Self { from: Some(short), ..Self::default() }
    }
}

/// How a container gets a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretAs {
    /// A mounted file.
    File,
    /// An environment variable.
    Env,
}

/// What an environment may say of a secret: where it lies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a reference such as `api-gateway/jwt#secret`, or a map `{ from: … }`")]
pub struct SecretOverride {
    /// Where the secret lies in the store: `path#property`.
    ///
    /// Example: `from: api-gateway/jwt-test#secret`
    pub from: Option<String>,
    /// `false` leaves the secret out.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

impl ShortForm for SecretOverride {
    type Short = String;
    const EXPECTED: &'static str = Secret::EXPECTED;

    fn expand(short: String) -> Self {
        Self { from: Some(short), ..Self::default() }
    }
}

/// A volume: a claim of its own (`size`), scratch space (`scratch`), or one of the system's
/// (`of`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ path: /work, scratch: 2Gi }`")]
pub struct Volume {
    /// Where it is mounted. A kind's own data volumes know theirs.
    ///
    /// Example: `path: /var/lib/app`
    pub path: Option<AbsolutePath>,
    /// Size of a claim of its own; with several replicas, one claim each.
    ///
    /// Example: `size: 10Gi`
    pub size: Option<Bytes>,
    /// The storage tier, which each environment maps to a storage class; `general` unless said.
    ///
    /// Example: `tier: database`
    pub tier: Option<Name>,
    /// One claim for all replicas; the tier must say `shared`.
    ///
    /// Example: `shared: true`
    pub shared: Option<bool>,
    /// Scratch space that ends with the pod: its limit, or `unlimited`.
    ///
    /// Example: `scratch: 2Gi`
    pub scratch: Option<Scratch>,
    /// Keeps the scratch space in memory, where it counts against the container's limit.
    ///
    /// Example: `memory: true`
    pub memory: Option<bool>,
    /// The name of one of the system's own volumes.
    ///
    /// Example: `of: models`
    pub of: Option<Name>,
    /// `false` leaves the volume out.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// The limit of scratch space.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Scratch {
    /// As much as the node has.
    Unlimited(#[schemars(with = "Unlimited")] ()),
    /// At most this.
    Limit(Bytes),
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
enum Unlimited {
    Unlimited,
}

impl Serialize for Scratch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unlimited(()) => serializer.serialize_str("unlimited"),
            Self::Limit(bytes) => bytes.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Scratch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "unlimited" {
            return Ok(Self::Unlimited(()));
        }
        text.parse().map(Self::Limit).map_err(D::Error::custom)
    }
}

/// What an environment may say of a volume.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ size: 200Gi }`")]
pub struct VolumeOverride {
    /// Size of the claim.
    ///
    /// Example: `size: 200Gi`
    pub size: Option<Bytes>,
    /// The storage tier.
    ///
    /// Example: `tier: database`
    pub tier: Option<Name>,
    /// `false` leaves the volume out.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// A volume of the system, which several services may mount.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ size: 50Gi, shared: true }`")]
pub struct SharedVolume {
    /// Size of the claim.
    ///
    /// Example: `size: 50Gi`
    pub size: Option<Bytes>,
    /// The storage tier; `general` unless said.
    ///
    /// Example: `tier: shared`
    pub tier: Option<Name>,
    /// Several pods write to it at once; the tier must say `shared`.
    ///
    /// Example: `shared: true`
    pub shared: Option<bool>,
}

/// What an environment may say of a volume of the system.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ size: 50Gi }`")]
pub struct SharedVolumeOverride {
    /// Size of the claim.
    ///
    /// Example: `size: 200Gi`
    pub size: Option<Bytes>,
    /// The storage tier.
    ///
    /// Example: `tier: shared`
    pub tier: Option<Name>,
}
