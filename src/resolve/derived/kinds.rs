//! What the kinds of services say of their metrics.

use super::Sources;
use crate::layer::{Alert, Panel};
use crate::resolve::draft::Draft;
use crate::resolve::texts::{Facts, Fault};
use crate::tree::Node;
use std::collections::BTreeMap;

/// What the catalogue says of the metrics of a service's kind: by its provider, if that runs it.
pub(super) struct Said<'a> {
    node: &'a Node,
    pub(super) alerts: Option<&'a BTreeMap<String, Alert>>,
    pub(super) panels: Option<&'a Vec<Panel>>,
}

/// What is said of a service.
pub(super) fn said<'a>(draft: &'a Draft<'_>) -> Option<Said<'a>> {
    let kind = draft.kind.as_ref()?;
    let (node, alerts, panels) = if let Some(provider) = draft.provider() {
        let said = &provider.entry.provider;
        (&provider.entry.node, &said.alerts, &said.panels)
    } else {
        let said = &kind.entry.kind;
        (&kind.entry.node, &said.alerts, &said.panels)
    };
    Some(Said { node, alerts: alerts.as_ref(), panels: panels.as_ref() })
}

impl Said<'_> {
    /// A text of an alert or a panel, in which `service` is how its services are called.
    pub(super) fn text(
        &self,
        sources: &Sources<'_>,
        path: &[&str],
        text: &str,
        service: &str,
    ) -> Result<String, Fault> {
        let mut facts = Facts::default();
        facts.set("service", service);
        let place = self.node.value_place(path);
        sources.world.texts.evaluate(text, &facts, place).map(|evaluated| evaluated.text)
    }
}
