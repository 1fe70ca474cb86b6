//! shellcheck and shfmt: every script that is written, and those of the project itself.

use super::judged::Judged;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use camino::Utf8PathBuf;
use serde_json::Value;

/// Scripts of the project: what is written must not be better kept than what writes it.
const OWN: &[&str] = &[
    ".ci/run",
    "tests/tools/install.sh",
    "tests/tools/install/part.sh",
    "tests/tools/install/python.sh",
    "tests/tools/install/go.sh",
    "tests/tools/install/debian.sh",
    "tests/fixtures/languages/builder/dotnet",
    "tests/fixtures/languages/builder/mvn",
    "tests/fixtures/languages/builder/npm",
];

/// How a script is indented: as it is written, and as the project's own are.
const WRITTEN: &str = "2";
const OF_THE_PROJECT: &str = "4";

pub(crate) fn shellcheck(judged: &Judged) -> Verdict {
    const TOOL: &str = "shellcheck";
    let Some(program) = tool("python/containers/bin/shellcheck") else {
        return Verdict::skipped(TOOL);
    };
    let version = text(&run(judged, &program, ["--version"]).stdout);
    let version = version.lines().find_map(|line| line.strip_prefix("version: "));
    let mut verdict = Verdict::new(TOOL, version.unwrap_or_default());
    for (path, _) in scripts(judged) {
        // Files that are read by a script are judged by themselves, and know no variables of it.
        let arguments =
            ["--external-sources", "--format", "json1", "--exclude", "SC1091,SC2154,SC2034"];
        let own = path.starts_with(env!("CARGO_MANIFEST_DIR"));
        let arguments = arguments[..if own { 5 } else { 3 }].iter().copied().chain([path.as_str()]);
        let ran = run(judged, &program, arguments);
        verdict.saw(1);
        let Ok(said) = serde_json::from_slice::<Value>(&ran.stdout) else {
            verdict.findings.push(Finding::of_file("run", path.as_str(), text(&ran.stderr)));
            continue;
        };
        for comment in said["comments"].as_array().into_iter().flatten() {
            verdict.findings.push(Finding {
                rule: format!("SC{}", comment["code"]),
                file: judged.below_out(path.as_str()),
                place: format!("line {}", comment["line"]),
                text: comment["message"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    verdict
}

pub(crate) fn shfmt(judged: &Judged) -> Verdict {
    const TOOL: &str = "shfmt";
    let Some(program) = tool("python/containers/bin/shfmt") else { return Verdict::skipped(TOOL) };
    let version = text(&run(judged, &program, ["--version"]).stdout);
    let mut verdict = Verdict::new(TOOL, version.trim_start_matches('v'));
    for (path, indent) in scripts(judged) {
        let ran = run(judged, &program, ["-d", "-i", indent, path.as_str()]);
        verdict.saw(1);
        if !ran.status.success() {
            let file = judged.below_out(path.as_str());
            let said = format!("{}{}", text(&ran.stdout), text(&ran.stderr));
            verdict.findings.push(Finding::of_file("format", file, said));
        }
    }
    verdict
}

/// All scripts, and how each is indented.
fn scripts(judged: &Judged) -> Vec<(Utf8PathBuf, &'static str)> {
    let written = judged.ending(".sh").into_iter().map(|file| (judged.out().join(file), WRITTEN));
    let root = Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let own = OWN.iter().map(|file| (root.join(file), OF_THE_PROJECT));
    written.chain(own).collect()
}
