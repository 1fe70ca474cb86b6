//! A service's kind: its version, and its options with their defaults.

mod pairs;

use super::draft::{KindDraft, World};
use super::provider;
use super::texts::data;
use crate::finding::Finding;
use crate::layer::{self, EntryKey, KindOption};
use crate::source::Place;
use crate::tree::Node;
use crate::value::{Bytes, Duration, Name};
use pairs::Pairs;
use serde_json::{Map as Json, Value, json};
use std::collections::BTreeMap;

/// A service as it is described.
pub(super) struct Said<'a> {
    pub(super) name: &'a str,
    pub(super) node: &'a Node,
    pub(super) service: &'a layer::Service,
}

/// The kind of a service.
pub(super) fn kind<'a>(
    world: &World<'a>,
    said: &Said<'_>,
    name: &Name,
    overrides: &[&Node],
    findings: &mut Vec<Finding>,
) -> Option<KindDraft<'a>> {
    let Said { name: said_by, node, service } = *said;
    let Some(entry) = world.project.kinds.get(name.as_str()) else {
        let known = world.project.kinds.keys().map(String::as_str);
        let finding = Finding::error("unknown-kind", format!("there is no kind `{name}`"))
            .at(node.value_place(&["kind"]))
            .known("kinds", name.as_str(), known);
        findings.push(if finding.help.is_some() {
            finding
        } else {
            finding.help(format!(
                "describe it in `environments/catalogue/{name}.yaml`, or use `image`"
            ))
        });
        return None;
    };
    let version = version(entry, node, service, findings)?;
    not_for_environments(entry, said_by, overrides, findings);
    let reported = findings.len();
    let options = options(entry, node, service, findings);
    let options_known = findings.len() == reported;
    let secrets = secrets(entry, &options);
    let options_fact = data(&options);
    let provider = provider::of_kind(world, name, said_by);
    Some(KindDraft { entry, version, options, options_known, options_fact, secrets, provider })
}

fn version(
    entry: &crate::load::KindEntry,
    node: &Node,
    service: &layer::Service,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    let versions = entry.kind.versions.as_ref();
    let known = || versions.into_iter().flat_map(BTreeMap::keys).map(String::as_str);
    let (version, place) = match (&service.version, &entry.kind.default_version) {
        (Some(version), _) => (version.clone(), node.value_place(&["version"])),
        (None, Some(version)) => (version.clone(), entry.node.value_place(&["default-version"])),
        (None, None) => {
            let only: Vec<&str> = known().collect();
            if let [only] = only[..] {
                return Some(only.to_owned());
            }
            findings.push(
                Finding::error("missing-key", format!("`{}` has no default version", entry.name))
                    .at(node.value_place(&["kind"]))
                    .listed("versions", known())
                    .help("say `version`"),
            );
            return None;
        }
    };
    if known().any(|known| known == version) {
        return Some(version);
    }
    findings.push(
        Finding::error("unknown-version", format!("`{}` has no version `{version}`", entry.name))
            .at(place)
            .listed("versions", known())
            .help("name one of them"),
    );
    None
}

/// Options that an environment sets although the kind does not let it.
fn not_for_environments(
    entry: &crate::load::KindEntry,
    service: &str,
    overrides: &[&Node],
    findings: &mut Vec<Finding>,
) {
    let empty = BTreeMap::new();
    let known = entry.kind.options.as_ref().unwrap_or(&empty);
    for file in overrides {
        let Some(options) = file.at(&["services", service, "options"]) else { continue };
        for (option, value) in options.as_map().into_iter().flat_map(|map| &map.entries) {
            if known.get(option).is_none_or(|option| option.environment == Some(true)) {
                continue;
            }
            findings.push(
                Finding::error(
                    "not-for-environments",
                    format!("the option `{option}` is the same in every environment"),
                )
                .at(value.key)
                .help("say it in system.yaml"),
            );
        }
    }
}

fn options(
    entry: &crate::load::KindEntry,
    node: &Node,
    service: &layer::Service,
    findings: &mut Vec<Finding>,
) -> Json<String, Value> {
    let empty = BTreeMap::new();
    let known = entry.kind.options.as_ref().unwrap_or(&empty);
    let said = service.options.as_ref();
    for option in said.into_iter().flat_map(BTreeMap::keys) {
        if !known.contains_key(option) {
            findings.push(
                Finding::error(
                    "unknown-option",
                    format!("`{}` has no option `{option}`", entry.name),
                )
                .at(node.key_place(&["options", option]))
                .known("options", option, known.keys().map(String::as_str)),
            );
        }
    }
    let mut options = Json::new();
    for (name, option) in known {
        let place = node.value_place(&["options", name]);
        let said = said.and_then(|said| said.get(name));
        // A default keeps the kind's texts from failing over a fault that was told.
        if !has_type(option) {
            findings.push(
                Finding::error(
                    "missing-key",
                    format!("the option `{name}` of `{}` does not say what it takes", entry.name),
                )
                .at(entry.node.key_place(&["options", name]))
                .note("allowed: one-of, quantity, text, number, duration, map, scalars: true")
                .help("say one of them, such as `text: \"\"`, with its default"),
            );
            continue;
        }
        let found = value(name, option, said, node, place).or_else(|finding| {
            findings.push(finding);
            value(name, option, None, node, place)
        });
        let Ok(Some(value)) = found else { continue };
        if option.quantity.is_some()
            && let Some(bytes) = value.as_str().and_then(|text| text.parse::<Bytes>().ok())
        {
            options.insert(format!("{}_bytes", fact_name(name)), json!(bytes.count()));
        }
        options.insert(fact_name(name), value);
    }
    Pairs { known, options: &options, node }.check(findings);
    options
}

/// Whether an option says what its value is.
fn has_type(option: &KindOption) -> bool {
    option.one_of.is_some()
        || option.quantity.is_some()
        || option.text.is_some()
        || option.number.is_some()
        || option.duration.is_some()
        || option.map.is_some()
        || option.scalars == Some(true)
}

/// The name of a fact in texts, where a hyphen would be a subtraction.
pub(super) fn fact_name(name: &str) -> String {
    name.replace('-', "_")
}

fn value(
    name: &str,
    option: &KindOption,
    said: Option<&Value>,
    node: &Node,
    place: Place,
) -> Result<Option<Value>, Finding> {
    let wrong = |expected: &str, found: &Value| {
        Finding::error(
            "wrong-type",
            format!("the option `{name}` is {expected}, not `{}`", plain(found)),
        )
        .at(place)
    };
    if let Some(words) = &option.one_of {
        return match said {
            None => Ok(words.first().map(|word| json!(word))),
            Some(Value::String(word)) if words.contains(word) => Ok(Some(json!(word))),
            Some(other) => Err(Finding::error(
                "wrong-type",
                format!("the option `{name}` cannot be `{}`", plain(other)),
            )
            .at(place)
            .known("allowed", &plain(other), words.iter().map(String::as_str))),
        };
    }
    if let Some(default) = &option.quantity {
        let text = said.map_or_else(|| default.to_string(), plain);
        return text.parse::<Bytes>().map(|bytes| Some(json!(bytes.to_string()))).map_err(
            |error| {
                let finding = Finding::error("invalid-value", error.message).at(place);
                match error.help {
                    Some(help) => finding.help(help),
                    None => finding,
                }
            },
        );
    }
    if let Some(default) = &option.duration {
        let Some(said) = said else { return Ok(Some(json!(default.to_string()))) };
        return match plain(said).parse::<Duration>() {
            Ok(duration) => Ok(Some(json!(duration.to_string()))),
            Err(error) => Err(wrong("a duration such as `15d`", said).note(error.message)),
        };
    }
    if let Some(default) = option.number {
        return match said {
            None => Ok(Some(json!(default))),
            Some(Value::Number(number)) if number.is_i64() => Ok(Some(json!(number))),
            Some(other) => Err(wrong("a whole number", other)),
        };
    }
    if let Some(default) = &option.text {
        return match said {
            None => Ok(Some(json!(default))),
            Some(Value::String(text)) => Ok(Some(json!(text))),
            Some(other) => Err(wrong("text", other)),
        };
    }
    let Some(said) = said else { return Ok(Some(json!({}))) };
    let Value::Object(entries) = said else {
        let inside = if option.map.is_some() { "{}" } else { "…" };
        return Err(
            wrong("a map of entries", said).help(format!("write `{name}: {{ NAME: {inside} }}`"))
        );
    };
    for (entry, content) in entries {
        check_entry(name, option, entry, content, node)?;
    }
    Ok(Some(with_words(option, entries)))
}

/// Entries with the first word of each key that is one of several, where they say none.
fn with_words(option: &KindOption, entries: &Json<String, Value>) -> Value {
    let mut entries = entries.clone();
    for (key, holds) in option.map.iter().flatten() {
        let EntryKey::OneOf(words) = holds else { continue };
        for entry in entries.values_mut().filter_map(Value::as_object_mut) {
            if let Some(first) = words.first() {
                entry.entry(key.clone()).or_insert_with(|| json!(first));
            }
        }
    }
    Value::Object(entries)
}

fn check_entry(
    name: &str,
    option: &KindOption,
    entry: &str,
    content: &Value,
    node: &Node,
) -> Result<(), Finding> {
    let place = node.key_place(&["options", name, entry]);
    let plain_name = entry.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
        && entry.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if !plain_name {
        return Err(Finding::error(
            "invalid-value",
            format!("`{entry}` cannot be the name of an entry of `{name}`"),
        )
        .at(place)
        .help("use letters, digits, `_`, `-` and `.`"));
    }
    let Some(keys) = &option.map else {
        return match content {
            Value::Object(_) | Value::Array(_) | Value::Null => Err(Finding::error(
                "wrong-type",
                format!("an entry of `{name}` is text, a number, `true` or `false`"),
            )
            .at(place)),
            _ => Ok(()),
        };
    };
    let Value::Object(content) = content else {
        return Err(Finding::error(
            "wrong-type",
            format!("an entry of `{name}` is a map, found `{}`", plain(content)),
        )
        .at(place)
        .help(format!("write `{entry}: {{}}`")));
    };
    for (key, value) in content {
        let place = node.key_place(&["options", name, entry, key]);
        let fits = match keys.get(key) {
            Some(EntryKey::Text) => value.is_string(),
            Some(EntryKey::Flag) => value.is_boolean(),
            Some(EntryKey::OneOf(words)) => {
                let said = plain(value);
                if value.is_string() && words.contains(&said) {
                    continue;
                }
                let message = format!("`{key}` of `{entry}` cannot be `{said}`");
                let words = words.iter().map(String::as_str);
                let finding = Finding::error("wrong-type", message).at(place);
                return Err(finding.known("allowed", &said, words));
            }
            None => {
                return Err(Finding::error(
                    "unknown-key",
                    format!("an entry of `{name}` has no key `{key}`"),
                )
                .at(place)
                .known("allowed", key, keys.keys().map(String::as_str)));
            }
        };
        if !fits {
            return Err(Finding::error(
                "wrong-type",
                format!("`{key}` of `{entry}` cannot be `{}`", plain(value)),
            )
            .at(place));
        }
    }
    Ok(())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// The secrets of a kind: item and fact.
fn secrets(entry: &crate::load::KindEntry, options: &Json<String, Value>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (item, facts) in entry.kind.secrets.iter().flatten() {
        all.extend(facts.0.iter().map(|fact| (item.to_string(), fact.to_string())));
    }
    for (option, facts) in entry.kind.item_secrets.iter().flatten() {
        let entries = options.get(&fact_name(option)).and_then(Value::as_object);
        for item in entries.into_iter().flat_map(Json::keys) {
            all.extend(facts.0.iter().map(|fact| (item.clone(), fact.to_string())));
        }
    }
    all
}
