//! Scalars as keys and as values, and what stands in their place.

use super::build::{Builder, Content, Halt, Key, Open, Tree};
use super::scalar::{self, Ambiguity, Plain};
use super::{Source, quoted, raw};
use crate::finding::Finding;
use crate::source::Place;
use crate::tree::{Node, Value};
use serde_saphyr::granit_parser::ScalarStyle;

impl Builder<'_> {
    pub(super) fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        place: Place,
        has_tag: bool,
    ) -> Result<(), Halt> {
        let mut place = place;
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            // It runs on to where the next thing starts.
            let length = self.source.slice(place).trim_end().len();
            place.end = place.start + u32::try_from(length).unwrap_or(0);
        }
        if style != ScalarStyle::Plain {
            self.texts.push(place);
        }
        let refused = has_tag || style == ScalarStyle::DoubleQuoted && self.escapes(text, place);
        let missing = style == ScalarStyle::Plain && place.start == place.end;
        if missing && self.open.is_empty() {
            // The document has no content, as if the file had none.
            return Ok(());
        }
        if self.expects_key() {
            let key = if missing {
                self.missing_key(place)
            } else {
                self.text_key(text, style, place, refused)
            };
            if anchor > 0 {
                let node = Node::new(place, Value::Text(text.to_owned()));
                self.remember(anchor, &Tree::leaf(node))?;
            }
            self.key(key);
            return Ok(());
        }
        if missing && !has_tag {
            place = self.missing_value(place);
        }
        let value = if missing || refused {
            Value::Unknown
        } else if style == ScalarStyle::Plain {
            self.plain(text, place)
        } else {
            Value::Text(text.to_owned())
        };
        let value = match value {
            // The file holds no map: that is the fault to tell.
            Value::Unknown if self.open.is_empty() => Value::Text(text.to_owned()),
            value => value,
        };
        let tree = Tree::leaf(Node::new(place, value));
        self.remember(anchor, &tree)?;
        self.add(tree);
        Ok(())
    }

    /// Escapes can write what must not stand in the file itself; whether they do.
    fn escapes(&mut self, text: &str, place: Place) -> bool {
        let source = self.source.slice(place);
        if !source.contains('\\') || source.chars().any(|c| raw::fault(c).is_some()) {
            return false;
        }
        let Some(character) = text.chars().find(|c| raw::fault(*c).is_some()) else {
            return false;
        };
        let finding = raw::control_character("an escape writes", character, place)
            .help("remove it; text is printable characters, line feeds and tabs");
        self.findings.push(finding);
        true
    }

    fn plain(&mut self, text: &str, place: Place) -> Value {
        match scalar::read(text) {
            Ok(Plain::Null) => Value::Null,
            Ok(Plain::Bool(value)) => Value::Bool(value),
            Ok(Plain::Integer(value)) => Value::Integer(value),
            Ok(Plain::Float(value)) => Value::Float(value),
            Ok(Plain::Text) => Value::Text(text.to_owned()),
            Err(Ambiguity { why, instead }) => {
                let help = match instead {
                    Some((write, what)) => {
                        format!("write `{}` for text, or `{write}` for {what}", quoted(text))
                    }
                    None => format!("write `{}`", quoted(text)),
                };
                self.ambiguous(format!("`{text}` {why}"), help, place);
                Value::Unknown
            }
        }
    }

    fn ambiguous(&mut self, message: String, help: String, place: Place) {
        let finding = Finding::error("ambiguous-scalar", message)
            .at(place)
            .note("allowed without quotes: `true`, `false`, `null`, numbers such as `42` and `0.5`, and text that cannot be taken for another value")
            .help(help);
        self.findings.push(finding);
    }

    fn text_key(&mut self, text: &str, style: ScalarStyle, place: Place, refused: bool) -> Key {
        let mut refused = refused;
        let name = text.to_owned();
        if style == ScalarStyle::Plain && !refused {
            if text == "<<" {
                let finding =
                    Finding::error("merge-key", "`<<` merges maps, which is not read here")
                        .at(place)
                        .help("use a shape: `shape: NAME`");
                self.findings.push(finding);
                return Key { name, refused: true, place, wants_value: false };
            }
            let why = match scalar::read(text) {
                Err(Ambiguity { why, .. }) => Some(why),
                Ok(Plain::Null) => Some("is null, not text".to_owned()),
                Ok(Plain::Bool(_)) => Some("is a truth value, not text".to_owned()),
                // The number is written back as it was typed, so the text is not in doubt.
                Ok(Plain::Integer(_) | Plain::Float(_) | Plain::Text) => None,
            };
            if let Some(why) = why {
                let help = format!("write `{}:`", quoted(text));
                self.ambiguous(format!("the key `{text}` {why}"), help, place);
                refused = true;
            }
        }
        if let Some(Open { content: Content::Map(map, _), .. }) = self.open.last()
            && let Some(first) = map.entries.get(text)
        {
            let finding =
                Finding::error("duplicate-key", format!("the key `{text}` stands here again"))
                    .at(place)
                    .related(first.key, "first here")
                    .help("remove one of the two");
            self.findings.push(finding);
            refused = true;
        }
        Key { name, refused, place, wants_value: true }
    }

    fn missing_key(&mut self, place: Place) -> Key {
        let finding = Finding::error("key-not-text", "a key is missing before `:`")
            .at(place)
            .note("allowed: keys that are text")
            .help("write a key, or quote the value if it starts with `:`");
        self.findings.push(finding);
        Key { name: String::new(), refused: true, place, wants_value: false }
    }

    /// Says that there is no value, and where one should be.
    fn missing_value(&mut self, place: Place) -> Place {
        let at = place.start as usize;
        let (message, place, plain_flow) = match self.open.last() {
            Some(Open { content: Content::Map(_, Some(key)), flow, .. }) => {
                if !key.wants_value {
                    return key.place;
                }
                let text = self.source.slice(key.place);
                let message = format!("the key `{text}` has no value");
                (message, key.place, flow.then_some(text))
            }
            Some(_) => {
                let before = self.source.text.get(..at).unwrap_or("").trim_end();
                let place = if before.ends_with('-') {
                    self.source.place(before.len() - 1, before.len())
                } else {
                    place
                };
                ("a list item has no value".to_owned(), place, None)
            }
            None => return place,
        };
        let help = match plain_flow.and_then(|text| text.split_once(':')) {
            Some((key, value)) if !value.is_empty() && !key.starts_with(['"', '\'']) => {
                format!("put a space after the colon: `{key}: {value}`")
            }
            _ => match self.swallowed(place) {
                Some(comment) => {
                    let text = quoted(comment);
                    format!("`{comment}` is a comment; write `{text}` if text is meant")
                }
                None => "write a value: `null` removes, `{}` is an empty map, `[]` an empty list, \
                         `\"\"` an empty text"
                    .to_owned(),
            },
        };
        let finding = Finding::error("empty-value", message).at(place).help(help);
        self.findings.push(finding);
        place
    }

    /// The finding about a map or list that stands where a key must.
    pub(super) fn complex_key(&self, outer: usize, place: Place) -> Finding {
        let start = self.open.get(outer).map_or(0, |outer| outer.start);
        if place.start as usize == start + 1 && self.source.slice(place).starts_with('{') {
            let inside = self.open[..outer].iter().any(|open| open.flow);
            return template(&self.source, start, inside);
        }
        let what = if self.source.slice(place).starts_with('{') { "a map" } else { "a list" };
        Finding::error("key-not-text", format!("{what} stands where a key must"))
            .at(place)
            .note("allowed: keys that are text")
            .help("quote it if text is meant")
    }

    /// The text right behind a key that is taken for a comment, such as `#fff`.
    fn swallowed(&self, key: Place) -> Option<&str> {
        let rest = self.source.text.get(key.end as usize..)?.strip_prefix(':')?;
        let comment = rest.trim_start_matches([' ', '\t']);
        comment.strip_prefix('#').filter(|text| text.starts_with(char::is_alphanumeric))?;
        let comment = comment.lines().next()?.trim_end();
        Some(comment)
    }
}

/// The finding about `{{ … }}` without quotes, which starts at `start`.
pub(super) fn template(source: &Source<'_>, start: usize, inside_brackets: bool) -> Finding {
    let rest = source.rest_of_line(start);
    let end = rest.find("}}").map_or(rest.len(), |at| at + 2);
    let text = if inside_brackets { &rest[..end] } else { rest };
    Finding::error("key-not-text", "`{{` starts a map whose key is a map")
        .at(source.place(start, start + end))
        .help(format!("write `{}` if text is meant", quoted(text)))
}
