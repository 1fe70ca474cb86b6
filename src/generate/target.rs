//! The targets: kinds of output, one module each.

use super::compose::Compose;
use super::kubernetes::Kubernetes;
use super::{dockerfile, reference, schema};
use crate::fileset::FileSet;
use crate::finding::Finding;
use crate::layer::TargetName;
use crate::load::Project;
use crate::model::{Platform, Recipe, Stack};
use crate::told::Told;

/// A kind of output.
pub trait Target: Sync {
    /// Its name in `targets` of an environment and in `--target`.
    fn name(&self) -> TargetName;

    /// What reads its files.
    fn platform(&self) -> Platform;

    /// Adds the files of a stack, below `<environment>/<system>/`. Findings are for objects that
    /// the environment's Kubernetes would not take.
    fn files(&self, project: &Project, stack: &Stack, files: &mut FileSet) -> Vec<Finding>;

    /// The objects of a stack as one stream, in the order in which they are to be applied.
    fn stream(&self, project: &Project, stack: &Stack) -> (String, Vec<Finding>);
}

/// Every target.
pub const TARGETS: &[&dyn Target] = &[&Compose, &Kubernetes];

/// The files that are the same for every environment: editor schemas, the reference, and the
/// Dockerfiles of these recipes.
#[must_use]
pub fn shared(project: &Project, recipes: &[&Recipe]) -> (FileSet, Vec<Finding>) {
    let schemas = schema::schemas(&project.kinds);
    let mut files = schema::files(&schemas);
    files.extend(reference::reference(schemas, &project.kinds, &project.providers));
    let (dockerfiles, findings) = dockerfile::files(project, recipes);
    files.extend(dockerfiles);
    (files, findings)
}

/// The files of all stacks for all targets that their environments want.
#[must_use]
pub fn generate(project: &Project, stacks: &[&Stack]) -> (FileSet, Vec<Finding>) {
    let mut files = FileSet::default();
    let mut told = Told::default();
    for stack in stacks {
        for target in TARGETS {
            if stack.platform == target.platform() && stack.targets.contains(&target.name()) {
                let findings = target.files(project, stack, &mut files);
                told.add(stack.environment.name.as_str(), findings);
            }
        }
    }
    (files, told.finish())
}
