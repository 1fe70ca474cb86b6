//! What options of a kind say of each other's entries.

use super::fact_name;
use crate::finding::Finding;
use crate::layer::KindOption;
use crate::tree::Node;
use serde_json::{Map as Json, Value};
use std::collections::BTreeMap;

/// The options of a kind, as they are known and as a service sets them.
pub(super) struct Pairs<'a> {
    pub(super) known: &'a BTreeMap<String, KindOption>,
    pub(super) options: &'a Json<String, Value>,
    pub(super) node: &'a Node,
}

impl Pairs<'_> {
    /// Entries that name an entry that is not there, and entries that lead to nothing.
    pub(super) fn check(&self, findings: &mut Vec<Finding>) {
        for (name, option) in self.known {
            for (key, other) in option.names.iter().flatten() {
                self.names(name, key, other, findings);
            }
            if let Some(other) = &option.with
                && self.entries(name).next().is_some()
                && self.entries(other).next().is_none()
            {
                findings.push(
                    Finding::warning(
                        "option-alone",
                        format!("`{name}` are of no use without `{other}`, and there are none"),
                    )
                    .at(self.node.key_place(&["options", name]))
                    .help(format!("say `{other}`, or leave `{name}` out")),
                );
            }
        }
    }

    /// The entries of an option, in order of name.
    fn entries(&self, option: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.options.get(&fact_name(option)).and_then(Value::as_object).into_iter().flatten()
    }

    fn names(&self, name: &str, key: &str, other: &str, findings: &mut Vec<Finding>) {
        for (entry, content) in self.entries(name) {
            let Some(named) = content.get(key).and_then(Value::as_str) else { continue };
            if self.entries(other).any(|(entry, _)| entry == named) {
                continue;
            }
            let entries = self.entries(other).map(|(entry, _)| entry.as_str());
            let finding =
                Finding::error("unknown-name", format!("there is no `{named}` among `{other}`"))
                    .at(self.node.value_place(&["options", name, entry, key]))
                    .known(other, named, entries);
            findings.push(match finding.help {
                Some(_) => finding,
                None => finding.help(format!("add it: `{other}: {{ {named}: {{}} }}`")),
            });
        }
    }
}
