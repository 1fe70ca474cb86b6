//! kustomize, as kubectl has it: every folder of objects builds.

use super::judged::Judged;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;

const TOOL: &str = "kubectl kustomize";

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(kubectl) = tool("bin/kubectl") else { return Verdict::skipped(TOOL) };
    let version = run(judged, &kubectl, ["version", "--client", "--output=json"]);
    let version: serde_json::Value = serde_json::from_slice(&version.stdout).unwrap();
    let mut verdict = Verdict::new(TOOL, version["clientVersion"]["gitVersion"].as_str().unwrap());
    for stack in &judged.stacks {
        let folder = judged.folder(stack);
        let built = run(judged, &kubectl, ["kustomize", folder.as_str()]);
        verdict.saw(1);
        let warned = text(&built.stderr);
        if !built.status.success() || !warned.is_empty() {
            let place = judged.below_out(folder.as_str());
            verdict.findings.push(Finding::of_file("build", place, warned));
        }
    }
    verdict
}
