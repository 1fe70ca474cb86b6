//! Environment variables of a container.
//!
//! Plain texts come first, in order of name, so that a chart can write them as a loop over a map;
//! then references to secrets; then texts that refer to variables, which must stand before them.

use crate::model::{Container, Part, Service, Variable, VariableValue};
use crate::reference::Reference;
use k8s_openapi::api::core::v1::{EnvVar, EnvVarSource, SecretKeySelector};

/// The variables of a container in their order.
pub(super) fn variables(container: &Container) -> Vec<&Variable> {
    let mut variables: Vec<&Variable> = container.variables.iter().collect();
    variables.sort_unstable_by_key(|variable| (rank(variable), &variable.name));
    variables
}

fn rank(variable: &Variable) -> u8 {
    match &variable.value {
        VariableValue::Text(text) if is_literal(text) => 0,
        VariableValue::Secret { .. } => 1,
        VariableValue::Text(_) | VariableValue::Joined(_) => 2,
    }
}

/// A variable as Kubernetes reads it.
pub(super) fn env(service: &Service, variable: &Variable) -> EnvVar {
    let name = variable.name.to_string();
    match &variable.value {
        VariableValue::Text(text) => {
            EnvVar { name, value: Some(literal(text)), ..EnvVar::default() }
        }
        VariableValue::Joined(parts) => {
            let text = parts.iter().map(|part| match part {
                Part::Text(text) => literal(text),
                Part::Variable(name) => format!("$({name})"),
            });
            EnvVar { name, value: Some(text.collect()), ..EnvVar::default() }
        }
        VariableValue::Secret { key, optional } => {
            let object = service.secrets_name(*optional);
            EnvVar {
                name,
                value_from: Some(EnvVarSource {
                    secret_key_ref: Some(SecretKeySelector {
                        name: Reference::Name(&object).to_string(),
                        key: key.to_string(),
                        optional: optional.then_some(true),
                    }),
                    ..EnvVarSource::default()
                }),
                ..EnvVar::default()
            }
        }
    }
}

/// Whether Kubernetes reads a text as it stands.
fn is_literal(text: &str) -> bool {
    !text.contains("$$") && !text.contains("$(")
}

/// Kubernetes expands `$(NAME)` in values, commands and arguments, and reads `$$` as one `$`. So a
/// `$` before another, or before a parenthesis, is doubled.
pub(super) fn literal(text: &str) -> String {
    if is_literal(text) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        escaped.push(letter);
        if letter == '$' && matches!(rest.peek(), Some('$' | '(')) {
            escaped.push('$');
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::literal;

    /// What Kubernetes makes of a value without any variable.
    fn expanded(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text.chars().peekable();
        while let Some(letter) = rest.next() {
            if letter == '$' && rest.peek() == Some(&'$') {
                rest.next();
            }
            out.push(letter);
        }
        out
    }

    #[test]
    fn a_literal_survives_expansion() {
        for text in ["$(X)", "$$", "$$(X)", "p$$w", "$", "a$b", "$HOME", "$$$(Y)$"] {
            let escaped = literal(text);
            assert_eq!(expanded(&escaped), text, "{escaped}");
            let opens = escaped.replace("$$", "").contains("$(");
            assert!(!opens, "{escaped} would be expanded");
        }
    }
}
