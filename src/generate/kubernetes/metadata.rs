//! Metadata: names, namespaces and labels, all as references.

use crate::model::Service;
use crate::reference::Reference;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use std::collections::BTreeMap;

/// Metadata of an object of a service that bears the service's name.
pub(super) fn of(service: &Service) -> ObjectMeta {
    named(service, service.name.as_str())
}

/// Metadata of an object of a service that has a name of its own.
pub(super) fn named(service: &Service, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(Reference::Name(name).to_string()),
        namespace: Some(Reference::namespace(service.beside).to_string()),
        labels: Some(set(Reference::Labels(service.name.as_str()))),
        ..ObjectMeta::default()
    }
}

/// Metadata of an object of the system.
pub(super) fn of_system(name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(Reference::Name(name).to_string()),
        namespace: Some(Reference::Namespace.to_string()),
        labels: Some(set(Reference::SystemLabels)),
        ..ObjectMeta::default()
    }
}

/// A whole set of labels: the key stands for all of them.
pub(super) fn set(labels: Reference<'_>) -> BTreeMap<String, String> {
    BTreeMap::from([(labels.to_string(), String::new())])
}

/// Metadata with labels and annotations that users say besides.
pub(super) fn marked(
    mut metadata: ObjectMeta,
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
) -> ObjectMeta {
    let add = |to: &mut Option<BTreeMap<String, String>>, marks: &BTreeMap<String, String>| {
        if !marks.is_empty() {
            let marks = marks.iter().map(|(key, value)| (key.clone(), value.clone()));
            to.get_or_insert_default().extend(marks);
        }
    };
    add(&mut metadata.labels, labels);
    add(&mut metadata.annotations, annotations);
    metadata
}

/// Says who looks after what an object stands for.
pub(super) fn owned(mut metadata: ObjectMeta, owner: Option<&String>) -> ObjectMeta {
    if let Some(owner) = owner {
        let annotations = metadata.annotations.get_or_insert_default();
        annotations.insert("a8r.io/owner".to_owned(), owner.clone());
    }
    metadata
}

/// Selects a service's pods.
pub(super) fn selector(service: &Service) -> LabelSelector {
    LabelSelector {
        match_labels: Some(set(Reference::SelectorLabels(service.name.as_str()))),
        ..LabelSelector::default()
    }
}

/// The labels that select the pods of a service, which never change.
pub(super) fn selector_labels(service: &str, system: &str) -> Vec<(&'static str, String)> {
    vec![
        ("app.kubernetes.io/name", service.to_owned()),
        ("app.kubernetes.io/instance", system.to_owned()),
    ]
}
