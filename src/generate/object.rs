//! A generated object: its tree with references, and where its parts come from.

use crate::source::Place;
use crate::tree::{Node, Value};
use serde::Serialize;

/// Where an optional part of an object comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// JSON pointer of the part.
    pub pointer: String,
    /// What causes it.
    pub cause: Cause,
}

/// What causes a part of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Keys of the model, below the service.
    Keys(Vec<String>),
    /// The very words, which stand here.
    Said(Place),
}

/// An object with references in its texts, see [`crate::reference`].
#[derive(Debug, Clone)]
pub struct Object {
    /// The object.
    pub value: serde_json::Value,
    /// Whether its kind is not Kubernetes' own, so that a cluster alone knows its schema.
    pub custom: bool,
    /// The service that it belongs to; none for what belongs to the system.
    pub service: Option<String>,
    /// Where its optional parts come from. Of two of one part, the later is true.
    pub origins: Vec<Origin>,
    /// What was removed from it: the pointer of what held it, and where that is said.
    pub removals: Vec<(String, Place)>,
    /// What is said above it.
    pub comments: Vec<String>,
}

impl Object {
    /// An object of a service.
    ///
    /// # Panics
    /// If the typed object cannot be written as JSON, which its type rules out.
    pub fn of_service(service: &str, object: &impl Serialize) -> Self {
        Self::new(Some(service.to_owned()), object)
    }

    /// An object of the system.
    ///
    /// # Panics
    /// As [`Object::of_service`].
    pub fn of_system(object: &impl Serialize) -> Self {
        Self::new(None, object)
    }

    fn new(service: Option<String>, object: &impl Serialize) -> Self {
        Self {
            value: serde_json::to_value(object).expect("typed objects are plain trees"),
            custom: false,
            service,
            origins: Vec::new(),
            removals: Vec::new(),
            comments: Vec::new(),
        }
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
        self.origins.push(Origin { pointer: pointer.into(), cause: Cause::Keys(keys) });
        self
    }

    /// Records that the whole object stands in a file.
    pub fn said(&mut self, node: &Node) {
        said(&mut self.origins, node, &mut String::new());
    }

    /// What causes a part: the cause of the nearest part around it.
    #[must_use]
    pub fn cause_of(&self, pointer: &str) -> Option<&Cause> {
        self.origins
            .iter()
            .filter(|origin| is_within(pointer, &origin.pointer))
            .max_by_key(|origin| origin.pointer.len())
            .map(|origin| &origin.cause)
    }

    /// The keys behind a part, where keys of the model cause it.
    #[must_use]
    pub fn keys_of(&self, pointer: &str) -> Option<&[String]> {
        match self.cause_of(pointer)? {
            Cause::Keys(keys) => Some(keys),
            Cause::Said(_) => None,
        }
    }
}

/// Records that a part, to which a JSON pointer leads, stands in a file with all that is in it.
pub(super) fn said(origins: &mut Vec<Origin>, node: &Node, pointer: &mut String) {
    origins.push(Origin { pointer: pointer.clone(), cause: Cause::Said(node.place) });
    let length = pointer.len();
    match &node.value {
        Value::Map(map) => {
            for (key, entry) in &map.entries {
                pointer.push('/');
                pointer.push_str(&escaped(key));
                said(origins, &entry.node, pointer);
                // The key tells more than where its value begins.
                let cause = Cause::Said(entry.key);
                origins.push(Origin { pointer: pointer.clone(), cause });
                pointer.truncate(length);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                said(origins, item, pointer);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// A key as a JSON pointer has it.
#[must_use]
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Whether a JSON pointer leads to a part or into it.
#[must_use]
pub(super) fn is_within(pointer: &str, part: &str) -> bool {
    pointer.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
