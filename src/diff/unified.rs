//! Differences of texts, line by line.

use similar::{Algorithm, TextDiff};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// A whole file, with the two header lines.
pub(super) fn file(old_path: &str, old: &str, new_path: &str, new: &str) -> String {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(old, new);
    diff.unified_diff().context_radius(CONTEXT).header(old_path, new_path).to_string()
}

/// A value of several lines, without a header.
pub(super) fn hunks(old: &str, new: &str) -> String {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(old, new);
    diff.unified_diff().context_radius(CONTEXT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_lines_of_context_surround_a_change() {
        let lines = |eighth: &str| format!("1\n2\n3\n4\n5\n6\n7\n{eighth}\n9\n10\n11\n12\n");
        let expected = "--- a\n+++ b\n@@ -5,7 +5,7 @@\n 5\n 6\n 7\n-8\n+x\n 9\n 10\n 11\n";
        assert_eq!(file("a", &lines("8"), "b", &lines("x")), expected);
        assert_eq!(hunks("a", "b\n"), "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n");
    }
}
