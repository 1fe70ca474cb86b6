//! Files that a service mounts: its own, and its kind's.

use super::derived::{self, DerivedFile, Sources};
use super::draft::{Draft, SystemDraft, World};
use super::flows::ResolvedFlow;
use super::secrets::{SecretTable, holds_secret};
use super::texts::{Facts, Fault};
use crate::finding::Finding;
use crate::layer::KindFile;
use crate::model::{
    File, FilePart, Platform, Sealed, SealedFile, Secret, SecretBackend, names_in_volume,
};
use crate::source::Place;
use crate::value::{AbsolutePath, SecretKey};
use camino::Utf8Path;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Permissions of a file that says none: everybody may read.
const READABLE: u32 = 0o444;
/// Permissions of a file with secrets that says none: the service's group may read.
const SEALED: u32 = 0o440;

/// The files of a service.
#[derive(Default)]
struct Files {
    /// Those without secrets.
    plain: BTreeMap<AbsolutePath, File>,
    /// Those with secrets.
    sealed: BTreeMap<AbsolutePath, Held>,
    /// The secrets that they hold.
    secrets: BTreeMap<SecretKey, Secret>,
}

/// A file with secrets, before it has a name in its volume.
struct Held {
    parts: Vec<FilePart>,
    mode: u32,
    origin: Vec<String>,
}

/// What is mounted where.
struct Mounted {
    path: AbsolutePath,
    text: String,
    mode: Option<u32>,
    origin: Vec<String>,
}

impl Files {
    /// Adds a file; the later of two at one path is mounted.
    fn add(&mut self, file: Mounted, secrets: &SecretTable) {
        let Mounted { path, text, mode, origin } = file;
        self.plain.remove(&path);
        self.sealed.remove(&path);
        if holds_secret(&text) {
            let parts = secrets.seal(&text, &mut self.secrets);
            let mode = mode.unwrap_or(SEALED);
            self.sealed.insert(path, Held { parts, mode, origin });
        } else {
            let mode = mode.unwrap_or(READABLE);
            self.plain.insert(path.clone(), File { path, text, mode, origin });
        }
    }

    /// Those without secrets, and those with secrets.
    fn finish(self, backend: &SecretBackend) -> (Vec<File>, Sealed) {
        let paths: Vec<&AbsolutePath> = self.sealed.keys().collect();
        let names = names_in_volume(&paths);
        let files: Vec<SealedFile> = names
            .into_iter()
            .zip(self.sealed)
            .map(|(name, (path, Held { parts, mode, origin }))| {
                let mut file = SealedFile { path, key: name.clone(), name, parts, mode, origin };
                if *backend == SecretBackend::Sops {
                    file.key = format!("{}-{}", file.name, hash(&file.text()));
                }
                file
            })
            .collect();
        let is_held = |key: &SecretKey| {
            files.iter().flat_map(|file| &file.parts).any(|part| part.secret() == Some(key))
        };
        let secrets = self.secrets.into_values().filter(|secret| is_held(&secret.key)).collect();
        (self.plain.into_values().collect(), Sealed { files, secrets })
    }
}

/// The files of a service in order of path: those without secrets, and those with secrets.
pub(super) fn files(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    flows: &[ResolvedFlow],
    facts: &Facts,
    secrets: &SecretTable,
    findings: &mut Vec<Finding>,
) -> (Vec<File>, Sealed) {
    let mut all = Files::default();
    if let Some(kind) = &draft.kind {
        for (path, file) in kind.entry.kind.files.iter().flatten() {
            let sources = Sources { world, system, own: draft, flows };
            match of_kind(&sources, facts, path, file, findings) {
                Ok(files) => {
                    let at = kind.entry.node.value_place(&["files", path.as_str(), "mode"]);
                    let mode = mode(file.mode.as_deref(), at, findings);
                    let origin = vec!["kind".to_owned()];
                    for (path, text) in files {
                        all.add(Mounted { path, text, mode, origin: origin.clone() }, secrets);
                    }
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
            let from_at = draft.node.value_place(&["files", path.as_str(), "from"]);
            if let Some(finding) = unsealed(world, &text, name, from_at) {
                findings.push(finding);
                continue;
            }
            let path = if mounted.below.is_empty() {
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
            all.add(Mounted { path, text, mode, origin: origin.clone() }, secrets);
        }
    }
    all.finish(&world.environment.secrets)
}

/// Where people make Secrets, nobody puts values into a file.
fn unsealed(world: &World<'_>, text: &str, from: &str, place: Place) -> Option<Finding> {
    // A script of iac's writes it for Compose.
    let is_manual = world.environment.secrets == SecretBackend::Manual
        && world.platform == Platform::Kubernetes;
    (is_manual && holds_secret(text)).then(|| {
        let message = format!("`{from}` holds a secret, and nothing here writes it into the file");
        Finding::error("secret-in-file", message)
            .at(place)
            .note(format!("the secrets of `{}` are made by hand", world.environment.name))
            .help(
                "let the application read the secret's own file (`NAME_FILE`), or a variable \
                 (`as: env`); or have the file written in the cluster: say \
                 `secrets: { external-secrets: … }` of the environment; or keep it encrypted: \
                 `secrets: { sops: {} }`",
            )
    })
}

/// A file of the service's kind, or those of a folder.
fn of_kind(
    sources: &Sources<'_>,
    facts: &Facts,
    path: &AbsolutePath,
    file: &KindFile,
    findings: &mut Vec<Finding>,
) -> Result<Vec<(AbsolutePath, String)>, Fault> {
    let Sources { world, own, .. } = sources;
    let Some(kind) = &own.kind else { return Ok(Vec::new()) };
    let at = |key: &str| kind.entry.node.value_place(&["files", path.as_str(), key]);
    let text = if let Some(text) = &file.text {
        world.texts.evaluate(text, facts, at("text"))?.text
    } else if let Some(yaml) = &file.yaml {
        let mut value = yaml.clone();
        texts_of(world, &mut value, facts, at("yaml"))?;
        crate::yaml::document(&value, crate::yaml::KeyOrder::AsIs)
    } else if let Some(derived) = file.derive {
        let files = derived::files(derived, sources, findings)?.into_iter();
        let below = files.map(|DerivedFile { below, text }| {
            let place = match below.as_str() {
                "" => Ok(path.clone()),
                below => format!("{}/{below}", path.as_str().trim_end_matches('/')).parse(),
            };
            // A kind's name is part of a path as it is.
            place.map(|place| (place, text)).map_err(|_| None)
        });
        return below.collect();
    } else {
        return Err(Some(
            Finding::error("missing-key", format!("nothing says what `{path}` holds"))
                .at(kind.entry.node.key_place(&["files", path.as_str()]))
                .help("say `text`, `yaml` or `derive`"),
        ));
    };
    match unsealed(world, &text, path.as_str(), at("text")) {
        None => Ok(vec![(path.clone(), text)]),
        Some(finding) => Err(Some(finding)),
    }
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

/// The start of a text's hash: enough to tell one version of a file from another.
pub(super) fn hash(text: &str) -> String {
    let bytes = Sha256::digest(text);
    bytes[..4].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Permissions in octal, such as `"0444"`.
fn mode(text: Option<&str>, place: Place, findings: &mut Vec<Finding>) -> Option<u32> {
    let text = text?;
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o777 && text.len() <= 4 => Some(mode),
        _ => {
            findings.push(
                Finding::error("invalid-value", format!("`{text}` is no file mode"))
                    .at(place)
                    .note("allowed: three or four octal digits in quotes, at most `\"0777\"`")
                    .help("write the rights in digits, such as `\"0444\"`: all may read"),
            );
            None
        }
    }
}
