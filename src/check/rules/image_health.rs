//! An image asks itself as its containers are asked.

use crate::check::dockerfile::Dockerfiles;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "image-health",
    severity: Severity::Error,
    title: "a health check of an image runs a program that the image has, without a shell",
    why: "A check that cannot run leaves a container unhealthy for ever, and nobody starts that waits for it.",
    mend: "say HEALTHCHECK CMD as a list, with a program that is copied or started",
    bad: BAD,
    good: GOOD,
    asks: Asks::Dockerfiles(check),
};

fn check(files: &Dockerfiles<'_>, problems: &mut Problems<'_>) {
    for (index, file) in files.all.iter().enumerate() {
        let asks = files.expected.get(file.path()).and_then(|image| image.asks.as_ref());
        let Some(said) = file.last("HEALTHCHECK").filter(|said| *said != "NONE") else { continue };
        let list = said.split_once("CMD").map(|(_, list)| list.trim()).unwrap_or_default();
        let Ok(command) = serde_json::from_str::<Vec<String>>(list) else {
            problems.at(index, "", "its health check needs a shell");
            continue;
        };
        if let Some(asks) = asks.filter(|asks| **asks != command) {
            let (one, other) = (command.join(" "), asks.join(" "));
            problems.at(index, "", format!("it asks by `{one}`, and its containers by `{other}`"));
            continue;
        }
        let program = command.first().map(String::as_str).unwrap_or_default();
        let copied =
            file.all("COPY").any(|copy| copy.split_whitespace().next_back() == Some(program));
        let built = file.all("RUN").any(|run| run.contains(&format!("/out{program}")));
        let started = file.last("ENTRYPOINT").is_some_and(|list| {
            serde_json::from_str::<Vec<String>>(list)
                .is_ok_and(|words| words.first().is_some_and(|first| first == program))
        });
        if program.ends_with("/wget") && !(copied || built || started) {
            problems.at(index, "", format!("its health check runs `{program}`, which it lacks"));
        }
        let Some((host, port)) = command.last().and_then(|url| address(url)) else { continue };
        if host != "127.0.0.1" {
            let message = format!("it asks `{host}`, which may be another address");
            problems.at(index, "", message);
        }
        let port = format!("{port}/tcp");
        if !file.all("EXPOSE").flat_map(str::split_whitespace).any(|exposed| exposed == port) {
            problems.at(index, "", format!("it asks at {port}, which it does not expose"));
        }
    }
}

/// The host and the port of an address.
fn address(url: &str) -> Option<(&str, &str)> {
    url.strip_prefix("http://")?.split('/').next()?.split_once(':')
}

const GOOD: &str = "\
FROM gcr.io/distroless/static-debian13:nonroot
USER 1000:1000
EXPOSE 8080/tcp
HEALTHCHECK --interval=5s CMD [\"web\", \"healthcheck\"]
ENTRYPOINT [\"web\"]
";

const BAD: &str = "\
FROM gcr.io/distroless/static-debian13:nonroot
USER 1000:1000
EXPOSE 8080/tcp
HEALTHCHECK --interval=5s CMD curl -f http://localhost:8080/health
ENTRYPOINT [\"web\"]
";
