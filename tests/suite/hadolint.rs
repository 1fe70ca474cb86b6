//! hadolint: Dockerfiles as their best practices want them.

use super::judged::Judged;
use super::policy::rules_off;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use serde_json::Value;

const TOOL: &str = "hadolint";

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(program) = tool("python/containers/bin/hadolint") else {
        return Verdict::skipped(TOOL);
    };
    let version = text(&run(judged, &program, ["--version"]).stdout);
    let version = version.rsplit(' ').next().unwrap_or_default();
    let mut verdict = Verdict::new(TOOL, version);
    for file in judged.named("Dockerfile") {
        let path = judged.out().join(&file);
        let mut arguments = vec!["--format", "json"];
        arguments.extend(rules_off(TOOL).flat_map(|rule| ["--ignore", rule]));
        arguments.push(path.as_str());
        let ran = run(judged, &program, arguments);
        verdict.saw(1);
        let Ok(said) = serde_json::from_slice::<Vec<Value>>(&ran.stdout) else {
            verdict.findings.push(Finding::of_file("run", &file, text(&ran.stderr)));
            continue;
        };
        verdict.findings.extend(said.iter().map(|finding| Finding {
            rule: finding["code"].as_str().unwrap_or("run").to_owned(),
            file: file.clone(),
            place: format!("line {}", finding["line"]),
            text: finding["message"].as_str().unwrap_or_default().to_owned(),
        }));
    }
    verdict
}
