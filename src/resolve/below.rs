//! A name below the domain of an environment. What is wrong with it as it stands is one fault,
//! whichever domains are put behind it.

use super::draft::{Draft, World};
use crate::finding::Finding;
use crate::source::Place;
use crate::tree::Value;
use crate::value::{Host, ValueError};

/// The host that a name is below the environment's domain.
pub(super) fn below_domain(
    world: &World<'_>,
    draft: &Draft<'_>,
    name: &str,
) -> Result<Host, Box<Finding>> {
    let place = draft.node.value_place(&["expose", "host"]);
    let domain = &world.environment.domain;
    let fault = |error: ValueError| {
        let mut finding = Finding::error("invalid-value", error.message).at(place);
        finding.help = error.help;
        Box::new(finding)
    };
    match name.parse::<Host>() {
        Err(error) => Err(match Host::meant(name) {
            Some(meant) => match of_domain(&meant, domains(world, place)) {
                Some(help) => Box::new(fault(error).help(help)),
                None => fault(error),
            },
            None => Box::new(
                fault(error).help("say a name below the environment's domain, such as `host: www`"),
            ),
        }),
        Ok(host) => match of_domain(&host, vec![domain.as_str()]) {
            Some(_) => {
                let help = of_domain(&host, domains(world, place));
                let finding = Finding::error(
                    "domain-twice",
                    format!(
                        "`{host}` is a full name, and the environment's domain comes behind it"
                    ),
                )
                .at(place)
                .note(format!("it would be reached as `{host}.{domain}`"));
                Err(Box::new(Finding { help, ..finding }))
            }
            None => format!("{host}.{domain}").parse().map_err(fault),
        },
    }
}

/// What to say instead of a host that holds one of some domains; nothing if it holds none. Of two
/// domains that it holds the longer one is meant.
fn of_domain(host: &Host, domains: Vec<&str>) -> Option<String> {
    let names = domains.into_iter().filter_map(|domain| {
        let name = host.as_str().strip_suffix(domain)?;
        (name.is_empty() || name.ends_with('.')).then_some(name)
    });
    let name = match names.min_by_key(|name| name.len())? {
        "" => "\"@\"",
        name => name.trim_end_matches('.'),
    };
    Some(format!("say `host: {name}`, or `hosts: [{host}]` for a full name"))
}

/// The domains of which one may be meant: where a file of a system speaks, that of any environment.
fn domains<'a>(world: &'a World<'_>, place: Place) -> Vec<&'a str> {
    let project = world.project;
    let overrides = project.systems.values().flat_map(|system| system.overrides.values());
    let mut of_environments = project.environments.values().chain(overrides);
    if of_environments.any(|node| node.place.file == place.file) {
        return vec![world.environment.domain.as_str()];
    }
    let all = project.environments.values().filter_map(|node| match &node.child("domain")?.value {
        Value::Text(domain) => Some(domain.as_str()),
        _ => None,
    });
    all.collect()
}
