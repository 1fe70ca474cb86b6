//! The files of secrets: one for each place in the store, so that both who sets a password and who
//! logs in with it mount the same one; and files that hold secrets beside other text.

use super::plain;
use crate::model::{
    Container, FilePart, Make, Part, SealedFile, Secret, SecretReference, Service, Stack, Variable,
    VariableValue,
};
use crate::value::SecretKey;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The folder beside the Compose file that holds all of them.
pub(super) const FOLDER: &str = "secrets";

/// The secrets of a stack.
pub(super) struct Secrets<'a> {
    stack: &'a Stack,
    /// The file of each place in the store.
    names: BTreeMap<&'a SecretReference, String>,
    /// Where the value of each comes from.
    makes: BTreeMap<&'a SecretReference, Making<'a>>,
}

/// Where the value of a secret comes from.
pub(super) struct Making<'a> {
    pub(super) make: Make,
    /// The service that says it.
    pub(super) service: &'a Service,
    /// Whether all who use it start without it.
    pub(super) optional: bool,
}

/// A file that holds secrets beside other text.
pub(super) struct Composed<'a> {
    /// Its name.
    pub(super) name: String,
    /// What it holds, in order.
    pub(super) parts: Vec<Piece<'a>>,
}

/// A piece of a file with secrets.
pub(super) enum Piece<'a> {
    Text(String),
    /// The value in a file.
    File(&'a str),
    /// The value in a file, in one line.
    Line(&'a str),
    /// A line that is left out where the file is missing.
    Optional {
        name: String,
        file: &'a str,
    },
}

impl<'a> Secrets<'a> {
    pub(super) fn of(stack: &'a Stack) -> Self {
        let mut makes: BTreeMap<&SecretReference, Making<'_>> = BTreeMap::new();
        let secrets = || {
            let all = |service: &'a Service| service.secrets.iter().chain(&service.sealed.secrets);
            let services = stack.services.values();
            services.flat_map(move |service| all(service).map(move |secret| (service, secret)))
        };
        for (service, secret) in secrets() {
            let random = Making { make: Make::Random, service, optional: true };
            makes.entry(&secret.reference).or_insert(random).optional &= secret.optional;
        }
        // Of several who say how one is made the first does, and a command makes all that it gives.
        for (service, said) in secrets() {
            let Some(make) = &said.make else { continue };
            let given = |secret: &&Secret| match make {
                Make::Command { gives, .. } => gives.contains(&secret.key),
                _ => secret.key == said.key,
            };
            let all = service.secrets.iter().chain(&service.sealed.secrets);
            for secret in all.filter(given) {
                let Some(making) = makes.get_mut(&secret.reference) else { continue };
                if making.make == Make::Random {
                    (making.make, making.service) = (make.clone(), service);
                }
            }
        }
        let names = names(stack, makes.keys().copied());
        Self { stack, names, makes }
    }

    /// The files in which values are made, in order of name.
    pub(super) fn made(&self) -> Vec<(&str, &SecretReference, &Making<'a>)> {
        let mut all: Vec<_> = self
            .makes
            .iter()
            .map(|(reference, making)| (self.names[reference].as_str(), *reference, making))
            .collect();
        all.sort_by_key(|(name, ..)| *name);
        all
    }

    /// The file of a secret; none if its service starts without it and it may not be there: Compose
    /// mounts no file that is missing.
    pub(super) fn mounted(&self, service: &Service, key: &SecretKey) -> Option<&str> {
        let secret = secret(service, key)?;
        let may_miss = secret.optional && self.makes[&secret.reference].make == Make::Ask;
        (!may_miss).then(|| self.names[&secret.reference].as_str())
    }

    /// The file that a secret of a service lies in, by its key.
    pub(super) fn file(&self, service: &Service, key: &SecretKey) -> Option<&str> {
        secret(service, key).map(|secret| self.names[&secret.reference].as_str())
    }

    /// The file of the variables of a container that hold secrets, if there are any.
    pub(super) fn variables(
        &self,
        service: &'a Service,
        name: &str,
        container: &'a Container,
    ) -> Option<Composed<'_>> {
        let mut parts = Vec::new();
        for Variable { name, value, .. } in &container.variables {
            match value {
                VariableValue::Text(_) => {}
                VariableValue::Secret { key, optional } => {
                    let Some(file) = self.file(service, key) else { continue };
                    if *optional {
                        parts.push(Piece::Optional { name: name.to_string(), file });
                    } else {
                        parts.push(Piece::Text(format!("{name}=")));
                        parts.push(Piece::Line(file));
                        parts.push(Piece::Text("\n".to_owned()));
                    }
                }
                VariableValue::Joined(joined) => {
                    parts.push(Piece::Text(format!("{name}=")));
                    parts.extend(joined.iter().filter_map(|part| match part {
                        Part::Text(text) => Some(Piece::Text(plain::text(self.stack, text))),
                        Part::Variable(of) => {
                            let key = key_of(container, of.as_str())?;
                            self.file(service, key).map(Piece::Line)
                        }
                    }));
                    parts.push(Piece::Text("\n".to_owned()));
                }
            }
        }
        (!parts.is_empty()).then(|| Composed { name: format!("{name}.env"), parts })
    }

    /// A file that a service mounts and that holds secrets.
    pub(super) fn sealed(&self, service: &'a Service, file: &'a SealedFile) -> Composed<'_> {
        let part = |part: &FilePart| match part {
            FilePart::Text(text) => Some(Piece::Text(plain::text(self.stack, text))),
            FilePart::Secret(key) => self.file(service, key).map(Piece::File),
        };
        Composed {
            name: sealed_name(service, file),
            parts: file.parts.iter().filter_map(part).collect(),
        }
    }
}

/// The secret that a variable holds.
fn key_of<'a>(container: &'a Container, name: &str) -> Option<&'a SecretKey> {
    let variable = container.variables.iter().find(|variable| variable.name.as_str() == name)?;
    match &variable.value {
        VariableValue::Secret { key, .. } => Some(key),
        VariableValue::Text(_) | VariableValue::Joined(_) => None,
    }
}

fn secret<'a>(service: &'a Service, key: &SecretKey) -> Option<&'a Secret> {
    let mut all = service.secrets.iter().chain(&service.sealed.secrets);
    all.find(|secret| secret.key == *key)
}

/// The name of a file with secrets.
pub(super) fn sealed_name(service: &Service, file: &SealedFile) -> String {
    format!("{}.{}", service.name, file.name)
}

/// The names of the files: what the store calls them, without the system's own folder. Of two that
/// would have one name each ends in a hash.
fn names<'a>(
    stack: &'a Stack,
    references: impl Iterator<Item = &'a SecretReference> + Clone,
) -> BTreeMap<&'a SecretReference, String> {
    let own = format!("{}/", stack.system);
    let short = |reference: &SecretReference| {
        let path = reference.path.strip_prefix(&own).unwrap_or(&reference.path);
        let text = format!("{path}.{}", reference.property);
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let letters = text.chars().map(|letter| match letter {
            '/' => '.',
            letter if is_plain(letter) => letter,
            _ => '-',
        });
        letters.collect::<String>()
    };
    // Some file systems do not tell capitals from other letters.
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for name in taken(stack) {
        *count.entry(name.to_lowercase()).or_default() += 1;
    }
    for reference in references.clone() {
        *count.entry(short(reference).to_lowercase()).or_default() += 1;
    }
    let name = |reference: &'a SecretReference| {
        let short = short(reference);
        if count.get(&short.to_lowercase()) == Some(&1) {
            return (reference, short);
        }
        let bytes = Sha256::digest(format!("{}#{}", reference.path, reference.property));
        let hash = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        (reference, format!("{short}-{hash:08x}"))
    };
    references.map(name).collect()
}

/// The names of files that hold other text besides.
fn taken(stack: &Stack) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for service in stack.services.values() {
        names.insert(format!("{}.env", service.name));
        for container in service.sidecars.iter().chain(&service.init) {
            names.insert(format!("{}-{}.env", service.name, container.name));
        }
        names.extend(service.sealed.files.iter().map(|file| sealed_name(service, file)));
    }
    names
}
