//! What a pod refers to exists, with the key that it names.

use crate::check::objects::{Object, Objects, list, text};
use crate::check::pods::Pod;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "missing-reference",
    severity: Severity::Error,
    title: "config maps, secrets, claims, accounts and volumes that a pod names exist, with their keys",
    why: "The pod waits for ever (CreateContainerConfigError, FailedMount), and nothing says so at \
          the apply.",
    mend: "write the object, or name one that exists",
    bad: BAD,
    good: GOOD,
    asks: Asks::Objects(check),
};

fn check(objects: &Objects<'_>, problems: &mut Problems<'_>) {
    for pod in objects.pods() {
        let account = text(pod.spec(), "/serviceAccountName");
        if !account.is_empty() && objects.find("ServiceAccount", pod.namespace(), account).is_none()
        {
            let pointer = format!("{}/spec/serviceAccountName", pod.pointer);
            problems.add(pod.object, pointer, format!("there is no ServiceAccount `{account}`"));
        }
        volumes(objects, problems, pod);
        variables(objects, problems, pod);
        mounts(problems, pod);
    }
}

fn volumes(objects: &Objects<'_>, problems: &mut Problems<'_>, pod: &Pod<'_>) {
    for (index, volume) in list(pod.spec(), "/volumes").iter().enumerate() {
        let pointer = format!("{}/spec/volumes/{index}", pod.pointer);
        let mut source = |kind: &'static str, source: &Value, name: &str| {
            if source.get("optional") == Some(&Value::Bool(true)) {
                return;
            }
            let keys = list(source, "/items").iter().map(|item| text(item, "/key"));
            let keys: Vec<&str> = keys.collect();
            refers(objects, problems, pod.object, &pointer, kind, name, &keys);
        };
        if let Some(config) = volume.get("configMap") {
            source("ConfigMap", config, text(config, "/name"));
        }
        if let Some(secret) = volume.get("secret") {
            source("Secret", secret, text(secret, "/secretName"));
        }
        for projected in list(volume, "/projected/sources") {
            if let Some(config) = projected.get("configMap") {
                source("ConfigMap", config, text(config, "/name"));
            }
            if let Some(secret) = projected.get("secret") {
                source("Secret", secret, text(secret, "/name"));
            }
        }
        let claim = text(volume, "/persistentVolumeClaim/claimName");
        if !claim.is_empty()
            && objects.find("PersistentVolumeClaim", pod.namespace(), claim).is_none()
        {
            problems.add(
                pod.object,
                pointer.clone(),
                format!("there is no PersistentVolumeClaim `{claim}`"),
            );
        }
    }
}

fn variables(objects: &Objects<'_>, problems: &mut Problems<'_>, pod: &Pod<'_>) {
    for container in pod.containers() {
        for (index, variable) in list(container.value, "/env").iter().enumerate() {
            let pointer = format!("{}/env/{index}", container.pointer);
            for (kind, key) in [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")] {
                let Some(source) = variable.pointer(&format!("/valueFrom/{key}")) else { continue };
                if source.get("optional") != Some(&Value::Bool(true)) {
                    let name = text(source, "/name");
                    let keys = [text(source, "/key")];
                    refers(objects, problems, pod.object, &pointer, kind, name, &keys);
                }
            }
        }
        for (index, source) in list(container.value, "/envFrom").iter().enumerate() {
            let pointer = format!("{}/envFrom/{index}", container.pointer);
            for (kind, key) in [("ConfigMap", "configMapRef"), ("Secret", "secretRef")] {
                if let Some(source) = source.get(key) {
                    let name = text(source, "/name");
                    refers(objects, problems, pod.object, &pointer, kind, name, &[]);
                }
            }
        }
    }
}

fn mounts(problems: &mut Problems<'_>, pod: &Pod<'_>) {
    let mut volumes: BTreeSet<&str> =
        list(pod.spec(), "/volumes").iter().map(|volume| text(volume, "/name")).collect();
    let templates = pod.object.list("/spec/volumeClaimTemplates");
    volumes.extend(templates.iter().map(|claim| text(claim, "/metadata/name")));
    for container in pod.containers() {
        for (index, mount) in list(container.value, "/volumeMounts").iter().enumerate() {
            let name = text(mount, "/name");
            if !volumes.contains(name) {
                let pointer = format!("{}/volumeMounts/{index}", container.pointer);
                problems.add(pod.object, pointer, format!("there is no volume `{name}`"));
            }
        }
    }
}

fn refers(
    objects: &Objects<'_>,
    problems: &mut Problems<'_>,
    from: &Object,
    pointer: &str,
    kind: &'static str,
    name: &str,
    keys: &[&str],
) {
    let Some(known) = keys_of(objects, kind, from.namespace(), name) else {
        problems.add(from, pointer, format!("there is no {kind} `{name}`"));
        return;
    };
    for key in keys.iter().filter(|key| !known.contains(**key)) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        problems.add(
            from,
            pointer,
            format!("{kind} `{name}` has no key `{key}`, only {}", known.join(", ")),
        );
    }
}

/// The keys of a config map or a secret, whoever makes it.
fn keys_of(
    objects: &Objects<'_>,
    kind: &str,
    namespace: &str,
    name: &str,
) -> Option<BTreeSet<String>> {
    if let Some(object) = objects.find(kind, namespace, name) {
        let maps = ["data", "stringData", "binaryData"].map(|key| object.value.get(key));
        let maps = maps.into_iter().flatten().filter_map(Value::as_object);
        return Some(maps.flatten().map(|(key, _)| key.clone()).collect());
    }
    if kind != "Secret" {
        return None;
    }
    let makes = |external: &&Object| {
        let target = match external.text("/spec/target/name") {
            "" => external.name(),
            target => target,
        };
        external.namespace() == namespace && target == name
    };
    // Most have the name of what they make: those are found without a search.
    let external = objects
        .find("ExternalSecret", namespace, name)
        .filter(makes)
        .or_else(|| objects.of("ExternalSecret").find(makes));
    if let Some(external) = external {
        let data = external.list("/spec/data").iter().map(|one| text(one, "/secretKey").to_owned());
        let template = external.value.pointer("/spec/target/template/data");
        let Some(template) = template.and_then(Value::as_object) else {
            return Some(data.collect());
        };
        // A template replaces the entries themselves.
        let is_merged = external.text("/spec/target/template/mergePolicy") == "Merge";
        let data = data.filter(|_| is_merged);
        return Some(template.keys().cloned().chain(data).collect());
    }
    objects.expected.secrets.get(&(namespace.to_owned(), name.to_owned())).cloned()
}

const GOOD: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { app.toml: \"\" }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  volumes: [{ name: files, configMap: { name: web, items: [{ key: app.toml, path: app.toml }] } }]
";

const BAD: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { app.toml: \"\" }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  volumes: [{ name: files, configMap: { name: web, items: [{ key: app.yaml, path: app.yaml }] } }]
";
