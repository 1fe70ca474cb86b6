//! Holds Compose files against the schema of the Compose specification.

use super::Problem;
use jsonschema::Validator;
use serde_json::Value;
use std::sync::LazyLock;

static TEXT: &str = include_str!("../../data/compose/compose-spec.json");

/// Compiled once, and only by who writes a Compose file.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(TEXT).expect("the schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the schema compiles")
});

/// What Compose would not take of a file.
#[must_use]
pub fn compose(file: &Value) -> Vec<Problem> {
    SCHEMA
        .iter_errors(file)
        .map(|error| Problem {
            pointer: error.instance_path().to_string(),
            message: error.masked().to_string(),
        })
        .collect()
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
        assert_eq!(problems[0].pointer, "/services/web");
        let problems = compose(&file(json!({ "read_only": [] })));
        assert_eq!(problems[0].pointer, "/services/web/read_only");
    }
}
