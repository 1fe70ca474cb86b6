//! promtool and amtool: configuration of Prometheus and Alertmanager, as it is mounted, in clusters and by Compose.

use super::judged::Judged;
use super::run::{pinned, run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// Where Prometheus finds its files: for the tool they lie elsewhere.
const HOME: &str = "/etc/prometheus/";

pub(crate) fn config(judged: &Judged) -> Verdict {
    prometheus(judged, "promtool config", |folder| {
        ["check", "config", folder.join("prometheus.yml").as_str()].map(str::to_owned).to_vec()
    })
}

pub(crate) fn rules(judged: &Judged) -> Verdict {
    prometheus(judged, "promtool rules", |folder| {
        let files = ["check", "rules", "--lint=all", "--lint-fatal"].map(str::to_owned).into_iter();
        let rules = folder.join("rules").read_dir_utf8().into_iter().flatten();
        files.chain(rules.map(|entry| entry.unwrap().into_path().into_string())).collect()
    })
}

fn prometheus(
    judged: &Judged,
    name: &'static str,
    arguments: impl Fn(&Utf8Path) -> Vec<String>,
) -> Verdict {
    let Some(program) = tool("bin/promtool") else { return Verdict::skipped(name) };
    let mut verdict = Verdict::new(name, pinned("prometheus", "prometheus/prometheus"));
    for (file, texts) in mounted(judged, "prometheus.yml") {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
        fs::create_dir(folder.join("rules")).unwrap();
        for (name, text) in texts {
            let below = if name == "prometheus.yml" { name } else { format!("rules/{name}") };
            let here = format!("{folder}/");
            fs::write(folder.join(below), text.replace(HOME, &here)).unwrap();
        }
        verdict.saw(1);
        let ran = run(judged, &program, arguments(&folder));
        if !ran.status.success() {
            let said = format!("{}\n{}", text(&ran.stdout), text(&ran.stderr));
            let said = said.replace(folder.as_str(), "").replace('\n', " ");
            verdict.findings.push(Finding::of_file("check", &file, said));
        }
    }
    verdict
}

pub(crate) fn alertmanager(judged: &Judged) -> Verdict {
    const TOOL: &str = "amtool";
    let Some(program) = tool("bin/amtool") else { return Verdict::skipped(TOOL) };
    let mut verdict = Verdict::new(TOOL, pinned("alertmanager", "prometheus/alertmanager"));
    for (file, texts) in mounted(judged, "alertmanager.yml") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alertmanager.yml");
        fs::write(&path, &texts["alertmanager.yml"]).unwrap();
        verdict.saw(1);
        let ran = run(judged, &program, ["check-config", path.to_str().unwrap()]);
        if !ran.status.success() {
            let said = format!("{} {}", text(&ran.stdout), text(&ran.stderr));
            verdict.findings.push(Finding::of_file("check", &file, said.replace('\n', " ")));
        }
    }
    verdict
}

/// Each place below out/ with a file of this name, and all texts that are mounted beside it.
fn mounted(judged: &Judged, name: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut all = Vec::new();
    for file in judged.named(name) {
        let folder = judged.out().join(&file).parent().unwrap().to_owned();
        let files = folder.read_dir_utf8().unwrap().map(|entry| entry.unwrap().into_path());
        let texts = files
            .map(|path| (path.file_name().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
        // Tools speak of any of them.
        let folder = Utf8Path::new(&file).parent().unwrap().to_string();
        all.push((folder, texts.collect()));
    }
    for stack in &judged.stacks {
        for file in judged.files(stack) {
            let text = fs::read_to_string(&file).unwrap();
            let documents = serde_yaml::Deserializer::from_str(&text)
                .map_while(|document| Value::deserialize(document).ok());
            for object in documents.filter(|object| !object["data"][name].is_null()) {
                let data = object["data"].as_object().unwrap().iter();
                let texts =
                    data.map(|(key, text)| (key.clone(), text.as_str().unwrap().to_owned()));
                all.push((judged.below_out(file.as_str()), texts.collect()));
            }
        }
    }
    all
}
