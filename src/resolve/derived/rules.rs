//! Rules of Prometheus: what must hold of every endpoint, and the alerts of the kinds.

use super::Sources;
use super::kinds::{Said, said};
use super::scrape::{Job, jobs};
use crate::layer::{Alert, AlertSeverity};
use crate::resolve::draft::Draft;
use crate::resolve::texts::Fault;
use serde_json::{Map, Value, json};

/// How long an alert of a kind must hold unless it says so.
const HOLDS_FOR: &str = "5m";

/// An alert, finished.
struct Rule {
    name: String,
    expr: String,
    holds_for: String,
    severity: &'static str,
    /// Where the expression has no such label itself.
    service: Option<String>,
    summary: String,
    description: String,
}

/// The file of rules.
pub(super) fn config(sources: &Sources<'_>) -> Result<Value, Fault> {
    let options = sources.own.kind.as_ref().and_then(|kind| kind.options.get("runbooks"));
    let runbooks = options.and_then(Value::as_str).unwrap_or_default().trim_end_matches('/');
    let jobs = jobs(sources, sources.own);
    let mut groups = vec![group("availability", availability(sources, &jobs), runbooks)];
    let is_scraped = |draft: &&Draft<'_>| jobs.iter().any(|job| job.draft.name == draft.name);
    for draft in sources.system.services.values().filter(is_scraped) {
        let Some(said) = said(draft) else { continue };
        let mut rules = Vec::new();
        for (name, alert) in said.alerts.into_iter().flatten() {
            rules.push(of_kind(sources, &said, name, alert, draft.name.as_str())?);
        }
        if !rules.is_empty() {
            groups.push(group(draft.name.as_str(), rules, runbooks));
        }
    }
    Ok(json!({ "groups": groups }))
}

fn group(name: &str, rules: Vec<Rule>, runbooks: &str) -> Value {
    let rules: Vec<Value> = rules.into_iter().map(|rule| rule.finish(runbooks)).collect();
    json!({ "name": name, "rules": rules })
}

impl Rule {
    fn finish(self, runbooks: &str) -> Value {
        let mut annotations = Map::new();
        annotations.insert("summary".to_owned(), self.summary.into());
        if !self.description.is_empty() {
            annotations.insert("description".to_owned(), self.description.into());
        }
        if !runbooks.is_empty() {
            annotations
                .insert("runbook_url".to_owned(), format!("{runbooks}/{}", self.name).into());
        }
        let mut labels = json!({ "severity": self.severity });
        if let Some(service) = self.service {
            labels["service"] = service.into();
        }
        let mut rule = json!({ "alert": self.name, "expr": self.expr });
        if !self.holds_for.is_empty() {
            rule["for"] = self.holds_for.into();
        }
        rule["labels"] = labels;
        rule["annotations"] = annotations.into();
        rule
    }
}

/// What holds of everything that is scraped, by metrics that Prometheus makes itself.
fn availability(sources: &Sources<'_>, jobs: &[Job<'_>]) -> Vec<Rule> {
    let rule = |name: &str, expr: &str, holds_for: &str, severity, texts: (&str, &str)| Rule {
        name: name.to_owned(),
        expr: expr.to_owned(),
        holds_for: holds_for.to_owned(),
        severity,
        service: None,
        summary: texts.0.to_owned(),
        description: texts.1.to_owned(),
    };
    let mut rules = vec![
        rule(
            "Watchdog",
            "vector(1)",
            "",
            "none",
            (
                "Alerts arrive",
                "It fires always. Who receives it no more knows that Prometheus or Alertmanager is down.",
            ),
        ),
        rule(
            "ServiceDown",
            "max by (job, service) (up) == 0",
            "2m",
            "critical",
            (
                "{{ $labels.service }} does not answer",
                "No target of the job {{ $labels.job }} has answered a scrape for two minutes.",
            ),
        ),
        rule(
            "TargetDown",
            "up == 0",
            "10m",
            "warning",
            (
                "A target of {{ $labels.service }} does not answer",
                "{{ $labels.instance }} of the job {{ $labels.job }} has answered no scrape for ten minutes.",
            ),
        ),
        rule(
            "ScrapeTooLarge",
            "increase(prometheus_target_scrapes_exceeded_sample_limit_total[10m]) > 0",
            "",
            "warning",
            (
                "A service exports too many series",
                "Its scrapes are refused, so that nothing is known of it. Labels of its metrics have \
                 too many values.",
            ),
        ),
    ];
    // The one limit that Prometheus counts is its own: it must scrape itself.
    if !jobs.iter().any(|job| job.draft.name == sources.own.name) {
        rules.retain(|rule| rule.name != "ScrapeTooLarge");
    }
    rules.extend(jobs.iter().filter(|job| job.always).map(|job| Rule {
        name: "ServiceAbsent".to_owned(),
        expr: format!("absent(up{{job=\"{}\"}})", job.name),
        holds_for: "5m".to_owned(),
        severity: "critical",
        service: Some(job.draft.name.to_string()),
        summary: format!("Nothing of {} is found", job.draft.name),
        description: format!("The job {} has had no target for five minutes.", job.name),
    }));
    rules
}

fn of_kind(
    sources: &Sources<'_>,
    said: &Said<'_>,
    name: &str,
    alert: &Alert,
    service: &str,
) -> Result<Rule, Fault> {
    let text = |key: &str, text: Option<&String>| match text {
        Some(text) => said.text(sources, &["alerts", name, key], text, service),
        None => Ok(String::new()),
    };
    let holds_for = alert.holds_for.map_or_else(|| HOLDS_FOR.to_owned(), |it| it.to_string());
    Ok(Rule {
        name: name.to_owned(),
        expr: text("expr", alert.expr.as_ref())?,
        holds_for,
        severity: match alert.severity {
            Some(AlertSeverity::Critical) => "critical",
            Some(AlertSeverity::Warning) | None => "warning",
        },
        // Its expression may sum that label away.
        service: Some(service.to_owned()),
        summary: text("summary", alert.summary.as_ref())?,
        description: text("description", alert.description.as_ref())?,
    })
}
