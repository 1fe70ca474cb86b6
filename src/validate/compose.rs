//! Holds Compose files against the schema of the Compose specification.

use super::Problem;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;
use std::sync::LazyLock;

static TEXT: &str = include_str!("../../data/compose/compose-spec.json");

/// Compiled once, and only by who writes a Compose file.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(TEXT).expect("the schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the schema compiles")
});

/// The fields of a service.
static FIELDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(TEXT).expect("the schema is JSON");
    let parts = ["service", "container_spec", "workload_spec"].map(|part| {
        schema["$defs"][part]["properties"].as_object().expect("a service has these parts")
    });
    parts.into_iter().flatten().map(|(field, _)| field.clone()).collect()
});

/// What Compose would not take of a file.
#[must_use]
pub fn compose(file: &Value) -> Vec<Problem> {
    SCHEMA.iter_errors(file).flat_map(|error| problems(&error)).collect()
}

fn problems(error: &ValidationError<'_>) -> Vec<Problem> {
    let at = error.instance_path().to_string();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            // Of a service in which something is wrong, all fields are told.
            let is_service = at.matches('/').count() == 2 && at.starts_with("/services/");
            let unknown = unexpected.iter().filter(|field| !is_service || !FIELDS.contains(field));
            let problem = |field: &String| Problem {
                pointer: format!("{at}/{}", field.replace('~', "~0").replace('/', "~1")),
                message: format!("unknown field `{field}`"),
            };
            unknown.map(problem).collect()
        }
        _ => vec![Problem { message: error.masked().to_string(), pointer: at }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_compose_refuses_is_found_where_it_stands() {
        let file = |service: Value| json!({ "services": { "web": service } });
        assert_eq!(compose(&file(json!({ "image": "web:1" }))), []);
        let problems = compose(&file(json!({ "image": "web:1", "prots": ["80:80"] })));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].pointer, "/services/web/prots");
        assert_eq!(problems[0].message, "unknown field `prots`");
        let problems = compose(&file(json!({ "read_only": [] })));
        assert_eq!(problems[0].pointer, "/services/web/read_only");
    }
}
