//! The images that Dockerfiles begin with: by the user's lock, else by the tags of the languages.

use super::super::pins::Pins;
use crate::catalogue::languages::{BUSYBOX, Base, Preset, is_static_busybox};
use crate::finding::Finding;
use crate::layer::LockedImage;
use crate::load::Project;
use crate::model::Image;
use crate::source::Place;
use crate::value::ImageName;
use std::collections::BTreeSet;

/// Finds base images, and notes which of them are used.
pub(super) struct Bases<'a> {
    project: &'a Project,
    pins: &'a mut Pins,
    pub(super) findings: Vec<Finding>,
    /// Entries of the lock of which a fault was told.
    told: BTreeSet<ImageName>,
    out: &'a mut Vec<Finding>,
}

impl<'a> Bases<'a> {
    pub(super) fn new(project: &'a Project, pins: &'a mut Pins, out: &'a mut Vec<Finding>) -> Self {
        Self { project, pins, findings: Vec::new(), told: BTreeSet::new(), out }
    }

    pub(super) fn finish(self) {
        self.out.extend(self.findings);
    }

    /// A base image of a language; `at` is where the language is said.
    pub(super) fn image(&mut self, preset: &Preset, base: Base, at: Place) -> Image {
        let of = preset.distribution;
        let name = base.name(of);
        let locked = self.locked(&name).cloned();
        if let Some(locked) = locked.as_ref().filter(|locked| !base.is_of(of, &locked.tag)) {
            let finding = Finding::error(
                "other-distribution",
                format!(
                    "the tag `{}` of `{name}` is not of {}, on which `{}` runs",
                    locked.tag,
                    of.words(),
                    preset.runtime.name(of)
                ),
            )
            .note(format!("language: {}", preset.name))
            .help(format!(
                "lock a tag that names `{}`, such as `{}`",
                of.codename(),
                base.tag(of)
            ));
            self.tell(&name, finding);
        }
        self.used(name, locked, || base.tag(of), at)
    }

    /// The image whose `wget` is copied; `at` is where it is said what is asked.
    pub(super) fn busybox(&mut self, at: Place) -> Image {
        let (name, tag) = BUSYBOX;
        let name: ImageName = name.parse().expect("the table names images");
        let locked = self.locked(&name).cloned();
        if let Some(locked) = locked.as_ref().filter(|locked| !is_static_busybox(&locked.tag)) {
            let finding = Finding::error(
                "dynamic-busybox",
                format!("`wget` of `{name}:{}` may not run in other images", locked.tag),
            )
            .note("it is copied into images for their health check, and needs no library if the tag names `musl` or `uclibc`")
            .help(format!("lock a tag such as `{tag}`"));
            self.tell(&name, finding);
        }
        self.used(name, locked, || tag.parse().expect("the table has tags"), at)
    }

    fn used(
        &mut self,
        name: ImageName,
        locked: Option<LockedImage>,
        tag: impl FnOnce() -> crate::value::Tag,
        at: Place,
    ) -> Image {
        let (tag, digest) = locked.map_or_else(|| (tag(), None), |it| (it.tag, it.digest));
        let image = Image { name, tag: Some(tag), digest, own: false };
        self.pins.base(&image, at);
        image
    }

    fn locked(&self, name: &ImageName) -> Option<&LockedImage> {
        self.project.lock.as_ref()?.images.as_ref()?.get(name)
    }

    /// Tells a fault of an entry of the lock, once.
    fn tell(&mut self, name: &ImageName, finding: Finding) {
        let name_text = name.to_string();
        let path = ["images", name_text.as_str(), "tag"];
        let place = self.project.lock_node.as_ref().map(|lock| lock.value_place(&path));
        if self.told.insert(name.clone()) {
            self.findings.push(match place {
                Some(place) => finding.at(place),
                None => finding,
            });
        }
    }
}
