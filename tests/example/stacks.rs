//! The example's stacks, and what the tests ask of them.

use camino::Utf8Path;
use iac::finding::Finding;
use iac::model::{Claim, Platform, Service, ServiceKind, Stack, VariableValue, VolumeSource};
use iac::reference::{Piece, Reference, pieces};
use iac::report::{Style, findings};
use std::sync::LazyLock;

pub(crate) const ENVIRONMENTS: [&str; 4] = ["dev", "test", "staging", "prod"];
pub(crate) const EDGE: &str = "iot-edge";
pub(crate) const VERIFICATION: &str = "iot-verification";
pub(crate) const VERIFIERS: [&str; 5] = [
    "matter-verification",
    "onem2m-verification",
    "opcua-verification",
    "tsn-verification",
    "wot-verification",
];

pub(crate) static STACKS: LazyLock<Vec<Stack>> = LazyLock::new(|| {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    let (project, mut found) = iac::load::load(root).unwrap();
    let (resolved, more) = iac::resolve::resolve(&project);
    found.extend(more);
    let unreleased = found.extract_if(.., |finding| finding.id == "unreleased-image").count();
    assert_eq!(unreleased, 2, "one for each system, not one for each environment");
    // The operator's image, whose digest nobody who wrote the lock knows.
    let operand = |finding: &mut Finding| {
        finding.id == "unlocked-image"
            && finding.message.contains("`ghcr.io/cloudnative-pg/postgresql:18.6-system-trixie`")
    };
    assert_eq!(found.extract_if(.., operand).count(), 1);
    assert!(found.is_empty(), "{}", findings::text(&found, &project.sources, Style::Plain));
    resolved.stacks.into_iter().filter(|stack| stack.platform == Platform::Kubernetes).collect()
});

pub(crate) fn stack(environment: &str, system: &str) -> &'static Stack {
    let mut stacks = STACKS.iter();
    stacks
        .find(|stack| {
            stack.environment.name.as_str() == environment && stack.system.as_str() == system
        })
        .unwrap_or_else(|| panic!("no stack {environment}/{system}"))
}

pub(crate) fn service(environment: &str, system: &str, name: &str) -> &'static Service {
    let services = &stack(environment, system).services;
    services
        .values()
        .find(|service| service.name.as_str() == name)
        .unwrap_or_else(|| panic!("no service {environment}/{system}/{name}"))
}

pub(crate) fn gateway(environment: &str) -> &'static Service {
    service(environment, VERIFICATION, "api-gateway")
}

/// The verifiers that run: in dev one of them.
pub(crate) fn verifiers(environment: &str) -> Vec<&'static Service> {
    let all = stack(environment, VERIFICATION).services.values();
    let found: Vec<_> = all.filter(|service| VERIFIERS.contains(&service.name.as_str())).collect();
    assert_eq!(found.len(), if environment == "dev" { 1 } else { 5 }, "{environment}");
    found
}

pub(crate) fn own(environment: &str) -> Vec<&'static Service> {
    let systems = [EDGE, VERIFICATION].map(|system| stack(environment, system));
    let all = systems.into_iter().flat_map(|stack| stack.services.values());
    all.filter(|service| matches!(service.kind, ServiceKind::Own { .. })).collect()
}

pub(crate) fn of_kind(environment: &str, wanted: &str) -> Vec<&'static Service> {
    let systems = [EDGE, VERIFICATION].map(|system| stack(environment, system));
    let all = systems.into_iter().flat_map(|stack| stack.services.values());
    let found: Vec<_> = all
        .filter(|service| match &service.kind {
            ServiceKind::Kind { kind, .. } => kind.as_str() == wanted,
            _ => false,
        })
        .collect();
    assert!(!found.is_empty(), "no {wanted} in {environment}");
    found
}

pub(crate) fn variable<'a>(service: &'a Service, name: &str) -> Option<&'a str> {
    let found =
        service.container.variables.iter().find(|variable| variable.name.as_str() == name)?;
    match &found.value {
        VariableValue::Text(text) => Some(text),
        _ => None,
    }
}

/// A text whose references are only names of services.
pub(crate) fn plain(text: &str) -> String {
    let plain = pieces(text).map(|piece| match piece {
        Piece::Text(text) | Piece::Reference(Reference::Name(text)) => text,
        other => panic!("{other:?}"),
    });
    plain.collect()
}

pub(crate) fn file<'a>(service: &'a Service, end: &str) -> &'a str {
    let found = service.files.iter().find(|file| file.path.as_str().ends_with(end));
    &found.unwrap_or_else(|| panic!("{} has no file {end}", service.name)).text
}

pub(crate) fn claims(service: &Service) -> Vec<&Claim> {
    let sources = service.volumes.iter().map(|volume| &volume.source);
    sources
        .filter_map(|source| match source {
            VolumeSource::Claim(claim) | VolumeSource::ClaimPerReplica(claim) => Some(claim),
            _ => None,
        })
        .collect()
}

/// The fewest and the most pods.
pub(crate) fn range(service: &Service) -> (u32, u32) {
    (service.replicas.min, service.replicas.max)
}
