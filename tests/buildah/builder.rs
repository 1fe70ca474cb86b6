//! buildah with a storage of the test's own, which fetches nothing, and stand-ins for base images.

use crate::daemon::text;
use crate::tools::tool;
use camino::Utf8Path;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The name of what is built.
pub(crate) const IMAGE: &str = "localhost/web:1";

/// Where the toolchain is mounted in the builder's container.
const TOOLCHAIN: &str = "/usr/local/rust";

/// What a program needs that is linked against glibc: distroless has little else, and no shell.
const LIBRARIES: &[&str] = &[
    "lib64/ld-linux-x86-64.so.2",
    "lib/x86_64-linux-gnu/libc.so.6",
    "lib/x86_64-linux-gnu/libgcc_s.so.1",
    "lib/x86_64-linux-gnu/libm.so.6",
];

pub(crate) struct Builder {
    folder: tempfile::TempDir,
    programs: PathBuf,
    base: PathBuf,
    /// The same, with a linker.
    linking: PathBuf,
}

impl Builder {
    /// Nothing where it cannot be had.
    pub(crate) fn new() -> Option<Self> {
        let programs = tool("buildah")?;
        let base = tool("base")?;
        let linking = tool("builder")?;
        let folder = tempfile::Builder::new().prefix("buildah").tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let storage = format!(
            "[storage]\ndriver = \"vfs\"\ngraphroot = \"{}\"\nrunroot = \"{}\"\n",
            at("graph"),
            at("run")
        );
        fs::write(folder.path().join("storage.conf"), storage).unwrap();
        fs::write(folder.path().join("registries.conf"), "unqualified-search-registries = []\n")
            .unwrap();
        let any = r#"{ "default": [{ "type": "insecureAcceptAnything" }] }"#;
        fs::write(folder.path().join("policy.json"), any).unwrap();
        Some(Self { folder, programs, base, linking })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs without a network.
    fn run(&self, arguments: &[&str]) -> String {
        // It starts itself anew without its environment, so its libraries lie where all others do: in a
        // view of the file system that nobody else has.
        let script = "libraries=$1 && shift && mount -t overlay libraries \
            -o lowerdir=\"$libraries:/usr/lib/x86_64-linux-gnu\" /usr/lib/x86_64-linux-gnu && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "--propagation", "private", "sh", "-c", script, "sh"]);
        command.arg(self.programs.join("usr/lib/x86_64-linux-gnu"));
        command.arg(self.programs.join("usr/bin/buildah")).args(arguments);
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("BUILDAH_ISOLATION", "chroot")
            .env("CONTAINERS_CONF", "/dev/null")
            .env("CONTAINERS_STORAGE_CONF", self.at("storage.conf"))
            .env("CONTAINERS_REGISTRIES_CONF", self.at("registries.conf"));
        let ran = command.output().unwrap();
        let said = text(&ran.stderr);
        assert!(ran.status.success(), "buildah {arguments:?}: {}\n{said}", text(&ran.stdout));
        text(&ran.stdout)
    }

    /// Makes a stand-in for every image that a Dockerfile names.
    pub(crate) fn make_bases(&self, dockerfile: &str) {
        let mut names = BTreeSet::new();
        for line in dockerfile.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["FROM", base, ..] => drop(names.insert(base.to_owned())),
                ["COPY", from, ..] => {
                    names.extend(from.strip_prefix("--from=").map(str::to_owned));
                }
                _ => {}
            }
        }
        names.retain(|name| name.contains('/'));
        assert_eq!(names.len(), 3, "builder, runtime and the program that asks: {names:?}");
        for name in names {
            if name.contains("/rust:") {
                let path = format!("PATH={TOOLCHAIN}/bin:/usr/local/bin:/usr/bin:/bin");
                self.image(
                    &name,
                    &self.linking,
                    &["--env", &path, "--env", "CARGO_HOME=/usr/local/cargo"],
                );
            } else if name.contains("/busybox:") {
                self.image(&name, &self.of_files("busybox", &["bin/busybox"]), &[]);
            } else {
                assert!(name.contains("/cc-debian"), "nothing stands for {name}");
                self.image(&name, &self.of_files("runtime", LIBRARIES), &["--user", "65532"]);
            }
        }
    }

    /// A folder with some files of the base system.
    fn of_files(&self, name: &str, files: &[&str]) -> PathBuf {
        let folder = self.at(name);
        for file in files {
            let to = folder.join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            // Links of the base system lead into it.
            let from = fs::canonicalize(self.base.join(file)).unwrap();
            fs::copy(from, to).unwrap();
        }
        fs::create_dir_all(folder.join("tmp")).unwrap();
        fs::set_permissions(folder.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
        folder
    }

    fn image(&self, name: &str, folder: &Path, config: &[&str]) {
        let container = self.run(&["from", "scratch"]);
        self.run(&["add", "--quiet", &container, folder.to_str().unwrap(), "/"]);
        if !config.is_empty() {
            self.run(&[&["config"], config, &[&container]].concat());
        }
        let policy = self.at("policy.json");
        let policy = policy.to_str().unwrap();
        let commit = ["commit", "--quiet", "--rm", "--format", "docker", "--signature-policy"];
        self.run(&[&commit[..], &[policy, &container, name]].concat());
    }

    /// Builds the Dockerfile of a folder with the project as its context, and returns an archive for an
    /// engine. This builder does not look for a `.dockerignore` beside the Dockerfile: it is told.
    pub(crate) fn build(&self, root: &Utf8Path, folder: &str) -> PathBuf {
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let ran = Command::new(rustc).args(["--print", "sysroot"]).output().unwrap();
        let toolchain = format!("{}:{TOOLCHAIN}:ro", text(&ran.stdout));
        let file = |name: &str| root.join(folder).join(name).into_string();
        let policy = self.at("policy.json").display().to_string();
        let said = self.run(&[
            "bud",
            "--pull-never",
            "--format",
            "docker",
            "--signature-policy",
            &policy,
            "--volume",
            &toolchain,
            "--ignorefile",
            &file("Dockerfile.dockerignore"),
            "--file",
            &file("Dockerfile"),
            "--tag",
            IMAGE,
            root.as_str(),
        ]);
        println!("{said}");
        let archive = self.at("image.tar");
        let to = format!("docker-archive:{}:{IMAGE}", archive.display());
        self.run(&["push", "--quiet", "--signature-policy", &policy, IMAGE, &to]);
        archive
    }
}
