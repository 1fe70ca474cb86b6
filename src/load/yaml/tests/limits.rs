//! Invisible characters, tabs, and what aliases may amount to.

use super::{findings, slice, tree};
use crate::source::Sources;
use crate::tree::Value;
use std::fmt::Write as _;

#[test]
fn characters_that_nobody_sees_are_refused() {
    let help = "(remove it; text is printable characters, line feeds and tabs)";
    let cases = [
        ("a: x\u{7}y", "1:5", "\u{7}", "U+0007, a control character"),
        ("a: \0", "1:4", "\0", "U+0000, a control character"),
        ("a: 1 # \u{7F}", "1:8", "\u{7F}", "U+007F, a control character"),
        ("a: \"\u{9F}\"", "1:5", "\u{9F}", "U+009F, a control character"),
        ("a: x\u{85}y", "1:5", "\u{85}", "U+0085, an invisible line end"),
        ("a: x\u{2028}y", "1:5", "\u{2028}", "U+2028, an invisible line end"),
        ("a: x\u{2029}y", "1:5", "\u{2029}", "U+2029, an invisible line end"),
        (
            "a: ü\u{E000}",
            "1:5",
            "\u{E000}",
            "U+E000, a character that this program keeps for itself",
        ),
        (
            "\u{E001}: a",
            "1:1",
            "\u{E001}",
            "U+E001, a character that this program keeps for itself",
        ),
        ("a: \u{FEFF}x", "1:4", "\u{FEFF}", "U+FEFF, a byte order mark inside the text"),
        ("a: x\u{FFFE}", "1:5", "\u{FFFE}", "U+FFFE, which is not a character"),
    ];
    for (text, place, source, what) in cases {
        let expected =
            format!("{place} '{source}' control-character: the file holds {what} {help}");
        assert_eq!(findings(text), [expected]);
    }
    for (escape, what) in [
        (r"\x07", "U+0007, a control character"),
        (r"\0", "U+0000, a control character"),
        (r"\r", "U+000D, a carriage return without a line feed"),
        (r"\N", "U+0085, an invisible line end"),
        (r"\L", "U+2028, an invisible line end"),
        (r"\uE000", "U+E000, a character that this program keeps for itself"),
        (r"\uFEFF", "U+FEFF, a byte order mark inside the text"),
    ] {
        let expected =
            format!("1:4 '\"x{escape}\"' control-character: an escape writes {what} {help}");
        assert_eq!(findings(&format!("a: \"x{escape}\"")), [expected]);
    }
    assert_eq!(findings("a: \"x\\n\\t\\u00FC\"\nb: 'x\\x07'\nc: 😀\n"), [""; 0]);
}

#[test]
fn a_byte_order_mark_is_named_and_moves_no_place() {
    assert_eq!(
        findings("\u{FEFF}a: yes\n"),
        [
            "1:1 '\u{FEFF}' byte-order-mark: the file starts with a byte order mark \
             (save the file as UTF-8 without a byte order mark)",
            "1:5 'yes' ambiguous-scalar: `yes` is true in YAML 1.1 and text in YAML 1.2 \
             (write `\"yes\"` for text, or `true` for the truth value)",
        ]
    );
}

#[test]
fn tabs_do_not_indent() {
    for (text, place) in [
        ("a:\n\tb: 1\n", "2:1"),
        ("a:\n  b: 1\n\tc: 2\n", "3:1"),
        ("a:\n  b:\n  \tc: 1\n", "3:3"),
        ("a: x\n\ty\n", "2:1"),
        ("a:\n  - x\n\t- y\n", "3:1"),
        ("a: [\n\t1,\n\t2 ]\n", "2:1"),
        ("\ta: 1\n\tb: 1\n", "1:1"),
        ("a: 1\n\t# c\nb: 2\n", "2:1"),
        ("a: |\n\tx\n", "2:1"),
        ("a: |\n  x\n\ty\n", "3:1"),
        ("a:\n-\t- x\n", "2:2"),
    ] {
        let expected =
            format!("{place} '\t' tab-indentation: a tab indents this line (indent with spaces)");
        assert_eq!(findings(text), [expected], "in {text:?}");
    }
    for text in
        ["a:\t1\n", "a: 1\n\t\nb: 2\n", "a: |\n  \tx\n  y\n", "a: \"x\n\ty\"\n", "a: 1\t# c"]
    {
        assert_eq!(findings(text), [""; 0], "in {text:?}");
    }
}

#[test]
fn an_alias_is_a_copy_at_its_own_place() {
    let text = "a: &x\n  b: [1, y z]\nc: *x\nd: &n 18\ne: *n\n";
    let root = tree(text);
    let copy = root.child("c").unwrap();
    assert_eq!(slice(text, copy.place), "*x");
    assert_eq!(copy.value, root.child("a").unwrap().value);
    assert_eq!(slice(text, root.value_place(&["c", "b", "1"])), "y z");
    assert_eq!(root.child("e").unwrap().value, Value::Integer(18));
}

#[test]
fn aliases_name_what_stands_above_and_not_themselves() {
    assert_eq!(
        findings(
            "a: &base 1\nb: *bse\nc: *.example.com # all\nd: [*f, 1]\ne: &e [*e]\n*base : 1\nx: */5 * * * *\n"
        ),
        [
            "2:4 '*bse' unknown-alias: no anchor `&bse` stands above (did you mean `base`?)",
            "3:4 '*.example.com' unknown-alias: no anchor `&.example.com` stands above \
             (write `\"*.example.com\"` if text is meant)",
            "4:5 '*f' unknown-alias: no anchor `&f` stands above \
             (write `\"*f\"` if text is meant)",
            "5:8 '*e' alias-cycle: `*e` contains itself \
             (remove it: a value cannot be a part of itself)",
            "6:1 '*base' key-not-text: the key `*base` is an alias \
             (write `\"*base\":` if text is meant, else the key itself)",
            "7:4 '*/5' unknown-alias: no anchor `&/5` stands above \
             (write `\"*/5 * * * *\"` if text is meant)",
        ]
    );
}

#[test]
fn aliases_of_aliases_do_not_fill_the_memory() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let alias = format!("*a{}", level - 1);
        let list = [alias.as_str(); 10].join(", ");
        writeln!(text, "a{level}: &a{level} [{list}]").unwrap();
    }
    let found = findings(&text);
    assert_eq!(
        found,
        ["6:40 '*a4' too-many-nodes: with `*a4` the file stands for more than 1000000 values (-)"]
    );
    // One long text many times is as bad as many values.
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 1000].join(", "));
    assert_eq!(
        findings(&text),
        ["2:125 '*a' too-many-nodes: with `*a` the file stands for more than 1000000 values (-)"]
    );
    // So are anchors that lie within each other.
    let text = format!("a: {}1{}\n", "&a [".repeat(100), "]".repeat(100));
    assert_eq!(findings(&text), [""; 0]);
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("a: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(findings(&nested(127)), [""; 0]);
    assert_eq!(
        findings(&nested(128)),
        ["1:131 '[' too-deep: maps and lists are nested more than 128 deep (-)"]
    );
    for depth in [1000, 100_000] {
        let found = findings(&nested(depth));
        assert!(found.len() == 1 && found[0].contains("too-deep"), "{found:?}");
    }
    let text = format!("a: &a {}{}\nb: [[*a]]\n", "[".repeat(126), "]".repeat(126));
    assert_eq!(
        findings(&text),
        ["2:6 '*a' too-deep: with `*a` maps and lists are nested more than 128 deep (-)"]
    );
}

#[test]
fn a_large_file_takes_linear_time() {
    let mut text = String::new();
    for at in 0..20_000 {
        writeln!(text, "key{at}: &a{at} [1, yes, \"é\"]").unwrap();
    }
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text.as_str());
    let (root, found) = super::parse(file, &text);
    assert_eq!((root.unwrap().as_map().unwrap().entries.len(), found.len()), (20_000, 20_000));
}
