//! What is needed is applied before who needs it.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::pods::Pod;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use std::collections::BTreeMap;

pub(super) const RULE: Rule = Rule {
    id: "apply-order",
    severity: Severity::Error,
    title: "what an object needs is applied before it",
    why: "An object whose namespace or definition is not there is refused; a pod that starts \
          before its policy is open to all, and one that starts before what it waits for fails.",
    mend: "name the file that is needed earlier in kustomization.yaml",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    let definitions: Vec<&Object> = objects.of("CustomResourceDefinition").collect();
    for object in objects.all {
        if object.applied.is_none() {
            let message =
                format!("{} is applied by nobody: its kustomization leaves it out", object.words());
            problems.add(object, "", message);
        }
        after(object, "lies in", objects.namespace(object.namespace()), problems);
        let defined = definitions.iter().copied().filter(|definition| {
            definition.text("/spec/group") == object.group()
                && definition.text("/spec/names/kind") == object.kind()
        });
        after(object, "is defined by", defined, problems);
    }
    let mut of_services: BTreeMap<(&str, &str), Vec<&Object>> = BTreeMap::new();
    for pod in objects.pods() {
        of_services.entry((pod.namespace(), pod.service())).or_default().push(pod.object);
    }
    for (pod, about) in objects.pods_with_policies() {
        after(pod.object, "is open until it has", about.iter().copied(), problems);
        for (kind, name) in mounted(pod) {
            let mounted = objects.find(kind, pod.namespace(), name);
            after(pod.object, "does not start without", mounted, problems);
        }
        for (namespace, name) in objects.expected.waits_of(pod.namespace(), pod.service()) {
            let awaited = of_services.get(&(namespace.as_str(), name.as_str()));
            after(pod.object, "waits for", awaited.into_iter().flatten().copied(), problems);
        }
    }
}

/// Tells of what an object needs and is applied after it, in one folder.
fn after<'a>(
    object: &Object,
    relation: &str,
    needed: impl IntoIterator<Item = &'a Object>,
    problems: &mut Problems<'_>,
) {
    let later = needed.into_iter().find(|other| comes_after(other, object));
    if let Some(other) = later {
        let message =
            format!("{} {relation} {}, which is applied after it", object.words(), other.words());
        problems.add(object, "", message);
    }
}

/// Whether an object is applied after another one of its folder.
fn comes_after(object: &Object, other: &Object) -> bool {
    object.applied.zip(other.applied).is_some_and(|(object, other)| object > other)
        && object.path.parent() == other.path.parent()
}

/// What a pod does not start without: kind and name.
fn mounted<'a>(pod: &Pod<'a>) -> Vec<(&'static str, &'a str)> {
    let spec = pod.spec();
    let mut all = vec![("ServiceAccount", text(spec, "/serviceAccountName"))];
    for volume in list(spec, "/volumes") {
        all.push(("ConfigMap", text(volume, "/configMap/name")));
        all.push(("PersistentVolumeClaim", text(volume, "/persistentVolumeClaim/claimName")));
        all.push(("Secret", text(volume, "/secret/secretName")));
        for source in list(volume, "/projected/sources") {
            all.push(("ConfigMap", text(source, "/configMap/name")));
            all.push(("Secret", text(source, "/secret/name")));
        }
    }
    all.retain(|(_, name)| !name.is_empty());
    all
}

const GOOD: &str = "\
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
";

const BAD: &str = "\
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
";
