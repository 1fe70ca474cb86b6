//! Doc comments as hover text: lines joined, and the example as data too.

use crate::load::yaml;
use crate::source::Sources;
use serde_json::{Map, Value, json};

/// Joins the lines of a description, and adds the example that ends it to `examples`.
pub(super) fn describe(schema: &mut Map<String, Value>) {
    let Some(Value::String(text)) = schema.get("description") else { return };
    let paragraphs: Vec<String> = text.split("\n\n").map(joined).collect();
    if let Some((_, value)) = paragraphs.last().and_then(|last| example(last)) {
        schema.insert("examples".to_owned(), json!([value]));
    }
    schema.insert("description".to_owned(), paragraphs.join("\n\n").into());
}

fn joined(paragraph: &str) -> String {
    paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// The text of an example, ``Example: `key: value` ``.
pub(in crate::generate) fn example_text(paragraph: &str) -> Option<&str> {
    paragraph.strip_prefix("Example: `")?.strip_suffix('`')
}

/// Key and value of an example, as the loader reads it.
pub(super) fn example(paragraph: &str) -> Option<(String, Value)> {
    let text = example_text(paragraph)?;
    let file = Sources::default().add("example", text);
    let (node, findings) = yaml::parse(file, text);
    let Value::Object(map) = node.filter(|_| findings.is_empty())?.to_json() else { return None };
    let mut entries = map.into_iter();
    match (entries.next(), entries.next()) {
        (Some(entry), None) => Some(entry),
        _ => None,
    }
}

/// The doc comment of a variant that is a map with one key describes that key.
pub(super) fn of_variant(schema: &mut Map<String, Value>) {
    let Some(Value::Array(variants)) = schema.get_mut("oneOf") else { return };
    for variant in variants.iter_mut().filter_map(Value::as_object_mut) {
        let Some(Value::Object(properties)) = variant.get("properties") else { continue };
        if properties.len() != 1 {
            continue;
        }
        let words = ["description", "examples"]
            .map(|word| variant.shift_remove(word).map(|text| (word.to_owned(), text)));
        let property = variant
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .and_then(|properties| properties.values_mut().next())
            .and_then(Value::as_object_mut);
        if let Some(property) = property {
            property.extend(words.into_iter().flatten());
        }
    }
}
