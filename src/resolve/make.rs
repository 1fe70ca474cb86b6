//! Where the values of secrets come from in Compose.

use super::draft::Draft;
use crate::finding::Finding;
use crate::layer::{self, MakeBy, MakeWord};
use crate::model::Make;
use crate::source::Place;
use crate::value::SecretKey;

/// The letters to choose from, where nobody says which.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How many letters there are, where nobody says it.
const LENGTH: u32 = 32;

/// A value that is longer is no password.
const MOST_LETTERS: u32 = 4096;

/// What a service says of a secret.
pub(super) fn make(
    draft: &Draft<'_>,
    key: &SecretKey,
    said: &layer::Make,
    findings: &mut Vec<Finding>,
) -> Option<Make> {
    let at = |name: &str| draft.node.value_place(&["secrets", key.as_str(), "make", name]);
    match said {
        layer::Make::Word(MakeWord::Random) => Some(Make::Random),
        layer::Make::Word(MakeWord::Ask) => Some(Make::Ask),
        layer::Make::Made(MakeBy { command: Some(command), gives, .. }) => {
            if command.is_empty() {
                findings.push(
                    Finding::error("invalid-value", format!("nothing is run to make `{key}`"))
                        .at(at("command"))
                        .help("say a command, such as `[/usr/local/bin/app, make-keys]`"),
                );
                return None;
            }
            let gives = gives.clone().unwrap_or_else(|| vec![key.clone()]);
            for (index, given) in gives.iter().enumerate() {
                findings.extend(unknown(
                    draft,
                    given,
                    |name| {
                        draft.node.value_place(&["secrets", key.as_str(), "make", "gives", name])
                    },
                    index,
                ));
            }
            if !gives.contains(key) {
                findings.push(
                    Finding::error(
                        "invalid-value",
                        format!("the command does not make `{key}` itself"),
                    )
                    .at(at("gives"))
                    .help(format!("add `{key}`, or say `make` of one of those that it gives")),
                );
            }
            Some(Make::Command { command: command.clone(), gives })
        }
        layer::Make::Made(MakeBy { gives: Some(_), .. }) => {
            findings.push(
                Finding::error("missing-key", "`gives` is for a command, and there is none")
                    .at(at("gives"))
                    .help("say `command`, or remove it"),
            );
            None
        }
        layer::Make::Made(MakeBy { length, alphabet, .. }) => {
            letters(*length, alphabet.as_deref(), &at, findings)
        }
    }
}

fn unknown(
    draft: &Draft<'_>,
    given: &SecretKey,
    at: impl Fn(&str) -> Place,
    index: usize,
) -> Option<Finding> {
    let known = || draft.service.secrets.iter().flatten().map(|(key, _)| key.as_str());
    if known().any(|known| known == given.as_str()) {
        return None;
    }
    let message = format!("`{}` has no secret `{given}`", draft.name);
    let finding = Finding::error("unknown-secret", message).at(at(&index.to_string()));
    Some(finding.known("secrets", given.as_str(), known()))
}

fn letters(
    length: Option<u32>,
    alphabet: Option<&str>,
    at: &dyn Fn(&str) -> Place,
    findings: &mut Vec<Finding>,
) -> Option<Make> {
    let length = length.unwrap_or(LENGTH);
    if !(1..=MOST_LETTERS).contains(&length) {
        findings.push(
            Finding::error("invalid-value", format!("a value cannot have {length} letters"))
                .at(at("length"))
                .note(format!("allowed: 1 to {MOST_LETTERS}")),
        );
        return None;
    }
    let alphabet = alphabet.unwrap_or(ALPHABET);
    let mut letters: Vec<char> = alphabet.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let is_plain = letters.iter().all(char::is_ascii_graphic);
    if letters.len() < 2 || !is_plain {
        findings.push(
            Finding::error("invalid-value", "a value cannot be made of these letters")
                .at(at("alphabet"))
                .note("allowed: two or more letters, digits and signs of ASCII"),
        );
        return None;
    }
    Some(Make::Letters { length, alphabet: letters.into_iter().collect() })
}
