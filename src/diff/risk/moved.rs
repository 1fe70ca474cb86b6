//! Data that stays behind: what keeps it gives way to another way of running the same service, such
//! as a `StatefulSet` to an operator's object, or the other way round.

use super::{Risk, kinds, table};
use crate::diff::{Action, Identity, ObjectChange};
use crate::validate::Schemas;
use serde_json::Value;
use std::collections::BTreeSet;

/// What is gone: environment, namespace and name, and how it was run.
#[derive(Default)]
pub(in crate::diff) struct Moved {
    gone: BTreeSet<(String, Option<String>, String, Way)>,
    /// Those that are new, by their kinds too.
    new: BTreeSet<(String, Identity, Way)>,
}

/// How something that keeps data is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Plain,
    ByOperator,
}

impl Way {
    fn of(identity: &Identity, object: &Value) -> Option<Self> {
        let kind = format!("{}.{}", identity.kind, identity.group());
        if kind == "StatefulSet.apps" {
            let claims = object.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
            return claims.filter(|claims| !claims.is_empty()).map(|_| Self::Plain);
        }
        let leads_there = kinds::ROUTES.contains(&kind.as_str());
        (!leads_there && !Schemas::serve(&identity.api_version)).then_some(Self::ByOperator)
    }

    fn other(self) -> Self {
        match self {
            Self::Plain => Self::ByOperator,
            Self::ByOperator => Self::Plain,
        }
    }
}

impl Moved {
    /// Adds an object that is new or gone.
    pub(in crate::diff) fn add(
        &mut self,
        environment: &str,
        identity: &Identity,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        match (old, new) {
            (None, Some(object)) => {
                let way = Way::of(identity, object);
                self.new.extend(way.map(|way| (environment.to_owned(), identity.clone(), way)));
            }
            (Some(object), None) => {
                let way = Way::of(identity, object);
                self.gone.extend(way.map(|way| gone(environment, identity, way)));
            }
            _ => {}
        }
    }

    /// Says of a new object that it begins without the data of the one before it.
    pub(in crate::diff) fn tell(&self, change: &mut ObjectChange) {
        let (environment, identity) = (&change.scope.environment, &change.identity);
        let is_new = |way: &Way| self.new.contains(&(environment.clone(), identity.clone(), *way));
        let Some(way) = [Way::Plain, Way::ByOperator].into_iter().find(is_new) else { return };
        let before = gone(environment, identity, way.other());
        if change.action == Action::Added && self.gone.contains(&before) {
            change.effects.retain(|effect| effect.risk > Risk::Update);
            change.effects.insert(0, table::MOVED);
        }
    }
}

fn gone(environment: &str, identity: &Identity, way: Way) -> (String, Option<String>, String, Way) {
    (environment.to_owned(), identity.namespace.clone(), identity.name.clone(), way)
}
