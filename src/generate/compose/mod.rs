//! The target `compose`: one file for each system, whose first run is
//! `./secrets-init.sh && docker compose up --wait`.

mod files;
mod mount;
mod network;
mod order;
mod patch;
mod plain;
mod script;
mod secrets;
mod service;
mod spec;
mod units;

use super::header::header;
use super::target::Target;
use crate::fileset::FileSet;
use crate::finding::Finding;
use crate::layer::TargetName;
use crate::load::Project;
use crate::model::{Container, Platform, Service, Stack};
use crate::source::Place;
use crate::validate::{Problem, compose};
use crate::yaml::{Document, KeyOrder, documents};
use network::Networks;
use order::Order;
use secrets::{Composed, Secrets};
use serde_json::Value;
use service::{Part, Writer};
use spec::{ComposeFile, Dependency, Source, Volume};
use std::collections::BTreeMap;

/// A Compose file, and what it mounts.
pub struct Compose;

/// What services need at the top of the file, as far as it is assembled.
#[derive(Default)]
struct Assembled {
    services: BTreeMap<String, spec::Service>,
    volumes: BTreeMap<String, Volume>,
    configs: BTreeMap<String, Source>,
    /// What is said above each service.
    comments: BTreeMap<String, String>,
}

impl Target for Compose {
    fn name(&self) -> TargetName {
        TargetName::Compose
    }

    fn platform(&self) -> Platform {
        Platform::Compose
    }

    fn files(&self, _: &Project, stack: &Stack, files: &mut FileSet) -> Vec<Finding> {
        let folder = format!("{}/{}/compose", stack.environment.name, stack.system);
        let secrets = Secrets::of(stack);
        let composed = composed(stack, &secrets);
        let writer = Writer { stack, secrets: &secrets };
        let (document, findings) = document(&writer, &composed);
        files.add(format!("{folder}/compose.yaml"), documents(&[document]));
        for service in stack.services.values() {
            files::write(stack, service, &folder, files);
        }
        if secrets.made().is_empty() && composed.is_empty() {
            return findings;
        }
        let image = |service: &Service| {
            let container = &service.container;
            match writer.build(container) {
                Some(_) => {
                    (format!("{}:{}", container.image.name, crate::resolve::UNRELEASED), true)
                }
                None => (container.image.to_string(), false),
            }
        };
        let script = script::script(stack, &secrets, &composed, image);
        files.add_executable(format!("{folder}/{}", script::NAME), script);
        let ignored = format!("# {}\n/{}/\n", header(&stack.source), secrets::FOLDER);
        files.add(format!("{folder}/.gitignore"), ignored);
        findings
    }

    fn stream(&self, _: &Project, stack: &Stack) -> (String, Vec<Finding>) {
        let secrets = Secrets::of(stack);
        let composed = composed(stack, &secrets);
        let (document, findings) = document(&Writer { stack, secrets: &secrets }, &composed);
        (documents(&[document]), findings)
    }
}

/// The containers of a service.
fn containers(service: &Service) -> impl Iterator<Item = (&Container, Part)> {
    let beside = service.sidecars.iter().map(|container| (container, Part::Sidecar));
    let before = service.init.iter().map(|container| (container, Part::Init));
    std::iter::once((&service.container, Part::Main)).chain(beside).chain(before)
}

/// The files that the script writes of secrets and other text.
fn composed<'a>(stack: &'a Stack, secrets: &'a Secrets<'a>) -> Vec<Composed<'a>> {
    let mut all = Vec::new();
    for service in stack.services.values() {
        for (container, _) in containers(service) {
            let name = service::name(service, container);
            all.extend(secrets.variables(service, &name, container));
        }
        all.extend(service.sealed.files.iter().map(|file| secrets.sealed(service, file)));
    }
    all
}

/// The Compose file; findings are for what Compose would not take.
fn document(writer: &Writer<'_>, composed: &[Composed<'_>]) -> (Document, Vec<Finding>) {
    let stack = writer.stack;
    let networks = Networks::of(stack);
    let order = Order::of(stack);
    let mut assembled = Assembled::default();
    for service in stack.services.values() {
        add(writer, service, &networks, &order, &mut assembled);
    }
    let at = |name: &str| Source { file: format!("./{}/{name}", secrets::FOLDER) };
    let is_mounted = |name: &str| {
        let all = assembled.services.values().flat_map(|service| &service.secrets);
        all.into_iter().any(|mounted| mounted.source == name)
    };
    let made = writer.secrets.made().into_iter().map(|(name, ..)| name);
    let names = made.chain(composed.iter().map(|file| file.name.as_str()));
    let secrets = names.filter(|name| is_mounted(name)).map(|name| (name.to_owned(), at(name)));
    let file = ComposeFile {
        name: format!("{}-{}", stack.system, stack.environment.name),
        secrets: secrets.collect(),
        services: assembled.services,
        networks: networks.finish(),
        volumes: assembled.volumes,
        configs: assembled.configs,
    };
    let mut value = serde_json::to_value(&file).expect("typed parts are plain trees");
    let mut comments = assembled.comments;
    let mut findings = patched(stack, &mut value, &mut comments);
    findings.extend(refused(stack, &value));
    findings.extend(network::too_many(stack, file.networks.len()));
    plain::escape(&mut value);
    let notes = comments.into_iter().filter(|(_, comment)| !comment.is_empty());
    let notes = notes.map(|(name, comment)| (format!("/services/{name}"), comment));
    let document = Document {
        comments: vec![
            header(&stack.source),
            stack.about.clone(),
            first_run(file_has_secrets(&value)),
        ],
        notes: notes.collect(),
        ..Document::new(value, KeyOrder::Compose)
    };
    (document, findings)
}

/// Applies what users change of their services.
fn patched(
    stack: &Stack,
    file: &mut Value,
    comments: &mut BTreeMap<String, String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for service in stack.services.values() {
        let Some(change) = &service.compose_patch else { continue };
        let name = service.name.as_str();
        let Some(written) = file.pointer_mut(&format!("/services/{name}")) else { continue };
        findings.extend(patch::apply(name, written, change));
        let comment = comments.entry(name.to_owned()).or_default();
        let why = format!("Patched by {}: {}", change.files.join(", "), change.why);
        *comment = if comment.is_empty() { why } else { format!("{comment}\n{why}") };
    }
    findings
}

/// What Compose would not take, and where a patch says it.
fn refused(stack: &Stack, file: &Value) -> Vec<Finding> {
    let problem = |problem: Problem| {
        let message = format!(
            "Compose would not take {} in `{}`: {}",
            problem.pointer, stack.environment.name, problem.message
        );
        let finding = Finding::error("schema", message);
        let mut keys = problem.pointer.splitn(4, '/').skip(2);
        let service = keys
            .next()
            .and_then(|name| stack.services.values().find(|service| service.name.as_str() == name));
        let Some(change) = service.and_then(|service| service.compose_patch.as_ref()) else {
            return finding;
        };
        let below = keys.next().map(|below| format!("/{below}")).unwrap_or_default();
        finding.at(patch::place_of(change, &below).unwrap_or(change.place))
    };
    compose(file).into_iter().map(problem).collect()
}

fn file_has_secrets(file: &Value) -> bool {
    file.get("secrets").is_some()
        || file["services"]
            .as_object()
            .into_iter()
            .flatten()
            .any(|(_, it)| it.get("env_file").is_some())
}

fn first_run(has_secrets: bool) -> String {
    if has_secrets {
        format!("The first run: ./{} && docker compose up --wait", script::NAME)
    } else {
        "To run it: docker compose up --wait".to_owned()
    }
}

/// Adds the containers of a service.
fn add(
    writer: &Writer<'_>,
    service: &Service,
    networks: &Networks,
    order: &Order<'_>,
    assembled: &mut Assembled,
) {
    let own = service.name.to_string();
    let mut before = None;
    for (container, part) in containers(service) {
        let name = service::name(service, container);
        let mut written = writer.written(service, container, part, assembled);
        let joined = networks.of_service(service);
        if part == Part::Sidecar {
            written.network_mode = Some(format!("service:{own}"));
        } else if service.host_network {
            written.network_mode = Some("host".to_owned());
        } else if joined.is_empty() {
            written.network_mode = Some("none".to_owned());
        } else {
            written.networks = joined;
        }
        match part {
            Part::Main | Part::Init => written.depends_on = order.dependencies(service),
            Part::Sidecar => {
                written.depends_on.insert(own.clone(), dependency("service_started", true));
            }
        }
        if part == Part::Init {
            let previous = before.replace(name.clone());
            let ended = dependency("service_completed_successfully", false);
            written.depends_on.extend(previous.map(|previous| (previous, ended)));
        }
        assembled.comments.insert(name.clone(), service::comment(service, container, part));
        assembled.services.insert(name, written);
    }
    if let (Some(last), Some(main)) = (before, assembled.services.get_mut(&own)) {
        main.depends_on.insert(last, dependency("service_completed_successfully", false));
    }
}

fn dependency(condition: &'static str, restart: bool) -> Dependency {
    Dependency { condition, restart, required: None }
}

/// Where in `environments/` a part of a Compose file comes from.
#[must_use]
pub fn place_of(project: &Project, stack: &Stack, pointer: &str) -> Option<Place> {
    let node = &project.systems.get(stack.system.as_str())?.node;
    let mut keys = pointer.splitn(4, '/').skip(1);
    if keys.next() != Some("services") {
        return Some(node.key_place(&["services"]));
    }
    let name = keys.next()?;
    let of_it = |service: &&Service| {
        containers(service).any(|(container, _)| service::name(service, container) == name)
    };
    let service = stack.services.values().find(of_it)?;
    let below = keys.next().map(|below| format!("/{below}")).unwrap_or_default();
    let patched = service.compose_patch.as_ref();
    let patched = patched.and_then(|change| patch::place_of(change, &below));
    let described = service.migrates.as_ref().unwrap_or(&service.name);
    Some(patched.unwrap_or_else(|| node.key_place(&["services", described.as_str()])))
}

/// The folder below out/ in which a stack's script keeps secrets.
#[must_use]
pub fn secrets_folder(stack: &Stack) -> String {
    format!("{}/{}/compose/{}", stack.environment.name, stack.system, secrets::FOLDER)
}
