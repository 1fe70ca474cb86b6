//! Files that follow from the flows of a system, so that nobody writes a fact twice.

mod alertmanager;
mod dashboards;
mod grafana;
mod kinds;
mod rules;
mod scrape;

use super::draft::{Draft, SystemDraft, World};
use super::flows::ResolvedFlow;
use super::texts::Fault;
use crate::finding::Finding;
use crate::layer::Derived;
use crate::yaml::{KeyOrder, document};
use serde_json::Value;

pub(super) use scrape::scrapes;

/// What a derived file is made of.
pub(super) struct Sources<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) system: &'a SystemDraft<'a>,
    /// The service that mounts it.
    pub(super) own: &'a Draft<'a>,
    pub(super) flows: &'a [ResolvedFlow],
}

/// A derived file: its path below the one of the catalogue, empty for that one itself, and its text.
pub(super) struct DerivedFile {
    pub(super) below: String,
    pub(super) text: String,
}

/// The file that is derived, or several of a folder.
pub(super) fn files(
    derived: Derived,
    sources: &Sources<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<DerivedFile>, Fault> {
    let value = match derived {
        Derived::PrometheusScrape => scrape::config(sources),
        Derived::PrometheusRules => rules::config(sources)?,
        Derived::AlertmanagerRoutes => alertmanager::config(sources, findings),
        Derived::GrafanaDatasources => grafana::datasources(sources),
        Derived::GrafanaDashboards => grafana::providers(sources),
        Derived::Dashboards => return dashboards::files(sources),
    };
    Ok(vec![DerivedFile { below: String::new(), text: document(&value, KeyOrder::AsIs) }])
}

/// Grafana's uids have no more than 40 letters: a longer one ends in its hash.
fn uid(text: &str) -> String {
    const MOST: usize = 40;
    let text = text.replace('/', "-");
    if text.len() <= MOST {
        return text;
    }
    let hash = super::files::hash(&text);
    format!("{}-{hash}", &text[..MOST - hash.len() - 1])
}

/// The name of a folder or a title, of a system in an environment.
fn labels(sources: &Sources<'_>) -> Value {
    serde_json::json!({
        "environment": sources.world.environment.name,
        "system": sources.system.name,
    })
}
