//! The committed `out/` as others read it: `yaml_serde`, `PyYAML` and kubectl see the same data.
//!
//! Run with `--nocapture` for the table of what was read by whom.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files and starts programs"
)]

#[path = "tools/mod.rs"]
mod tools;

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tools::tool;

/// The documents of each file, as `yaml_serde` reads them.
type Read = BTreeMap<PathBuf, Vec<Value>>;

/// One line of the table.
struct Row {
    tool: &'static str,
    version: String,
    /// None where the tool is missing.
    files: Option<usize>,
    findings: Vec<String>,
}

impl Row {
    fn new(tool: &'static str, version: &str) -> Self {
        Self { tool, version: version.to_owned(), files: Some(0), findings: Vec::new() }
    }

    fn skipped(tool: &'static str) -> Self {
        Self { files: None, ..Self::new(tool, "not installed") }
    }

    /// Counts a file, and says so where what the tool read is something else.
    fn compare(&mut self, name: &Path, read: &[Value], wanted: &[Value]) {
        self.files = self.files.map(|count| count + 1);
        if read != wanted {
            let (read, wanted) = (Value::from(read), Value::from(wanted));
            self.findings.push(format!("{}: {read}\nis not {wanted}", name.display()));
        }
    }
}

#[test]
fn everybody_reads_out_alike() {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    let mut rust = Row::new("yaml_serde", "as in Cargo.lock");
    let mut read = Read::new();
    for path in yaml_files(&out) {
        match documents(&std::fs::read_to_string(&path).unwrap()) {
            Ok(documents) => {
                rust.files = rust.files.map(|count| count + 1);
                read.insert(path, documents);
            }
            Err(error) => rust.findings.push(format!("{}: {error}", path.display())),
        }
    }
    let rows = [rust, pyyaml(&read), kubectl_label(&read), kubectl_kustomize(&read)];
    print_table(&rows);
    let findings: Vec<&str> =
        rows.iter().flat_map(|row| row.findings.iter().map(String::as_str)).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
    for row in &rows {
        assert_ne!(row.files, Some(0), "{} saw no file of {}", row.tool, out.display());
    }
}

fn print_table(rows: &[Row]) {
    println!("{:<18}  {:<16}  {:>7}  {:>8}", "tool", "version", "files", "findings");
    for Row { tool, version, files, findings } in rows {
        let files = files.map_or_else(|| "skipped".to_owned(), |count| count.to_string());
        println!("{tool:<18}  {version:<16}  {files:>7}  {:>8}", findings.len());
    }
    let skipped = rows.iter().filter(|row| row.files.is_none()).count();
    println!("{} read, {skipped} skipped", rows.len() - skipped);
}

/// Every YAML file below a folder, in order.
fn yaml_files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.insert(path);
        }
    }
    files
}

fn documents(text: &str) -> Result<Vec<Value>, serde_yaml::Error> {
    serde_yaml::Deserializer::from_str(text).map(Value::deserialize).collect()
}

/// The folders of Kubernetes objects.
fn folders(read: &Read) -> BTreeSet<&Path> {
    let kubernetes = |folder: &&Path| folder.file_name().is_some_and(|name| name == "kubernetes");
    read.keys().filter_map(|path| path.parent()).filter(kubernetes).collect()
}

/// The Kubernetes objects of a folder by file. A kustomization is none.
fn objects<'a>(read: &'a Read, folder: &'a Path) -> impl Iterator<Item = (&'a Path, &'a [Value])> {
    read.iter()
        .filter(move |(path, _)| path.starts_with(folder) && !path.ends_with("kustomization.yaml"))
        .map(|(path, documents)| (path.as_path(), documents.as_slice()))
}

fn run(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn pyyaml(read: &Read) -> Row {
    let Some(python) = tool("python/pyyaml/bin/python") else { return Row::skipped("PyYAML") };
    let mut row = Row::new("PyYAML", "");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/read.py");
    match run(Command::new(python).arg("-I").arg(script).args(read.keys())) {
        Err(error) => row.findings.push(error),
        Ok(output) => {
            let text = String::from_utf8(output.stdout).unwrap();
            let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            lines.next().unwrap().as_str().unwrap().clone_into(&mut row.version);
            for (path, wanted) in read {
                let documents = lines.next().unwrap_or_default();
                row.compare(path, documents.as_array().map_or(&[], Vec::as_slice), wanted);
            }
        }
    }
    row
}

/// kubectl without a cluster: no configuration of the machine's has a say.
fn kubectl(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("KUBECONFIG", "/dev/null");
    command
}

fn kubectl_version(program: &Path) -> String {
    let output = run(kubectl(program).args(["version", "--client", "--output=json"])).unwrap();
    let version: Value = serde_json::from_slice(&output.stdout).unwrap();
    version["clientVersion"]["gitVersion"].as_str().unwrap().to_owned()
}

/// `kubectl label --local` reads objects without a server, and shows them with one more label.
fn kubectl_label(read: &Read) -> Row {
    const LABEL: &str = "read-by";
    let Some(program) = tool("bin/kubectl") else { return Row::skipped("kubectl label") };
    let mut row = Row::new("kubectl label", &kubectl_version(&program));
    for folder in folders(read) {
        for (path, wanted) in objects(read, folder) {
            let label = format!("{LABEL}=kubectl");
            let output = run(kubectl(&program)
                .args(["label", "--local", "--output=json", &label, "--filename"])
                .arg(path));
            let output = match output {
                Ok(output) => output,
                Err(error) => {
                    row.findings.push(error);
                    continue;
                }
            };
            let shown = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
            let mut shown: Vec<Value> = shown.collect::<Result<_, _>>().unwrap();
            for object in &mut shown {
                let labels = object["metadata"]["labels"].as_object_mut().unwrap();
                assert!(labels.shift_remove(LABEL).is_some());
            }
            row.compare(path, &shown, wanted);
        }
    }
    row
}

/// `kubectl kustomize` makes one stream of a folder: every object, in apply order.
fn kubectl_kustomize(read: &Read) -> Row {
    let Some(program) = tool("bin/kubectl") else { return Row::skipped("kubectl kustomize") };
    let mut row = Row::new("kubectl kustomize", &kubectl_version(&program));
    for folder in folders(read) {
        let kustomization = folder.join("kustomization.yaml");
        let resources = read[&kustomization][0]["resources"].as_array().unwrap();
        let named = resources.iter().map(|name| folder.join(name.as_str().unwrap()));
        let wanted: Vec<Value> = named.flat_map(|path| read[&path].clone()).collect();
        let all: usize = objects(read, folder).map(|(_, objects)| objects.len()).sum();
        assert_eq!(wanted.len(), all, "{} names every file", kustomization.display());
        match run(kubectl(&program).arg("kustomize").arg(folder)) {
            Err(error) => row.findings.push(error),
            Ok(output) => match documents(&String::from_utf8(output.stdout).unwrap()) {
                Err(error) => row.findings.push(format!("{}: {error}", folder.display())),
                Ok(shown) => row.compare(folder, &shown, &wanted),
            },
        }
    }
    row
}
