//! Faults in the syntax.

use super::findings;
use crate::source::Sources;

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(findings(text), [*expected], "in {text:?}");
    }
}

#[test]
fn slips_within_a_value_are_told_what_to_do() {
    check(&[
        (
            "a: \"x\nb: 1\n",
            "1:4 '\"' yaml-syntax: the quote `\"` is never closed (end the text with `\"`)",
        ),
        (
            "a: 'it's'\n",
            "1:8 's'' yaml-syntax: text follows a closing quote `'` \
             (put the whole value into quotes; inside of them write `'` as `''`; \
             or close a quote that was left open above)",
        ),
        (
            "a: \"\\\\ C:\\qux\"\n",
            "1:10 '\\q' yaml-syntax: `\\q` is not an escape \
             (write `\\\\` for a backslash, or put the text into single quotes)",
        ),
        (
            "a: \"\\ud800\"\n",
            "1:4 '\"\\ud800\"' yaml-syntax: an escape in this text writes no character \
             (write `\\x41`, `\\u0041` or `\\U00000041`, or the character itself; \
             `\\\\` is a backslash)",
        ),
        (
            "a: [1, 2\n",
            "1:4 '[' yaml-syntax: `[` is never closed \
             (end it with `]`, or quote the value if text is meant)",
        ),
        (
            "a: [1}\n",
            "1:4 '[' yaml-syntax: `[` is closed by `}` (close each bracket with its own kind)",
        ),
        (
            "a: ]\n",
            "1:4 ']' yaml-syntax: this bracket closes nothing (write `\"]\"` if text is meant)",
        ),
        (
            "a: {x: 1\nb: 2\n",
            "2:2 ':' yaml-syntax: expected `,` or `}` here \
             (separate the entries of `{ … }` by `,`, and close it with `}`)",
        ),
        (
            "a: @x y # c\n",
            "1:4 '@x' yaml-syntax: a value without quotes cannot start with `@` \
             (write `\"@x y\"` if text is meant)",
        ),
        (
            "a: `x`\n",
            "1:4 '`x`' yaml-syntax: a value without quotes cannot start with a backtick \
             (write `\"`x`\"` if text is meant)",
        ),
        (
            "a: %x\n",
            "1:4 '%x' yaml-syntax: a value without quotes cannot start with `%` \
             (write `\"%x\"` if text is meant)",
        ),
        (
            "a: * * *\n",
            "1:4 '*' yaml-syntax: `*` starts an alias, but no name follows \
             (write `\"* * *\"` if text is meant)",
        ),
    ]);
}

#[test]
fn slips_of_layout_are_told_what_to_do() {
    check(&[
        (
            "b: 2\na:1\n",
            "2:1 'a:1' yaml-syntax: `a:1` is not a key with a value \
             (put a space after the colon: `a: 1`)",
        ),
        (
            "a: foo bar: c # x\n",
            "1:11 ':' yaml-syntax: a second `: ` stands in this line \
             (write `\"foo bar: c\"` if text is meant)",
        ),
        (
            "a:\n  b: 1\n   c: 2\n",
            "3:4 'c:' yaml-syntax: a key cannot stand here: `c` continues the lines above \
             (start the line in the same column as the entries that it belongs to; \
             if the line above is a key, put a space after its colon)",
        ),
        (
            "a:\n    b: 1\n  c: 2\n",
            "3:3 'c: 2' yaml-syntax: this line is not in line with any map above \
             (start the line in the same column as the entries that it belongs to)",
        ),
        (
            "a:\n  - b: 1\n   d: 3\n",
            "3:4 'd: 3' yaml-syntax: this line is neither an item of the list above \
             nor in line with a map \
             (start the line in the same column as the entries that it belongs to)",
        ),
        (
            "a: 1\n- b\n",
            "2:1 '-' yaml-syntax: a list item stands where a key must \
             (start the line in the same column as the entries that it belongs to)",
        ),
        (
            "a: - b\n",
            "1:4 '-' yaml-syntax: a list cannot start on the line of its key \
             (put each `- ` on a line of its own, or write `\"- b\"` if text is meant)",
        ),
        (
            "a: | foo\n",
            "1:4 '|' yaml-syntax: `|` starts a block of text, but more follows on its line \
             (write `\"| foo\"` if text is meant, or start the text on the next line)",
        ),
        (
            "a: ,x\n",
            "1:4 ',x' yaml-syntax: a value without quotes cannot start with `,` \
             (write `\",x\"` if text is meant)",
        ),
        (
            "a: \"x\"#c\n",
            "1:7 '#c' yaml-syntax: no space stands before this `#` (put a space before `#`)",
        ),
    ]);
}

#[test]
fn templates_are_quoted() {
    for (text, place, source, quoted) in [
        ("a: {{ x }}\n", "1:4", "{{ x }}", "\"{{ x }}\""),
        ("a: {{ x }}/y # z\nb: 1\n", "1:4", "{{ x }}", "\"{{ x }}/y\""),
        ("a: [{{ x }}, 2]\n", "1:5", "{{ x }}", "\"{{ x }}\""),
        ("a:\n  - {{ \"x\" \"y\" }}\n", "2:5", "{{ \"x\" \"y\" }}", "'{{ \"x\" \"y\" }}'"),
        ("a: {{ x\n", "1:4", "{{ x", "\"{{ x\""),
    ] {
        let expected = format!(
            "{place} '{source}' key-not-text: `{{{{` starts a map whose key is a map \
             (write `{quoted}` if text is meant)"
        );
        assert_eq!(findings(text), [expected], "in {text:?}");
    }
}

#[test]
fn an_open_bracket_is_pointed_at() {
    let text = "a: [1, 2\nb: 3\n";
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text);
    let (root, found) = crate::load::yaml::parse(file, text);
    assert!(root.is_none());
    assert_eq!(sources.position(found[0].place.unwrap()).to_string(), "2:2");
    assert_eq!(sources.position(found[0].related[0].place).to_string(), "1:4");
}

#[test]
fn what_was_found_before_a_fault_in_the_syntax_is_reported_with_it() {
    assert_eq!(
        findings("a: yes\na: 1\nb: @\n"),
        [
            "1:4 'yes' ambiguous-scalar: `yes` is true in YAML 1.1 and text in YAML 1.2 \
             (write `\"yes\"` for text, or `true` for the truth value)",
            "2:1 'a' duplicate-key: the key `a` stands here again (remove one of the two)",
            "3:4 '@' yaml-syntax: a value without quotes cannot start with `@` \
             (write `\"@\"` if text is meant)",
        ]
    );
}
