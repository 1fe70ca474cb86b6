//! Events to the located tree.

use super::{DEPTH, Source, quoted};
use crate::finding::Finding;
use crate::source::Place;
use crate::tree::{Entry, Map, Node, Value};
use serde_saphyr::granit_parser::{Event, StructureStyle};
use std::collections::BTreeMap;

/// How many values one file may hold when every alias is written out.
const NODES: usize = 1_000_000;

/// So many bytes of text count as one more value where text is copied.
const BYTES_OF_A_NODE: usize = 32;

/// The finding that ends reading.
pub(super) type Halt = Box<Finding>;

/// Builds the tree.
pub(super) struct Builder<'a> {
    pub(super) source: Source<'a>,
    pub(super) open: Vec<Open>,
    root: Option<Node>,
    pub(super) findings: Vec<Finding>,
    anchors: BTreeMap<usize, Option<Tree>>,
    names: Vec<String>,
    nodes: usize,
    /// Quoted texts and blocks, whose lines may start with anything.
    pub(super) texts: Vec<Place>,
}

/// A finished node with what it takes to copy it.
#[derive(Clone)]
pub(super) struct Tree {
    pub(super) node: Node,
    /// Nodes, and what stands for the length of their texts.
    size: usize,
    /// How deep maps and lists are nested in it.
    height: usize,
}

/// A map or list that has not ended.
pub(super) struct Open {
    pub(super) content: Content,
    anchor: usize,
    pub(super) flow: bool,
    pub(super) start: usize,
    /// Whether it has a tag, which is a fault.
    tagged: bool,
    /// Where the last thing in it ended.
    end: usize,
    size: usize,
    height: usize,
    /// If it stands where a key must: how many findings there were before it.
    pub(super) key_since: Option<usize>,
}

pub(super) enum Content {
    List(Vec<Node>),
    Map(Map, Option<Key>),
}

/// A key whose value has not come yet.
pub(super) struct Key {
    pub(super) name: String,
    /// Whether the entry is at fault, whatever its value is.
    pub(super) refused: bool,
    pub(super) place: Place,
    /// Whether a value that is missing is worth a finding.
    pub(super) wants_value: bool,
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Self {
            source,
            open: Vec::new(),
            root: None,
            findings: Vec::new(),
            anchors: BTreeMap::new(),
            names: Vec::new(),
            nodes: 0,
            texts: Vec::new(),
        }
    }

    /// The tree and what was found.
    pub(super) fn finish(self) -> Outcome {
        let bracket = self.open.iter().rfind(|open| open.flow).map(|open| open.start);
        Outcome { root: self.root, findings: self.findings, texts: self.texts, bracket }
    }

    /// Takes one event. An error ends reading.
    pub(super) fn event(
        &mut self,
        event: Event<'_>,
        place: Place,
        tag: Option<Place>,
    ) -> Result<(), Halt> {
        match event {
            Event::Scalar(text, style, anchor, has_tag) => {
                self.count(1, place, None)?;
                let has_tag = has_tag.is_some();
                if has_tag {
                    self.tag(tag.unwrap_or(place), Some(place));
                }
                self.scalar(&text, style, anchor, place, has_tag)
            }
            Event::SequenceStart(style, anchor, has_tag) => {
                if has_tag.is_some() {
                    self.tag(tag.unwrap_or(place), None);
                }
                self.start(Content::List(Vec::new()), style, anchor, place, has_tag.is_some())
            }
            Event::MappingStart(style, anchor, has_tag) => {
                if has_tag.is_some() {
                    self.tag(tag.unwrap_or(place), None);
                }
                let map = Content::Map(Map::default(), None);
                self.start(map, style, anchor, place, has_tag.is_some())
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(place),
            Event::Alias(id) => self.alias(id, place),
            Event::UnresolvedAlias(name) => {
                self.unknown_alias(&name, place);
                Ok(())
            }
            Event::Anchor(_, name) => {
                self.names.push(name.into_owned());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn count(&mut self, size: usize, place: Place, alias: Option<&str>) -> Result<(), Halt> {
        self.nodes += size;
        if self.nodes <= NODES {
            return Ok(());
        }
        let message = match alias {
            Some(alias) => format!("with `{alias}` the file stands for more than {NODES} values"),
            None => format!("the file stands for more than {NODES} values"),
        };
        let finding = Finding::error("too-many-nodes", message)
            .at(place)
            .note(format!("allowed: {NODES} values in a file, with every alias written out"));
        Err(Box::new(finding))
    }

    fn too_deep(message: impl Into<String>, place: Place) -> Halt {
        let finding = Finding::error("too-deep", message).at(place);
        Box::new(finding.note(format!("allowed: maps and lists {DEPTH} deep")))
    }

    fn tag(&mut self, place: Place, value: Option<Place>) {
        let tag = self.source.slice(place);
        let finding = Finding::error("tag", format!("`{tag}` is a YAML tag")).at(place);
        let value = value.map_or("", |value| self.source.slice(value));
        let finding = match value {
            "" => finding.help("remove the tag"),
            value if value.starts_with(['"', '\'']) || value.contains('\n') => {
                finding.help("remove the tag: the value is text without it")
            }
            value => finding.help(format!("write `{}` if text is meant", quoted(value))),
        };
        self.findings.push(finding.note("allowed: values without tags; text can be quoted"));
    }

    fn start(
        &mut self,
        content: Content,
        style: StructureStyle,
        anchor: usize,
        place: Place,
        tagged: bool,
    ) -> Result<(), Halt> {
        self.count(1, place, None)?;
        if self.open.len() >= DEPTH {
            let message = format!("maps and lists are nested more than {DEPTH} deep");
            return Err(Self::too_deep(message, place));
        }
        let key_since = self.expects_key().then_some(self.findings.len());
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open {
            content,
            anchor,
            flow: style == StructureStyle::Flow,
            start: place.start as usize,
            tagged,
            end: place.end as usize,
            size: 1,
            height: 0,
            key_since,
        });
        Ok(())
    }

    fn end(&mut self, place: Place) -> Result<(), Halt> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        // A block ends only where the next thing starts, which is far behind its last word.
        let end = if open.flow { place.end as usize } else { open.end };
        let place = self.source.place(open.start, end);
        let value = match open.content {
            _ if open.tagged => Value::Unknown,
            Content::List(items) => Value::List(items),
            Content::Map(map, _) => Value::Map(map),
        };
        let tree = Tree { node: Node::new(place, value), size: open.size, height: open.height + 1 };
        if let Some(since) = open.key_since {
            self.findings.truncate(since);
            let outer = self.open.len().saturating_sub(1);
            let finding = self.complex_key(outer, place);
            self.findings.push(finding);
            self.refused_key(place);
            return Ok(());
        }
        self.remember(open.anchor, &tree)?;
        self.add(tree);
        Ok(())
    }

    /// Keeps a copy for aliases. Copies count, so that anchors within anchors are bounded too.
    pub(super) fn remember(&mut self, anchor: usize, tree: &Tree) -> Result<(), Halt> {
        if anchor > 0 {
            self.count(tree.size, tree.node.place, None)?;
            self.anchors.insert(anchor, Some(tree.clone()));
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, place: Place) -> Result<(), Halt> {
        let name = self.source.slice(place);
        if self.expects_key() {
            self.alias_as_key(place);
            return Ok(());
        }
        let Some(Some(anchored)) = self.anchors.get(&id) else {
            let finding = Finding::error("alias-cycle", format!("`{name}` contains itself"))
                .at(place)
                .help("remove it: a value cannot be a part of itself");
            self.findings.push(finding);
            self.add(Tree::leaf(Node::unknown(place)));
            return Ok(());
        };
        if self.open.len() + anchored.height > DEPTH {
            let message = format!("with `{name}` maps and lists are nested more than {DEPTH} deep");
            return Err(Self::too_deep(message, place));
        }
        let size = anchored.size;
        self.count(size, place, Some(name))?;
        if let Some(Some(anchored)) = self.anchors.get(&id) {
            let mut tree = anchored.clone();
            tree.node.place = place;
            self.add(tree);
        }
        Ok(())
    }

    fn alias_as_key(&mut self, place: Place) {
        let name = self.source.slice(place);
        let finding = Finding::error("key-not-text", format!("the key `{name}` is an alias"))
            .at(place)
            .note("allowed: keys that are text")
            .help(format!("write `{}:` if text is meant, else the key itself", quoted(name)));
        self.findings.push(finding);
        self.refused_key(place);
    }

    /// A key that is none: what stands there is its name.
    fn refused_key(&mut self, place: Place) {
        let name = self.source.slice(place).to_owned();
        self.key(Key { name, refused: true, place, wants_value: false });
    }

    fn unknown_alias(&mut self, name: &str, place: Place) {
        if self.expects_key() {
            self.alias_as_key(place);
            return;
        }
        let alias = self.source.slice(place);
        let text =
            if self.in_flow() { alias } else { self.source.rest_of_line(place.start as usize) };
        // To compare very many names very often takes long and helps nobody.
        let compared = if self.findings.len() < 100 { 100 } else { 0 };
        let names = self.names.iter().take(compared).map(String::as_str);
        let mut finding =
            Finding::error("unknown-alias", format!("no anchor `&{name}` stands above"))
                .at(place)
                .known("anchors", name, names);
        if finding.help.is_none() {
            finding = finding.help(format!("write `{}` if text is meant", quoted(text)));
        }
        self.findings.push(finding.note("an unquoted `*` repeats what an anchor marks"));
        self.add(Tree::leaf(Node::unknown(place)));
    }

    fn in_flow(&self) -> bool {
        self.open.iter().any(|open| open.flow)
    }

    pub(super) fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map(_, None), .. }))
    }

    pub(super) fn key(&mut self, key: Key) {
        if let Some(open) = self.open.last_mut()
            && let Content::Map(_, pending) = &mut open.content
        {
            open.end = open.end.max(key.place.end as usize);
            *pending = Some(key);
        }
    }

    pub(super) fn add(&mut self, tree: Tree) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(tree.node);
            return;
        };
        open.end = open.end.max(tree.node.place.end as usize);
        open.size += tree.size;
        open.height = open.height.max(tree.height);
        match &mut open.content {
            Content::List(items) => items.push(tree.node),
            Content::Map(map, key) => {
                if let Some(Key { name, refused, place, .. }) = key.take() {
                    open.size += name.len() / BYTES_OF_A_NODE;
                    let node = if refused { Node::unknown(tree.node.place) } else { tree.node };
                    map.entries.insert(name, Entry { key: place, node });
                }
            }
        }
    }
}

/// What a builder leaves.
pub(super) struct Outcome {
    pub(super) root: Option<Node>,
    pub(super) findings: Vec<Finding>,
    pub(super) texts: Vec<Place>,
    /// Where the innermost bracket was opened that is not closed.
    pub(super) bracket: Option<usize>,
}

impl Tree {
    pub(super) fn leaf(node: Node) -> Self {
        let size = match &node.value {
            Value::Text(text) => 1 + text.len() / BYTES_OF_A_NODE,
            _ => 1,
        };
        Self { node, size, height: 0 }
    }
}
