//! Tables. Where one is too wide, empty columns are left out, what its rows have in common stands
//! above them, and what has no room stands below.

use super::WIDTH;
use super::escape::visible;
use super::wrap::wrap;
use std::fmt::Write;

/// The least room for words that are broken into several lines.
const ROOM: usize = 24;

/// A table: each row has a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What stands above the columns.
    pub columns: Vec<String>,
    /// How many of the first columns several rows have in common.
    pub common: usize,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// A table in 80 columns, or as near to that as its cells let it.
#[must_use]
pub fn text(table: &Table) -> String {
    let shown = |cells: &Vec<String>| cells.iter().map(|cell| visible(cell).into_owned()).collect();
    let mut rows: Vec<Vec<String>> = table.rows.iter().map(shown).collect();
    rows.insert(0, table.columns.iter().map(|column| column.to_uppercase()).collect());
    let widths = widths(&rows);
    if width(&widths) <= WIDTH {
        return laid_out(&rows, &widths, 0);
    }
    let is_kept = |column: &usize| {
        *column < table.common || rows[1..].iter().any(|row| !row[*column].is_empty())
    };
    let kept: Vec<usize> = (0..widths.len()).filter(is_kept).collect();
    let some = |row: &Vec<String>| kept.iter().map(|column| row[*column].clone()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(some).collect();
    laid_out(&rows, &self::widths(&rows), table.common)
}

/// How wide each column is.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let widest = |column: usize| rows.iter().map(move |row| row[column].chars().count()).max();
    let columns = rows.first().map_or(0, Vec::len);
    (0..columns).map(|column| widest(column).unwrap_or_default()).collect()
}

/// The rows, with their first `common` cells above those that have them in common.
fn laid_out(rows: &[Vec<String>], widths: &[usize], common: usize) -> String {
    let longest = rows.iter().filter_map(|row| row.last()).flat_map(|cell| cell.split(' '));
    let longest = longest.map(|word| word.chars().count()).max().unwrap_or_default();
    let above = Layout { widths: &widths[..common], indent: 0, longest };
    let indent = if common > 0 { 2 } else { 0 };
    let below = Layout { widths: &widths[common..], indent, longest };
    let mut text = String::new();
    let mut last: Option<&[String]> = None;
    for row in rows {
        let (shared, own) = row.split_at(common);
        if common > 0 && last != Some(shared) {
            above.row(shared, &mut text);
            last = Some(shared);
        }
        below.row(own, &mut text);
    }
    text
}

/// How wide columns are together.
fn width(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

/// Where the cells of a row stand.
struct Layout<'a> {
    widths: &'a [usize],
    indent: usize,
    /// The longest word of the last column.
    longest: usize,
}

impl Layout<'_> {
    /// A row: what has no room beside the first cells stands below them.
    fn row(&self, cells: &[String], text: &mut String) {
        let Self { widths, indent, longest } = *self;
        let mut from = 0;
        while from < widths.len() {
            let indent = if from == 0 { indent } else { indent + 4 };
            let fitting = (from + 1..=widths.len())
                .take_while(|to| indent + width(&widths[from..*to]) <= WIDTH)
                .last();
            let to = fitting.unwrap_or(from + 1);
            // Words at the end are broken, beside other cells if there is room for them.
            let beside = indent + width(&widths[from..to]) + 2;
            let (to, words) = if to == from + 1 && to == widths.len() {
                (from, Some(indent))
            } else if to + 1 == widths.len() && beside + longest.max(ROOM) <= WIDTH {
                (to, Some(beside))
            } else {
                (to, None)
            };
            let mut line = " ".repeat(indent);
            for (cell, width) in cells[from..to].iter().zip(&widths[from..to]) {
                // Writing into a String cannot fail.
                let _ = write!(line, "{cell:<width$}  ");
            }
            from = to;
            if let Some(column) = words {
                let words = wrap(&cells[to], WIDTH - column);
                line.push_str(&words.replace('\n', &format!("\n{:column$}", "")));
                from += 1;
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(common: usize, columns: &[&str], rows: &[&[&str]]) -> String {
        let owned = |cells: &[&str]| cells.iter().map(ToString::to_string).collect();
        let rows = rows.iter().map(|row| owned(row)).collect();
        text(&Table { columns: owned(columns), common, rows })
    }

    #[test]
    fn what_fits_is_a_line_for_each_row() {
        let text = table(1, &["where", "what"], &[&["prod", "a b"], &["dev", "\u{1b}"]]);
        assert_eq!(text, "WHERE  WHAT\nprod   a b\ndev    ␛\n");
    }

    #[test]
    fn what_is_too_wide_is_told_below_what_rows_have_in_common() {
        let long = "x".repeat(76);
        let text = table(1, &["where", "what"], &[&["prod", &long], &["prod", "a"], &["dev", "b"]]);
        assert_eq!(text, format!("WHERE\n  WHAT\nprod\n  {long}\n  a\ndev\n  b\n"));
    }

    #[test]
    fn words_are_broken_and_other_cells_stand_below() {
        let words = "word ".repeat(20);
        let text = table(0, &["name", "about"], &[&["web", words.trim_end()]]);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(text.starts_with("NAME  ABOUT\nweb   word word"), "{text}");
        assert!(text.contains("\n      word"), "{text}");
        let (one, two) = ("o".repeat(50), "t".repeat(60));
        let text = table(0, &["one", "two"], &[&[&one, &two]]);
        assert_eq!(text, format!("ONE\n    TWO\n{one}\n    {two}\n"));
        let text = table(0, &["one", "two", "three"], &[&[&one, "", &two]]);
        assert_eq!(text, format!("ONE\n    THREE\n{one}\n    {two}\n"));
    }
}
