//! What an image begins with is pinned, and of one distribution.

use crate::catalogue::languages::Distribution;
use crate::check::dockerfile::Dockerfiles;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use crate::value::ImageReference;

pub(super) const RULE: Rule = Rule {
    id: "image-base",
    severity: Severity::Error,
    title: "a Dockerfile begins with images of a version, and builds where it runs",
    why: "A program that is linked against one release of a distribution may not start on another.",
    mend: "name images by tag and digest, all of one distribution",
    bad: BAD,
    good: GOOD,
    asks: Asks::Dockerfiles(check),
};

fn check(files: &Dockerfiles<'_>, problems: &mut Problems<'_>) {
    for (index, file) in files.all.iter().enumerate() {
        let mut stages = vec!["scratch"];
        let mut of: Option<(Distribution, &str)> = None;
        for from in file.all("FROM") {
            let words: Vec<&str> = from.split_whitespace().collect();
            let image = words.iter().find(|word| !word.starts_with("--")).copied();
            let image = image.unwrap_or_default();
            if let [.., word, name] = &words[..]
                && word.eq_ignore_ascii_case("as")
            {
                stages.push(name);
            }
            if stages.contains(&image) {
                continue;
            }
            let Ok(reference) = image.parse::<ImageReference>() else {
                problems.at(index, "", format!("it begins with `{image}`, which is no image"));
                continue;
            };
            let tag = reference.tag().map(crate::value::Tag::as_str);
            if reference.digest().is_none() && matches!(tag, None | Some("latest")) {
                problems.at(index, "", format!("`{image}` has no version"));
            }
            let Some(here) = Distribution::named_in(image) else { continue };
            match of {
                Some((other, first)) if other != here => problems.at(
                    index,
                    "",
                    format!("`{first}` is of {}, and `{image}` of {}", other.words(), here.words()),
                ),
                _ => of = Some((here, image)),
            }
        }
    }
}

const GOOD: &str = "\
FROM docker.io/library/golang:1.26-trixie AS builder
RUN go build -o /app .
FROM gcr.io/distroless/static-debian13:nonroot
COPY --from=builder /app /app
";

const BAD: &str = "\
FROM docker.io/library/golang:1.26-trixie AS builder
RUN go build -o /app .
FROM docker.io/library/ubuntu:noble
COPY --from=builder /app /app
";
