//! The target `kubernetes`: typed objects, one file for each service, in apply order.

mod access;
mod admission;
mod claim;
mod config;
mod container;
mod encrypted;
mod environment;
mod external_secret;
mod gateway_api;
mod job;
mod manifest;
mod metadata;
mod namespace;
mod network;
mod patch;
mod placement;
mod plain;
mod pod;
mod policy;
mod probe;
mod provided;
mod quota;
mod route;
mod scaling;
mod sealed;
mod workload;

use super::header::header;
use super::object::{Cause, Object};
use super::target::Target;
use crate::fileset::FileSet;
use crate::finding::Finding;
use crate::layer::TargetName;
use crate::load::Project;
use crate::model::{Platform, Service, Stack};
use crate::source::Place;
use crate::validate::Schemas;
use crate::yaml::{Document, KeyOrder, document, documents};
use plain::Plain;
use serde_json::json;

/// Kubernetes objects.
pub struct Kubernetes;

/// The objects of one file.
pub struct ObjectFile {
    /// Its name.
    pub name: String,
    /// What is said at its top.
    pub comments: Vec<String>,
    /// Its objects.
    pub objects: Vec<Object>,
}

impl Target for Kubernetes {
    fn name(&self) -> TargetName {
        TargetName::Kubernetes
    }

    fn platform(&self) -> Platform {
        Platform::Kubernetes
    }

    fn files(&self, project: &Project, stack: &Stack, files: &mut FileSet) -> Vec<Finding> {
        let folder = format!("{}/{}/kubernetes", stack.environment.name, stack.system);
        let (object_files, mut findings) = object_files(stack);
        let plain = Plain::new(stack, &object_files);
        findings.extend(manifest::findings(project, stack, &object_files, &plain));
        findings.extend(encrypted::findings(project, stack));
        let mut resources = Vec::new();
        for file in object_files {
            let path = format!("{folder}/{}", file.name);
            resources.push(file.name.clone());
            files.add(path, written(&plain_documents(file, &plain, project, stack, &mut findings)));
        }
        let kustomization = Document {
            comments: vec![
                header(&stack.source),
                "In apply order: kubectl kustomize . | kubectl apply --server-side -f -".to_owned(),
            ],
            ..Document::new(
                json!({
                    "apiVersion": "kustomize.config.k8s.io/v1beta1",
                    "kind": "Kustomization",
                    "sortOptions": { "order": "fifo" },
                    "resources": resources,
                }),
                KeyOrder::Kubernetes,
            )
        };
        files.add(format!("{folder}/kustomization.yaml"), documents(&[kustomization]));
        findings
    }

    fn stream(&self, project: &Project, stack: &Stack) -> (String, Vec<Finding>) {
        let (object_files, mut findings) = object_files(stack);
        let plain = Plain::new(stack, &object_files);
        findings.extend(manifest::findings(project, stack, &object_files, &plain));
        findings.extend(encrypted::findings(project, stack));
        let mut all = Vec::new();
        for file in object_files {
            all.extend(plain_documents(file, &plain, project, stack, &mut findings));
        }
        for document in &mut all {
            document.comments.clear();
        }
        (written(&all), findings)
    }
}

fn written(all: &[Document]) -> String {
    match all {
        [only] if only.comments.is_empty() => document(&only.value, only.order),
        _ => documents(all),
    }
}

/// All objects of a stack by file, in apply order, with what users change of them; findings are for
/// patches that cannot be.
#[must_use]
pub fn object_files(stack: &Stack) -> (Vec<ObjectFile>, Vec<Finding>) {
    let mut files = generated(stack);
    let findings = patch::apply(stack, &mut files);
    (files, findings)
}

/// All generated objects: who is needed at a start comes first.
fn generated(stack: &Stack) -> Vec<ObjectFile> {
    let mut files = vec![ObjectFile {
        name: "namespace.yaml".to_owned(),
        comments: vec![header(&stack.source), stack.about.clone()],
        objects: namespace::namespaces(stack),
    }];
    let of_system = |name: &str, objects: Vec<Object>| ObjectFile {
        name: name.to_owned(),
        comments: vec![header(&stack.source)],
        objects,
    };
    let policies = policy::policies(stack);
    if !policies.is_empty() {
        files.push(of_system("network-policies.yaml", policies));
    }
    if !stack.volumes.is_empty() {
        let claims = stack.volumes.iter().map(|(name, volume)| claim::of_system(name, volume));
        files.push(of_system("volumes.yaml", claims.collect()));
    }
    files.extend(manifest::file(stack));
    for name in &stack.order {
        let service = &stack.services[name];
        let mut comments = vec![header(&service.source)];
        comments.extend(service.about.clone());
        files.push(ObjectFile {
            name: file_name(service),
            comments,
            objects: objects(stack, service),
        });
    }
    let routes = route::routes(stack);
    if !routes.is_empty() {
        files.push(of_system("routes.yaml", routes));
    }
    files
}

/// A service's file. Some names are taken by files of the system.
fn file_name(service: &Service) -> String {
    match service.name.as_str() {
        "namespace" | "network-policies" | "volumes" | "manifests" | "routes" | "kustomization" => {
            format!("service-{}.yaml", service.name)
        }
        name => format!("{name}.yaml"),
    }
}

fn objects(stack: &Stack, service: &Service) -> Vec<Object> {
    // Accounts, Services and budgets are the operator's.
    if let Some(provided) = provided::objects(service) {
        let mut objects = external_secret::of_operator(stack, service);
        objects.extend(provided);
        return objects;
    }
    let mut objects = vec![access::account(service)];
    objects.extend(access::roles(service));
    objects.extend(config::config_map(service));
    objects.extend(external_secret::of_service(stack, service));
    objects.extend(claim::of_service(service));
    objects.extend(network::services(service));
    objects.push(workload::workload(service));
    objects.extend(scaling::autoscaler(service));
    objects.extend(scaling::disruption_budget(service));
    objects
}

fn plain_documents(
    file: ObjectFile,
    plain: &Plain<'_>,
    project: &Project,
    stack: &Stack,
    findings: &mut Vec<Finding>,
) -> Vec<Document> {
    let mut all = Vec::with_capacity(file.objects.len());
    for mut object in file.objects {
        plain.resolve(&mut object.value);
        findings.extend(validate(project, stack, &object));
        findings.extend(admission::findings(project, stack, &object));
        let document = Document::new(object.value, KeyOrder::Kubernetes);
        all.push(Document { comments: object.comments, ..document });
    }
    if let Some(first) = all.first_mut() {
        first.comments.splice(0..0, file.comments);
    }
    all
}

/// The schemas of the environment's Kubernetes.
fn schemas(stack: &Stack) -> Option<&'static Schemas> {
    Schemas::of(stack.environment.kubernetes?.minor())
}

/// What the environment's Kubernetes would not take.
fn validate(project: &Project, stack: &Stack, object: &Object) -> Vec<Finding> {
    if object.custom {
        return Vec::new();
    }
    let Some(version) = stack.environment.kubernetes else { return Vec::new() };
    let Some(schemas) = schemas(stack) else { return Vec::new() };
    schemas
        .check(&object.value)
        .into_iter()
        .map(|problem| {
            let kind = object.value["kind"].as_str().unwrap_or_default();
            let name = object.value["metadata"]["name"].as_str().unwrap_or_default();
            let message = format!(
                "Kubernetes {version} would not take {kind} `{name}` in `{}`: {}: {}",
                stack.environment.name, problem.pointer, problem.message
            );
            let finding = Finding::error("schema", message);
            match place(project, stack, object, &problem.pointer) {
                Some(place) => finding.at(place),
                None => finding,
            }
        })
        .collect()
}

/// Where in `environments/` a part of an object comes from, whose kind and name are said.
#[must_use]
pub fn place_of(
    project: &Project,
    stack: &Stack,
    kind: &str,
    name: &str,
    pointer: &str,
) -> Option<Place> {
    let (files, _) = object_files(stack);
    let plain = Plain::new(stack, &files);
    let objects = files.into_iter().flat_map(|file| file.objects);
    let named = |object: &Object| {
        let said = object.value["metadata"]["name"].as_str().unwrap_or_default();
        object.value["kind"] == kind && plain.text(said) == name
    };
    place(project, stack, &objects.into_iter().find(named)?, pointer)
}

fn place(project: &Project, stack: &Stack, object: &Object, pointer: &str) -> Option<Place> {
    let removal = object.removals.iter().find(|(holder, _)| holder == pointer);
    if let Some((_, place)) = removal {
        return Some(*place);
    }
    let keys = match object.cause_of(pointer) {
        Some(Cause::Said(place)) => return Some(*place),
        Some(Cause::Keys(keys)) => keys.as_slice(),
        None => &[],
    };
    let node = &project.systems.get(stack.system.as_str())?.node;
    let service = object.service.as_deref()?;
    let mut path = vec!["services", described(stack, service)];
    path.extend(keys.iter().map(String::as_str));
    Some(node.key_place(&path))
}

/// The service that is described, of one that may be the job before its releases.
fn described<'a>(stack: &'a Stack, service: &'a str) -> &'a str {
    let service_of = stack.services.values().find(|it| it.name.as_str() == service);
    service_of.and_then(|it| it.migrates.as_ref()).map_or(service, |of| of.as_str())
}
