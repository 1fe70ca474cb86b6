//! buildah with a storage of the test's own, which fetches nothing, and stand-ins for base images.

use crate::daemon::text;
use crate::tools::tool;
use camino::Utf8Path;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the toolchains are mounted in the builder's container; Python is part of its system.
const RUST: &str = "/usr/local/rust";
const GO: &str = "/usr/local/go";
const NODE: &str = "/usr/local/node";

/// The image in which everything is built, under the names of all.
const BUILDER: &str = "localhost/builder";

/// What a program needs that is linked against glibc: distroless has little else, and no shell.
const LIBRARIES: &[&str] = &[
    "lib64/ld-linux-x86-64.so.2",
    "lib/x86_64-linux-gnu/libc.so.6",
    "lib/x86_64-linux-gnu/libgcc_s.so.1",
    "lib/x86_64-linux-gnu/libm.so.6",
];

/// What Node.js needs beyond that.
const MORE_LIBRARIES: &[&str] = &[
    "lib/x86_64-linux-gnu/libdl.so.2",
    "lib/x86_64-linux-gnu/libpthread.so.0",
    "usr/lib/x86_64-linux-gnu/libstdc++.so.6",
];

pub(crate) struct Builder {
    folder: tempfile::TempDir,
    programs: PathBuf,
    base: PathBuf,
    /// The same, with a linker and Python.
    building: PathBuf,
    go: PathBuf,
    node: PathBuf,
}

impl Builder {
    /// Nothing where it cannot be had.
    pub(crate) fn new() -> Option<Self> {
        let programs = tool("buildah")?;
        let base = tool("base")?;
        let building = tool("builder")?;
        let go = tool("golang/go")?;
        let node = fs::canonicalize(tool("node")?).unwrap();
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
        let builder = Self { folder, programs, base, building, go, node };
        builder.make_builder();
        Some(builder)
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

    /// What stands for every image in which code is built.
    fn make_builder(&self) {
        let path = format!(
            "PATH=/usr/local/sbin:{RUST}/bin:{GO}/bin:{NODE}/bin:/usr/local/bin:/usr/bin:/bin"
        );
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/languages/builder");
        let config = ["--env", &path, "--env", "CARGO_HOME=/usr/local/cargo"];
        self.image(BUILDER, &[(&self.building, "/"), (&own, "/usr/local/sbin")], &config);
    }

    /// Makes a stand-in for every image that a Dockerfile names. Of runtimes that cannot be had, `program`
    /// stands for what they run.
    pub(crate) fn make_bases(&self, dockerfile: &str, program: Option<&Path>) {
        for name in bases(dockerfile) {
            let is = |part: &str| name.contains(part);
            let builders = ["/rust:", "/golang:", "/node:", "/python:", "/maven:", "/sdk:"];
            if builders.iter().any(|part| is(part)) {
                self.run(&["tag", BUILDER, &name]);
                continue;
            }
            let (folder, config) = if is("/busybox:") {
                (self.of_files("busybox", &["bin/busybox"]), None)
            } else if is("/static-debian") {
                (self.of_files("static", &[]), Some("65532"))
            } else if is("/cc-debian") {
                (self.of_files("cc", LIBRARIES), Some("65532"))
            } else if is("/nodejs24-debian") {
                let folder = self.of_files("node", &[LIBRARIES, MORE_LIBRARIES].concat());
                put(&self.node.join("bin/node"), &folder.join("nodejs/bin/node"));
                (folder, Some("65532"))
            } else {
                let (name, path) = match () {
                    () if is("/eclipse-temurin:") => ("java", "opt/java/openjdk/bin/java"),
                    () if is("/aspnet:") => ("dotnet", "usr/bin/dotnet"),
                    () => panic!("nothing stands for {name}"),
                };
                let folder = self.of_files(name, &[]);
                put(program.unwrap(), &folder.join(path));
                (folder, None)
            };
            let config: Vec<&str> = config.into_iter().flat_map(|user| ["--user", user]).collect();
            self.image(&name, &[(&folder, "/")], &config);
        }
    }

    /// A folder with some files of the base system.
    fn of_files(&self, name: &str, files: &[&str]) -> PathBuf {
        let folder = self.at(name);
        for file in files {
            put(&self.base.join(file), &folder.join(file));
        }
        fs::create_dir_all(folder.join("tmp")).unwrap();
        fs::set_permissions(folder.join("tmp"), fs::Permissions::from_mode(0o1777)).unwrap();
        folder
    }

    fn image(&self, name: &str, folders: &[(&Path, &str)], config: &[&str]) {
        let container = self.run(&["from", "scratch"]);
        for (folder, to) in folders {
            self.run(&["add", "--quiet", &container, folder.to_str().unwrap(), to]);
        }
        if !config.is_empty() {
            self.run(&[&["config"], config, &[&container]].concat());
        }
        let policy = self.at("policy.json");
        let policy = policy.to_str().unwrap();
        let commit = ["commit", "--quiet", "--rm", "--format", "docker", "--signature-policy"];
        self.run(&[&commit[..], &[policy, &container, name]].concat());
    }

    /// Builds the Dockerfile of a folder with another as its context, and returns an archive for an engine.
    /// This builder does not look for a `.dockerignore` beside the Dockerfile: it is told.
    pub(crate) fn build(&self, image: &str, context: &Utf8Path, folder: &Utf8Path) -> PathBuf {
        let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        let ran = Command::new(rustc).args(["--print", "sysroot"]).output().unwrap();
        let rust = format!("{}:{RUST}:ro", text(&ran.stdout));
        let go = format!("{}:{GO}:ro", self.go.display());
        let node = format!("{}:{NODE}:ro", self.node.display());
        let file = |name: &str| folder.join(name).into_string();
        let policy = self.at("policy.json").display().to_string();
        let mut arguments = vec!["bud", "--pull-never", "--format", "docker"];
        arguments.extend(["--signature-policy", &policy]);
        arguments.extend(["--volume", &rust, "--volume", &go, "--volume", &node]);
        let (ignored, dockerfile) = (file("Dockerfile.dockerignore"), file("Dockerfile"));
        arguments.extend(["--ignorefile", &ignored, "--file", &dockerfile]);
        arguments.extend(["--tag", image, context.as_str()]);
        println!("{}", self.run(&arguments));
        let archive = self.at("image.tar");
        let _ = fs::remove_file(&archive);
        let to = format!("docker-archive:{}:{image}", archive.display());
        self.run(&["push", "--quiet", "--signature-policy", &policy, image, &to]);
        archive
    }
}

/// Copies a program or a library. Links of the base system lead into it.
fn put(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(fs::canonicalize(from).unwrap(), to).unwrap();
}

/// Every image that a Dockerfile names.
fn bases(dockerfile: &str) -> BTreeSet<String> {
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
    names
}
