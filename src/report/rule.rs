//! Rules, in words.

use super::WIDTH;
use super::wrap::wrap;
use crate::check::Rule;

/// All rules, a line each or two.
#[must_use]
pub fn list(rules: &[&Rule]) -> String {
    let widest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in rules {
        let lines = wrap(rule.title, WIDTH - widest - 2);
        for (index, line) in lines.lines().enumerate() {
            let id = if index == 0 { rule.id } else { "" };
            text.push_str(&format!("{id:widest$}  {line}\n"));
        }
    }
    text
}

/// One rule, whole.
#[must_use]
pub fn text(rule: &Rule) -> String {
    let word = match rule.severity {
        crate::finding::Severity::Error => "error",
        crate::finding::Severity::Warning => "warning",
    };
    let mut text = format!("{} ({word})\n\n", rule.id);
    let mut title = rule.title.to_owned();
    title.push('.');
    if let Some(first) = title.get(..1) {
        title.replace_range(..1, &first.to_uppercase());
    }
    for paragraph in [format!("{title} {}", rule.why), format!("What to do: {}.", rule.mend)] {
        text.push_str(&wrap(&paragraph, WIDTH));
        text.push_str("\n\n");
    }
    for (words, example) in [("Refused:", rule.bad), ("Accepted:", rule.good)] {
        text.push_str(words);
        text.push_str("\n\n");
        for line in example.lines() {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len() + 1);
    text
}
