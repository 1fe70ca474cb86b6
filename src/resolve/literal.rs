//! Plain values that look like texts: nothing evaluates them, and who wrote a fact into one
//! expects its value.

use super::draft::{Draft, World};
use super::texts::Facts;
use crate::finding::Finding;

/// A plain value that names a fact. What names none of this service's facts is meant for another
/// engine, and nothing is said of it.
pub(super) fn finding(
    world: &World<'_>,
    draft: &Draft<'_>,
    facts: &Facts,
    path: &[&str],
    value: &str,
) -> Option<Finding> {
    let place = draft.node.value_place(path);
    let evaluated = world.texts.evaluate(value, facts, place).ok()?;
    if evaluated.used.is_empty() {
        return None;
    }
    let used: Vec<String> = evaluated.used.iter().map(|fact| format!("`{fact}`")).collect();
    let message = format!("nothing evaluates this: {} stays as it is written", used.join(", "));
    Some(
        Finding::warning("not-evaluated", message)
            .at(place)
            .note("here a text is evaluated in `{ text: … }` only")
            .help("write `{ text: \"…\" }` for its value; within it `{% raw %}` keeps what shall stay"),
    )
}
