//! What is used here and run by somebody else.

use super::form::{Short, ShortForm};
use crate::value::{self, Cidr, Host, PortName};
use schemars::JsonSchema;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A service that is used here and run by somebody else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ host: db.example.com }`")]
pub struct Elsewhere {
    /// The host that callers use.
    ///
    /// Example: `host: db.example.com`
    pub host: Option<Host>,
    /// The port that callers use, where it is not the service's own.
    ///
    /// Example: `port: 6432`
    pub port: Option<value::Port>,
    /// The ports that callers use, by name, where there are several.
    ///
    /// Example: `ports: { http: 443 }`
    pub ports: Option<BTreeMap<PortName, value::Port>>,
    /// Its addresses, where network policies let callers out: ranges, or `internet` for everything
    /// but private and link-local ones. Without them its ports are open to any address.
    ///
    /// Example: `addresses: [192.0.2.0/24]`
    pub addresses: Option<Addresses>,
    /// Facts that callers are told instead of the kind's own.
    ///
    /// Example: `facts: { name: shop_prod }`
    pub facts: Option<BTreeMap<String, String>>,
    /// References to the secrets that callers need, by fact.
    ///
    /// Example: `secrets: { password: shared/db#password }`
    pub secrets: Option<BTreeMap<String, Short<SecretSource>>>,
    /// `false`: run here after all.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// What an environment may say of a service that is run by somebody else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ host: db.example.com }`")]
pub struct ElsewhereOverride {
    /// The host that callers use.
    ///
    /// Example: `host: db.example.com`
    pub host: Option<Host>,
    /// The port that callers use, where it is not the service's own.
    ///
    /// Example: `port: 6432`
    pub port: Option<value::Port>,
    /// The ports that callers use, by name, where there are several.
    ///
    /// Example: `ports: { http: 443 }`
    pub ports: Option<BTreeMap<PortName, value::Port>>,
    /// Its addresses, where network policies let callers out: ranges, or `internet` for everything
    /// but private and link-local ones. Without them its ports are open to any address.
    ///
    /// Example: `addresses: [192.0.2.0/24]`
    pub addresses: Option<Addresses>,
    /// Facts that callers are told instead of the kind's own.
    ///
    /// Example: `facts: { name: shop_prod }`
    pub facts: Option<BTreeMap<String, String>>,
    /// References to the secrets that callers need, by fact.
    ///
    /// Example: `secrets: { password: shared/db#password }`
    pub secrets: Option<BTreeMap<String, Short<SecretSource>>>,
    /// Confirms that the host is the same as in the environment that this one is `like`.
    ///
    /// Example: `same: true`
    pub same: Option<bool>,
    /// `false`: run here after all.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// Where a secret of a service that is run elsewhere lies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a reference such as `shared/db#password`, or a map `{ from: … }`")]
pub struct SecretSource {
    /// Where the secret lies in the store: `path#property`.
    ///
    /// Example: `from: shared/db#password`
    pub from: Option<String>,
}

impl ShortForm for SecretSource {
    type Short = String;
    const EXPECTED: &'static str =
        "a reference such as `shared/db#password`, or a map `{ from: … }`";

    fn expand(short: String) -> Self {
        Self { from: Some(short) }
    }
}

/// Something that is used and not run here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ hosts: [lab.example.com], ports: { opcua: 4840 } }`")]
pub struct External {
    /// Its host names; the first is what callers use.
    ///
    /// Example: `hosts: [lab.example.com]`
    pub hosts: Option<Vec<Host>>,
    /// Its ports by name.
    ///
    /// Example: `ports: { opcua: 4840 }`
    pub ports: Option<BTreeMap<PortName, value::Port>>,
    /// Its addresses, where network policies let callers out: ranges, or `internet` for everything
    /// but private and link-local ones. Without them its ports are open to any address.
    ///
    /// Example: `addresses: [192.0.2.0/24]`
    pub addresses: Option<Addresses>,
    /// `false`: not used here.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// What an environment may say of an external.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ hosts: [lab.example.com] }`")]
pub struct ExternalOverride {
    /// Its host names; the first is what callers use.
    ///
    /// Example: `hosts: [lab.test.example.com]`
    pub hosts: Option<Vec<Host>>,
    /// Its ports by name.
    ///
    /// Example: `ports: { opcua: 14840 }`
    pub ports: Option<BTreeMap<PortName, value::Port>>,
    /// Its addresses, where network policies let callers out: ranges, or `internet` for everything
    /// but private and link-local ones. Without them its ports are open to any address.
    ///
    /// Example: `addresses: [192.0.2.0/24]`
    pub addresses: Option<Addresses>,
    /// `false`: not used here.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
}

/// The addresses of what is not run here.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum Addresses {
    /// Everything but private and link-local ranges.
    Internet(#[schemars(with = "Internet")] ()),
    /// These ranges.
    Ranges(Vec<Cidr>),
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "kebab-case")]
#[expect(dead_code, reason = "only its schema is used")]
enum Internet {
    Internet,
}

impl Serialize for Addresses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Internet(()) => serializer.serialize_str("internet"),
            Self::Ranges(ranges) => ranges.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Addresses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = Addresses;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of ranges such as `[192.0.2.0/24]`, or `internet`")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Addresses, E> {
                if value == "internet" {
                    return Ok(Addresses::Internet(()));
                }
                Err(E::invalid_value(serde::de::Unexpected::Str(value), &self))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Addresses, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(Addresses::Ranges)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}
