//! A machine with an engine, Compose, and all that images are made of.

use crate::daemon::{Engine, text};
use crate::tools::tool;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Machine {
    pub(crate) engine: Engine,
    compose: PathBuf,
    /// The file system that images are made of.
    pub(crate) base: PathBuf,
    /// The servers of Prometheus with their tools.
    pub(crate) monitoring: Vec<PathBuf>,
}

impl Machine {
    /// Starts one, or nothing where something of it cannot be had.
    pub(crate) fn start() -> Option<Self> {
        let base = tool("base")?;
        let compose = tool("python/containers/bin/docker-compose")?;
        let monitoring = ["prometheus", "promtool", "alertmanager", "amtool"];
        let monitoring: Option<Vec<_>> =
            monitoring.iter().map(|name| tool(&format!("bin/{name}"))).collect();
        let monitoring = monitoring?;
        let engine = Engine::start()?;
        Some(Self { engine, compose, base, monitoring })
    }

    /// A command of the first run, or a later one, in a folder with a Compose file.
    pub(crate) fn shell(&self, folder: &Path, script: &str) -> Output {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder);
        self.engine.client(&mut command);
        // `docker compose` is a plugin of the client.
        let plugins = self.engine.folder.path().join("client/cli-plugins");
        fs::create_dir_all(&plugins).unwrap();
        let plugin = plugins.join("docker-compose");
        if !plugin.exists() {
            std::os::unix::fs::symlink(&self.compose, plugin).unwrap();
        }
        command.env("DOCKER_CONFIG", self.engine.folder.path().join("client"));
        command.env("COMPOSE_FILE", "compose.yaml:stand-ins.yaml");
        command.output().unwrap()
    }

    /// What a published port answers, asked by the fixture as somebody on the same machine.
    pub(crate) fn get(&self, fixture: &Path, address: &str, path: &str) -> Result<String, String> {
        let mut command = Command::new("nsenter");
        let process = self.engine.daemon.id().to_string();
        command.args(["--net", "--target", &process]).arg(fixture).args(["get", address, path]);
        let ran = command.output().unwrap();
        if ran.status.success() { Ok(text(&ran.stdout)) } else { Err(text(&ran.stderr)) }
    }
}
