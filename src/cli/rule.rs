//! `iac rule`

use super::project::{Failure, known};
use super::{Format, Outcome, print, print_json};
use iac::check::{RULES, Rule};
use iac::report;
use serde_json::{Value, json};

/// What does a rule of `iac check` mean? Why it matters, with examples
#[derive(clap::Args)]
#[command(after_help = "Examples:
  iac rule                      every rule, in a line
  iac rule policy-port          one of them, with its examples")]
pub(super) struct RuleCommand {
    /// The rule; without it, all are listed
    id: Option<String>,
    /// What is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl RuleCommand {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let rules: Vec<&Rule> = match &self.id {
            None => RULES.to_vec(),
            Some(id) => {
                known("rule", id, RULES.iter().map(|rule| rule.id))?;
                RULES.iter().copied().filter(|rule| rule.id == id).collect()
            }
        };
        match (self.format, self.id) {
            (Format::Json, _) => {
                print_json(&Value::Array(rules.into_iter().map(json_of).collect()))?;
            }
            (Format::Text, Some(_)) => {
                let text: String = rules.into_iter().map(report::rule::text).collect();
                print(&text)?;
            }
            (Format::Text, None) => print(&report::rule::list(&rules))?,
        }
        Ok(Outcome::Fine)
    }
}

fn json_of(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "severity": rule.severity,
        "title": rule.title,
        "why": rule.why,
        "mend": rule.mend,
        "bad": rule.bad,
        "good": rule.good,
    })
}
