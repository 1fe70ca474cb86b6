//! `like`: an environment takes from another what it does not say itself.

use super::is_known;
use crate::finding::Finding;
use crate::source::Place;
use crate::tree::{Node, Value};
use std::collections::BTreeMap;

/// What an environment does not take from the one that it is like.
const OWN: &[&[&str]] =
    &[&["about"], &["after"], &["base"], &["like"], &["domain"], &["kubernetes", "context"]];

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

/// Something that must not be inherited in silence, since two environments would share it: a host
/// elsewhere, or a full host name.
pub struct Inherited;

impl Inherited {
    /// The findings for a system's files of a chain of environments: each value that the last
    /// environment takes from another without saying it again or confirming it by `same: true`.
    /// `like` is where the last environment says whom it is like.
    #[must_use]
    pub fn findings(
        chain: &[&str],
        files: &BTreeMap<String, Node>,
        like: Option<Place>,
    ) -> Vec<Finding> {
        let Some((own, liked)) = chain.split_last() else { return Vec::new() };
        let mut findings = Vec::new();
        let mut seen: BTreeMap<Shared<'_>, (&str, Place)> = BTreeMap::new();
        for name in liked {
            let Some(file) = files.get(*name) else { continue };
            seen.extend(shared(file).into_iter().map(|(found, place)| (found, (*name, place))));
        }
        let own_file = files.get(*own);
        if own_file.is_some_and(|file| !is_known(file)) {
            return findings;
        }
        for (Shared { of, part, key }, (from, place)) in seen {
            let path: Vec<&str> = of.iter().copied().chain([part]).collect();
            let said = own_file.and_then(|file| file.at(&path));
            let confirmed = said.is_some_and(|node| {
                node.value == Value::Null
                    || node.child(key).is_some()
                    || node.child("enabled").is_some_and(|on| on.value == Value::Bool(false))
                    || node.child("same").is_some_and(|same| same.value == Value::Bool(true))
            });
            let gone = own_file
                .and_then(|file| file.at(&of))
                .is_some_and(|node| node.value == Value::Null || node.has_unknown());
            if confirmed || gone {
                continue;
            }
            let message =
                format!("`{own}` would take `{}.{key}` from `{from}` in silence", path.join("."));
            let finding = Finding::error("inherited-address", message).help(format!(
                "say it for `{own}` too, or confirm it there with `{part}: {{ same: true }}`"
            ));
            // What must be mended is the file that does not say it, or the one that it is like.
            let silent = own_file.map(|file| file.key_place(&path));
            findings.push(match silent.or(like) {
                Some(silent) => finding
                    .at(silent)
                    .label(format!("`{own}` does not say it"))
                    .related(place, format!("`{from}` says it")),
                None => finding.at(place).label(format!("`{from}` says it")),
            });
        }
        findings
    }
}

/// An address that two environments must not share by accident.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shared<'a> {
    /// What it is said of: a service, a shape, or the defaults.
    of: Vec<&'a str>,
    part: &'static str,
    key: &'static str,
}

/// Each such address of a system's file, and its place.
fn shared(file: &Node) -> Vec<(Shared<'_>, Place)> {
    let mut described: Vec<Vec<&str>> = vec![vec!["defaults"]];
    for key in ["services", "shapes"] {
        let map = file.child(key).and_then(Node::as_map);
        let names = map.into_iter().flat_map(|map| map.entries.keys());
        described.extend(names.map(|name| vec![key, name.as_str()]));
    }
    let mut all = Vec::new();
    for of in described {
        for (part, key) in [("elsewhere", "host"), ("expose", "hosts")] {
            let node = file.at(&of).and_then(|node| node.at(&[part, key]));
            if let Some(node) = node.filter(|node| node.value != Value::Null) {
                all.push((Shared { of: of.clone(), part, key }, node.place));
            }
        }
    }
    all
}
