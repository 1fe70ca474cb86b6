//! What a service may ask the Kubernetes API: roles in namespaces, of resources that lie in them.

use super::draft::{Draft, World};
use crate::finding::Finding;
use crate::validate::{Schemas, is_of_cluster, resource_of};
use std::collections::BTreeSet;

const NAMESPACES: &str = "namespaces";

/// What is asked of a namespace by its name counts as asked within it: a role there can allow it.
const BY_NAME: [&str; 4] = ["get", "update", "patch", "delete"];

/// What an API server knows, and what a role in a namespace cannot allow.
pub(super) fn rules(world: &World<'_>, draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let rules = draft.service.token.as_ref().and_then(|token| token.rules.as_ref());
    let version = world.environment.kubernetes;
    let Some(schemas) = version.and_then(|version| Schemas::of(version.minor())) else { return };
    for (index, rule) in rules.into_iter().flatten().enumerate() {
        let all_groups = rule.groups.iter().any(|group| group == "*");
        let own = rule.groups.is_empty();
        for (at, resource) in rule.resources.iter().enumerate() {
            let path = ["token", "rules", &index.to_string(), "resources", &at.to_string()];
            let place = draft.node.value_place(&path);
            // `pods/log` is a part of `pods`.
            let whole = resource.split('/').next().unwrap_or(resource);
            let known = schemas.kinds().filter(|(_, kind)| resource_of(kind) == whole);
            let known: BTreeSet<(&str, &str)> = known.collect();
            if known.is_empty() {
                continue;
            }
            let groups: BTreeSet<&str> = known.iter().map(|(group, _)| *group).collect();
            let said = |group: &str| {
                all_groups
                    || (own && group.is_empty())
                    || rule.groups.iter().any(|said| said == group)
            };
            if !groups.iter().any(|group| said(group)) {
                // A resource of the user's own may bear the same name in a group of its own.
                if rule.groups.iter().any(|group| !schemas.has_group(group)) {
                    continue;
                }
                findings.push(wrong_group(resource, &groups).at(place));
            } else if known.iter().all(|(_, kind)| is_of_cluster(kind)) {
                let of_namespaces = whole == NAMESPACES;
                if of_namespaces && rule.verbs.iter().all(|verb| BY_NAME.contains(&verb.as_str())) {
                    continue;
                }
                findings.push(of_cluster(draft, resource, of_namespaces).at(place));
            }
        }
    }
}

fn of_cluster(draft: &Draft<'_>, resource: &str, of_namespaces: bool) -> Finding {
    let message = format!("`{resource}` lie in no namespace: no role in one allows them");
    let but = if of_namespaces {
        let verbs = BY_NAME.map(|verb| format!("`{verb}`")).join(", ");
        format!(", which allows {verbs} of that one alone")
    } else {
        String::new()
    };
    Finding::error("token-of-cluster", message)
        .note(format!("`{}` gets a role in its namespace{but}", draft.name))
        .help(format!(
            "write a ClusterRole and its ClusterRoleBinding for the account `{}` to `manifests/`",
            draft.name
        ))
}

fn wrong_group(resource: &str, groups: &BTreeSet<&str>) -> Finding {
    let quoted = |group: &&str| format!("`{group}`");
    let named: Vec<String> = groups.iter().filter(|group| !group.is_empty()).map(quoted).collect();
    let (of, help) = if named.is_empty() {
        ("the core group".to_owned(), "leave `groups` away, in a rule of its own".to_owned())
    } else {
        let groups: Vec<&str> = groups.iter().copied().filter(|group| !group.is_empty()).collect();
        (
            format!("the group {}", named.join(" or ")),
            format!("say `groups: [{}]`, in a rule of its own", groups.join(", ")),
        )
    };
    Finding::error(
        "token-group",
        format!("`{resource}` are of {of}, which this rule does not name"),
    )
    .help(help)
}
