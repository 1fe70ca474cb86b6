//! Which keys of a system an environment may say: found by walking both types side by side.

use super::super::schema::definition_name;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Who may say a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// An environment too.
    Anyone,
    /// The system alone.
    System,
    /// An environment too, but only in some of the places that a type is used in.
    Depends,
}

/// Who may say each key of each type.
#[derive(Debug, Default)]
pub(super) struct Layers {
    keys: BTreeMap<(String, String), Who>,
    seen: BTreeSet<(String, Option<String>)>,
}

/// A type and its keys.
struct Type<'a> {
    name: String,
    keys: Vec<(&'a String, &'a Value)>,
}

impl Layers {
    /// Compares what a system says with what an environment says of it.
    pub(super) fn new(system: &Value, environment: &Value) -> Self {
        let mut layers = Self::default();
        let roots = (Found::root(system, "System"), Found::root(environment, "SystemOverride"));
        layers.walk(&roots.0, Some(&roots.1));
        layers
    }

    /// Who may say a key of a type; nothing for types that no system uses.
    pub(super) fn of(&self, name: &str, key: &str) -> Option<Who> {
        self.keys.get(&(name.to_owned(), key.to_owned())).copied()
    }

    fn walk(&mut self, ours: &Found<'_>, theirs: Option<&Found<'_>>) {
        for ours_type in ours.types() {
            // A word or a map: the map is what can be walked.
            let theirs_types = theirs.map(Found::types).unwrap_or_default();
            let theirs_type = theirs_types.first();
            let pair = (ours_type.name.clone(), theirs_type.map(|it| it.name.clone()));
            if !self.seen.insert(pair) {
                continue;
            }
            for (key, schema) in &ours_type.keys {
                let other = theirs_type
                    .and_then(|it| it.keys.iter().find(|(name, _)| name == key))
                    .map(|(_, schema)| *schema);
                let who = if other.is_some() { Who::Anyone } else { Who::System };
                self.keys
                    .entry((ours_type.name.clone(), (*key).clone()))
                    .and_modify(|known| {
                        if *known != who {
                            *known = Who::Depends;
                        }
                    })
                    .or_insert(who);
                let below = theirs.zip(other).map(|(theirs, schema)| theirs.below(schema));
                self.walk(&ours.below(schema), below.as_ref());
            }
        }
    }
}

/// A schema within its file.
struct Found<'a> {
    schema: &'a Value,
    definitions: Option<&'a Map<String, Value>>,
    /// The name of the type, where no reference says it.
    name: &'static str,
}

impl<'a> Found<'a> {
    fn root(schema: &'a Value, name: &'static str) -> Self {
        let definitions = schema.get("$defs").and_then(Value::as_object);
        Self { schema, definitions, name }
    }

    fn below(&self, schema: &'a Value) -> Self {
        Self { schema, definitions: self.definitions, name: "" }
    }

    /// The types that a schema leads to, through references, alternatives, lists and maps.
    fn types(&self) -> Vec<Type<'a>> {
        let mut types = Vec::new();
        self.collect(self.schema, self.name, &mut types);
        types
    }

    fn collect(&self, schema: &'a Value, name: &str, types: &mut Vec<Type<'a>>) {
        let keys = super::types::keys(schema);
        if !keys.is_empty() {
            let keys = keys.into_iter().map(|key| (key.name, key.schema)).collect();
            types.push(Type { name: name.to_owned(), keys });
            return;
        }
        if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(definition_name)
            && let Some(definition) = self.definitions.and_then(|all| all.get(name))
        {
            self.collect(definition, name, types);
        }
        let forms = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        let inner = ["items", "additionalProperties"].iter().filter_map(|key| schema.get(key));
        for form in forms.chain(inner) {
            self.collect(form, "", types);
        }
    }
}
