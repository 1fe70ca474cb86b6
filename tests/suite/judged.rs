//! The tree that is judged: what the program writes of a project.

use crate::support::Project;
use camino::{Utf8Path, Utf8PathBuf};
use iac::model::{Platform, Stack};
use sha2::{Digest, Sha256};

/// A project and all that was rendered of it.
pub(crate) struct Judged {
    pub(crate) project: Project,
    pub(crate) stacks: Vec<Stack>,
}

impl Judged {
    /// A copy of the example in which every own image is released, with a digest for the test.
    pub(crate) fn example() -> Self {
        let project = Project::example();
        project.lock_operand();
        release(&project, "1.4.2");
        let judged = Self::of(project);
        judged.project.iac(&["check", "--locked"]).ends(0);
        judged
    }

    /// What the program writes of a project.
    pub(crate) fn of(project: Project) -> Self {
        project.iac(&["render"]).ends(0);
        let (loaded, _) = iac::load::load(&project.root).unwrap();
        let (resolved, _) = iac::resolve::resolve(&loaded);
        let mut stacks = resolved.stacks;
        stacks.retain(|stack| stack.platform == Platform::Kubernetes);
        Self { project, stacks }
    }

    pub(crate) fn out(&self) -> Utf8PathBuf {
        self.project.path("out")
    }

    /// The folder of a stack's Kubernetes objects.
    pub(crate) fn folder(&self, stack: &Stack) -> Utf8PathBuf {
        self.out().join(format!("{}/{}/kubernetes", stack.environment.name, stack.system))
    }
}

/// Releases every own image of a project, with digests that follow from the version.
pub(crate) fn release(project: &Project, version: &str) {
    for (system, services) in own_services(&project.root) {
        let release = |service: &String| {
            let digest = Sha256::digest(format!("{system}/{service}:{version}"));
            let mut text = format!("{service}={version}@sha256:");
            digest.iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
            text
        };
        let releases: Vec<String> = services.iter().map(release).collect();
        let mut arguments = vec!["release", "set", &system];
        arguments.extend(releases.iter().map(String::as_str));
        project.iac(&arguments).ends(0);
    }
}

/// The systems of a project, each with the names of its own services.
fn own_services(root: &Utf8Path) -> Vec<(String, Vec<String>)> {
    let (project, _) = iac::load::load(root).unwrap();
    let own = |system: &String| {
        let own = iac::resolve::own_services(&project, system);
        (system.clone(), own.into_iter().map(ToOwned::to_owned).collect())
    };
    project.systems.keys().map(own).collect()
}
