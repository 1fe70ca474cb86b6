//! Secrets: references only. A text that uses one holds a mark in its place, never a value.

use super::draft::Draft;
use super::make::make;
use crate::finding::Finding;
use crate::layer::SecretAs;
use crate::load::{is_reference, not_a_reference};
use crate::model::{
    FilePart, Make, Part, Secret, SecretFile, SecretReference, Variable, VariableValue,
};
use crate::reference::{Piece, Reference, pieces};
use crate::source::Place;
use crate::value::{AbsolutePath, EnvName, SecretKey};
use std::collections::BTreeMap;

/// Where secrets are mounted unless a path is said.
const FOLDER: &str = "/run/secrets";

/// The secrets that a service comes to use while the texts of its containers are evaluated, one
/// container after another.
#[derive(Default)]
pub(super) struct SecretTable {
    facts: Vec<SecretFact>,
    all: BTreeMap<SecretKey, Secret>,
    /// Those that are files for the container at hand.
    files: BTreeMap<SecretKey, SecretFile>,
    /// Variables that texts of the container at hand refer to.
    variables: BTreeMap<EnvName, SecretKey>,
}

struct SecretFact {
    variable: EnvName,
    secret: Secret,
}

/// A secret fact of a callee: how it is called, and where it lies.
pub(super) struct CalleeSecret {
    pub(super) callee: String,
    pub(super) fact: String,
    pub(super) reference: SecretReference,
    pub(super) origin: Vec<String>,
    /// Whether the callee is run elsewhere.
    pub(super) elsewhere: bool,
}

impl CalleeSecret {
    /// The key in the caller's secrets.
    pub(super) fn key(&self) -> Option<SecretKey> {
        format!("{}.{}", self.callee.replace('/', "."), self.fact).parse().ok()
    }

    /// The caller's secret of that key.
    fn under(&self, key: SecretKey) -> Secret {
        let (reference, origin) = (self.reference.clone(), self.origin.clone());
        // Who runs it knows its secrets; nobody here can make them.
        let make = self.elsewhere.then_some(Make::Ask);
        Secret { key, reference, optional: false, make, origin }
    }
}

impl SecretTable {
    /// The mark that stands for a secret fact in a text.
    pub(super) fn mark(&mut self, secret: &CalleeSecret) -> String {
        let variable = variable_name(&format!("{}_{}", secret.callee, secret.fact));
        let (Some(key), Some(variable)) = (secret.key(), variable) else { return String::new() };
        self.mark_of(SecretFact { variable, secret: secret.under(key) })
    }

    /// The mark that stands for the value of a secret of the service's own, which must be there.
    pub(super) fn mark_own(&mut self, key: &SecretKey) -> Option<String> {
        let secret = self.all.get(key).filter(|secret| !secret.optional)?.clone();
        let variable = variable_name(key.as_str())?;
        Some(self.mark_of(SecretFact { variable, secret }))
    }

    fn mark_of(&mut self, fact: SecretFact) -> String {
        let known = self.facts.iter().position(|other| other.secret.key == fact.secret.key);
        let index = known.unwrap_or_else(|| {
            self.facts.push(fact);
            self.facts.len() - 1
        });
        Reference::Secret(index).to_string()
    }

    /// The parts of a file whose text holds marks. Its secrets are no keys of the service's own:
    /// they are added to `sealed`.
    pub(super) fn seal(
        &self,
        text: &str,
        sealed: &mut BTreeMap<SecretKey, Secret>,
    ) -> Vec<FilePart> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) | Piece::Broken(text) => literal.push_str(text),
                Piece::Reference(Reference::Secret(index)) => {
                    let Some(SecretFact { secret, .. }) = self.facts.get(index) else { continue };
                    if !literal.is_empty() {
                        parts.push(FilePart::Text(std::mem::take(&mut literal)));
                    }
                    parts.push(FilePart::Secret(secret.key.clone()));
                    sealed.insert(secret.key.clone(), secret.clone());
                }
                Piece::Reference(other) => literal.push_str(&other.to_string()),
            }
        }
        if !literal.is_empty() {
            parts.push(FilePart::Text(literal));
        }
        parts
    }

    /// Mounts a secret fact as a file, and says where.
    pub(super) fn mount(&mut self, secret: &CalleeSecret) -> Option<String> {
        let key = secret.key()?;
        let path = format!("{FOLDER}/{key}");
        self.file(&key, path.parse().ok()?, false);
        self.all.insert(key.clone(), secret.under(key));
        Some(path)
    }

    fn file(&mut self, key: &SecretKey, path: AbsolutePath, optional: bool) {
        self.files.insert(key.clone(), SecretFile { key: key.clone(), path, optional });
    }

    /// The value of a variable whose text may hold marks.
    pub(super) fn value(&mut self, text: &str) -> VariableValue {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut used = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) | Piece::Broken(text) => literal.push_str(text),
                Piece::Reference(Reference::Secret(index)) => {
                    let Some(fact) = self.facts.get(index) else { continue };
                    if !literal.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut literal)));
                    }
                    parts.push(Part::Variable(fact.variable.clone()));
                    used.push(index);
                }
                Piece::Reference(other) => literal.push_str(&other.to_string()),
            }
        }
        for index in &used {
            let fact = &self.facts[*index];
            self.all.entry(fact.secret.key.clone()).or_insert_with(|| fact.secret.clone());
        }
        match (&used[..], &parts[..]) {
            ([], _) => return VariableValue::Text(text.to_owned()),
            ([only], [_]) if literal.is_empty() => {
                let key = self.facts[*only].secret.key.clone();
                return VariableValue::Secret { key, optional: false };
            }
            _ => {}
        }
        for index in used {
            let fact = &self.facts[index];
            self.variables.insert(fact.variable.clone(), fact.secret.key.clone());
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        VariableValue::Joined(parts)
    }

    /// Variables that texts of the container at hand refer to, which must be set before them.
    pub(super) fn take_variables(&mut self) -> Vec<Variable> {
        let variables = std::mem::take(&mut self.variables).into_iter();
        variables
            .map(|(name, key)| Variable {
                name,
                origin: self.all.get(&key).map(|it| it.origin.clone()).unwrap_or_default(),
                value: VariableValue::Secret { key, optional: false },
                text: None,
            })
            .collect()
    }

    /// The files of the container at hand, in order of key.
    pub(super) fn take_files(&mut self) -> Vec<SecretFile> {
        std::mem::take(&mut self.files).into_values().collect()
    }

    /// All secrets in order of key.
    pub(super) fn finish(self) -> Vec<Secret> {
        self.all.into_values().collect()
    }

    /// The secrets of the service itself and of its kind. Returns what its variables come to.
    pub(super) fn own(
        &mut self,
        system: &str,
        draft: &Draft<'_>,
        findings: &mut Vec<Finding>,
    ) -> Vec<(EnvName, VariableValue, Vec<String>)> {
        if let Some(kind) = &draft.kind {
            for (item, fact) in &kind.secrets {
                let key = format!("{item}.{fact}");
                let Ok(key) = key.parse::<SecretKey>() else { continue };
                let Ok(path) = format!("{FOLDER}/{key}").parse() else { continue };
                let reference = kind_reference(system, draft.whose().as_str(), item, fact);
                let origin = vec!["kind".to_owned()];
                self.file(&key, path, false);
                let secret = Secret { key, reference, optional: false, make: None, origin };
                self.all.insert(secret.key.clone(), secret);
            }
        }
        let mut variables = Vec::new();
        for (key, secret) in draft.service.secrets.iter().flatten() {
            if secret.enabled == Some(false) {
                continue;
            }
            let origin = vec!["secrets".to_owned(), key.to_string()];
            let place = draft.node.key_place(&origin);
            let Some(from) = &secret.from else {
                findings.push(
                    Finding::error(
                        "missing-key",
                        format!("nothing says where the secret `{key}` lies"),
                    )
                    .at(place)
                    .help("say `from: path#property`"),
                );
                continue;
            };
            let reference =
                match reference(from, draft.node.value_place(&["secrets", key.as_str(), "from"])) {
                    Ok(reference) => reference,
                    Err(finding) => {
                        findings.push(finding);
                        continue;
                    }
                };
            let optional = secret.optional.unwrap_or(false);
            if secret.form == Some(SecretAs::Env) {
                if secret.path.is_some() {
                    findings.push(
                        Finding::error("exclusive-keys", "a secret in a variable has no path")
                            .at(draft.node.key_place(&["secrets", key.as_str(), "path"]))
                            .help("remove `path`, or `as: env`"),
                    );
                }
                let value = VariableValue::Secret { key: key.clone(), optional };
                push_variable(&mut variables, key.as_str(), value, &origin, place, findings);
            } else {
                let path: AbsolutePath = match &secret.path {
                    Some(path) => path.clone(),
                    None => match format!("{FOLDER}/{key}").parse() {
                        Ok(path) => path,
                        Err(_) => continue,
                    },
                };
                let as_folder = draft.service.token.is_none();
                if optional && !(as_folder && path.as_str() == format!("{FOLDER}/{key}")) {
                    findings.push(alone(draft, key, as_folder));
                }
                let value = VariableValue::Text(path.to_string());
                let name = format!("{key}_FILE");
                push_variable(&mut variables, &name, value, &origin, place, findings);
                self.file(key, path, optional);
            }
            let origin = draft.origin(&origin);
            let make = secret.make.as_ref().and_then(|said| make(draft, key, said, findings));
            let secret = Secret { key: key.clone(), reference, optional, make, origin };
            findings.extend(self.add(draft, secret, place));
        }
        variables
    }

    /// Adds a secret. What the main container says of a name, no other container can say
    /// differently: all of them have one object.
    fn add(&mut self, draft: &Draft<'_>, secret: Secret, place: Place) -> Option<Finding> {
        let other = self.all.get(&secret.key).filter(|other| {
            draft.is_beside()
                && (&other.reference, other.optional) != (&secret.reference, secret.optional)
        });
        if let Some(other) = other {
            let message = format!("`{}` is the name of another secret too", secret.key);
            let finding = Finding::error("secret-twice", message)
                .at(place)
                .note(format!("the other one: {}", other.origin.join(".")))
                .help("give one of them another name");
            return Some(finding);
        }
        self.all.insert(secret.key.clone(), secret);
        None
    }
}

/// A file that is mounted by itself is an empty folder where the secret is missing.
fn alone(draft: &Draft<'_>, key: &SecretKey, as_folder: bool) -> Finding {
    let message = format!("without the secret `{key}` a folder would stand in place of its file");
    let finding = Finding::error("optional-file", message)
        .note("a single file is mounted even if it is missing, as an empty folder");
    if as_folder {
        finding
            .at(draft.node.value_place(&["secrets", key.as_str(), "path"]))
            .help(format!("leave `path` away: `{FOLDER}` is mounted as a whole; or say `as: env`"))
    } else {
        finding
            .at(draft.node.key_place(&["secrets", key.as_str(), "optional"]))
            .note(format!("a `token` lies below `{FOLDER}`, so that files stand there one by one"))
            .help("say `as: env`")
    }
}

fn push_variable(
    variables: &mut Vec<(EnvName, VariableValue, Vec<String>)>,
    name: &str,
    value: VariableValue,
    origin: &[String],
    place: Place,
    findings: &mut Vec<Finding>,
) {
    match variable_name(name) {
        Some(name) => variables.push((name, value, origin.to_vec())),
        None => findings.push(
            Finding::error("invalid-name", format!("`{name}` cannot be a variable's name"))
                .at(place)
                .help("name secrets like variables, such as `JWT_SECRET`"),
        ),
    }
}

/// `redis-cart_url` as a variable: `REDIS_CART_URL`.
pub(super) fn variable_name(text: &str) -> Option<EnvName> {
    text.to_ascii_uppercase().replace(['-', '/', '.'], "_").parse().ok()
}

/// Whether a text holds a secret.
pub(super) fn holds_secret(text: &str) -> bool {
    pieces(text).any(|piece| matches!(piece, Piece::Reference(Reference::Secret(_))))
}

/// Where a kind's secret lies.
pub(super) fn kind_reference(
    system: &str,
    service: &str,
    item: &str,
    fact: &str,
) -> SecretReference {
    SecretReference { path: format!("{system}/{service}/{item}"), property: fact.to_owned() }
}

/// `path#property`, parsed. A value has no `#`, so that one written by mistake is refused; it is
/// not repeated in the message.
pub(super) fn reference(text: &str, place: Place) -> Result<SecretReference, Finding> {
    match text.split_once('#') {
        Some((path, property)) if is_reference(text) => {
            Ok(SecretReference { path: path.to_owned(), property: property.to_owned() })
        }
        _ => Err(not_a_reference(place)),
    }
}
