//! Messages about what a version does not know: whether another version does, and what was
//! probably meant.

use super::check::kind_of;
use super::table::{Definition, Fields, Id};
use super::{MINORS, Problem, Schemas};
use crate::finding::nearest;
use serde_json::Value;
use std::collections::BTreeSet;

/// The most names that a message lists before it counts the rest.
const LISTED: usize = 40;

/// The message about a field that a definition does not have.
pub(super) fn field(schemas: &Schemas, id: Id, fields: &Fields, name: &str) -> String {
    let title = schemas.title(id);
    let elsewhere = Schemas::all().filter(|other| {
        let table = &other.table;
        let definition = table.find(schemas.table.name(id)).map(|id| table.definition(id));
        matches!(definition, Some(Definition::Fields(fields)) if fields.get(name).is_some())
    });
    if let Some(versions) = versions(elsewhere) {
        let minor = schemas.minor;
        return format!(
            "field `{name}` of {title} exists in Kubernetes {versions}, not in 1.{minor}"
        );
    }
    let known = || fields.all.iter().map(|field| field.name);
    match nearest(name, known()) {
        Some(near) => format!("unknown field `{name}` in {title}; did you mean `{near}`?"),
        None => format!("unknown field `{name}` in {title}; known: {}", listed(known())),
    }
}

impl Schemas {
    /// The definition of an object's kind, or why there is none.
    pub(super) fn kind_of(&self, object: &Value) -> Result<Id, Vec<Problem>> {
        let problem =
            |pointer: &str, message| vec![Problem { pointer: pointer.to_owned(), message }];
        if !object.is_object() {
            let message = format!("found {}, allowed: a map", kind_of(object));
            return Err(problem("", message));
        }
        match (text(object, "apiVersion"), text(object, "kind")) {
            (Ok(api_version), Ok(kind)) => self.table.kind(api_version, kind).ok_or_else(|| {
                let (pointer, message) = self.unserved(api_version, kind);
                problem(pointer, message)
            }),
            (api_version, kind) => {
                Err([api_version.err(), kind.err()].into_iter().flatten().collect())
            }
        }
    }

    /// The place and the message of a kind that this version does not serve.
    fn unserved(&self, api_version: &str, kind: &str) -> (&'static str, String) {
        let minor = self.minor;
        let elsewhere = Self::all().filter(|other| other.knows(api_version, kind));
        let found = match versions(elsewhere) {
            Some(versions) => format!(
                "`{kind}` of `{api_version}` exists in Kubernetes {versions}, not in 1.{minor}"
            ),
            None => format!("Kubernetes 1.{minor} has no `{kind}` of `{api_version}`"),
        };
        let kinds = self.table.kinds();
        let served: Vec<_> =
            kinds.iter().filter(|each| each.kind == kind).map(|each| each.api_version).collect();
        if !served.is_empty() {
            let served = listed(served.into_iter());
            return ("/apiVersion", format!("{found}; 1.{minor} serves this kind as {served}"));
        }
        let siblings: Vec<_> = kinds
            .iter()
            .filter(|each| each.api_version == api_version)
            .map(|each| each.kind)
            .collect();
        let (pointer, near) = if siblings.is_empty() {
            let groups: BTreeSet<_> = kinds.iter().map(|each| each.api_version).collect();
            ("/apiVersion", nearest(api_version, groups))
        } else {
            ("/kind", nearest(kind, siblings.iter().copied()))
        };
        match near {
            Some(near) => (pointer, format!("{found}; did you mean `{near}`?")),
            None if siblings.is_empty() => (pointer, found),
            None => (pointer, format!("{found}; known: {}", listed(siblings.into_iter()))),
        }
    }
}

fn text<'a>(object: &'a Value, key: &str) -> Result<&'a str, Problem> {
    match object.get(key) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(Problem {
            pointer: format!("/{key}"),
            message: format!("found {}, allowed: text", kind_of(other)),
        }),
        None => Err(Problem {
            pointer: String::new(),
            message: format!("missing field `{key}` (text), which says what the object is"),
        }),
    }
}

/// `1.36 and 1.37`, or none if there are none.
fn versions<'a>(schemas: impl Iterator<Item = &'a Schemas>) -> Option<String> {
    let mut names: Vec<_> = schemas.map(|schemas| format!("1.{}", schemas.minor)).collect();
    debug_assert!(names.len() < MINORS.len(), "asked only for what one version lacks");
    let last = names.pop()?;
    Some(if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) })
}

fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let listed = names.take(LISTED).collect::<Vec<_>>().join(", ");
    if more == 0 { listed } else { format!("{listed}, and {more} more") }
}
