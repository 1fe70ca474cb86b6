//! A cluster for tests: a real control plane on this machine, as yet without nodes.
//!
//! It listens on loopback ports that were free, lives in a temporary folder, and ends with its
//! value, also when a test fails or is killed.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it starts programs, and a test fails at what does not work"
)]

mod certificates;
mod control_plane;
pub(crate) mod program;

use crate::support::Ran;
use crate::tools::tool;
use camino::{Utf8Path, Utf8PathBuf};
use control_plane::ControlPlane;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take that normally takes seconds: machines of CI are slow at times.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

/// A running control plane, with kubectl as its administrator.
pub(crate) struct Cluster {
    // In this order they are dropped: the programs end before their folder goes.
    pub(crate) control_plane: ControlPlane,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) kubectl: PathBuf,
    definitions: Utf8PathBuf,
}

impl Cluster {
    /// Starts a control plane, and waits until it answers; none where the programs are missing.
    pub(crate) fn start() -> Option<Self> {
        let kubectl = tool("bin/kubectl")?;
        let definitions = Utf8PathBuf::from_path_buf(tool("crds")?).unwrap();
        let programs = control_plane::Programs {
            etcd: tool("bin/etcd")?,
            api_server: tool("bin/kube-apiserver")?,
            controllers: tool("bin/kube-controller-manager")?,
            scheduler: tool("bin/kube-scheduler")?,
        };
        let folder = tempfile::Builder::new().prefix("cluster").tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap();
        let control_plane = ControlPlane::start(&programs, &kubectl, path);
        let cluster = Self { control_plane, folder, kubectl, definitions };
        let account = ["get", "serviceaccount", "default", "--namespace=default"];
        let there = is_within(|| cluster.kubectl(&account).code == Some(0));
        assert!(there, "no default service account within {PATIENCE:?}");
        Some(cluster)
    }

    /// Runs kubectl as the cluster's administrator.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Ran {
        let mut command = kubectl(&self.kubectl, self.control_plane.kubeconfig());
        Ran::of(&command.args(arguments).output().unwrap())
    }

    /// Writes a text to a file beside the cluster, to be given to kubectl.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Applies the custom resource definitions of all operators that `iac` writes objects for.
    pub(crate) fn apply_definitions(&self) {
        let folder = self.definitions.as_str();
        let arguments = ["apply", "--server-side", "--recursive", "--filename", folder];
        self.kubectl(&arguments).ends(0);
        let arguments = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"];
        self.kubectl(&arguments).ends(0);
    }
}

/// Asks until the answer is yes, and not for ever.
pub(crate) fn is_within(asked: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !asked() {
        if began.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    true
}

/// kubectl with one configuration, and nothing of this machine's surroundings.
fn kubectl(program: &std::path::Path, kubeconfig: &Utf8Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", kubeconfig.parent().unwrap())
        .env("KUBECONFIG", kubeconfig)
        .stdin(Stdio::null());
    command
}
