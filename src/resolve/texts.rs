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
                .at(within(place, text, &error))
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
                let at = error.range().and_then(|range| text.get(range)).unwrap_or_default();
                // Names that stand elsewhere may have been asked for with `default` or `if`.
                used.sort_by_key(|name| !at.contains(name.as_str()));
                Err(undefined(facts, &used, within(place, text, &error)))
            }
            Err(error) => {
                let message = format!("the text cannot be evaluated: {}", detail(&error));
                let finding = Finding::error("invalid-text", message);
                let finding = finding.at(within(place, text, &error));
                if error.kind() == ErrorKind::UnknownFilter {
                    let help = "filters are those of Jinja, such as `upper`, `join` and `default`";
                    return Err(finding.help(help));
                }
                if is_subtraction(&error) {
                    let help = "a hyphen in a name is written `_`, such as `facts.retention_days`";
                    return Err(finding.help(help));
                }
                Err(finding)
            }
        }
    }
}

/// Where in a text an error lies. Of a text that stands in its file with escapes or over several
/// lines, only the whole is known.
fn within(place: Place, text: &str, error: &minijinja::Error) -> Place {
    let (start, length) = (place.start as usize, (place.end - place.start) as usize);
    let begin = match length.checked_sub(text.len()) {
        Some(0) => start,
        // Only quotes are around it: any escape would make it longer still.
        Some(2) => start + 1,
        _ => return place,
    };
    match error.range() {
        Some(range) if range.end <= text.len() => {
            Place::new(place.file, begin + range.start, begin + range.end)
        }
        _ => place,
    }
}

/// Whether a hyphen was taken for a minus.
fn is_subtraction(error: &minijinja::Error) -> bool {
    error.detail().is_some_and(|text| text.contains("- operator"))
}

/// Words of the engine that do not speak for themselves.
const ENGINE: &[(&str, &str)] = &[
    ("end of input", "end of the text"),
    ("end of variable block", "`}}`"),
    ("end of block", "`%}`"),
];

fn detail(error: &minijinja::Error) -> String {
    let text = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    let text = ENGINE.iter().fold(text, |text, (word, ours)| text.replace(word, ours));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use serde_json::json;

    fn fault(text: &str) -> (Finding, String) {
        let file = Sources::default().add("app.toml.j2".to_owned(), text.to_owned());
        let facts = json!({ "facts": { "retention_days": 30 }, "ports": { "http": 8080 } });
        let place = Place::new(file, 0, text.len());
        let finding = Texts::new().evaluate(text, &facts, place).expect_err(text);
        let at = finding.place.expect("a fault has a place");
        (finding, text[at.start as usize..at.end as usize].to_owned())
    }

    #[test]
    fn a_fault_in_a_file_is_shown_at_its_name() {
        let (finding, at) = fault("a = 1\nb = {{ absent | default(2) }}\nc = {{ ports.htpp }}\n");
        assert_eq!(finding.message, "`ports.htpp` has no value here");
        assert_eq!(at, "ports.htpp");
    }

    #[test]
    fn a_hyphen_is_told_from_a_minus() {
        let (finding, at) = fault("{{ facts.retention-days }}");
        assert!(finding.help.is_some_and(|help| help.contains("`_`")));
        assert_ne!(at, "");
    }
}
