//! kubeconform: objects against JSON Schemas, each environment with its version of Kubernetes.

use super::judged::Judged;
use super::run::{run, text};
use super::verdict::{Finding, Verdict};
use crate::tools::tool;
use serde::Deserialize;

const TOOL: &str = "kubeconform";

#[derive(Deserialize)]
struct Report {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    filename: String,
    kind: String,
    name: String,
    status: String,
    msg: String,
}

pub(crate) fn judge(judged: &Judged) -> Verdict {
    let (Some(program), Some(schemas)) = (tool("bin/kubeconform"), tool("schemas")) else {
        return Verdict::skipped(TOOL);
    };
    let schemas = schemas.to_str().unwrap();
    let kubernetes = format!(
        "{schemas}/{{{{ .NormalizedKubernetesVersion }}}}-standalone{{{{ .StrictSuffix }}}}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
    );
    let custom = format!(
        "{schemas}/custom/{{{{ .Group }}}}/{{{{ .ResourceKind }}}}_{{{{ .ResourceAPIVersion }}}}.json"
    );
    let version = text(&run(judged, &program, ["-v"]).stdout);
    let mut verdict = Verdict::new(TOOL, version);
    for stack in &judged.stacks {
        let version = format!("{}.0", stack.environment.kubernetes.unwrap().as_str());
        let mut arguments = vec!["-strict", "-verbose", "-output", "json"];
        arguments.extend(["-kubernetes-version", &version]);
        arguments.extend(["-schema-location", &kubernetes, "-schema-location", &custom]);
        let files = judged.files(stack);
        arguments.extend(files.iter().map(|file| file.as_str()));
        let ran = run(judged, &program, arguments);
        let folder = judged.below_out(judged.folder(stack).as_str());
        let Ok(report) = serde_json::from_slice::<Report>(&ran.stdout) else {
            verdict.findings.push(Finding::of_file("run", folder, text(&ran.stderr)));
            continue;
        };
        let given = files.iter().map(|file| judged.below_out(file.as_str())).collect();
        let seen = report.resources.iter().map(|it| judged.below_out(&it.filename)).collect();
        verdict.saw_of(&given, &seen);
        for resource in &report.resources {
            let Resource { filename, kind, name, status, msg } = resource;
            if status != "statusValid" {
                verdict.findings.push(Finding {
                    rule: status.clone(),
                    file: judged.below_out(filename),
                    place: format!("{kind}/{name}"),
                    text: msg.clone(),
                });
            }
        }
    }
    verdict
}
