//! Images in Compose are pinned, or built here.

use crate::check::compose::ComposeFiles;
use crate::check::objects::text;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use crate::value::{ImageReference, Tag};

pub(super) const RULE: Rule = Rule {
    id: "compose-image",
    severity: Severity::Error,
    title: "an image in Compose has a version, and one that is built here no digest",
    why: "What has no version is another image tomorrow; what is built has a digest only afterwards.",
    mend: "name a version that is not `latest`",
    bad: BAD,
    good: GOOD,
    asks: Asks::Compose(check),
};

fn check(files: &ComposeFiles<'_>, problems: &mut Problems<'_>) {
    for project in files.projects() {
        for (name, service) in project.services() {
            let image = text(service, "/image");
            let is_built = service.get("build").is_some();
            let mut add = |message: String| {
                problems.at(project.index, format!("/services/{name}/image"), message);
            };
            let Ok(reference) = image.parse::<ImageReference>() else {
                if !is_built || !image.is_empty() {
                    add(format!("`{name}` has the image `{image}`, which is none"));
                }
                continue;
            };
            let tag = reference.tag().map(Tag::as_str);
            if tag == Some("latest") || (tag.is_none() && reference.digest().is_none()) {
                add(format!("the image `{image}` of `{name}` has no version"));
            } else if is_built && reference.digest().is_some() {
                add(format!("`{name}` is built here, and its image has a digest already"));
            }
        }
    }
}

const GOOD: &str = "\
services:
  web: { image: 'ghcr.io/example/web:unreleased', build: { context: . } }
  cache: { image: 'docker.io/valkey/valkey:9.1.2' }
";

const BAD: &str = "\
services:
  web: { image: ghcr.io/example/web }
  cache: { image: 'docker.io/valkey/valkey:latest' }
";
