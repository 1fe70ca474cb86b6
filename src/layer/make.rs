//! Where values of secrets come from on a developer's own machine.

use crate::value::SecretKey;
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Where the value of a secret comes from in Compose.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Make {
    /// By a word.
    Word(MakeWord),
    /// Letters of one's own choice, or a command.
    Made(MakeBy),
}

/// Where the value of a secret comes from, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MakeWord {
    /// 32 random bytes, as 64 hexadecimal digits.
    Random,
    /// Whoever runs the script is asked.
    Ask,
}

/// How the value of a secret is made: of random letters, or by a command.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ length: 20 }`")]
pub struct MakeBy {
    /// How many random letters.
    ///
    /// Example: `length: 20`
    pub length: Option<u32>,
    /// The letters to choose from; letters and digits unless said.
    ///
    /// Example: `alphabet: "0123456789"`
    pub alphabet: Option<String>,
    /// A command that is run in the service's image, in an empty folder: it writes a file for each
    /// secret that it gives, called like the secret.
    ///
    /// Example: `command: [/usr/local/bin/app, make-keys]`
    pub command: Option<Vec<String>>,
    /// The secrets of the service that the command writes; this one alone unless said.
    ///
    /// Example: `gives: [SIGNING_KEY, VERIFYING_KEY]`
    pub gives: Option<Vec<SecretKey>>,
}

impl Serialize for Make {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Word(word) => word.serialize(serializer),
            Self::Made(by) => by.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Make {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;

        impl<'de> Visitor<'de> for Forms {
            type Value = Make;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`random`, `ask`, or a map such as `{ length: 20 }`")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Make, E> {
                MakeWord::deserialize(value.into_deserializer()).map(Make::Word)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Make, A::Error> {
                MakeBy::deserialize(MapAccessDeserializer::new(map)).map(Make::Made)
            }
        }

        deserializer.deserialize_any(Forms)
    }
}
