//! Which labels a selector selects.

use super::objects::{list, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// Labels of an object.
pub(super) type Labels<'a> = BTreeMap<&'a str, &'a str>;

/// Whether a map of labels, as a Service has it, selects.
pub(super) fn map_selects(selector: &Value, labels: &Labels<'_>) -> bool {
    let wanted = selector.as_object().into_iter().flatten();
    wanted.into_iter().all(|(key, value)| labels.get(key.as_str()).copied() == value.as_str())
}

/// Whether a label selector selects; an empty one selects everything.
pub(super) fn selects(selector: &Value, labels: &Labels<'_>) -> bool {
    let map = selector.get("matchLabels").unwrap_or(&Value::Null);
    map_selects(map, labels)
        && list(selector, "/matchExpressions").iter().all(|expression| {
            let value = labels.get(text(expression, "/key"));
            let listed = value.is_some_and(|value| {
                list(expression, "/values").iter().any(|one| one.as_str() == Some(*value))
            });
            match text(expression, "/operator") {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => false,
            }
        })
}

/// A selector in words.
pub(super) fn words(selector: &Value) -> String {
    let map = selector.get("matchLabels").or(Some(selector)).and_then(Value::as_object);
    let pairs = map.into_iter().flatten().filter_map(|(key, value)| Some((key, value.as_str()?)));
    let words: Vec<String> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
    words.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn expressions_select_as_kubernetes_does() {
        let labels: Labels<'_> = [("app", "web"), ("tier", "front")].into();
        let expression = |key: &str, operator: &str, values: &[&str]| {
            let one = json!({ "key": key, "operator": operator, "values": values });
            selects(&json!({ "matchExpressions": [one] }), &labels)
        };
        assert!(selects(&json!({}), &labels));
        assert!(selects(&json!({ "matchLabels": { "app": "web" } }), &labels));
        assert!(!selects(&json!({ "matchLabels": { "app": "web", "tier": "back" } }), &labels));
        assert!(expression("app", "In", &["api", "web"]) && !expression("app", "In", &["api"]));
        assert!(expression("app", "NotIn", &["api"]) && expression("none", "NotIn", &["api"]));
        assert!(expression("tier", "Exists", &[]) && !expression("none", "Exists", &[]));
        assert!(expression("none", "DoesNotExist", &[]) && !expression("app", "Unknown", &[]));
    }
}
