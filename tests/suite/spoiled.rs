//! One object of each kind, with a field that no kind has.

use crate::judged::Judged;
use std::collections::BTreeSet;
use std::fs;

/// An object that was spoiled.
pub(crate) struct Spoiled {
    /// Below out/.
    pub(crate) file: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Where the field stands in the object.
    pub(crate) field: &'static str,
}

/// Spoils the first object of each kind, and says which these are.
pub(crate) fn one_of_each_kind(judged: &Judged) -> Vec<Spoiled> {
    let mut kinds = BTreeSet::new();
    let mut all = Vec::new();
    for path in judged.stacks.iter().flat_map(|stack| judged.files(stack)) {
        let text = fs::read_to_string(&path).unwrap();
        let mut documents = Vec::new();
        for document in text.split("\n---\n") {
            let kind = line(document, "\nkind: ");
            if !kinds.insert(kind.clone()) {
                documents.push(document.to_owned());
                continue;
            }
            let (field, text) = spoil(document);
            documents.push(text);
            let name = line(document, "\n  name: ");
            all.push(Spoiled { file: judged.below_out(path.as_str()), kind, name, field });
        }
        fs::write(&path, documents.join("\n---\n")).unwrap();
    }
    all
}

/// Adds the field, where there is one to what the object is to be.
fn spoil(document: &str) -> (&'static str, String) {
    if document.contains("\nspec:\n") {
        (".spec.colour", document.replacen("\nspec:\n", "\nspec:\n  colour: red\n", 1))
    } else {
        (".colour", document.replacen("\nkind: ", "\ncolour: red\nkind: ", 1))
    }
}

/// What stands behind a text that begins a line.
fn line(document: &str, start: &str) -> String {
    let found = document.split_once(start).and_then(|(_, rest)| rest.lines().next());
    found.unwrap_or_else(|| panic!("{start:?} is not in:\n{document}")).to_owned()
}
