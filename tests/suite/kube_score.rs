//! kube-score: what an experienced reader would say of objects that are valid.

use super::judged::Judged;
use super::policy::rules_off;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use serde::Deserialize;

const TOOL: &str = "kube-score";
/// The grade of what is as it should be.
const BEST: u8 = 10;

#[derive(Deserialize)]
struct Object {
    /// Kind, group and version, namespace, name.
    #[serde(rename = "object_name")]
    name: String,
    file_name: String,
    checks: Vec<Graded>,
}

#[derive(Deserialize)]
struct Graded {
    check: Check,
    grade: u8,
    skipped: bool,
    comments: Option<Vec<Comment>>,
}

#[derive(Deserialize)]
struct Check {
    id: String,
    comment: String,
}

#[derive(Deserialize)]
struct Comment {
    path: String,
    summary: String,
}

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(program) = tool("bin/kube-score") else { return Verdict::skipped(TOOL) };
    let version = text(&run(judged, &program, ["version"]).stdout);
    let version = version.trim_start_matches("kube-score version: ").split(',').next().unwrap();
    let mut verdict = Verdict::new(TOOL, version);
    for stack in &judged.stacks {
        let version = format!("v{}", stack.environment.kubernetes.unwrap().as_str());
        let mut arguments = vec!["score", "--output-format", "json"];
        arguments.extend(["--kubernetes-version", &version]);
        arguments.extend(["--disable-ignore-checks-annotations"]);
        for rule in rules_off(TOOL) {
            arguments.extend((!rule.starts_with("--")).then_some("--ignore-test"));
            arguments.push(rule);
        }
        let files = judged.files(stack);
        arguments.extend(files.iter().map(|file| file.as_str()));
        let ran = run(judged, &program, arguments);
        let Ok(objects) = serde_json::from_slice::<Vec<Object>>(&ran.stdout) else {
            let folder = judged.below_out(judged.folder(stack).as_str());
            verdict.findings.push(Finding::of_file("run", folder, text(&ran.stderr)));
            continue;
        };
        let seen = objects.iter().map(|object| judged.below_out(&object.file_name)).collect();
        verdict.saw_of(&judged.files_of_services(stack), &seen);
        verdict.findings.extend(objects.into_iter().flat_map(|object| findings(judged, object)));
    }
    verdict
}

/// One finding for each comment: a rule may complain of several things.
fn findings(judged: &Judged, object: Object) -> Vec<Finding> {
    let mut parts = object.name.split('/');
    let place = format!("{}/{}", parts.next().unwrap(), parts.next_back().unwrap());
    let file = judged.below_out(&object.file_name);
    let mut findings = Vec::new();
    for graded in object.checks.into_iter().filter(|it| !it.skipped && it.grade < BEST) {
        let mut texts: Vec<String> = graded.comments.into_iter().flatten().map(said).collect();
        if texts.is_empty() {
            texts.push(graded.check.comment);
        }
        findings.extend(texts.into_iter().map(|text| Finding {
            rule: graded.check.id.clone(),
            file: file.clone(),
            place: place.clone(),
            text,
        }));
    }
    findings
}

fn said(comment: Comment) -> String {
    match comment.path.as_str() {
        "" => comment.summary,
        path => format!("{path}: {}", comment.summary),
    }
}
