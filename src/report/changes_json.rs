//! Changes as JSON, in a shape that stays.
//!
//! ```json
//! {
//!   "version": 1,
//!   "risk": "restart",
//!   "summary": [{
//!     "environment": "prod", "system": "shop", "risk": "restart",
//!     "objects": {"added": 0, "removed": 0, "changed": 1},
//!     "files": {"added": 0, "removed": 0, "changed": 0}
//!   }],
//!   "objects": [{
//!     "environment": "prod", "system": "shop", "action": "changed",
//!     "api-version": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web",
//!     "old-path": "prod/shop/kubernetes/web.yaml", "new-path": "prod/shop/kubernetes/web.yaml",
//!     "risk": "restart", "effects": [{"risk": "restart", "reason": "pod template changed"}],
//!     "fields": [{"path": "spec.replicas", "old": 2, "new": 3}]
//!   }],
//!   "moved": [{
//!     "environment": "prod", "system": "shop", "api-version": "v1", "kind": "Service",
//!     "namespace": "shop", "name": "web", "from": "…", "to": "…"
//!   }],
//!   "files": [{
//!     "environment": "prod", "system": "shop", "path": "…", "action": "changed",
//!     "by-object": true, "risk": "none", "fields": null, "unified": "…", "note": null
//!   }],
//!   "namespaces": [{"environment": "…", "system": "…", "old": "…", "new": "…"}]
//! }
//! ```
//!
//! `risk` is `none`, `update`, `scale`, `restart`, `access`, `stop`, `unknown`, `replace` or
//! `data-loss`; `action` is `added`, `removed` or `changed`. A field has no `old` if it is new and no
//! `new` if it is gone (null is a value), and `text` with a unified diff if it has several lines. A
//! file that is told by object has no fields of its own. Keys may be added, none changes its meaning
//! without another `version`.

use crate::diff::{Changes, Counts, FieldChange, FileChange, Identity, Risk, Scope, summary};
use serde_json::{Map, Value, json};

/// All changes.
#[must_use]
pub fn json(changes: &Changes) -> Value {
    let summary = summary(changes).into_iter().map(|of| {
        let rest = json!({
            "risk": of.risk,
            "objects": counts(of.objects),
            "files": counts(of.files),
        });
        scoped(&of.scope, rest)
    });
    let objects = changes.objects.iter().map(|change| {
        let effect =
            |effect: &crate::diff::Effect| json!({"risk": effect.risk, "reason": effect.reason});
        let rest = json!({
            "action": change.action,
            "old-path": change.old_path.as_ref().map(|path| path.as_str()),
            "new-path": change.new_path.as_ref().map(|path| path.as_str()),
            "risk": change.risk(),
            "effects": change.effects.iter().map(effect).collect::<Value>(),
            "fields": fields(&change.fields),
        });
        scoped(&change.scope, named(&change.identity, rest))
    });
    let moved = changes.moved.iter().map(|moved| {
        let rest = json!({"from": moved.from.as_str(), "to": moved.to.as_str()});
        scoped(&moved.scope, named(&moved.identity, rest))
    });
    let namespaces = changes
        .namespaces
        .iter()
        .map(|change| scoped(&change.scope, json!({"old": change.old, "new": change.new})));
    json!({
        "version": 1,
        "risk": changes.risk(),
        "summary": summary.collect::<Value>(),
        "objects": objects.collect::<Value>(),
        "moved": moved.collect::<Value>(),
        "files": changes.files.iter().map(file).collect::<Value>(),
        "namespaces": namespaces.collect::<Value>(),
    })
}

fn file(change: &FileChange) -> Value {
    let rest = json!({
        "path": change.path.as_str(),
        "action": change.action,
        "by-object": change.by_object,
        "risk": change.effect.map_or(Risk::None, |effect| effect.risk),
        "fields": change.fields.as_deref().map(fields),
        "unified": change.unified,
        "note": change.note,
    });
    scoped(&change.scope, rest)
}

fn fields(fields: &[FieldChange]) -> Value {
    let field = |field: &FieldChange| {
        let mut object = Map::new();
        object.insert("path".to_owned(), json!(field.path.to_string()));
        for (key, value) in [("old", &field.old), ("new", &field.new)] {
            object.extend(value.clone().map(|value| (key.to_owned(), value)));
        }
        object.extend(field.text.clone().map(|text| ("text".to_owned(), json!(text))));
        Value::Object(object)
    };
    fields.iter().map(field).collect()
}

fn counts(counts: Counts) -> Value {
    json!({"added": counts.added, "removed": counts.removed, "changed": counts.changed})
}

fn scoped(scope: &Scope, rest: Value) -> Value {
    joined(json!({"environment": scope.environment, "system": scope.system}), rest)
}

fn named(identity: &Identity, rest: Value) -> Value {
    let name = json!({
        "api-version": identity.api_version,
        "kind": identity.kind,
        "namespace": identity.namespace,
        "name": identity.name,
    });
    joined(name, rest)
}

/// Two maps as one, in order.
fn joined(first: Value, second: Value) -> Value {
    let entries = [first, second].into_iter().flat_map(|value| match value {
        Value::Object(entries) => entries,
        _ => Map::new(),
    });
    Value::Object(entries.collect())
}

#[cfg(test)]
mod tests;
