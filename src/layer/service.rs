//! A service as a system describes it, what it may take from defaults, and what an environment
//! may say of it.

use super::TargetName;
use super::beside::{Init, InitOverride, Sidecar, SidecarOverride};
use super::data::{ConfigValue, File, Secret, SecretOverride, Volume, VolumeOverride};
use super::exception::{Capabilities, HostPath, HostPathOverride, NeededLevel, Token, User, Why};
use super::form::{OneOrMany, Short, TextItem};
use super::network::{Port, Use, UseOverride};
use super::outside::{Elsewhere, ElsewhereOverride};
use super::patch::Patches;
use super::placement::{Annotations, Labels, Placement};
use super::route::{Expose, ExposeOverride};
use super::run::{Migrate, MigrateOverride, Overlap, Run, When};
use super::workload::{
    Build, Health, HealthOverride, Image, Metrics, Replicas, Resources, Rollout,
};
use crate::value::{
    self, AbsolutePath, Duration, EnvName, ImageName, Name, PortName, Schedule, SecretKey, TimeZone,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Declares `Service` with all keys and `Defaults` with those that several services can share, so
/// that both have one list of keys and one text for each.
macro_rules! service_keys {
    (
        only a service: { $( $(#[$own_meta:meta])* $own:ident: $own_type:ty, )* }
        defaults too: { $( $(#[$meta:meta])* $key:ident: $type:ty, )* }
    ) => {
        /// A service, as a system describes it.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        #[serde(expecting = "a service: a map of keys such as `build`, `kind` or `image`")]
        pub struct Service {
            $( $(#[$own_meta])* pub $own: Option<$own_type>, )*
            $( $(#[$meta])* pub $key: Option<$type>, )*
        }

        /// What own code of a system has unless the service says otherwise.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        #[serde(expecting = "a map of keys of a service")]
        pub struct Defaults {
            $( $(#[$meta])* pub $key: Option<$type>, )*
        }
    };
}

service_keys! {
    only a service: {
        /// What the service is for, in a line.
        ///
        /// Example: `about: Public entry of the verification API`
        about: String,
        /// Who looks after it, if not the system's owner; an annotation of what runs.
        ///
        /// Example: `owner: gateway-team@example.com`
        owner: String,
        /// Shapes of the system or the project, whose keys the service takes.
        ///
        /// Example: `shape: verifier`
        shape: OneOrMany<Name>,
        /// Own code: iac builds its image.
        ///
        /// Example: `build: { context: services/api-gateway, language: rust }`
        build: Build,
        /// Third-party software from the catalogue.
        ///
        /// Example: `kind: postgres`
        kind: Name,
        /// Any image; without a tag its version comes from release.yaml; `{ of: web }` is another
        /// service's own image.
        ///
        /// Example: `image: ghcr.io/example/load:1.2.0`
        image: Image,
        /// One of the kind's versions; the newest that the kind calls its default unless said.
        ///
        /// Example: `version: "18"`
        version: String,
        /// The kind's options; `iac explain` and the reference list them.
        ///
        /// Example: `options: { memory: 256Mi }`
        options: BTreeMap<String, serde_json::Value>,
        /// Replaces the repository of the kind's image, for registries that mirror others.
        ///
        /// Example: `mirror: registry.example.com/mirror/postgres`
        mirror: ImageName,
        /// The ports on which it listens, by name.
        ///
        /// Example: `ports: { http: 8080, metrics: 9464 }`
        ports: BTreeMap<PortName, Short<Port>>,
        /// The services that it calls.
        ///
        /// Example: `uses: { postgresql: { as: database } }`
        uses: BTreeMap<String, Use>,
        /// Services whose `migrate`, or jobs that, must have ended before it starts.
        ///
        /// Example: `after: [accounts]`
        after: Vec<Name>,
        /// A job that it runs once before each release, `<service>-migrate`. Its pods restart until
        /// what it needs is there.
        ///
        /// Example: `migrate: { command: [/usr/local/bin/app, migrate] }`
        migrate: Migrate,
        /// It is not run here; whoever uses it is told this host instead.
        ///
        /// Example: `elsewhere: { host: db.example.com }`
        elsewhere: Elsewhere,
        /// The targets in which it is written; all of the environment's unless said. Who uses it must
        /// work without it in the others.
        ///
        /// Example: `targets: [kubernetes]`
        targets: Vec<TargetName>,
        /// The profile of Compose with which it starts there; without one it always starts. Who uses
        /// it does not wait for it.
        ///
        /// Example: `compose-profile: monitoring`
        compose_profile: Name,
        /// Changes of its generated objects, where no key says it. An environment adds to them.
        ///
        /// Example: `patches: { why: stays while we look, kubernetes: { Deployment/web: { spec: { paused: true } } } }`
        patches: Patches,
    }
    defaults too: {
        /// `false` removes it. Who uses a service that is removed must have said `optional`.
        ///
        /// Example: `enabled: false`
        enabled: bool,
        /// `service` (unless said), `worker`, `job`, `cron` or `node`.
        ///
        /// Example: `run: worker`
        run: Run,
        /// When a job runs: `before-release` (unless said), `after-release` or `by-hand`.
        ///
        /// Example: `when: by-hand`
        when: When,
        /// When a `run: cron` runs: minute, hour, day of the month, month, day of the week.
        ///
        /// Example: `schedule: "0 2 * * *"`
        schedule: Schedule,
        /// The time zone of its schedule; `UTC` unless said.
        ///
        /// Example: `time-zone: Europe/Berlin`
        time_zone: TimeZone,
        /// What happens if a run is due while another goes on: `forbid` (unless said), `allow` or
        /// `replace`.
        ///
        /// Example: `overlap: replace`
        overlap: Overlap,
        /// How often a job is tried again after it failed; 6 unless said.
        ///
        /// Example: `retries: 3`
        retries: u32,
        /// How long a job may take, all tries together; 1h unless said.
        ///
        /// Example: `deadline: 15m`
        deadline: Duration,
        /// Replaces the image's entrypoint.
        ///
        /// Example: `command: [/usr/local/bin/app]`
        command: Vec<TextItem>,
        /// Arguments of the entrypoint.
        ///
        /// Example: `args: [serve, "--verbose"]`
        args: Vec<TextItem>,
        /// The folder in which the program starts.
        ///
        /// Example: `workdir: /srv`
        workdir: AbsolutePath,
        /// How the service is asked whether it is well.
        ///
        /// Example: `health: { live: /health, ready: /ready, starts-within: 60s }`
        health: Health,
        /// What Prometheus scrapes, by name; unless said, every port named `metrics` or
        /// `*-metrics`.
        ///
        /// Example: `metrics: { http: { path: /metrics } }`
        metrics: BTreeMap<PortName, Metrics>,
        /// Environment variables.
        ///
        /// Example: `config: { LOG_LEVEL: info, PORT: { text: "{{ ports.http }}" } }`
        config: BTreeMap<EnvName, ConfigValue>,
        /// Files by their path in the container.
        ///
        /// Example: `files: { /etc/app/app.toml: { from: app.toml.j2 } }`
        files: BTreeMap<AbsolutePath, File>,
        /// References to secrets, by name.
        ///
        /// Example: `secrets: { JWT_SECRET: api-gateway/jwt#secret }`
        secrets: BTreeMap<SecretKey, Short<Secret>>,
        /// Volumes by name. `/tmp` is always scratch space of 64Mi.
        ///
        /// Example: `volumes: { data: { path: /data, size: 10Gi } }`
        volumes: BTreeMap<Name, Volume>,
        /// What the container requests; its memory is also its limit.
        ///
        /// Example: `resources: { cpu: 250m, memory: 512Mi }`
        resources: Resources,
        /// Limits that differ from what is requested.
        ///
        /// Example: `limits: { memory: 1Gi }`
        limits: Resources,
        /// How many pods run.
        ///
        /// Example: `replicas: { min: 2, max: 8, cpu: 70% }`
        replicas: Short<Replicas>,
        /// How a new version takes over: `recreate` or `rolling`.
        ///
        /// Example: `rollout: { recreate: {} }`
        rollout: Rollout,
        /// Where the public reaches it.
        ///
        /// Example: `expose: { host: api }`
        expose: Expose,
        /// Ports of the developer's own machine at which Compose publishes its ports, by their names.
        ///
        /// Example: `publish: { http: 8080 }`
        publish: BTreeMap<PortName, value::Port>,
        /// On which nodes its pods run.
        ///
        /// Example: `placement: { nodes: { kubernetes.io/arch: arm64 } }`
        placement: Placement,
        /// Annotations of its objects.
        ///
        /// Example: `annotations: { pod: { example.com/data-class: internal } }`
        annotations: Annotations,
        /// Labels of its objects. They select nothing.
        ///
        /// Example: `labels: { pod: { team: iot } }`
        labels: Labels,
        /// Containers that run beside the main one, by name.
        ///
        /// Example: `sidecars: { proxy: { image: docker.io/envoyproxy/envoy:v1.36.2 } }`
        sidecars: BTreeMap<Name, Sidecar>,
        /// Containers that run and end before the main one starts, one after another in order of
        /// name. Sidecars run by then.
        ///
        /// Example: `init: { warm: { command: [/usr/local/bin/app, warm] } }`
        init: BTreeMap<Name, Init>,
        /// How long it may take to stop; 45s unless said.
        ///
        /// Example: `stop-within: 60s`
        stop_within: Duration,
        /// The user it runs as: 65532 for own code, the kind's own for a kind. Root is an exception:
        /// `{ id: 0, why: … }`.
        ///
        /// Example: `user: 1000`
        user: Short<User>,
        /// The group it runs as; the same number as the user unless said.
        ///
        /// Example: `group: 1000`
        group: u32,
        /// The container writes outside its volumes.
        ///
        /// Example: `writable-root: { why: the vendor's image writes below /opt }`
        writable_root: Why,
        /// Capabilities of the kernel; none unless said.
        ///
        /// Example: `capabilities: { add: [NET_ADMIN], why: sets routes of the device network }`
        capabilities: Capabilities,
        /// It may do everything on its node.
        ///
        /// Example: `privileged: { why: loads a kernel module }`
        privileged: Why,
        /// It shares its node's network.
        ///
        /// Example: `host-network: { why: finds devices by multicast }`
        host_network: Why,
        /// It sees its node's processes.
        ///
        /// Example: `host-pid: { why: measures all processes }`
        host_pid: Why,
        /// Files and folders of its node, by name.
        ///
        /// Example: `host-paths: { logs: { host: /var/log, why: reads the logs of all pods } }`
        host_paths: BTreeMap<Name, HostPath>,
        /// The Pod Security level that it needs. Where the environment's is stricter, it lives in a
        /// namespace beside its system's, `<namespace>-<level>`.
        ///
        /// Example: `pod-security: { level: privileged, why: reads the nodes' logs }`
        pod_security: NeededLevel,
        /// What it asks of the Kubernetes API; nothing unless said.
        ///
        /// Example: `token: { rules: [{ resources: [pods], verbs: [list] }], why: finds its peers }`
        token: Token,
    }
}

/// What an environment may say of a service. Ports, probe paths, flows, images and names of
/// secrets are the same everywhere, so they are not here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map of keys of a service that an environment may change")]
pub struct Override {
    /// `false` removes it here. Who uses a service that is removed must have said `optional`.
    ///
    /// Example: `enabled: false`
    pub enabled: Option<bool>,
    /// Options that the kind lets an environment set.
    ///
    /// Example: `options: { memory: 1Gi }`
    pub options: Option<BTreeMap<String, serde_json::Value>>,
    /// When a `run: cron` runs: minute, hour, day of the month, month, day of the week.
    ///
    /// Example: `schedule: "0 4 * * *"`
    pub schedule: Option<Schedule>,
    /// The time zone of its schedule.
    ///
    /// Example: `time-zone: Europe/Berlin`
    pub time_zone: Option<TimeZone>,
    /// How often a job is tried again after it failed.
    ///
    /// Example: `retries: 3`
    pub retries: Option<u32>,
    /// How long a job may take, all tries together.
    ///
    /// Example: `deadline: 2h`
    pub deadline: Option<Duration>,
    /// What differs in the job before a release.
    ///
    /// Example: `migrate: { deadline: 2h }`
    pub migrate: Option<MigrateOverride>,
    /// What differs in containers beside the main one.
    ///
    /// Example: `sidecars: { proxy: { resources: { memory: 128Mi } } }`
    pub sidecars: Option<BTreeMap<Name, SidecarOverride>>,
    /// What differs in containers that run before the main one.
    ///
    /// Example: `init: { warm: { resources: { memory: 1Gi } } }`
    pub init: Option<BTreeMap<Name, InitOverride>>,
    /// Times of the probes.
    ///
    /// Example: `health: { starts-within: 120s }`
    pub health: Option<HealthOverride>,
    /// Optional flows that are left out here.
    ///
    /// Example: `uses: { otel-collector: { enabled: false } }`
    pub uses: Option<BTreeMap<String, UseOverride>>,
    /// Environment variables.
    ///
    /// Example: `config: { LOG_LEVEL: debug }`
    pub config: Option<BTreeMap<EnvName, ConfigValue>>,
    /// Where secrets lie here.
    ///
    /// Example: `secrets: { JWT_SECRET: api-gateway/jwt-test#secret }`
    pub secrets: Option<BTreeMap<SecretKey, Short<SecretOverride>>>,
    /// Sizes and tiers of volumes.
    ///
    /// Example: `volumes: { data: { size: 200Gi } }`
    pub volumes: Option<BTreeMap<Name, VolumeOverride>>,
    /// What the container requests; its memory is also its limit.
    ///
    /// Example: `resources: { memory: 1Gi }`
    pub resources: Option<Resources>,
    /// Limits that differ from what is requested.
    ///
    /// Example: `limits: { memory: 2Gi }`
    pub limits: Option<Resources>,
    /// How many pods run.
    ///
    /// Example: `replicas: 3`
    pub replicas: Option<Short<Replicas>>,
    /// How a new version takes over: `recreate` or `rolling`.
    ///
    /// Example: `rollout: { rolling: { at-once: 50% } }`
    pub rollout: Option<Rollout>,
    /// Where the public reaches it.
    ///
    /// Example: `expose: { host: api }`
    pub expose: Option<ExposeOverride>,
    /// Ports of the developer's own machine at which Compose publishes its ports, by their names.
    ///
    /// Example: `publish: { http: 18080 }`
    pub publish: Option<BTreeMap<PortName, value::Port>>,
    /// On which nodes its pods run.
    ///
    /// Example: `placement: { tolerate: { dedicated: databases } }`
    pub placement: Option<Placement>,
    /// Annotations of its objects.
    ///
    /// Example: `annotations: { service: { example.com/zone: internal } }`
    pub annotations: Option<Annotations>,
    /// Labels of its objects. They select nothing.
    ///
    /// Example: `labels: { workload: { stage: production } }`
    pub labels: Option<Labels>,
    /// Files and folders of its node that are left out here.
    ///
    /// Example: `host-paths: { logs: { enabled: false } }`
    pub host_paths: Option<BTreeMap<Name, HostPathOverride>>,
    /// It is not run here; whoever uses it is told this host instead.
    ///
    /// Example: `elsewhere: { host: db.example.com }`
    pub elsewhere: Option<ElsewhereOverride>,
    /// Changes of its generated objects here.
    ///
    /// Example: `patches: { why: stays while we look, kubernetes: { Deployment/web: { spec: { paused: true } } } }`
    pub patches: Option<Patches>,
}
