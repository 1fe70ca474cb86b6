//! Changes as Markdown, for a comment on a pull request.

use super::changes::path;
use super::escape::visible;
use super::sections::{Section, sections, sign, total};
use super::shorten;
use crate::diff::{Changes, Effect, FieldChange, FileChange, ObjectChange, Risk};
use std::fmt::Write;

/// The longest comment, in bytes: a little less than GitHub and GitLab take.
const LONGEST: usize = 60_000;
/// The most fields that are listed of one object or file.
const FIELDS: usize = 20;
/// The longest value.
const VALUE: usize = 100;

/// All changes by environment and system, the texts folded away. What would make the comment too
/// long is left out, and it says so.
#[must_use]
pub fn markdown(changes: &Changes) -> String {
    let sections = sections(changes);
    if sections.is_empty() {
        return "No changes.\n".to_owned();
    }
    let mut lists: Vec<String> = sections.iter().map(list).collect();
    let mut used: usize = lists.iter().map(String::len).sum();
    for (section, list) in sections.iter().zip(&mut lists).rev() {
        if used > LONGEST {
            used -= list.len();
            *list = format!("{}\nThe list is too long for a comment.\n", heading(section));
            used += list.len();
        }
    }
    let mut page = format!("**{}**\n", total(&sections));
    for (section, list) in sections.iter().zip(lists) {
        page.push('\n');
        page.push_str(&list);
        let mut left_out = 0;
        for file in section.texts.iter().filter(|file| !file.unified.is_empty()) {
            let text = details(file);
            if used + text.len() > LONGEST {
                left_out += 1;
            } else {
                used += text.len();
                page.push_str(&text);
            }
        }
        if left_out > 0 {
            let files = super::counted(left_out, "file is", "files are");
            let _ = write!(page, "\nThe text of {files} too long for a comment.\n");
        }
    }
    page
}

fn heading(section: &Section<'_>) -> String {
    format!("### {}\n\n{}\n", code(&section.summary.scope.to_string()), section.counts())
}

fn list(section: &Section<'_>) -> String {
    let mut list = heading(section);
    list.push('\n');
    for namespace in &section.namespaces {
        let (old, new) = (code(&namespace.old), code(&namespace.new));
        let _ = writeln!(list, "- `~` namespace {old} → {new}");
    }
    for object in &section.objects {
        list.push_str(&of_object(section, object));
    }
    for moved in &section.moved {
        let (name, to) = (code(&moved.identity.to_string()), code(moved.to.as_str()));
        let _ = writeln!(list, "- `>` {name} stands in {to} now");
    }
    for file in &section.files {
        list.push_str(&of_file(section, file));
    }
    for file in &section.layout {
        let path = code(section.path(file));
        let _ = writeln!(list, "- `{}` {path}: no object differs", sign(file.action));
    }
    list
}

fn of_object(section: &Section<'_>, object: &ObjectChange) -> String {
    let mut effects = String::new();
    for (at, effect) in object.effects.iter().enumerate() {
        effects.push_str(if at == 0 { ": " } else { "; " });
        effects.push_str(&told(*effect));
    }
    let name = code(&section.name(object));
    let mut item = format!("- `{}` {name}{effects}\n", sign(object.action));
    item.push_str(&of_fields(&object.fields));
    item
}

fn of_file(section: &Section<'_>, file: &FileChange) -> String {
    let effect = file.effect.map_or_else(String::new, |effect| format!(": {}", told(effect)));
    let mut item = format!("- `{}` {}{effect}\n", sign(file.action), code(section.path(file)));
    if let Some(note) = &file.note {
        let _ = writeln!(item, "  - note: {}", code(note));
    }
    match &file.fields {
        Some(fields) if fields.is_empty() => item.push_str("  - layout or comments only\n"),
        Some(fields) => item.push_str(&of_fields(fields)),
        None => {}
    }
    item
}

fn told(effect: Effect) -> String {
    let Effect { risk, reason } = effect;
    if risk > Risk::Update { format!("**{risk}**, {reason}") } else { format!("{risk}, {reason}") }
}

fn of_fields(fields: &[FieldChange]) -> String {
    let mut items: String = fields.iter().take(FIELDS).map(of_field).collect();
    if fields.len() > FIELDS {
        let _ = writeln!(items, "  - and {} more fields", fields.len() - FIELDS);
    }
    items
}

fn of_field(field: &FieldChange) -> String {
    let path = code(&path(field));
    if field.text.is_some() {
        return format!("  - {path}: see its text\n");
    }
    let flow = |value: &Option<serde_json::Value>| value.as_ref().map(shorten::flow);
    match (flow(&field.old), flow(&field.new)) {
        (Some(old), Some(new)) => {
            let (old, new) = shorten::pair(&old, &new, VALUE);
            format!("  - {path}: {} → {}\n", code(&old), code(&new))
        }
        (Some(old), None) => format!("  - removed {path}: {}\n", code(&shorten::one(&old, VALUE))),
        (None, Some(new)) => format!("  - added {path}: {}\n", code(&shorten::one(&new, VALUE))),
        (None, None) => String::new(),
    }
}

fn details(file: &FileChange) -> String {
    let fence = "`".repeat(longest_run(&file.unified).max(2) + 1);
    let mut text = String::new();
    for line in file.unified.split_terminator('\n') {
        text.push_str(&visible(line));
        text.push('\n');
    }
    let path = html(file.path.as_str());
    format!(
        "\n<details><summary><code>{path}</code></summary>\n\n{fence}diff\n{text}{fence}\n\n\
         </details>\n"
    )
}

/// Text that Markdown shows as it is, on one line.
fn code(text: &str) -> String {
    let text = visible(&text.replace(['\n', '\r'], " ")).into_owned();
    if text.is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let touches = text.starts_with('`') || text.ends_with('`');
    let is_padded = text.starts_with(' ') && text.ends_with(' ');
    let space = if touches || is_padded { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn html(text: &str) -> String {
    let text = visible(text).replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
