//! Trees of a provider: data whose strings are texts.
//!
//! A string that is one expression as a whole is the expression's value: a number, a list, a map; one
//! without a value leaves its key out. `{ each, if, item }` in a list is an item for each entry of
//! what `each` comes to; `{ each, if, entry }` in place of a map are such entries of a map. Their
//! texts know `key` and `value`.

use crate::resolve::texts::{Facts, Fault, Texts, data};
use crate::source::Place;
use crate::tree::Node;
use serde_json::{Map, Value};

/// Evaluates the trees of one provider.
pub(super) struct Trees<'a> {
    pub(super) texts: &'a Texts,
    pub(super) node: &'a Node,
}

/// Where a part of a tree stands: in the provider's file, and in what is made of it.
#[derive(Clone)]
pub(super) struct At {
    keys: Vec<String>,
    pointer: String,
}

/// JSON pointers of what is made, and the keys of the service that cause it.
pub(super) type Origins = Vec<(String, Vec<String>)>;

impl At {
    /// The value of a key of the provider.
    pub(super) fn of(key: &str) -> Self {
        Self { keys: vec![key.to_owned()], pointer: String::new() }
    }

    fn source(&self, key: &str) -> Self {
        let mut keys = self.keys.clone();
        keys.push(key.to_owned());
        Self { keys, pointer: self.pointer.clone() }
    }

    fn made(mut self, step: &str) -> Self {
        self.pointer.push('/');
        self.pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        self
    }
}

/// A part that is made for each entry of something, or only if something holds.
struct Block<'a> {
    each: Option<&'a str>,
    condition: Option<&'a str>,
    body: &'a Value,
}

impl<'a> Block<'a> {
    fn of(value: &'a Value, word: &str) -> Option<Self> {
        let map = value.as_object()?;
        let body = map.get(word)?;
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        let (each, condition) = (text("each"), text("if"));
        let said = 1 + usize::from(each.is_some()) + usize::from(condition.is_some());
        (said > 1 && said == map.len()).then_some(Self { each, condition, body })
    }
}

impl Trees<'_> {
    fn place(&self, at: &At) -> Place {
        self.node.value_place(&at.keys)
    }

    /// The items of a list.
    pub(super) fn list(
        &self,
        items: &[Value],
        facts: &Facts,
        at: &At,
        origins: &mut Origins,
    ) -> Result<Vec<Value>, Fault> {
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at = at.source(&index.to_string());
            let Some(block) = Block::of(item, "item") else {
                let made = at.made(&all.len().to_string());
                all.extend(self.tree(item, facts, &made, origins)?);
                continue;
            };
            for facts in self.rounds(&block, facts, &at)? {
                let made = at.source("item").made(&all.len().to_string());
                all.extend(self.tree(block.body, &facts, &made, origins)?);
            }
        }
        Ok(all)
    }

    /// What a part of a tree comes to; nothing leaves it out.
    fn tree(
        &self,
        value: &Value,
        facts: &Facts,
        at: &At,
        origins: &mut Origins,
    ) -> Result<Option<Value>, Fault> {
        Ok(match value {
            Value::Null => None,
            Value::String(text) => {
                let (value, used) = self.texts.value(text, facts, self.place(at))?;
                origins.extend(cause(&used).map(|keys| (at.pointer.clone(), keys)));
                Some(value).filter(|value| !value.is_null())
            }
            Value::Array(items) => {
                let all = self.list(items, facts, at, origins)?;
                // Of what is made for each of nothing, nothing is said.
                Some(all).filter(|all| items.is_empty() || !all.is_empty()).map(Value::Array)
            }
            Value::Object(_) => match Block::of(value, "entry") {
                Some(block) => {
                    let mut entries = Map::new();
                    for facts in self.rounds(&block, facts, at)? {
                        let at = at.source("entry");
                        if let Some(Value::Object(made)) =
                            self.tree(block.body, &facts, &at, origins)?
                        {
                            entries.extend(made);
                        }
                    }
                    Some(entries).filter(|entries| !entries.is_empty()).map(Value::Object)
                }
                None => Some(Value::Object(self.map(value, facts, at, origins)?)),
            },
            Value::Bool(_) | Value::Number(_) => Some(value.clone()),
        })
    }

    fn map(
        &self,
        value: &Value,
        facts: &Facts,
        at: &At,
        origins: &mut Origins,
    ) -> Result<Map<String, Value>, Fault> {
        let mut made = Map::new();
        for (key, value) in value.as_object().into_iter().flatten() {
            let at = at.source(key);
            let key = self.texts.evaluate(key, facts, self.place(&at))?.text;
            let at = at.made(&key);
            if let Some(value) = self.tree(value, facts, &at, origins)? {
                made.insert(key, value);
            }
        }
        Ok(made)
    }

    /// The facts of each time that a block is made.
    fn rounds(&self, block: &Block<'_>, facts: &Facts, at: &At) -> Result<Vec<Facts>, Fault> {
        let mut rounds = Vec::new();
        match block.each {
            None => rounds.push(facts.clone()),
            Some(text) => {
                let place = self.place(&at.source("each"));
                let entries: Vec<(Value, Value)> = match self.texts.value(text, facts, place)?.0 {
                    Value::Object(map) => {
                        map.into_iter().map(|(key, it)| (key.into(), it)).collect()
                    }
                    Value::Array(items) => {
                        items.into_iter().enumerate().map(|(at, it)| (at.into(), it)).collect()
                    }
                    _ => Vec::new(),
                };
                for (key, value) in entries {
                    let mut facts = facts.clone();
                    facts.set("key", data(key));
                    facts.set("value", data(value));
                    rounds.push(facts);
                }
            }
        }
        let Some(condition) = block.condition else { return Ok(rounds) };
        let place = self.place(&at.source("if"));
        let mut wanted = Vec::new();
        for facts in rounds {
            let value = self.texts.value(condition, &facts, place)?.0;
            if holds(&value) {
                wanted.push(facts);
            }
        }
        Ok(wanted)
    }
}

/// Whether a condition holds: as in a text, nothing, zero and what is empty do not.
fn holds(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(holds) => *holds,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

/// The keys of a service behind the facts that a text used.
fn cause(used: &[String]) -> Option<Vec<String>> {
    used.iter().find_map(|fact| {
        let mut parts = fact.split('.');
        let first = parts.next()?;
        let keys = match first {
            "options" | "volumes" | "placement" | "labels" | "annotations" => {
                parts.next().map_or_else(|| vec![first], |second| vec![first, second])
            }
            "replicas" | "resources" => vec![first],
            "stop_within" => vec!["stop-within"],
            _ => return None,
        };
        Some(keys.into_iter().map(ToOwned::to_owned).collect())
    })
}
