//! What is explained is what is used.

use super::project;
use crate::explain::history::{Tree, json};
use crate::explain::{View, What, explain};
use crate::finding::any_error;
use crate::resolve::worlds;
use crate::source::Place;
use crate::tree::Node;
use serde_json::Value;

/// The value that the layers come to by their history alone, and where it stands.
fn last(said: &[crate::explain::Said]) -> Option<(Value, Place)> {
    said.iter().fold(None, |_, said| match &said.what {
        What::Value(value) => Some((value.clone(), said.place)),
        What::Removed | What::Replaced(_) => None,
    })
}

#[track_caller]
fn agrees(tree: &Tree, used: &Node) {
    let prefix = tree.prefix.len();
    let explained = tree.explained(&[]);
    assert!(!explained.is_empty());
    for value in explained {
        let node = used.at(&value.path[prefix..]);
        assert_eq!(value.value, node.map(json), "{:?}", value.path);
        let expected = node.map(|node| (json(node), node.place));
        assert_eq!(last(&value.said), expected, "{:?}", value.path);
    }
}

#[test]
fn the_last_layer_that_says_a_value_says_what_is_used() {
    let project = project();
    for environment in project.environments.keys() {
        let mut findings = Vec::new();
        let world = worlds(&project, environment, &mut findings).remove(0);
        assert!(!any_error(&findings), "{findings:#?}");
        for (name, system) in &world.systems {
            let view = View::new(&project, environment, name).unwrap();
            for (service, draft) in &system.services {
                agrees(&view.service(service).unwrap(), &draft.node);
            }
            agrees(&view.own().unwrap(), &system.node);
            let environment = view.environment().unwrap();
            agrees(&environment, &environment.merged);
        }
    }
}

#[test]
fn everything_is_there_without_a_path() {
    let project = project();
    let all = explain(&project, "prod", "shop", None).unwrap();
    let first = |name: &str| all.values.iter().filter(|value| value.path[0] == name).count();
    assert!(first("environment") > 5 && first("facts") == 2 && first("services") > 20);
    assert!(all.values.is_sorted_by_key(|value| &value.path));
    let web = ["services".to_owned(), "web".to_owned()];
    let some = explain(&project, "prod", "shop", Some(&web)).unwrap();
    assert!(some.values.iter().all(|value| all.values.contains(value)));
}
