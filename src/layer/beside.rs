//! Containers beside the main one of a service.

use super::data::{ConfigValue, Secret, SecretOverride};
use super::exception::{Capabilities, User};
use super::form::{Short, TextItem};
use super::network::Port;
use super::workload::{Health, HealthOverride, Image, Resources};
use crate::value::{AbsolutePath, EnvName, Name, PortName, SecretKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Declares `Sidecar` with all keys and `Init` with those that a container has which ends before
/// the others begin: nobody calls it, and nobody asks how it is.
macro_rules! container_keys {
    (
        only a sidecar: { $( $(#[$own_meta:meta])* $own:ident: $own_type:ty, )* }
        init too: { $( $(#[$meta:meta])* $key:ident: $type:ty, )* }
    ) => {
        /// A container that runs beside the main one, as long as it does. It sees the service's
        /// files and what flows tell in its texts, and has variables of its own.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        #[serde(expecting = "a container: a map of keys such as `image` and `args`")]
        pub struct Sidecar {
            $( $(#[$own_meta])* pub $own: Option<$own_type>, )*
            $( $(#[$meta])* pub $key: Option<$type>, )*
        }

        /// A container that runs and ends before the main one starts. It sees the service's files
        /// and what flows tell in its texts, and has variables of its own.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        #[serde(expecting = "a container: a map of keys such as `image` and `args`")]
        pub struct Init {
            $( $(#[$meta])* pub $key: Option<$type>, )*
        }

        impl From<Init> for Sidecar {
            fn from(init: Init) -> Self {
                Self { $( $key: init.$key, )* ..Self::default() }
            }
        }
    };
}

container_keys! {
    only a sidecar: {
        /// The ports on which it listens, by name: they are the service's.
        ///
        /// Example: `ports: { metrics: 9187 }`
        ports: BTreeMap<PortName, Short<Port>>,
        /// How it is asked whether it is well.
        ///
        /// Example: `health: { ready: /ready }`
        health: Health,
    }
    init too: {
        /// Its image; the service's own unless said.
        ///
        /// Example: `image: docker.io/envoyproxy/envoy:v1.36.2`
        image: Image,
        /// Replaces the image's entrypoint.
        ///
        /// Example: `command: [/usr/local/bin/proxy]`
        command: Vec<TextItem>,
        /// Arguments of the entrypoint.
        ///
        /// Example: `args: ["--config=/etc/proxy/proxy.yaml"]`
        args: Vec<TextItem>,
        /// Environment variables.
        ///
        /// Example: `config: { UPSTREAM: { text: "{{ uses.db.address }}" } }`
        config: BTreeMap<EnvName, ConfigValue>,
        /// References to secrets, by name.
        ///
        /// Example: `secrets: { PROXY_KEY: shop/proxy#key }`
        secrets: BTreeMap<SecretKey, Short<Secret>>,
        /// What it requests; its memory is also its limit.
        ///
        /// Example: `resources: { cpu: 50m, memory: 64Mi }`
        resources: Resources,
        /// Limits that differ from what is requested.
        ///
        /// Example: `limits: { memory: 128Mi }`
        limits: Resources,
        /// The user it runs as; the service's own unless said.
        ///
        /// Example: `user: 101`
        user: Short<User>,
        /// What it may ask of the kernel that others may not, and why.
        ///
        /// Example: `capabilities: { add: [NET_ADMIN], why: it sets up routes }`
        capabilities: Capabilities,
        /// Volumes of the service that it mounts, and where.
        ///
        /// Example: `volumes: { data: /data }`
        volumes: BTreeMap<Name, AbsolutePath>,
        /// `false` leaves it out.
        ///
        /// Example: `enabled: false`
        enabled: bool,
    }
}

/// Declares what an environment may say of a container, as `container_keys` does.
macro_rules! override_keys {
    (
        only a sidecar: { $( $(#[$own_meta:meta])* $own:ident: $own_type:ty, )* }
        init too: { $( $(#[$meta:meta])* $key:ident: $type:ty, )* }
    ) => {
        /// What an environment may say of a container beside the main one.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        #[serde(expecting = "a map such as `{ resources: { memory: 128Mi } }`")]
        pub struct SidecarOverride {
            $( $(#[$own_meta])* pub $own: Option<$own_type>, )*
            $( $(#[$meta])* pub $key: Option<$type>, )*
        }

        /// What an environment may say of a container that runs before the main one.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        #[serde(expecting = "a map such as `{ resources: { memory: 128Mi } }`")]
        pub struct InitOverride {
            $( $(#[$meta])* pub $key: Option<$type>, )*
        }
    };
}

override_keys! {
    only a sidecar: {
        /// Times of the probes.
        ///
        /// Example: `health: { starts-within: 120s }`
        health: HealthOverride,
    }
    init too: {
        /// Environment variables.
        ///
        /// Example: `config: { LOG_LEVEL: debug }`
        config: BTreeMap<EnvName, ConfigValue>,
        /// Where secrets lie here.
        ///
        /// Example: `secrets: { PROXY_KEY: shop/proxy-test#key }`
        secrets: BTreeMap<SecretKey, Short<SecretOverride>>,
        /// What it requests; its memory is also its limit.
        ///
        /// Example: `resources: { memory: 128Mi }`
        resources: Resources,
        /// Limits that differ from what is requested.
        ///
        /// Example: `limits: { memory: 256Mi }`
        limits: Resources,
        /// `false` leaves it out.
        ///
        /// Example: `enabled: false`
        enabled: bool,
    }
}
