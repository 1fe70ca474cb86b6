//! What the files of an environment need, and others bring.

use crate::model::Stack;
use std::collections::{BTreeMap, BTreeSet};

/// What the model knows of an environment and its files do not say.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Secrets that people or an operator make: namespace and name, then the keys.
    pub secrets: BTreeMap<(String, String), BTreeSet<String>>,
    /// The storage classes of the cluster; none where nobody said them.
    pub storage_classes: Option<BTreeSet<String>>,
}

impl Expected {
    /// What the stacks of one environment expect.
    pub fn of<'a>(stacks: impl IntoIterator<Item = &'a Stack>) -> Self {
        let mut expected = Self::default();
        for stack in stacks {
            for service in stack.services.values() {
                if let Some(secret) = &service.pull_secret {
                    let object = (service.namespace.to_string(), secret.to_string());
                    let keys = expected.secrets.entry(object).or_default();
                    keys.insert(".dockerconfigjson".to_owned());
                }
                for secret in &service.secrets {
                    let object =
                        (service.namespace.to_string(), service.secrets_name(secret.optional));
                    expected.secrets.entry(object).or_default().insert(secret.key.to_string());
                }
            }
            let classes = stack.environment.storage.values().filter_map(|tier| tier.class.as_ref());
            let classes = classes.map(ToString::to_string);
            expected.storage_classes.get_or_insert_default().extend(classes);
        }
        expected
    }
}
