//! Pods that their namespace's Pod Security level would refuse: told before anything is written.

use super::place;
use crate::finding::Finding;
use crate::generate::Object;
use crate::layer::{ExceptionKey, PodSecurityLevel, PodSecurityMode};
use crate::load::Project;
use crate::model::{Exception, Stack};
use crate::source::Place;
use crate::validate::pod_security::{Refusal, pod_of, refusals};
use std::collections::BTreeMap;

/// What the admission of the object's namespace would say, by the line that causes it.
pub(super) fn findings(project: &Project, stack: &Stack, object: &Object) -> Vec<Finding> {
    let Some((at, pod)) = pod_of(&object.value) else { return Vec::new() };
    let service = object.service.as_deref().and_then(|name| stack.services.get(name));
    let level = service.map_or_else(|| level_of(stack, object), |it| stack.level_of(it));
    let exceptions = service.map(|service| service.exceptions.as_slice()).unwrap_or_default();
    let mut causes: BTreeMap<Option<Place>, Vec<Refusal>> = BTreeMap::new();
    let refused = refusals(level, pod);
    // One level for all of them: a pod that is helped for one alone is still refused.
    let needed = refused.iter().map(|refusal| refusal.allowed_by).max();
    let needed = needed.unwrap_or(level).as_str();
    let says = exceptions.iter().any(|exception| exception.what == ExceptionKey::PodSecurity);
    for refusal in refused {
        let pointer = format!("{at}{}", refusal.pointer);
        let exception = caused_by(object, &pointer, exceptions).map(|exception| exception.place);
        let place = exception.or_else(|| place(project, stack, object, &pointer));
        causes.entry(place).or_default().push(refusal);
    }
    let help = if service.is_none() {
        "do without it".to_owned()
    } else if says {
        format!("do without it, or raise `pod-security` to `level: {needed}`")
    } else {
        format!(
            "do without it, or say `pod-security: {{ level: {needed}, why: … }}`: its pods then live in `{}-{needed}`",
            stack.namespace
        )
    };
    causes
        .into_iter()
        .map(|(place, refusals)| {
            let finding = finding(stack, object, level, &refusals).help(&help);
            match place {
                Some(place) => finding.at(place),
                None => finding,
            }
        })
        .collect()
}

/// The level of the namespace of an object that belongs to no service.
fn level_of(stack: &Stack, object: &Object) -> PodSecurityLevel {
    let said = &object.value["metadata"]["namespace"];
    let found = stack.namespaces().find(|(namespace, _)| said == namespace.as_str());
    found.map_or(stack.level, |(_, level)| level)
}

/// The exception behind a part of an object.
fn caused_by<'a>(
    object: &Object,
    pointer: &str,
    exceptions: &'a [Exception],
) -> Option<&'a Exception> {
    let keys = object.keys_of(pointer)?;
    exceptions.iter().find(|exception| exception.origin == keys)
}

fn finding(
    stack: &Stack,
    object: &Object,
    level: PodSecurityLevel,
    refusals: &[Refusal],
) -> Finding {
    let environment = &stack.environment;
    let name = object.value["metadata"]["name"].as_str().unwrap_or_default();
    let level = level.as_str();
    let finding = match environment.pod_security_mode {
        PodSecurityMode::Enforce => Finding::error(
            "pod-security",
            format!(
                "`{}` would refuse the pods of `{name}`: its level is `{level}`",
                environment.name
            ),
        ),
        PodSecurityMode::Warn => Finding::warning(
            "pod-security",
            format!(
                "`{}` would warn of the pods of `{name}`: its level is `{level}`",
                environment.name
            ),
        ),
    };
    refusals.iter().fold(finding, |finding, refusal| {
        let note = format!("not allowed: {}", refusal.message);
        if finding.notes.contains(&note) { finding } else { finding.note(note) }
    })
}
