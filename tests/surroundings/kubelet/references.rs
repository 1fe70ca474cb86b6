//! What a pod refers to, down to the keys.

use super::super::api::Api;
use k8s_openapi::api::core::v1::{
    ConfigMap, Container, EnvFromSource, EnvVar, EnvVarSource, PersistentVolumeClaim, Secret,
};
use std::collections::BTreeSet;

/// The `ConfigMaps`, Secrets and claims of a namespace.
pub(super) struct References<'a> {
    pub(super) api: &'a Api,
    pub(super) namespace: &'a str,
}

/// What holds keys.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    ConfigMap,
    Secret,
}

impl Holder {
    /// As a kubelet calls it where it asks for the object.
    pub(super) fn plain(self) -> &'static str {
        match self {
            Self::ConfigMap => "configmap",
            Self::Secret => "secret",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

impl References<'_> {
    /// The keys of a `ConfigMap` or Secret, if it is there.
    pub(super) fn keys(&self, holder: Holder, name: &str) -> Option<BTreeSet<String>> {
        let path = format!("/api/v1/namespaces/{}/{}s/{name}", self.namespace, holder.plain());
        match holder {
            Holder::ConfigMap => self.api.get::<ConfigMap>(&path).map(|map| {
                let texts = map.data.unwrap_or_default().into_keys();
                texts.chain(map.binary_data.unwrap_or_default().into_keys()).collect()
            }),
            Holder::Secret => self
                .api
                .get::<Secret>(&path)
                .map(|secret| secret.data.unwrap_or_default().into_keys().collect()),
        }
    }

    pub(super) fn claim(&self, name: &str) -> Option<PersistentVolumeClaim> {
        let namespace = self.namespace;
        self.api.get(&format!("/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}"))
    }

    /// Everything that a container's variables need.
    pub(super) fn environment(&self, container: &Container) -> Result<(), String> {
        container.env_from.iter().flatten().try_for_each(|source| self.whole(source))?;
        container.env.iter().flatten().try_for_each(|variable| self.variable(variable))
    }

    fn whole(&self, source: &EnvFromSource) -> Result<(), String> {
        let EnvFromSource { config_map_ref, secret_ref, .. } = source;
        let config_map = config_map_ref.iter().map(|it| (Holder::ConfigMap, &it.name, it.optional));
        let secret = secret_ref.iter().map(|it| (Holder::Secret, &it.name, it.optional));
        for (holder, name, optional) in config_map.chain(secret) {
            if self.keys(holder, name).is_none() && optional != Some(true) {
                return Err(format!("{} \"{name}\" not found", holder.plain()));
            }
        }
        Ok(())
    }

    fn variable(&self, variable: &EnvVar) -> Result<(), String> {
        let Some(EnvVarSource { config_map_key_ref, secret_key_ref, .. }) = &variable.value_from
        else {
            return Ok(());
        };
        let config_map =
            config_map_key_ref.iter().map(|it| (Holder::ConfigMap, &it.name, &it.key, it.optional));
        let secret =
            secret_key_ref.iter().map(|it| (Holder::Secret, &it.name, &it.key, it.optional));
        for (holder, name, key, optional) in config_map.chain(secret) {
            let problem = match self.keys(holder, name) {
                None => format!("{} \"{name}\" not found", holder.plain()),
                Some(keys) if !keys.contains(key) => format!(
                    "couldn't find key {key} in {} {}/{name}",
                    holder.kind(),
                    self.namespace
                ),
                Some(_) => continue,
            };
            if optional != Some(true) {
                return Err(problem);
            }
        }
        Ok(())
    }
}
