//! Markdown: short lines, blank lines where they belong, and anchors.

use serde_json::Value;

/// The most characters of a line of text, unless one word is longer.
const WIDTH: usize = 100;

/// A page as it is written.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// A blank line, unless there is one.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A heading.
    pub(super) fn heading(&mut self, level: usize, title: &str) {
        self.gap();
        self.line(&format!("{} {title}", "#".repeat(level)));
        self.gap();
    }

    /// Paragraphs.
    pub(super) fn text(&mut self, text: &str) {
        for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            self.gap();
            self.wrapped("", paragraph);
            self.gap();
        }
    }

    /// An item of a list.
    pub(super) fn item(&mut self, text: &str) {
        self.wrapped("- ", text);
    }

    /// A block of code.
    pub(super) fn code(&mut self, language: &str, code: &str) {
        self.gap();
        self.line(&format!("```{language}"));
        self.line(code.trim_end());
        self.line("```");
        self.gap();
    }

    fn wrapped(&mut self, first: &str, text: &str) {
        let mut line = first.to_owned();
        for word in words(text) {
            let fits = line.chars().count() + word.chars().count() < WIDTH;
            if !fits && starts_no_list(&word) && line.len() > first.len() {
                self.line(line.trim_end());
                line = " ".repeat(first.len());
            }
            line.push_str(&word);
            line.push(' ');
        }
        self.line(line.trim_end());
    }

    /// The whole text, with one line feed at its end.
    pub(super) fn finish(self) -> String {
        format!("{}\n", self.text.trim_end())
    }
}

/// The words of a text; a link or a piece of code is one.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if open => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        let last = words.last().map_or("", String::as_str);
        let count = |c: char| last.chars().filter(|other| *other == c).count();
        open = count('`') % 2 == 1 || count('[') > count(']');
    }
    words
}

/// Whether a line may start with a word, and is still text.
fn starts_no_list(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || matches!(c, '`' | '[' | '('))
}

/// Code within a line, whatever it holds.
pub(super) fn code(text: &str) -> String {
    if !text.contains('`') {
        return format!("`{text}`");
    }
    format!("`` {text} ``")
}

/// A value as it stands in YAML within a line.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Alternatives: `a, b or c`.
pub(super) fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// With a capital letter first.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The anchor of a heading, as the usual renderers make it.
pub(super) fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
