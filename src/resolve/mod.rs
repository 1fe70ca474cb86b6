//! Resolve: layers to stacks. Pure. Defaults are applied here and nowhere else, every name is
//! looked up, and all problems are reported at once.

mod beside;
mod budget;
mod command;
mod derived;
mod draft;
mod elsewhere;
mod environment;
mod facts;
mod files;
mod flows;
mod health;
mod image;
mod kinds;
mod migration;
mod named;
mod options;
mod order;
mod pins;
mod ports;
mod run;
mod runtime;
mod secrets;
mod service;
mod sound;
mod system;
mod texts;
mod variables;
mod volumes;

pub use draft::{Draft, SystemDraft, World};
pub use migration::migration_name;

use crate::finding::{Finding, any_error};
use crate::load::Project;
use crate::merge::{Inherited, chain, environment_layers};
use crate::model::{Environment, Stack};
use crate::source::Place;
use crate::tree::Value;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the project describes, resolved.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The environments in order of name, without those that exist only to be liked.
    pub environments: BTreeMap<String, Environment>,
    /// One stack for each system in each environment, in order of environment and system.
    pub stacks: Vec<Stack>,
}

/// Resolves a project in all its environments. Of what is unknown in it nothing is said, and
/// nothing of what needs it: that was reported when the project was loaded.
#[must_use]
pub fn resolve(project: &Project) -> (Resolved, Vec<Finding>) {
    let mut told = Told::default();
    let mut resolved = Resolved::default();
    let mut pins = pins::Pins::default();
    for name in project.environments.keys() {
        let mut findings = Vec::new();
        if let Some(world) = world(project, name, &mut findings) {
            resolved.stacks.extend(service::stacks(&world, &mut findings));
            pins.add(&world);
            resolved.environments.insert(name.clone(), world.environment);
        }
        told.add(name, findings);
    }
    let mut findings = told.finish();
    kinds::findings(project, &mut findings);
    order::environments(project, &mut findings);
    sound::releases(project, &mut findings);
    sound::namespaces(project, &resolved, &mut findings);
    ports::unique_hosts(&resolved.stacks, project, &mut findings);
    // What nobody runs may be run by what is at fault.
    if !any_error(&findings) && !project.has_unknown() {
        pins.findings(project, &mut findings);
    }
    (resolved, findings)
}

/// What is at fault in a file is found in every environment that reads it, and told once.
#[derive(Default)]
struct Told {
    findings: Vec<ToldIn>,
    seen: BTreeMap<(BTreeSet<Place>, &'static str, String), usize>,
}

/// A finding, and the environments that its message is about: where it was found first, and where
/// again.
struct ToldIn {
    finding: Finding,
    first: String,
    also: Vec<String>,
}

impl ToldIn {
    fn finish(self) -> Finding {
        let Self { finding, first, also } = self;
        if also.is_empty() {
            return finding;
        }
        // What helps in the file of one helps in those of all.
        let file = |name: &String| format!("`environments/{name}.yaml`");
        let files: Vec<String> = [&first].into_iter().chain(&also).map(file).collect();
        let help = finding.help.as_ref().map(|help| help.replace(&files[0], &files.join(", ")));
        let names: Vec<String> = also.iter().map(|name| format!("`{name}`")).collect();
        Finding { help, ..finding }.note(format!("also in: {}", names.join(", ")))
    }
}

impl Told {
    fn add(&mut self, environment: &str, findings: Vec<Finding>) {
        let name = format!("`{environment}`");
        for finding in findings {
            let related = finding.related.iter().map(|related| related.place);
            let places = finding.place.into_iter().chain(related).collect();
            let names_it = finding.message.contains(&name);
            let message = match finding.id {
                // A cycle is one, wherever it is entered.
                "like-cycle" => String::new(),
                _ => finding.message.replace(&name, "``"),
            };
            match self.seen.entry((places, finding.id, message)) {
                Entry::Vacant(entry) => {
                    entry.insert(self.findings.len());
                    let first = environment.to_owned();
                    self.findings.push(ToldIn { finding, first, also: Vec::new() });
                }
                Entry::Occupied(entry) => {
                    let also = &mut self.findings[*entry.get()].also;
                    let is_new = !also.iter().any(|other| other == environment);
                    if names_it && finding.id != "like-cycle" && is_new {
                        also.push(environment.to_owned());
                    }
                }
            }
        }
    }

    fn finish(self) -> Vec<Finding> {
        self.findings.into_iter().map(ToldIn::finish).collect()
    }
}

/// One environment with the drafts of all its systems; nothing if it exists only to be liked or
/// cannot be read.
pub fn world<'a>(
    project: &'a Project,
    name: &'a str,
    findings: &mut Vec<Finding>,
) -> Option<World<'a>> {
    let node = project.environments.get(name)?;
    let names = match chain(&project.environments, name) {
        Ok(names) => names,
        Err(finding) => {
            findings.push(finding);
            return None;
        }
    };
    if node.child("base").is_some_and(|base| base.value == Value::Bool(true)) {
        return None;
    }
    if names.iter().any(|name| project.environments[*name].has_unknown()) {
        return None;
    }
    for (system, files) in &project.systems {
        let like = node.child("like").map(|like| like.place);
        findings.extend(Inherited::findings(system, &names, &files.overrides, like));
    }
    let layers = environment_layers(&project.environments, &names);
    let environment = environment::environment(name, &layers, findings)?;
    Some(draft::world(project, environment, names, layers, findings))
}

/// The services of a system whose image is the project's own, in order of name. Services that
/// share another's image have none of their own.
#[must_use]
pub fn own_services<'a>(project: &'a Project, system: &str) -> Vec<&'a str> {
    let Some(system) = project.systems.get(system) else { return Vec::new() };
    let services = system.node.child("services").and_then(crate::tree::Node::as_map);
    let names = services.into_iter().flat_map(|map| map.entries.keys());
    let mut own = Vec::new();
    for name in names {
        let layers = crate::merge::service_layers(project, system, &[], &[], name, &mut Vec::new());
        let Some(merged) = layers.map(|layers| layers.merged) else { continue };
        let shared = merged.at(&["image", "of"]).is_some();
        if crate::merge::own_code(&merged) && !shared {
            own.push(name.as_str());
        }
    }
    own
}
