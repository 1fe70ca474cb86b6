//! Dashboards of Grafana: one for the system's own services, and one for each kind that is scraped.

use super::grafana::source_uid;
use super::kinds::{Said, said};
use super::scrape::{Job, jobs};
use super::{DerivedFile, Sources, uid};
use crate::layer::OWN_SERVICES;
use crate::model::Peer;
use crate::resolve::draft::Draft;
use crate::resolve::texts::Fault;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The version of the form in which dashboards are written; later ones are made of it.
const SCHEMA: u32 = 41;
/// Grafana's grid is 24 wide; two panels stand beside each other.
const WIDTH: usize = 12;
const HEIGHT: usize = 8;
/// How the reader's choice of services is named in expressions.
const CHOSEN: &str = "$service";

/// A panel, finished.
struct Shown {
    title: String,
    expr: String,
    by: Vec<String>,
    unit: String,
}

/// What dashboards are about: the system's Prometheus, and what it scrapes.
pub(super) struct Scraped<'a> {
    prometheus: &'a str,
    jobs: Vec<Job<'a>>,
}

/// The Prometheus of the system that a Grafana uses, if it scrapes something.
pub(super) fn shown<'a>(sources: &Sources<'a>) -> Option<Scraped<'a>> {
    let used = sources.flows.iter().find(|flow| flow.kind.as_deref() == Some("prometheus"))?;
    let Peer::Service(name) = &used.flow.peer else { return None };
    let prometheus = sources.system.services.get(name.as_str())?;
    let jobs = jobs(sources, prometheus);
    (!jobs.is_empty()).then_some(Scraped { prometheus: prometheus.name.as_str(), jobs })
}

/// All dashboards, by kind.
pub(super) fn files(sources: &Sources<'_>) -> Result<Vec<DerivedFile>, Fault> {
    let Some(Scraped { prometheus, jobs }) = shown(sources) else { return Ok(Vec::new()) };
    let mut kinds: BTreeMap<&str, Vec<&Draft<'_>>> = BTreeMap::new();
    for job in &jobs {
        let kind = job.draft.kind.as_ref().map_or(OWN_SERVICES, |kind| kind.entry.name.as_str());
        let drafts = kinds.entry(kind).or_default();
        if !drafts.iter().any(|draft| draft.name == job.draft.name) {
            drafts.push(job.draft);
        }
    }
    let source = json!({ "type": "prometheus", "uid": source_uid(sources, prometheus) });
    let dashboards = kinds.into_iter().map(|(kind, drafts)| {
        let mut panels = of_any();
        if let Some(said) = drafts.first().and_then(|draft| said(draft)) {
            panels.extend(of_kind(sources, &said)?);
        }
        let names: Vec<&str> = drafts.iter().map(|draft| draft.name.as_str()).collect();
        let dashboard = dashboard(sources, kind, &names, &panels, &source);
        let mut text = serde_json::to_string_pretty(&dashboard).unwrap_or_default();
        text.push('\n');
        Ok(DerivedFile { below: format!("{kind}.json"), text })
    });
    dashboards.collect()
}

/// What Prometheus itself knows of everything that it scrapes.
fn of_any() -> Vec<Shown> {
    let panel = |title: &str, expr: &str, by: &str, unit: &str| Shown {
        title: title.to_owned(),
        expr: expr.to_owned(),
        by: vec![by.to_owned()],
        unit: unit.to_owned(),
    };
    vec![
        panel(
            "Share of targets that answer",
            "avg by (service) (up{service=~\"$service\"})",
            "service",
            "percentunit",
        ),
        panel(
            "Time of a scrape",
            "scrape_duration_seconds{service=~\"$service\"}",
            "instance",
            "s",
        ),
        panel(
            "Samples of a scrape",
            "scrape_samples_scraped{service=~\"$service\"}",
            "instance",
            "short",
        ),
        panel(
            "New series of a scrape",
            "scrape_series_added{service=~\"$service\"}",
            "instance",
            "short",
        ),
    ]
}

fn of_kind(sources: &Sources<'_>, said: &Said<'_>) -> Result<Vec<Shown>, Fault> {
    let panels = said.panels.into_iter().flatten().enumerate().map(|(index, panel)| {
        let expr = panel.expr.as_deref().unwrap_or_default();
        let index = index.to_string();
        let expr = said.text(sources, &["panels", &index, "expr"], expr, CHOSEN)?;
        let by = panel.by.as_ref().map(|by| by.0.clone());
        Ok(Shown {
            title: panel.title.clone().unwrap_or_default(),
            expr,
            by: by.unwrap_or_else(|| vec!["instance".to_owned()]),
            unit: panel.unit.clone().unwrap_or_else(|| "short".to_owned()),
        })
    });
    panels.collect()
}

fn dashboard(
    sources: &Sources<'_>,
    kind: &str,
    services: &[&str],
    panels: &[Shown],
    source: &Value,
) -> Value {
    let system = &sources.system.name;
    let panels: Vec<Value> = panels
        .iter()
        .enumerate()
        .map(|(index, panel)| {
            let legend: Vec<String> =
                panel.by.iter().map(|label| format!("{{{{{label}}}}}")).collect();
            json!({
                "id": index + 1,
                "type": "timeseries",
                "title": panel.title,
                "datasource": source,
                "gridPos": {
                    "h": HEIGHT,
                    "w": WIDTH,
                    "x": index % 2 * WIDTH,
                    "y": index / 2 * HEIGHT,
                },
                "fieldConfig": { "defaults": { "unit": panel.unit, "min": 0 }, "overrides": [] },
                "targets": [{
                    "refId": "A",
                    "expr": panel.expr,
                    "legendFormat": legend.join(" "),
                }],
            })
        })
        .collect();
    json!({
        "uid": uid(&format!("{system}-{kind}")),
        "title": format!("{system}: {kind}"),
        "tags": ["iac", system, sources.world.environment.name],
        "schemaVersion": SCHEMA,
        "editable": false,
        "refresh": "30s",
        "time": { "from": "now-6h", "to": "now" },
        "templating": {
            "list": [{
                "name": "service",
                "label": "Service",
                "type": "custom",
                "query": services.join(","),
                "multi": true,
                "includeAll": true,
                "current": { "text": ["All"], "value": ["$__all"] },
            }],
        },
        "panels": panels,
    })
}
