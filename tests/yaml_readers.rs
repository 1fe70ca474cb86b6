//! What `iac::yaml` writes is read as the same data by readers of every family.
//!
//! Within Rust: `yaml_serde` (libyaml) and serde-saphyr (YAML 1.2). Outside: `PyYAML` and kubectl
//! (go-yaml), which `tests/tools/install.sh` installs. Without them those tests are skipped, unless
//! `IAC_REQUIRE_TOOLS=1` or `CI` says that they must be there.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test starts programs and gives them files"
)]

#[path = "yaml_readers/hostile.rs"]
mod hostile;
#[path = "tools/mod.rs"]
mod tools;

use hostile::{in_every_position, pointers, same, table, text, value};
use iac::yaml::{Document, KeyOrder, arrange, document, documents};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use tools::tool;

fn read_by_yaml_serde(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("yaml_serde: {error}\n{text:?}"))
}

fn read_by_saphyr(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("serde-saphyr: {error}\n{text:?}"))
}

#[track_caller]
fn assert_read_back(text: &str, value: &Value) {
    for (reader, read) in
        [("yaml_serde", read_by_yaml_serde(text)), ("serde-saphyr", read_by_saphyr(text))]
    {
        assert!(same(&read, value), "{reader} misreads\n{text}\nas {read:#}\nnot {value:#}");
    }
}

#[test]
fn difficult_texts_are_read_back_by_rust_in_every_position() {
    for text in table() {
        let value = in_every_position(&text);
        assert_read_back(&document(&value, KeyOrder::AsIs), &value);
        assert_read_back(&document(&json!(text), KeyOrder::AsIs), &json!(text));
    }
}

#[test]
fn no_line_is_a_separator_but_the_separators() {
    for text in table() {
        let mut value = in_every_position(&text);
        value[&text] = json!([text]);
        for value in [value, json!(text), json!([text]), json!({ &text: text })] {
            let written = document(&value, KeyOrder::AsIs);
            assert!(!written.lines().any(|line| line.starts_with("---")), "{written}");
            assert!(!written.lines().any(|line| line.starts_with("...")), "{written}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_is_read_back_by_rust(value in value()) {
        assert_read_back(&document(&value, KeyOrder::AsIs), &value);
        assert_read_back(&document(&value, KeyOrder::Kubernetes), &value);
    }

    #[test]
    fn any_text_is_read_back_by_rust(text in text()) {
        let value = in_every_position(&text);
        assert_read_back(&document(&value, KeyOrder::AsIs), &value);
    }

    #[test]
    fn comments_never_change_the_data(document in any_document()) {
        let text = documents(std::slice::from_ref(&document));
        assert_read_back(&text, &document.value);
        let bare = Document { comments: Vec::new(), notes: <_>::default(), ..document };
        let without_comments: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("# IAC"))
            .flat_map(|line| [line, "\n"])
            .collect();
        prop_assert_eq!(without_comments, documents(&[bare]));
    }

    #[test]
    fn order_never_changes_the_data(mut value in value()) {
        let before = value.clone();
        for order in [KeyOrder::Kubernetes, KeyOrder::Compose] {
            arrange(&mut value, order);
            prop_assert_eq!(&value, &before);
            prop_assert_eq!(document(&value, KeyOrder::AsIs), document(&before, order));
        }
    }
}

/// A document with notes at some of its places. Each line of a note starts with `IAC`, so that it
/// can be told from the data.
fn any_document() -> impl Strategy<Value = Document> {
    let note = prop::collection::vec("[^\n\r\u{b}\u{c}\u{85}\u{2028}\u{2029}]{0,8}", 1..3);
    let notes = prop::collection::vec((any::<prop::sample::Index>(), note), 0..6);
    (value(), notes, any::<bool>()).prop_map(|(value, notes, ordered)| {
        let places = pointers(&value);
        let comment = |lines: &[String]| {
            lines.iter().map(|line| format!("IAC{line}")).collect::<Vec<_>>().join("\u{85}")
        };
        Document {
            comments: notes.iter().map(|(_, lines)| comment(lines)).collect(),
            notes: notes
                .iter()
                .map(|(place, lines)| (place.get(&places).clone(), comment(lines)))
                .collect(),
            value,
            order: if ordered { KeyOrder::Kubernetes } else { KeyOrder::AsIs },
        }
    })
}

/// The documents that the programs read: every difficult text in every position, then values made
/// by chance, the same in each run, with notes.
fn batch() -> Vec<Document> {
    let mut batch: Vec<Document> = table()
        .iter()
        .map(|text| Document::new(in_every_position(text), KeyOrder::Kubernetes))
        .collect();
    let mut runner = TestRunner::deterministic();
    let strategy = any_document();
    for _ in 0..2500 {
        batch.push(strategy.new_tree(&mut runner).unwrap().current());
    }
    let strategy = text();
    for _ in 0..1500 {
        let text = strategy.new_tree(&mut runner).unwrap().current();
        batch.push(Document::new(in_every_position(&text), KeyOrder::AsIs));
    }
    batch
}

fn texts_in(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(items) => items.iter().map(texts_in).sum(),
        Value::Object(entries) => entries.values().map(|value| texts_in(value) + 1).sum(),
        _ => 0,
    }
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn read_by_pyyaml(python: &Path, loader: &str, batch: &[Document]) {
    let folder = tempfile::tempdir().unwrap();
    let stream = folder.path().join("stream.yaml");
    let expected = folder.path().join("expected.json");
    std::fs::write(&stream, documents(batch)).unwrap();
    let lines: Vec<String> = batch.iter().map(|document| document.value.to_string()).collect();
    std::fs::write(&expected, lines.join("\n")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/yaml_readers/read.py");
    let output =
        run(Command::new(python).arg("-I").arg(script).args([&stream, &expected]).arg(loader));
    let count = String::from_utf8(output.stdout).unwrap();
    assert_eq!(count.trim(), batch.len().to_string());
    let texts: usize = batch.iter().map(|document| texts_in(&document.value)).sum();
    println!("PyYAML {loader}: {} documents, {texts} texts", batch.len());
}

#[test]
fn pyyaml_reads_the_same_data() {
    let Some(python) = tool("python/pyyaml/bin/python") else { return };
    let batch = batch();
    read_by_pyyaml(&python, "CSafeLoader", &batch);
    // The scanner that is written in Python is another one, and slow.
    let some: Vec<Document> = batch.into_iter().step_by(5).collect();
    read_by_pyyaml(&python, "SafeLoader", &some);
}

#[test]
fn kubectl_reads_the_same_data() {
    let Some(kubectl) = tool("bin/kubectl") else { return };
    let mut batch = batch();
    for document in &mut batch {
        let value = document.value.take();
        // An unknown kind: kubectl keeps what it says as it is.
        document.value = json!({
            "apiVersion": "example.org/v1",
            "kind": "Anything",
            "metadata": {"name": "x"},
            "spec": {"value": value},
        });
        document.notes = std::mem::take(&mut document.notes)
            .into_iter()
            .map(|(pointer, note)| (format!("/spec/value{pointer}"), note))
            .collect();
    }
    let folder = tempfile::tempdir().unwrap();
    let stream = folder.path().join("stream.yaml");
    std::fs::write(&stream, documents(&batch)).unwrap();
    let output = run(Command::new(kubectl)
        .args(["label", "--local", "-o", "json", "--kubeconfig", "/dev/null", "-f"])
        .arg(&stream)
        .arg("x=y")
        .env_clear());
    let read: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(read.len(), batch.len());
    for (read, document) in read.iter().zip(&batch) {
        let (read, wanted) = (&read["spec"]["value"], &document.value["spec"]["value"]);
        let text = || documents(std::slice::from_ref(document));
        assert!(same(read, wanted), "kubectl misreads\n{}\nas {read:#}\nnot {wanted:#}", text());
    }
    let texts: usize = batch.iter().map(|document| texts_in(&document.value)).sum();
    println!("kubectl: {} documents, {texts} texts", batch.len());
}
