//! The page of the catalogue: what each kind is, and what may be said of it.

use super::markdown::{Page, code};
use super::started;
use crate::generate::schema::option_words;
use crate::layer::{Bind, Kind, OneOrMany, ServicePort};
use crate::load::{KindEntry, ProviderEntry};
use std::collections::BTreeMap;
use std::fmt::Display;

/// The page of all kinds.
pub(super) fn page(
    kinds: &BTreeMap<String, KindEntry>,
    providers: &BTreeMap<String, ProviderEntry>,
) -> String {
    let mut page = started("The catalogue");
    page.text(
        "Third-party software that a service can be, by `kind`. A project adds its own in \
         [`environments/catalogue/`](kind.md), or replaces one.",
    );
    for (name, entry) in kinds {
        let about = entry.kind.about.as_deref().unwrap_or("no description");
        page.item(&format!("[`{name}`](#{}): {about}", super::markdown::anchor(name)));
    }
    for (name, entry) in kinds {
        page.heading(2, &code(name));
        kind(&mut page, name, &entry.kind);
        run_by(&mut page, name, providers);
    }
    page.finish()
}

fn kind(page: &mut Page, name: &str, kind: &Kind) {
    page.text(&kind.about.clone().unwrap_or_default());
    page.code("yaml", &format!("services:\n  {name}: {{ kind: {name} }}"));
    versions(page, kind);
    contract(page, kind);
    options(page, kind);
    clients(page, kind);
    secrets(page, kind);
}

/// Other ways to run a kind.
fn run_by(page: &mut Page, kind: &str, providers: &BTreeMap<String, ProviderEntry>) {
    let of_kind = |entry: &&ProviderEntry| {
        entry.provider.provides.as_ref().is_some_and(|provides| provides.as_str() == kind)
    };
    let all = providers.values().filter(of_kind).map(|entry| {
        let provider = &entry.provider;
        let about = provider.about.as_deref().unwrap_or("no description");
        let versions: Vec<String> =
            provider.versions.iter().flatten().map(|(version, _)| code(version)).collect();
        let needs = provider.needs.iter().flat_map(|needs| &needs.0);
        let needs: Vec<String> = needs.map(|needed| code(needed.as_str())).collect();
        let replicates = if provider.replicates == Some(true) { "; replicates" } else { "" };
        let needs = if needs.is_empty() {
            String::new()
        } else {
            format!("; the cluster must have {}", needs.join(", "))
        };
        format!(
            "{}: {about}. Versions {}{replicates}{needs}",
            code(&entry.name),
            versions.join(", ")
        )
    });
    list(page, "Run by an operator instead (`providers` of an environment):", all.collect());
}

/// A part of a kind's description: a lead-in and a list. Nothing without items.
fn list(page: &mut Page, lead: &str, items: Vec<String>) {
    if items.is_empty() {
        return;
    }
    page.text(lead);
    for item in items {
        page.item(&item);
    }
    page.gap();
}

fn versions(page: &mut Page, kind: &Kind) {
    let versions = kind.versions.iter().flatten().map(|(name, version)| {
        let default = kind.default_version.as_ref() == Some(name);
        let image = version.image.as_ref().map(|image| match &version.tag {
            Some(tag) => format!(": {}", code(&format!("{image}:{tag}"))),
            None => format!(": {}", code(&image.to_string())),
        });
        let default = if default { ", the default" } else { "" };
        format!("{}{default}{}", code(name), image.unwrap_or_default())
    });
    list(page, "Versions:", versions.collect());
}

fn contract(page: &mut Page, kind: &Kind) {
    let Some(contract) = &kind.contract else { return };
    let ports = contract.ports.iter().flatten().map(|(name, port)| {
        let number = port.port.map(|number| format!(": {number}")).unwrap_or_default();
        let reached = match (port.internal, &port.service_port) {
            (Some(true), _) => ", among peers only",
            (_, Some(ServicePort::None(()))) => ", in no Service",
            _ => "",
        };
        format!("{}{number}{reached}", code(name.as_str()))
    });
    list(page, "Ports:", ports.collect());
    let folders = contract.data.iter().flatten().map(|(name, folder)| {
        let path = folder.path.as_ref().map(|path| code(path.as_str())).unwrap_or_default();
        let lasts = folder.lasts_if.iter().flatten();
        let lasts: Vec<String> =
            lasts.map(|(option, word)| code(&format!("{option}: {word}"))).collect();
        let needed = if lasts.is_empty() {
            String::new()
        } else {
            format!("; needs one with {}", lasts.join(" or "))
        };
        let without = match folder.scratch {
            Some(bytes) => {
                format!("; without a volume of this name, scratch space of {bytes}{needed}")
            }
            None => "; needs a volume of this name".to_owned(),
        };
        format!("{}: {path}{without}", code(name.as_str()))
    });
    list(page, "Data folders:", folders.collect());
    let resources = kind.resources.as_ref();
    let user = contract.user.as_ref().map(|user| format!("Runs as {}", code(user)));
    let cpu = said("Requests cpu", resources.and_then(|it| it.cpu));
    let memory = said("Requests memory", resources.and_then(|it| it.memory));
    let stop = said("Stops within", kind.stop_within);
    let replicates = kind.replicates.map(|replicates| {
        let shared = "Several replicas share their data among themselves";
        let single = "Replicas would not share their data: there is one";
        if replicates { shared.to_owned() } else { single.to_owned() }
    });
    let facts = [user, cpu, memory, stop, replicates];
    list(page, "Unless the service says otherwise:", facts.into_iter().flatten().collect());
}

fn said(what: &str, value: Option<impl Display>) -> Option<String> {
    value.map(|value| format!("{what} `{value}`"))
}

fn options(page: &mut Page, kind: &Kind) {
    let options = kind.options.iter().flatten();
    let options = options.map(|(name, option)| {
        let (words, doc) = option_words(option);
        format!("{}: {words}. {doc}", code(name)).trim_end().to_owned()
    });
    list(page, "Options:", options.collect());
}

fn clients(page: &mut Page, kind: &Kind) {
    let picks = kind.picks.iter().flatten().map(|(name, pick)| {
        let option = pick.option.as_deref().unwrap_or(name);
        format!("{}: an entry of the option {}; the only one unless said", code(name), code(option))
    });
    list(page, "A client picks (`uses: { …: { pick: { … } } }`):", picks.collect());
    let binds = kind.binds.iter().flatten();
    let binds = binds.map(|(name, bind)| format!("{}: {}", code(name), bound(bind)));
    list(
        page,
        "A client is told, as the variable `<PREFIX>_<FACT>`, where the prefix is `as` or the name \
         of the service:",
        binds.collect(),
    );
    let uses = kind.uses.iter().flatten().map(|(name, _)| code(name.as_str()));
    list(page, "It calls, if its system has services of them:", uses.collect());
}

fn bound(bind: &Bind) -> String {
    match (&bind.text, &bind.secret) {
        (_, Some(secret)) => format!("the secret {}", code(secret)),
        (Some(text), None) => code(text),
        (None, None) => "nothing".to_owned(),
    }
}

fn secrets(page: &mut Page, kind: &Kind) {
    fn facts<T: AsRef<str>>(facts: &OneOrMany<T>) -> String {
        facts.0.iter().map(|fact| code(fact.as_ref())).collect::<Vec<_>>().join(", ")
    }
    let own = kind.secrets.iter().flatten();
    let own = own.map(|(item, names)| format!("{}: {}", code(item.as_str()), facts(names)));
    let items = kind.item_secrets.iter().flatten();
    let items =
        items.map(|(option, names)| format!("each entry of {}: {}", code(option), facts(names)));
    list(page, "Secrets of its own:", own.chain(items).collect());
}
