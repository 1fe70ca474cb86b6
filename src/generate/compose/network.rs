//! Networks: two containers share one exactly where one calls the other. A larger network would let
//! its members call each other, too.

use super::spec::Network;
use crate::finding::Finding;
use crate::model::{Peer, Service, Stack};
use crate::value::Name;
use std::collections::{BTreeMap, BTreeSet};

/// Which networks there are, and who joins them.
pub(super) struct Networks {
    joined: BTreeMap<Name, BTreeSet<String>>,
    all: BTreeMap<String, Network>,
}

impl Networks {
    pub(super) fn of(stack: &Stack) -> Self {
        let mut networks = Self { joined: BTreeMap::new(), all: BTreeMap::new() };
        for (caller, callee) in calls(stack) {
            let name = format!("{caller}.{callee}");
            networks.join(&name, caller, true);
            networks.join(&name, callee, true);
        }
        let outside = stack.services.values().filter(|service| reaches_outside(service));
        for service in outside {
            networks.join(&format!("{}.outside", service.name), &service.name, false);
        }
        networks
    }

    fn join(&mut self, network: &str, service: &Name, internal: bool) {
        self.all.insert(network.to_owned(), Network { internal });
        self.joined.entry(service.clone()).or_default().insert(network.to_owned());
    }

    /// The networks of a service.
    pub(super) fn of_service(&self, service: &Service) -> Vec<String> {
        let joined = self.joined.get(&service.name).into_iter().flatten();
        joined.cloned().collect()
    }

    /// All of them.
    pub(super) fn finish(self) -> BTreeMap<String, Network> {
        self.all
    }
}

/// Who calls whom: flows, and who scrapes the metrics of others. Of two that call each other, once.
/// A node's network has no part in it.
fn calls(stack: &Stack) -> BTreeSet<(&Name, &Name)> {
    let mut calls = BTreeSet::new();
    let here = |name: &Name| stack.services.get(name).is_some_and(|it| !it.host_network);
    let mut add = |caller, callee| {
        let known = calls.contains(&(callee, caller));
        if caller != callee && here(caller) && here(callee) && !known {
            calls.insert((caller, callee));
        }
    };
    for service in stack.services.values() {
        for flow in &service.flows {
            if let Peer::Service(callee) = &flow.peer {
                add(&service.name, callee);
            }
        }
    }
    for scraper in &stack.scrapers {
        let scraped = stack.services.values().filter(|service| !service.metrics.is_empty());
        scraped.for_each(|service| add(scraper, &service.name));
    }
    calls
}

/// Whether a service calls what is not in its system, or is called at a port of the machine.
fn reaches_outside(service: &Service) -> bool {
    let leaves = |peer: &Peer| matches!(peer, Peer::Elsewhere { .. } | Peer::External { .. });
    let calls = service.flows.iter().any(|flow| leaves(&flow.peer));
    !service.host_network && (calls || !service.published.is_empty())
}

/// As many networks as Docker finds addresses for, with some left for others: its own pools hold 31.
const MOST_NETWORKS: usize = 25;

/// More networks than Docker can make as it is installed.
pub(super) fn too_many(stack: &Stack, networks: usize) -> Option<Finding> {
    (networks > MOST_NETWORKS).then(|| {
        let message = format!(
            "`{}` has {networks} networks in Compose, one for each pair that talks, and Docker has \
             addresses for about 30",
            stack.system
        );
        Finding::warning("many-networks", message).help(
            "say in `/etc/docker/daemon.json`: \
             `\"default-address-pools\": [{ \"base\": \"172.16.0.0/12\", \"size\": 24 }]`",
        )
    })
}
