//! Faults in the syntax, in words that say what to do.

use super::leaf::template;
use super::{Source, quoted};
use crate::finding::Finding;
use serde_saphyr::granit_parser::{ErrorKind, ScanError};

/// What is said about a fault.
struct Words {
    message: String,
    help: Option<String>,
    start: usize,
    end: usize,
}

impl Words {
    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    fn from(self, start: usize) -> Self {
        Self { start, ..self }
    }

    fn until(self, end: usize) -> Self {
        Self { end, ..self }
    }
}

/// Whether the parser stopped at a tab in a place where only spaces may stand.
pub(super) fn is_about_tabs(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::InvalidBlockEntryWhitespace
    )
}

/// Where the parser stopped, in bytes.
pub(super) fn offset(source: &Source<'_>, error: &ScanError) -> usize {
    let offset = error.marker().byte_offset().unwrap_or(source.text.len());
    source.text.floor_char_boundary(offset)
}

/// The finding about a text that is not YAML.
///
/// `bracket` is where the innermost bracket was opened that is not closed.
pub(super) fn finding(source: &Source<'_>, error: &ScanError, bracket: Option<usize>) -> Finding {
    let at = offset(source, error);
    if let Some(template) = template_before(source, at) {
        return template;
    }
    let kind = error.kind();
    let id = match kind {
        ErrorKind::DirectiveDisallowed => "directive",
        ErrorKind::RecursionLimitExceeded => "too-deep",
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidGlobalTagCharacter
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape
        | ErrorKind::InvalidTagUtf8LeadingByte
        | ErrorKind::InvalidTagUtf8TrailingByte
        | ErrorKind::InvalidTagUtf8 => "tag",
        _ => "yaml-syntax",
    };
    let words = match id {
        "tag" => {
            let tag = word(source, at);
            words(source, at, format!("`{tag}` is a YAML tag"))
                .help("remove the tag, or quote the value if text is meant")
        }
        "directive" => {
            let line = source.rest_of_line(at);
            words(source, at, format!("`{line}` is a YAML directive"))
                .until(at + line.len())
                .help("remove the line; files are read as YAML 1.2")
        }
        "too-deep" => words(source, at, "maps and lists are nested too deep"),
        _ => scalar_words(source, at, kind)
            .or_else(|| flow_words(source, at, kind))
            .or_else(|| block_words(source, at, kind))
            .unwrap_or_else(|| other_words(source, at, error)),
    };
    let mut finding = Finding::error(id, words.message)
        .at(source.place(words.start, words.end))
        .note(format!("the parser says: {}", error.info()));
    let about_brackets = matches!(
        kind,
        ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::BlockEntryInFlowCollection
    );
    if let Some(bracket) = bracket.filter(|_| about_brackets) {
        finding = finding.related(source.place(bracket, bracket + 1), "opened here");
    }
    match words.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// The finding about a `{{ … }}` without quotes on the line of the fault.
fn template_before(source: &Source<'_>, at: usize) -> Option<Finding> {
    let start = source.line_start(at);
    let line = source.rest_of_line(start);
    let brace = line.find("{{").filter(|brace| start + brace <= at)?;
    let before = line[..brace].trim_end();
    let inside = before.ends_with([',', '[', '{']);
    (inside || before.is_empty() || before.ends_with([':', '-']))
        .then(|| template(source, start + brace, inside))
}

fn words(source: &Source<'_>, at: usize, message: impl Into<String>) -> Words {
    Words { message: message.into(), help: None, start: at, end: at + word(source, at).len() }
}

fn word<'a>(source: &Source<'a>, at: usize) -> &'a str {
    let rest = source.text.get(at..).unwrap_or("");
    &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())]
}

fn quote_it(source: &Source<'_>, at: usize) -> String {
    format!("write `{}` if text is meant", quoted(source.rest_of_line(at)))
}

/// Quotes, escapes, and characters that cannot start a value.
fn scalar_words(source: &Source<'_>, at: usize, kind: &ErrorKind) -> Option<Words> {
    let first = source.text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('"');
    Some(match kind {
        ErrorKind::UnclosedQuotedScalar => {
            words(source, at, format!("the quote `{first}` is never closed"))
                .until(at + 1)
                .help(format!("end the text with `{first}`"))
        }
        ErrorKind::DocumentIndicatorInQuotedScalar => {
            words(source, at, "a line of a quoted text starts with `---` or `...`")
                .help("close the quote before this line, or indent the line")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            words(source, at, "text follows a closing quote `'`").help(
                "put the whole value into quotes; inside of them write `'` as `''`; \
                 or close a quote that was left open above",
            )
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            words(source, at, "text follows a closing quote `\"`").help(
                "put the whole value into quotes; inside of them write `\"` as `\\\"`; \
                 or close a quote that was left open above",
            )
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            let start = at + unknown_escape(source.text.get(at..).unwrap_or(""));
            let escape: String = source.text[start..].chars().take(2).collect();
            words(source, at, format!("`{escape}` is not an escape"))
                .from(start)
                .until(start + escape.len())
                .help("write `\\\\` for a backslash, or put the text into single quotes")
        }
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => {
            words(source, at, "an escape in this text writes no character").help(
                "write `\\x41`, `\\u0041` or `\\U00000041`, or the character itself; \
                 `\\\\` is a backslash",
            )
        }
        ErrorKind::UnexpectedCharacter { character: '`' } => {
            words(source, at, "a value without quotes cannot start with a backtick")
                .help(quote_it(source, at))
        }
        ErrorKind::UnexpectedCharacter { character } => {
            words(source, at, format!("a value without quotes cannot start with `{character}`"))
                .help(quote_it(source, at))
        }
        ErrorKind::MissingAnchorOrAliasName if first == '*' => {
            words(source, at, "`*` starts an alias, but no name follows").help(quote_it(source, at))
        }
        ErrorKind::MissingAnchorOrAliasName => {
            words(source, at, format!("`{first}` starts an anchor, but no name follows"))
                .help(quote_it(source, at))
        }
        ErrorKind::PlainScalarStartsWithDashFlowIndicator => {
            words(source, at, "`-` alone is not a value")
                .until(at + 1)
                .help("write `\"-\"` if text is meant")
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => words(
            source,
            at,
            format!("`{first}` starts a block of text, but more follows on its line"),
        )
        .help(format!("{}, or start the text on the next line", quote_it(source, at))),
        ErrorKind::InvalidBlockScalarIndent => {
            words(source, at, "this line is not indented like the text that it belongs to")
                .help("indent all lines of a block of text alike")
        }
        ErrorKind::CommentNotSeparated => {
            words(source, at, "no space stands before this `#`").help("put a space before `#`")
        }
        _ => return None,
    })
}

/// Offset of the first backslash of a double-quoted text that starts no escape of YAML.
fn unknown_escape(text: &str) -> usize {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == '\\'
            && let Some((_, escape)) = characters.next()
            && !"0abtnvfre \"/\\N_LPxuU\t\n\r".contains(escape)
        {
            return at;
        }
    }
    0
}

/// Maps and lists in brackets.
fn flow_words(source: &Source<'_>, at: usize, kind: &ErrorKind) -> Option<Words> {
    Some(match kind {
        ErrorKind::UnclosedFlowCollection { open } => {
            let close = if *open == '{' { '}' } else { ']' };
            words(source, at, format!("`{open}` is never closed"))
                .until(at + 1)
                .help(format!("end it with `{close}`, or quote the value if text is meant"))
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            words(source, at, format!("`{open}` is closed by `{close}`"))
                .until(at + 1)
                .help("close each bracket with its own kind")
        }
        ErrorKind::MisplacedFlowCollectionEnd => words(source, at, "this bracket closes nothing")
            .until(at + 1)
            .help(quote_it(source, at)),
        ErrorKind::ExpectedFlowMappingSeparator => words(source, at, "expected `,` or `}` here")
            .help("separate the entries of `{ … }` by `,`, and close it with `}`"),
        ErrorKind::ExpectedFlowSequenceSeparator => words(source, at, "expected `,` or `]` here")
            .help("separate the items of `[ … ]` by `,`, and close it with `]`"),
        ErrorKind::InvalidColonPlacement => words(source, at, "a `:` is not expected here")
            .until(at + 1)
            .help("close the bracket that was opened above, or quote the text that holds the `:`"),
        ErrorKind::FlowMappingValueAdjacentCollection => {
            words(source, at, "no space stands after this `:`")
                .until(at + 1)
                .help("put a space after the colon")
        }
        ErrorKind::BlockEntryInFlowCollection => {
            words(source, at, "a list item with `-` stands in brackets")
                .help("write the items as `[a, b]`, or close the bracket above")
        }
        _ => return None,
    })
}

/// Maps and lists that are laid out by indentation.
fn block_words(source: &Source<'_>, at: usize, kind: &ErrorKind) -> Option<Words> {
    let start = source.line_start(at);
    let before = source.text.get(start..at).unwrap_or("");
    let starts_line = before.trim().is_empty();
    let rest = source.rest_of_line(at);
    let indentation = "start the line in the same column as the entries that it belongs to";
    Some(match kind {
        ErrorKind::MappingValueNotAllowed if before.contains(": ") => {
            let value = start + before.find(": ").map_or(0, |colon| colon + 2);
            let value =
                value + source.text[value..].len() - source.text[value..].trim_start().len();
            words(source, at, "a second `: ` stands in this line")
                .until(at + 1)
                .help(format!("write `{}` if text is meant", quoted(source.rest_of_line(value))))
        }
        ErrorKind::MappingValueNotAllowed => {
            let key = before.trim_start();
            let words = words(
                source,
                at,
                format!("a key cannot stand here: `{key}` continues the lines above"),
            )
            .from(at - key.len())
            .until(at + 1);
            words.help(format!(
                "{indentation}; if the line above is a key, put a space after its colon"
            ))
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            let line = words(source, at, format!("`{rest}` is not a key with a value"))
                .until(at + rest.len());
            match rest.split_once(':') {
                Some((key, value)) if !value.is_empty() && !value.starts_with(' ') => {
                    line.help(format!("put a space after the colon: `{key}: {value}`"))
                }
                _ => line
                    .help("write `key: value`, or indent the line if it continues the text above"),
            }
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::UnexpectedEofBlockMapping
        | ErrorKind::UnexpectedEofBlockSequence
            if rest.starts_with(',') =>
        {
            words(source, at, "a value without quotes cannot start with `,`")
                .help(quote_it(source, at))
        }
        ErrorKind::ExpectedBlockSequenceEntry if starts_line => words(
            source,
            at,
            "this line is neither an item of the list above nor in line with a map",
        )
        .until(at + rest.len())
        .help(indentation),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation if starts_line => {
            words(source, at, "this line is not in line with any map above")
                .until(at + rest.len())
                .help(indentation)
        }
        ErrorKind::ExpectedBlockMappingKey if before.trim() == "-" => {
            let dash = at - before.trim_start().len();
            words(source, at, "a list item stands where a key must")
                .from(dash)
                .until(dash + 1)
                .help(indentation)
        }
        ErrorKind::ExpectedBlockMappingKey => {
            words(source, at, "a value is followed by something else")
                .help("quote the whole value if text is meant")
        }
        ErrorKind::BlockSequenceEntryNotAllowed => {
            words(source, at, "a list cannot start on the line of its key")
                .until(at + 1)
                .help(format!("put each `- ` on a line of its own, or {}", quote_it(source, at)))
        }
        ErrorKind::MappingKeyNotAllowed => {
            words(source, at, "a key cannot stand here").help(quote_it(source, at))
        }
        _ => return None,
    })
}

fn other_words(source: &Source<'_>, at: usize, error: &ScanError) -> Words {
    let info = error.info();
    let mut characters = info.chars();
    let info: String = match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => "unknown fault".to_owned(),
    };
    words(source, at, format!("this is not YAML: {}", info.trim_end_matches('.')))
}
