//! What is accepted means the same to other readers of YAML.

use super::parse;
use crate::load::yaml::raw::fault;
use crate::load::yaml::scalar::{Plain, read};
use crate::source::Sources;
use crate::tree::{Node, Value};
use proptest::prelude::*;
use regex::Regex;
use std::sync::LazyLock;

/// The implicit types of YAML 1.1 as `PyYAML` has them; text is whatever matches none.
static YAML_1_1: LazyLock<[(&str, Regex); 7]> = LazyLock::new(|| {
    [
        ("bool", r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|[yYnN]"),
        (
            "float",
            r"[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        ),
        (
            "int",
            r"[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+",
        ),
        ("merge", r"<<"),
        ("null", r"~|null|Null|NULL|"),
        (
            "timestamp",
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?",
        ),
        ("value", r"="),
    ]
    .map(|(name, pattern)| (name, Regex::new(&format!("^(?:{pattern})$")).unwrap()))
});

fn in_yaml_1_1(text: &str) -> &'static str {
    YAML_1_1.iter().find(|(_, form)| form.is_match(text)).map_or("text", |(name, _)| name)
}

fn parsed(text: &str) -> Option<Node> {
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text);
    let (tree, findings) = parse(file, text);
    if findings.is_empty() { tree } else { None }
}

/// Whether the independent reader of YAML 1.2, and the table of YAML 1.1, see the same.
fn agreed(text: &str) -> Result<(), TestCaseError> {
    let document = format!("key: {text}\n");
    let Some(tree) = parsed(&document) else {
        return Ok(());
    };
    let value = &tree.child("key").expect("the key").value;
    let other: serde_yaml::Value = serde_yaml::from_str(&document).expect("it is YAML");
    let other = &other["key"];
    // Only what stands unquoted has a type that readers guess.
    let kind = if text.starts_with(['"', '\'']) { "text" } else { in_yaml_1_1(text) };
    match value {
        Value::Null => prop_assert!(other.is_null() && kind == "null", "{text}"),
        Value::Bool(value) => prop_assert!(other.as_bool() == Some(*value) && kind == "bool"),
        Value::Integer(value) => {
            prop_assert!(other.as_i64() == Some(*value) && kind == "int", "{text}");
            prop_assert_eq!(value.to_string(), text);
        }
        Value::Float(value) => {
            prop_assert!(other.is_f64() && kind == "float", "{text}");
            prop_assert_eq!(other.as_f64().map(f64::to_bits), Some(value.to_bits()));
            prop_assert_eq!(value.to_string(), text);
        }
        Value::Text(value) => {
            prop_assert!(other.as_str() == Some(value) && kind == "text", "{text}: {other:?}");
        }
        other => prop_assert!(false, "{text} is {other:?}"),
    }
    Ok(())
}

fn forbidden(text: &str) -> bool {
    text.chars().any(|character| fault(character).is_some())
}

fn words() -> impl Strategy<Value = String> {
    let text =
        any::<String>().prop_filter("characters that may not stand", |text| !forbidden(text));
    prop_oneof![text, "[ \t\n#:,{}&*!|>'\"%@`a\\\\-]{0,8}", "[0-9.:eE+_x-]{0,8}"]
}

/// A number that JSON writes as Rust does, if it is one.
fn fraction(value: f64) -> serde_json::Value {
    let json = serde_json::Value::from(value);
    let text = value.to_string();
    if serde_json::to_string(&json).is_ok_and(|json| json == text) { json } else { text.into() }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        (any::<i32>(), 1..1000_u16).prop_map(|(a, b)| fraction(f64::from(a) / f64::from(b))),
        words().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::btree_map(words(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn same(node: &Node, json: &serde_json::Value) -> bool {
    match (&node.value, json) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
        (Value::Integer(ours), serde_json::Value::Number(theirs)) => theirs.as_i64() == Some(*ours),
        (Value::Float(ours), serde_json::Value::Number(theirs)) => {
            theirs.as_f64().map(f64::to_bits) == Some(ours.to_bits())
        }
        (Value::Text(ours), serde_json::Value::String(theirs)) => ours == theirs,
        (Value::List(ours), serde_json::Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(a, b)| same(a, b))
        }
        (Value::Map(ours), serde_json::Value::Object(theirs)) => {
            ours.entries.len() == theirs.len()
                && theirs
                    .iter()
                    .all(|(key, b)| ours.entries.get(key).is_some_and(|a| same(&a.node, b)))
        }
        _ => false,
    }
}

/// Whether each place lies in the text, on borders of characters, and within the one around it.
fn placed(node: &Node, text: &str, within: (u32, u32)) -> bool {
    let inside = |place: crate::source::Place| {
        place.start >= within.0
            && place.end <= within.1
            && text.get(place.start as usize..place.end as usize).is_some()
    };
    let own = (node.place.start, node.place.end);
    inside(node.place)
        && match &node.value {
            Value::List(items) => items.iter().all(|item| placed(item, text, own)),
            Value::Map(map) => map
                .entries
                .values()
                .all(|entry| inside(entry.key) && placed(&entry.node, text, own)),
            _ => true,
        }
}

#[test]
fn what_is_accepted_is_what_others_read_for_every_short_number() {
    let alphabet = b"0189._-+:eExob";
    let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
    for _ in 0..4 {
        texts = texts
            .iter()
            .flat_map(|text| alphabet.iter().map(move |byte| [text.as_slice(), &[*byte]].concat()))
            .collect();
        for text in &texts {
            let text = std::str::from_utf8(text).unwrap();
            let Ok(plain) = read(text) else { continue };
            let expected = match plain {
                Plain::Null => "null",
                Plain::Bool(_) => "bool",
                Plain::Integer(_) => "int",
                Plain::Float(_) => "float",
                Plain::Text => "text",
            };
            assert_eq!(in_yaml_1_1(text), expected, "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_is_what_others_read(
        text in "[0123456789._+:eExXobTZ~ynofsaluenitrY=-]{1,10}"
    ) {
        agreed(&text)?;
    }

    #[test]
    fn dates_and_times_too(text in "[0-9]{1,4}[-:][0-9]{1,2}([-:][0-9]{1,2})?([Tt ][0-9:.Z+-]{1,8})?") {
        agreed(&text)?;
    }

    #[test]
    fn numbers_too(text in "[-+]?[0-9_]{0,3}\\.?[0-9_]{0,3}([eE][-+]?[0-9]{1,2})?") {
        agreed(&text)?;
    }

    #[test]
    fn no_text_makes_it_stumble(text in "[ \t\n\r:,{}&*!|>'\"%@`#a0ü\u{FEFF}\u{85}\\\\-]{0,40}") {
        let mut sources = Sources::default();
        let file = sources.add("f.yaml", text.as_str());
        let (tree, findings) = parse(file, &text);
        prop_assert!(tree.is_some() || !findings.is_empty());
        for finding in &findings {
            let place = finding.place.expect("every finding has a place");
            prop_assert!(text.get(place.start as usize..place.end as usize).is_some());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_is_yaml(map in prop::collection::btree_map(words(), json(), 0..6), pretty: bool) {
        let json = serde_json::Value::Object(map.into_iter().collect());
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
        let text = text.expect("JSON");
        let tree = parsed(&text).expect("JSON is YAML in which nothing is wrong");
        prop_assert!(same(&tree, &json), "{text} is {tree:?}");
        prop_assert!(placed(&tree, &text, (0, u32::MAX)));
    }

    #[test]
    fn what_others_write_is_read_as_it_was(map in prop::collection::btree_map(words(), json(), 0..6)) {
        let json = serde_json::Value::Object(map.into_iter().collect());
        let text = serde_json::to_string(&json).expect("JSON");
        // Every quoted form is read back; the plain ones that this writer thinks safe may be refused.
        let options = serde_saphyr::ser_options! { quote_all: true };
        let mut yaml = String::new();
        serde_saphyr::to_fmt_writer_with_options(&mut yaml, &json, options).expect("YAML");
        let mut sources = Sources::default();
        let file = sources.add("f.yaml", yaml.as_str());
        let (tree, findings) = parse(file, &yaml);
        // It quotes every value, and of keys those alone that it thinks unsafe.
        prop_assume!(findings.iter().all(|finding| finding.id != "ambiguous-scalar"));
        prop_assert!(findings.is_empty(), "{yaml}: {findings:?}");
        let tree = tree.expect("nothing is wrong");
        prop_assert!(same(&tree, &json), "{yaml} from {text} is {tree:?}");
        prop_assert!(placed(&tree, &yaml, (0, u32::MAX)));
    }
}
