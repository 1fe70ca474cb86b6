//! Commands and arguments of a service.

use super::draft::{Draft, World};
use super::facts::fact_key;
use super::literal;
use super::secrets::holds_secret;
use super::texts::{Facts, data};
use crate::finding::Finding;
use crate::layer::TextItem;
use serde_json::Value;

pub(super) fn command(
    world: &World<'_>,
    draft: &Draft<'_>,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> (Option<Vec<String>>, Option<Vec<String>>) {
    let entry = draft.kind.as_ref().map(|kind| kind.entry);
    let mut list = |key: &str, said: Option<&Vec<TextItem>>, of_kind: Option<&Vec<TextItem>>| {
        let (items, node) = match (said, of_kind, entry) {
            (Some(items), ..) => (items, &draft.node),
            (None, Some(items), Some(entry)) => (items, &entry.node),
            _ => return None,
        };
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                TextItem::Literal(text) => {
                    if said.is_some() {
                        let path = [key, &index.to_string()];
                        findings.extend(literal::finding(world, draft, facts, &path, text));
                    }
                    texts.push(text.clone());
                }
                TextItem::Template(template) => {
                    let place = node.value_place(&[key, &index.to_string(), "text"]);
                    match world.texts.evaluate(&template.text, facts, place) {
                        // A kind's argument that comes to nothing is left out.
                        Ok(text) if text.text.is_empty() && said.is_none() => {}
                        Ok(text) if holds_secret(&text.text) => findings.push(
                            Finding::error("secret-in-command", "a command would hold a secret")
                                .at(place)
                                .help("pass it by a file or a variable: a command is shown in every list of processes"),
                        ),
                        Ok(text) => texts.push(text.text),
                        Err(fault) => findings.extend(fault),
                    }
                }
            }
        }
        Some(texts)
    };
    let kind = entry.map(|entry| &entry.kind);
    let command = list(
        "command",
        draft.service.command.as_ref(),
        kind.and_then(|kind| kind.command.as_ref()),
    );
    let mut args =
        list("args", draft.service.args.as_ref(), kind.and_then(|kind| kind.args.as_ref()));
    if draft.service.args.is_none() {
        let made = made_args(world, draft, facts, findings);
        if !made.is_empty() {
            args.get_or_insert_default().extend(made);
        }
    }
    (command, args)
}

/// Arguments that are made of the entries of an option.
fn made_args(
    world: &World<'_>,
    draft: &Draft<'_>,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut made = Vec::new();
    let Some(kind) = &draft.kind else { return made };
    for (option, text) in kind.entry.kind.args_of.iter().flatten() {
        let entries = kind.options.get(&fact_key(option)).and_then(Value::as_object);
        for (key, value) in entries.into_iter().flatten() {
            let mut facts = facts.clone();
            facts.set("key", key);
            facts.set("value", data(value));
            let place = kind.entry.node.value_place(&["args-of", option]);
            match world.texts.evaluate(text, &facts, place) {
                Ok(text) => made.push(text.text),
                Err(fault) => findings.extend(fault),
            }
        }
    }
    made
}
