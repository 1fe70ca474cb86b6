//! Values on one line, shortened so that what differs stays in sight.

use super::escape::visible;
use serde_json::Value;

/// How much of what two values have in common is kept before they part.
const KEPT: usize = 12;

/// A value on one line, as YAML would write it: text without quotes where nothing else could be
/// meant.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) if is_bare(text) => visible(text).into_owned(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Object(entries) => {
            let entry =
                |(key, value): (&String, &Value)| format!("{}: {}", visible(key), flow(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => visible(&other.to_string()).into_owned(),
    }
}

fn is_bare(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !text.starts_with(['[', '{', '"', '\'', '&', '*', '!', '|', '>', '%', '@', '`', '#'])
        && !text.contains(['\n', '\r', '\t'])
        && !text.contains(": ")
        && !text.contains(", ")
        && serde_json::from_str::<Value>(text).is_err()
}

/// A text of at most `width` characters.
pub(super) fn one(text: &str, width: usize) -> String {
    window(text, 0, width)
}

/// Two texts of at most `width` characters each, around the place where they part.
pub(super) fn pair(old: &str, new: &str, width: usize) -> (String, String) {
    if old.chars().count() <= width && new.chars().count() <= width {
        return (old.to_owned(), new.to_owned());
    }
    let common = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    // If they part within sight of their start, the start is worth more than what follows.
    let start = if common + KEPT < width { 0 } else { common.saturating_sub(KEPT) };
    (window(old, start, width), window(new, start, width))
}

/// `width` characters of a text from `start`, with an ellipsis for what is left out.
fn window(text: &str, start: usize, width: usize) -> String {
    let length = text.chars().count();
    let start = if length <= width { 0 } else { start.min(length - 1) };
    if start == 0 && length <= width {
        return text.to_owned();
    }
    let before = usize::from(start > 0);
    let behind = usize::from(length - start > width - before);
    let kept: String = text.chars().skip(start).take(width - before - behind).collect();
    let ellipsis = |shown: usize| if shown > 0 { "…" } else { "" };
    format!("{}{kept}{}", ellipsis(before), ellipsis(behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_shown_as_yaml_writes_them() {
        let value = json!({"name": "x", "value": "true", "list": [1, "a b", "", "a\nb", null]});
        assert_eq!(flow(&value), r#"{name: x, value: "true", list: [1, a b, "", "a\nb", null]}"#);
        assert_eq!(flow(&json!("\u{1b}[31m")), "␛[31m");
        assert_eq!(flow(&json!("1.10")), "\"1.10\"");
    }

    #[test]
    fn what_differs_stays_in_sight() {
        let image = |digest: char| format!("registry/{}@sha256:{digest}00", "x".repeat(60));
        let (old, new) = pair(&image('a'), &image('b'), 20);
        assert_eq!(old, "…xxxx@sha256:a00");
        assert_eq!(new, "…xxxx@sha256:b00");
        let (old, new) = pair("short", &"long ".repeat(20), 20);
        assert_eq!((old.as_str(), new.as_str()), ("short", "long long long long…"));
        assert_eq!(one("abcdef", 4), "abc…");
        assert_eq!(one("abcd", 4), "abcd");
    }
}
