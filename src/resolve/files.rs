//! Files that a service mounts: its own, and its kind's.

use super::derived;
use super::draft::{Draft, SystemDraft, World};
use super::flows::ResolvedFlow;
use super::secrets::holds_secret;
use super::texts::{Facts, Fault};
use crate::finding::Finding;
use crate::layer::KindFile;
use crate::model::File;
use crate::source::Place;
use crate::value::AbsolutePath;
use camino::Utf8Path;
use serde_json::Value;
use std::collections::BTreeMap;

/// Permissions of a file that says none: everybody may read.
const READABLE: u32 = 0o444;

/// The files of a service in order of path.
pub(super) fn files(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    flows: &[ResolvedFlow],
    facts: &Facts,
    findings: &mut Vec<Finding>,
) -> Vec<File> {
    let mut all: BTreeMap<AbsolutePath, File> = BTreeMap::new();
    if let Some(kind) = &draft.kind {
        for (path, file) in kind.entry.kind.files.iter().flatten() {
            match of_kind(world, system, draft, flows, facts, path, file) {
                Ok(text) => {
                    let at = kind.entry.node.value_place(&["files", path.as_str(), "mode"]);
                    let mode = mode(file.mode.as_deref(), at, findings);
                    let origin = vec!["kind".to_owned()];
                    all.insert(path.clone(), File { path: path.clone(), text, mode, origin });
                }
                Err(fault) => findings.extend(fault),
            }
        }
    }
    for (path, file) in draft.service.files.iter().flatten() {
        if file.enabled == Some(false) {
            continue;
        }
        let origin = vec!["files".to_owned(), path.to_string()];
        let place = draft.node.key_place(&origin);
        let Some(from) = &file.from else {
            findings.push(
                Finding::error("missing-key", format!("nothing says what `{path}` holds"))
                    .at(place)
                    .help("say `from`, a file below `files/`"),
            );
            continue;
        };
        let at = draft.node.value_place(&["files", path.as_str(), "mode"]);
        let mode = mode(file.mode.as_deref(), at, findings);
        // A file that could not be read was reported when the project was loaded.
        for mounted in system.files.texts.get(from).into_iter().flatten() {
            let name = if mounted.below.is_empty() { from } else { &mounted.below };
            let text = if Utf8Path::new(name).extension() == Some("j2") {
                match world.texts.evaluate(&mounted.text, facts, mounted.place) {
                    Ok(evaluated) => evaluated.text,
                    Err(fault) => {
                        let fault = fault.map(|one| one.related(place, "it is mounted here"));
                        findings.extend(fault);
                        continue;
                    }
                }
            } else {
                mounted.text.clone()
            };
            if holds_secret(&text) {
                findings.push(secret_in_file(
                    &draft.node.value_place(&["files", path.as_str(), "from"]),
                    from,
                ));
                continue;
            }
            let target = if mounted.below.is_empty() {
                path.clone()
            } else {
                let below = mounted.below.strip_suffix(".j2").unwrap_or(&mounted.below);
                match format!("{}/{below}", path.as_str().trim_end_matches('/')).parse() {
                    Ok(path) => path,
                    Err(error) => {
                        let error: crate::value::ValueError = error;
                        findings.push(Finding::error("invalid-value", error.message).at(place));
                        continue;
                    }
                }
            };
            all.insert(target.clone(), File { path: target, text, mode, origin: origin.clone() });
        }
    }
    all.into_values().collect()
}

fn secret_in_file(place: &Place, from: &str) -> Finding {
    Finding::error("secret-in-file", format!("`{from}` would hold a secret in plain text"))
        .at(*place)
        .help("let the application read the secret's own file (`NAME_FILE`), or give it a variable with `as: env`")
}

fn of_kind(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    flows: &[ResolvedFlow],
    facts: &Facts,
    path: &AbsolutePath,
    file: &KindFile,
) -> Result<String, Fault> {
    let Some(kind) = &draft.kind else { return Ok(String::new()) };
    let at = |key: &str| kind.entry.node.value_place(&["files", path.as_str(), key]);
    let text = if let Some(text) = &file.text {
        world.texts.evaluate(text, facts, at("text"))?.text
    } else if let Some(yaml) = &file.yaml {
        let mut value = yaml.clone();
        texts_of(world, &mut value, facts, at("yaml"))?;
        crate::yaml::document(&value, crate::yaml::KeyOrder::AsIs)
    } else if let Some(derived) = file.derive {
        derived::text(derived, system, draft, flows)
    } else {
        return Err(Some(
            Finding::error("missing-key", format!("nothing says what `{path}` holds"))
                .at(kind.entry.node.key_place(&["files", path.as_str()]))
                .help("say `text`, `yaml` or `derive`"),
        ));
    };
    if holds_secret(&text) {
        return Err(Some(secret_in_file(&at("text"), path.as_str())));
    }
    Ok(text)
}

/// Evaluates every string of a YAML document.
fn texts_of(
    world: &World<'_>,
    value: &mut Value,
    facts: &Facts,
    place: Place,
) -> Result<(), Fault> {
    match value {
        Value::String(text) => *text = world.texts.evaluate(text, facts, place)?.text,
        Value::Array(items) => {
            for item in items {
                texts_of(world, item, facts, place)?;
            }
        }
        Value::Object(map) => {
            for (_, item) in map.iter_mut() {
                texts_of(world, item, facts, place)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Permissions in octal, such as `"0444"`.
fn mode(text: Option<&str>, place: Place, findings: &mut Vec<Finding>) -> u32 {
    let Some(text) = text else { return READABLE };
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o777 && text.len() <= 4 => mode,
        _ => {
            findings.push(
                Finding::error("invalid-value", format!("`{text}` is no file mode"))
                    .at(place)
                    .note("allowed: three or four octal digits in quotes, at most `\"0777\"`")
                    .help("write the rights in digits, such as `\"0444\"`: all may read"),
            );
            READABLE
        }
    }
}
