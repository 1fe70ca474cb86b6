//! What is looked for before YAML is read: characters that nobody sees, and tabs that indent.

use crate::finding::Finding;
use crate::source::{FileId, Place};

/// What stands in the text, whatever it means as YAML.
pub(super) struct Raw {
    /// At most one about a byte order mark, and one about other characters.
    pub(super) findings: Vec<Finding>,
    /// The first tab in the indentation of each line that holds more than blanks.
    pub(super) tabs: Vec<usize>,
    /// Whether a character stands in the text that the YAML reader may stumble over.
    pub(super) forbidden: bool,
}

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Looks through the text once.
pub(super) fn scan(file: FileId, text: &str) -> Raw {
    let mut raw = Raw { findings: Vec::new(), tabs: Vec::new(), forbidden: false };
    if text.starts_with(BYTE_ORDER_MARK) {
        let finding = Finding::error("byte-order-mark", "the file starts with a byte order mark")
            .at(Place::new(file, 0, BYTE_ORDER_MARK.len_utf8()))
            .help("save the file as UTF-8 without a byte order mark");
        raw.findings.push(finding);
    }
    let mut indentation = true;
    let mut tab = None;
    let mut first = None;
    let mut count = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            ' ' => {}
            '\n' => {
                indentation = true;
                tab = None;
            }
            '\t' if indentation => tab = tab.or(Some(at)),
            '\r' if text.as_bytes().get(at + 1) == Some(&b'\n') => {}
            _ => {
                if indentation {
                    raw.tabs.extend(tab);
                    indentation = false;
                }
                let mark = at == 0 && character == BYTE_ORDER_MARK;
                if !mark && fault(character).is_some() {
                    first = first.or(Some((at, character)));
                    count += 1;
                }
            }
        }
    }
    if let Some((at, character)) = first {
        raw.forbidden = true;
        let place = Place::new(file, at, at + character.len_utf8());
        let finding = control_character("the file holds", character, place)
            .help("remove it; text is printable characters, line feeds and tabs");
        raw.findings.push(match count {
            1 => finding,
            _ => finding.note(format!("characters of this kind in the file: {count}")),
        });
    }
    raw
}

/// What is wrong with a character that no text may hold.
///
/// Two of them mark places in generated text; the others are invisible, or are line ends for one
/// reader of YAML and not for another.
pub(super) fn fault(character: char) -> Option<&'static str> {
    match character {
        ' '..='~' | '\n' | '\t' => None,
        '\r' => Some("a carriage return without a line feed"),
        '\u{2028}' | '\u{2029}' | '\u{85}' => Some("an invisible line end"),
        '\u{E000}' | '\u{E001}' => Some("a character that this program keeps for itself"),
        BYTE_ORDER_MARK => Some("a byte order mark inside the text"),
        '\u{FFFE}' | '\u{FFFF}' => Some("which is not a character"),
        _ if character.is_control() => Some("a control character"),
        _ => None,
    }
}

/// The finding about a character that no text may hold.
pub(super) fn control_character(what: &str, character: char, place: Place) -> Finding {
    let fault = fault(character).unwrap_or("a control character");
    let message = format!("{what} U+{:04X}, {fault}", u32::from(character));
    Finding::error("control-character", message).at(place)
}

/// The finding about tabs that indent: the first one, and how many more lines have one.
pub(super) fn tab_indentation(file: FileId, tabs: &[usize]) -> Option<Finding> {
    let (first, more) = tabs.split_first()?;
    let finding = Finding::error("tab-indentation", "a tab indents this line")
        .at(Place::new(file, *first, first + 1))
        .help("indent with spaces");
    Some(match more.len() {
        0 => finding,
        1 => finding.note("1 more line is indented by a tab"),
        more => finding.note(format!("{more} more lines are indented by tabs")),
    })
}
