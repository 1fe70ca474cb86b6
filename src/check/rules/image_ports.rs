//! An image says the ports on which its containers listen.

use crate::check::dockerfile::Dockerfiles;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "image-ports",
    severity: Severity::Error,
    title: "an image exposes the ports of its containers, and no others",
    why: "Tools and people read there on which ports a container listens.",
    mend: "say EXPOSE with each port of the service, with its protocol",
    bad: BAD,
    good: GOOD,
    asks: Asks::Dockerfiles(check),
};

fn check(files: &Dockerfiles<'_>, problems: &mut Problems<'_>) {
    for (index, file) in files.all.iter().enumerate() {
        let Some(image) = files.expected.get(file.path()) else { continue };
        let exposed: BTreeSet<&str> = file.all("EXPOSE").flat_map(str::split_whitespace).collect();
        let listens: BTreeSet<&str> = image.ports.iter().map(String::as_str).collect();
        for port in exposed.symmetric_difference(&listens) {
            let message = if exposed.contains(port) {
                format!("it exposes {port}, on which no container of it listens")
            } else {
                format!("its containers listen on {port}, which it does not expose")
            };
            problems.at(index, "", message);
        }
    }
}

const GOOD: &str = "\
FROM gcr.io/distroless/static-debian13:nonroot
USER 1000:1000
EXPOSE 8080/tcp
";

const BAD: &str = "\
FROM gcr.io/distroless/static-debian13:nonroot
USER 1000:1000
EXPOSE 80/tcp
";
