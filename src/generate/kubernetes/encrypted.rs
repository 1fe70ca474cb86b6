//! Secrets that SOPS has encrypted: what pods read is in them.

use super::described;
use crate::finding::{Finding, any_error};
use crate::load::{Project, SystemFiles};
use crate::model::{Manifest, NeededSecret, SecretBackend, Service, Stack};
use crate::tree::{Map, Node, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Namespace and name.
type Id = (String, String);

/// What an encrypted Secret says of itself.
struct Encrypted<'a> {
    manifest: &'a Manifest,
    keys: BTreeMap<&'a str, &'a Node>,
}

/// What is missing in the encrypted Secrets of a stack, and what nobody reads of them.
pub(super) fn findings(project: &Project, stack: &Stack) -> Vec<Finding> {
    let Some(system) = project.systems.get(stack.system.as_str()) else { return Vec::new() };
    let environment = stack.environment.name.as_str();
    let manifests = match system.encrypted.get(environment) {
        None => &[][..],
        Some(Some(manifests)) => manifests,
        // That was reported when the project was loaded.
        Some(None) => return Vec::new(),
    };
    if stack.environment.secrets != SecretBackend::Sops {
        let unused = manifests.first().map(|manifest| {
            let message = format!("`{environment}` has its secrets from elsewhere");
            Finding::warning("unused-secret", message)
                .at(manifest.node.key_place(&["metadata", "name"]))
                .help("remove the folder, or say `secrets: { sops: {} }` of the environment")
        });
        return unused.into_iter().collect();
    }
    let mut findings = Vec::new();
    let known = known(manifests, &mut findings);
    let mut read: BTreeMap<Id, BTreeSet<String>> = BTreeMap::new();
    for service in stack.services.values() {
        if let Some(login) = &service.pull_secret {
            let id = (service.namespace.to_string(), login.to_string());
            read.entry(id).or_default().insert(".dockerconfigjson".to_owned());
        }
        let mut needed: BTreeMap<String, Vec<NeededSecret<'_>>> = BTreeMap::new();
        for secret in service.needed_secrets(&stack.environment.secrets) {
            needed.entry(secret.object.clone()).or_default().push(secret);
        }
        for (object, secrets) in needed {
            let id = (service.namespace.to_string(), object);
            let required: Vec<&str> = secrets
                .iter()
                .filter(|secret| !secret.optional)
                .map(|secret| secret.key.as_str())
                .collect();
            findings.extend(match known.get(&id) {
                None => missing(system, stack, service, &id.1, &required),
                Some(encrypted) => lacking(stack, service, encrypted, &id.1, &required),
            });
            read.entry(id).or_default().extend(secrets.into_iter().map(|secret| secret.key));
        }
    }
    // A Secret with another name would be told twice: one is missing, and nothing reads the other.
    if !any_error(&findings) {
        findings.extend(known.iter().flat_map(|(id, secret)| unread(id, secret, read.get(id))));
    }
    findings
}

fn known<'a>(
    manifests: &'a [Manifest],
    findings: &mut Vec<Finding>,
) -> BTreeMap<Id, Encrypted<'a>> {
    let mut known: BTreeMap<Id, Encrypted<'a>> = BTreeMap::new();
    for manifest in manifests {
        let text = |path: &[&str]| match manifest.node.at(path).map(|node| &node.value) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let Some(name) = text(&["metadata", "name"]) else { continue };
        let Some(namespace) = text(&["metadata", "namespace"]) else {
            findings.push(
                Finding::error("secret-without-namespace", format!("`{name}` says no namespace"))
                    .at(manifest.node.key_place(&["metadata", "name"]))
                    .help("say `metadata.namespace`: nothing else tells where it is applied"),
            );
            continue;
        };
        let maps =
            ["data", "stringData"].map(|key| manifest.node.child(key).and_then(Node::as_map));
        let entries = maps.into_iter().flatten().flat_map(|Map { entries, .. }| entries);
        let keys = entries.map(|(key, entry)| (key.as_str(), &entry.node)).collect();
        let id = (namespace, name);
        if let Some(other) = known.get(&id) {
            findings.push(
                Finding::error("object-twice", format!("the Secret `{}` stands here twice", id.1))
                    .at(manifest.node.key_place(&["metadata", "name"]))
                    .related(other.manifest.node.key_place(&["metadata", "name"]), "here too")
                    .help("keep one, with the keys of both"),
            );
            continue;
        }
        known.insert(id, Encrypted { manifest, keys });
    }
    known
}

/// No file holds a Secret that a service reads.
fn missing(
    system: &SystemFiles,
    stack: &Stack,
    service: &Service,
    object: &str,
    required: &[&str],
) -> Option<Finding> {
    if required.is_empty() {
        return None;
    }
    let environment = &stack.environment.name;
    let folder = format!("environments/{}/secrets/{environment}", stack.system);
    let message = format!("no file of `{folder}` holds the Secret `{object}`");
    let described = described(stack, service.name.as_str());
    Some(
        Finding::error("missing-secret", message)
            .at(system.node.key_place(&["services", described, "secrets"]))
            .note(format!("its keys: {}; its namespace: `{}`", quoted(required), service.namespace))
            .help(format!(
                "write it to `{folder}/{object}.yaml`, and run `sops encrypt --in-place \
                 --encrypted-regex '^(data|stringData)$'` on it; `iac list secrets {environment}` \
                 says what each value is"
            )),
    )
}

/// A Secret does not hold all that a service reads.
fn lacking(
    stack: &Stack,
    service: &Service,
    encrypted: &Encrypted<'_>,
    object: &str,
    required: &[&str],
) -> Option<Finding> {
    let lacks = required.iter().copied().filter(|key| !encrypted.keys.contains_key(key));
    let lacks: Vec<&str> = lacks.collect();
    let environment = &stack.environment.name;
    let path = &encrypted.manifest.path;
    (!lacks.is_empty()).then(|| {
        Finding::error("missing-secret", format!("`{object}` lacks {}", quoted(&lacks)))
            .at(encrypted.manifest.node.key_place(&["metadata", "name"]))
            .note(format!("`{}` reads it in `{environment}`", service.name))
            .help(format!(
                "add it with `sops edit {path}`; `iac list secrets {environment}` says what it is"
            ))
    })
}

fn quoted(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<String>>().join(", ")
}

/// What nobody reads of a Secret.
fn unread(id: &Id, encrypted: &Encrypted<'_>, read: Option<&BTreeSet<String>>) -> Vec<Finding> {
    let Some(read) = read else {
        return vec![
            Finding::warning("unused-secret", format!("nothing reads the Secret `{}`", id.1))
                .at(encrypted.manifest.node.key_place(&["metadata", "name"]))
                .note(format!("its namespace: `{}`", id.0))
                .help("remove it, or mend its name or its namespace"),
        ];
    };
    let unread = encrypted.keys.iter().filter(|(key, _)| !read.contains(**key));
    unread
        .map(|(key, node)| {
            let message = format!("nothing reads the key `{key}` of `{}`", id.1);
            Finding::warning("unused-secret", message)
                .at(node.place)
                .help("remove it with `sops edit`, once no pod of an older release reads it")
        })
        .collect()
}
