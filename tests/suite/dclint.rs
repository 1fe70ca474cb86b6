//! dclint: Compose files as their best practices want them.

use super::judged::Judged;
use super::policy::rules_off;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TOOL: &str = "dclint";

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let Some(program) = tool("bin/dclint") else { return Verdict::skipped(TOOL) };
    let mut verdict = Verdict::new(TOOL, text(&run(judged, &program, ["--version"]).stdout));
    let configuration = judged.project.path("dclint.json");
    judged.project.write("dclint.json", self::configuration().to_string());
    let files: BTreeSet<String> = judged.named("compose.yaml").into_iter().collect();
    let out = judged.out();
    let mut arguments = vec!["--config", configuration.as_str(), "--formatter", "json"];
    let paths: Vec<String> = files.iter().map(|file| out.join(file).into_string()).collect();
    arguments.extend(paths.iter().map(String::as_str));
    let ran = run(judged, &program, arguments);
    std::fs::remove_file(&configuration).unwrap();
    let Ok(said) = serde_json::from_slice::<Vec<Value>>(&ran.stdout) else {
        verdict.findings.push(Finding::of_file("run", "", text(&ran.stderr)));
        return verdict;
    };
    let mut seen = BTreeSet::new();
    for file in &said {
        let path = judged.below_out(file["filePath"].as_str().unwrap_or_default());
        for message in file["messages"].as_array().into_iter().flatten() {
            verdict.findings.push(Finding {
                rule: message["rule"].as_str().unwrap_or("run").to_owned(),
                file: path.clone(),
                place: format!("line {}", message["line"]),
                text: message["message"].as_str().unwrap_or_default().to_owned(),
            });
        }
        seen.insert(path);
    }
    // It names only files with complaints.
    verdict.saw_of(&files, &if ran.status.success() { files.clone() } else { seen });
    verdict
}

/// All rules but those that are off.
fn configuration() -> Value {
    let mut rules = serde_json::Map::new();
    for rule in rules_off(TOOL) {
        let (rule, how) = match rule.split_once(' ') {
            Some((rule, options)) => {
                (rule, json!([1, serde_json::from_str::<Value>(options).unwrap()]))
            }
            None => (rule, json!(0)),
        };
        rules.insert(rule.to_owned(), how);
    }
    json!({ "rules": rules, "quiet": false })
}
