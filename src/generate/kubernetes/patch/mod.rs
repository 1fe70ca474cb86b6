//! Patches: what users change of single objects, where no key of the language says it.
//!
//! They are applied while names are still marks, so that a job's hash covers what was changed, and a
//! chart has it as well.

mod merge;
mod remove;
mod union;

use super::plain::Plain;
use super::{ObjectFile, described, schemas};
use crate::finding::Finding;
use crate::generate::Object;
use crate::model::{Patch, Stack};
use crate::reference::{Piece, Reference, pieces};
use crate::source::Place;
use crate::validate::Schemas;
use std::collections::BTreeMap;

/// Applies the patches of all services to their objects.
pub(super) fn apply(stack: &Stack, files: &mut [ObjectFile]) -> Vec<Finding> {
    let services = stack.services.values();
    let patches: Vec<(&str, &Patch)> = services
        .flat_map(|service| service.patches.iter().map(|patch| (service.name.as_str(), patch)))
        .collect();
    if patches.is_empty() {
        return Vec::new();
    }
    let context = Context { plain: Plain::new(stack, &[]), schemas: schemas(stack) };
    let mut findings = Vec::new();
    // One of a shape is for those of its services that have the object.
    let mut unmatched: BTreeMap<Place, Option<Finding>> = BTreeMap::new();
    for (service, patch) in patches {
        let mut objects: Vec<&mut Object> = files
            .iter_mut()
            .flat_map(|file| &mut file.objects)
            .filter(|object| {
                object.service.as_deref().map(|of| described(stack, of)) == Some(service)
            })
            .collect();
        let of_patch = |object: &&mut Object| name_of(object) == patch.object.to_string();
        if let Some(index) = objects.iter().position(of_patch) {
            unmatched.insert(patch.change.place, None);
            findings.extend(context.patch(objects[index], patch));
        } else {
            let finding = of_nothing(service, patch, &objects);
            unmatched.entry(patch.change.place).or_insert(Some(finding));
        }
    }
    findings.extend(unmatched.into_values().flatten());
    findings
}

/// What patches are applied with.
struct Context<'a> {
    plain: Plain<'a>,
    schemas: Option<&'static Schemas>,
}

impl Context<'_> {
    fn patch(&self, object: &mut Object, patch: &Patch) -> Vec<Finding> {
        let before = object.value.clone();
        let mut findings = remove::remove(object, &patch.change.remove, &self.plain, self.schemas);
        let merge = merge::Merge::new(&self.plain, self.schemas);
        findings.extend(merge.into(object, &patch.change.fields));
        object.comments.push(format!(
            "Patched by {}: {}",
            patch.change.files.join(", "),
            patch.change.why
        ));
        let plain = |mut value: serde_json::Value| {
            self.plain.resolve(&mut value);
            value
        };
        if findings.is_empty() && plain(before) == plain(object.value.clone()) {
            findings.push(
                Finding::error(
                    "patch-without-effect",
                    format!("this patch changes nothing of `{}`", patch.object),
                )
                .at(patch.change.place)
                .help("remove it: the object says the same without it"),
            );
        }
        findings
    }
}

fn of_nothing(service: &str, patch: &Patch, objects: &[&mut Object]) -> Finding {
    let names: Vec<String> = objects.iter().map(|object| name_of(object)).collect();
    let given = patch.object.to_string();
    Finding::error("patch-of-nothing", format!("`{service}` has no object `{given}`"))
        .at(patch.change.place)
        .known("its objects", &given, names.iter().map(String::as_str))
}

/// Kind and name of an object as users say them: of a job without its hash.
fn name_of(object: &Object) -> String {
    let name = object.value["metadata"]["name"].as_str().unwrap_or_default();
    let mut plain = String::new();
    for piece in pieces(name) {
        match piece {
            Piece::Text(text) => plain.push_str(text),
            Piece::Reference(Reference::Name(name)) => plain.push_str(name),
            _ => plain.truncate(plain.trim_end_matches('-').len()),
        }
    }
    format!("{}/{plain}", object.value["kind"].as_str().unwrap_or_default())
}
