//! The job that a service runs before each release: a service of its own, which has what the
//! service has.

use super::draft::{Draft, SystemDraft};
use super::{beside, ports, run};
use crate::finding::Finding;
use crate::layer;
use crate::load::read;
use crate::merge::ServiceLayers;
use crate::value::Name;

/// The name of a service's job before a release.
#[must_use]
pub fn migration_name(service: &str) -> String {
    format!("{service}-migrate")
}

/// Drafts the job of a service.
pub(super) fn draft<'a>(
    world: &super::World<'a>,
    system: &SystemDraft<'a>,
    of: &Draft<'a>,
    layers: ServiceLayers<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Draft<'a>> {
    let node = layers.merged;
    let place = of.node.key_place(&["migrate"]);
    // What is at fault in the service was told there.
    let (service, _) = read::<layer::Service>(&node);
    let service = service?;
    let name = migration_name(of.name.as_str());
    let described = system.files.node.at(&["services", &name]).is_some();
    if described {
        findings.push(
            Finding::error("name-twice", format!("`{name}` is the name of a job of `{}`", of.name))
                .at(system.files.node.key_place(&["services", &name]))
                .related(place, "this job")
                .help("rename this service"),
        );
        return None;
    }
    let Ok(name) = name.parse::<Name>() else {
        let most = Name::MAX - migration_name("").len();
        findings.push(
            Finding::error("name-too-long", format!("its job `{name}` would have too long a name"))
                .at(of.place)
                .related(place, "this job")
                .help(format!("name the service with at most {most} letters")),
        );
        return None;
    };
    let said = of.service.migrate.as_ref();
    if !said.is_some_and(|said| said.command.is_some() || said.args.is_some()) {
        findings.push(no_command(of));
    }
    let run = run::run(name.as_str(), &node, &service, findings)?;
    let mut draft = Draft {
        name,
        place,
        source: of.source.clone(),
        enabled: of.enabled,
        elsewhere: of.elsewhere.clone(),
        own: of.own,
        kind: of.kind.clone(),
        image: of.image.clone(),
        ports: Vec::new(),
        own_ports: Vec::new(),
        unnumbered: Vec::new(),
        run,
        migrates: Some(of.name.clone()),
        namespace: of.namespace.clone(),
        beside: of.beside,
        keys: Vec::new(),
        containers: Vec::new(),
        node,
        service,
    };
    draft.containers = beside::drafts(world, &draft, findings);
    draft.ports = ports::of_all(&draft, findings);
    Some(draft)
}

/// A job that would start the service itself, and never end.
fn no_command(of: &Draft<'_>) -> Finding {
    Finding::error("missing-key", format!("nothing says what the job of `{}` runs", of.name))
        .at(of.node.key_place(&["migrate"]))
        .help("say `command` or `args`, such as `migrate: { command: [/usr/local/bin/app, migrate] }`")
}
