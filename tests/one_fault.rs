//! One fault gives one message: each value of a project is put wrong in turn, in its form and then in
//! its meaning, and nothing is said of what only follows from that.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test prepares files and fails at what is not there"
)]

mod support;

use iac::finding::{Finding, Severity};
use serde_json::{Map, Value, json};
use support::Project;

/// A project whose files are edited one at a time.
struct Lab {
    project: Project,
    files: Map<String, Value>,
}

/// How a value is put wrong.
struct Fault {
    name: &'static str,
    apply: fn(&mut Value) -> bool,
}

const FAULTS: &[Fault] = &[
    Fault { name: "another type", apply: another_type },
    Fault { name: "a key that is none", apply: unknown_key },
    Fault { name: "a word that YAML doubts", apply: doubtful },
    Fault { name: "a key twice", apply: twice },
    Fault { name: "a name that is none", apply: unknown_name },
];

/// What stands for a text that JSON could not write.
const RAW: &str = "raw:";

/// No key takes a list of lists.
fn another_type(value: &mut Value) -> bool {
    *value = json!([[1]]);
    true
}

fn unknown_key(value: &mut Value) -> bool {
    let Some(map) = value.as_object_mut() else { return false };
    map.insert("no such key".to_owned(), json!([[1]]));
    true
}

fn doubtful(value: &mut Value) -> bool {
    *value = json!(format!("{RAW}yes"));
    true
}

fn unknown_name(value: &mut Value) -> bool {
    let is_text = value.is_string();
    *value = json!("no-such");
    is_text
}

fn twice(value: &mut Value) -> bool {
    let Some((key, first)) = value.as_object().and_then(|map| map.iter().next()) else {
        return false;
    };
    let again = format!("{}: {first}", json!(key));
    let map = value.to_string();
    *value = json!(format!("{RAW}{}, {again} }}", map.strip_suffix('}').unwrap()));
    true
}

/// A file's text: JSON, which is YAML, but for what is marked.
fn text(value: &Value) -> String {
    let Value::String(text) = value else {
        let text = serde_json::to_string_pretty(value).unwrap();
        let Some((before, rest)) = text.split_once(&format!("\"{RAW}")) else { return text };
        let end = rest.char_indices().find(|(at, c)| *c == '"' && !rest[..*at].ends_with('\\'));
        let (raw, after) = rest.split_at(end.unwrap().0);
        return format!("{before}{}{}", raw.replace("\\\"", "\""), &after[1..]);
    };
    text.strip_prefix(RAW).unwrap_or(text).to_owned()
}

/// All ways to values, the outermost first.
fn ways(value: &Value, way: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    all.push(way.clone());
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (key, value) in below {
        way.push(key);
        ways(value, way, all);
        way.pop();
    }
}

fn at<'a>(value: &'a mut Value, way: &[String]) -> &'a mut Value {
    way.iter().fold(value, |value, key| match value {
        Value::Array(list) => &mut list[key.parse::<usize>().unwrap()],
        value => &mut value[key],
    })
}

impl Lab {
    fn new() -> Self {
        let files: Value = serde_yaml::from_str(include_str!("keys/project.yaml")).unwrap();
        let Value::Object(files) = files else { panic!("a map of files") };
        let lab = Self { project: Project::empty(), files };
        for (path, content) in &lab.files {
            lab.project.write(path, text(content));
        }
        assert_eq!(lab.errors(), [] as [String; 0]);
        lab
    }

    fn errors(&self) -> Vec<String> {
        let (loaded, mut found) = iac::load::load(&self.project.root).unwrap();
        found.extend(iac::resolve::resolve(&loaded).1);
        let is_error = |one: &&Finding| one.severity == Severity::Error;
        found
            .iter()
            .filter(is_error)
            .map(|one| {
                let place = one.place.map(|place| loaded.sources.describe(place));
                format!("{} {}: {}", place.unwrap_or_default(), one.id, one.message)
            })
            .collect()
    }
}

#[test]
fn nothing_follows_from_a_fault() {
    let lab = Lab::new();
    let (mut told, mut wrong) = (0, Vec::new());
    for (path, content) in lab.files.iter().filter(|(_, content)| content.is_object()) {
        let mut all = Vec::new();
        ways(content, &mut Vec::new(), &mut all);
        for way in all {
            for fault in FAULTS {
                let mut content = content.clone();
                if !(fault.apply)(at(&mut content, &way)) {
                    continue;
                }
                lab.project.write(path, text(&content));
                let errors = lab.errors();
                told += errors.len().min(1);
                if errors.len() > 1 {
                    let way = way.join(".");
                    wrong.push(format!("{path} {way}: {}\n  {}", fault.name, errors.join("\n  ")));
                }
            }
        }
        lab.project.write(path, text(content));
    }
    assert!(wrong.is_empty(), "{} of {told}\n{}", wrong.len(), wrong.join("\n"));
    assert!(told > 600, "{told}");
}
