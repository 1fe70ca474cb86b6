//! Images: own ones from the release, others from the lock.

use super::draft::{Draft, SystemDraft, World};
use super::texts::Facts;
use crate::finding::Finding;
use crate::layer;
use crate::model::Image;
use crate::value::{ImageName, ImageReference, Name, Tag};

/// The tag of an own image that has no release.
pub const UNRELEASED: &str = "unreleased";

/// The image of a service; nothing where it, or what it is pinned by, is at fault, or where it
/// belongs to another service.
pub(super) fn image(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Image> {
    if let Some(kind) = &draft.kind {
        return of_kind(world, draft, kind, findings);
    }
    match &draft.service.image {
        Some(layer::Image::Of(_)) => None,
        Some(layer::Image::Reference(reference)) if draft.own => {
            released(system, draft, reference.name().clone())
        }
        Some(layer::Image::Reference(reference)) => third_party(world, draft, reference, findings),
        None => {
            let name = own_name(world, system, draft, findings)?;
            released(system, draft, name)
        }
    }
}

/// Gives services, and containers beside them, that say `image: { of: … }` the image of the other.
pub(super) fn share(system: &mut SystemDraft<'_>, findings: &mut Vec<Finding>) {
    let mut shared: Vec<(String, Option<usize>, Option<Image>)> = Vec::new();
    for (name, draft) in &system.services {
        let beside = draft.containers.iter().enumerate();
        let all = beside.map(|(index, beside)| (Some(index), &beside.draft));
        for (index, container) in std::iter::once((None, draft)).chain(all) {
            let Some(layer::Image::Of(other)) = &container.service.image else { continue };
            match owner(system, &other.of, container) {
                Ok(image) => shared.push((name.clone(), index, image)),
                Err(finding) => findings.extend(finding.map(|finding| *finding)),
            }
        }
    }
    for (name, index, image) in shared {
        let Some(draft) = system.services.get_mut(&name) else { continue };
        match index {
            None => draft.image = image,
            Some(index) => draft.containers[index].draft.image = image,
        }
    }
}

/// The image of a service that has one of its own; the error is nothing where the fault was
/// reported already.
fn owner(
    system: &SystemDraft<'_>,
    of: &Name,
    draft: &Draft<'_>,
) -> Result<Option<Image>, Option<Box<Finding>>> {
    let fail = |finding| Err(Some(Box::new(finding)));
    let place = draft.node.value_place(&["image", "of"]);
    let owns = |other: &Draft<'_>| {
        other.own
            && other.migrates.is_none()
            && !matches!(other.service.image, Some(layer::Image::Of(_)))
    };
    match system.services.get(of.as_str()) {
        Some(owner) if owns(owner) => Ok(owner.image.clone()),
        Some(owner) => fail(
            Finding::error("no-own-image", format!("`{of}` has no image of its own"))
                .at(place)
                .related(owner.place, "it is described here")
                .help("name the service that builds the image"),
        ),
        // A service whose own description is at fault was reported there.
        None if system.describes(of.as_str()) && !system.removed.contains_key(of.as_str()) => {
            Err(None)
        }
        None => {
            let known = system.described();
            fail(
                Finding::error("unknown-service", format!("there is no service `{of}`"))
                    .at(place)
                    .known("services", of.as_str(), known),
            )
        }
    }
}

/// The name of an image that this project builds.
fn own_name(
    world: &World<'_>,
    system: &SystemDraft<'_>,
    draft: &Draft<'_>,
    findings: &mut Vec<Finding>,
) -> Option<ImageName> {
    let build = draft.service.build.as_ref()?;
    if let Some(name) = &build.other_repository {
        return Some(name.clone());
    }
    let environment = &world.environment;
    let layers = &world.layers;
    let said = layers.iter().rev().find_map(|layer| layer.child("images"));
    let (text, place) = match (&system.typed.images, &environment.images, said) {
        (Some(text), ..) => (text.clone(), system.node.value_place(&["images"])),
        (None, Some(text), Some(node)) => (text.clone(), node.place),
        _ => ("{{ registry.host }}/{{ system }}/{{ service }}".to_owned(), layers.last()?.place),
    };
    let mut facts = Facts::default();
    facts.set("system", system.name.as_str());
    facts.set("service", draft.name.as_str());
    facts.set("environment", environment.name.as_str());
    facts.set("domain", environment.domain.as_str());
    let registry = environment.registry.iter().map(|host| ("host", host));
    facts.set("registry", minijinja::Value::from_pairs(registry));
    if environment.registry.is_none() && text.contains("registry.host") {
        findings.push(
            Finding::error(
                "missing-key",
                format!("the environment `{}` does not say `registry.host`", environment.name),
            )
            .at(place)
            .related(draft.node.key_place(&["build"]), "the image of this service needs it")
            .help("say where own images lie, such as `registry: { host: ghcr.io/example }`"),
        );
        return None;
    }
    let text = match world.texts.evaluate(&text, &facts, place) {
        Ok(text) => text.text,
        Err(fault) => {
            findings.extend(fault);
            return None;
        }
    };
    match text.parse::<ImageName>() {
        Ok(name) => Some(name),
        Err(error) => {
            findings.push(
                Finding::error(
                    "invalid-value",
                    format!("the image of `{}` would be `{text}`: {}", draft.name, error.message),
                )
                .at(place),
            );
            None
        }
    }
}

/// An own image; nothing if the release is at fault.
fn released(system: &SystemDraft<'_>, draft: &Draft<'_>, name: ImageName) -> Option<Image> {
    let image = match system.files.release.as_ref()?.get(draft.name.as_str()) {
        Some(release) => Image {
            name,
            tag: Some(release.version.clone()),
            digest: Some(release.digest.clone()),
            own: true,
        },
        None => Image { name, tag: UNRELEASED.parse::<Tag>().ok(), digest: None, own: true },
    };
    Some(image)
}

fn of_kind(
    world: &World<'_>,
    draft: &Draft<'_>,
    kind: &super::draft::KindDraft<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Image> {
    let Some(version) = kind.image() else {
        findings.push(not_provided(draft, kind)?);
        return None;
    };
    let Some(name) = version.image.clone() else {
        findings.push(
            Finding::error(
                "missing-key",
                format!("version `{}` of `{}` names no image", kind.version, kind.entry.name),
            )
            .at(kind.entry.node.key_place(&["versions", &kind.version]))
            .help("say `image`"),
        );
        return None;
    };
    let place = draft.node.value_place(&["kind"]);
    let lock = world.project.lock.as_ref()?;
    let locked = lock.images.as_ref().and_then(|images| images.get(&name));
    let locked = locked.filter(|locked| is_of_line(locked.tag.as_str(), &kind.version));
    let (tag, digest) = match (locked, &version.tag) {
        (Some(locked), _) => (locked.tag.clone(), locked.digest.clone()),
        (None, Some(tag)) => (tag.clone(), None),
        (None, None) => {
            findings.push(
                Finding::error(
                    "unlocked-image",
                    format!("nothing says which tag of `{name}` is used"),
                )
                .at(place)
                .help("add it to `environments/lock.yaml`, or say `tag` in the catalogue"),
            );
            return None;
        }
    };
    let name = draft.service.mirror.clone().unwrap_or(name);
    Some(Image { name, tag: Some(tag), digest, own: false })
}

/// A version of a kind that its provider does not run.
fn not_provided(draft: &Draft<'_>, kind: &super::draft::KindDraft<'_>) -> Option<Finding> {
    let entry = kind.provider.as_ref()?.entry;
    // Without any version it was told of the provider.
    let known = entry.provider.versions.as_ref()?.keys().map(String::as_str);
    let message = format!(
        "`{}` does not run version `{}` of `{}`",
        entry.name, kind.version, kind.entry.name
    );
    let key = if draft.node.child("version").is_some() { "version" } else { "kind" };
    let finding = Finding::error("unknown-version", message).at(draft.node.value_place(&[key]));
    Some(finding.listed("versions", known))
}

/// Whether a tag belongs to a version line: `18.6-trixie` to `18`, `v3.13.3` to `3`.
fn is_of_line(tag: &str, line: &str) -> bool {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    tag.strip_prefix(line).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

pub(super) fn third_party(
    world: &World<'_>,
    draft: &Draft<'_>,
    reference: &ImageReference,
    findings: &mut Vec<Finding>,
) -> Option<Image> {
    let place = draft.node.value_place(&["image"]);
    if reference.tag().is_some_and(|tag| tag.as_str() == "latest") {
        findings.push(
            Finding::error("latest-image", format!("`{reference}` says nothing about its version"))
                .at(place)
                .help("name a version, such as `:1.2.0`"),
        );
        return None;
    }
    let name = reference.name().clone();
    let lock = world.project.lock.as_ref()?;
    let locked = lock.images.as_ref().and_then(|images| images.get(&name));
    let locked = locked.filter(|locked| reference.tag().is_none_or(|tag| *tag == locked.tag));
    let digest =
        reference.digest().cloned().or_else(|| locked.and_then(|locked| locked.digest.clone()));
    Some(Image { name, tag: reference.tag().cloned(), digest, own: false })
}
