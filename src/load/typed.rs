//! Reads a located tree as a layer's type, and reports every fault at its place.
//!
//! serde stops at the first fault. Since every key of a layer is optional, the value at fault can
//! be dropped and the rest read again, until nothing is left to complain about.

use super::deserialize::{Fault, NodeDeserializer, ReadError};
use crate::finding::{Finding, nearest};
use crate::source::Place;
use crate::tree::{Node, Value};
use serde::de::DeserializeOwned;

/// A file with more faults than this is not the kind of file it is taken for.
const MOST_FAULTS: usize = 100;

/// Reads a tree as `T`. The value is absent only if the tree is not even a map.
pub fn read<T: DeserializeOwned>(node: &Node) -> (Option<T>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut remaining: Option<Node> = None;
    loop {
        let tree = remaining.as_ref().unwrap_or(node);
        match T::deserialize(NodeDeserializer::new(tree)) {
            Ok(value) => return (Some(value), findings),
            Err(error) => {
                let place = error.place.unwrap_or(node.place);
                findings.push(describe(&error, place));
                let mut tree = remaining.take().unwrap_or_else(|| node.clone());
                if findings.len() == MOST_FAULTS || !remove(&mut tree, &error.path) {
                    return (None, findings);
                }
                remaining = Some(tree);
            }
        }
    }
}

/// Removes what stands at a path. Items of a list take the whole list with them: a shorter list
/// would mean something else.
fn remove(node: &mut Node, path: &[String]) -> bool {
    let Some((key, rest)) = path.split_first() else { return false };
    match &mut node.value {
        Value::Map(map) => {
            let Some(entry) = map.entries.get_mut(key) else { return false };
            if !matches!(entry.node.value, Value::Map(_) | Value::Variant(_))
                || !remove(&mut entry.node, rest)
            {
                map.entries.remove(key);
            }
            true
        }
        _ => false,
    }
}

fn describe(error: &ReadError, place: Place) -> Finding {
    match &error.fault {
        Fault::UnknownKey { key, allowed } => Finding::error(
            "unknown-key",
            format!("unknown key `{key}`"),
        )
        .at(place)
        .known("allowed", key, allowed.iter().copied()),
        Fault::UnknownWord { given, allowed } => {
            let finding = Finding::error("unknown-word", format!("unknown word `{given}`"))
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
            Finding::error("missing-key", format!("the key `{key}` is missing")).at(place)
        }
        Fault::TwoVariants { first, second, second_place } => {
            Finding::error("two-variants", format!("`{first}` and `{second}` exclude each other"))
                .at(*second_place)
                .related(place, "the other one is here")
                .help("say one of them")
        }
        Fault::Value { message, help } => {
            let finding = Finding::error("invalid-value", message.clone()).at(place);
            match help {
                Some(help) => finding.help(help.clone()),
                None => finding,
            }
        }
    }
}
