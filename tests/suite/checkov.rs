//! checkov: hundreds of rules of security guides.

use super::judged::Judged;
use super::policy::rules_off;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use serde::Deserialize;

const TOOL: &str = "checkov";

#[derive(Deserialize)]
struct Report {
    results: Results,
    summary: Summary,
}

#[derive(Deserialize)]
struct Results {
    passed_checks: Vec<Checked>,
    failed_checks: Vec<Checked>,
    parsing_errors: Vec<String>,
}

#[derive(Deserialize)]
struct Summary {
    checkov_version: String,
}

#[derive(Deserialize)]
struct Checked {
    check_id: String,
    check_name: String,
    /// From the folder in which checkov was started.
    file_path: String,
    /// Kind, namespace, name, and what tells copies apart.
    resource: String,
}

/// One run for each environment: checkov joins all objects that it sees into one picture, and a
/// policy of one environment must not cover the pods of another.
pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(program) = tool("python/checkov/bin/checkov") else { return Verdict::skipped(TOOL) };
    let mut verdict = Verdict::new(TOOL, "");
    let off = rules_off(TOOL).collect::<Vec<_>>().join(",");
    for environment in judged.environments() {
        // By an absolute path the folder would lie below a hidden one, which checkov passes over.
        let folder = format!("out/{environment}");
        let mut arguments = vec!["--directory", &folder, "--framework", "kubernetes"];
        arguments.extend(["--skip-download", "--compact", "--output", "json"]);
        arguments.extend(["--skip-check", &off]);
        let ran = run(judged, &program, arguments);
        let Ok(report) = serde_json::from_slice::<Report>(&ran.stdout) else {
            let said = format!("{}{}", text(&ran.stdout), text(&ran.stderr));
            verdict.findings.push(Finding::of_file("run", environment, said));
            continue;
        };
        verdict.version = report.summary.checkov_version;
        let Results { passed_checks, failed_checks, parsing_errors } = report.results;
        let stacks = judged.stacks.iter().filter(|it| it.environment.name.as_str() == environment);
        let given = stacks.flat_map(|stack| judged.files_of_services(stack)).collect();
        let all = passed_checks.iter().chain(&failed_checks);
        let seen = all.map(|checked| below_out(&checked.file_path).to_owned()).collect();
        verdict.saw_of(&given, &seen);
        let unread = parsing_errors.into_iter();
        verdict
            .findings
            .extend(unread.map(|file| Finding::of_file("parse", below_out(&file), "unreadable")));
        verdict.findings.extend(failed_checks.iter().map(finding));
    }
    verdict
}

fn below_out(path: &str) -> &str {
    path.trim_start_matches("/out/")
}

fn finding(checked: &Checked) -> Finding {
    let mut parts = checked.resource.split('.');
    let (kind, name) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
    Finding {
        rule: checked.check_id.clone(),
        file: below_out(&checked.file_path).to_owned(),
        place: format!("{kind}/{name}"),
        text: checked.check_name.clone(),
    }
}
