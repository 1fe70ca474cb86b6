//! Values that stand where a reference to a secret must: they are shown to nobody.

use crate::finding::Finding;
use crate::source::{FileId, Place, Sources};
use crate::tree::{Entry, Node, Value};
use camino::Utf8Path;

/// Keys whose maps are keyed by name, so that `secrets` may be one of the names.
const NAMED: &[&str] =
    &["services", "shapes", "uses", "volumes", "sidecars", "init", "external", "offers"];

/// Keys below which anything may stand.
const FREE: &[&str] = &["options", "facts", "config", "patches"];

/// The shortest word of a value that tells something about it.
const TELLING: usize = 4;

/// Whether a text says where a secret lies: `path#property`.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    let is_path = |path: &str| {
        !path.is_empty()
            && path.split('/').all(|part| {
                !part.is_empty()
                    && part != ".."
                    && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
            })
    };
    text.split_once('#').is_some_and(|(path, property)| {
        is_path(path) && is_path(property) && !property.contains('/')
    })
}

/// The finding about what is no reference. It does not repeat it: it may be the secret itself.
#[must_use]
pub fn not_a_reference(place: Place) -> Finding {
    Finding::error("not-a-reference", "this is not a reference to a secret")
        .at(place)
        .note("allowed: `path#property`, such as `api-gateway/jwt#secret`")
        .help("put the value into the secret store, and name where it lies; if a value stands here, change it: it is known to everybody who reads this file")
}

/// Hides the values of a file that stand where references must, and reports them. Other findings
/// about them, which may repeat them, are taken away.
pub(super) fn conceal(
    file: FileId,
    node: Option<&mut Node>,
    sources: &mut Sources,
    findings: &mut Vec<Finding>,
) {
    let Some(node) = node else {
        conceal_lines(file, sources, findings);
        return;
    };
    let path = Utf8Path::new(&sources.file(file).path);
    let folder = path.parent().and_then(Utf8Path::file_name);
    let parent = if matches!(folder, Some("services" | "shapes")) { "" } else { "services" };
    let text = sources.file(file).text.clone();
    // Of a key that stands twice the tree holds no value.
    for twice in findings.iter().filter(|finding| finding.id == "duplicate-key") {
        let places = twice.related.iter().map(|related| related.place).chain(twice.place);
        for (start, end) in places.filter_map(|at| secret_of_line(&text, at.start as usize)) {
            sources.hide(Place::new(file, start, end));
        }
    }
    conceal_passwords(node, parent, sources, findings);
    let mut places = Vec::new();
    find(node, parent, &text, &mut places);
    for place in places {
        sources.hide(place);
        findings.retain(|finding| !finding.place.is_some_and(|at| within(at, place)));
        findings.push(not_a_reference(place));
    }
}

/// Hides the passwords of addresses in a configuration, and reports them.
fn conceal_passwords(
    node: &Node,
    parent: &str,
    sources: &mut Sources,
    findings: &mut Vec<Finding>,
) {
    let Value::Map(map) = &node.value else { return };
    for (key, entry) in &map.entries {
        if key != "config" || NAMED.contains(&parent) {
            if NAMED.contains(&parent) || !FREE.contains(&key.as_str()) {
                conceal_passwords(&entry.node, key, sources, findings);
            }
            continue;
        }
        let Value::Map(config) = &entry.node.value else { continue };
        for value in config.entries.values() {
            let node = value.node.child("text").unwrap_or(&value.node);
            if let Value::Text(text) = &node.value
                && has_password(text)
            {
                sources.hide(node.place);
                findings.push(
                    Finding::error("password-in-config", "this address holds a password")
                        .at(node.place)
                        .note("it would stand in plain text in what is written; whoever reads this file knows it: change it")
                        .help("put it into the secret store, name it in `secrets` with `as: env`, and write `{ text: \"scheme://user:{{ secrets.NAME }}@host\" }`"),
                );
            }
        }
    }
}

/// Whether a text holds an address with a password that is written out:
/// `scheme://user:password@host`.
fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, found)| {
        let rest = &text[at + found.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'".contains(c));
        let authority = &rest[..end.unwrap_or(rest.len())];
        let password = authority.rsplit_once('@').and_then(|(login, _)| login.split_once(':'));
        password.is_some_and(|(_, password)| {
            !password.is_empty()
                && !["{{", "{%", "$(", "${", "<"].iter().any(|it| password.contains(it))
        })
    })
}

/// Whether a place lies in another.
pub(super) fn within(inner: Place, outer: Place) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Each value in `secrets` that is no reference, which is at fault then; `parent` is the key that
/// holds the map.
fn find(node: &mut Node, parent: &str, source: &str, places: &mut Vec<Place>) {
    let Value::Map(map) = &mut node.value else { return };
    for (key, entry) in &mut map.entries {
        if key == "secrets" && !NAMED.contains(&parent) {
            let Value::Map(secrets) = &mut entry.node.value else { continue };
            for secret in secrets.entries.values_mut() {
                let entry = match &mut secret.node.value {
                    Value::Map(map) => map.entries.get_mut("from"),
                    _ => Some(secret),
                };
                let Some(Entry { key, node }) = entry else { continue };
                let said = source.get(node.place.start as usize..node.place.end as usize);
                let said = said.map(|said| said.trim_matches(['"', '\'']));
                match &node.value {
                    Value::Text(text) if is_reference(text) => {}
                    Value::Null | Value::Map(_) | Value::Variant(_) => {}
                    // There is no value, or its key is at fault.
                    Value::Unknown if node.place == *key || said.is_some_and(is_reference) => {}
                    _ => {
                        places.push(node.place);
                        node.value = Value::Unknown;
                    }
                }
            }
        } else if NAMED.contains(&parent) || !FREE.contains(&key.as_str()) {
            find(&mut entry.node, key, source, places);
        }
    }
}

/// As [`conceal`], in a file that cannot be read: by its lines.
fn conceal_lines(file: FileId, sources: &mut Sources, findings: &mut [Finding]) {
    let text = sources.file(file).text.clone();
    for finding in findings {
        let Some(place) = finding.place.filter(|place| place.file == file) else { continue };
        let Some((start, end)) = secret_of_line(&text, place.start as usize) else { continue };
        let hidden = Place::new(file, start, end);
        sources.hide(hidden);
        let told = || {
            let texts = finding.notes.iter().chain(&finding.help);
            texts.chain([&finding.message])
        };
        let tells = text[start..end]
            .split(|c: char| c.is_whitespace() || "\"'`{}[],:".contains(c))
            .filter(|word| word.len() >= TELLING)
            .any(|word| told().any(|text| text.contains(word)));
        if tells {
            *finding = not_a_reference(hidden);
        }
    }
}

/// What may be a secret on the line of a fault: what follows the key, if the line stands below
/// `secrets:` or holds it.
fn secret_of_line(text: &str, at: usize) -> Option<(usize, usize)> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next()?;
    let end = start + line.trim_end().len();
    let behind = |at: usize| start + at + line[at..].len() - line[at..].trim_start().len();
    if let Some(key) = line.find("secrets:") {
        return Some((behind(key + "secrets:".len()), end));
    }
    let indented = |line: &str| line.len() - line.trim_start().len();
    let mut depth = indented(line);
    let mut above = text[..start].lines().rev().filter(|line| !line.trim().is_empty());
    let below = above.any(|line| {
        let is_above = indented(line) < depth;
        depth = depth.min(indented(line));
        is_above && line.trim_start().starts_with("secrets:")
    });
    let value = line.find(':').map_or(indented(line), |colon| colon + 1);
    below.then_some((behind(value), end)).filter(|(start, end)| start < end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_seen() {
        for with in ["redis://:pw@cache", "x postgres://a:b@h:5432/db?x", "amqp://u:p@q@h"] {
            assert!(has_password(with), "{with}");
        }
        for without in [
            "https://example.com:8080/a@b",
            "postgres://user@host",
            "postgres://user:{{ secrets.KEY }}@host",
            "redis://:$(PASSWORD)@cache",
            "http://a/b?c=d:e@f",
            "user:pw@host",
            "scheme://user:@host",
        ] {
            assert!(!has_password(without), "{without}");
        }
    }
}
