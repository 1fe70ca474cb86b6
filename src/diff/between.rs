//! Two environments of one tree, compared as if they were one before and after.

use super::fields::FieldChange;
use super::object::Object;
use super::{Changes, Files, NamespaceChange, Scope, View, compare_as};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Compares the environments `a` and `b` of one tree, without their first folder.
///
/// Objects are the same if they have the same system, kind and name: their namespaces may differ, and
/// that is told once for each system. Nothing is applied, so nothing has a risk.
#[must_use]
pub fn between(files: &Files, a: &str, b: &str) -> Changes {
    let below = |environment: &str| -> Files {
        let inside = files.iter().filter_map(|(path, text)| {
            let path = path.strip_prefix(environment).ok()?;
            (!path.as_str().is_empty()).then(|| (path.to_owned(), text.clone()))
        });
        inside.collect()
    };
    compare_as(&below(a), &below(b), &View::Between { old: a, new: b })
}

pub(super) fn is_namespace(object: &Object) -> bool {
    object.identity.kind == "Namespace" && object.identity.api_version == "v1"
}

/// Which namespace of the second environment stands for which of the first, for each system.
#[derive(Default)]
pub(super) struct Namespaces {
    pairs: BTreeMap<Scope, BTreeSet<(String, String)>>,
}

impl Namespaces {
    /// What the objects tell that have the same kind and name in both environments, once.
    pub(super) fn of(old: &[Object], new: &[Object]) -> Self {
        type Name<'a> = (&'a Scope, &'a str, &'a str, &'a str);
        fn by_name(objects: &[Object]) -> BTreeMap<Name<'_>, Vec<&str>> {
            let mut names: BTreeMap<Name<'_>, Vec<&str>> = BTreeMap::new();
            for object in objects {
                let identity = &object.identity;
                let name =
                    (&object.scope, identity.group(), &*identity.kind, identity.name.as_str());
                names.entry(name).or_default().extend(identity.namespace.as_deref());
            }
            names
        }
        let new = by_name(new);
        let mut pairs: BTreeMap<Scope, BTreeSet<(String, String)>> = BTreeMap::new();
        for (name, old) in by_name(old) {
            if let ([old], Some([new])) = (&old[..], new.get(&name).map(|new| &new[..]))
                && old != new
            {
                let pair = ((*old).to_owned(), (*new).to_owned());
                pairs.entry(name.0.clone()).or_default().insert(pair);
            }
        }
        Self { pairs }
    }

    /// Calls a Namespace of the first environment by its name in the second.
    pub(super) fn rename(&self, object: &mut Object) {
        let pairs = self.pairs.get(&object.scope).into_iter().flatten();
        let mut names = pairs.filter(|(old, _)| *old == object.identity.name);
        if let (Some((_, new)), None) = (names.next(), names.next()) {
            object.identity.name.clone_from(new);
        }
    }

    /// Takes out fields that differ by the namespace alone.
    pub(super) fn forget(&self, scope: &Scope, fields: &mut Vec<FieldChange>) {
        let Some(pairs) = self.pairs.get(scope) else { return };
        fields.retain(|field| match (&field.old, &field.new) {
            (Some(Value::String(old)), Some(Value::String(new))) => {
                !pairs.iter().any(|(from, to)| in_namespace(old, from, to) == *new)
            }
            _ => true,
        });
    }

    pub(super) fn changes(&self) -> Vec<NamespaceChange> {
        let of = |(scope, pairs): (&Scope, &BTreeSet<(String, String)>)| {
            let change = |(old, new): &(String, String)| NamespaceChange {
                scope: scope.clone(),
                old: old.clone(),
                new: new.clone(),
            };
            pairs.iter().map(change).collect::<Vec<_>>()
        };
        self.pairs.iter().flat_map(of).collect()
    }
}

/// A text with one namespace in place of another: the whole text, a host name in the cluster, or
/// the name of a service account. Elsewhere the same letters may mean something else.
fn in_namespace(text: &str, from: &str, to: &str) -> String {
    if text == from {
        return to.to_owned();
    }
    let mut text = text.to_owned();
    for (before, behind) in [(".", ".svc"), ("/ns/", "/"), (":", ":")] {
        let whole = |name: &str| format!("{before}{name}{behind}");
        text = text.replace(&whole(from), &whole(to));
    }
    text
}
