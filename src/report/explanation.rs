//! What `explain` found, as text and as JSON.

use super::WIDTH;
use super::escape::visible;
use super::excerpt::shown_path;
use super::shorten;
use super::wrap::wrap;
use crate::explain::{Derived, Explained, Explanation, Said, What, show_path};
use crate::source::{Place, Sources};
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json as object};
use std::fmt::Write;

const PATH: Style = Style::new().bold();
const REMOVED: Style = AnsiColor::Red.on_default();
const QUIET: Style = Style::new().dimmed();

/// The least room for what a layer says beside its place.
const ROOM: usize = 16;

/// Each value with a line for every layer that says it, in order, for 80 columns; colours are ANSI
/// escape sequences, for the caller to strip.
#[must_use]
pub fn text(explanation: &Explanation, sources: &Sources) -> String {
    let mut page = Page { text: String::new(), sources, columns: columns(explanation, sources) };
    for (index, value) in explanation.values.iter().enumerate() {
        if index > 0 && (value.derived.is_some() || explanation.path.len() > 1) {
            page.line(0, "");
        }
        page.value(0, value);
    }
    if explanation.values.is_empty() {
        page.line(0, "nothing is said");
    }
    page.text
}

/// How wide the words of layers and their places are, over all values.
fn columns(explanation: &Explanation, sources: &Sources) -> (usize, usize) {
    fn widest(values: &[Explained], sources: &Sources, columns: &mut (usize, usize)) {
        for value in values {
            for said in &value.said {
                columns.0 = columns.0.max(said.layer.chars().count());
                columns.1 = columns.1.max(place(said.place, sources).chars().count());
            }
            if let Some(derived) = &value.derived {
                widest(&derived.origin, sources, columns);
                for fact in &derived.facts {
                    widest(&fact.values, sources, columns);
                }
            }
        }
    }
    let mut columns = (0, 0);
    widest(&explanation.values, sources, &mut columns);
    columns
}

fn place(place: Place, sources: &Sources) -> String {
    format!("{}:{}", shown_path(sources.file(place.file)), sources.position(place))
}

/// What stands in the place of a value: an alternative by its name.
fn replacement(value: &Value) -> String {
    match value.as_object().and_then(|map| map.keys().next()) {
        Some(name) => visible(name).into_owned(),
        None => shorten::flow(value),
    }
}

struct Page<'a> {
    text: String,
    sources: &'a Sources,
    columns: (usize, usize),
}

impl Page<'_> {
    fn line(&mut self, indent: usize, line: &str) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.text, "{:indent$}{}", "", line.trim_end());
    }

    /// A head and what belongs to it: on one line, or on two if that is too long.
    fn head(&mut self, indent: usize, head: &str, style: Style, value: &str) {
        let painted = format!("{style}{head}{style:#}");
        if indent + head.chars().count() + 1 + value.chars().count() <= WIDTH {
            self.line(indent, &format!("{painted} {value}"));
        } else {
            self.line(indent, &painted);
            self.line(indent + 4, &shorten::one(value, WIDTH - indent - 4));
        }
    }

    fn value(&mut self, indent: usize, value: &Explained) {
        let path = visible(&show_path(&value.path)).into_owned();
        let shown = match &value.value {
            Some(value) => shorten::flow(value),
            None if value.said.is_empty() => "is said by no layer".to_owned(),
            None => "is removed".to_owned(),
        };
        let head = if value.value.is_some() { format!("{path}:") } else { path };
        self.head(indent, &head, PATH, &shown);
        for said in &value.said {
            self.said(indent + 2, said);
        }
        if let Some(derived) = &value.derived {
            self.derived(indent + 2, derived);
        }
    }

    fn said(&mut self, indent: usize, said: &Said) {
        let (layer, at) = self.columns;
        let place = place(said.place, self.sources);
        let used = indent + layer + 2 + at + 2;
        let beside = used + ROOM <= WIDTH;
        let room = if beside { WIDTH - used } else { WIDTH - indent - 4 };
        let what = match &said.what {
            What::Value(value) => shorten::one(&shorten::flow(value), room),
            What::Removed => format!("{REMOVED}removed{REMOVED:#}"),
            What::Replaced(value) => {
                let by = shorten::one(&format!("replaced by {}", replacement(value)), room);
                format!("{REMOVED}{by}{REMOVED:#}")
            }
        };
        let by = visible(&said.layer);
        if beside {
            self.line(indent, &format!("{by:layer$}  {QUIET}{place:at$}{QUIET:#}  {what}"));
        } else {
            self.line(indent, &format!("{by:layer$}  {QUIET}{place}{QUIET:#}"));
            self.line(indent + 4, &what);
        }
    }

    fn derived(&mut self, indent: usize, derived: &Derived) {
        if let Some(text) = &derived.text {
            let text = wrap(&visible(text), WIDTH - indent - 6);
            let text = text.replace('\n', &format!("\n{:1$}", "", indent + 6));
            self.line(indent, &format!("text: {text}"));
        }
        for value in &derived.origin {
            self.value(indent, value);
        }
        for fact in &derived.facts {
            if fact.values.is_empty() {
                self.head(
                    indent,
                    &format!("fact {}:", visible(&fact.name)),
                    QUIET,
                    "no layer says it",
                );
                continue;
            }
            self.line(indent, &format!("{QUIET}fact {}:{QUIET:#}", visible(&fact.name)));
            for value in &fact.values {
                self.value(indent + 2, value);
            }
        }
    }
}

/// The whole, in a shape that stays:
///
/// ```json
/// {
///   "version": 1, "environment": "prod", "system": "shop", "path": ["services", "web"],
///   "values": [{
///     "path": ["services", "web", "replicas", "min"], "value": 3,
///     "said": [{
///       "layer": "defaults", "what": "value", "value": 2,
///       "file": "environments/prod.yaml", "line": 4, "column": 28
///     }],
///     "derived": null
///   }]
/// }
/// ```
///
/// `what` is `value`, `removed` or `replaced`; a removal has no `value`, and so has a value that was
/// removed or that no layer says. `derived` holds `text`, `origin` (values) and `facts` (each with
/// `name` and `values`).
#[must_use]
pub fn json(explanation: &Explanation, sources: &Sources) -> Value {
    object!({
        "version": 1,
        "environment": explanation.environment,
        "system": explanation.system,
        "path": explanation.path,
        "values": values(&explanation.values, sources),
    })
}

fn values(values: &[Explained], sources: &Sources) -> Value {
    values.iter().map(|value| value_json(value, sources)).collect()
}

fn value_json(explained: &Explained, sources: &Sources) -> Value {
    let said = explained.said.iter().map(|said| {
        let (what, value) = match &said.what {
            What::Value(value) => ("value", Some(value)),
            What::Removed => ("removed", None),
            What::Replaced(value) => ("replaced", Some(value)),
        };
        let position = sources.position(said.place);
        let mut object = object!({ "layer": said.layer, "what": what });
        if let Some(value) = value {
            object["value"] = value.clone();
        }
        object["file"] = object!(shown_path(sources.file(said.place.file)));
        object["line"] = object!(position.line);
        object["column"] = object!(position.column);
        object
    });
    let derived = explained.derived.as_ref().map(|derived| {
        let facts = derived
            .facts
            .iter()
            .map(|fact| object!({ "name": fact.name, "values": values(&fact.values, sources) }));
        object!({
            "text": derived.text,
            "origin": values(&derived.origin, sources),
            "facts": facts.collect::<Value>(),
        })
    });
    let mut object = object!({ "path": explained.path });
    if let Some(value) = &explained.value {
        object["value"] = value.clone();
    }
    object["said"] = said.collect();
    object["derived"] = object!(derived);
    object
}

#[cfg(test)]
mod tests;
