//! etcd, the API server, the controllers and the scheduler.

use super::certificates::{Authority, key_pair};
use super::program::Program;
use super::{PATIENCE, kubectl};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where the programs are.
pub(super) struct Programs {
    pub(super) etcd: PathBuf,
    pub(super) api_server: PathBuf,
    pub(super) controllers: PathBuf,
    pub(super) scheduler: PathBuf,
}

/// A running control plane. Dropped in order, from the first to the last: an API server waits for
/// those who watch it, and one that has lost its etcd would not end for minutes.
pub(crate) struct ControlPlane {
    _controllers: Program,
    _scheduler: Program,
    _api_server: Program,
    _etcd: Program,
    kubeconfig: Utf8PathBuf,
}

/// The first address of the Services' range, which is the API server's own.
const SERVICES: &str = "10.96.0.0/16";
const API_SERVICE: &str = "10.96.0.1";

/// How often ports are chosen anew: between choosing and listening, another program may take one.
const ATTEMPTS: usize = 3;

impl ControlPlane {
    /// Starts a control plane that keeps everything in a folder.
    pub(super) fn start(programs: &Programs, kubectl: &Path, folder: &Utf8Path) -> Self {
        let mut problems = Vec::new();
        for attempt in 1..=ATTEMPTS {
            let folder = folder.join(format!("attempt-{attempt}"));
            fs::create_dir(&folder).unwrap();
            match Self::try_start(programs, kubectl, &folder) {
                Ok(control_plane) => return control_plane,
                Err(problem) => problems.push(problem),
            }
        }
        panic!("no control plane:\n{}", problems.join("\n"));
    }

    /// The configuration of kubectl as the administrator.
    pub(crate) fn kubeconfig(&self) -> &Utf8Path {
        &self.kubeconfig
    }

    fn try_start(programs: &Programs, kubectl: &Path, folder: &Utf8Path) -> Result<Self, String> {
        let [store, peers, api, controllers, scheduler] = free_ports();
        certificates(folder);
        let configuration = |user: &str| kubeconfig(folder, user, api);
        let admin = configuration("admin");
        let for_controllers = configuration("kube-controller-manager");
        let for_scheduler = configuration("kube-scheduler");

        let start =
            |program: &Path, arguments: &[String]| Program::start(program, arguments, folder);
        let mut etcd = start(&programs.etcd, &of_etcd(store, peers));
        let mut api_server = start(&programs.api_server, &of_api_server(store, api));
        until_ready(kubectl, &admin, &mut [&mut etcd, &mut api_server])?;
        let controllers =
            start(&programs.controllers, &of_controllers(&for_controllers, controllers));
        let scheduler = start(&programs.scheduler, &of_scheduler(&for_scheduler, scheduler));
        Ok(Self {
            _controllers: controllers,
            _scheduler: scheduler,
            _api_server: api_server,
            _etcd: etcd,
            kubeconfig: admin,
        })
    }
}

/// Ports that nobody listens on, all at the same time, so that they differ.
fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let listeners: [TcpListener; COUNT] =
        std::array::from_fn(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn certificates(folder: &Utf8Path) {
    let authority = Authority::new(folder);
    let hosts = [
        "127.0.0.1",
        API_SERVICE,
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
    ];
    authority.server("kube-apiserver", &hosts);
    authority.client("admin", "admin", Some("system:masters"));
    authority.client("kube-controller-manager", "system:kube-controller-manager", None);
    authority.client("kube-scheduler", "system:kube-scheduler", None);
    authority.client("front-proxy", "front-proxy-client", None);
    key_pair(folder, "service-accounts");
}

/// A configuration by which a program or kubectl reaches the API server as somebody.
fn kubeconfig(folder: &Utf8Path, user: &str, port: u16) -> Utf8PathBuf {
    let path = folder.join(format!("{user}.kubeconfig"));
    let configuration = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "test", "cluster": {
            "server": format!("https://127.0.0.1:{port}"),
            "certificate-authority": folder.join("ca.crt").as_str(),
        } }],
        "users": [{ "name": user, "user": {
            "client-certificate": folder.join(format!("{user}.crt")).as_str(),
            "client-key": folder.join(format!("{user}.key")).as_str(),
        } }],
        "contexts": [{ "name": "test", "context": { "cluster": "test", "user": user } }],
        "current-context": "test",
    });
    fs::write(&path, configuration.to_string()).unwrap();
    path
}

/// Waits until the API server answers, or one of the programs has ended.
fn until_ready(
    program: &Path,
    kubeconfig: &Utf8Path,
    running: &mut [&mut Program],
) -> Result<(), String> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let mut command = kubectl(program, kubeconfig);
        let asked = command.args(["get", "--raw=/readyz", "--request-timeout=5s"]).output();
        if asked.unwrap().status.success() {
            return Ok(());
        }
        if let Some(ended) = running.iter_mut().find_map(|program| program.ended()) {
            return Err(ended);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Err(format!("the API server was not ready within {PATIENCE:?}"))
}

fn of_etcd(port: u16, peers: u16) -> Vec<String> {
    let url = format!("http://127.0.0.1:{port}");
    vec![
        "--data-dir=etcd".to_owned(),
        format!("--listen-client-urls={url}"),
        format!("--advertise-client-urls={url}"),
        format!("--listen-peer-urls=http://127.0.0.1:{peers}"),
        // What a test keeps need not outlive the machine.
        "--unsafe-no-fsync".to_owned(),
    ]
}

fn of_api_server(store: u16, port: u16) -> Vec<String> {
    let mut arguments = vec![
        format!("--etcd-servers=http://127.0.0.1:{store}"),
        format!("--secure-port={port}"),
        format!("--service-cluster-ip-range={SERVICES}"),
    ];
    let fixed = [
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        // Without it a loopback address is refused.
        "--endpoint-reconciler-type=none",
        "--authorization-mode=Node,RBAC",
        // How long pods stay on a lost node: a test cannot wait for five minutes.
        "--default-not-ready-toleration-seconds=3",
        "--default-unreachable-toleration-seconds=3",
        "--allow-privileged=true",
        "--client-ca-file=ca.crt",
        "--tls-cert-file=kube-apiserver.crt",
        "--tls-private-key-file=kube-apiserver.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=service-accounts.pub",
        "--service-account-signing-key-file=service-accounts.key",
        "--requestheader-client-ca-file=ca.crt",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--proxy-client-cert-file=front-proxy.crt",
        "--proxy-client-key-file=front-proxy.key",
    ];
    arguments.extend(fixed.map(ToOwned::to_owned));
    arguments
}

/// What the controllers and the scheduler say alike.
fn of_client(kubeconfig: &Utf8Path, port: u16) -> Vec<String> {
    vec![
        format!("--kubeconfig={kubeconfig}"),
        format!("--authentication-kubeconfig={kubeconfig}"),
        format!("--authorization-kubeconfig={kubeconfig}"),
        format!("--secure-port={port}"),
        "--bind-address=127.0.0.1".to_owned(),
        "--leader-elect=false".to_owned(),
    ]
}

fn of_controllers(kubeconfig: &Utf8Path, port: u16) -> Vec<String> {
    let mut arguments = of_client(kubeconfig, port);
    let fixed = [
        "--service-account-private-key-file=service-accounts.key",
        "--root-ca-file=ca.crt",
        "--use-service-account-credentials=true",
        "--cluster-signing-cert-file=ca.crt",
        "--cluster-signing-key-file=ca.key",
        // A test cannot wait as long as a cluster in use does.
        "--node-monitor-grace-period=12s",
        "--node-monitor-period=1s",
        "--horizontal-pod-autoscaler-sync-period=5s",
        "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
        "--horizontal-pod-autoscaler-initial-readiness-delay=1s",
    ];
    arguments.extend(fixed.map(ToOwned::to_owned));
    arguments
}

fn of_scheduler(kubeconfig: &Utf8Path, port: u16) -> Vec<String> {
    of_client(kubeconfig, port)
}
