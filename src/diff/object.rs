//! Kubernetes objects: found in files, paired by what they are called, compared by field.

use super::between::{Namespaces, is_namespace};
use super::fields::{self, FieldChange};
use super::read::{Content, Reading, is_secret};
use super::risk::{self, Moved as MovedData, Reread};
use super::{Action, Changes, Moved, ObjectChange, Scope};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What an object is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The kind, for instance `Deployment`.
    pub kind: String,
    /// The namespace, if it says one.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// The API's group and version, for instance `apps/v1`.
    pub api_version: String,
}

impl Identity {
    /// The API's group, for instance `apps`; empty for the core API.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.rsplit_once('/').map_or("", |(group, _)| group)
    }

    /// The name without the hash of a job's pod template, by which a changed job is another object.
    fn family(&self) -> &str {
        let is_hash = |text: &str| {
            text.len() == HASH_LENGTH
                && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        match self.name.rsplit_once('-') {
            Some((name, hash)) if self.is_job() && is_hash(hash) => name,
            _ => &self.name,
        }
    }

    fn is_job(&self) -> bool {
        self.kind == "Job" && self.group() == "batch"
    }
}

/// The digits of the hash that ends a job's name.
const HASH_LENGTH: usize = 10;

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

/// An object and the file that holds it.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) scope: Scope,
    path: Utf8PathBuf,
    pub(super) identity: Identity,
    value: Value,
}

/// Which objects are the same one.
pub(super) struct Pairing {
    between: bool,
}

/// What two objects must have in common to be the same one.
type Key = (String, String, String, String, Option<String>, String);

impl Pairing {
    pub(super) fn new(between: bool) -> Self {
        Self { between }
    }

    fn key(&self, object: &Object) -> Key {
        let identity = &object.identity;
        // An object may move from one system to another, but environments never meet.
        let system = if self.between { object.scope.system.clone() } else { String::new() };
        let namespace = if self.between { None } else { identity.namespace.clone() };
        (
            object.scope.environment.clone(),
            system,
            identity.group().to_owned(),
            identity.kind.clone(),
            namespace,
            identity.family().to_owned(),
        )
    }
}

/// The documents of a file, those inside a `List` one by one.
fn documents(reading: &Reading) -> Option<Vec<&Value>> {
    let Content::Documents(documents) = &reading.content else { return None };
    let mut all = Vec::new();
    for document in documents {
        match (document.get("kind").and_then(Value::as_str), document.get("items")) {
            (Some("List"), Some(Value::Array(items))) => all.extend(items),
            _ => all.push(document),
        }
    }
    Some(all)
}

fn identity(value: &Value) -> Option<Identity> {
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
    };
    let metadata = value.get("metadata")?;
    Some(Identity {
        kind: text(value.get("kind"))?,
        namespace: text(metadata.get("namespace")),
        name: text(metadata.get("name")).or_else(|| text(metadata.get("generateName")))?,
        api_version: text(value.get("apiVersion"))?,
    })
}

/// Whether a file holds objects and nothing else.
pub(super) fn all_objects(reading: &Reading) -> bool {
    documents(reading)
        .is_some_and(|documents| documents.into_iter().all(|value| identity(value).is_some()))
}

pub(super) fn objects(reading: Option<Reading>, path: &Utf8Path, scope: &Scope) -> Vec<Object> {
    let Some(reading) = reading else { return Vec::new() };
    let object = |value: &Value| {
        let identity = identity(value)?;
        let value = value.clone();
        Some(Object { scope: scope.clone(), path: path.to_owned(), identity, value })
    };
    documents(&reading).unwrap_or_default().into_iter().filter_map(object).collect()
}

/// Adds what became of the objects to `changes`.
pub(super) fn compare(
    mut old: Vec<Object>,
    new: Vec<Object>,
    pairing: &Pairing,
    changes: &mut Changes,
) {
    let namespaces = if pairing.between {
        let namespaces = Namespaces::of(&old, &new);
        for object in old.iter_mut().filter(|object| is_namespace(object)) {
            namespaces.rename(object);
        }
        namespaces
    } else {
        Namespaces::default()
    };
    let mut groups: BTreeMap<Key, (Vec<Object>, Vec<Object>)> = BTreeMap::new();
    for object in old {
        groups.entry(pairing.key(&object)).or_default().0.push(object);
    }
    for object in new {
        groups.entry(pairing.key(&object)).or_default().1.push(object);
    }
    let mut aside = Aside::default();
    for (old, new) in groups.into_values() {
        for pair in pairs(old, new) {
            one(pair, &namespaces, pairing, &mut aside, changes);
        }
    }
    for change in changes.objects.iter_mut().filter(|_| !pairing.between) {
        aside.reread.tell(change);
        aside.moved.tell(change);
    }
    changes.objects.sort_by(|a, b| {
        let key = |change: &ObjectChange| {
            (change.scope.clone(), change.identity.clone(), change.action, change.new_path.clone())
        };
        key(a).cmp(&key(b))
    });
    changes
        .moved
        .sort_by(|a, b| (&a.scope, &a.identity, &a.from).cmp(&(&b.scope, &b.identity, &b.from)));
    changes.namespaces = namespaces.changes();
}

/// What one change tells of others.
#[derive(Default)]
struct Aside {
    reread: Reread,
    moved: MovedData,
}

type Pair = (Option<Object>, Option<Object>);

/// Pairs objects that are called alike: those of the same file first, then those of the same
/// system, then as they come.
fn pairs(old: Vec<Object>, new: Vec<Object>) -> Vec<Pair> {
    let mut old: Vec<Option<Object>> = old.into_iter().map(Some).collect();
    let mut new: Vec<Option<Object>> = new.into_iter().map(Some).collect();
    let mut pairs = Vec::new();
    let tests: [fn(&Object, &Object) -> bool; 3] =
        [|a, b| a.path == b.path, |a, b| a.scope == b.scope, |_, _| true];
    for alike in tests {
        for before in &mut old {
            let partner = new.iter_mut().find(|after| match (&*before, &**after) {
                (Some(before), Some(after)) => alike(before, after),
                _ => false,
            });
            if let Some(after) = partner {
                pairs.push((before.take(), after.take()));
            }
        }
    }
    pairs.extend(old.into_iter().flatten().map(|object| (Some(object), None)));
    pairs.extend(new.into_iter().flatten().map(|object| (None, Some(object))));
    pairs
}

fn one(
    (old, new): Pair,
    namespaces: &Namespaces,
    pairing: &Pairing,
    aside: &mut Aside,
    changes: &mut Changes,
) {
    let Some(shown) = new.as_ref().or(old.as_ref()) else { return };
    let (scope, identity) = (shown.scope.clone(), shown.identity.clone());
    let (action, fields) = match (&old, &new) {
        (Some(old), Some(new)) => {
            let mut fields = fields::compare(&old.value, &new.value);
            namespaces.forget(&scope, &mut fields);
            if old.identity.name != new.identity.name {
                // It follows from the other fields.
                fields.retain(|field| field.path.to_string() != "metadata.name");
            }
            (Action::Changed, fields)
        }
        (None, _) => (Action::Added, Vec::new()),
        (_, None) => (Action::Removed, Vec::new()),
    };
    if let (Some(old), Some(new)) = (&old, &new)
        && old.path != new.path
    {
        let (from, to) = (old.path.clone(), new.path.clone());
        changes.moved.push(Moved { scope: scope.clone(), identity: identity.clone(), from, to });
    }
    if action == Action::Changed && fields.is_empty() {
        return;
    }
    let is_another = old.iter().zip(&new).any(|(old, new)| old.identity.name != new.identity.name);
    let effects = if pairing.between {
        Vec::new()
    } else if is_another {
        vec![risk::ANOTHER_JOB]
    } else {
        let [old, new] = [&old, &new].map(|side| side.as_ref().map(|object| &object.value));
        risk::effects(&identity, old, new, &fields)
    };
    let after = new.as_ref().map(|object| &object.value);
    aside.reread.add(&scope.environment, &identity, &effects, after);
    aside.moved.add(&scope.environment, &identity, old.as_ref().map(|it| &it.value), after);
    let is_secret = is_secret(&identity.api_version, &identity.kind);
    changes.objects.push(ObjectChange {
        scope,
        action,
        old_path: old.map(|object| object.path),
        new_path: new.map(|object| object.path),
        fields: if is_secret { fields.into_iter().map(hidden).collect() } else { fields },
        effects,
        identity,
    });
}

/// A field of a Secret, without the values.
fn hidden(field: FieldChange) -> FieldChange {
    if !field.path.starts_with("data") && !field.path.starts_with("stringData") {
        return field;
    }
    let hide = |value: Option<Value>| value.map(without_values);
    FieldChange { old: hide(field.old), new: hide(field.new), text: None, path: field.path }
}

fn without_values(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter().map(|(key, value)| (key, without_values(value))).collect(),
        ),
        _ => Value::String("(hidden)".to_owned()),
    }
}
