//! Files with secrets, as templates that the External Secrets operator completes in the cluster.

use crate::model::FilePart;

/// A file as a template of Go's `text/template`, in which a secret stands by its key. Everything
/// else is literal.
pub(super) fn template(parts: &[FilePart]) -> String {
    let mut template = String::new();
    for (index, part) in parts.iter().enumerate() {
        match part {
            // `index`, since a key may hold what no name of a field does.
            FilePart::Secret(key) => {
                template.push_str(&format!("{{{{ index . \"{key}\" }}}}"));
            }
            FilePart::Text(text) => {
                let action_follows = matches!(parts.get(index + 1), Some(FilePart::Secret(_)));
                literal(text, action_follows, &mut template);
            }
        }
    }
    template
}

/// Two opening braces begin an action, and so does one before an action: such a run is written as an
/// action of its own.
fn literal(text: &str, action_follows: bool, template: &mut String) {
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, braces) = rest.split_at(start);
        let after = braces.trim_start_matches('{');
        let run = &braces[..braces.len() - after.len()];
        template.push_str(before);
        if run.len() > 1 || (after.is_empty() && action_follows) {
            template.push_str(&format!("{{{{ \"{run}\" }}}}"));
        } else {
            template.push_str(run);
        }
        rest = after;
    }
    template.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> FilePart {
        FilePart::Text(text.to_owned())
    }

    fn secret(key: &str) -> FilePart {
        FilePart::Secret(key.parse().unwrap())
    }

    #[test]
    fn secrets_are_actions_and_braces_are_literal() {
        let cases: [(&[FilePart], &str); 8] = [
            (&[text("a = "), secret("db.password")], r#"a = {{ index . "db.password" }}"#),
            (&[text("{a} {{ b }} $c")], r#"{a} {{ "{{" }} b }} $c"#),
            (&[text("{{{{-")], r#"{{ "{{{{" }}-"#),
            (&[text("{"), secret("A"), text("}")], r#"{{ "{" }}{{ index . "A" }}}"#),
            (&[text("x{{"), secret("A")], r#"x{{ "{{" }}{{ index . "A" }}"#),
            (&[secret("A"), secret("B")], r#"{{ index . "A" }}{{ index . "B" }}"#),
            (&[secret("A"), text("{")], r#"{{ index . "A" }}{"#),
            (&[text("{\n{é")], "{\n{é"),
        ];
        for (parts, expected) in cases {
            assert_eq!(template(parts), expected);
        }
    }
}
