//! Files of several documents.

use super::parse;
use crate::finding::Finding;
use crate::source::{FileId, Place};
use crate::tree::{Node, Value};

/// Reads all documents of a file, each as [`parse`] does. A document that says nothing is left out.
#[must_use]
pub fn parse_all(file: FileId, text: &str) -> (Vec<Node>, Vec<Finding>) {
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    for (start, end) in parts(text) {
        let part = &text[start..end];
        let says_nothing = |line: &str| line.trim().is_empty() || line.trim().starts_with('#');
        if part.lines().all(says_nothing) {
            continue;
        }
        let (node, found) = parse(file, part);
        documents.extend(node.map(|node| moved(node, start)));
        findings.extend(found.into_iter().map(|mut finding| {
            finding.place = finding.place.map(|place| move_place(place, start));
            for related in &mut finding.related {
                related.place = move_place(related.place, start);
            }
            finding
        }));
    }
    (documents, findings)
}

/// Where documents begin and end. A line that begins with `---` is no part of any text: YAML has
/// such lines between documents only, and `...` after the last line of one.
fn parts(text: &str) -> Vec<(usize, usize)> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let marker = line.trim_end();
        if marker == "---" || marker == "..." || marker.starts_with("--- #") {
            parts.push((start, at));
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push((start, at));
    parts
}

fn move_place(place: Place, by: usize) -> Place {
    Place::new(place.file, place.start as usize + by, place.end as usize + by)
}

fn moved(mut node: Node, by: usize) -> Node {
    if by > 0 {
        move_node(&mut node, by);
    }
    node
}

fn move_node(node: &mut Node, by: usize) {
    node.place = move_place(node.place, by);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| move_node(item, by)),
        Value::Map(map) => {
            for entry in map.entries.values_mut() {
                entry.key = move_place(entry.key, by);
                move_node(&mut entry.node, by);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn places_of_later_documents_are_those_of_the_file() {
        let text = "# first\n---\na: |\n  b\n---\n# nothing\n--- # more\nc: [1,\n  yes]\n";
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", text);
        let (documents, findings) = parse_all(file, text);
        let keys = documents.iter().map(|it| sources.describe(it.key_place(&["c"])));
        assert_eq!(keys.collect::<Vec<_>>(), ["a.yaml:3:1", "a.yaml:8:1"]);
        let faults: Vec<_> =
            findings.iter().map(|it| (it.id, sources.describe(it.place.unwrap()))).collect();
        assert_eq!(faults, [("ambiguous-scalar", "a.yaml:9:3".to_owned())]);
    }
}
