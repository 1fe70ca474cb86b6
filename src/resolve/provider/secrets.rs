//! Secrets in the form that an operator wants: one for a user, say, with its name and password.

use super::tree::{At, Trees};
use crate::finding::Finding;
use crate::model::{OperatorSecret, OperatorSecretValue};
use crate::reference::readable;
use crate::resolve::draft::{Draft, SystemDraft};
use crate::resolve::secrets::kind_reference;
use crate::resolve::texts::Facts;
use crate::source::Place;
use crate::value::{Host, SecretKey};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A Secret as the provider's tree comes out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    name: String,
    keys: BTreeMap<SecretKey, SaidValue>,
}

/// A text, or a secret of the kind.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum SaidValue {
    Text(String),
    Secret { secret: String },
}

pub(super) fn secrets(
    trees: &Trees<'_>,
    draft: &Draft<'_>,
    system: &SystemDraft<'_>,
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Vec<OperatorSecret> {
    let Some(provider) = draft.provider() else { return Vec::new() };
    let place = provider.entry.node.key_place(&["secrets"]);
    let said = provider.entry.provider.secrets.as_deref().unwrap_or_default();
    let made = match trees.list(said, facts, &At::of("secrets"), &mut Vec::new()) {
        Ok(made) => made,
        Err(fault) => {
            findings.extend(fault);
            return Vec::new();
        }
    };
    let mut all: BTreeMap<String, OperatorSecret> = BTreeMap::new();
    for value in made {
        match secret(value, draft, system, place) {
            Ok(secret) if all.contains_key(&secret.name) => {
                let name = readable(&secret.name);
                let message = format!("two Secrets of `{}` would be called `{name}`", draft.name);
                findings.push(
                    Finding::error("name-twice", message)
                        .at(draft.node.key_place(&["options"]))
                        .related(place, "they are named here")
                        .help("give one of the entries another name"),
                );
            }
            Ok(secret) => {
                all.insert(secret.name.clone(), secret);
            }
            Err(finding) => findings.push(*finding),
        }
    }
    all.into_values().collect()
}

fn secret(
    value: serde_json::Value,
    draft: &Draft<'_>,
    system: &SystemDraft<'_>,
    place: Place,
) -> Result<OperatorSecret, Box<Finding>> {
    let said: Said = serde_json::from_value(value).map_err(|_| {
        Box::new(
            Finding::error("wrong-type", "a Secret has a name and keys")
                .at(place)
                .help("write `{ name: …, keys: { password: { secret: \"ITEM#FACT\" } } }`"),
        )
    })?;
    let name = readable(&said.name);
    if let Err(error) = name.parse::<Host>() {
        let finding = Finding::error(
            "invalid-name",
            format!("a Secret of `{}` would be called `{name}`: {}", draft.name, error.message),
        );
        let finding = finding.at(draft.node.key_place(&["options"]));
        return Err(Box::new(finding.related(place, "it is named here")));
    }
    let known = draft.kind.as_ref().map(|kind| kind.secrets.as_slice()).unwrap_or_default();
    let mut keys = BTreeMap::new();
    for (key, value) in said.keys {
        let value = match value {
            SaidValue::Text(text) => OperatorSecretValue::Text(text),
            SaidValue::Secret { secret } => {
                let found = known.iter().find(|(item, fact)| secret == format!("{item}#{fact}"));
                let Some((item, fact)) = found else {
                    let message = format!("`{}` has no secret `{secret}`", draft.name);
                    let names = known.iter().map(|(item, fact)| format!("{item}#{fact}"));
                    let names: Vec<String> = names.collect();
                    let finding = Finding::error("unknown-secret", message).at(place);
                    return Err(Box::new(finding.known(
                        "secrets",
                        &secret,
                        names.iter().map(String::as_str),
                    )));
                };
                let service = draft.name.as_str();
                let reference = kind_reference(system.name.as_str(), service, item, fact);
                OperatorSecretValue::Reference(reference)
            }
        };
        keys.insert(key, value);
    }
    Ok(OperatorSecret { name: said.name, keys })
}
