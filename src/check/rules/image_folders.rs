//! An image holds the folders that its containers write to.

use crate::check::dockerfile::Dockerfiles;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "image-folders",
    severity: Severity::Error,
    title: "an image has the folders that its containers write to",
    why: "A new volume of Docker's takes its owner from the folder that it covers, and belongs to root where there is none.",
    mend: "make the folder in the Dockerfile, and give it to the user",
    bad: BAD,
    good: GOOD,
    asks: Asks::Dockerfiles(check),
};

fn check(files: &Dockerfiles<'_>, problems: &mut Problems<'_>) {
    for (index, file) in files.all.iter().enumerate() {
        let Some(image) = files.expected.get(file.path()) else { continue };
        for folder in &image.written {
            let made = |line: &str| {
                let mut words = line.split_whitespace();
                words.any(|word| word.trim_matches('\'').ends_with(folder.as_str()))
            };
            if !["RUN", "COPY", "WORKDIR"].iter().any(|word| file.all(word).any(made)) {
                problems.at(
                    index,
                    "",
                    format!("its containers write to `{folder}`, which it lacks"),
                );
            }
        }
    }
}

const GOOD: &str = "\
FROM docker.io/library/debian:trixie-slim
RUN install -d -o 1000 -g 1000 /data
USER 1000:1000
EXPOSE 8080/tcp
";

const BAD: &str = "\
FROM docker.io/library/debian:trixie-slim
USER 1000:1000
EXPOSE 8080/tcp
";
