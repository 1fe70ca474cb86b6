//! Files read back by an independent reader, which never fails: what it cannot read is text.

use camino::Utf8Path;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// Text without a structure that is known here.
    Text,
    /// YAML or JSON; empty documents are left out.
    Documents(Vec<Value>),
    /// What should be YAML or JSON, and why it is not.
    Broken(String),
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    /// What it holds.
    pub(crate) content: Content,
    /// Whether its text shows the values of a Secret.
    pub(super) holds_secret: bool,
}

/// Whether a file holds Kubernetes objects.
pub(crate) fn is_kubernetes(path: &Utf8Path) -> bool {
    let below = |folder: &str| {
        path.parent().is_some_and(|parent| parent.components().any(|c| c.as_str() == folder))
    };
    let kustomization =
        matches!(path.file_name(), Some("kustomization.yaml" | "kustomization.yml"));
    matches!(path.extension(), Some("yaml" | "yml" | "json"))
        && below("kubernetes")
        && !kustomization
}

/// Whether a file says what runs on one machine.
pub(crate) fn is_compose(path: &Utf8Path) -> bool {
    path.file_name() == Some("compose.yaml")
}

/// Whether a file says how an image is made, or what of its context its builder is sent.
pub(crate) fn is_dockerfile(path: &Utf8Path) -> bool {
    matches!(path.file_name(), Some("Dockerfile" | "Dockerfile.dockerignore"))
}

pub(crate) fn read(path: &Utf8Path, text: &str) -> Reading {
    let is_template = path.components().any(|component| component.as_str() == "templates");
    let content = match path.extension() {
        _ if is_template => Content::Text,
        Some("yaml" | "yml") => yaml(text),
        Some("json") => match serde_json::from_str(text) {
            Ok(value) => Content::Documents(vec![value]),
            Err(error) => Content::Broken(error.to_string()),
        },
        _ => Content::Text,
    };
    let holds_secret = match &content {
        Content::Documents(documents) => documents.iter().any(shows_secret),
        // A file that cannot be read is not trusted to hold none.
        Content::Broken(_) => text.lines().any(|line| line.trim() == "kind: Secret"),
        Content::Text => false,
    };
    Reading { content, holds_secret }
}

fn yaml(text: &str) -> Content {
    let is_marker = |line: &str| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
    if text.lines().any(is_marker) {
        return Content::Broken("it holds conflict markers".to_owned());
    }
    let mut documents = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        match serde_yaml::Value::deserialize(document) {
            Ok(serde_yaml::Value::Null) => {}
            Ok(mut value) => {
                // A merge key that cannot be followed stays as it is written.
                let written = value.clone();
                let value = if value.apply_merge().is_ok() { value } else { written };
                documents.push(json(value));
            }
            Err(error) => return Content::Broken(error.to_string()),
        }
    }
    Content::Documents(documents)
}

fn json(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Bool(value),
        serde_yaml::Value::Number(number) => {
            if let Some(number) = number.as_i64() {
                Value::from(number)
            } else if let Some(number) = number.as_u64() {
                Value::from(number)
            } else {
                let finite = number.as_f64().and_then(serde_json::Number::from_f64);
                finite.map_or_else(|| Value::String(number.to_string()), Value::Number)
            }
        }
        serde_yaml::Value::String(text) => Value::String(text),
        serde_yaml::Value::Sequence(items) => items.into_iter().map(json).collect(),
        serde_yaml::Value::Mapping(entries) => {
            let entry = |(name, value)| (key(name), json(value));
            Value::Object(entries.into_iter().map(entry).collect())
        }
        serde_yaml::Value::Tagged(tagged) => {
            let entry = (tagged.tag.to_string(), json(tagged.value));
            Value::Object(Map::from_iter([entry]))
        }
    }
}

fn key(name: serde_yaml::Value) -> String {
    match json(name) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Whether an object is a Secret.
pub(super) fn is_secret(api_version: &str, kind: &str) -> bool {
    api_version == "v1" && kind == "Secret"
}

fn shows_secret(value: &Value) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    if let Some(items) = value.get("items").and_then(Value::as_array) {
        return items.iter().any(shows_secret);
    }
    let holds = |key: &str| {
        value.get(key).is_some_and(|data| !data.is_null() && data != &Value::Object(Map::new()))
    };
    is_secret(text("apiVersion"), text("kind")) && (holds("data") || holds("stringData"))
}

/// What kept a file from being compared fully.
pub(super) fn note(path: &Utf8Path, sides: [Option<&Reading>; 2]) -> Option<String> {
    let language = if path.extension() == Some("json") { "JSON" } else { "YAML" };
    let mut notes = Vec::new();
    for (side, name) in sides.into_iter().zip(["old", "new"]) {
        if let Some(Reading { content: Content::Broken(why), .. }) = side {
            let why = why.lines().next().unwrap_or_default();
            notes.push(format!("the {name} file is not {language}, compared as text: {why}"));
        }
    }
    if sides.into_iter().flatten().any(|reading| reading.holds_secret) {
        notes.push("it holds a Secret, so its text is not shown".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_become_plain_values() {
        let text = "a: &x {b: 1}\nc:\n  <<: *x\n  2: .inf\n---\n---\n!ref [on, 1.5]\n";
        let expected =
            [json!({"a": {"b": 1}, "c": {"b": 1, "2": ".inf"}}), json!({"!ref": ["on", 1.5]})];
        let reading = read(Utf8Path::new("a.yaml"), text);
        assert_eq!(reading.content, Content::Documents(expected.to_vec()));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let conflict = "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n";
        for (path, text) in [
            ("a.yaml", conflict),
            ("a.yaml", "a: [1\n"),
            ("a.yaml", "a: 1\na: 2\n"),
            ("a.yaml", "a: *nowhere\n"),
            ("a.json", "{\"a\": 1"),
        ] {
            let reading = read(Utf8Path::new(path), text);
            assert!(matches!(reading.content, Content::Broken(_)), "{text}: {reading:?}");
        }
        let template = read(Utf8Path::new("helm/x/templates/a.yaml"), "{{ if }}");
        assert_eq!(template.content, Content::Text);
    }

    #[test]
    fn kubernetes_files_are_known_by_their_folder() {
        let is = |path: &str| is_kubernetes(Utf8Path::new(path));
        assert!(is("prod/shop/kubernetes/web.yaml"));
        assert!(is("prod/shop/kubernetes/base/web.yml"));
        assert!(!is("prod/shop/kubernetes/kustomization.yaml"));
        assert!(!is("prod/shop/compose/kubernetes.yaml"));
        assert!(!is("prod/shop/kubernetes/README.md"));
    }
}
