//! Reads a located tree as a layer's type, and reports every fault at its place.
//!
//! serde stops at the first fault. Since every key of a layer is optional, the value at fault can
//! be dropped and the rest read again, until nothing is left to complain about.

use super::deserialize::{Dropped, NodeDeserializer};
use super::fault::{Fault, ReadError};
use super::{keys, normal};
use crate::finding::{Finding, nearest};
use crate::source::Place;
use crate::tree::{Node, Value};
use crate::value::quoted;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A file with more faults than this is not the kind of file it is taken for.
const MOST_FAULTS: usize = 100;

/// Reads a tree as `T`, without what is at fault. The value is absent only if that is the tree as a
/// whole, or if there is no end of faults.
#[must_use]
pub fn read<T: DeserializeOwned>(node: &Node) -> (Option<T>, Vec<Finding>) {
    let Read { value, findings, .. } = read_with_faults(node);
    (value, findings)
}

/// Reads a tree as a layer: as `T`, and its normal form, in which all that is at fault is unknown.
pub(super) fn layer<T: DeserializeOwned + Serialize>(node: &Node) -> Layer<T> {
    let Read { value, dropped, mut findings } = read_with_faults::<T>(node);
    let Some(value) = value else {
        return Layer { value: None, node: Node::unknown(node.place), findings };
    };
    let (mut normal, faults) = normal::normalise(&value, node);
    findings.extend(faults);
    dropped.mark(&mut normal, node);
    Layer { value: Some(value), node: normal, findings }
}

/// A file as a layer.
pub(super) struct Layer<T> {
    pub(super) value: Option<T>,
    pub(super) node: Node,
    pub(super) findings: Vec<Finding>,
}

/// What could be read of a tree, and what could not.
struct Read<T> {
    value: Option<T>,
    dropped: Dropped,
    findings: Vec<Finding>,
}

fn read_with_faults<T: DeserializeOwned>(node: &Node) -> Read<T> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut dropped = Dropped::of(node);
    let mut lists: Vec<Vec<String>> = Vec::new();
    loop {
        let error = match T::deserialize(NodeDeserializer::new(node, &dropped)) {
            Ok(value) if lists.is_empty() => {
                return Read { value: Some(value), dropped, findings };
            }
            Ok(_) => {
                // A shorter list would mean something else, so that it goes as a whole.
                for list in lists.drain(..) {
                    dropped.drop(&list);
                }
                continue;
            }
            Err(error) => error,
        };
        if !follows(&error, &dropped) {
            let finding = describe(&error, error.place.unwrap_or(node.place));
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
        if findings.len() == MOST_FAULTS {
            if let Some(last) = findings.pop() {
                findings.push(last.note("there are more; reading ended here"));
            }
            return Read { value: None, dropped, findings };
        }
        if error.path.is_empty() || !dropped.drop(&error.path) {
            return Read { value: None, dropped, findings };
        }
        lists.extend(list(node, &error.path));
    }
}

/// Whether a fault is there only because another was dropped.
fn follows(error: &ReadError, dropped: &Dropped) -> bool {
    match &error.fault {
        Fault::Emptied => true,
        // It is at fault itself, or stands there by another name.
        Fault::MissingKey { .. } => dropped.has_below(&error.path),
        _ => false,
    }
}

/// The outermost list that a path leads into.
fn list(node: &Node, path: &[String]) -> Option<Vec<String>> {
    (0..path.len())
        .find(|end| matches!(node.at(&path[..*end]).map(|node| &node.value), Some(Value::List(_))))
        .map(|end| path[..end].to_vec())
}

fn describe(error: &ReadError, place: Place) -> Finding {
    match &error.fault {
        Fault::UnknownKey { key, allowed } if keys::only_in_system(key, allowed) => {
            Finding::error("not-for-environments", format!("an environment cannot say `{key}`"))
                .at(place)
                .note(format!("allowed: {}", allowed.join(", ")))
                .help(
                    "say it in system.yaml or in the service's own file; it is the same everywhere",
                )
        }
        Fault::UnknownKey { key, allowed } if keys::only_in_environments(key, allowed) => {
            let message = format!("`{key}` is for the file of an environment");
            Finding::error("only-for-environments", message)
                .at(place)
                .note(format!("allowed: {}", allowed.join(", ")))
                .help(
                    "say it in `environments/SYSTEM/ENVIRONMENT.yaml`, where a message asks for it",
                )
        }
        Fault::UnknownKey { key, allowed } => Finding::error(
            "unknown-key",
            format!("unknown key {}", quoted(key)),
        )
        .at(place)
        .known("allowed", key, allowed.iter().copied()),
        Fault::UnknownWord { given, allowed } => {
            let finding = Finding::error("unknown-word", format!("unknown word {}", quoted(given)))
                .at(place)
                .note(format!("allowed: {}", allowed.join(", ")));
            match nearest(given, allowed.iter().copied()) {
                Some(name) => finding.help(format!("did you mean `{name}`?")),
                None => finding,
            }
        }
        Fault::WrongType { found, expected, help } => {
            let finding =
                Finding::error("wrong-type", format!("expected {expected}, found {found}"))
                    .at(place);
            match help {
                Some(help) => finding.help(help.clone()),
                None => finding,
            }
        }
        Fault::MissingKey { key } => {
            Finding::error("missing-key", format!("the key `{key}` is missing"))
                .at(place)
                .help(format!("add it: `{key}: …`"))
        }
        Fault::TwoVariants { first, first_place, second } => {
            Finding::error("exclusive-keys", format!("`{first}` and `{second}` exclude each other"))
                .at(place)
                .related(*first_place, format!("`{first}` is said here"))
                .help("keep one of them")
        }
        Fault::Value { message, help } => {
            let finding = Finding::error("invalid-value", message.clone()).at(place);
            match help {
                Some(help) => finding.help(help.clone()),
                None => finding,
            }
        }
        Fault::Emptied => Finding::error("invalid-value", "nothing is left of it").at(place),
    }
}
