//! Each rule refuses its bad example, by itself, and accepts its good one.

use super::{Expected, Objects, RULES, check, read_back, rule};
use camino::Utf8Path;
use std::collections::BTreeSet;

/// The rules that a text breaks.
fn broken(text: &str) -> Vec<&'static str> {
    let path = Utf8Path::new("prod/shop/kubernetes/web.yaml");
    let (objects, unreadable) = read_back([(path, text)].into_iter());
    assert_eq!(unreadable, [], "{text}");
    let expected = Expected::default();
    let problems = check(&Objects::new(&objects, &expected));
    for problem in &problems {
        let value = &objects[problem.object].value;
        let parent = problem.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        let exists = value.pointer(&problem.pointer).or_else(|| value.pointer(parent));
        assert!(exists.is_some(), "{problem:?} points nowhere");
    }
    problems.into_iter().map(|problem| problem.rule).collect()
}

#[test]
fn each_rule_tells_its_examples_apart() {
    for rule in RULES {
        assert!(broken(rule.bad).contains(&rule.id), "{} accepts its bad example", rule.id);
        assert!(!broken(rule.good).contains(&rule.id), "{} refuses its good example", rule.id);
    }
}

#[test]
fn rules_are_in_order_and_have_names_of_their_own() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let sorted: Vec<&str> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(ids, sorted);
    assert!(ids.iter().all(|id| rule(id).is_some()) && rule("no-such-rule").is_none());
}

#[test]
fn words_are_sentences_without_a_full_stop() {
    for rule in RULES {
        assert!(!rule.title.ends_with('.') && !rule.mend.ends_with('.'), "{}", rule.id);
        assert!(rule.why.ends_with('.'), "{}", rule.id);
    }
}
