//! The defects of the two documents from which the example was made: none may come back.
//!
//! Each has a row: a test that looks at the whole of `out/` and fails where the defect is, a reason
//! why it is no defect here, or what has to be built first. `tests/defects/` holds the rows and the
//! tests, a file for each part of the documents.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads files and fails by panicking"
)]

#[path = "defects/compose.rs"]
mod compose;
#[path = "defects/config.rs"]
mod config;
#[path = "defects/images.rs"]
mod images;
#[path = "defects/later.rs"]
mod later;
#[path = "defects/out.rs"]
mod out;
#[path = "defects/pods.rs"]
mod pods;
#[path = "defects/scaling.rs"]
mod scaling;
#[path = "defects/storage.rs"]
mod storage;

use out::Out;
use std::collections::BTreeMap;

/// What is known of a defect.
#[derive(Clone, Copy)]
enum Row {
    /// It is not in out/: this fails where it is.
    Absent(fn(&Out)),
    /// A check of every run of `iac check` refuses it.
    Refused(&'static str),
    /// It is no defect here, for this reason.
    Decided(&'static str),
    /// Nothing can show it before this is built.
    Waits(&'static str),
}

/// How many defects each part of the documents has.
const PARTS: &[(&str, u32)] = &[
    ("AG", 10),
    ("CL", 7),
    ("CM", 7),
    ("CO", 20),
    ("DF", 20),
    ("DS", 14),
    ("GH", 19),
    ("GL", 15),
    ("GR", 10),
    ("HE", 12),
    ("HP", 10),
    ("K1", 9),
    ("KX", 20),
    ("LH", 3),
    ("MD", 8),
    ("NP", 11),
    ("NS", 6),
    ("OP", 10),
    ("PG", 14),
    ("PM", 17),
    ("RD", 10),
    ("SE", 7),
    ("TS", 7),
];

fn rows() -> BTreeMap<&'static str, Row> {
    let all = [
        pods::ROWS,
        scaling::ROWS,
        compose::ROWS,
        config::ROWS,
        storage::ROWS,
        images::ROWS,
        later::ROWS,
    ]
    .concat();
    let rows: BTreeMap<&str, Row> = all.iter().copied().collect();
    assert_eq!(rows.len(), all.len(), "a defect has two rows");
    rows
}

#[test]
fn every_defect_has_a_row() {
    let rows = rows();
    let wanted: Vec<String> = PARTS
        .iter()
        .flat_map(|(part, count)| (1..=*count).map(move |number| format!("{part}-{number:02}")))
        .collect();
    let missing: Vec<&String> =
        wanted.iter().filter(|id| !rows.contains_key(id.as_str())).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
    let unknown: Vec<&&str> = rows.keys().filter(|id| !wanted.iter().any(|it| it == *id)).collect();
    assert!(unknown.is_empty(), "no such defect: {unknown:?}");
}

#[test]
fn what_is_said_to_be_absent_is_absent() {
    let out = Out::committed();
    assert!(out.pods().len() > 40, "out/ was not read");
    let mut absent = 0;
    let mut back = Vec::new();
    for (id, row) in rows() {
        match row {
            Row::Absent(test) => {
                absent += 1;
                if let Err(words) = outcome(test, &out) {
                    back.push(format!("{id}: {words}"));
                }
            }
            Row::Refused(_) | Row::Decided(_) | Row::Waits(_) => {}
        }
    }
    assert!(absent > 30, "only {absent} rows have a test");
    assert!(back.is_empty(), "{} defects are back:\n{}", back.len(), back.join("\n"));
}

/// What a test says where it fails.
fn outcome(test: fn(&Out), out: &Out) -> Result<(), String> {
    std::panic::catch_unwind(|| test(out)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
        words.unwrap_or_default()
    })
}

#[test]
fn rules_that_refuse_a_defect_exist() {
    for (id, row) in rows() {
        match row {
            Row::Refused(rule) => assert!(iac::check::rule(rule).is_some(), "{id}: no rule {rule}"),
            Row::Decided(why) | Row::Waits(why) => assert!(why.len() > 10, "{id}: {why}"),
            Row::Absent(_) => {}
        }
    }
}
