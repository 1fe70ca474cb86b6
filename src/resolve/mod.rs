//! Resolve: layers to stacks. Pure. Defaults are applied here and nowhere else, every name is
//! looked up, and all problems are reported at once.

mod backend;
mod below;
mod beside;
mod budget;
mod command;
mod container;
mod derived;
mod draft;
mod elsewhere;
mod environment;
mod exceptions;
mod exposed;
mod facts;
mod files;
mod flows;
mod gateways;
mod health;
mod hosts;
mod image;
mod kinds;
mod level;
mod literal;
mod machine;
mod make;
mod marks;
mod migration;
mod named;
mod names;
mod namespaces;
mod options;
mod order;
mod patches;
mod pins;
mod platform;
mod ports;
mod provider;
mod quota;
mod reach;
mod recipe;
mod run;
mod runtime;
mod secrets;
mod self_check;
mod service;
mod sound;
mod system;
mod texts;
mod token;
mod unused;
mod variables;
mod volumes;

pub use draft::{Draft, SystemDraft, World};
pub use image::UNRELEASED;
pub use migration::migration_name;
pub(crate) use texts::{Facts, Texts, data};

use crate::finding::{Finding, any_error};
use crate::load::Project;
use crate::merge::{Inherited, chain, environment_layers};
use crate::model::{Environment, Platform, Recipe, Stack};
use crate::told::Told;
use crate::tree::Value;
use draft::Where;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the project describes, resolved.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The environments in order of name, without those that exist only to be liked.
    pub environments: BTreeMap<String, Environment>,
    /// One stack for each system in each environment, and on each platform that runs it there: in
    /// order of environment, platform and system.
    pub stacks: Vec<Stack>,
    /// How the images of own code are made, in order of system and service.
    pub recipes: Vec<Recipe>,
}

impl Resolved {
    /// One stack for each system in each environment: what is described, whatever runs it.
    pub fn described(&self) -> impl Iterator<Item = &Stack> {
        let mut seen = BTreeSet::new();
        self.stacks.iter().filter(move |stack| {
            let id = (stack.environment.name.clone(), stack.system.clone());
            seen.insert(id)
        })
    }
}

/// Resolves a project in all its environments. Of what is unknown in it nothing is said, and
/// nothing of what needs it: that was reported when the project was loaded.
#[must_use]
pub fn resolve(project: &Project) -> (Resolved, Vec<Finding>) {
    let mut told = Told::default();
    let mut resolved = Resolved::default();
    let mut pins = pins::Pins::default();
    let mut used = unused::Used::default();
    let mut reach = Vec::new();
    let mut recipes = recipe::Recipes::default();
    for name in project.environments.keys() {
        let mut findings = Vec::new();
        for world in worlds(project, name, &mut findings) {
            let stacks = service::stacks(&world, &mut findings);
            if world.is_first {
                reach.push((name, reach::findings(&world, &stacks)));
                resolved.environments.insert(name.clone(), world.described.clone());
            }
            recipes.add(&world, &stacks);
            resolved.stacks.extend(stacks);
            pins.add(&world);
            used.add(&world);
        }
        told.add(name, findings);
    }
    let mut findings = told.finish();
    kinds::findings(project, &mut findings);
    provider::findings(project, &mut findings);
    order::environments(project, &mut findings);
    sound::releases(project, &mut findings);
    namespaces::findings(project, &resolved, &mut findings);
    hosts::unique(&resolved.stacks, project, &mut findings);
    resolved.recipes = recipes.finish(project, &mut pins, &mut findings);
    // What nobody runs or takes may be run by what is at fault, and what nobody reaches be reached
    // by it.
    if !any_error(&findings) && !project.has_unknown() {
        pins.findings(project, &mut findings);
        used.findings(project, &mut findings);
        let mut told = Told::default();
        for (name, findings) in reach {
            told.add(name, findings);
        }
        findings.extend(told.finish());
    }
    (resolved, findings)
}

/// One environment with the drafts of all its systems, on each platform that it has; none if it
/// exists only to be liked or cannot be read.
pub fn worlds<'a>(
    project: &'a Project,
    name: &'a str,
    findings: &mut Vec<Finding>,
) -> Vec<World<'a>> {
    let Some(node) = project.environments.get(name) else { return Vec::new() };
    let names = match chain(&project.environments, name) {
        Ok(names) => names,
        Err(finding) => {
            findings.push(finding);
            return Vec::new();
        }
    };
    if node.child("base").is_some_and(|base| base.value == Value::Bool(true)) {
        return Vec::new();
    }
    if names.iter().any(|name| project.environments[*name].has_unknown()) {
        return Vec::new();
    }
    findings.extend(Inherited::store(&project.environments, &names));
    for (system, files) in &project.systems {
        let like = node.child("like").map(|like| like.place);
        findings.extend(Inherited::findings(system, &names, &files.overrides, like));
    }
    let layers = environment_layers(&project.environments, &names);
    let Some(environment) = environment::environment(name, &layers, findings) else {
        return Vec::new();
    };
    let platforms = platform::platforms(project, &names, &environment);
    if platforms.contains(&Platform::Kubernetes) && environment.kubernetes.is_none() {
        findings.extend(environment::no_version(&environment, &layers));
        return Vec::new();
    }
    let at = |(index, platform)| {
        let (names, layers) = (names.clone(), layers.clone());
        let is_first = index == 0;
        draft::world(project, &environment, Where { platform, is_first }, names, layers, findings)
    };
    platforms.into_iter().enumerate().map(at).collect()
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
