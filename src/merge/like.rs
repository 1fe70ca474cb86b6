//! `like`: an environment takes from another what it does not say itself.

use super::is_known;
use crate::finding::Finding;
use crate::source::Place;
use crate::tree::{Node, Value};
use std::collections::BTreeMap;

/// What an environment does not take from the one that it is like.
const OWN: &[&[&str]] = &[
    &["about"],
    &["after"],
    &["base"],
    &["like"],
    &["domain"],
    &["kubernetes", "context"],
    &["kubernetes", "api"],
    &["kubernetes", "nodes"],
];

/// The environments from the one that is liked by all the others down to `name` itself.
///
/// # Errors
/// A finding if an environment of the chain does not exist or the chain is a cycle.
pub fn chain<'a>(
    environments: &'a BTreeMap<String, Node>,
    name: &'a str,
) -> Result<Vec<&'a str>, Finding> {
    let mut names = vec![name];
    let mut places: Vec<Place> = Vec::new();
    loop {
        let last = names[names.len() - 1];
        let Some(liked) = environments.get(last).and_then(|node| node.child("like")) else {
            names.reverse();
            return Ok(names);
        };
        let Value::Text(text) = &liked.value else {
            names.reverse();
            return Ok(names);
        };
        let Some((liked_name, _)) = environments.get_key_value(text.as_str()) else {
            return Err(Finding::error(
                "unknown-environment",
                format!("there is no environment `{text}`"),
            )
            .at(liked.place)
            .known("environments", text, environments.keys().map(String::as_str)));
        };
        if names.contains(&liked_name.as_str()) {
            // One that is only like a part of the cycle is no part of it.
            let begin = names.iter().position(|name| name == liked_name).unwrap_or(0);
            let mut path: Vec<&str> = names[begin..].to_vec();
            path.push(liked_name);
            let finding = Finding::error(
                "like-cycle",
                format!("environments are like each other in a cycle: {}", path.join(" -> ")),
            )
            .at(liked.place)
            .help("let one of them say everything itself");
            return Err(places
                .split_off(begin)
                .into_iter()
                .fold(finding, |finding, place| finding.related(place, "and this one")));
        }
        places.push(liked.place);
        names.push(liked_name);
    }
}

/// The files of an environment's chain as layers; what is not inherited is left out of all but
/// the last.
#[must_use]
pub fn environment_layers(environments: &BTreeMap<String, Node>, chain: &[&str]) -> Vec<Node> {
    chain
        .iter()
        .enumerate()
        .filter_map(|(index, name)| {
            let mut node = environments.get(*name)?.clone();
            if index + 1 < chain.len() {
                for path in OWN {
                    remove(&mut node, path);
                }
            }
            Some(node)
        })
        .collect()
}

fn remove(node: &mut Node, path: &[&str]) {
    let Value::Map(map) = &mut node.value else { return };
    match path {
        [key] => {
            map.entries.remove(*key);
        }
        [key, rest @ ..] => {
            if let Some(entry) = map.entries.get_mut(*key) {
                remove(&mut entry.node, rest);
            }
        }
        [] => {}
    }
}

/// What must not be inherited in silence, since two environments would share it: a host elsewhere
/// with what is known of it, or a full host name.
pub struct Inherited;

impl Inherited {
    /// The findings for the environments' own files of a chain: a store of secrets, or the path in
    /// it, that the last environment takes from another without saying it again or confirming it.
    /// Whoever may write there would change what the other runs with.
    #[must_use]
    pub fn store(environments: &BTreeMap<String, Node>, chain: &[&str]) -> Vec<Finding> {
        const BACKEND: [&str; 2] = ["secrets", "external-secrets"];
        let Some((own, liked)) = chain.split_last() else { return Vec::new() };
        let Some(file) = environments.get(*own) else { return Vec::new() };
        let said = file.at(&BACKEND).filter(|said| said.as_map().is_some());
        let same = said.and_then(|said| said.child("same"));
        // Another backend, or none of what is taken.
        let other = said.is_none() && file.child("secrets").is_some();
        if other || same.is_some_and(|same| same.value == Value::Bool(true)) {
            return Vec::new();
        }
        let taken = ["store", "prefix"].into_iter().filter_map(|key| {
            if said.is_some_and(|said| said.child(key).is_some()) {
                return None;
            }
            let (from, backend) = liked
                .iter()
                .rev()
                .find_map(|name| Some((*name, environments.get(*name)?.child("secrets")?)))?;
            let value = backend.at(&[BACKEND[1], key])?;
            Some((key, from, value.place))
        });
        let taken: Vec<(&str, &str, Place)> = taken.collect();
        let Some((_, from, _)) = taken.first() else { return Vec::new() };
        let keys: Vec<&str> = taken.iter().map(|(key, ..)| *key).collect();
        let keys = keys.join("` and `");
        let message =
            format!("`{own}` would take `{keys}` of its secrets from `{from}` in silence");
        let at = said.map_or_else(
            || file.child("like").map_or(file.place, |like| like.place),
            |said| said.place,
        );
        let finding = Finding::error("inherited-store", message)
            .at(at)
            .label(format!("`{own}` does not say it"))
            .help(format!(
                "say it in `environments/{own}.yaml`, or confirm it there with \
                 `secrets: {{ external-secrets: {{ same: true }} }}`"
            ));
        let said = taken.iter().map(|(.., place)| *place);
        vec![said.fold(finding, |finding, at| finding.related(at, format!("`{from}` says it")))]
    }

    /// The findings for a system's files of a chain of environments: each value that the last
    /// environment takes from another without saying it again or confirming it by `same: true`.
    /// `like` is where the last environment says whom it is like.
    #[must_use]
    pub fn findings(
        system: &str,
        chain: &[&str],
        files: &BTreeMap<String, Node>,
        like: Option<Place>,
    ) -> Vec<Finding> {
        let Some((own, liked)) = chain.split_last() else { return Vec::new() };
        let mut findings = Vec::new();
        let mut seen: BTreeMap<(Vec<&str>, &str), Taken<'_>> = BTreeMap::new();
        for name in liked {
            let Some(file) = files.get(*name) else { continue };
            for Shared { of, part, keys, place } in shared(file) {
                seen.entry((of, part)).or_default().insert(keys, (name, place));
            }
        }
        let own_file = files.get(*own);
        if own_file.is_some_and(|file| !is_known(file)) {
            return findings;
        }
        for ((of, part), mut taken) in seen {
            let path: Vec<&str> = of.iter().copied().chain([part]).collect();
            let said = own_file.and_then(|file| file.at(&path));
            taken.retain(|keys, _| said.is_none_or(|said| said.at(keys).is_none()));
            let confirmed = said.is_some_and(|node| {
                node.value == Value::Null
                    || node.child("enabled").is_some_and(|on| on.value == Value::Bool(false))
                    || node.child("same").is_some_and(|same| same.value == Value::Bool(true))
            });
            let gone = own_file
                .and_then(|file| file.at(&of))
                .is_some_and(|node| node.value == Value::Null || node.has_unknown());
            if confirmed || gone {
                continue;
            }
            let Some((from, first)) = taken.values().next().copied() else { continue };
            let keys: Vec<String> = taken.keys().map(|keys| keys.join(".")).collect();
            let whole = path.join(".");
            let (message, it) = match &keys[..] {
                [key] => (format!("`{whole}.{key}` from `{from}`"), "it"),
                keys => {
                    let keys = keys.join("`, `");
                    (format!("`{keys}` of `{whole}` from `{from}`"), "them")
                }
            };
            let message = format!("`{own}` would take {message} in silence");
            let finding = Finding::error("inherited-address", message).help(format!(
                "say {it} in `environments/{system}/{own}.yaml`, or confirm {it} there with \
                 `{}`",
                path.iter().rev().fold("{ same: true }".to_owned(), |inner, key| {
                    if *key == path[0] {
                        format!("{key}: {inner}")
                    } else {
                        format!("{{ {key}: {inner} }}")
                    }
                })
            ));
            // What must be mended is the file that does not say it, or the one that it is like.
            let silent = own_file.map(|file| file.key_place(&path));
            findings.push(match silent.or(like) {
                Some(silent) => {
                    let finding = finding.at(silent).label(format!("`{own}` does not say {it}"));
                    taken.values().fold(finding, |finding, (from, place)| {
                        finding.related(*place, format!("`{from}` says it"))
                    })
                }
                None => finding.at(first).label(format!("`{from}` says it")),
            });
        }
        findings
    }
}

/// What is taken of a part: by its keys, the environment that says it, and where.
type Taken<'a> = BTreeMap<Vec<&'a str>, (&'a str, Place)>;

/// A value that two environments must not share by accident.
struct Shared<'a> {
    /// What it is said of: a service, a shape, or the defaults.
    of: Vec<&'a str>,
    /// The part of that.
    part: &'static str,
    /// The keys within the part.
    keys: Vec<&'a str>,
    place: Place,
}

/// Each such value of a system's file.
fn shared(file: &Node) -> Vec<Shared<'_>> {
    let mut described: Vec<Vec<&str>> = vec![vec!["defaults"]];
    for sort in ["services", "shapes"] {
        described.extend(names(file.child(sort)).map(|name| vec![sort, name]));
    }
    let mut all = Vec::new();
    for of in described {
        let Some(node) = file.at(&of) else { continue };
        let mut add = |part, keys: Vec<_>| {
            let value = node.child(part).and_then(|node| node.at(&keys));
            if let Some(value) = value.filter(|value| value.value != Value::Null) {
                all.push(Shared { of: of.clone(), part, keys, place: value.place });
            }
        };
        add("elsewhere", vec!["host"]);
        add("elsewhere", vec!["addresses"]);
        add("expose", vec!["hosts"]);
        for known in ["facts", "secrets"] {
            for name in names(node.at(&["elsewhere", known])) {
                add("elsewhere", vec![known, name]);
            }
        }
    }
    all
}

fn names(node: Option<&Node>) -> impl Iterator<Item = &str> {
    let map = node.and_then(Node::as_map);
    map.into_iter().flat_map(|map| map.entries.keys()).map(String::as_str)
}
