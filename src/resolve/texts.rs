//! Texts: minijinja, strict, over the facts of the service that they reach.

use crate::finding::{Finding, nearest};
use crate::reference::{Piece, pieces};
use crate::source::Place;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What a text can name. A copy shares what lies below the names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    known: BTreeMap<String, Value>,
    /// Names of facts that have no value because of a fault that was reported.
    unknown: BTreeSet<String>,
    /// Names of facts that the service may have elsewhere and has not here.
    absent: BTreeSet<String>,
}

/// What is wrong with a text; nothing if it needs what is at fault itself, which was reported.
pub(crate) type Fault = Option<Finding>;

impl Facts {
    /// Adds a fact.
    pub(crate) fn set(&mut self, name: &str, fact: impl Into<Value>) {
        self.known.insert(name.to_owned(), fact.into());
    }

    /// Says that a fact, and all below it, is at fault, which was reported.
    pub(super) fn unknown(&mut self, name: String) {
        self.unknown.insert(name);
    }

    /// Says that a fact may be there elsewhere, and is not here.
    pub(super) fn absent(&mut self, name: String) {
        self.absent.insert(name);
    }

    /// Whether a text that uses a name needs what is at fault.
    fn is_unknown(&self, name: &str) -> bool {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.unknown.iter().any(|unknown| within(name, unknown) || within(unknown, name))
    }

    /// Adds other facts.
    pub(super) fn extend(&mut self, others: Self) {
        self.known.extend(others.known);
        self.absent.extend(others.absent);
        self.unknown.extend(others.unknown);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// A fact that is text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.known.get(name)?.as_str()
    }

    /// The facts that a text uses, by the first parts of their names.
    fn used(&self, names: &[String]) -> Value {
        let firsts = names.iter().map(|name| name.split('.').next().unwrap_or(name));
        Value::from_pairs(firsts.filter_map(|first| Some((first, self.known.get(first)?))))
    }

    fn lookup(&self, name: &str) -> Result<(), Missing> {
        let missing = |parent: &str, part: &str, known| {
            Err(Missing { parent: parent.to_owned(), name: part.to_owned(), known })
        };
        let (first, mut rest) = name.split_once('.').unwrap_or((name, ""));
        let Some(mut value) = self.known.get(first).cloned() else {
            return missing("", first, self.known.keys().cloned().collect());
        };
        // A method or an attribute of a scalar: the engine knows better.
        while !rest.is_empty() && value.kind() == ValueKind::Map {
            let (part, after) = rest.split_once('.').unwrap_or((rest, ""));
            let child = value.get_attr(part).unwrap_or_default();
            if child.is_undefined() {
                let keys = value.try_iter().into_iter().flatten();
                let parent = &name[..name.len() - rest.len() - 1];
                return missing(parent, part, keys.map(|key| key.to_string()).collect());
            }
            (value, rest) = (child, after);
        }
        if value.is_none() && !rest.is_empty() {
            // It is known, and there is none here.
            let absent = &name[..name.len() - rest.len() - 1];
            let (parent, part) = absent.rsplit_once('.').unwrap_or(("", absent));
            return missing(parent, part, Vec::new());
        }
        Ok(())
    }
}

impl From<Facts> for Value {
    fn from(facts: Facts) -> Self {
        Self::from_pairs(facts.known)
    }
}

/// Data of a user's file as a fact.
pub(crate) fn data<T: Serialize>(data: T) -> Value {
    Value::from(Serde(data))
}

/// The most steps that one text may take: a loop that never ends is a mistake. A long file with a
/// loop over all facts needs some thousands.
const MOST_STEPS: u64 = 1_000_000;

/// A name that has no value.
struct Missing {
    /// What should hold it; empty for what stands alone.
    parent: String,
    name: String,
    /// What the parent holds instead.
    known: Vec<String>,
}

/// Evaluates texts.
pub(crate) struct Texts {
    /// Each text is read once: a shape's is the same for many services.
    engine: RefCell<Environment<'static>>,
    /// The names that a text uses, in their order.
    names: RefCell<BTreeMap<String, Rc<[String]>>>,
}

/// A text and the facts that it used.
#[derive(Debug, Clone)]
pub(crate) struct Evaluated {
    pub(crate) text: String,
    pub(crate) used: Vec<String>,
}

impl Texts {
    pub(crate) fn new() -> Self {
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
        engine.set_fuel(Some(MOST_STEPS));
        engine.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        Self { engine: RefCell::new(engine), names: RefCell::default() }
    }

    /// The value of a text. `place` is where the text stands.
    pub(crate) fn evaluate(
        &self,
        text: &str,
        facts: &Facts,
        place: Place,
    ) -> Result<Evaluated, Fault> {
        if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
            return Ok(Evaluated { text: text.to_owned(), used: Vec::new() });
        }
        let names = self.names(text).map_err(|error| {
            Finding::error("invalid-text", format!("the text cannot be read: {}", detail(&error)))
                .at(within(place, text, &error))
                .help("`{{ name }}` inserts a fact; a `{{` that is meant literally is written `{{ '{{' }}`")
        })?;
        if names.iter().any(|name| facts.is_unknown(name)) {
            return Err(None);
        }
        let engine = self.engine.borrow();
        let rendered =
            engine.get_template(text).and_then(|template| template.render(facts.used(&names)));
        rendered_as(rendered, text, &names, facts, place).map_err(Some)
    }

    /// What a text comes to: where it is one expression as a whole, the expression's value, which is
    /// null if it has none; and the facts that it used.
    pub(super) fn value(
        &self,
        text: &str,
        facts: &Facts,
        place: Place,
    ) -> Result<(Json, Vec<String>), Fault> {
        let Some(expression) = expression(text) else {
            let evaluated = self.evaluate(text, facts, place)?;
            return Ok((Json::String(evaluated.text), evaluated.used));
        };
        // For what cannot be read, and what has no value: told as of any text.
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        if expression.chars().all(is_name) && facts.lookup(expression).is_err() {
            self.evaluate(text, facts, place)?;
        }
        let names = self.names(text).ok();
        let names = match names {
            Some(names) if !names.iter().any(|name| facts.is_unknown(name)) => names,
            _ => return Err(self.evaluate(text, facts, place).err().flatten()),
        };
        let engine = self.engine.borrow();
        let value = engine
            .compile_expression(expression)
            .and_then(|expression| expression.eval(facts.used(&names)));
        match value {
            Ok(value) => {
                let value = serde_json::to_value(value).unwrap_or_default();
                // Texts in it are looked at as those of any other text.
                rendered_as(Ok(value.to_string()), text, &names, facts, place)
                    .map(|evaluated| (value, evaluated.used))
                    .map_err(Some)
            }
            Err(error) => {
                rendered_as(Err(error), text, &names, facts, place).map_err(Some)?;
                Err(None)
            }
        }
    }

    /// The names that a text uses; the error is for a text that cannot be read.
    fn names(&self, text: &str) -> Result<Rc<[String]>, minijinja::Error> {
        let known = self.names.borrow().get(text).cloned();
        known.map_or_else(|| self.read(text), Ok)
    }

    /// Reads a text that was not met before.
    fn read(&self, text: &str) -> Result<Rc<[String]>, minijinja::Error> {
        let mut engine = self.engine.borrow_mut();
        engine.add_template_owned(text.to_owned(), text.to_owned())?;
        let names = engine.get_template(text)?.undeclared_variables(true);
        let mut names: Vec<String> = names.into_iter().chain(own_names(text)).collect();
        names.sort_unstable();
        let names: Rc<[String]> = names.into();
        self.names.borrow_mut().insert(text.to_owned(), Rc::clone(&names));
        Ok(names)
    }
}

/// Names below `self` that a text uses: to the engine the word stands for the text's own blocks, so
/// that it does not tell them.
fn own_names(text: &str) -> impl Iterator<Item = String> {
    text.match_indices("self.").filter_map(|(at, own)| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let rest = &text[at + own.len()..];
        let name = &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())];
        let whole = !text[..at].ends_with(is_name);
        (whole && !name.is_empty()).then(|| format!("{own}{name}"))
    })
}

/// The expression that a text is as a whole.
fn expression(text: &str) -> Option<&str> {
    let inside = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let is_one = !["{{", "}}", "{%"].iter().any(|mark| inside.contains(mark));
    is_one.then(|| inside.trim())
}

/// What a text came to, or what is wrong with it.
fn rendered_as(
    rendered: Result<String, minijinja::Error>,
    text: &str,
    names: &[String],
    facts: &Facts,
    place: Place,
) -> Result<Evaluated, Finding> {
    match rendered {
        Ok(text) if pieces(&text).any(|piece| matches!(piece, Piece::Broken(_))) => Err(
            Finding::error("changed-reference", "a filter changes the name of a service")
                .at(place)
                .help("use hosts, addresses and secrets as they are: a chart puts names in at install"),
        ),
        Ok(text) => {
            let used = names.iter().filter(|name| facts.lookup(name).is_ok());
            Ok(Evaluated { text, used: used.cloned().collect() })
        }
        Err(error) if error.kind() == ErrorKind::UndefinedError => {
            let at = error.range().and_then(|range| text.get(range)).unwrap_or_default();
            // Names that stand elsewhere may have been asked for with `default` or `if`.
            let mut names = names.to_vec();
            names.sort_by_key(|name| !at.contains(name.as_str()));
            Err(undefined(facts, &names, within(place, text, &error)))
        }
        Err(error) => {
            if error.kind() == ErrorKind::OutOfFuel {
                let message = format!("the text takes more than {MOST_STEPS} steps");
                let finding = Finding::error("endless-text", message).at(place);
                return Err(finding.help("make it shorter, or let it loop over fewer things"));
            }
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
fn undefined(facts: &Facts, names: &[String], place: Place) -> Finding {
    for name in names {
        if let Err(Missing { parent, name: missing, known }) = facts.lookup(name) {
            let mut known: Vec<&str> = known.iter().map(String::as_str).collect();
            known.sort_unstable();
            let whole =
                if parent.is_empty() { missing.clone() } else { format!("{parent}.{missing}") };
            let what =
                if parent.is_empty() { "known".to_owned() } else { format!("known in `{parent}`") };
            let finding =
                Finding::error("unknown-fact", format!("`{whole}` has no value here")).at(place);
            let finding = match (known.is_empty(), parent.is_empty()) {
                (false, _) => finding.note(format!("{what}: {}", known.join(", "))),
                (true, false) => finding.note(format!("{what}: nothing")),
                (true, true) => finding,
            };
            return match nearest(&missing, known.iter().copied()) {
                Some(near) if parent.is_empty() => finding.help(format!("did you mean `{near}`?")),
                Some(near) => finding.help(format!("did you mean `{parent}.{near}`?")),
                None if *name == whole => finding.help(format!(
                    "a fact that may be absent is written `{{{{ {name} | default(\"…\") }}}}`"
                )),
                None if parent == "uses" && !facts.absent.contains(&whole) => finding.help(format!(
                    "`uses` of this service does not say `{missing}`: name one that it says, or add it"
                )),
                // A default is for the last part alone.
                None => finding.help(format!(
                    "if it may be absent, write `{{{{ {name} if {whole} else \"…\" }}}}`"
                )),
            };
        }
    }
    Finding::error("unknown-fact", "the text uses a name that has no value here").at(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use serde_json::json;

    fn fault(text: &str) -> (Finding, String) {
        let file = Sources::default().add("app.toml.j2".to_owned(), text.to_owned());
        let mut facts = Facts::default();
        facts.set("facts", data(json!({ "retention_days": 30 })));
        facts.set("ports", data(json!({ "http": 8080 })));
        let place = Place::new(file, 0, text.len());
        let fault = Texts::new().evaluate(text, &facts, place).expect_err(text);
        let finding = fault.expect("nothing else is at fault");
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
    fn a_service_knows_itself() {
        let file = Sources::default().add("app.toml.j2".to_owned(), String::new());
        let mut facts = Facts::default();
        facts.set("self", data(json!({ "host": "web" })));
        let place = Place::new(file, 0, 0);
        let texts = Texts::new();
        let evaluated = texts.evaluate("{{ self.host }}:80", &facts, place).expect("it is known");
        assert_eq!(
            (evaluated.text.as_str(), &evaluated.used[..]),
            ("web:80", &["self.host".to_owned()][..])
        );
        let fault = texts.evaluate("{{ self.hots }}", &facts, place).expect_err("it is not");
        let help = fault.and_then(|finding| finding.help);
        assert_eq!(help.as_deref(), Some("did you mean `self.host`?"));
    }

    #[test]
    fn a_whole_expression_is_its_value() {
        let file = Sources::default().add("app.toml.j2".to_owned(), String::new());
        let mut facts = Facts::default();
        facts.set("replicas", data(json!({ "min": 3, "max": null })));
        let value = |text| {
            let value = Texts::new().value(text, &facts, Place::new(file, 0, 0));
            value.expect("it is known").0
        };
        assert_eq!(value("{{ replicas.min }}"), json!(3));
        assert_eq!(value("{{ replicas.min + 1 }}"), json!(4));
        assert_eq!(value("{{ replicas.max }}"), json!(null));
        assert_eq!(value("{{ replicas.min if replicas.min > 3 }}"), json!(null));
        assert_eq!(value("{{ [replicas.min] }}"), json!([3]));
        assert_eq!(value("{{ replicas.min }} of it"), json!("3 of it"));
        assert_eq!(value("3"), json!("3"));
    }

    #[test]
    fn a_hyphen_is_told_from_a_minus() {
        let (finding, at) = fault("{{ facts.retention-days }}");
        assert!(finding.help.is_some_and(|help| help.contains("`_`")));
        assert_ne!(at, "");
    }
}
