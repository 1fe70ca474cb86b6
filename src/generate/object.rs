//! A generated object: its tree with references, and where its parts come from.

use serde::Serialize;
use serde_json::Value;

/// Where an optional part of an object comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// JSON pointer of the part.
    pub pointer: String,
    /// The keys of the model that cause it, below the service.
    pub keys: Vec<String>,
}

/// An object with references in its texts, see [`crate::reference`].
#[derive(Debug, Clone)]
pub struct Object {
    /// The object.
    pub value: Value,
    /// Whether its kind is not Kubernetes' own, so that a cluster alone knows its schema.
    pub custom: bool,
    /// The service that it belongs to; none for what belongs to the system.
    pub service: Option<String>,
    /// Where its optional parts come from.
    pub origins: Vec<Origin>,
}

impl Object {
    /// An object of a service.
    ///
    /// # Panics
    /// If the typed object cannot be written as JSON, which its type rules out.
    pub fn of_service(service: &str, object: &impl Serialize) -> Self {
        let value = serde_json::to_value(object).expect("typed objects are plain trees");
        Self { value, custom: false, service: Some(service.to_owned()), origins: Vec::new() }
    }

    /// An object of the system.
    ///
    /// # Panics
    /// As [`Object::of_service`].
    pub fn of_system(object: &impl Serialize) -> Self {
        let value = serde_json::to_value(object).expect("typed objects are plain trees");
        Self { value, custom: false, service: None, origins: Vec::new() }
    }

    /// Says that its kind is not Kubernetes' own.
    #[must_use]
    pub fn custom(self) -> Self {
        Self { custom: true, ..self }
    }

    /// Records where a part comes from.
    #[must_use]
    pub fn origin<S: Into<String>>(
        mut self,
        pointer: impl Into<String>,
        keys: impl IntoIterator<Item = S>,
    ) -> Self {
        let keys = keys.into_iter().map(Into::into).collect();
        self.origins.push(Origin { pointer: pointer.into(), keys });
        self
    }

    /// The keys behind a part: those of the nearest part around it.
    #[must_use]
    pub fn keys_of(&self, pointer: &str) -> Option<&[String]> {
        self.origins
            .iter()
            .filter(|origin| {
                pointer
                    .strip_prefix(&origin.pointer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .max_by_key(|origin| origin.pointer.len())
            .map(|origin| origin.keys.as_slice())
    }
}
