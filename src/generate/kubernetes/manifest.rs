//! Objects of the user's own: written as they stand, and judged like generated ones.

use super::schemas;
use super::{ObjectFile, Plain, header, place};
use crate::finding::Finding;
use crate::generate::object::Object;
use crate::load::Project;
use crate::model::{Manifest, Stack};
use crate::source::Place;
use crate::tree::Node;
use crate::validate::is_of_cluster;
use serde_json::Value;
use std::collections::BTreeMap;

/// Their file in out/.
pub(super) const FILE: &str = "manifests.yaml";

/// The objects of a system's manifests, in their order, if there are any.
pub(super) fn file(stack: &Stack) -> Option<ObjectFile> {
    if stack.manifests.is_empty() {
        return None;
    }
    let folder = format!("environments/{}/manifests", stack.system);
    Some(ObjectFile {
        name: FILE.to_owned(),
        comments: vec![header(&folder)],
        objects: stack.manifests.iter().map(|manifest| object(stack, manifest)).collect(),
    })
}

fn object(stack: &Stack, manifest: &Manifest) -> Object {
    let mut value = manifest.node.to_json();
    let own = schemas(stack).is_some_and(|schemas| schemas.has_group(group(&value)));
    let kind = value["kind"].as_str().unwrap_or_default();
    let lies_in_one = own && !is_of_cluster(kind);
    if lies_in_one && value["metadata"].get("namespace").is_none() {
        value["metadata"]["namespace"] = stack.namespace.to_string().into();
    }
    let mut object = Object::of_system(&value);
    object.custom = !own;
    object.said(&manifest.node);
    object.comments = vec![format!("From {}", manifest.path)];
    object
}

/// What is wrong with manifests among everything that is generated.
pub(super) fn findings(
    project: &Project,
    stack: &Stack,
    files: &[ObjectFile],
    plain: &Plain<'_>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        stack.manifests.iter().filter_map(|it| foreign_namespace(stack, &it.node)).collect();
    if stack.manifests.is_empty() {
        return findings;
    }
    let mut known: BTreeMap<[String; 4], &Object> = BTreeMap::new();
    let generated = files.iter().filter(|file| file.name != FILE);
    let own = files.iter().filter(|file| file.name == FILE);
    for object in generated.flat_map(|file| &file.objects) {
        known.insert(identity(&object.value, plain), object);
    }
    for object in own.flat_map(|file| &file.objects) {
        let id = identity(&object.value, plain);
        let Some(other) = known.get(&id) else {
            known.insert(id, object);
            continue;
        };
        let [_, kind, _, name] = id;
        let at = |object: &Object| place(project, stack, object, "/metadata/name");
        let mut finding = Finding::error(
            "object-twice",
            format!("{kind} `{name}` of `{}` is written already", stack.environment.name),
        );
        if let Some(place) = at(object) {
            finding = finding.at(place);
        }
        if let Some(place) = at(other).or_else(|| of_system(project, stack)) {
            finding = finding.related(place, "it comes from here too");
        }
        findings.push(
            finding
                .help("give one of them another name; what is generated is changed by `patches`"),
        );
    }
    findings
}

/// The file of the system, of which whatever belongs to no service comes.
fn of_system(project: &Project, stack: &Stack) -> Option<Place> {
    Some(project.systems.get(stack.system.as_str())?.node.place)
}

fn foreign_namespace(stack: &Stack, node: &Node) -> Option<Finding> {
    let path = ["metadata", "namespace"];
    let said = node.at(&path)?.to_json();
    let namespaces: Vec<&str> =
        stack.namespaces().map(|(namespace, _)| namespace.as_str()).collect();
    let said = said.as_str().unwrap_or_default();
    if namespaces.contains(&said) {
        return None;
    }
    let message =
        format!("`{said}` is no namespace of `{}` in `{}`", stack.system, stack.environment.name);
    let finding = Finding::error("foreign-namespace", message).at(node.value_place(&path)).known(
        "its namespaces",
        said,
        namespaces,
    );
    Some(match finding.help {
        Some(_) => finding,
        None => finding.help("leave it away: the object is then written to the system's own"),
    })
}

/// Group, kind, namespace and name.
fn identity(object: &Value, plain: &Plain<'_>) -> [String; 4] {
    let text = |pointer: &str| {
        plain.text(object.pointer(pointer).and_then(Value::as_str).unwrap_or_default())
    };
    [group(object).to_owned(), text("/kind"), text("/metadata/namespace"), text("/metadata/name")]
}

fn group(object: &Value) -> &str {
    let version = object["apiVersion"].as_str().unwrap_or_default();
    version.rsplit_once('/').map_or("", |(group, _)| group)
}
