//! What pods read of changed configuration: those that restart in the same change see it then.

use super::{Effect, Risk, table};
use crate::diff::{Action, Identity, ObjectChange};
use serde_json::Value;
use std::collections::BTreeSet;

/// Where a pod names what it reads, and under which key the name stands.
const NAMED: &[(&str, &str, &str)] = &[
    ("configMap", "name", "ConfigMap"),
    ("configMapRef", "name", "ConfigMap"),
    ("configMapKeyRef", "name", "ConfigMap"),
    ("secret", "secretName", "Secret"),
    ("secret", "name", "Secret"),
    ("secretRef", "name", "Secret"),
    ("secretKeyRef", "name", "Secret"),
];

/// What pods that restart read: by environment, namespace, kind and name.
#[derive(Default)]
pub(in crate::diff) struct Reread(BTreeSet<(String, Option<String>, &'static str, String)>);

impl Reread {
    /// Adds what the pods of a workload read, if applying it restarts them.
    pub(in crate::diff) fn add(
        &mut self,
        environment: &str,
        identity: &Identity,
        effects: &[Effect],
        new: Option<&Value>,
    ) {
        let restarts = effects.iter().any(|effect| effect.risk == Risk::Restart);
        let template = new.and_then(|new| new.get("spec")?.get("template"));
        let Some(template) = template.filter(|_| restarts) else { return };
        let mut names = BTreeSet::new();
        read(template, &mut names);
        self.0.extend(names.into_iter().map(|(kind, name)| {
            (environment.to_owned(), identity.namespace.clone(), kind, name.to_owned())
        }));
    }

    /// Says of a changed object that pods read it when they restart, if they do.
    pub(in crate::diff) fn tell(&self, change: &mut ObjectChange) {
        let Identity { kind, namespace, name, .. } = &change.identity;
        let is_read = self.0.iter().any(|(environment, of, read, called)| {
            *environment == change.scope.environment
                && of == namespace
                && read == kind
                && called == name
        });
        if change.action != Action::Changed || !is_read {
            return;
        }
        for effect in change.effects.iter_mut().filter(|effect| **effect == table::LATE) {
            *effect = table::AT_RESTART;
        }
    }
}

/// The kinds and names of what a value names.
fn read<'a>(value: &'a Value, names: &mut BTreeSet<(&'static str, &'a str)>) {
    match value {
        Value::Object(map) => {
            for (key, below) in map {
                let rows = NAMED.iter().filter(|(named, ..)| named == key);
                names.extend(
                    rows.filter_map(|(_, at, kind)| Some((*kind, below.get(at)?.as_str()?))),
                );
                read(below, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| read(item, names)),
        _ => {}
    }
}
