//! Third-party software as data: the entries of the catalogue.

use super::exception::Token;
use super::form::{ShortForm, TextItem};
use super::monitoring::{Alert, Panel};
use super::network::Port;
use super::workload::Resources;
use super::{OneOrMany, Short};
use crate::value::{
    AbsolutePath, Bytes, Duration, EnvName, ImageName, Name, Percent, PortName, Tag,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A kind of third-party software: `environments/catalogue/<kind>.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a kind: a map of keys such as `about`, `versions` and `contract`")]
pub struct Kind {
    /// What it is, in a line.
    ///
    /// Example: `about: In-memory store, compatible with Redis`
    pub about: Option<String>,
    /// Its versions; a service picks one by `version`.
    ///
    /// Example: `versions: { "9": { image: docker.io/valkey/valkey } }`
    pub versions: Option<BTreeMap<String, KindVersion>>,
    /// The version of a service that picks none.
    ///
    /// Example: `default-version: "9"`
    pub default_version: Option<String>,
    /// What its image expects and offers.
    ///
    /// Example: `contract: { user: "999:999", ports: { redis: 6379 } }`
    pub contract: Option<Contract>,
    /// What a service may choose.
    ///
    /// Example: `options: { memory: { quantity: 256Mi, doc: maxmemory } }`
    pub options: Option<BTreeMap<String, KindOption>>,
    /// Secrets of its own, by item: the facts that each has.
    ///
    /// Example: `secrets: { default: password }`
    pub secrets: Option<BTreeMap<Name, OneOrMany<Name>>>,
    /// Secrets of each entry of an option: the facts that each has.
    ///
    /// Example: `item-secrets: { users: password }`
    pub item_secrets: Option<BTreeMap<String, OneOrMany<Name>>>,
    /// Replaces the image's entrypoint; texts over options.
    ///
    /// Example: `command: [/bin/sh, /etc/app/start.sh]`
    pub command: Option<Vec<TextItem>>,
    /// Arguments; texts over options.
    ///
    /// Example: `args: ["--maxmemory", { text: "{{ options.memory }}" }]`
    pub args: Option<Vec<TextItem>>,
    /// Arguments that are made from an option: each entry of the map is one argument.
    ///
    /// Example: `args-of: { settings: "-c{{ key }}={{ value }}" }`
    pub args_of: Option<BTreeMap<String, String>>,
    /// Environment variables; texts over options.
    ///
    /// Example: `config: { PGDATA: /var/lib/postgresql/18/docker }`
    pub config: Option<BTreeMap<EnvName, TextItem>>,
    /// Files by their path in the container.
    ///
    /// Example: `files: { /etc/app/app.conf: { text: "listen 8080" } }`
    pub files: Option<BTreeMap<AbsolutePath, KindFile>>,
    /// Kinds that it calls, if the system has services of them.
    ///
    /// Example: `uses: { prometheus: {} }`
    pub uses: Option<BTreeMap<Name, KindUse>>,
    /// What a client chooses among: entries of an option.
    ///
    /// Example: `picks: { database: { option: databases } }`
    pub picks: Option<BTreeMap<String, Pick>>,
    /// What a client is told: facts, which become variables `<PREFIX>_<FACT>`.
    ///
    /// Example: `binds: { host: "{{ host }}", port: "{{ port }}" }`
    pub binds: Option<BTreeMap<String, Short<Bind>>>,
    /// Alerts over its own metrics, by name: a Prometheus of the same system has them.
    ///
    /// Example: `alerts: { OwnQueueIsFull: { expr: 'own_queue_free{service="{{ service }}"} == 0' } }`
    pub alerts: Option<BTreeMap<String, Alert>>,
    /// Panels of its dashboard, in their order: a Grafana of the same system has it.
    ///
    /// Example: `panels: [{ title: Queue, expr: 'own_queue_length{service=~"{{ service }}"}' }]`
    pub panels: Option<Vec<Panel>>,
    /// What it asks of the Kubernetes API.
    ///
    /// Example: `token: { rules: [{ resources: [pods], verbs: [list] }], why: finds its targets }`
    pub token: Option<Token>,
    /// What it requests unless the service says otherwise.
    ///
    /// Example: `resources: { cpu: 100m, memory: 256Mi }`
    pub resources: Option<Resources>,
    /// How long it may take to stop.
    ///
    /// Example: `stop-within: 120s`
    pub stop_within: Option<Duration>,
    /// Several replicas of it share their data among themselves.
    ///
    /// Example: `replicates: false`
    pub replicates: Option<bool>,
}

/// A version of a kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ image: docker.io/valkey/valkey }`")]
pub struct KindVersion {
    /// The image's name; tag and digest come from the lock.
    ///
    /// Example: `image: docker.io/valkey/valkey`
    pub image: Option<ImageName>,
    /// The tag, where the lock holds another version's or none.
    ///
    /// Example: `tag: "17.11-trixie"`
    pub tag: Option<Tag>,
}

/// The image contract: what an image expects and offers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ user: \"999:999\", ports: { redis: 6379 } }`")]
pub struct Contract {
    /// The user and group that it runs as, `"user:group"`.
    ///
    /// Example: `user: "999:999"`
    pub user: Option<String>,
    /// Its ports by name.
    ///
    /// Example: `ports: { redis: 6379 }`
    pub ports: Option<BTreeMap<PortName, Short<Port>>>,
    /// The folders that it writes to, by name of the volume.
    ///
    /// Example: `data: { data: /var/lib/postgresql }`
    pub data: Option<BTreeMap<Name, Short<DataFolder>>>,
    /// How it is asked whether it is well.
    ///
    /// Example: `health: { command: [pg_isready] }`
    pub health: Option<ContractHealth>,
    /// Endpoints that Prometheus scrapes, by name.
    ///
    /// Example: `metrics: { http: { path: /metrics } }`
    pub metrics: Option<BTreeMap<PortName, super::Metrics>>,
}

/// A folder that an image writes to. A service gives it a volume of the same name; where it may be
/// lost, `scratch` says how much it needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a path, or a map such as `{ path: /data, scratch: 256Mi }`")]
pub struct DataFolder {
    /// Where it is.
    ///
    /// Example: `path: /data`
    pub path: Option<AbsolutePath>,
    /// The limit of the scratch space that it gets without a volume.
    ///
    /// Example: `scratch: 256Mi`
    pub scratch: Option<Bytes>,
    /// Keeps the scratch space in memory, where it counts against the container's limit.
    ///
    /// Example: `memory: true`
    pub memory: Option<bool>,
    /// Values of options with which the data must not be lost: a service then says a volume, although
    /// there is `scratch`.
    ///
    /// Example: `lasts-if: { role: store }`
    pub lasts_if: Option<BTreeMap<String, String>>,
}

impl ShortForm for DataFolder {
    type Short = AbsolutePath;
    const EXPECTED: &'static str = "a path, or a map such as `{ path: /data, scratch: 256Mi }`";

    fn expand(short: AbsolutePath) -> Self {
        Self { path: Some(short), ..Self::default() }
    }
}

/// How an image is asked whether it is well: a command, or a path of its HTTP port.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ command: [pg_isready] }`")]
pub struct ContractHealth {
    /// A command in the image that ends with 0. Where there is a path too, a cluster asks that, and
    /// Compose runs the command.
    ///
    /// Example: `command: [valkey-cli, ping]`
    pub command: Option<Vec<TextItem>>,
    /// An HTTP path that answers 200 while it lives.
    ///
    /// Example: `live: /-/healthy`
    pub live: Option<String>,
    /// An HTTP path that answers 200 when it is ready; the same as `live` unless said.
    ///
    /// Example: `ready: /-/ready`
    pub ready: Option<String>,
    /// The port of the paths, by name.
    ///
    /// Example: `port: http`
    pub port: Option<PortName>,
    /// The longest that a start may take.
    ///
    /// Example: `starts-within: 60s`
    pub starts_within: Option<Duration>,
}

/// An option of a kind. Its type is the key that it has: `one-of`, `quantity`, `text`, `number`,
/// `duration`, `map` or `scalars`; the value is its default, if it has one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ quantity: 256Mi, doc: … }`")]
pub struct KindOption {
    /// What it does, in a line.
    ///
    /// Example: `doc: Memory for data`
    pub doc: Option<String>,
    /// One of these words; the first is the default.
    ///
    /// Example: `one-of: [cache, store]`
    pub one_of: Option<Vec<String>>,
    /// An amount of bytes, and its default.
    ///
    /// Example: `quantity: 256Mi`
    pub quantity: Option<Bytes>,
    /// A text, and its default; `""` is none.
    ///
    /// Example: `text: info`
    pub text: Option<String>,
    /// A whole number, and its default.
    ///
    /// Example: `number: 100`
    pub number: Option<i64>,
    /// A duration, and its default.
    ///
    /// Example: `duration: 15d`
    pub duration: Option<Duration>,
    /// Entries by name, each with these keys: `text`, `flag`, or `one-of` these words.
    ///
    /// Example: `map: { owns: text, versioned: flag, type: { one-of: [big, small] } }`
    pub map: Option<BTreeMap<String, EntryKey>>,
    /// Entries by name, each one text, number or boolean.
    ///
    /// Example: `scalars: true`
    pub scalars: Option<bool>,
    /// Of an amount that is held in memory: how much more the container needs than this. Its memory
    /// follows the option.
    ///
    /// Example: `headroom: 50%`
    pub headroom: Option<Percent>,
    /// Keys of its entries that name an entry of another option.
    ///
    /// Example: `names: { owns: databases }`
    pub names: Option<BTreeMap<String, String>>,
    /// The option without whose entries its own lead to nothing.
    ///
    /// Example: `with: users`
    pub with: Option<String>,
    /// Whether an environment may set it.
    ///
    /// Example: `environment: true`
    pub environment: Option<bool>,
}

/// What a key of an option's entry holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKey {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// One of these words; the first is the default.
    ///
    /// Example: `one-of: [big, small]`
    OneOf(Vec<String>),
}

/// A file of a kind: a text, a YAML document, or one that iac derives from the flows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{ text: … }`, `{ yaml: … }` or `{ derive: … }`")]
pub struct KindFile {
    /// A text over options and facts.
    ///
    /// Example: `text: "listen {{ ports.http }}"`
    pub text: Option<String>,
    /// A YAML document whose strings are texts.
    ///
    /// Example: `yaml: { receivers: { otlp: {} } }`
    pub yaml: Option<serde_json::Value>,
    /// A file that follows from the flows of the system.
    ///
    /// Example: `derive: prometheus-scrape`
    pub derive: Option<Derived>,
    /// Permissions in octal, quoted.
    ///
    /// Example: `mode: "0555"`
    pub mode: Option<String>,
}

/// Files that follow from the flows of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Derived {
    /// A Prometheus configuration that scrapes every declared endpoint of the system.
    PrometheusScrape,
    /// Rules of Prometheus: alerts for endpoints that do not answer, and those of the kinds.
    PrometheusRules,
    /// Alertmanager's routes, and the receivers of the option `receivers`.
    AlertmanagerRoutes,
    /// Grafana's data sources: one for each Prometheus and Alertmanager that the service uses.
    GrafanaDatasources,
    /// Where Grafana finds dashboards.
    GrafanaDashboards,
    /// A folder of dashboards: one for the system's own services, and one for each kind.
    Dashboards,
}

/// A kind that a kind calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map such as `{}`")]
pub struct KindUse {
    /// The callee's port by name.
    ///
    /// Example: `port: http`
    pub port: Option<PortName>,
}

/// What a client chooses among.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map `{ option: NAME }`")]
pub struct Pick {
    /// The option whose entries can be picked; the only one unless said.
    ///
    /// Example: `option: databases`
    pub option: Option<String>,
}

/// A fact that a client is told: a text, or a secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a text, or a map `{ secret: \"item#fact\" }`")]
pub struct Bind {
    /// A text over the callee's facts.
    ///
    /// Example: `text: "redis://{{ host }}:{{ port }}"`
    pub text: Option<String>,
    /// A secret of the kind, `item#fact`; a text.
    ///
    /// Example: `secret: "{{ user }}#password"`
    pub secret: Option<String>,
}

impl ShortForm for Bind {
    type Short = String;
    const EXPECTED: &'static str = "a text, or a map `{ secret: \"item#fact\" }`";

    fn expand(short: String) -> Self {
        Self { text: Some(short), ..Self::default() }
    }
}
