//! What is said of a service that is run elsewhere: only what its callers are told has an effect.

use super::draft::Draft;
use crate::finding::Finding;
use crate::layer::Bind;
use crate::value::PortName;

fn port_names<'a>(draft: &'a Draft<'_>) -> Vec<&'a str> {
    let numbered = draft.ports.iter().map(|port| &port.name);
    numbered.chain(&draft.unnumbered).map(PortName::as_str).collect()
}

/// Facts, secrets and ports that the service does not have.
pub(super) fn unknown(draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let Some(elsewhere) = &draft.elsewhere else { return };
    let binds = |wanted: fn(&Bind) -> bool| -> Vec<&str> {
        let binds = draft.kind.iter().flat_map(|kind| kind.entry.kind.binds.iter().flatten());
        binds.filter(|(_, bind)| wanted(bind)).map(|(fact, _)| fact.as_str()).collect()
    };
    let facts = elsewhere.facts.iter().flatten().map(|(name, _)| name.as_str());
    let secrets = elsewhere.secrets.iter().flatten().map(|(name, _)| name.as_str());
    let ports = elsewhere.ports.iter().flatten().map(|(name, _)| name.as_str());
    let all: [(&str, &str, Vec<&str>, Vec<&str>); 3] = [
        ("facts", "fact", facts.collect(), binds(|bind| bind.text.is_some())),
        ("secrets", "secret", secrets.collect(), binds(|bind| bind.secret.is_some())),
        ("ports", "port", ports.collect(), port_names(draft)),
    ];
    for (key, word, said, known) in all {
        for name in said.into_iter().filter(|name| !known.contains(name)) {
            let message = format!("`{}` tells its callers no {word} `{name}`", draft.name);
            let finding = Finding::error("unknown-name", message)
                .at(draft.node.key_place(&["elsewhere", key, name]))
                .known(key, name, known.iter().copied());
            findings.push(match finding.help {
                Some(_) => finding,
                None if known.is_empty() => finding.help("remove it"),
                None => finding.help("remove it, or name one of these"),
            });
        }
    }
}
