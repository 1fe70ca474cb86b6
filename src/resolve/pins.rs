//! What images are pinned to: releases of own ones, the lock for all others. Told once for all
//! environments.

use super::draft::{Draft, World};
use super::image::UNRELEASED;
use crate::finding::Finding;
use crate::layer;
use crate::load::Project;
use crate::model::Image;
use crate::source::Place;
use crate::value::{ImageName, ImageReference, Name};
use std::collections::{BTreeMap, BTreeSet};

/// What the images of all environments are pinned to.
#[derive(Default)]
pub(super) struct Pins {
    /// Own images without a release: where each service is described, by system and service.
    unreleased: BTreeMap<Name, BTreeMap<Name, Place>>,
    /// Images that the lock does not know, and where they are named first.
    unlocked: BTreeMap<String, Place>,
    /// Those of them that it knows by another tag, as it knows them.
    other_tags: BTreeSet<String>,
    /// Images that some service runs, here or elsewhere.
    used: BTreeSet<ImageName>,
}

impl Pins {
    /// Adds those of an environment.
    pub(super) fn add(&mut self, world: &World<'_>) {
        for system in world.systems.values() {
            let Some(release) = &system.files.release else { continue };
            // What runs before a service's releases runs the service's image.
            for draft in system.services.values().filter(|draft| draft.migrates.is_none()) {
                for beside in &draft.containers {
                    self.foreign(world, &beside.draft, draft.here());
                }
                if draft.own {
                    let shared = matches!(draft.service.image, Some(layer::Image::Of(_)));
                    let released = release.contains_key(draft.name.as_str());
                    if draft.here() && !shared && !released {
                        let services = self.unreleased.entry(system.name.clone()).or_default();
                        services.insert(draft.name.clone(), draft.place);
                    }
                } else {
                    self.foreign(world, draft, draft.here());
                }
            }
        }
    }

    fn foreign(&mut self, world: &World<'_>, draft: &Draft<'_>, here: bool) {
        let Some(image) = draft.image.as_ref().filter(|image| !image.own) else { return };
        // The lock knows an image by its own name, not by that of a mirror.
        let of_kind = draft.kind.as_ref().and_then(|kind| kind.image()?.image.clone());
        let key = if of_kind.is_some() { "kind" } else { "image" };
        let name = of_kind.unwrap_or_else(|| image.name.clone());
        if image.digest.is_none() && here {
            let reference = ImageReference::new(name.clone(), image.tag.clone(), None);
            let place = draft.node.value_place(&[key]);
            self.unlocked.entry(reference.to_string()).or_insert(place);
            let lock = world.project.lock.as_ref().and_then(|lock| lock.images.as_ref());
            let locked = lock.and_then(|images| images.get(&name)).map(|locked| &locked.tag);
            if let Some(tag) = locked.filter(|tag| image.tag.as_ref() != Some(*tag)) {
                let known = ImageReference::new(name.clone(), Some(tag.clone()), None);
                self.other_tags.insert(known.to_string());
            }
        }
        self.used.insert(name);
    }

    /// Adds an image that a Dockerfile takes something from; `at` is why.
    pub(super) fn base(&mut self, image: &Image, at: Place) {
        if image.digest.is_none() {
            let reference = ImageReference::new(image.name.clone(), image.tag.clone(), None);
            self.unlocked.entry(reference.to_string()).or_insert(at);
        }
        self.used.insert(image.name.clone());
    }

    /// What is pinned to nothing, and what is pinned and run by nobody.
    pub(super) fn findings(&self, project: &Project, findings: &mut Vec<Finding>) {
        findings.extend(unlocked(&self.unlocked, &self.other_tags));
        findings.extend(self.unreleased.iter().filter_map(unreleased));
        findings.extend(self.unused(project));
    }

    fn unused(&self, project: &Project) -> Option<Finding> {
        let images = project.lock_node.as_ref().and_then(|lock| lock.at(&["images"])?.as_map());
        let entries = images.into_iter().flat_map(|map| &map.entries);
        // What a template of the project's names, only the template itself can tell.
        let own = project.templates.values().filter(|template| template.own);
        let unused = entries.filter(|(name, _)| {
            name.parse::<ImageName>().is_ok_and(|it| !self.used.contains(&it))
                && !own.clone().any(|template| template.text.contains(name.as_str()))
        });
        let unused: BTreeMap<&str, Place> =
            unused.map(|(name, entry)| (name.as_str(), entry.key)).collect();
        let (first, place) = unused.first_key_value()?;
        let message = match unused.len() {
            1 => format!("nothing uses `{first}`, which the lock pins"),
            count => format!("nothing uses {count} images that the lock pins"),
        };
        let finding = Finding::warning("unused-image", message)
            .at(*place)
            .help("remove what is not meant; a name that is mistyped here pins nothing");
        Some(with_names(finding, "images", &unused))
    }
}

/// One warning for all images.
fn unlocked(images: &BTreeMap<String, Place>, other_tags: &BTreeSet<String>) -> Option<Finding> {
    let (first, place) = images.first_key_value()?;
    let (message, its) = match images.len() {
        1 => (format!("the lock does not know `{first}`"), "its"),
        count => (format!("the lock does not know {count} images"), "their"),
    };
    let finding = Finding::warning("unlocked-image", message)
        .at(*place)
        .note("a tag can be moved: what runs may change without a change here");
    let finding = with_names(finding, "images", images);
    let help = format!("add {its} tag and digest to `environments/lock.yaml`");
    if other_tags.is_empty() {
        let digest = "`docker buildx imagetools inspect` shows a digest";
        return Some(finding.help(format!("{help}; {digest}")));
    }
    let known: Vec<&str> = other_tags.iter().map(String::as_str).collect();
    Some(finding.listed("in the lock", known).help(format!(
        "{help}, which has one of each image; or say both where the image is named, as \
         `NAME:TAG@DIGEST`"
    )))
}

/// One warning for each system, whichever environments run its services.
fn unreleased((system, services): (&Name, &BTreeMap<Name, Place>)) -> Option<Finding> {
    let (first, place) = services.first_key_value()?;
    let (message, its) = match services.len() {
        1 => (format!("`{system}/{first}` has no release"), "its image is"),
        count => (format!("{count} services of `{system}` have no release"), "their images are"),
    };
    let finding = Finding::warning("unreleased-image", message)
        .at(*place)
        .note(format!("{its} written with the tag `{UNRELEASED}`"))
        .help(format!("after a build: iac release set {system} {first}=VERSION@DIGEST"));
    Some(with_names(finding, "services", services))
}

/// Adds the names that a finding is about, if they are several.
fn with_names<K: std::fmt::Display, V>(
    finding: Finding,
    what: &str,
    all: &BTreeMap<K, V>,
) -> Finding {
    if all.len() == 1 {
        return finding;
    }
    let names: Vec<String> = all.keys().map(ToString::to_string).collect();
    finding.note(format!("{what}: {}", names.join(", ")))
}
