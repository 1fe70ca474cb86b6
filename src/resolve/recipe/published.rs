//! Dockerfiles that stand elsewhere in the repository than below the output folder.

use super::{Seen, differing};
use crate::finding::Finding;
use crate::source::Place;
use crate::value::{Name, RelativePath};
use std::collections::BTreeMap;

/// Folders in which nothing is published: iac reads or writes them otherwise, or git does.
const RESERVED: &[&str] = &[".git", "environments", "out", "templates"];

/// Where the Dockerfile of a service is written, if not below the output folder.
pub(super) fn path(
    seen: &Seen,
    service: &Name,
    findings: &mut Vec<Finding>,
) -> Option<RelativePath> {
    let at = seen.places["publish"];
    if let Some([one, other]) = differing(&seen.published) {
        let words = |path: &Option<String>| {
            path.as_ref().map_or_else(|| "nowhere else".to_owned(), |path| format!("as `{path}`"))
        };
        findings.push(
            Finding::error(
                "differs-in-image",
                format!(
                    "the Dockerfile of `{service}` is published {} in `{}` and {} in `{}`",
                    words(&one.what),
                    one.environment,
                    words(&other.what),
                    other.environment
                ),
            )
            .at(at)
            .note("one image serves all environments")
            .help("name a path that does not depend on the environment"),
        );
    }
    // What is no path at all was told of the service.
    let path: RelativePath = seen.published.first()?.what.as_ref()?.parse().ok()?;
    let first = path.as_str().split('/').next().unwrap_or_default().to_ascii_lowercase();
    let is_folder = seen.contexts.iter().any(|context| context.what == path.as_str());
    if path.as_str() == "." || is_folder {
        findings.push(
            Finding::error("invalid-value", format!("`{path}` is a folder, not a file"))
                .at(at)
                .help(format!("name the file, such as `{}`", inside(path.as_str()))),
        );
        return None;
    }
    if RESERVED.contains(&first.as_str()) {
        findings.push(
            Finding::error("invalid-value", format!("nothing is published below `{first}/`"))
                .at(at)
                .note(format!("these are iac's or git's own: {}", RESERVED.join(", ")))
                .help("name a path beside the code, such as `services/api/Dockerfile`"),
        );
        return None;
    }
    Some(path)
}

fn inside(folder: &str) -> String {
    if folder == "." { "Dockerfile".to_owned() } else { format!("{folder}/Dockerfile") }
}

/// Two services that write one file, or a file where another needs a folder. Some disks take `A` and
/// `a` for one.
pub(super) fn conflicts(all: &BTreeMap<(Name, Name), Seen>, findings: &mut Vec<Finding>) {
    let mut taken: BTreeMap<String, (&Name, Place)> = BTreeMap::new();
    for ((_, service), seen) in all {
        let at = seen.places["publish"];
        let Some(path) = seen.published.first().and_then(|said| said.what.as_ref()) else {
            continue;
        };
        let path = path.to_lowercase();
        let ours = [path.clone(), format!("{path}.dockerignore")];
        let clash = taken.iter().find(|(other, _)| {
            let below = |one: &str, other: &str| {
                one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            ours.iter().any(|own| below(own, other) || below(other, own))
        });
        if let Some((_, (other, there))) = clash {
            let message = format!("`{service}` and `{other}` publish one file");
            findings.push(
                Finding::error("published-twice", message)
                    .at(at)
                    .related(*there, format!("`{other}` publishes it here"))
                    .help("name a path of its own, such as `services/{{ service }}/Dockerfile`"),
            );
            continue;
        }
        taken.extend(ours.map(|path| (path, (service, at))));
    }
}
