//! Checks Kubernetes objects against the schemas of a Kubernetes version, offline.
//!
//! The schemas are tables inside the binary (`data/kubernetes`). A verdict is that of a JSON Schema
//! validator on Kubernetes' published schemas in their strict form: a field that the version does
//! not know is a problem, and null is allowed where a field is optional. Formats and the limits
//! that only an API server knows (names, ranges, CEL rules) are not checked.
//!
//! A version is named by its minor number: `35` is Kubernetes 1.35.

mod check;
mod compose;
pub mod pod_security;
mod scope;
mod table;
mod unknown;

#[cfg(test)]
mod equality;
#[cfg(test)]
mod expand;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use compose::compose;
pub use scope::{is_of_cluster, resource_of};

use serde_json::Value;
use std::sync::OnceLock;
use table::{Definition, Id, Shape, Table, Type};

/// The minor numbers of the Kubernetes versions whose schemas are inside the binary, oldest first.
pub const MINORS: [u8; 3] = [35, 36, 37];

/// [`MINORS`] as the tables write them.
const NAMES: [&str; MINORS.len()] = ["35", "36", "37"];

/// A fault of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, as a JSON pointer: `/spec/template/spec/containers/0/image`. What is missing is
    /// reported at what should hold it.
    pub pointer: String,
    /// What was found and what is allowed, one sentence without a full stop. It never repeats a
    /// value other than `apiVersion` and `kind`, since a value may be secret.
    pub message: String,
}

/// How two versions of a list are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListRule {
    /// The fields that identify an item, separated by commas, where the list is a map of items:
    /// `containerPort,protocol`.
    pub keys: Option<&'static str>,
    /// The field that identifies an item for strategic merge patches, which know only one:
    /// `containerPort`.
    pub merge_key: Option<&'static str>,
    /// Whether the list is a set of plain values.
    pub set: bool,
}

/// The schemas of one Kubernetes version.
#[derive(Debug)]
pub struct Schemas {
    minor: u8,
    table: Table,
}

impl Schemas {
    /// The schemas of Kubernetes 1.`minor`, or none where the binary does not have them (see
    /// [`MINORS`]). They are opened once in a process.
    #[must_use]
    pub fn of(minor: u8) -> Option<&'static Self> {
        static OPENED: [OnceLock<Schemas>; MINORS.len()] =
            [const { OnceLock::new() }; MINORS.len()];
        let at = MINORS.iter().position(|known| *known == minor)?;
        Some(OPENED[at].get_or_init(|| Self { minor, table: Table::open(NAMES[at]) }))
    }

    /// All versions, oldest first.
    fn all() -> impl Iterator<Item = &'static Self> {
        MINORS.iter().filter_map(|minor| Self::of(*minor))
    }

    /// Whether Kubernetes itself serves an API version, such as `apps/v1`, in any of these versions.
    #[must_use]
    pub fn serve(api_version: &str) -> bool {
        let served = |schemas: &Self| {
            schemas.table.kinds().iter().any(|served| served.api_version == api_version)
        };
        Self::all().any(served)
    }

    /// The minor number of the version.
    #[must_use]
    pub fn minor(&self) -> u8 {
        self.minor
    }

    /// Whether the version itself serves a kind. Custom resources are not known.
    #[must_use]
    pub fn knows(&self, api_version: &str, kind: &str) -> bool {
        self.table.kind(api_version, kind).is_some()
    }

    /// All faults of an object, in the order of its fields.
    #[must_use]
    pub fn check(&self, object: &Value) -> Vec<Problem> {
        match self.kind_of(object) {
            Ok(definition) => check::object(self, definition, object),
            Err(problems) => problems,
        }
    }

    /// How the list at a path of an object is merged; none where there is no list. A list index in
    /// the path may be any text.
    #[must_use]
    pub fn list_rule(&self, api_version: &str, kind: &str, path: &[&str]) -> Option<ListRule> {
        let (last, parents) = path.split_last()?;
        let root =
            Type { shape: Shape::Definition(self.table.kind(api_version, kind)?), nullable: false };
        let parent = parents.iter().try_fold(&root, |of, step| self.step(of, step))?;
        let Shape::Definition(id) = self.resolve(parent).shape else { return None };
        let Definition::Fields(fields) = self.table.definition(id) else { return None };
        let field = fields.get(last)?;
        matches!(self.resolve(&field.of).shape, Shape::List(_)).then(|| ListRule {
            keys: field.note("keys"),
            merge_key: field.note("merge"),
            set: field.note("list") == Some("set"),
        })
    }

    /// The name of the definition of what is at a path of an object, for instance
    /// `core.v1.Volume`; none where it has no fields. A list index in the path may be any text.
    #[must_use]
    pub fn definition(&self, api_version: &str, kind: &str, path: &[&str]) -> Option<&'static str> {
        let root =
            Type { shape: Shape::Definition(self.table.kind(api_version, kind)?), nullable: false };
        let of = path.iter().try_fold(&root, |of, step| self.step(of, step))?;
        let Shape::Definition(id) = self.resolve(of).shape else { return None };
        Some(self.table.name(id))
    }

    /// The type one step below another.
    fn step<'a>(&'a self, of: &'a Type, step: &str) -> Option<&'a Type> {
        match &self.resolve(of).shape {
            Shape::List(inner) | Shape::Map(inner) => Some(inner),
            Shape::Definition(id) => match self.table.definition(*id) {
                Definition::Fields(fields) => fields.get(step).map(|field| &field.of),
                Definition::Alias(_) => None,
            },
            _ => None,
        }
    }

    /// The type behind other names of it.
    fn resolve<'a>(&'a self, mut of: &'a Type) -> &'a Type {
        while let Shape::Definition(id) = of.shape
            && let Definition::Alias(other) = self.table.definition(id)
        {
            of = other;
        }
        of
    }

    /// Whether the version itself serves kinds of an API group; the core's is empty.
    #[must_use]
    pub fn has_group(&self, group: &str) -> bool {
        let of = |version: &'static str| version.rsplit_once('/').map_or("", |(group, _)| group);
        self.table.kinds().iter().any(|served| of(served.api_version) == group)
    }

    /// The kinds that the version itself serves, each with its group; the core's is empty.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let of = |version: &'static str| version.rsplit_once('/').map_or("", |(group, _)| group);
        self.table.kinds().iter().map(move |served| (of(served.api_version), served.kind))
    }

    /// Whether the version itself serves a kind, in whatever group.
    #[cfg(test)]
    pub(crate) fn has_kind(&self, kind: &str) -> bool {
        self.table.kinds().iter().any(|served| served.kind == kind)
    }

    /// Whether a definition has a field.
    #[cfg(test)]
    pub(crate) fn has_field(&self, definition: &str, field: &str) -> bool {
        let id = self.table.find(definition);
        let of = id.map(|id| self.table.definition(id));
        matches!(of, Some(Definition::Fields(fields)) if fields.get(field).is_some())
    }

    /// The last part of a definition's name.
    fn title(&self, id: Id) -> &'static str {
        table::last_part(self.table.name(id))
    }
}
