//! Reads the templates of Dockerfiles: the built-in ones, a project's own in their place, and those
//! that its services name.

use super::loader::Loader;
use super::project::Template;
use crate::catalogue::languages::TEMPLATES;
use crate::source::Place;
use crate::tree::{Node, Value};
use camino::Utf8Path;
use std::collections::BTreeMap;

/// The folder of a project's own templates.
const FOLDER: &str = "templates";

impl Loader {
    pub(super) fn templates(&mut self) -> anyhow::Result<()> {
        for (name, text) in TEMPLATES {
            let path = Utf8Path::new(FOLDER).join(name);
            let template = if self.files.exists(&path)? {
                let start = Place::start_of(self.project.sources.add(path.to_string(), ""));
                self.template(&path, start)?.filter(|own| own.text != *text)
            } else {
                None
            };
            let built_in = || {
                let file = self.project.sources.add_built_in(path.to_string(), *text);
                let place = Place::new(file, 0, text.len());
                Template { path: path.to_string(), text: (*text).to_owned(), place, own: false }
            };
            let template = template.unwrap_or_else(built_in);
            self.project.templates.insert((*name).to_owned(), template);
        }
        for (name, place) in self.named_templates() {
            if self.project.templates.contains_key(&name) {
                continue;
            }
            let path = Utf8Path::new(FOLDER).join(&name);
            if let Some(template) = self.template(&path, place)? {
                self.project.templates.insert(name, template);
            }
        }
        Ok(())
    }

    fn template(&mut self, path: &Utf8Path, asked: Place) -> anyhow::Result<Option<Template>> {
        let read = self.text(path, asked)?;
        let path = path.to_string();
        Ok(read.map(|(text, place)| Template { path, text, place, own: true }))
    }

    /// What `build.template` says in any system and shape, and where first.
    fn named_templates(&self) -> BTreeMap<String, Place> {
        let mut named = BTreeMap::new();
        let mut add = |service: &Node| {
            if let Some(node) = service.at(&["build", "template"])
                && let Value::Text(name) = &node.value
            {
                named.entry(name.clone()).or_insert(node.place);
            }
        };
        self.project.shapes.values().for_each(&mut add);
        for system in self.project.systems.values() {
            for key in ["services", "shapes"] {
                let map = system.node.child(key).and_then(Node::as_map);
                map.into_iter().flat_map(|map| map.entries.values()).for_each(|it| add(&it.node));
            }
        }
        named
    }
}
