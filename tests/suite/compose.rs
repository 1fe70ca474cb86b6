//! `docker compose config`: whether Compose takes a file, with all that it names.

use super::judged::Judged;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use serde_json::Value;

const TOOL: &str = "docker compose";

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(program) = tool("python/containers/bin/docker-compose") else {
        return Verdict::skipped(TOOL);
    };
    let version = text(&run(judged, &program, ["version", "--short"]).stdout);
    let mut verdict = Verdict::new(TOOL, version);
    for file in judged.named("compose.yaml") {
        let path = judged.out().join(&file);
        // With all profiles: what belongs to one that nobody asked for is not looked at.
        let arguments = ["--file", path.as_str(), "--profile", "*", "config", "--format", "json"];
        let ran = run(judged, &program, arguments);
        verdict.saw(1);
        let said = text(&ran.stderr);
        if !ran.status.success() || !said.is_empty() {
            verdict.findings.push(Finding::of_file("config", &file, said));
            continue;
        }
        let read: Value = serde_json::from_slice(&ran.stdout).unwrap();
        let services = read["services"].as_object().map_or(0, serde_json::Map::len);
        let written = judged.compose_services(&file);
        if services != written {
            let message = format!("{services} services are read, and {written} are written");
            verdict.findings.push(Finding::of_file("unseen", &file, message));
        }
    }
    verdict
}
