//! Two values compared field by field.

use super::list;
use super::path::{FieldPath, Segment};
use super::unified;
use serde_json::Value;

/// A field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Where it is.
    pub path: FieldPath,
    /// What it was; absent if the field was.
    pub old: Option<Value>,
    /// What it is; absent if the field is.
    pub new: Option<Value>,
    /// The difference line by line, if both are texts and one has several lines.
    pub text: Option<String>,
}

impl FieldChange {
    pub(super) fn new(path: FieldPath, old: Option<&Value>, new: Option<&Value>) -> Self {
        let text = match (old, new) {
            (Some(Value::String(old)), Some(Value::String(new)))
                if old.contains('\n') || new.contains('\n') =>
            {
                Some(unified::hunks(old, new))
            }
            _ => None,
        };
        Self { path, old: old.cloned(), new: new.cloned(), text }
    }
}

/// Everything in which two values differ. The order of a map's keys does not matter, the order of a
/// list's items does.
pub(super) fn compare(old: &Value, new: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    values(&FieldPath::default(), old, new, &mut changes);
    changes
}

/// As [`compare`], for files of several documents.
pub(super) fn compare_documents(old: &[Value], new: &[Value]) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    list::by_position(&FieldPath::default(), old, new, &mut changes);
    changes
}

pub(super) fn values(path: &FieldPath, old: &Value, new: &Value, changes: &mut Vec<FieldChange>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let below = path.with(Segment::Key(key.clone()));
                match (old.get(key), new.get(key)) {
                    (Some(old), Some(new)) => values(&below, old, new, changes),
                    (old, new) => changes.push(FieldChange::new(below, old, new)),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => list::compare(path, old, new, changes),
        (old, new) if old != new => {
            changes.push(FieldChange::new(path.clone(), Some(old), Some(new)));
        }
        _ => {}
    }
}
