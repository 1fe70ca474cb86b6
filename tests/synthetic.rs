//! The projects that the benchmark measures are sound: a benchmark of error messages would say
//! nothing.
#![allow(clippy::disallowed_methods, reason = "a test reads back what was written")]

#[path = "../benches/scale/synthetic.rs"]
mod synthetic;

use camino::Utf8Path;
use iac::finding::Finding;
use iac::model::VolumeSource;
use iac::resolve::Resolved;

fn resolved(services: usize) -> (Resolved, Vec<Finding>) {
    let folder = tempfile::tempdir().expect("a folder for the project");
    synthetic::write(folder.path(), services).expect("the project is written");
    let root = Utf8Path::from_path(folder.path()).expect("a path in UTF-8");
    let (project, mut findings) = iac::load::load(root).expect("the project is read");
    let (resolved, more) = iac::resolve::resolve(&project);
    findings.extend(more);
    (resolved, findings)
}

#[test]
fn a_synthetic_project_has_no_findings() {
    for services in [synthetic::FEWEST, 10, 33] {
        let (resolved, findings) = resolved(services);
        assert_eq!(findings, Vec::new(), "{services} services");
        assert_eq!(resolved.environments.len(), synthetic::ENVIRONMENTS.len());
        assert_eq!(resolved.stacks.len(), synthetic::ENVIRONMENTS.len());
        for stack in &resolved.stacks {
            assert_eq!(stack.system.as_str(), synthetic::SYSTEM);
            assert_eq!(stack.services.len(), services);
        }
    }
}

#[test]
fn its_services_have_what_services_have() {
    let (resolved, _) = resolved(30);
    let prod = resolved
        .stacks
        .iter()
        .find(|stack| stack.environment.name.as_str() == "prod")
        .expect("a production");
    let services = || prod.services.values();
    assert!(services().any(|service| service.flows.len() >= 4));
    assert!(services().any(|service| service.exposed.is_some()));
    assert!(services().any(|service| service.replicas.max > service.replicas.min));
    assert!(services().any(|service| !service.files.is_empty() && !service.secrets.is_empty()));
    let claims = services().flat_map(|service| &service.volumes);
    let claims = claims.filter(|volume| matches!(volume.source, VolumeSource::ClaimPerReplica(_)));
    assert!(claims.count() >= 5);
}

#[test]
fn a_project_is_the_same_whenever_it_is_written() {
    let read = |services| {
        let folder = tempfile::tempdir().expect("a folder for the project");
        synthetic::write(folder.path(), services).expect("the project is written");
        let system = folder.path().join("environments").join(synthetic::SYSTEM);
        ["prod.yaml", "release.yaml", "services/service-0005.yaml"]
            .map(|file| std::fs::read_to_string(system.join(file)).expect("a file of the project"))
    };
    assert_eq!(read(12), read(12));
}
