//! References as plain text, and `$` as Compose reads it.

use crate::model::Stack;
use crate::reference::{OPEN, Piece, Reference, pieces};
use serde_json::Value;

/// A text without references. Services are found by their names.
pub(super) fn text(stack: &Stack, text: &str) -> String {
    if !text.contains(OPEN) {
        return text.to_owned();
    }
    let piece = |piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Reference(Reference::Name(name)) => name.to_owned(),
        Piece::Reference(Reference::Namespace | Reference::NamespaceBeside(_)) => {
            stack.namespace.to_string()
        }
        Piece::Reference(other) => unreachable!("{other:?} is Kubernetes' own"),
        Piece::Broken(content) => unreachable!("resolve refuses broken marks: {content:?}"),
    };
    pieces(text).map(piece).collect()
}

/// Compose replaces `$NAME` and `${NAME}` in all texts, and reads `$$` as one `$`.
pub(super) fn escape(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('$') => *text = text.replace('$', "$$"),
        Value::Array(items) => items.iter_mut().for_each(escape),
        Value::Object(map) => map.iter_mut().for_each(|(_, item)| escape(item)),
        _ => {}
    }
}
