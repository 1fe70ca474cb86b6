use super::*;
use crate::source::FileId;
use proptest::prelude::*;

const PROD: &str = "\
a: 1
services:
  web:
    replcias: 3
    x: 1
    replicas: 2



end: 1
";

struct Project {
    sources: Sources,
    prod: FileId,
}

impl Project {
    fn new() -> Self {
        Self::of("environments/prod.yaml", PROD)
    }

    fn of(path: &str, text: &str) -> Self {
        let mut sources = Sources::default();
        let prod = sources.add(path, text);
        Self { sources, prod }
    }

    /// The first occurrence of a text.
    fn at(&self, what: &str) -> Place {
        place_in(&self.sources, self.prod, what)
    }

    fn shows(&self, finding: Finding, expected: &str) {
        assert_eq!(text(&[finding], &self.sources, Style::Plain), expected);
    }
}

fn place_in(sources: &Sources, file: FileId, what: &str) -> Place {
    let start = sources.file(file).text.find(what).expect("the text holds it");
    Place::new(file, start, start + what.len())
}

#[test]
fn a_finding_shows_its_line_what_is_known_and_what_to_do() {
    let project = Project::new();
    let finding = Finding::error("unknown-key", "unknown key `replcias`")
        .at(project.at("replcias"))
        .label("no such key")
        .known("known", "replcias", ["replicas", "resources"]);
    let expected = "\
error[unknown-key]: unknown key `replcias`
 --> environments/prod.yaml:4:5
  |
4 |     replcias: 3
  |     ^^^^^^^^ no such key
  |
  = known: replicas, resources
  = help: did you mean `replicas`?

1 error
";
    project.shows(finding, expected);
}

#[test]
fn related_places_share_the_excerpt_of_their_file() {
    let mut project = Project::new();
    let built_in = project.sources.add_built_in("catalogue/postgres.yaml", "a: 1\nreplicas: 1\n");
    let finding = Finding::error("twice", "said twice")
        .at(project.at("replcias"))
        .label("here")
        .related(project.at("replicas: 2"), "and here")
        .related(place_in(&project.sources, built_in, "replicas"), "by default")
        .related(project.at("end"), "and again");
    let expected = "\
error[twice]: said twice
  --> environments/prod.yaml:4:5
   |
 4 |     replcias: 3
   |     ^^^^^^^^ here
 5 |     x: 1
 6 |     replicas: 2
   |     ----------- and here
...
10 | end: 1
   | --- and again
   |
  ::: <built-in>/catalogue/postgres.yaml:2:1
   |
 2 | replicas: 1
   | -------- by default

1 error
";
    project.shows(finding, expected);
}

#[test]
fn a_finding_without_a_place_shows_its_notes_and_help() {
    let project = Project::new();
    let finding = Finding::warning("old-lock", "the lock is old").note("a fact").help("do it");
    let expected = "\
warning[old-lock]: the lock is old
 |
 = note: a fact
 = help: do it

1 warning
";
    project.shows(finding, expected);
    let bare = Finding::warning("old-lock", "the lock is old");
    project.shows(bare, "warning[old-lock]: the lock is old\n\n1 warning\n");
}

#[test]
fn related_places_alone_are_shown_too() {
    let project = Project::new();
    let finding = Finding::warning("x", "y").related(project.at("end"), "this").note("in: z");
    let expected = "\
warning[x]: y
  --> environments/prod.yaml:10:1
   |
10 | end: 1
   | --- this
   |
   = in: z

1 warning
";
    project.shows(finding, expected);
}

#[test]
fn the_end_of_a_file_and_an_empty_file_are_places() {
    let mut project = Project::new();
    let end = Place::new(project.prod, PROD.len(), PROD.len());
    let expected = "\
error[x]: y
  --> environments/prod.yaml:11:1
   |
11 |
   | ^ missing

1 error
";
    project.shows(Finding::error("x", "y").at(end).label("missing"), expected);
    let empty = project.sources.add("empty.yaml", "");
    let expected = "\
error[x]: y
 --> empty.yaml:1:1
  |
1 |
  | ^ expected a map

1 error
";
    let place = Place::start_of(empty);
    project.shows(Finding::error("x", "y").at(place).label("expected a map"), expected);
    let beyond = Place::new(empty, 70, 90);
    project.shows(Finding::error("x", "y").at(beyond).label("expected a map"), expected);
}

#[test]
fn a_long_note_is_wrapped_between_words() {
    let project = Project::new();
    let names: Vec<String> = (0..9).map(|n| format!("a-rather-long-name-{n}")).collect();
    let finding = Finding::error("x", "y")
        .at(project.at("end"))
        .known("known", "z", names.iter().map(String::as_str))
        .help("write `selects: all`, or name one of the services above in its place: `selects: x`");
    let expected = "\
error[x]: y
  --> environments/prod.yaml:10:1
   |
10 | end: 1
   | ^^^
   |
   = known: a-rather-long-name-0, a-rather-long-name-1, a-rather-long-name-2,
            a-rather-long-name-3, a-rather-long-name-4, a-rather-long-name-5,
            a-rather-long-name-6, a-rather-long-name-7, a-rather-long-name-8
   = help: write `selects: all`, or name one of the services above in its place:
           `selects: x`

1 error
";
    project.shows(finding, expected);
}

#[test]
fn a_long_line_is_cut_around_what_is_marked() {
    let line = format!("a: {}needle{}\nb: x\n", "x".repeat(300), "y".repeat(5000));
    let project = Project::of("long.yaml", &line);
    let finding = Finding::error("x", "y")
        .at(project.at("needle"))
        .label("this")
        .related(project.at("b"), "that");
    let expected = "\
error[x]: y
 --> long.yaml:1:304
  |
1 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxneedleyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...
  |                                 ^^^^^^ this
  |
 ::: long.yaml:2:1
  |
2 | b: x
  | - that

1 error
";
    project.shows(finding, expected);
    let finding = Finding::error("x", "y").at(project.at(&"y".repeat(5000))).label("this");
    let expected = "\
error[x]: y
 --> long.yaml:1:310
  |
1 | ...xxneedleyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...
  |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ this

1 error
";
    project.shows(finding, expected);
}

#[test]
fn characters_that_a_terminal_obeys_are_made_visible() {
    let line = "\tkey:\t\u{1b}[31mred\u{202e} 日本語 e\u{301}x: boo\r\nnext: 1\r\n";
    let project = Project::of("odd\u{1b}[31m.yaml", line);
    let finding = Finding::error("x", "odd \u{1b}[0m\nmessage")
        .at(project.at("boo"))
        .label("this \u{1b}[2J")
        .note("x: \u{1b}[2J\nsecond");
    let expected = "\
error[x]: odd ␛[0m message
 --> odd␛[31m.yaml:1:26
  |
1 |     key:    ␛[31mred\u{fffd} 日本語 e\u{301}x: boo
  |                                  ^^^ this ␛[2J
  |
  = x: ␛[2J
       second

1 error
";
    project.shows(finding, expected);
}

#[test]
fn a_span_over_lines_is_marked_to_the_end_of_its_first_line() {
    let project = Project::of("crlf.yaml", "one: two  \r\nthree: 3\r\n");
    let finding = Finding::error("x", "y").at(project.at("two  \r\nthree")).label("this");
    let expected = "\
error[x]: y
 --> crlf.yaml:1:6
  |
1 | one: two
  |      ^^^ this

1 error
";
    project.shows(finding, expected);
}

#[test]
fn findings_come_in_order_of_place_each_once_and_are_counted() {
    let project = Project::new();
    let error = |id, what| Finding::error(id, "m").at(project.at(what));
    let findings = [
        Finding::error("nowhere", "m"),
        error("b", "end"),
        error("a", "end"),
        Finding::warning("c", "m").at(project.at("web")),
        error("b", "end"),
    ];
    let shown = text(&findings, &project.sources, Style::Plain);
    let heads: Vec<&str> = shown.lines().filter(|line| line.contains('[')).collect();
    assert_eq!(heads, ["warning[c]: m", "error[a]: m", "error[b]: m", "error[nowhere]: m"]);
    assert!(shown.ends_with("\n\n3 errors, 1 warning\n"), "{shown}");
    assert_eq!(text(&[], &project.sources, Style::Plain), "");
}

#[test]
fn colour_only_adds_escape_sequences() {
    let project = Project::new();
    let finding = [Finding::error("x", "y").at(project.at("end")).label("l").note("n")];
    let colour = text(&finding, &project.sources, Style::Colour);
    assert!(colour.contains("\u{1b}["));
    let stripped = anstream::adapter::strip_str(&colour).to_string();
    let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    let plain = text(&finding, &project.sources, Style::Plain);
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}

#[test]
fn json_tells_the_same() {
    let project = Project::new();
    let findings = [
        Finding::warning("old", "m").help("h"),
        Finding::error("x", "y")
            .at(project.at("replcias"))
            .label("l")
            .note("n")
            .related(project.at("end"), "other"),
    ];
    let expected = json!([
        {
            "id": "x", "severity": "error", "message": "y",
            "file": "environments/prod.yaml",
            "line": 4, "column": 5, "end-line": 4, "end-column": 13,
            "label": "l",
            "related": [{
                "file": "environments/prod.yaml",
                "line": 10, "column": 1, "end-line": 10, "end-column": 4, "label": "other",
            }],
            "notes": ["n"], "help": null,
        },
        {
            "id": "old", "severity": "warning", "message": "m",
            "file": null, "line": null, "column": null, "end-line": null, "end-column": null,
            "label": "", "related": [], "notes": [], "help": "h",
        },
    ]);
    assert_eq!(json(&findings, &project.sources), expected);
}

/// Texts full of what is difficult to show.
fn difficult() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\r".to_owned()),
        Just("\t".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("日本".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("👩\u{200d}👩\u{200d}👧".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\u{2028}".to_owned()),
        Just("\u{feff}".to_owned()),
        Just(" ".repeat(90)),
        Just("x".repeat(150)),
        Just("日".repeat(150)),
        "[a-z: ]{0,9}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_reaches_the_terminal_raw(
        texts in proptest::collection::vec(difficult(), 1..3),
        spans in proptest::collection::vec((0usize..3, 0usize..600, 0usize..600), 0..4),
        words in difficult(),
    ) {
        let mut sources = Sources::default();
        let files: Vec<FileId> =
            texts.iter().enumerate().map(|(n, text)| sources.add(format!("{n}.yaml"), text)).collect();
        let mut finding = Finding::error("x", words.clone()).label(words.clone()).note(words.clone());
        for (n, (file, start, length)) in spans.iter().enumerate() {
            let place = Place::new(files[file % files.len()], *start, start + length);
            finding = if n == 0 { finding.at(place) } else { finding.related(place, &words) };
        }
        let shown = text(&[finding.clone()], &sources, Style::Plain);
        let raw = shown.chars().find(|c| c.is_control() && *c != '\n');
        prop_assert_eq!(raw, None);
        let label = words.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>();
        let widest = shown.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        prop_assert!(widest <= 120 + label * spans.len().max(1), "{} wide:\n{}", widest, shown);
        let _ = text(&[finding.clone()], &sources, Style::Colour);
        let _ = json(&[finding], &sources);
    }

    #[test]
    fn the_place_that_is_shown_is_the_place(
        text_of_file in "[a-z\t日\u{301}\u{1b}]{1,40}(\n[a-z\t日\u{301}]{1,300}){0,3}",
        at in 0usize..400,
    ) {
        let mut sources = Sources::default();
        let file = sources.add("f", &text_of_file);
        let at = text_of_file.floor_char_boundary(at.min(text_of_file.len() - 1));
        let place = Place::new(file, at, at + 1);
        let shown = text(&[Finding::error("x", "y").at(place)], &sources, Style::Plain);
        let expected = format!("--> f:{}\n", sources.position(place));
        prop_assert!(shown.contains(&expected), "{} in\n{}", expected, shown);
    }
}
