//! Variables: what they are made of.

use super::history::json;
use super::{Derived, Explained, Fact, Said, View, What};
use crate::finding::{Finding, Severity};
use crate::model::{Part, Service, Stack, Variable, VariableValue};
use crate::reference::{Piece, Reference, pieces, readable};
use crate::resolve::resolve;
use serde_json::{Value, json as object};

/// The variables of a service; one, if the rest of the path names it.
pub(super) fn variables(
    view: &View<'_>,
    service: &str,
    rest: &[String],
) -> Result<Vec<Explained>, Finding> {
    // A service that does not exist is told by its name.
    view.values(&["services".to_owned(), service.to_owned()])?;
    let (resolved, findings) = resolve(view.project);
    let stack = resolved.described().find(|stack| {
        stack.environment.name.as_str() == view.environment && stack.system.as_str() == view.system
    });
    let found = stack.and_then(|stack| Some((stack, stack.services.get(service)?)));
    let Some((stack, found)) = found else {
        let fault = findings.into_iter().find(|finding| finding.severity == Severity::Error);
        return Err(fault.unwrap_or_else(|| {
            Finding::error(
                "no-variables",
                format!(
                    "`{service}` does not run in `{}`, so that it has no variables",
                    view.environment
                ),
            )
            .help(format!("ask for `services.{service}.enabled` or `services.{service}.elsewhere`"))
        }));
    };
    let chosen: Vec<&Variable> = match rest.first() {
        None => found.container.variables.iter().collect(),
        Some(name) => {
            let variable =
                found.container.variables.iter().find(|variable| variable.name.as_str() == name);
            let variable = variable.ok_or_else(|| {
                let known = found.container.variables.iter().map(|variable| variable.name.as_str());
                Finding::error("unknown-path", format!("`{service}` has no variable `{name}`"))
                    .known("variables", name, known)
            })?;
            vec![variable]
        }
    };
    Ok(chosen.into_iter().map(|variable| explained(view, stack, found, variable)).collect())
}

fn explained(view: &View<'_>, stack: &Stack, service: &Service, variable: &Variable) -> Explained {
    let name = service.name.as_str();
    let (text, used) = match &variable.text {
        Some((text, used)) => (Some(text.clone()), &used[..]),
        None => (None, &[][..]),
    };
    let facts = used.iter().map(|fact| Fact {
        name: fact.clone(),
        values: fact_values(view, name, &variable.origin, fact),
    });
    let path = ["services", name, "env", variable.name.as_str()];
    Explained {
        path: path.map(ToOwned::to_owned).to_vec(),
        value: Some(value(stack, &variable.value)),
        said: Vec::new(),
        derived: Some(Derived {
            text,
            origin: origin(view, name, variable),
            facts: facts.collect(),
        }),
    }
}

/// What the container gets. Names of objects stand as they are without a chart.
fn value(stack: &Stack, value: &VariableValue) -> Value {
    let plain = |text: &str| {
        let pieces = pieces(text).map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Reference(Reference::Namespace) => stack.namespace.to_string(),
            Piece::Reference(Reference::NamespaceBeside(level)) => {
                format!("{}-{level}", stack.namespace)
            }
            Piece::Reference(other) => readable(&other.to_string()),
            Piece::Broken(_) => "(?)".to_owned(),
        });
        pieces.collect::<String>()
    };
    match value {
        VariableValue::Text(text) => Value::String(plain(text)),
        VariableValue::Secret { key, .. } => object!({ "secret": key.as_str() }),
        VariableValue::Joined(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Text(text) => plain(text),
                Part::Variable(name) => format!("$({name})"),
            });
            Value::String(parts.collect())
        }
    }
}

/// The values that make a variable be there.
fn origin(view: &View<'_>, service: &str, variable: &Variable) -> Vec<Explained> {
    let mut path = vec!["services", service];
    path.extend(variable.origin.iter().map(String::as_str));
    let mut values = view.said(&path);
    if variable.origin == ["kind"] {
        values.extend(of_kind(view, service, &["config", variable.name.as_str()]));
    }
    values
}

/// What the catalogue says of a service's kind.
fn of_kind(view: &View<'_>, service: &str, path: &[&str]) -> Option<Explained> {
    let kind = view.service(service)?.merged.child("kind").map(json)?;
    let entry = view.project.kinds.get(kind.as_str()?)?;
    let node = entry.node.at(path)?;
    let mut whole = vec!["catalogue".to_owned(), entry.name.clone()];
    whole.extend(path.iter().map(|key| (*key).to_owned()));
    Some(Explained {
        path: whole,
        value: Some(json(node)),
        said: vec![Said {
            layer: "catalogue".to_owned(),
            place: node.place,
            what: What::Value(json(node)),
        }],
        derived: None,
    })
}

/// The values from which a fact comes.
fn fact_values(view: &View<'_>, service: &str, origin: &[String], fact: &str) -> Vec<Explained> {
    let parts: Vec<&str> = fact.split('.').collect();
    // The callee's own facts, in the texts of a flow.
    let in_flow = matches!(origin, [uses, _, env, ..] if uses == "uses" && env == "env");
    match (&parts[..], origin) {
        (
            [
                "host" | "port" | "ports" | "address" | "url" | "user" | "password" | "database"
                | "bucket",
                ..,
            ],
            [_, callee, ..],
        ) if in_flow => of_callee(view, callee, parts[0]),
        (["facts", rest @ ..], _) => named(view, &["facts"], rest.first()),
        ([key @ ("config" | "ports" | "secrets" | "volumes"), rest @ ..], _) => {
            named(view, &["services", service, key], rest.first())
        }
        (["options", rest @ ..], _) => {
            let said = named(view, &["services", service, "options"], rest.first());
            if !said.is_empty() {
                return said;
            }
            let options = of_kind(view, service, &["options"]);
            let option = options.and_then(|options| {
                let map = options.value?;
                let fact = rest.first()?;
                let name = map.as_object()?.keys().find(|name| same(name, fact)).cloned()?;
                of_kind(view, service, &["options", &name])
            });
            option.into_iter().collect()
        }
        (["expose", ..], _) => view.said(&["services", service, "expose"]),
        (["uses", rest @ ..], _) => {
            let mut values = named(view, &["services", service, "uses"], rest.first());
            let callee = values.first().and_then(|value| value.path.get(3)).cloned();
            if let (Some(callee), Some(fact)) = (callee, rest.get(1)) {
                values.extend(of_callee(view, &callee, fact));
            }
            values
        }
        (["services", rest @ ..], _) => {
            let other =
                view.services().find(|name| rest.first().is_some_and(|fact| same(name, fact)));
            other.map(|other| view.said(&["services", other, "expose"])).unwrap_or_default()
        }
        (["registry", "host"], _) => view.said(&["environment", "registry", "host"]),
        (["domain"], _) => view.said(&["environment", "domain"]),
        (["version"], _) => view.said(&["services", service, "version"]),
        _ => Vec::new(),
    }
}

/// What is said below a path at the key that a fact names.
fn named(view: &View<'_>, path: &[&str], fact: Option<&&str>) -> Vec<Explained> {
    let mut values = view.said(path);
    if let Some(fact) = fact {
        values.retain(|value| value.path.get(path.len()).is_some_and(|key| same(key, fact)));
    }
    values
}

/// Whether a fact is called by a name: texts write a hyphen as `_`.
fn same(name: &str, fact: &str) -> bool {
    name.replace(['-', '/'], "_") == fact
}

/// The values from which a caller's fact about a callee comes.
fn of_callee(view: &View<'_>, callee: &str, fact: &str) -> Vec<Explained> {
    if let Some((system, service)) = callee.split_once('/') {
        let other = view.project.systems.get_key_value(system);
        let other = other.and_then(|(system, _)| view.of(system));
        return other.map(|view| of_callee(&view, service, fact)).unwrap_or_default();
    }
    if !view.services().any(|name| name == callee) {
        return match fact {
            "host" => view.said(&["external", callee, "hosts"]),
            "port" | "ports" => view.said(&["external", callee, "ports"]),
            _ => view.said(&["external", callee]),
        };
    }
    let mut paths: Vec<Vec<&str>> = Vec::new();
    match fact {
        "host" => paths.push(vec!["elsewhere", "host"]),
        "port" | "ports" | "address" | "url" => {
            paths.extend([vec!["ports"], vec!["elsewhere"]]);
        }
        _ => paths.extend([vec!["elsewhere", "facts", fact], vec!["elsewhere", "secrets", fact]]),
    }
    let mut values: Vec<Explained> = paths
        .iter()
        .flat_map(|rest| {
            let mut path = vec!["services", callee];
            path.extend(rest);
            view.said(&path)
        })
        .collect();
    values.extend(of_kind(view, callee, &["binds", fact]));
    values
}
