//! The example as somebody has it who cloned it, with a lock that knows no digests: stand-ins have others.

use crate::support::Project;
use iac::model::{Platform, ServiceKind, Stack};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Checkout {
    /// Kept until the end.
    _project: Project,
    pub(crate) root: PathBuf,
    pub(crate) stacks: Vec<Stack>,
}

impl Checkout {
    pub(crate) fn new(folder: &Path) -> Self {
        let project = Project::example();
        project.write("environments/lock.yaml", "iac: \"0.1\"\nimages: {}\n");
        project.iac(&["render"]).ends(0);
        let (loaded, _) = iac::load::load(&project.root).unwrap();
        let (resolved, _) = iac::resolve::resolve(&loaded);
        let root = folder.join("checkout");
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &[
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example.com",
                "commit",
                "--quiet",
                "-m",
                "all",
            ],
            &["clone", "--quiet", ".", root.to_str().unwrap()],
        ] {
            let ran = Command::new("git").args(arguments).current_dir(&project.root).status();
            assert!(ran.unwrap().success(), "git {arguments:?}");
        }
        let checkout = Self { _project: project, root, stacks: resolved.stacks };
        checkout.stacks().for_each(|stack| checkout.stand_ins(stack));
        checkout
    }

    /// The stacks that Compose runs.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &Stack> {
        self.stacks.iter().filter(|stack| stack.platform == Platform::Compose)
    }

    pub(crate) fn stack(&self, environment: &str, system: &str) -> &Stack {
        let mut stacks = self.stacks();
        stacks
            .find(|it| it.environment.name.as_str() == environment && it.system.as_str() == system)
            .unwrap()
    }

    /// The folder of a stack's Compose file.
    pub(crate) fn folder(&self, stack: &Stack) -> PathBuf {
        self.root.join(format!("out/{}/{}/compose", stack.environment.name, stack.system))
    }

    /// Says beside the Compose file that own images are there already.
    fn stand_ins(&self, stack: &Stack) {
        let own = stack.services.values().filter(|it| matches!(it.kind, ServiceKind::Own { .. }));
        let own = own.map(|service| {
            format!("  {}: {{ pull_policy: never, build: !reset null }}\n", service.name)
        });
        let text: String = std::iter::once("services:\n".to_owned()).chain(own).collect();
        fs::write(self.folder(stack).join("stand-ins.yaml"), text).unwrap();
    }

    /// Every text that git has.
    pub(crate) fn tracked(&self) -> BTreeMap<String, String> {
        let ran = Command::new("git").args(["ls-files"]).current_dir(&self.root).output().unwrap();
        let names = String::from_utf8(ran.stdout).unwrap();
        let read =
            |name: &str| (name.to_owned(), fs::read_to_string(self.root.join(name)).unwrap());
        names.lines().map(read).collect()
    }

    /// What git would add.
    pub(crate) fn untracked(&self) -> String {
        let ran =
            Command::new("git").args(["status", "--porcelain"]).current_dir(&self.root).output();
        String::from_utf8(ran.unwrap().stdout).unwrap()
    }
}
