//! Environment variables: configuration, secrets and what flows bind. One variable has one source.

use super::draft::{Draft, World};
use super::facts::callee_facts;
use super::flows::ResolvedFlow;
use super::literal;
use super::secrets::{SecretTable, variable_name};
use super::texts::Facts;
use crate::finding::Finding;
use crate::layer::{ConfigValue, Optional, TextItem, Use, UseEnv};
use crate::model::{Variable, VariableValue};
use crate::source::Place;
use crate::value::EnvName;
use std::collections::BTreeMap;

/// A variable and where it was said.
struct Said {
    variable: Variable,
    place: Place,
    /// A kind's own variables may be replaced by the service.
    replaceable: bool,
}

/// Collects the variables of a service.
pub(super) struct Variables<'a> {
    draft: &'a Draft<'a>,
    world: &'a World<'a>,
    facts: &'a Facts,
    all: BTreeMap<EnvName, Said>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(world: &'a World<'a>, draft: &'a Draft<'a>, facts: &'a Facts) -> Self {
        Self { draft, world, facts, all: BTreeMap::new() }
    }

    /// Everything that sets a variable.
    pub(super) fn collect(
        mut self,
        flows: &[ResolvedFlow],
        absent: &[(Box<Use>, Vec<String>)],
        own_secrets: Vec<(EnvName, VariableValue, Vec<String>)>,
        secrets: &mut SecretTable,
        findings: &mut Vec<Finding>,
    ) -> Vec<Variable> {
        self.of_kind(secrets, findings);
        self.config(secrets, findings);
        for (name, value, origin) in own_secrets {
            let place = self.draft.node.key_place(&origin);
            self.add(Variable { name, value, origin, text: None }, place, findings);
        }
        for flow in flows {
            self.flow(flow, secrets, findings);
        }
        for (said, origin) in absent {
            if let Some(Optional::Otherwise(otherwise)) = &said.optional {
                for (name, value) in &otherwise.otherwise {
                    let mut origin = origin.clone();
                    origin.extend(["optional".into(), "otherwise".into(), name.to_string()]);
                    self.config_value(name, value, origin, secrets, findings);
                }
            }
        }
        let mut variables: Vec<Variable> =
            self.all.into_values().map(|said| said.variable).collect();
        for variable in secrets.take_variables() {
            if !variables.iter().any(|other| other.name == variable.name) {
                variables.push(variable);
            }
        }
        variables.sort_by(|a, b| a.name.cmp(&b.name));
        variables
    }

    fn add(&mut self, variable: Variable, place: Place, findings: &mut Vec<Finding>) {
        match self.all.get(&variable.name) {
            Some(other) if !other.replaceable => {
                let other_origin = other.variable.origin.join(".");
                findings.push(
                    Finding::error(
                        "variable-twice",
                        format!("two things set the variable `{}`", variable.name),
                    )
                    .at(place)
                    .label(variable.origin.join("."))
                    .related(other.place, other_origin)
                    .help("remove one of them, or bind the flow to other names with `as` or `env`"),
                );
            }
            _ => {
                let said = Said { place, replaceable: false, variable };
                self.all.insert(said.variable.name.clone(), said);
            }
        }
    }

    fn of_kind(&mut self, secrets: &mut SecretTable, findings: &mut Vec<Finding>) {
        let Some(kind) = &self.draft.kind else { return };
        for (name, item) in kind.entry.kind.config.iter().flatten() {
            let (text, from) = match item {
                TextItem::Literal(text) => (text.clone(), None),
                TextItem::Template(template) => {
                    let place = kind.entry.node.value_place(&["config", name.as_str(), "text"]);
                    match self.world.texts.evaluate(&template.text, self.facts, place) {
                        // A variable whose text comes to nothing has nothing to say here.
                        Ok(evaluated) if evaluated.text.is_empty() => continue,
                        Ok(evaluated) => {
                            (evaluated.text, Some((template.text.clone(), evaluated.used)))
                        }
                        Err(fault) => {
                            findings.extend(fault);
                            continue;
                        }
                    }
                }
            };
            let variable = Variable {
                name: name.clone(),
                value: secrets.value(&text),
                origin: vec!["kind".to_owned()],
                text: from,
            };
            let place = self.draft.node.value_place(&["kind"]);
            self.all.insert(name.clone(), Said { variable, place, replaceable: true });
        }
    }

    fn config(&mut self, secrets: &mut SecretTable, findings: &mut Vec<Finding>) {
        for (name, value) in self.draft.service.config.iter().flatten() {
            let origin = vec!["config".to_owned(), name.to_string()];
            self.config_value(name, value, origin, secrets, findings);
        }
    }

    fn config_value(
        &mut self,
        name: &EnvName,
        value: &ConfigValue,
        origin: Vec<String>,
        secrets: &mut SecretTable,
        findings: &mut Vec<Finding>,
    ) {
        let place = self.draft.node.key_place(&origin);
        let variable = match value {
            ConfigValue::Literal(text) => {
                let path: Vec<&str> = origin.iter().map(String::as_str).collect();
                let Self { world, draft, facts, .. } = self;
                findings.extend(literal::finding(world, draft, facts, &path, text));
                let value = VariableValue::Text(text.clone());
                Variable { name: name.clone(), value, origin, text: None }
            }
            ConfigValue::Template(template) => {
                let mut path = origin.clone();
                path.push("text".to_owned());
                let at = self.draft.node.value_place(&path);
                match self.world.texts.evaluate(&template.text, self.facts, at) {
                    Ok(evaluated) => Variable {
                        name: name.clone(),
                        value: secrets.value(&evaluated.text),
                        origin,
                        text: Some((template.text.clone(), evaluated.used)),
                    },
                    Err(fault) => {
                        findings.extend(fault);
                        return;
                    }
                }
            }
        };
        self.add(variable, place, findings);
    }

    fn flow(
        &mut self,
        flow: &ResolvedFlow,
        secrets: &mut SecretTable,
        findings: &mut Vec<Finding>,
    ) {
        let place = self.draft.node.key_place(&flow.origin);
        match &flow.said.env {
            Some(UseEnv::None(())) => {}
            Some(UseEnv::Address(name)) => {
                let Some(address) = flow.facts.text("address") else { return };
                let mut origin = flow.origin.clone();
                origin.push("env".to_owned());
                let value = VariableValue::Text(address.to_owned());
                let place = self.draft.node.value_place(&origin);
                self.add(
                    Variable { name: name.clone(), value, origin, text: None },
                    place,
                    findings,
                );
            }
            Some(UseEnv::Texts(texts)) => {
                let mut facts = self.facts.clone();
                facts.extend(callee_facts(flow, secrets));
                for (name, text) in texts {
                    let mut origin = flow.origin.clone();
                    origin.extend(["env".to_owned(), name.to_string()]);
                    let at = self.draft.node.value_place(&origin);
                    match self.world.texts.evaluate(text, &facts, at) {
                        Ok(evaluated) => {
                            let variable = Variable {
                                name: name.clone(),
                                value: secrets.value(&evaluated.text),
                                text: Some((text.clone(), evaluated.used)),
                                origin: origin.clone(),
                            };
                            self.add(variable, self.draft.node.key_place(&origin), findings);
                        }
                        Err(fault) => findings.extend(fault),
                    }
                }
            }
            None => self.bindings(flow, place, secrets, findings),
        }
    }

    /// What a callee binds by itself: `<PREFIX>_<FACT>`, and for a secret the path of its file.
    fn bindings(
        &mut self,
        flow: &ResolvedFlow,
        place: Place,
        secrets: &mut SecretTable,
        findings: &mut Vec<Finding>,
    ) {
        let callee = &flow.flow.callee;
        let own = callee.rsplit('/').next().unwrap_or(callee);
        let prefix = flow.said.prefix.as_ref().map_or(own, |prefix| prefix.as_str());
        let texts =
            flow.binds.iter().map(|(fact, text)| (format!("{prefix}_{fact}"), text.clone()));
        let mut bound: Vec<(String, String)> = texts.collect();
        for secret in &flow.secrets {
            if let Some(path) = secrets.mount(secret) {
                bound.push((format!("{prefix}_{}_FILE", secret.fact), path));
            }
        }
        for (name, text) in bound {
            let Some(name) = variable_name(&name) else { continue };
            let value = VariableValue::Text(text);
            let variable = Variable { name, value, origin: flow.origin.clone(), text: None };
            self.add(variable, place, findings);
        }
    }
}
