//! Recipes: how the images of own code are made. An image is built once for all environments, so a
//! recipe takes from them what no environment may change, and the sum of what each may leave out.

mod base;
mod check;
mod published;

use super::draft::{Draft, World};
use super::pins::Pins;
use crate::finding::Finding;
use crate::layer::{self, Language, Strategy};
use crate::load::{Project, read};
use crate::merge::service_layers;
use crate::model::{
    ByLanguage, Container, ImagePort, MadeBy, Recipe, Service, ServiceKind, Stack, VolumeSource,
};
use crate::source::Place;
use crate::tree::{Node, Value};
use crate::value::{AbsolutePath, Name, RelativePath, RepositoryUrl};
use base::Bases;
use std::collections::{BTreeMap, BTreeSet};

/// Folders that are made anew at each start, so that an image need not hold what lies in them.
const FLEETING: &[&str] = &["/tmp", "/run", "/dev", "/proc", "/sys"];

/// What all environments say of the images of own code.
#[derive(Default)]
pub(super) struct Recipes {
    all: BTreeMap<(Name, Name), Seen>,
}

/// What an environment says.
struct Said<T> {
    environment: String,
    what: T,
}

/// What the environments say of one image.
struct Seen {
    about: Option<String>,
    source: String,
    repository: Option<RepositoryUrl>,
    build: layer::Build,
    /// Where each key of `build` stands.
    places: BTreeMap<&'static str, Place>,
    user: u32,
    group: u32,
    ports: BTreeSet<ImagePort>,
    folders: BTreeSet<AbsolutePath>,
    /// By environment, in their order; what differs is told.
    contexts: Vec<Said<String>>,
    published: Vec<Said<Option<String>>>,
    asked: Vec<Said<Option<Vec<String>>>>,
    /// Where it is said how it is asked.
    asked_at: Place,
}

impl Recipes {
    /// Adds what an environment says.
    pub(super) fn add(&mut self, world: &World<'_>, stacks: &[Stack]) {
        for stack in stacks {
            let Some(system) = world.systems.get(stack.system.as_str()) else { continue };
            for service in stack.services.values().filter(|service| service.migrates.is_none()) {
                let Some(draft) = system.services.get(service.name.as_str()) else { continue };
                let Some(build) = &draft.service.build else { continue };
                if build.language.is_none() && build.template.is_none() {
                    continue;
                }
                let ServiceKind::Own { context: Some(context), published, .. } = &service.kind
                else {
                    continue;
                };
                let key = (stack.system.clone(), service.name.clone());
                let seen = self.all.entry(key).or_insert_with(|| {
                    Seen::of(draft, build, service, system.typed.repository.clone())
                });
                let environment = stack.environment.name.to_string();
                let what = context.clone();
                seen.contexts.push(Said { environment: environment.clone(), what });
                let what = published.clone();
                seen.published.push(Said { environment: environment.clone(), what });
                seen.asked.push(Said {
                    environment,
                    what: check::command(&service.container.self_check),
                });
                for other in stack.services.values() {
                    seen.runs_in(other, service.name.as_str());
                }
            }
        }
    }

    /// The recipes in order of system and service, where nothing is at fault.
    pub(super) fn finish(
        self,
        project: &Project,
        pins: &mut Pins,
        findings: &mut Vec<Finding>,
    ) -> Vec<Recipe> {
        let mut bases = Bases::new(project, pins, findings);
        let mut recipes = Vec::new();
        published::conflicts(&self.all, &mut bases.findings);
        for ((system, service), seen) in self.all {
            let before = bases.findings.len();
            let recipe = seen.recipe(project, system, service, &mut bases);
            if bases.findings.len() == before {
                recipes.extend(recipe);
            }
        }
        bases.finish();
        own_templates(project, &recipes, findings);
        recipes
    }
}

impl Seen {
    fn of(
        draft: &Draft<'_>,
        build: &layer::Build,
        service: &Service,
        repository: Option<RepositoryUrl>,
    ) -> Self {
        let keys = ["language", "strategy", "binary", "template", "context", "publish"];
        let at = |key| (key, draft.node.value_place(&["build", key]));
        let health = ["health", check::said(draft)];
        Self {
            about: service.about.clone(),
            source: service.source.clone(),
            repository,
            build: build.clone(),
            places: keys.into_iter().map(at).collect(),
            user: service.user,
            group: service.group,
            ports: BTreeSet::new(),
            folders: BTreeSet::new(),
            contexts: Vec::new(),
            published: Vec::new(),
            asked: Vec::new(),
            asked_at: draft.node.value_place(&health),
        }
    }

    /// Adds what containers of a service need of the image, if they run it.
    fn runs_in(&mut self, service: &Service, image: &str) {
        let containers = service.init.iter().chain(&service.sidecars);
        for container in containers.chain([&service.container]) {
            if container.image_of != image {
                continue;
            }
            let ports = container.ports.iter();
            self.ports.extend(ports.map(|port| ImagePort::new(port.number, port.protocol)));
            self.folders.extend(written(service, container));
        }
    }

    fn recipe(
        self,
        project: &Project,
        system: Name,
        service: Name,
        bases: &mut Bases<'_>,
    ) -> Option<Recipe> {
        let at = |key: &str| self.places[key];
        if let Some([one, other]) = differing(&self.contexts) {
            bases.findings.push(
                Finding::error(
                    "differs-in-image",
                    format!(
                        "the context of `{service}` is `{}` in `{}` and `{}` in `{}`",
                        one.what, one.environment, other.what, other.environment
                    ),
                )
                .at(at("context"))
                .note("one image serves all environments")
                .help("name a folder that does not depend on the environment"),
            );
        }
        let context = self.contexts.first()?.what.parse::<RelativePath>().ok()?;
        let published = published::path(&self, &service, &mut bases.findings);
        let made_by = self.made_by(bases)?;
        let health = match (&made_by, differing(&self.asked)) {
            (MadeBy::Template(_), _) | (_, None) => {
                let command = self.asked.into_iter().next()?.what;
                let said = without_environment(project, &system, &service);
                let health = said.health.unwrap_or_default();
                command.map(|command| check::check(command, health, self.asked_at, bases))
            }
            (_, Some([one, other])) => {
                bases.findings.push(
                    Finding::error(
                        "differs-in-image",
                        format!(
                            "`{service}` is asked by {} in `{}` and by {} in `{}`",
                            check::words(one.what.as_ref()),
                            one.environment,
                            check::words(other.what.as_ref()),
                            other.environment
                        ),
                    )
                    .at(self.asked_at)
                    .note("one image, with one health check, serves all environments")
                    .help("ask for something that does not depend on the environment"),
                );
                None
            }
        };
        Some(Recipe {
            system,
            service,
            about: self.about,
            source: self.source,
            repository: self.repository,
            context,
            published,
            made_by,
            binary: self.build.binary,
            user: self.user,
            group: self.group,
            ports: self.ports,
            folders: self.folders,
            health,
        })
    }

    fn made_by(&self, bases: &mut Bases<'_>) -> Option<MadeBy> {
        let build = &self.build;
        if let Some(template) = &build.template {
            return Some(MadeBy::Template(template.clone()));
        }
        let language = build.language?;
        if build.strategy.is_some() && language != Language::Rust {
            bases.findings.push(
                Finding::error("only-for-rust", "`strategy` is how cargo builds, for rust only")
                    .at(self.places["strategy"])
                    .related(self.places["language"], "the language is another")
                    .help("remove it"),
            );
        }
        let preset = crate::catalogue::languages::preset(language);
        let at = self.places["language"];
        Some(MadeBy::Language(Box::new(ByLanguage {
            name: preset.name,
            strategy: build.strategy.unwrap_or(Strategy::Chef),
            builder: bases.image(preset, preset.builder, at),
            runtime: bases.image(preset, preset.runtime, at),
        })))
    }
}

/// The folders of a container that lie in volumes. They are in the image too, owned by the user: a
/// new volume of Docker's takes owner and rights of the folder that it covers.
fn written(service: &Service, container: &Container) -> impl Iterator<Item = AbsolutePath> {
    let volume = |name: &Name| service.volumes.iter().find(|volume| volume.name == *name);
    container.mounts.iter().filter_map(move |mount| {
        let of_host = matches!(volume(&mount.volume)?.source, VolumeSource::Host { .. });
        let path = mount.path.as_str();
        let is_fleeting = FLEETING.iter().any(|fleeting| {
            path.strip_prefix(fleeting).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        (!of_host && !is_fleeting).then(|| mount.path.clone())
    })
}

/// The first two of several environments that say different things.
fn differing<T: PartialEq>(said: &[Said<T>]) -> Option<[&Said<T>; 2]> {
    let first = said.first()?;
    let other = said.iter().find(|other| other.what != first.what)?;
    Some([first, other])
}

/// What a service says without any environment: times of an image are those of its system.
fn without_environment(project: &Project, system: &Name, service: &Name) -> layer::Service {
    let layers = project.systems.get(system.as_str()).and_then(|files| {
        service_layers(project, files, &[], &[], service.as_str(), &mut Vec::new())
    });
    let service = layers.and_then(|layers| read::<layer::Service>(&layers.merged).0);
    service.unwrap_or_default()
}

/// Templates of the project's that stand in place of iac's own.
fn own_templates(project: &Project, recipes: &[Recipe], findings: &mut Vec<Finding>) {
    let mut used: BTreeSet<String> =
        recipes.iter().map(|recipe| recipe.made_by.template()).collect();
    if !recipes.is_empty() {
        used.extend(["closing", "dockerignore"].map(|name| format!("dockerfile/{name}.j2")));
    }
    let is_ours =
        |name: &str| crate::catalogue::languages::TEMPLATES.iter().any(|(ours, _)| *ours == name);
    for name in used.iter().filter(|name| is_ours(name)) {
        let Some(template) = project.templates.get(name).filter(|template| template.own) else {
            continue;
        };
        let start = Place::new(template.place.file, 0, 0);
        findings.push(
            Finding::warning(
                "own-template",
                format!("`{}` differs from iac's own, and wins", template.path),
            )
            .at(start)
            .help("remove it to have iac's; or keep it, and compare it when iac changes"),
        );
    }
}

fn is_said(node: &Node) -> bool {
    node.value != Value::Null
}

/// Build keys that nothing here reads are told where they stand.
pub(super) fn unread(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let Some(build) = &draft.service.build else { return };
    let written = build.language.is_some() || build.template.is_some();
    let place = |key: &str| draft.node.key_place(&["build", key]);
    if build.strategy.is_some() && build.language.is_none() {
        findings.push(
            Finding::error("only-for-rust", "`strategy` is how cargo builds, for rust only")
                .at(place("strategy"))
                .help("say `language: rust`, or remove it"),
        );
    }
    for key in ["args", "target"] {
        if build.dockerfile.is_none() && draft.node.at(&["build", key]).is_some_and(is_said) {
            findings.push(
                Finding::error("no-dockerfile", format!("`{key}` is for a Dockerfile that exists"))
                    .at(place(key))
                    .help("say `dockerfile`, or remove it"),
            );
        }
    }
    for (key, is_said) in [("binary", build.binary.is_some()), ("publish", build.publish.is_some())]
    {
        if is_said && !written {
            findings.push(
                Finding::error(
                    "no-dockerfile",
                    format!("`{key}` is for a Dockerfile that iac writes"),
                )
                .at(place(key))
                .help("say `language` or `template`, or remove it"),
            );
        }
    }
}
