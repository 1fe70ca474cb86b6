//! Ports and addresses of a callee.

use super::{Call, Failure, fail};
use crate::finding::Finding;
use crate::layer::{self, Protocol};
use crate::model::{Addresses, FlowPort, Platform};
use crate::resolve::draft::Draft;
use crate::resolve::facts::fact_key;
use crate::resolve::platform::dialled;
use crate::resolve::ports::is_metrics;
use crate::resolve::texts::Facts;
use crate::value::Host;

/// The ports of a service that can be called: not those for metrics, and not its peers' own.
pub(super) fn of_service(
    platform: Platform,
    callee: &Draft<'_>,
    elsewhere: Option<&layer::Elsewhere>,
) -> Vec<FlowPort> {
    let callable = callee
        .ports
        .iter()
        .filter(|port| !is_metrics(&port.name) && !port.internal)
        .filter_map(|port| Some((port, dialled(platform, port)?)));
    let ports: Vec<_> = callable.collect();
    let single = ports.len() == 1;
    ports
        .into_iter()
        .map(|(port, own)| {
            let dialled = elsewhere.map_or(own, |elsewhere| {
                let named = elsewhere.ports.as_ref().and_then(|ports| ports.get(&port.name));
                let only = elsewhere.port.as_ref().filter(|_| single);
                named.or(only).map_or(own, |number| number.get())
            });
            FlowPort {
                name: port.name.clone(),
                dialled,
                // Who runs elsewhere is reached at the number that is dialled.
                target: if elsewhere.is_some() { dialled } else { port.number },
                protocol: port.protocol,
            }
        })
        .collect()
}

/// The ports of what is not a service of ours.
pub(super) fn of_external(external: &layer::External) -> Vec<FlowPort> {
    external
        .ports
        .iter()
        .flatten()
        .map(|(name, port)| FlowPort {
            name: name.clone(),
            dialled: port.get(),
            target: port.get(),
            protocol: Protocol::Tcp,
        })
        .collect()
}

/// The ports that a flow uses: the named ones, or the only one.
pub(super) fn choose(call: &Call<'_>, all: &[FlowPort]) -> Result<Vec<FlowPort>, Failure> {
    let callee = call.callee();
    let known = || all.iter().map(|port| port.name.as_str());
    let Some(wanted) = call.said.port.as_ref().filter(|wanted| !wanted.0.is_empty()) else {
        return match all {
            [only] => Ok(vec![only.clone()]),
            [] => fail(
                Finding::error("callee-without-port", format!("`{callee}` has no port to call"))
                    .at(call.place)
                    .help("give it a port that callers may use"),
            ),
            _ => fail(
                Finding::error("several-ports", format!("`{callee}` has several ports"))
                    .at(call.place)
                    .known("ports", "", known())
                    .help(format!("say which, such as `port: {}`", all[0].name)),
            ),
        };
    };
    let mut chosen = Vec::new();
    for name in &wanted.0 {
        let Some(port) = all.iter().find(|port| port.name == *name) else {
            return fail(
                Finding::error("unknown-port", format!("`{callee}` has no port `{name}`"))
                    .at(call.caller.node.value_place(&["uses", callee, "port"]))
                    .known("ports", name.as_str(), known()),
            );
        };
        chosen.push(port.clone());
    }
    Ok(chosen)
}

/// What every callee has: host, port, address, ports and, where it speaks HTTP, a URL.
pub(super) fn facts(host: &str, chosen: &[FlowPort], all: &[FlowPort], elsewhere: bool) -> Facts {
    let mut facts = Facts::default();
    facts.set("host", host);
    let ports = all.iter().map(|port| (fact_key(port.name.as_str()), port.dialled));
    facts.set("ports", minijinja::Value::from_pairs(ports));
    if let Some(FlowPort { dialled: number, protocol, .. }) = chosen.first() {
        facts.set("port", *number);
        facts.set("address", format!("{host}:{number}"));
        if matches!(protocol, Protocol::Http | Protocol::Grpc) {
            // Inside the cluster traffic is plain; a service of somebody else on 443 is not.
            let url = match (elsewhere, number) {
                (true, 443) => format!("https://{host}"),
                _ => format!("http://{host}:{number}"),
            };
            facts.set("url", url);
        }
    }
    facts
}

/// The addresses of what is not run here: those that are said, else those that its hosts are.
pub(super) fn addresses(said: Option<&layer::Addresses>, hosts: &[Host]) -> Addresses {
    match said {
        Some(layer::Addresses::Internet(())) => Addresses::Internet,
        Some(layer::Addresses::Ranges(ranges)) => Addresses::Ranges(ranges.clone()),
        None => {
            let ranges = hosts.iter().map(|host| format!("{host}/32").parse());
            ranges.collect::<Result<_, _>>().map_or(Addresses::Unknown, Addresses::Ranges)
        }
    }
}
