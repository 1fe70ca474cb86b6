//! A container engine of the test's own, in a network of its own: nothing outside it is reached, and no other engine is
//! touched.

use crate::tools::tool;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long it may take to start, and to stop with all its containers.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Engine {
    pub(crate) daemon: Child,
    pub(crate) folder: tempfile::TempDir,
    /// The programs of its packages.
    programs: PathBuf,
}

impl Engine {
    /// Starts one, or nothing where it cannot be had.
    pub(crate) fn start() -> Option<Self> {
        let programs = tool("engine")?;
        let folder = tempfile::Builder::new().prefix("engine").tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let script = format!(
            "ip link set lo up && exec dockerd --host unix://{} --data-root {} --exec-root {} --pidfile {}",
            at("socket"),
            at("data"),
            at("exec"),
            at("pid"),
        );
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "--propagation", "private", "sh", "-c", &script]);
        surroundings(&mut command, &programs);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let daemon = command.spawn().unwrap();
        let mut engine = Self { daemon, folder, programs };
        engine.wait();
        Some(engine)
    }

    fn wait(&mut self) {
        let began = Instant::now();
        while !self.docker(["version"]).status.success() {
            let ended = self.daemon.try_wait().unwrap();
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(ended.is_none(), "the engine ended: {}", log());
            assert!(began.elapsed() < PATIENCE, "the engine does not answer: {}", log());
            sleep(Duration::from_millis(200));
        }
    }

    /// The engine's client.
    pub(crate) fn docker<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Output {
        let mut command = Command::new(self.programs.join("usr/bin/docker"));
        command.args(arguments);
        self.client(&mut command);
        command.output().unwrap()
    }

    /// The client, which must succeed.
    pub(crate) fn docker_ok<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> String {
        let arguments: Vec<&str> = arguments.into_iter().collect();
        let ran = self.docker(arguments.iter().copied());
        assert!(ran.status.success(), "docker {arguments:?}: {}", text(&ran.stderr));
        text(&ran.stdout)
    }

    /// Makes a command a client of this engine.
    pub(crate) fn client(&self, command: &mut Command) {
        surroundings(command, &self.programs);
        let socket = self.folder.path().join("socket");
        command.env("DOCKER_HOST", format!("unix://{}", socket.display()));
        command.env("HOME", self.folder.path()).stdin(Stdio::null());
        // The other builder asks a registry for its own parts.
        command.env("DOCKER_BUILDKIT", "0");
    }
}

/// Programs and libraries of the packages, and nothing else of this machine's surroundings.
fn surroundings(command: &mut Command, programs: &Path) {
    let at = |path: &str| programs.join(path).display().to_string();
    let libraries = at("usr/lib/x86_64-linux-gnu");
    command
        .env_clear()
        .env("PATH", format!("{}:{}:/usr/sbin:/usr/bin:/sbin:/bin", at("usr/bin"), at("usr/sbin")))
        .env("LD_LIBRARY_PATH", &libraries)
        .env("XTABLES_LIBDIR", format!("{libraries}/xtables"));
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

impl Drop for Engine {
    fn drop(&mut self) {
        let all = self.docker(["ps", "--quiet"]);
        for container in text(&all.stdout).lines() {
            self.docker(["kill", container]);
        }
        // `unshare` became `sh`, and that the daemon: its number is the child's.
        let _ = Command::new("kill").arg(self.daemon.id().to_string()).status();
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.daemon.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            sleep(Duration::from_millis(100));
        }
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
