//! What a service may ask the Kubernetes API: roles in namespaces, of resources that lie in them.

use super::draft::{Draft, World};
use crate::finding::Finding;
use crate::validate::{Schemas, is_of_cluster};
use std::collections::BTreeSet;

/// What an API server knows, and what a role in a namespace cannot allow.
pub(super) fn rules(world: &World<'_>, draft: &Draft<'_>, findings: &mut Vec<Finding>) {
    let rules = draft.service.token.as_ref().and_then(|token| token.rules.as_ref());
    let Some(schemas) = Schemas::of(world.environment.kubernetes.minor()) else { return };
    for (index, rule) in rules.into_iter().flatten().enumerate() {
        let all_groups = rule.groups.iter().any(|group| group == "*");
        let own = rule.groups.is_empty();
        for (at, resource) in rule.resources.iter().enumerate() {
            let path = ["token", "rules", &index.to_string(), "resources", &at.to_string()];
            let place = draft.node.value_place(&path);
            // `pods/log` is a part of `pods`.
            let whole = resource.split('/').next().unwrap_or(resource);
            let known = schemas.kinds().filter(|(_, kind)| plural(kind) == whole);
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
                findings.push(
                    Finding::error(
                        "token-of-cluster",
                        format!("`{resource}` lie in no namespace: no role in one allows them"),
                    )
                    .at(place)
                    .note(format!("`{}` gets a role in its namespace", draft.name))
                    .help(format!(
                        "write a ClusterRole and its ClusterRoleBinding for the account `{}` to \
                         `manifests/`",
                        draft.name
                    )),
                );
            }
        }
    }
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

/// The resource of a kind, as the API calls it.
fn plural(kind: &str) -> String {
    let name = kind.to_lowercase();
    if kind == "Endpoints" {
        name
    } else if ["s", "x", "ch", "sh"].iter().any(|end| name.ends_with(end)) {
        format!("{name}es")
    } else if let Some(stem) =
        name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o']))
    {
        format!("{stem}ies")
    } else {
        format!("{name}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_called_as_the_api_calls_them() {
        for (kind, resource) in [
            ("Pod", "pods"),
            ("Endpoints", "endpoints"),
            ("Ingress", "ingresses"),
            ("StorageClass", "storageclasses"),
            ("NetworkPolicy", "networkpolicies"),
            ("ServiceCIDR", "servicecidrs"),
            ("Gateway", "gateways"),
        ] {
            assert_eq!(plural(kind), resource);
        }
    }
}
