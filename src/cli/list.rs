//! `iac list`

use super::project::{Failure, Opened, Selection, open};
use super::{Format, Outcome, print, print_json};
use camino::Utf8PathBuf;
use clap::ValueEnum;
use iac::layer::When;
use iac::model::{Environment, NeededSecret, NeededValue, Peer, Run, Service, ServiceKind, Stack};
use iac::reference::readable;
use iac::report::{self, table::Table};
use iac::value::KubernetesVersion;
use iac::value::{Host, Name, Namespace};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// List environments, systems, services, flows, hosts, secrets, needs
#[derive(clap::Args)]
#[command(after_help = "Examples:
  iac list services prod
  iac list flows prod --system shop
  iac list hosts --format json
  iac list secrets prod             objects that must exist, with their keys")]
pub(super) struct List {
    /// What is listed
    #[arg(value_enum, default_value = "services")]
    what: What,
    #[command(flatten)]
    selection: Selection,
    /// What is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Environments in order of promotion
    Environments,
    /// Systems
    Systems,
    /// Services
    Services,
    /// Who calls whom
    Flows,
    /// Public hosts
    Hosts,
    /// Secrets that must exist
    Secrets,
    /// Definitions that a cluster must have for operators
    Needs,
}

impl What {
    /// How many of the first columns say where something is, which many rows have in common.
    fn common(self) -> usize {
        match self {
            Self::Environments => 0,
            Self::Systems => 1,
            Self::Services | Self::Flows | Self::Hosts | Self::Needs => 2,
            // An object has several keys.
            Self::Secrets => 3,
        }
    }
}

impl List {
    pub(super) fn run(self, root: Option<Utf8PathBuf>) -> Result<Outcome, Failure> {
        let opened = open(root)?;
        // What is described is the same on each platform.
        let stacks = self.selection.stacks(opened)?;
        let described: Vec<&Stack> = opened.resolved.described().collect();
        let is_described = |stack: &&Stack| described.iter().any(|it| std::ptr::eq(*it, *stack));
        let stacks: Vec<&Stack> = stacks.into_iter().filter(is_described).collect();
        let rows: Vec<Value> = match self.what {
            What::Environments => promotion(opened)
                .into_iter()
                .filter(|environment| {
                    let names = &self.selection.environments;
                    names.is_empty() || names.iter().any(|name| name == environment.name.as_str())
                })
                .map(|environment| {
                    json!({
                        "environment": environment.name,
                        "after": environment.after,
                        "kubernetes": environment.kubernetes.map(KubernetesVersion::as_str),
                        "context": environment.context,
                        "domain": environment.domain,
                        "about": environment.about,
                    })
                })
                .collect(),
            What::Systems => stacks
                .iter()
                .map(|stack| {
                    json!({
                        "environment": stack.environment.name,
                        "system": stack.system,
                        "namespace": stack.namespace,
                        "services": stack.services.len(),
                        "about": stack.about,
                    })
                })
                .collect(),
            What::Services => stacks.iter().copied().flat_map(services).collect(),
            What::Flows => stacks.iter().copied().flat_map(flows).collect(),
            What::Hosts => stacks.iter().copied().flat_map(hosts).collect(),
            What::Secrets => stacks.iter().copied().flat_map(secrets).collect(),
            What::Needs => stacks.iter().copied().flat_map(needs).collect(),
        };
        match self.format {
            Format::Json => print_json(&Value::Array(rows))?,
            Format::Text => print(&table(&rows, self.what.common()))?,
        }
        Ok(Outcome::Fine)
    }
}

/// Environments so that each stands behind the one that a change runs in before it.
fn promotion(opened: &Opened) -> Vec<&Environment> {
    let environments = &opened.resolved.environments;
    let depth = |environment: &Environment| {
        // `resolve` refuses cycles.
        let mut depth = 0;
        let mut before = environment.after.as_ref();
        while let Some(name) = before {
            depth += 1;
            before = environments.get(name.as_str()).and_then(|other| other.after.as_ref());
        }
        depth
    };
    let mut all: Vec<&Environment> = environments.values().collect();
    all.sort_by_key(|environment| depth(environment));
    all
}

fn services(stack: &Stack) -> Vec<Value> {
    let services = stack.order.iter().filter_map(|name| stack.services.get(name));
    services
        .map(|service| {
            let (from, built) = match &service.kind {
                ServiceKind::Own { context, built_by, .. } => {
                    let by = built_by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
                    ("own", context.as_ref().map(|context| format!("{context}{by}")))
                }
                ServiceKind::Kind { kind, version } => ("kind", Some(format!("{kind} {version}"))),
                ServiceKind::Image => ("image", None),
            };
            let replicas = if !matches!(service.run, Run::Service | Run::Worker) {
                String::new()
            } else if service.replicas.max > service.replicas.min {
                format!("{}-{}", service.replicas.min, service.replicas.max)
            } else {
                service.replicas.min.to_string()
            };
            json!({
                "environment": stack.environment.name,
                "system": stack.system,
                "service": service.name,
                "runs": runs(&service.run),
                "after": names(&service.after),
                "replicas": replicas,
                "from": from,
                "what": built.unwrap_or_else(|| service.container.image.name.to_string()),
            })
        })
        .collect()
}

fn names(names: &[Name]) -> String {
    names.iter().map(Name::as_str).collect::<Vec<&str>>().join(", ")
}

/// How a service runs: of a job, when.
fn runs(run: &Run) -> String {
    match run {
        Run::Service => "service".to_owned(),
        Run::Worker => "worker".to_owned(),
        Run::Job { when: When::BeforeRelease } => "before release".to_owned(),
        Run::Job { when: When::AfterRelease } => "after release".to_owned(),
        Run::Job { when: When::ByHand } => "by hand".to_owned(),
        Run::Cron { schedule, time_zone, .. } => format!("{schedule} {time_zone}"),
        Run::Node => "each node".to_owned(),
    }
}

fn flows(stack: &Stack) -> Vec<Value> {
    let mut rows = Vec::new();
    for service in stack.services.values() {
        for flow in &service.flows {
            let to = match &flow.peer {
                Peer::Service(name) => name.to_string(),
                Peer::Manifest { service, .. } => service.to_string(),
                Peer::OtherSystem { system, service, .. } => format!("{system}/{service}"),
                Peer::Elsewhere { service, host, .. } => format!("{service} at {host}"),
                Peer::External { name, host, .. } => format!("{name} at {host}"),
            };
            for port in &flow.ports {
                rows.push(json!({
                    "environment": stack.environment.name,
                    "system": stack.system,
                    "from": service.name,
                    "to": to,
                    "port": format!("{} {}", port.name, port.dialled),
                    "start": if flow.at_start { "waits" } else { "" },
                }));
            }
        }
    }
    rows
}

fn hosts(stack: &Stack) -> Vec<Value> {
    let mut rows = Vec::new();
    for service in stack.services.values() {
        let Some(exposed) = &service.exposed else { continue };
        for host in &exposed.hosts {
            rows.push(json!({
                "environment": stack.environment.name,
                "system": stack.system,
                "service": service.name,
                "url": format!("{}{}", exposed.origin(host), exposed.path),
            }));
        }
    }
    rows
}

fn secrets(stack: &Stack) -> Vec<Value> {
    // All services of a namespace log in to the registry with one Secret.
    let logins = stack.services.values().filter_map(|service| {
        Some((&service.namespace, service.pull_secret.as_ref()?, &service.container.image.name))
    });
    let logins = logins.map(|(namespace, secret, image)| (namespace, secret, image.registry()));
    let login = |(namespace, secret, registry)| {
        json!({
            "environment": stack.environment.name,
            "namespace": namespace,
            "object": secret,
            "key": ".dockerconfigjson",
            "from": format!("a login to {registry}"),
        })
    };
    let logins: BTreeSet<(&Namespace, &Host, &str)> = logins.collect();
    let backend = &stack.environment.secrets;
    let rows = |service: &Service| {
        let row = |needed: NeededSecret<'_>| {
            let mut row = json!({
                "environment": stack.environment.name,
                "namespace": service.namespace,
                "object": needed.object,
                "key": needed.key,
                "from": match needed.value {
                    NeededValue::Secret(reference) => backend.place_of(reference),
                    NeededValue::Text(text) => format!("the text {text}"),
                    NeededValue::File(file) => format!("the file {}", file.path),
                },
            });
            if let NeededValue::File(file) = needed.value {
                row["text"] = file.text().into();
            }
            row
        };
        service.needed_secrets(backend).into_iter().map(row).collect::<Vec<Value>>()
    };
    logins.into_iter().map(login).chain(stack.services.values().flat_map(rows)).collect()
}

/// What the cluster must know so that an operator runs a service.
fn needs(stack: &Stack) -> Vec<Value> {
    let mut rows = Vec::new();
    for service in stack.services.values() {
        let Some(provided) = &service.provided else { continue };
        rows.extend(provided.needs.iter().map(|definition| {
            json!({
                "environment": stack.environment.name,
                "system": stack.system,
                "service": service.name,
                "provider": provided.provider,
                "definition": definition,
            })
        }));
    }
    rows
}

/// Rows as a table; the keys of the first are its columns, but for whole texts, which programs read.
fn table(rows: &[Value], common: usize) -> String {
    let Some(Value::Object(first)) = rows.first() else { return "nothing\n".to_owned() };
    let columns: Vec<String> = first.keys().filter(|key| *key != "text").cloned().collect();
    let cell = |row: &Value, column: &String| match &row[column] {
        Value::Null => String::new(),
        Value::String(text) => readable(text),
        other => other.to_string(),
    };
    let cells = |row: &Value| columns.iter().map(|column| cell(row, column)).collect();
    let rows = rows.iter().map(cells).collect();
    report::table::text(&Table { columns: columns.clone(), common, rows })
}
