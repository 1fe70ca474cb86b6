//! Ports and flows.

use super::data::ConfigValue;
use super::form::{OneOrMany, ShortForm};
use crate::value::{self, EnvName, Name, PortName};
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A port of a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a port number, or a map such as `{ port: 8080 }`")]
pub struct Port {
    /// The port on which the container listens.
    ///
    /// Example: `port: 8080`
    pub port: Option<value::Port>,
    /// `http`, `grpc`, `tcp` or `udp`; without it the port's name decides (`http`, `grpc`), else
    /// `tcp`.
    ///
    /// Example: `protocol: grpc`
    pub protocol: Option<Protocol>,
    /// The number that callers use, where it is another one; `none` keeps the port out of the
    /// Service.
    ///
    /// Example: `service-port: 80`
    pub service_port: Option<ServicePort>,
    /// A port that peers use among themselves: it is never a flow's default.
    ///
    /// Example: `internal: true`
    pub internal: Option<bool>,
}

impl ShortForm for Port {
    type Short = value::Port;
    const EXPECTED: &'static str = "a port number, or a map such as `{ port: 8080 }`";

    fn expand(short: value::Port) -> Self {
        Self { port: Some(short), ..Self::default() }
    }
}

/// What is spoken on a port.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// HTTP/1.1 or HTTP/2 over TCP.
    Http,
    /// gRPC over TCP.
    Grpc,
    /// Anything over TCP.
    Tcp,
    /// Anything over UDP.
    Udp,
}

/// The number that callers of a port use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum ServicePort {
    /// Callers cannot use the port.
    None(#[schemars(with = "NoPort")] ()),
    /// This number.
    Number(value::Port),
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
enum NoPort {
    None,
}

impl Serialize for ServicePort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None(()) => serializer.serialize_str("none"),
            Self::Number(port) => port.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ServicePort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl Visitor<'_> for Forms {
            type Value = ServicePort;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a port number, or `none`")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<ServicePort, E> {
                if value == "none" {
                    return Ok(ServicePort::None(()));
                }
                Err(E::invalid_value(serde::de::Unexpected::Str(value), &self))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<ServicePort, E> {
                use serde::de::IntoDeserializer;
                value::Port::deserialize(value.into_deserializer()).map(ServicePort::Number)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

/// A flow: this service calls that one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{}` or `{ as: database }`")]
pub struct Use {
    /// The prefix of the variables that the callee binds; without it, the callee's name.
    ///
    /// Example: `as: database`
    #[serde(rename = "as")]
    pub prefix: Option<Name>,
    /// What is bound instead: the name of one variable that holds `host:port`, a map of texts, or
    /// `none`.
    ///
    /// Example: `env: CART_SERVICE_ADDR`
    pub env: Option<UseEnv>,
    /// The callee's port, or several, by name; without it, the only one that is neither `metrics`
    /// nor internal.
    ///
    /// Example: `port: grpc`
    pub port: Option<OneOrMany<PortName>>,
    /// Chooses among what the callee offers, for instance one of several databases.
    ///
    /// Example: `pick: { bucket: artefacts }`
    pub pick: Option<BTreeMap<String, String>>,
    /// The service works without the callee; `{ otherwise: { NAME: value } }` says what is bound
    /// where the callee is absent.
    ///
    /// Example: `optional: true`
    pub optional: Option<Optional>,
    /// `false`: the service may start before the callee.
    ///
    /// Example: `at-start: false`
    pub at_start: Option<bool>,
    /// `false` leaves an optional flow out.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// What an environment may say of a flow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map `{ enabled: false }`")]
pub struct UseOverride {
    /// `false` leaves an optional flow out.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// Whether a flow may be absent.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Optional {
    /// `true`: it may.
    Plain(bool),
    /// It may, and these variables are set instead.
    Otherwise(Otherwise),
}

/// What is bound where an optional callee is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map `{ otherwise: { NAME: value } }`")]
pub struct Otherwise {
    /// Variables and their values.
    ///
    /// Example: `otherwise: { CACHE_URL: "memory://" }`
    pub otherwise: BTreeMap<EnvName, ConfigValue>,
}

impl<'de> Deserialize<'de> for Optional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = Optional;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, or a map `{ otherwise: { NAME: value } }`")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Optional, E> {
                Ok(Optional::Plain(value))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Optional, A::Error> {
                Otherwise::deserialize(MapAccessDeserializer::new(map)).map(Optional::Otherwise)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

/// Which variables a flow binds.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum UseEnv {
    /// None at all.
    None(#[schemars(with = "NoPort")] ()),
    /// One, which holds `host:port`.
    Address(EnvName),
    /// These, each a text over the callee's facts.
    Texts(BTreeMap<EnvName, String>),
}

impl Serialize for UseEnv {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None(()) => serializer.serialize_str("none"),
            Self::Address(name) => name.serialize(serializer),
            Self::Texts(texts) => texts.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for UseEnv {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = UseEnv;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a variable's name, a map of variables and texts, or `none`")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<UseEnv, E> {
                if value == "none" {
                    return Ok(UseEnv::None(()));
                }
                value.parse().map(UseEnv::Address).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<UseEnv, A::Error> {
                let texts: BTreeMap<EnvName, Option<String>> =
                    BTreeMap::deserialize(MapAccessDeserializer::new(map))?;
                // A `null` removes what an earlier layer said.
                let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text?)));
                Ok(UseEnv::Texts(texts.collect()))
            }
        }

        deserializer.deserialize_any(Forms)
    }
}

/// Which other systems may use a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map `{ to: [SYSTEM, …] }`")]
pub struct Offer {
    /// The systems.
    ///
    /// Example: `to: [iot-edge]`
    pub to: Option<Vec<Name>>,
}
