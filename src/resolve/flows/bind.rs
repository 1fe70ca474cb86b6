//! What a kind tells its clients.

use super::{Call, Failure, ResolvedFlow, fail};
use crate::finding::Finding;
use crate::layer;
use crate::model::SecretReference;
use crate::resolve::draft::{Draft, KindDraft, SystemDraft};
use crate::resolve::facts::fact_key;
use crate::resolve::secrets::{CalleeSecret, kind_reference, reference};
use crate::resolve::texts::Facts;
use crate::source::Place;
use crate::tree::Node;
use serde_json::{Map as Json, Value};
use std::collections::BTreeMap;

/// A call to a service of the catalogue.
pub(super) struct Binding<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) callee: &'a Draft<'a>,
    pub(super) system: &'a SystemDraft<'a>,
    pub(super) kind: &'a KindDraft<'a>,
}

impl Binding<'_> {
    /// Adds the kind's facts and secrets to a flow.
    pub(super) fn bind(&self, flow: &mut ResolvedFlow) -> Result<(), Failure> {
        flow.facts.set("version", &self.kind.version);
        self.pick(&mut flow.facts)?;
        let mut context = flow.facts.clone();
        context.set("options", self.kind.options_fact.clone());
        for (fact, (bind, node)) in self.binds() {
            if let Some(text) = &bind.text {
                let at = node.value_place(&["binds", fact, "text"]);
                if let Some(text) = self.text(fact, text, &context, at)? {
                    flow.facts.set(&fact_key(fact), &text);
                    flow.binds.push((fact.to_owned(), text));
                }
            } else if let Some(secret) = &bind.secret
                && let Some(reference) = {
                    let at = node.value_place(&["binds", fact, "secret"]);
                    self.secret(fact, secret, &context, at)?
                }
            {
                flow.secrets.push(CalleeSecret {
                    callee: self.call.callee().to_owned(),
                    fact: fact.to_owned(),
                    reference,
                    origin: flow.origin.clone(),
                    elsewhere: self.elsewhere().is_some(),
                });
            }
        }
        Ok(())
    }

    /// What is told here. Where it is run elsewhere, no provider has a part in it.
    fn binds(&self) -> BTreeMap<&str, (&layer::Bind, &Node)> {
        match self.callee.elsewhere {
            Some(_) => KindDraft { provider: None, ..self.kind.clone() }.binds(),
            None => self.kind.binds(),
        }
    }

    fn elsewhere(&self) -> Option<&layer::Elsewhere> {
        self.callee.elsewhere.as_ref()
    }

    fn evaluate(&self, text: &str, context: &Facts, place: Place) -> Result<String, Failure> {
        let evaluated = self.call.world.texts.evaluate(text, context, place);
        evaluated.map(|text| text.text).map_err(|fault| fault.map(Box::new))
    }

    /// A fact that is no secret; none if it needs a choice and there is nothing to choose.
    fn text(
        &self,
        fact: &str,
        text: &str,
        context: &Facts,
        at: Place,
    ) -> Result<Option<String>, Failure> {
        let told = self.elsewhere().and_then(|elsewhere| elsewhere.facts.as_ref()?.get(fact));
        match told {
            Some(text) => Ok(Some(text.clone())),
            None if self.lacks_pick(context, text) => Ok(None),
            None => self.evaluate(text, context, at).map(Some),
        }
    }

    /// Where a secret fact lies; nowhere if it needs a choice and there is nothing to choose.
    fn secret(
        &self,
        fact: &str,
        text: &str,
        context: &Facts,
        at: Place,
    ) -> Result<Option<SecretReference>, Failure> {
        if let Some(elsewhere) = self.elsewhere() {
            return self.secret_elsewhere(fact, elsewhere).map(Some);
        }
        if self.lacks_pick(context, text) {
            return Ok(None);
        }
        let text = self.evaluate(text, context, at)?;
        let Some((item, property)) = text.split_once('#') else {
            return fail(
                Finding::error("invalid-value", format!("`{text}` is no secret of a kind"))
                    .at(at)
                    .note("allowed: `item#fact`"),
            );
        };
        if !self.kind.secrets.iter().any(|(i, f)| i == item && f == property) {
            let message = format!("`{}` has no secret `{text}`", self.kind.entry.name);
            return fail(
                Finding::error("unknown-secret", message)
                    .at(at)
                    .help("declare it under `secrets` or `item-secrets`"),
            );
        }
        let system = self.system.name.as_str();
        Ok(Some(kind_reference(system, self.callee.name.as_str(), item, property)))
    }

    fn secret_elsewhere(
        &self,
        fact: &str,
        elsewhere: &layer::Elsewhere,
    ) -> Result<SecretReference, Failure> {
        let node = &self.callee.node;
        let said = elsewhere.secrets.as_ref().and_then(|secrets| secrets.get(fact));
        let Some(from) = said.and_then(|secret| secret.from.as_ref()) else {
            let message = format!("nothing says where the `{fact}` of `{}` lies", self.callee.name);
            return fail(
                Finding::error("missing-key", message)
                    .at(node.key_place(&["elsewhere"]))
                    .related(self.call.place, "this service needs it")
                    .help(format!("say `elsewhere.secrets.{fact}: path#property`")),
            );
        };
        let place = node.value_place(&["elsewhere", "secrets", fact, "from"]);
        reference(from, place).map_err(|finding| Some(Box::new(finding)))
    }

    /// What the client chooses among: what it says, or the only one.
    fn pick(&self, facts: &mut Facts) -> Result<(), Failure> {
        let declared = self.kind.entry.kind.picks.as_ref();
        let (callee, said) = (self.call.callee(), self.call.said.pick.as_ref());
        let node = &self.call.caller.node;
        for pick in said.into_iter().flat_map(BTreeMap::keys) {
            if !declared.is_some_and(|declared| declared.contains_key(pick)) {
                let known = declared.into_iter().flat_map(BTreeMap::keys).map(String::as_str);
                return fail(
                    Finding::error("unknown-pick", format!("`{callee}` has no `{pick}` to pick"))
                        .at(node.key_place(&["uses", callee, "pick", pick]))
                        .known("to pick", pick, known),
                );
            }
        }
        let mut several = Vec::new();
        for (pick, from) in declared.into_iter().flatten() {
            let option = from.option.as_deref().unwrap_or(pick);
            let entries = self.kind.options.get(&fact_key(option)).and_then(Value::as_object);
            let known = || entries.into_iter().flat_map(Json::keys).map(String::as_str);
            let mut all = known();
            let chosen = match (said.and_then(|said| said.get(pick)), all.next(), all.next()) {
                (Some(said), ..) if known().any(|known| known == said) => said.clone(),
                (Some(said), ..) => {
                    return fail(
                        Finding::error(
                            "unknown-pick",
                            format!("`{callee}` has no {pick} `{said}`"),
                        )
                        .at(node.value_place(&["uses", callee, "pick", pick]))
                        .known(option, said, known()),
                    );
                }
                (None, Some(only), None) => only.to_owned(),
                (None, None, _) => continue,
                (None, ..) => {
                    several.push((pick, option, known().collect()));
                    continue;
                }
            };
            facts.set(&fact_key(pick), chosen);
        }
        if several.is_empty() { Ok(()) } else { fail(self.several(&several)) }
    }

    /// What the client has to choose: of each option there are several.
    fn several(&self, all: &[(&String, &str, Vec<&str>)]) -> Finding {
        let options: Vec<&str> = all.iter().map(|(_, option, _)| *option).collect();
        let picks: Vec<String> = all.iter().map(|(pick, ..)| format!("{pick}: …")).collect();
        let message = format!("`{}` has several {}", self.call.callee(), options.join(" and "));
        let finding = Finding::error("several-picks", message).at(self.call.place);
        let known = |finding: Finding, (_, option, names): &(&String, &str, Vec<&str>)| {
            finding.listed(option, names.iter().copied())
        };
        all.iter()
            .fold(finding, known)
            .help(format!("say which, such as `pick: {{ {} }}`", picks.join(", ")))
    }

    /// Whether a text needs a choice for which there is nothing to choose.
    fn lacks_pick(&self, context: &Facts, text: &str) -> bool {
        let picks = self.kind.entry.kind.picks.iter().flatten();
        picks
            .map(|(pick, _)| fact_key(pick))
            .any(|pick| !context.has(&pick) && text.contains(&format!("{{{{ {pick} }}}}")))
    }
}
