//! Orders: services by their start conditions, environments by their promotion.

use crate::finding::Finding;
use crate::load::Project;
use crate::source::Place;
use crate::tree::Value;
use std::collections::BTreeMap;

/// Names so that whom each needs comes before it; of several possible orders the one in which the
/// names come. A cycle is the error: the names along it.
pub(super) fn start_order<'a>(
    names: impl IntoIterator<Item = &'a str>,
    needs: &BTreeMap<&'a str, Vec<&'a str>>,
) -> Result<Vec<&'a str>, Vec<&'a str>> {
    let mut order: Vec<&'a str> = Vec::with_capacity(needs.len());
    let mut state: BTreeMap<&'a str, Visit> = BTreeMap::new();
    for start in names {
        if state.contains_key(start) {
            continue;
        }
        // A stack instead of recursion: a chain may be as long as a system has services.
        let mut path: Vec<(&'a str, usize)> = vec![(start, 0)];
        state.insert(start, Visit::Open);
        while let Some((name, next)) = path.last_mut() {
            let Some(needed) = needs.get(name).and_then(|needed| needed.get(*next)).copied() else {
                state.insert(name, Visit::Done);
                order.push(name);
                path.pop();
                continue;
            };
            *next += 1;
            match state.get(needed) {
                Some(Visit::Done) => {}
                Some(Visit::Open) => {
                    let from = path.iter().position(|(name, _)| *name == needed).unwrap_or(0);
                    let mut cycle: Vec<&str> = path[from..].iter().map(|(name, _)| *name).collect();
                    cycle.push(needed);
                    return Err(cycle);
                }
                None => {
                    state.insert(needed, Visit::Open);
                    path.push((needed, 0));
                }
            }
        }
    }
    Ok(order)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Open,
    Done,
}

/// `after` names environments that exist, and never itself in a circle.
pub(super) fn environments(project: &Project, findings: &mut Vec<Finding>) {
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut places: BTreeMap<&str, Place> = BTreeMap::new();
    for (name, node) in &project.environments {
        let after = node.child("after");
        let Some(Value::Text(text)) = after.map(|node| &node.value) else {
            needs.insert(name, Vec::new());
            continue;
        };
        let place = after.map_or(node.place, |node| node.place);
        if !project.environments.contains_key(text) {
            findings.push(
                Finding::error("unknown-environment", format!("there is no environment `{text}`"))
                    .at(place)
                    .known(
                        "environments",
                        text,
                        project.environments.keys().map(String::as_str).filter(|it| it != name),
                    ),
            );
            continue;
        }
        needs.insert(name, vec![text]);
        places.insert(name, place);
    }
    if let Err(cycle) = start_order(needs.keys().copied(), &needs) {
        let mut finding = Finding::error(
            "after-cycle",
            format!("environments come after each other in a cycle: {}", cycle.join(" -> ")),
        )
        .help("let the first one stand without `after`");
        for (index, name) in cycle[..cycle.len() - 1].iter().enumerate() {
            let Some(place) = places.get(name) else { continue };
            finding = if index == 0 {
                finding.at(*place)
            } else {
                finding.related(*place, format!("and `{name}`"))
            };
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(
        pairs: &[(&'static str, &[&'static str])],
    ) -> BTreeMap<&'static str, Vec<&'static str>> {
        pairs.iter().map(|(name, needed)| (*name, needed.to_vec())).collect()
    }

    #[test]
    fn what_is_needed_comes_first() {
        let graph =
            needs(&[("api", &["db", "cache"]), ("cache", &[]), ("db", &[]), ("web", &["api"])]);
        assert_eq!(
            start_order(graph.keys().copied(), &graph),
            Ok(vec!["db", "cache", "api", "web"])
        );
    }

    #[test]
    fn a_cycle_is_named_from_its_start_to_its_start() {
        let graph = needs(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]);
        assert_eq!(start_order(graph.keys().copied(), &graph), Err(vec!["b", "c", "b"]));
    }
}
