//! A system that Compose runs, and what can be asked of it.

use super::daemon::text;
use super::machine::Machine;
use iac::check::{ComposeFiles, Expected, check_compose, read_compose};
use iac::model::{Peer, SelfCheck, Service, Stack};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Output;

pub(crate) struct Running<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) stack: &'a Stack,
    pub(crate) folder: PathBuf,
}

impl Running<'_> {
    pub(crate) fn shell(&self, script: &str) -> Output {
        self.machine.shell(&self.folder, script)
    }

    pub(crate) fn succeeds(&self, script: &str) -> String {
        let ran = self.shell(script);
        let logs = || {
            let ran = self.shell("docker compose ps --all; docker compose logs --tail 20");
            format!("{}{}", text(&ran.stdout), text(&ran.stderr))
        };
        assert!(ran.status.success(), "{script}\n{}\n{}", text(&ran.stderr), logs());
        text(&ran.stdout)
    }

    /// The services that start without a profile.
    fn services(&self) -> impl Iterator<Item = &Service> {
        self.stack.services.values().filter(|service| service.profile.is_none())
    }

    /// What the engine knows of each container, by service.
    fn containers(&self) -> BTreeMap<String, Value> {
        let ids = self.succeeds("docker compose ps --all --quiet");
        let mut containers = BTreeMap::new();
        for id in ids.lines() {
            let told = self.machine.engine.docker_ok(["inspect", id]);
            let told: Value = serde_json::from_str(&told).unwrap();
            let service = &told[0]["Config"]["Labels"]["com.docker.compose.service"];
            containers.insert(service.as_str().unwrap().to_owned(), told[0].clone());
        }
        let names: Vec<&str> = self.services().map(|it| it.name.as_str()).collect();
        assert_eq!(containers.keys().collect::<Vec<_>>(), names);
        containers
    }

    /// Who can be asked is healthy, who ends has ended well.
    pub(crate) fn is_well(&self) {
        let containers = self.containers();
        for service in self.services() {
            let state = &containers[service.name.as_str()]["State"];
            if service.run.ends() {
                assert_eq!(state["Status"], "exited", "{}", service.name);
                assert_eq!(state["ExitCode"], 0, "{}", service.name);
            } else {
                let asked = matches!(service.container.self_check, SelfCheck::Command { .. });
                assert!(asked, "{} cannot be asked", service.name);
                assert_eq!(state["Health"]["Status"], "healthy", "{}", service.name);
            }
        }
    }

    /// Nobody started before what it needs.
    pub(crate) fn started_in_order(&self) {
        let containers = self.containers();
        let started =
            |name: &str| containers[name]["State"]["StartedAt"].as_str().unwrap().to_owned();
        let mut waits = 0;
        for service in self.services() {
            let needs = service.needs.iter().filter(|name| containers.contains_key(name.as_str()));
            for needed in needs {
                waits += 1;
                let (later, earlier) = (started(service.name.as_str()), started(needed.as_str()));
                assert!(earlier < later, "{} {later} before {needed} {earlier}", service.name);
                if self.stack.services[needed].run.ends() {
                    let ended = &containers[needed.as_str()]["State"]["FinishedAt"];
                    assert!(ended.as_str().unwrap() < later.as_str(), "{needed} had not ended");
                }
            }
        }
        assert!(waits >= 2, "nobody waits for anybody");
    }

    /// From every container every port of every other one, by all its addresses.
    pub(crate) fn reaches_what_it_calls_and_nothing_else(&self) {
        let containers = self.containers();
        let (mut reached, mut refused) = (0, 0);
        for from in self.services().filter(|service| !service.run.ends()) {
            for to in self.services().filter(|it| !it.run.ends() && it.name != from.name) {
                let calls = self.calls(from, to) || self.calls(to, from);
                let networks = &containers[to.name.as_str()]["NetworkSettings"]["Networks"];
                let addresses = networks.as_object().unwrap().values();
                let addresses: Vec<&str> =
                    addresses.filter_map(|it| it["IPAddress"].as_str()).collect();
                assert!(!addresses.is_empty());
                for port in to.ports.iter().map(|port| port.number) {
                    let any = addresses
                        .iter()
                        .any(|address| self.connects(&containers, from, address, port));
                    assert_eq!(any, calls, "{} to {}:{port}", from.name, to.name);
                    *(if any { &mut reached } else { &mut refused }) += 1;
                }
            }
        }
        println!("{}: {reached} ports reached, {refused} not", self.stack.system);
        assert!(reached > 0 && refused > 0);
    }

    fn calls(&self, from: &Service, to: &Service) -> bool {
        let by_flow = from.flows.iter().any(|flow| flow.peer == Peer::Service(to.name.clone()));
        by_flow || (self.stack.scrapers.contains(&from.name) && !to.metrics.is_empty())
    }

    fn connects(
        &self,
        containers: &BTreeMap<String, Value>,
        caller: &Service,
        address: &str,
        port: u16,
    ) -> bool {
        let id = containers[caller.name.as_str()]["Id"].as_str().unwrap();
        let script = format!("exec 3<>/dev/tcp/{address}/{port}");
        let exec = ["exec", id, "timeout", "1", "bash", "-c", &script];
        self.machine.engine.docker(exec).status.success()
    }

    /// What the engine was told of each container.
    pub(crate) fn is_hardened(&self) {
        for (name, container) in self.containers() {
            let host = &container["HostConfig"];
            assert_eq!(host["ReadonlyRootfs"], true, "{name}");
            assert_eq!(host["CapDrop"], serde_json::json!(["ALL"]), "{name}");
            assert_eq!(host["Privileged"], false, "{name}");
            assert!(
                host["Memory"].as_u64().unwrap() > 0 && host["PidsLimit"].as_u64().unwrap() > 0,
                "{name}"
            );
            let user = container["Config"]["User"].as_str().unwrap();
            assert!(
                user.split(':').all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)),
                "{name}: {user}"
            );
            for port in host["PortBindings"].as_object().into_iter().flat_map(|map| map.values()) {
                assert_eq!(port[0]["HostIp"], "127.0.0.1", "{name}");
            }
        }
    }

    /// What a server answers inside of its container.
    pub(crate) fn asked(&self, service: &str, address: &str) -> Value {
        let exec = format!("docker compose --profile monitoring exec -T {service}");
        let answer = self.succeeds(&format!("{exec} wget -q -O - 'http://127.0.0.1:{address}'"));
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    /// The rules of `iac check` that a Compose file of this stack would break.
    pub(crate) fn broken_rules(&self, text: &str) -> Vec<&'static str> {
        let path =
            format!("{}/{}/compose/compose.yaml", self.stack.environment.name, self.stack.system);
        let (files, broken) = read_compose([(camino::Utf8Path::new(&path), text)].into_iter());
        assert!(broken.is_empty(), "{broken:?}");
        let expected = Expected::of([self.stack]);
        let problems = check_compose(&ComposeFiles::new(&files, &expected));
        problems.into_iter().map(|problem| problem.rule).collect()
    }
}
