//! Containers as services of Compose.

use super::mount::{Mounts, mounted};
use super::order::{health_check, profiles, runs_by_hand};
use super::secrets::{Secrets, sealed_name};
use super::spec::{
    Build, Deploy, Develop, EnvFile, Limits, Logging, Resources, Service as Written, Watch,
};
use super::units::{cores, size};
use super::{Assembled, files, plain};
use crate::model::{
    Container, Run, SelfCheck, Service, ServiceKind, Stack, VariableValue, VolumeSource,
};
use crate::resolve::UNRELEASED;
use std::collections::BTreeMap;

/// From the folder of a Compose file to the root of the repository.
const ROOT: &str = "../../../..";

/// The most processes and threads of a container: one that forks without end stops itself alone.
const PIDS: u32 = 512;

/// Folders of a repository in which a change of the code never lies.
const UNWATCHED: &[&str] = &["environments/", "out/", "target/", "node_modules/"];

/// What the services of a stack are written with.
pub(super) struct Writer<'a> {
    pub(super) stack: &'a Stack,
    pub(super) secrets: &'a Secrets<'a>,
}

/// The part that a container has in its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Main,
    Sidecar,
    Init,
}

/// The name of a container: the service's own, or one below it.
pub(super) fn name(service: &Service, container: &Container) -> String {
    if container.origin.is_empty() {
        service.name.to_string()
    } else {
        format!("{}-{}", service.name, container.name)
    }
}

impl Writer<'_> {
    /// A container without its networks, and without what it waits for.
    pub(super) fn written(
        &self,
        service: &Service,
        container: &Container,
        part: Part,
        assembled: &mut Assembled,
    ) -> Written {
        let mounts = Mounts::of(service, container);
        assembled.volumes.extend(mounts.named);
        let name = name(service, container);
        let variables = self.secrets.variables(service, &name, container);
        let env_file = variables.map(|composed| EnvFile {
            path: format!("./{}/{}", super::secrets::FOLDER, composed.name),
            format: "raw",
        });
        let text = |text: &String| plain::text(self.stack, text);
        let texts = |texts: &Vec<String>| texts.iter().map(text).collect();
        let environment = container.variables.iter().filter_map(|variable| match &variable.value {
            VariableValue::Text(value) => Some((variable.name.to_string(), text(value))),
            VariableValue::Secret { .. } | VariableValue::Joined(_) => None,
        });
        let build = self.build(container);
        let image = match &build {
            Some(_) => format!("{}:{UNRELEASED}", container.image.name),
            None => container.image.to_string(),
        };
        let hardened = !container.privileged;
        Written {
            image,
            pull_policy: build.is_some().then_some("build"),
            develop: self.develop(service, build.as_ref(), part),
            build,
            profiles: profiles(service),
            entrypoint: container.command.as_ref().map(texts),
            command: container.args.as_ref().map(texts),
            working_dir: container.workdir.as_ref().map(ToString::to_string),
            user: format!("{}:{}", container.user.unwrap_or(service.user), service.group),
            init: true,
            read_only: !container.writable_root,
            privileged: container.privileged,
            cap_drop: if hardened { vec!["ALL".to_owned()] } else { Vec::new() },
            cap_add: container.capabilities.iter().map(ToString::to_string).collect(),
            security_opt: if hardened { vec!["no-new-privileges:true"] } else { Vec::new() },
            pid: service.host_pid.then_some("host"),
            ports: if part == Part::Main { ports(service) } else { Vec::new() },
            env_file: env_file.into_iter().collect(),
            environment: environment.collect(),
            configs: files::mounted(service, assembled),
            secrets: self.secrets(service, container),
            volumes: mounts.volumes,
            tmpfs: mounts.tmpfs,
            shm_size: mounts.shm_size,
            depends_on: BTreeMap::new(),
            healthcheck: if part == Part::Init { None } else { health_check(container) },
            networks: Vec::new(),
            network_mode: None,
            restart: if service.run.ends() || part == Part::Init { "no" } else { "unless-stopped" },
            stop_grace_period: service.stop_within.to_go(),
            deploy: Deploy {
                replicas: (part == Part::Main).then(|| replicas(service)).flatten(),
                resources: Resources { limits: self.limits(container) },
            },
            logging: logging(),
        }
    }

    fn limits(&self, container: &Container) -> Limits {
        let otherwise = &self.stack.environment.limit_range;
        let memory = container.limits.memory.or(otherwise.memory);
        Limits { cpus: container.limits.cpu.map(cores), memory: memory.map(size), pids: PIDS }
    }

    fn secrets(&self, service: &Service, container: &Container) -> Vec<super::spec::Mounted> {
        let own = container.secrets.iter().filter_map(|file| {
            let source = self.secrets.mounted(service, &file.key)?;
            Some(mounted(source, file.path.as_str()))
        });
        let sealed = service.sealed.files.iter();
        let sealed = sealed.map(|file| mounted(&sealed_name(service, file), file.path.as_str()));
        own.chain(sealed).collect()
    }

    /// How a container's image is built, if this project builds it. Who shares an image builds it
    /// too, so that nobody looks for it in a registry.
    pub(super) fn build(&self, container: &Container) -> Option<Build> {
        let owner = self.stack.services.values().find(|service| {
            service.container.image.name == container.image.name
                && matches!(&service.kind, ServiceKind::Own { context: Some(_), .. })
        })?;
        let ServiceKind::Own {
            context: Some(context), dockerfile, published, args, target, ..
        } = &owner.kind
        else {
            return None;
        };
        let context = context.trim_end_matches('/');
        let (folder, up) = match context {
            "." => (ROOT.to_owned(), String::new()),
            below => (format!("{ROOT}/{below}"), "../".repeat(below.split('/').count())),
        };
        let written = || match published {
            Some(path) => format!("{up}{path}"),
            None => {
                format!("{up}out/shared/{}/docker/{}/Dockerfile", self.stack.system, owner.name)
            }
        };
        Some(Build {
            context: folder,
            dockerfile: dockerfile.clone().unwrap_or_else(written),
            target: target.clone(),
            args: args.clone(),
        })
    }

    fn develop(&self, service: &Service, build: Option<&Build>, part: Part) -> Option<Develop> {
        let is_watched = self.stack.environment.watch && part == Part::Main && !service.run.ends();
        let build = build.filter(|_| is_watched)?;
        let ignore = if build.context == ROOT { UNWATCHED } else { &UNWATCHED[2..] };
        let path = build.context.clone();
        Some(Develop { watch: vec![Watch { action: "rebuild", path, ignore: ignore.to_vec() }] })
    }
}

/// Ports of the machine itself: nobody else on its network reaches them.
fn ports(service: &Service) -> Vec<String> {
    let port = |(name, published): (&crate::value::PortName, &u16)| {
        let port = service.ports.iter().find(|port| port.name == *name)?;
        let udp = if port.protocol == crate::layer::Protocol::Udp { "/udp" } else { "" };
        Some(format!("127.0.0.1:{published}:{}{udp}", port.number))
    };
    service.published.iter().filter_map(port).collect()
}

/// How many containers run, where it is not one. Data of one's own and a port of the machine can be
/// had once.
fn replicas(service: &Service) -> Option<u32> {
    let own_data = |source: &VolumeSource| matches!(source, VolumeSource::ClaimPerReplica(_));
    let is_single = !service.published.is_empty()
        || service.host_network
        || service.run == Run::Node
        || service.volumes.iter().any(|volume| own_data(&volume.source));
    let wanted = service.replicas.min;
    let count = if is_single { wanted.min(1) } else { wanted };
    (count != 1 && !service.run.ends()).then_some(count)
}

fn logging() -> Logging {
    Logging { driver: "local", options: BTreeMap::from([("max-file", "3"), ("max-size", "10m")]) }
}

/// What is said above a service.
pub(super) fn comment(service: &Service, container: &Container, part: Part) -> String {
    let mut lines: Vec<String> = Vec::new();
    match part {
        Part::Main => lines.extend(service.about.clone()),
        Part::Sidecar => lines.push(format!("Runs beside {}.", service.name)),
        Part::Init => lines.push(format!("Ends before {} starts.", service.name)),
    }
    if part == Part::Main && runs_by_hand(service) {
        lines.push(format!("Runs by hand: docker compose run --rm {}", service.name));
    }
    if let SelfCheck::Unasked(why) = &container.self_check
        && part != Part::Init
        && !service.run.ends()
    {
        lines.push(format!("Nobody asks whether it is ready: {why}."));
    }
    lines.join("\n")
}
