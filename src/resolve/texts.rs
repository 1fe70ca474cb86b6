//! Texts: minijinja, strict, over the facts of the service that they reach.

use crate::finding::{Finding, nearest};
use crate::reference::{Piece, pieces};
use crate::source::Place;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde_json::Value;

/// Evaluates texts.
pub(super) struct Texts {
    engine: Environment<'static>,
}

/// A text and the facts that it used.
#[derive(Debug, Clone)]
pub(super) struct Evaluated {
    pub(super) text: String,
    pub(super) used: Vec<String>,
}

impl Texts {
    pub(super) fn new() -> Self {
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        engine.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .keep_trailing_newline(true)
                .build()
                .expect("the usual delimiters"),
        );
        engine.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        Self { engine }
    }

    /// The value of a text. `place` is where the text stands.
    pub(super) fn evaluate(
        &self,
        text: &str,
        facts: &Value,
        place: Place,
    ) -> Result<Evaluated, Finding> {
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            return Ok(Evaluated { text: text.to_owned(), used: Vec::new() });
        }
        let template = self.engine.template_from_str(text).map_err(|error| {
            Finding::error("invalid-text", format!("the text cannot be read: {}", detail(&error)))
                .at(place)
                .help("`{{ name }}` inserts a fact; a `{{` that is meant literally is written `{{ '{{' }}`")
        })?;
        let mut used: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        used.sort_unstable();
        match template.render(minijinja::value::Serde(facts)) {
            Ok(text) if pieces(&text).any(|piece| matches!(piece, Piece::Broken(_))) => Err(
                Finding::error("changed-reference", "a filter changes the name of a service")
                    .at(place)
                    .help("use hosts, addresses and secrets as they are: a chart puts names in at install"),
            ),
            Ok(text) => {
                used.retain(|name| lookup(facts, name).is_ok());
                Ok(Evaluated { text, used })
            }
            Err(error) if error.kind() == ErrorKind::UndefinedError => {
                Err(undefined(facts, &used, place))
            }
            Err(error) => {
                let message = format!("the text cannot be evaluated: {}", detail(&error));
                Err(Finding::error("invalid-text", message).at(place))
            }
        }
    }
}

fn detail(error: &minijinja::Error) -> String {
    let text = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    match error.line() {
        Some(line) if line > 1 => format!("{text} (line {line} of the text)"),
        _ => text,
    }
}

/// The first name of a text that has no value, and the names that have one.
fn undefined(facts: &Value, used: &[String], place: Place) -> Finding {
    for name in used {
        if let Err((parent, missing, known)) = lookup(facts, name) {
            let mut known: Vec<&str> = known.iter().map(String::as_str).collect();
            known.sort_unstable();
            let whole =
                if parent.is_empty() { missing.clone() } else { format!("{parent}.{missing}") };
            let what =
                if parent.is_empty() { "known".to_owned() } else { format!("known in `{parent}`") };
            let finding =
                Finding::error("unknown-fact", format!("`{whole}` has no value here")).at(place);
            let finding = if known.is_empty() {
                finding.note(format!("{what}: nothing"))
            } else {
                finding.note(format!("{what}: {}", known.join(", ")))
            };
            return match nearest(&missing, known.iter().copied()) {
                Some(near) if parent.is_empty() => finding.help(format!("did you mean `{near}`?")),
                Some(near) => finding.help(format!("did you mean `{parent}.{near}`?")),
                None => finding
                    .help("a fact that may be absent is written `{{ name | default(\"…\") }}`"),
            };
        }
    }
    Finding::error("unknown-fact", "the text uses a name that has no value here").at(place)
}

/// The name's parent, the name that is missing in it, and what the parent holds instead.
type Missing = (String, String, Vec<String>);

fn lookup(facts: &Value, name: &str) -> Result<(), Missing> {
    let mut value = facts;
    let mut parent: Vec<&str> = Vec::new();
    for part in name.split('.') {
        match value {
            Value::Object(map) => {
                if let Some(child) = map.get(part) {
                    value = child;
                } else {
                    let known = map.keys().cloned().collect();
                    return Err((parent.join("."), part.to_owned(), known));
                }
            }
            // A method or an attribute of a scalar: the engine knows better.
            _ => return Ok(()),
        }
        parent.push(part);
    }
    Ok(())
}
