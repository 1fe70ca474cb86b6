//! Files of one volume, which all lie in one folder.

use crate::value::AbsolutePath;
use std::collections::BTreeMap;

/// What files are called in their volume, in their order: each its own name, or its whole path
/// where two files have one name.
#[must_use]
pub fn names_in_volume(paths: &[&AbsolutePath]) -> Vec<String> {
    let short = |path: &AbsolutePath| {
        let path = path.as_str();
        letters(path.rsplit('/').next().unwrap_or(path))
    };
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths {
        *count.entry(short(path)).or_default() += 1;
    }
    let name = |path: &&AbsolutePath| {
        let short = short(path);
        if count.get(&short) == Some(&1) {
            short
        } else {
            letters(path.as_str().trim_start_matches('/'))
        }
    };
    paths.iter().map(name).collect()
}

/// Keys of objects hold letters, digits, `-`, `_` and `.` only.
fn letters(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .collect()
}
