//! yamllint: YAML as people like to read it.

use super::judged::Judged;
use super::policy::rules_off;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;

const TOOL: &str = "yamllint";

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(program) = tool("python/yamllint/bin/yamllint") else {
        return Verdict::skipped(TOOL);
    };
    let version = text(&run(judged, &program, ["--version"]).stdout);
    let mut verdict = Verdict::new(TOOL, version.trim_start_matches("yamllint "));
    let configuration = configuration();
    let out = judged.out();
    let files = run(judged, &program, ["-d", &configuration, "--list-files", out.as_str()]);
    verdict.saw(text(&files.stdout).lines().count());
    let arguments = ["-d", &configuration, "--strict", "--format", "parsable", out.as_str()];
    let ran = run(judged, &program, arguments);
    let said = text(&ran.stdout);
    verdict.findings.extend(said.lines().map(|line| finding(judged, line)));
    if !ran.status.success() && verdict.findings.is_empty() {
        verdict.findings.push(Finding::of_file("run", "", text(&ran.stderr)));
    }
    verdict
}

/// All default rules but those that are off.
fn configuration() -> String {
    let rules = rules_off(TOOL).map(|rule| match rule {
        "indent-sequences" => "indentation: { indent-sequences: whatever }".to_owned(),
        rule => format!("{rule}: disable"),
    });
    let rules: Vec<String> = rules.collect();
    format!("{{ extends: default, rules: {{ {} }} }}", rules.join(", "))
}

/// `PATH:LINE:COLUMN: [LEVEL] MESSAGE (RULE)`
fn finding(judged: &Judged, line: &str) -> Finding {
    let (place, text) = line.split_once(": ").unwrap_or((line, ""));
    let mut parts = place.rsplitn(3, ':');
    let (column, row) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let path = parts.next().unwrap_or(place);
    let rule = text.rsplit_once(" (").map_or("syntax", |(_, rule)| rule.trim_end_matches(')'));
    Finding {
        rule: rule.to_owned(),
        file: judged.below_out(path),
        place: format!("line {row}, column {column}"),
        text: text.to_owned(),
    }
}
