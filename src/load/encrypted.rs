//! Reads Secrets that SOPS has encrypted: their names and keys, which stand in clear. No value is
//! ever decrypted, and none may stand here in clear.

use super::loader::{Loader, is_folder};
use super::manifests::{Objects, incomplete, is_encrypted, secret_values, word};
use super::project::SystemFiles;
use crate::finding::Finding;
use crate::model::Manifest;
use crate::source::Place;
use crate::tree::{Node, Value};
use camino::Utf8Path;

const PLAIN: &str = "secret-not-encrypted";

impl Loader {
    /// Reads every file of a system's folder `secrets/`, in which each environment has a folder.
    pub(super) fn encrypted(
        &mut self,
        folder: &Utf8Path,
        system: &mut SystemFiles,
    ) -> anyhow::Result<()> {
        for entry in self.entries(folder)?.unwrap_or_default() {
            let path = folder.join(&entry.name);
            if !is_folder(&entry) {
                self.findings.push(
                    Finding::error("unexpected-file", format!("`{path}` has no meaning here"))
                        .help(
                            "move it into the folder of its environment, such as `secrets/prod/`",
                        ),
                );
                continue;
            }
            if !self.is_environment(&entry.name, &path) {
                continue;
            }
            let before = self.findings.len();
            let mut secrets = Vec::new();
            for entry in self.entries(&path)?.unwrap_or_default() {
                self.encrypted_file(&path.join(&entry.name), &mut secrets)?;
            }
            // What one file at fault holds is known of none.
            let sound = self.findings.len() == before;
            system.encrypted.insert(entry.name, sound.then_some(secrets));
        }
        Ok(())
    }

    fn encrypted_file(
        &mut self,
        path: &Utf8Path,
        secrets: &mut Vec<Manifest>,
    ) -> anyhow::Result<()> {
        let Some(Objects { documents, unreadable_value }) = self.objects(path)? else {
            return Ok(());
        };
        let before = self.findings.len();
        for node in documents {
            let faults = faults(&node, path);
            let sound = faults.is_empty() && !node.has_unknown();
            self.findings.extend(faults);
            if sound {
                secrets.push(Manifest { path: path.to_string(), node });
            }
        }
        let told = self.findings[before..].iter().any(|finding| finding.id == PLAIN);
        let plain = |place| plain(place, path);
        self.findings.extend(unreadable_value.filter(|_| !told).map(plain));
        Ok(())
    }
}

/// Why a document is no Secret whose values alone are encrypted.
fn faults(node: &Node, path: &Utf8Path) -> Vec<Finding> {
    if word(node, &["kind"]).is_some_and(is_encrypted) {
        return vec![
            Finding::error("secret-unreadable", "here even the names are encrypted")
                .at(node.value_place(&["kind"]))
                .note("`iac` reads names and keys, to know that nothing is missing, and no value")
                .help(format!(
                    "encrypt the values alone: `sops encrypt --encrypted-regex \
                     '^(data|stringData)$' {path}`, or say `encrypted_regex` in `.sops.yaml`"
                )),
        ];
    }
    if let Some(kind) = word(node, &["kind"]).filter(|kind| *kind != "Secret") {
        return vec![
            Finding::error("not-a-secret", format!("`{kind}` is no Secret"))
                .at(node.value_place(&["kind"]))
                .help("only Secrets stand in `secrets/`; move this to `manifests/`"),
        ];
    }
    let mut faults = incomplete(node, "only Secrets stand in `secrets/`, encrypted by SOPS");
    let values = secret_values(node);
    // SOPS leaves an empty value as it is.
    let in_clear = values.iter().find(|(_, value)| match &value.value {
        Value::Text(text) => !text.is_empty() && !is_encrypted(text),
        Value::Unknown | Value::Null => false,
        _ => true,
    });
    if let Some((_, value)) = in_clear {
        faults.push(plain(value.place, path));
    } else if node.at(&["sops", "mac"]).is_none() {
        faults.push(
            Finding::error(PLAIN, "SOPS has not encrypted this Secret")
                .at(node.key_place(&["kind"]))
                .help(encrypt(path)),
        );
    }
    faults
}

fn plain(place: Place, path: &Utf8Path) -> Finding {
    Finding::error(PLAIN, "here a value stands in clear")
        .at(place)
        .note("whoever reads this file knows it: change it, if the file was ever committed")
        .help(encrypt(path))
}

fn encrypt(path: &Utf8Path) -> String {
    format!("run `sops encrypt --in-place --encrypted-regex '^(data|stringData)$' {path}`")
}
