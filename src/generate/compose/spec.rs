//! The parts of the Compose specification that are written.

use serde::Serialize;
use std::collections::BTreeMap;

/// serde gives the field by reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A Compose file.
#[derive(Debug, Serialize)]
pub(super) struct ComposeFile {
    pub(super) name: String,
    pub(super) services: BTreeMap<String, Service>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) networks: BTreeMap<String, Network>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) volumes: BTreeMap<String, Volume>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) configs: BTreeMap<String, Source>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) secrets: BTreeMap<String, Source>,
}

/// A network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Network {
    #[serde(skip_serializing_if = "is_false")]
    pub(super) internal: bool,
}

/// A named volume.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Volume {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) driver_opts: BTreeMap<&'static str, String>,
}

/// Where the text of a config or a secret lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Source {
    pub(super) file: String,
}

/// A service.
#[derive(Debug, Serialize)]
pub(super) struct Service {
    pub(super) image: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pull_policy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) build: Option<Build>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profiles: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) entrypoint: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) command: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) working_dir: Option<String>,
    pub(super) user: String,
    pub(super) init: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) read_only: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) privileged: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cap_drop: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) cap_add: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) security_opt: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pid: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ports: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) env_file: Vec<EnvFile>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) environment: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) configs: Vec<Mounted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) secrets: Vec<Mounted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volumes: Vec<VolumeMount>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tmpfs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shm_size: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) depends_on: BTreeMap<String, Dependency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) healthcheck: Option<HealthCheck>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) networks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) network_mode: Option<String>,
    pub(super) restart: &'static str,
    pub(super) stop_grace_period: String,
    pub(super) deploy: Deploy,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) develop: Option<Develop>,
    pub(super) logging: Logging,
}

/// How an own image is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Build {
    pub(super) context: String,
    pub(super) dockerfile: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) args: BTreeMap<String, String>,
}

/// A file of variables.
#[derive(Debug, Serialize)]
pub(super) struct EnvFile {
    pub(super) path: String,
    /// Every value as it stands, without quotes and interpolation.
    pub(super) format: &'static str,
}

/// A config or a secret, and where it is mounted.
#[derive(Debug, Serialize)]
pub(super) struct Mounted {
    pub(super) source: String,
    pub(super) target: String,
}

/// A volume, and where it is mounted.
#[derive(Debug, Serialize)]
pub(super) struct VolumeMount {
    #[serde(rename = "type")]
    pub(super) form: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<String>,
    pub(super) target: String,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bind: Option<Bind>,
}

/// How a path of the machine is mounted.
#[derive(Debug, Serialize)]
pub(super) struct Bind {
    pub(super) create_host_path: bool,
}

/// What must be there before a service starts.
#[derive(Debug, Serialize)]
pub(super) struct Dependency {
    pub(super) condition: &'static str,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) restart: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) required: Option<bool>,
}

/// How a container is asked whether it is ready.
#[derive(Debug, Serialize)]
pub(super) struct HealthCheck {
    pub(super) test: Vec<String>,
    pub(super) interval: String,
    pub(super) timeout: String,
    pub(super) retries: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start_period: Option<String>,
}

/// How many containers run, and what each may use.
#[derive(Debug, Serialize)]
pub(super) struct Deploy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replicas: Option<u32>,
    pub(super) resources: Resources,
}

/// What a container may use.
#[derive(Debug, Serialize)]
pub(super) struct Resources {
    pub(super) limits: Limits,
}

/// The most that a container may use.
#[derive(Debug, Serialize)]
pub(super) struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cpus: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<String>,
    pub(super) pids: u32,
}

/// What happens when the code changes.
#[derive(Debug, Serialize)]
pub(super) struct Develop {
    pub(super) watch: Vec<Watch>,
}

/// What happens when a folder changes.
#[derive(Debug, Serialize)]
pub(super) struct Watch {
    pub(super) action: &'static str,
    pub(super) path: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ignore: Vec<&'static str>,
}

/// Where logs go.
#[derive(Debug, Serialize)]
pub(super) struct Logging {
    pub(super) driver: &'static str,
    pub(super) options: BTreeMap<&'static str, &'static str>,
}
