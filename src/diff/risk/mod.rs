//! What applying a change does to what runs, and to whom.
//!
//! The rules are a table: [`table::FIELDS`] says what becomes of a field, the first rule that fits;
//! [`table::ACCESS`] says who gains or loses a right, every rule that fits; [`table::ADDED`] and
//! [`table::REMOVED`] speak of whole objects.

mod compose;
mod kinds;
mod moved;
mod quantity;
mod readers;
mod table;

pub(super) use compose::of_compose;
pub(super) use moved::Moved;
pub(super) use readers::Reread;
pub(super) use table::ANOTHER_JOB;

use super::fields::FieldChange;
use super::object::Identity;
use super::path::Segment;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// What applying a change does, from harmless to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Nothing that runs is touched.
    None,
    /// It takes effect in place.
    Update,
    /// The number of pods changes.
    Scale,
    /// Pods are restarted.
    Restart,
    /// Somebody may do more, or less.
    Access,
    /// Something stops, or can no longer be reached.
    Stop,
    /// What it does could not be told.
    Unknown,
    /// Kubernetes refuses it: the object must be deleted and made anew.
    Replace,
    /// Data may be lost.
    DataLoss,
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Update => "update",
            Self::Scale => "scale",
            Self::Restart => "restart",
            Self::Access => "access",
            Self::Stop => "stop",
            Self::Unknown => "unknown",
            Self::Replace => "replace",
            Self::DataLoss => "data-loss",
        })
    }
}

/// A risk and its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// What it does.
    pub risk: Risk,
    /// Why, in a few words.
    pub reason: &'static str,
}

/// A row of the table.
struct Rule {
    /// Kinds, as `Deployment.apps`, of the core API as `Service`; `*` is every kind.
    kinds: &'static [&'static str],
    /// Paths of plain values, their steps separated by spaces: `*` is one step, `**` any number. An
    /// item of a list is called by its name, if the list is a map in all but form.
    paths: &'static [&'static str],
    test: Test,
    effect: Effect,
}

/// When a row applies.
#[derive(Debug, Clone, Copy)]
enum Test {
    /// Whenever the value differs.
    Always,
    /// The value was there and is there.
    Differs,
    /// The value is there and was not.
    Appears,
    /// The value was there and is not, although what held it still is.
    Vanishes,
    /// The value is this one now.
    Becomes(&'static str),
    /// The value was this one, and what held it is still there.
    Leaves(&'static str),
    /// The quantity is smaller than it was.
    Shrinks,
    /// The object was marked as immutable.
    WasImmutable,
}

/// A plain value that differs.
struct Leaf<'a> {
    steps: Vec<&'a str>,
    old: Option<&'a Value>,
    new: Option<&'a Value>,
    /// Whether it went with the whole item of a list, or the whole object.
    gone: bool,
}

/// What applying the change does, worst first, each once.
pub(super) fn effects(
    identity: &Identity,
    old: Option<&Value>,
    new: Option<&Value>,
    fields: &[FieldChange],
) -> Vec<Effect> {
    let kind = match identity.group() {
        "" => identity.kind.clone(),
        group => format!("{}.{group}", identity.kind),
    };
    let mut leaves = Vec::new();
    let mut effects = Vec::new();
    let mut add = |effect: Effect| {
        if !effects.contains(&effect) {
            effects.push(effect);
        }
    };
    match (old, new) {
        (Some(_), Some(_)) => {
            for field in fields {
                let gone = field.new.is_none() && field.path.is_item();
                spread(steps(field), field.old.as_ref(), field.new.as_ref(), gone, &mut leaves);
            }
            for leaf in &leaves {
                let fits = |rule: &&Rule| rule.fits(&kind, leaf, old);
                add(table::FIELDS.iter().find(fits).map_or(table::IN_PLACE, |rule| rule.effect));
            }
        }
        (None, _) => {
            spread(Vec::new(), None, new, false, &mut leaves);
            if let Some(effect) = of_whole(table::ADDED, &kind) {
                add(effect);
            }
        }
        (_, None) => {
            spread(Vec::new(), old, None, true, &mut leaves);
            let effect = of_claims(&kind, old).or_else(|| of_whole(table::REMOVED, &kind));
            add(effect.unwrap_or(table::DELETED));
        }
    }
    for leaf in &leaves {
        for rule in table::ACCESS.iter().filter(|rule| rule.fits(&kind, leaf, old)) {
            add(rule.effect);
        }
    }
    let worst = effects.iter().map(|effect| effect.risk).max().unwrap_or(Risk::None);
    if worst > Risk::Update {
        effects.retain(|effect| effect.risk > Risk::Update);
    } else {
        effects.retain(|effect| effect.risk == worst);
    }
    effects.sort_by_key(|effect| std::cmp::Reverse(effect.risk));
    effects
}

fn of_whole(rows: &[(&[&str], Effect)], kind: &str) -> Option<Effect> {
    rows.iter().find(|(kinds, _)| kinds.contains(&kind)).map(|(_, effect)| *effect)
}

/// A `StatefulSet`'s claims outlive it, unless it says that they are deleted.
fn of_claims(kind: &str, old: Option<&Value>) -> Option<Effect> {
    let spec = old.filter(|_| kind == "StatefulSet.apps")?.get("spec")?;
    let claims = spec.get("volumeClaimTemplates")?.as_array()?;
    let when_deleted = spec
        .get("persistentVolumeClaimRetentionPolicy")
        .and_then(|policy| policy.get("whenDeleted"))
        .and_then(Value::as_str);
    let effect =
        if when_deleted == Some("Delete") { table::CLAIMS_DELETED } else { table::CLAIMS_LEFT };
    (!claims.is_empty()).then_some(effect)
}

fn steps(field: &FieldChange) -> Vec<&str> {
    let steps = field.path.0.iter().map(|segment| match segment {
        Segment::Key(key) => key.as_str(),
        Segment::Item(name) => name.as_str(),
        Segment::Index(_) | Segment::Member => "[]",
    });
    steps.collect()
}

/// The plain values below a field that differs.
fn spread<'a>(
    steps: Vec<&'a str>,
    old: Option<&'a Value>,
    new: Option<&'a Value>,
    gone: bool,
    leaves: &mut Vec<Leaf<'a>>,
) {
    let below = |step| {
        let mut steps = steps.clone();
        steps.push(step);
        steps
    };
    if old == new {
        return;
    }
    let (old_map, new_map) = (old.and_then(Value::as_object), new.and_then(Value::as_object));
    let (old_list, new_list) = (old.and_then(Value::as_array), new.and_then(Value::as_array));
    let has_entries = [old_map, new_map].into_iter().flatten().any(|map| !map.is_empty());
    let longest = [old_list, new_list].into_iter().flatten().map(Vec::len).max().unwrap_or(0);
    if has_entries {
        let keys = [old_map, new_map].into_iter().flatten().flat_map(|map| map.keys());
        let keys: BTreeSet<&String> = keys.collect();
        for key in keys {
            let get =
                |map: Option<&'a serde_json::Map<String, Value>>| map.and_then(|map| map.get(key));
            spread(below(key), get(old_map), get(new_map), gone, leaves);
        }
    } else if longest > 0 {
        for index in 0..longest {
            let get = |list: Option<&'a Vec<Value>>| list.and_then(|list| list.get(index));
            spread(below("[]"), get(old_list), get(new_list), gone, leaves);
        }
    } else {
        leaves.push(Leaf { steps, old, new, gone });
    }
}

impl Leaf<'_> {
    fn is_at(&self, path: &str) -> bool {
        // Nearly every path ends in another step, which is cheap to see.
        let end = path.rsplit(' ').next().unwrap_or_default();
        (end.starts_with('*') || self.steps.last() == Some(&end))
            && matches(&path.split(' ').collect::<Vec<_>>(), &self.steps)
    }
}

impl Rule {
    fn fits(&self, kind: &str, leaf: &Leaf<'_>, object: Option<&Value>) -> bool {
        self.kinds.iter().any(|name| *name == "*" || *name == kind)
            && self.paths.iter().any(|path| leaf.is_at(path))
            && self.test.holds(leaf, object)
    }
}

impl Test {
    fn holds(self, leaf: &Leaf<'_>, object: Option<&Value>) -> bool {
        let is = |value: Option<&Value>, text: &str| match value {
            Some(Value::String(value)) => value == text,
            Some(Value::Bool(value)) => text.parse() == Ok(*value),
            Some(Value::Number(value)) => value.as_i64().map(Ok) == Some(text.parse()),
            _ => false,
        };
        match self {
            Self::Always => true,
            Self::Differs => leaf.old.is_some() && leaf.new.is_some(),
            Self::Appears => leaf.old.is_none(),
            Self::Vanishes => leaf.new.is_none() && !leaf.gone,
            Self::Becomes(text) => is(leaf.new, text),
            Self::Leaves(text) => is(leaf.old, text) && !leaf.gone,
            Self::Shrinks => {
                let size = |value: Option<&Value>| value.and_then(quantity::of);
                matches!((size(leaf.old), size(leaf.new)), (Some(old), Some(new)) if new < old)
            }
            Self::WasImmutable => {
                object.and_then(|object| object.get("immutable")) == Some(&Value::Bool(true))
            }
        }
    }
}

fn matches(pattern: &[&str], steps: &[&str]) -> bool {
    match (pattern, steps) {
        ([], []) => true,
        (["**", rest @ ..], _) => {
            matches(rest, steps) || (!steps.is_empty() && matches(pattern, &steps[1..]))
        }
        ([first, rest @ ..], [step, steps @ ..]) => {
            (*first == "*" || first == step) && matches(rest, steps)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
