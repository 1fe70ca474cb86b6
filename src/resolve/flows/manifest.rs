//! Callees that are objects of the user's own: Services in `manifests/`.

use super::address;
use super::{Call, Failure, ResolvedFlow, fail};
use crate::finding::Finding;
use crate::layer::Protocol;
use crate::model::{FlowPort, Manifest, Peer};
use crate::reference::Reference;
use crate::resolve::draft::SystemDraft;
use crate::value::Name;
use serde_json::Value;
use std::collections::BTreeMap;

/// A Service in `manifests/`.
pub(super) struct OwnService<'a> {
    manifest: &'a Manifest,
    object: Value,
}

/// The Service of that name in a system's manifests.
pub(super) fn service<'a>(system: &SystemDraft<'a>, name: &str) -> Option<OwnService<'a>> {
    system.files.manifests.iter().find_map(|manifest| {
        let object = manifest.node.to_json();
        let is_meant = object["apiVersion"] == "v1"
            && object["kind"] == "Service"
            && object["metadata"]["name"] == name;
        is_meant.then_some(OwnService { manifest, object })
    })
}

/// The names of all Services in a system's manifests.
pub(super) fn names<'a>(system: &SystemDraft<'a>) -> impl Iterator<Item = &'a str> {
    system.files.manifests.iter().filter_map(|manifest| {
        let text = |path: &[&str]| match &manifest.node.at(path)?.value {
            crate::tree::Value::Text(text) => Some(text.as_str()),
            _ => None,
        };
        text(&["metadata", "name"]).filter(|_| text(&["kind"]) == Some("Service"))
    })
}

impl Call<'_> {
    pub(super) fn manifest(
        self,
        system: &SystemDraft<'_>,
        name: Name,
        service: &OwnService<'_>,
    ) -> Result<ResolvedFlow, Failure> {
        let selector = service.object["spec"]["selector"].as_object();
        let labels: BTreeMap<String, String> = selector
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect();
        let at = |path: &[&str]| service.manifest.node.key_place(path);
        if labels.is_empty() {
            return fail(
                Finding::error("callee-without-pods", format!("Service `{name}` selects no pods"))
                    .at(at(&["spec", "selector"]))
                    .related(self.place, "it is called here")
                    .help("what is not run here is an `external` of the system"),
            );
        }
        let mut all = Vec::new();
        let ports = service.object["spec"]["ports"].as_array();
        for (index, port) in ports.into_iter().flatten().enumerate() {
            let Some(target) = target(system, &labels, port) else {
                return fail(
                    Finding::error(
                        "unknown-port",
                        format!("no pod in `manifests/` has the port that `{name}` leads to"),
                    )
                    .at(at(&["spec", "ports", &index.to_string(), "targetPort"]))
                    .help("name a port of the pods that it selects, or say its number"),
                );
            };
            let said = port["name"].as_str().unwrap_or("port");
            let (Ok(name), Some(dialled)) = (said.parse(), number(&port["port"])) else {
                continue;
            };
            all.push(FlowPort { name, dialled, target, protocol: protocol(port) });
        }
        let chosen = address::choose(&self, &all)?;
        // Its name is written as it stands, so that no chart puts its own before it.
        let host = match self.caller.beside {
            Some(_) => format!("{name}.{}", Reference::Namespace),
            None => name.to_string(),
        };
        let facts = address::facts(&host, &chosen, &all, false);
        let peer = Peer::Manifest { service: name, labels };
        Ok(ResolvedFlow {
            flow: self.flow(peer, &chosen, false),
            said: self.said.clone(),
            origin: self.origin,
            binds: ["url", "address"]
                .iter()
                .find_map(|fact| Some(((*fact).to_owned(), facts.text(fact)?.to_owned())))
                .into_iter()
                .collect(),
            facts,
            secrets: Vec::new(),
            kind: None,
        })
    }
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|number| u16::try_from(number).ok())
}

fn protocol(port: &Value) -> Protocol {
    match (port["appProtocol"].as_str(), port["protocol"].as_str()) {
        (_, Some("UDP")) => Protocol::Udp,
        (Some("http"), _) => Protocol::Http,
        (Some("grpc" | "kubernetes.io/h2c"), _) => Protocol::Grpc,
        _ => Protocol::Tcp,
    }
}

/// The port on which the pods listen that a Service selects.
fn target(
    system: &SystemDraft<'_>,
    labels: &BTreeMap<String, String>,
    port: &Value,
) -> Option<u16> {
    let target = port.get("targetPort").unwrap_or(&port["port"]);
    let Some(name) = target.as_str() else { return number(target) };
    system.files.manifests.iter().find_map(|manifest| {
        let object = manifest.node.to_json();
        let template = object["spec"].get("template").unwrap_or(&object);
        let has = |(key, value): (&String, &String)| template["metadata"]["labels"][key] == **value;
        let containers =
            template["spec"]["containers"].as_array().filter(|_| labels.iter().all(has));
        let ports = containers
            .into_iter()
            .flatten()
            .flat_map(|container| container["ports"].as_array().into_iter().flatten());
        ports.filter(|port| port["name"] == name).find_map(|port| number(&port["containerPort"]))
    })
}
