//! Explain: each value, with every layer that says it. Pure; `report::explanation` shows it.
//!
//! Paths begin with `services.<name>`, with a key of the system (`facts`, `volumes`, `external`,
//! `images`, …), or with `environment` for the environment's own keys. What follows from other
//! values has no layer: `services.<name>.env.<VARIABLE>` shows the text that it is made of, and the
//! layers of the facts that the text uses.

mod derived;
mod history;
mod keys;
mod path;
#[cfg(test)]
mod tests;

pub use path::{parse_path, show_path};

use crate::finding::Finding;
use crate::load::{Project, SystemFiles};
use crate::merge::{
    ServiceLayers, chain, environment_layers, merge_all, migration_layers, service_layers, settle,
    system_layers,
};
use crate::resolve::migration_name;
use crate::source::Place;
use crate::tree::Node;
use history::Tree;
use serde_json::Value;

/// What a project says at a path, in one environment and system.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The environment.
    pub environment: String,
    /// The system.
    pub system: String,
    /// The path that was asked for; empty for everything.
    pub path: Vec<String>,
    /// The values at and below the path, in order of path.
    pub values: Vec<Explained>,
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Its path.
    pub path: Vec<String>,
    /// What it comes to; nothing if it was removed, or if no layer says it.
    pub value: Option<Value>,
    /// Every layer that says something about it, earliest first.
    pub said: Vec<Said>,
    /// What it is made of, if it follows from other values.
    pub derived: Option<Derived>,
}

/// What a layer says about a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The layer: `catalogue`, `defaults`, `shape verifier`, `service`, `system`,
    /// `environment prod`.
    pub layer: String,
    /// Where it says it.
    pub place: Place,
    /// What it says.
    pub what: What,
}

/// What a layer does to a value.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// It says it.
    Value(Value),
    /// It says `null`, there or above.
    Removed,
    /// It says something else above, so that the value has no place any more: another alternative,
    /// or a value that is no map.
    Replaced(Value),
}

/// What a derived value is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// The text from which it was evaluated, if it was.
    pub text: Option<String>,
    /// The values that make it be there, such as the text or the flow.
    pub origin: Vec<Explained>,
    /// The facts that the text uses.
    pub facts: Vec<Fact>,
}

/// A fact that a text uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its name in the text.
    pub name: String,
    /// The values from which it comes; none if no layer says it.
    pub values: Vec<Explained>,
}

/// Explains what is at a path, or everything.
///
/// # Errors
/// A finding if there is no such environment, system or path, or if a derived value cannot be
/// resolved.
pub fn explain(
    project: &Project,
    environment: &str,
    system: &str,
    path: Option<&[String]>,
) -> Result<Explanation, Finding> {
    let view = View::new(project, environment, system)?;
    let path = path.unwrap_or_default();
    let values = match path {
        [services, service, env, rest @ ..] if services == "services" && env == "env" => {
            derived::variables(&view, service, rest)?
        }
        _ => view.values(path)?,
    };
    Ok(Explanation {
        environment: environment.to_owned(),
        system: system.to_owned(),
        path: path.to_vec(),
        values,
    })
}

/// The layers of one system in one environment.
struct View<'a> {
    project: &'a Project,
    environment: &'a str,
    system: &'a str,
    files: &'a SystemFiles,
    names: Vec<&'a str>,
    environments: Vec<Node>,
    overrides: Vec<&'a Node>,
}

impl<'a> View<'a> {
    fn new(project: &'a Project, environment: &'a str, system: &'a str) -> Result<Self, Finding> {
        if !project.environments.contains_key(environment) {
            let known = project.environments.keys().map(String::as_str);
            return Err(Finding::error(
                "unknown-environment",
                format!("there is no environment `{environment}`"),
            )
            .known("environments", environment, known));
        }
        let Some(files) = project.systems.get(system) else {
            let known = project.systems.keys().map(String::as_str);
            return Err(Finding::error("unknown-system", format!("there is no system `{system}`"))
                .known("systems", system, known));
        };
        let names = chain(&project.environments, environment)?;
        let environments = environment_layers(&project.environments, &names);
        let overrides = names.iter().filter_map(|name| files.overrides.get(*name)).collect();
        Ok(Self { project, environment, system, files, names, environments, overrides })
    }

    /// The same environment with another system of the project.
    fn of(&self, system: &'a str) -> Option<Self> {
        Self::new(self.project, self.environment, system).ok()
    }

    /// The services that are described.
    fn services(&self) -> impl Iterator<Item = &'a str> {
        let map = self.files.node.child("services").and_then(Node::as_map);
        map.into_iter().flat_map(|map| map.entries.keys()).map(String::as_str)
    }

    /// All services: those that are described, and the jobs before their releases.
    fn all_services(&self) -> Vec<String> {
        let jobs = self.services().filter(|name| {
            self.layers(name).is_some_and(|layers| layers.merged.child("migrate").is_some())
        });
        let jobs = jobs.map(migration_name).collect::<Vec<String>>();
        self.services().map(ToOwned::to_owned).chain(jobs).collect()
    }

    fn layers(&self, name: &str) -> Option<ServiceLayers<'_>> {
        service_layers(
            self.project,
            self.files,
            &self.environments,
            &self.overrides,
            name,
            &mut Vec::new(),
        )
    }

    /// The layers of a service, or of the job before the releases of one.
    fn service(&self, name: &str) -> Option<Tree> {
        let of = || self.services().find(|of| migration_name(of) == name);
        let layers = match self.layers(name) {
            Some(layers) => layers,
            None => migration_layers(&self.layers(of()?)?)?,
        };
        let prefix = vec!["services".to_owned(), name.to_owned()];
        let named = layers.layers.into_iter();
        let named = named.map(|layer| (layer.origin.words(), layer.node.into_owned()));
        Some(Tree { prefix, layers: named.collect(), merged: layers.merged })
    }

    /// The layers of the system's own keys.
    fn own(&self) -> Option<Tree> {
        let nodes = system_layers(self.files, &self.overrides);
        let chain = self.names.iter().filter(|name| self.files.overrides.contains_key(**name));
        let words = std::iter::once("system".to_owned())
            .chain(chain.map(|name| format!("environment {name}")));
        let merged = settle(merge_all(&nodes)?)?;
        Some(Tree { prefix: Vec::new(), layers: words.zip(nodes).collect(), merged })
    }

    /// The layers of the environment's own keys.
    fn environment(&self) -> Option<Tree> {
        let merged = settle(merge_all(&self.environments)?)?;
        let words = self.names.iter().map(|name| format!("environment {name}"));
        let layers = words.zip(self.environments.iter().cloned()).collect();
        Some(Tree { prefix: vec!["environment".to_owned()], layers, merged })
    }

    /// The trees in which a path may lie.
    fn trees(&self, path: &[String]) -> Vec<Tree> {
        match path {
            [] => {
                let services = self.services().filter_map(|name| self.service(name));
                self.environment().into_iter().chain(self.own()).chain(services).collect()
            }
            [first, rest @ ..] if first == "services" => match rest {
                [] => self.services().filter_map(|name| self.service(name)).collect(),
                [name, ..] => self.service(name).into_iter().collect(),
            },
            [first, ..] if first == "environment" => self.environment().into_iter().collect(),
            _ => self.own().into_iter().collect(),
        }
    }

    /// The values at and below a path.
    fn values(&self, path: &[String]) -> Result<Vec<Explained>, Finding> {
        let trees = self.trees(path);
        let mut values: Vec<Explained> =
            trees.iter().flat_map(|tree| tree.explained(path)).collect();
        values.sort_by(|a, b| a.path.cmp(&b.path));
        if values.is_empty() && !path.is_empty() {
            keys::check(self, &trees, path)?;
            // The key exists, and no layer says it.
            values.push(Explained {
                path: path.to_vec(),
                value: None,
                said: Vec::new(),
                derived: None,
            });
        }
        Ok(values)
    }

    /// The values at and below a path, if anything is there.
    fn said(&self, path: &[&str]) -> Vec<Explained> {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        let trees = self.trees(&path);
        trees.iter().flat_map(|tree| tree.explained(&path)).collect()
    }
}
