//! The reference: every key of the language, and every kind of the catalogue, for readers.
//!
//! It is written from the editor's schemas, so that both say the same.

mod catalogue;
mod layers;
mod markdown;
mod types;

use super::schema::FILE_TYPES;
use crate::fileset::FileSet;
use crate::load::{KindEntry, ProviderEntry};
use crate::write::MARKER;
use layers::Layers;
use markdown::{Page, capital};
use serde_json::Value;
use std::collections::BTreeMap;
use types::{Homes, Writer};

/// What everything is written from.
struct Language {
    /// The schema of each kind of file.
    schemas: BTreeMap<&'static str, Value>,
    /// The page on which each type is described.
    homes: Homes,
    /// What an environment may say.
    layers: Layers,
}

/// The order of the pages in which a type finds its place: the first that uses it describes it.
const PAGES: &[&str] =
    &["service", "system", "system-override", "environment", "kind", "provider", "release", "lock"];

/// The reference as files below `reference/`, from the schemas of the files.
#[must_use]
pub fn reference(
    schemas: Vec<(&'static str, Value)>,
    kinds: &BTreeMap<String, KindEntry>,
    providers: &BTreeMap<String, ProviderEntry>,
) -> FileSet {
    let schemas: BTreeMap<&'static str, Value> = schemas.into_iter().collect();
    let homes = Homes::new(PAGES, &schemas);
    let layers = Layers::new(&schemas["system"], &schemas["system-override"]);
    let language = Language { schemas, homes, layers };
    let mut files = FileSet::default();
    files.add("reference/README.md", index());
    for file in FILE_TYPES {
        let mut page = started(file.title);
        let mut writer = Writer::new(&language, file.name, &mut page);
        writer.file(file);
        files.add(format!("reference/{}.md", file.name), page.finish());
    }
    files.add("reference/values.md", values(&language));
    files.add("reference/catalogue.md", catalogue::page(kinds, providers));
    files
}

fn started(title: &str) -> Page {
    let mut page = Page::default();
    page.line(&format!("<!-- {MARKER} from the types of the language; do not edit -->"));
    page.heading(1, title);
    page
}

fn index() -> String {
    let mut page = started("Reference");
    page.text(
        "What may stand in the files of `environments/`. Each page describes one kind of file, key \
         by key, with an example of each.",
    );
    page.line("| page | files | schema |");
    page.line("|---|---|---|");
    for file in FILE_TYPES {
        page.line(&format!(
            "| [{}]({name}.md) | {} | [{name}.json](../schema/{name}.json) |",
            file.title,
            file.files,
            name = file.name,
        ));
    }
    page.gap();
    page.text("[Values](values.md) are what names, amounts, paths and the like look like.");
    page.text(
        "[The catalogue](catalogue.md) is the third-party software that a service can be: its \
         versions, options, and what its clients are told.",
    );
    page.text(
        "An editor that knows YAML checks a file while it is written, if the file starts with the \
         path of its schema, seen from the file:",
    );
    page.code("yaml", "# yaml-language-server: $schema=../../out/schema/system.json");
    page.text("Wherever a key may be said, `null` removes what an earlier layer said of it.");
    page.finish()
}

/// The page of names, amounts, paths and the like.
fn values(language: &Language) -> String {
    let mut page = started("Values");
    page.text("Texts and numbers with a form of their own. A wrong one is an error that says what to write instead.");
    let mut all: BTreeMap<&str, &Value> = BTreeMap::new();
    for schema in language.schemas.values() {
        let definitions = schema.get("$defs").and_then(Value::as_object).into_iter().flatten();
        all.extend(definitions.filter_map(|(_, value)| Some((types::value_title(value)?, value))));
    }
    let mut all: Vec<(&str, &Value)> = all.into_iter().collect();
    // By the word behind the article.
    all.sort_by_key(|(title, _)| title.split_once(' ').map_or(*title, |(_, word)| word));
    for (title, value) in all {
        page.heading(2, &capital(title));
        page.text(value["description"].as_str().unwrap_or_default());
        let words = value.get("enum").or_else(|| value.get("examples")).and_then(Value::as_array);
        let words: Vec<String> = words.into_iter().flatten().map(markdown::plain).collect();
        let words: Vec<String> = words.iter().map(|word| markdown::code(word)).collect();
        let closed = value.get("enum").is_some();
        page.text(&format!(
            "{}: {}",
            if closed { "One of" } else { "For instance" },
            words.join(", ")
        ));
        if let Some(pattern) = value.get("pattern").and_then(Value::as_str) {
            page.text("It matches:");
            page.code("text", pattern);
        }
    }
    page.finish()
}

#[cfg(test)]
mod tests;
