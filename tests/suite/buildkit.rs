//! `BuildKit`'s own linter: Dockerfiles as the program that reads them does, all stages of them.

use super::judged::Judged;
use super::run::{pinned, run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;

const TOOL: &str = "buildkit";

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(program) = tool("bin/buildkit-lint") else { return Verdict::skipped(TOOL) };
    let mut verdict = Verdict::new(TOOL, pinned("buildkit-lint", "moby/buildkit"));
    for file in judged.named("Dockerfile") {
        let path = judged.out().join(&file);
        let ran = run(judged, &program, [path.as_str()]);
        verdict.saw(1);
        let said = text(&ran.stdout);
        for line in said.lines() {
            let about = line.strip_prefix(path.as_str()).unwrap_or(line).trim_start_matches(':');
            // `LINE: RULE: DETAIL`, or what keeps the file from being read.
            let mut parts = about.splitn(3, ": ");
            verdict.findings.push(match (parts.next(), parts.next(), parts.next()) {
                (Some(at), Some(rule), Some(detail)) if at.parse::<u32>().is_ok() => Finding {
                    rule: rule.to_owned(),
                    file: file.clone(),
                    place: format!("line {at}"),
                    text: detail.to_owned(),
                },
                _ => Finding::of_file("run", &file, about),
            });
        }
        if !ran.status.success() && said.is_empty() {
            verdict.findings.push(Finding::of_file("run", &file, text(&ran.stderr)));
        }
    }
    verdict
}
