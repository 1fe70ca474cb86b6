//! Each rule: what is said, where, and what to do.

mod fidelity;
mod limits;
mod syntax;

use super::{decode, parse};
use crate::finding::Finding;
use crate::source::{Place, Sources};
use crate::tree::{Node, Value};

/// Each finding as `line:column 'source' id: message (help)`.
fn findings(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text);
    let (_, findings) = parse(file, text);
    findings.iter().map(|finding| show(&sources, text, finding)).collect()
}

fn show(sources: &Sources, text: &str, finding: &Finding) -> String {
    let place = finding.place.expect("every finding has a place");
    let position = sources.position(place);
    let (source, id, message) = (slice(text, place), finding.id, &finding.message);
    let help = finding.help.as_deref().unwrap_or("-");
    format!("{position} '{source}' {id}: {message} ({help})")
}

fn slice(text: &str, place: Place) -> &str {
    &text[place.start as usize..place.end as usize]
}

/// The tree of a text in which nothing is wrong.
fn tree(text: &str) -> Node {
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text);
    let (tree, findings) = parse(file, text);
    assert_eq!(findings, [], "in {text:?}");
    tree.expect("a tree where nothing is wrong")
}

fn value(text: &str) -> Value {
    tree(&format!("key: {text}")).child("key").expect("the key is there").value.clone()
}

#[test]
fn values_are_read_as_they_are_written() {
    assert_eq!(value("null"), Value::Null);
    assert_eq!(value("true"), Value::Bool(true));
    assert_eq!(value("false"), Value::Bool(false));
    assert_eq!(value("42"), Value::Integer(42));
    assert_eq!(value("-9223372036854775808"), Value::Integer(i64::MIN));
    assert_eq!(value("0.5"), Value::Float(0.5));
    for text in [
        "1.2.3",
        "v1",
        "512Mi",
        "70%",
        "30s",
        "10.0.0.1",
        "a:b",
        "8080:80",
        "1e",
        "0x",
        "0xg",
        "2024-01",
        "2024-01-01-05",
        "127.0.0.1:53",
        "12:34:56:78:9a:bc",
        "tRue",
        "yEs",
        "nan",
        "inf",
        "Infinity",
        ".",
        "..",
        "--",
        "1-2",
        "1,000",
        "e5",
        "_1",
        "1:60",
    ] {
        assert_eq!(value(text), Value::Text(text.to_owned()));
        assert_eq!(value(&format!("\"{text}\"")), Value::Text(text.to_owned()));
    }
    assert_eq!(value("'yes'"), Value::Text("yes".to_owned()));
    assert_eq!(value("a\n  b"), Value::Text("a b".to_owned()));
    assert_eq!(value("|\n  \ta\n\n  b\n"), Value::Text("\ta\n\nb\n".to_owned()));
    assert_eq!(value(">-\n  a\n  b\n"), Value::Text("a b".to_owned()));
}

#[test]
fn places_cover_the_source_in_bytes() {
    let text = "\"ü\": 'é'  # c\nlist:\n  - [1, {a: b}]\n  - \"x\n    y\"\n\n# end\nblock: |\n  é\n\nlast: x\n";
    let root = tree(text);
    let at = |path: &[&str]| slice(text, root.value_place(path));
    let key = |path: &[&str]| slice(text, root.key_place(path));
    assert_eq!((key(&["ü"]), at(&["ü"])), ("\"ü\"", "'é'"));
    assert_eq!(key(&["list"]), "list");
    assert_eq!(at(&["list"]), "- [1, {a: b}]\n  - \"x\n    y\"");
    assert_eq!(at(&["list", "0"]), "[1, {a: b}]");
    assert_eq!(at(&["list", "0", "1"]), "{a: b}");
    assert_eq!((key(&["list", "0", "1", "a"]), at(&["list", "0", "1", "a"])), ("a", "b"));
    assert_eq!(at(&["list", "1"]), "\"x\n    y\"");
    assert_eq!(at(&["block"]), "é");
    assert_eq!(slice(text, root.place), text.trim_end());
}

#[test]
fn line_ends_of_windows_leave_no_trace_and_places_stay_right() {
    let text = "a: x\r\nb: |\r\n  one\r\n  two\r\nc: \"m\r\n  n\"\r\nd: p\r\n  q\r\n";
    let root = tree(text);
    let texts = [("a", "x"), ("b", "one\ntwo\n"), ("c", "m n"), ("d", "p q")];
    for (key, expected) in texts {
        assert_eq!(root.child(key).unwrap().value, Value::Text(expected.to_owned()));
        assert_eq!(slice(text, root.key_place(&[key])), key);
    }
    assert_eq!(slice(text, root.value_place(&["d"])), "p\r\n  q");
    assert_eq!(
        findings("a: x\r\nb: yes\r\n"),
        ["2:4 'yes' ambiguous-scalar: `yes` is true in YAML 1.1 and text in YAML 1.2 \
          (write `\"yes\"` for text, or `true` for the truth value)"]
    );
    assert_eq!(
        findings("a: x\ry\n"),
        [
            "1:5 '\r' control-character: the file holds U+000D, a carriage return without a line feed \
          (remove it; text is printable characters, line feeds and tabs)"
        ]
    );
}

#[test]
fn ambiguous_values_say_how_readers_differ() {
    let cases = [
        (
            "yes",
            "is true in YAML 1.1 and text in YAML 1.2",
            " for text, or `true` for the truth value",
        ),
        (
            "Off",
            "is false in YAML 1.1 and text in YAML 1.2",
            " for text, or `false` for the truth value",
        ),
        (
            "y",
            "is true in YAML 1.1 and text in YAML 1.2",
            " for text, or `true` for the truth value",
        ),
        (
            "N",
            "is false in YAML 1.1 and text in YAML 1.2",
            " for text, or `false` for the truth value",
        ),
        ("True", "is another spelling of `true`", " for text, or `true` for the truth value"),
        ("FALSE", "is another spelling of `false`", " for text, or `false` for the truth value"),
        ("~", "is another spelling of `null`", " for text, or `null` for null"),
        ("NULL", "is another spelling of `null`", " for text, or `null` for null"),
        ("010", "is 8 in YAML 1.1 and 10 in YAML 1.2", ""),
        ("-010", "is -8 in YAML 1.1 and -10 in YAML 1.2", ""),
        ("08", "is text in YAML 1.1 and 8 in YAML 1.2", ""),
        ("0o17", "is text in YAML 1.1 and 15 in YAML 1.2", " for text, or `15` for the number"),
        ("0x1F", "is a number that would be read as 31", " for text, or `31` for the number"),
        ("0X1F", "is a number for some readers of YAML and text for others", ""),
        ("-0x1F", "is a number for some readers of YAML and text for others", ""),
        ("0b1", "is 1 in YAML 1.1 and text in YAML 1.2", " for text, or `1` for the number"),
        (
            "1_000",
            "is 1000 in YAML 1.1 and text in YAML 1.2",
            " for text, or `1000` for the number",
        ),
        ("1.10", "is a number that would be read as 1.1", " for text, or `1.1` for the number"),
        ("1.0", "is a number that would be read as 1", " for text, or `1` for the number"),
        ("1e3", "is a number that would be read as 1000", " for text, or `1000` for the number"),
        ("1e300", &format!("is a number that would be read as {}", 1e300), ""),
        ("1e400", "is a number too large to be read the same everywhere", ""),
        (".5", "is a number that would be read as 0.5", " for text, or `0.5` for the number"),
        ("5.", "is a number that would be read as 5", " for text, or `5` for the number"),
        ("+1", "is a number that would be read as 1", " for text, or `1` for the number"),
        ("-0", "is a number that would be read as 0", " for text, or `0` for the number"),
        ("9223372036854775808", "is a number too large to be read the same everywhere", ""),
        (".inf", "is a number without a finite value", ""),
        ("-.INF", "is a number without a finite value", ""),
        (".NaN", "is a number without a finite value", ""),
        ("22:22", "is a number to base 60 in YAML 1.1 and text in YAML 1.2", ""),
        ("1:30:00", "is a number to base 60 in YAML 1.1 and text in YAML 1.2", ""),
        ("2024-01-01", "is a date in YAML 1.1 and text in YAML 1.2", ""),
        ("2024-01-01T10:00:00Z", "is a date in YAML 1.1 and text in YAML 1.2", ""),
        ("2024-1-1 10:00:00.5 +01:00", "is a date in YAML 1.1 and text in YAML 1.2", ""),
        ("=", "is a special value in YAML 1.1 and text in YAML 1.2", ""),
        ("<<", "is a merge key in YAML 1.1 and text in YAML 1.2", ""),
    ];
    for (text, why, help) in cases {
        let expected =
            format!("1:6 '{text}' ambiguous-scalar: `{text}` {why} (write `\"{text}\"`{help})");
        assert_eq!(findings(&format!("key: {text}")), [expected]);
        assert_eq!(findings(&format!("key: \"{text}\"")), [""; 0]);
    }
}

#[test]
fn keys_are_text_beyond_doubt() {
    assert_eq!(
        findings("on: 1\ntrue: 1\nnull: 2\n010: c\n? [a]\n: yes\n{b: off}: 1\n: z\n"),
        [
            "1:1 'on' ambiguous-scalar: the key `on` is true in YAML 1.1 and text in YAML 1.2 \
             (write `\"on\":`)",
            "2:1 'true' ambiguous-scalar: the key `true` is a truth value, not text \
             (write `\"true\":`)",
            "3:1 'null' ambiguous-scalar: the key `null` is null, not text (write `\"null\":`)",
            "4:1 '010' ambiguous-scalar: the key `010` is 8 in YAML 1.1 and 10 in YAML 1.2 \
             (write `\"010\":`)",
            "5:3 '[a]' key-not-text: a list stands where a key must (quote it if text is meant)",
            "6:3 'yes' ambiguous-scalar: `yes` is true in YAML 1.1 and text in YAML 1.2 \
             (write `\"yes\"` for text, or `true` for the truth value)",
            "7:1 '{b: off}' key-not-text: a map stands where a key must (quote it if text is meant)",
            "8:1 '' key-not-text: a key is missing before `:` \
             (write a key, or quote the value if it starts with `:`)",
        ]
    );
    let root = tree("18: a\n1.5: b\n\"on\": c\n'010': d\n\"<<\": e\n");
    let keys: Vec<&String> = root.as_map().unwrap().entries.keys().collect();
    assert_eq!(keys, ["010", "1.5", "18", "<<", "on"]);
}

#[test]
fn a_key_stands_once() {
    let text = "a: 1\nb: {x: 1, \"x\": 2}\n\"a\": 2\n18: 1\n\"18\": 2\n";
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text);
    let (root, found) = parse(file, text);
    let shown: Vec<String> = found.iter().map(|finding| show(&sources, text, finding)).collect();
    assert_eq!(
        shown,
        [
            "2:11 '\"x\"' duplicate-key: the key `x` stands here again (remove one of the two)",
            "3:1 '\"a\"' duplicate-key: the key `a` stands here again (remove one of the two)",
            "5:1 '\"18\"' duplicate-key: the key `18` stands here again (remove one of the two)",
        ]
    );
    let first = &found[1].related[0];
    assert_eq!((first.place, first.label.as_str()), (Place::new(file, 0, 1), "first here"));
    assert_eq!(root.unwrap().child("a").unwrap().value, Value::Unknown);
}

#[test]
fn merge_keys_and_tags_are_refused() {
    assert_eq!(
        findings("a: &a {x: 1}\nb:\n  <<: *a\n  z: !!str 1\nc: !x {d: e}\nf: ! \"g\"\nh: !x!y 1\n"),
        [
            "3:3 '<<' merge-key: `<<` merges maps, which is not read here \
             (use a shape: `shape: NAME`)",
            "4:6 '!!str' tag: `!!str` is a YAML tag (write `\"1\"` if text is meant)",
            "5:4 '!x' tag: `!x` is a YAML tag (remove the tag)",
            "6:4 '!' tag: `!` is a YAML tag (remove the tag: the value is text without it)",
            "7:4 '!x!y' tag: `!x!y` is a YAML tag \
             (remove the tag, or quote the value if text is meant)",
        ]
    );
}

#[test]
fn a_value_is_never_missing() {
    let help = "write a value: `null` removes, `{}` is an empty map, `[]` an empty list, `\"\"` an empty text";
    assert_eq!(
        findings("a:\nb: # why\nc: [{d}]\ne:\n  -\n  - 1\nf: &g\nh: {i:1}\ncolour: #fff\n"),
        [
            format!("1:1 'a' empty-value: the key `a` has no value ({help})"),
            format!("2:1 'b' empty-value: the key `b` has no value ({help})"),
            format!("3:6 'd' empty-value: the key `d` has no value ({help})"),
            format!("5:3 '-' empty-value: a list item has no value ({help})"),
            format!("7:1 'f' empty-value: the key `f` has no value ({help})"),
            "8:5 'i:1' empty-value: the key `i:1` has no value \
             (put a space after the colon: `i: 1`)"
                .to_owned(),
            "9:1 'colour' empty-value: the key `colour` has no value \
             (`#fff` is a comment; write `\"#fff\"` if text is meant)"
                .to_owned(),
        ]
    );
}

#[test]
fn a_file_is_one_map() {
    for text in ["", "\n", "# only this\n", "---\n", "---\n...\n"] {
        assert_eq!(
            findings(text),
            ["1:1 '' empty-file: the file is empty (say something in it, or remove it)"]
        );
    }
    assert_eq!(findings("yes"), ["1:1 'yes' not-a-map: the file holds text, not a map (-)"]);
    assert_eq!(findings("- a"), ["1:1 '- a' not-a-map: the file holds a list, not a map (-)"]);
    assert_eq!(
        findings("a:1"),
        ["1:1 'a:1' not-a-map: the file holds text, not a map \
          (put a space after the colon: `a: 1`)"]
    );
    assert_eq!(
        findings("a: 1\n---\nb: yes\n"),
        [
            "2:1 '---' several-documents: a second document starts here (put it into a file of its own)"
        ]
    );
    assert_eq!(tree("---\na: 1\n...\n").child("a").unwrap().value, Value::Integer(1));
    assert_eq!(
        findings("%YAML 1.2\n---\na: 1\n"),
        ["1:1 '%YAML 1.2' directive: `%YAML 1.2` is a YAML directive \
          (remove the line; files are read as YAML 1.2)"]
    );
}

#[test]
fn bytes_must_be_utf8() {
    assert_eq!(decode("a: ü\n".into()), Ok("a: ü\n".to_owned()));
    let mut sources = Sources::default();
    let fault = decode(b"a: \xC3\xBC\nb: \xFF\xFE\n".to_vec()).unwrap_err();
    assert_eq!((fault.line, fault.byte), (2, 9));
    let file = sources.add("f.yaml", fault.text.as_str());
    assert_eq!(
        show(&sources, &fault.text, &fault.finding(file)),
        "2:4 '\u{FFFD}' not-utf-8: byte 9 of the file, on line 2, is not UTF-8 \
         (save the file as UTF-8; text is read, other data does not belong in it)"
    );
    let fault = decode(b"\xFF\xFEa\0:\0 \0\x31\0".to_vec()).unwrap_err();
    assert_eq!(fault.text, "a: 1");
    assert_eq!(
        show(&sources, &fault.text, &fault.finding(file)),
        "1:1 '' not-utf-8: the file is UTF-16 (save the file as UTF-8 without a byte order mark)"
    );
    let fault = decode(b"\xFE\xFF\0a".to_vec()).unwrap_err();
    assert_eq!(fault.text, "a");
}
