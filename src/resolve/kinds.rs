//! What a kind says of its own parts: names of options and of kinds that do not exist.

use crate::finding::Finding;
use crate::layer::{Alert, Panel};
use crate::load::{KindEntry, Project};
use crate::tree::Node;
use std::collections::BTreeMap;

/// The faults of all kinds and providers, whether a service uses them or not.
pub(super) fn findings(project: &Project, findings: &mut Vec<Finding>) {
    for entry in project.providers.values().filter(|entry| !entry.node.has_unknown()) {
        let said = &entry.provider;
        unsaid(&entry.node, said.alerts.as_ref(), said.panels.as_ref(), findings);
    }
    for entry in project.kinds.values().filter(|entry| !entry.node.has_unknown()) {
        for path in options_named(entry) {
            unknown_option(entry, &path, findings);
        }
        unknown_words(entry, findings);
        unsaid(&entry.node, entry.kind.alerts.as_ref(), entry.kind.panels.as_ref(), findings);
        for kind in entry.kind.uses.iter().flatten().map(|(kind, _)| kind.as_str()) {
            if !project.kinds.contains_key(kind) {
                findings.push(
                    Finding::error("unknown-kind", format!("there is no kind `{kind}`"))
                        .at(entry.node.key_place(&["uses", kind]))
                        .known("kinds", kind, project.kinds.keys().map(String::as_str)),
                );
            }
        }
    }
}

const EXPR: &str = "say a PromQL expression over the metrics of the kind";

/// Keys without which an alert or a panel is none.
fn unsaid(
    node: &Node,
    alerts: Option<&BTreeMap<String, Alert>>,
    panels: Option<&Vec<Panel>>,
    findings: &mut Vec<Finding>,
) {
    let mut need = |path: &[&str], of: &str, key: &str, said: Option<&String>, help: &str| {
        if said.is_none_or(|text| text.trim().is_empty()) {
            findings.push(
                Finding::error("missing-key", format!("nothing says the `{key}` of {of}"))
                    .at(node.key_place(path))
                    .help(help),
            );
        }
    };
    for (name, alert) in alerts.into_iter().flatten() {
        let (path, of) = (["alerts", name], format!("`{name}`"));
        let when = "say in a line what is wrong when it fires";
        need(&path, &of, "expr", alert.expr.as_ref(), EXPR);
        need(&path, &of, "summary", alert.summary.as_ref(), when);
    }
    for (index, panel) in panels.into_iter().flatten().enumerate() {
        let of = format!("panel {}", index + 1);
        let index = index.to_string();
        let path = ["panels", &index];
        need(&path, &of, "title", panel.title.as_ref(), "say what it shows");
        need(&path, &of, "expr", panel.expr.as_ref(), EXPR);
    }
}

/// Where an option is named: the keys that lead there, and the option.
struct Named<'a> {
    keys: Vec<&'a str>,
    option: &'a str,
}

fn options_named(entry: &KindEntry) -> Vec<Named<'_>> {
    let kind = &entry.kind;
    let named = |keys: Vec<_>, option| Named { keys, option };
    let args = kind.args_of.iter().flat_map(BTreeMap::keys);
    let mut all: Vec<Named<'_>> = args.map(|it| named(vec!["args-of", it], it)).collect();
    let secrets = kind.item_secrets.iter().flat_map(BTreeMap::keys);
    all.extend(secrets.map(|it| named(vec!["item-secrets", it], it)));
    all.extend(kind.picks.iter().flatten().map(|(pick, from)| match &from.option {
        Some(option) => named(vec!["picks", pick, "option"], option),
        None => named(vec!["picks", pick], pick),
    }));
    for (name, option) in kind.options.iter().flatten() {
        all.extend(
            option
                .names
                .iter()
                .flatten()
                .map(|(key, it)| named(vec!["options", name, "names", key], it)),
        );
        all.extend(option.with.iter().map(|it| named(vec!["options", name, "with"], it)));
    }
    let folders = kind.contract.iter().flat_map(|contract| contract.data.iter().flatten());
    for (folder, said) in folders {
        let options = said.lasts_if.iter().flat_map(BTreeMap::keys);
        let keys = |it| vec!["contract", "data", folder.as_str(), "lasts-if", it];
        all.extend(options.map(|it| named(keys(it), it)));
    }
    all
}

fn unknown_option(entry: &KindEntry, named: &Named<'_>, findings: &mut Vec<Finding>) {
    let options = entry.kind.options.as_ref();
    if options.is_some_and(|options| options.contains_key(named.option)) {
        return;
    }
    // The option is the last key, or what it says.
    let is_key = named.keys.last() == Some(&named.option);
    let node = &entry.node;
    findings.push(
        Finding::error(
            "unknown-option",
            format!("`{}` has no option `{}`", entry.name, named.option),
        )
        .at(if is_key { node.key_place(&named.keys) } else { node.value_place(&named.keys) })
        .known(
            "options",
            named.option,
            options.into_iter().flat_map(BTreeMap::keys).map(String::as_str),
        ),
    );
}

/// Words that an option never is, so that what they decide would never come.
fn unknown_words(entry: &KindEntry, findings: &mut Vec<Finding>) {
    let folders = entry.kind.contract.iter().flat_map(|contract| contract.data.iter().flatten());
    for (folder, said) in folders {
        for (option, word) in said.lasts_if.iter().flatten() {
            let words = entry.kind.options.as_ref().and_then(|options| options.get(option));
            let Some(words) = words.and_then(|option| option.one_of.as_ref()) else { continue };
            if words.contains(word) {
                continue;
            }
            let path = ["contract", "data", folder.as_str(), "lasts-if", option];
            findings.push(
                Finding::error("unknown-word", format!("the option `{option}` is never `{word}`"))
                    .at(entry.node.value_place(&path))
                    .known("allowed", word, words.iter().map(String::as_str)),
            );
        }
    }
}
