//! What a kind gives its services: the first of their layers.

use super::merge;
use super::service::part;
use crate::layer::KindOption;
use crate::load::KindEntry;
use crate::tree::{Entry, Map, Node, Value};
use crate::value::Bytes;
use std::collections::BTreeMap;

/// Keys that a kind gives its services.
const FROM_KIND: &[&str] = &["resources", "stop-within", "token"];

/// The layer of a kind below a service with these options. Its memory holds what the options say
/// is held in memory: that value stands where the option does.
pub(super) fn from_kind(kind: &KindEntry, service: &Node) -> Node {
    let mut layer = part(&kind.node, FROM_KIND);
    for (name, option) in kind.kind.options.iter().flatten() {
        let said = service.at(&["options", name]).map(|said| (&said.value, said.place));
        let (amount, place) = match said {
            Some((Value::Text(text), place)) => (text.parse().ok(), place),
            Some(_) => continue,
            None => (option.quantity, kind.node.key_place(&["options", name])),
        };
        let Some(needed) = amount.and_then(|amount| held(option, amount)) else { continue };
        let given = match layer.at(&["resources", "memory"]).map(|memory| &memory.value) {
            Some(Value::Text(text)) => text.parse::<Bytes>().ok(),
            _ => None,
        };
        if given.is_none_or(|given| given < needed) {
            let memory = Node::new(place, Value::Text(needed.to_string()));
            merge(&mut layer, &below("resources", below("memory", memory)));
        }
    }
    layer
}

/// The memory that a container needs to hold an amount that an option says.
#[must_use]
pub fn held(option: &KindOption, amount: Bytes) -> Option<Bytes> {
    Some(amount.more_by(option.headroom?))
}

/// A map with one key.
fn below(key: &str, node: Node) -> Node {
    let place = node.place;
    let entries = BTreeMap::from([(key.to_owned(), Entry { key: place, node })]);
    Node::new(place, Value::Map(Map { entries, reset: false }))
}
