//! Texts and values that YAML readers disagree about.

use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

/// Scalars that some reader takes for something else, and pieces of YAML's own syntax.
const TOKENS: &str = "
    y Y n N yes Yes YES no No NO on On ON off Off OFF true True TRUE false False FALSE t f
    ~ null Null NULL nil none None nan NaN .nan .NaN .NAN .inf .Inf .INF -.inf +.inf -.Inf inf -inf +inf Infinity
    0 1 -1 +1 00 01 010 0755 -010 +010 08 09 0_7 0o17 0O17 0o8 -0o17 0o_1 0x1f 0X1F 0xg -0x1f +0x1f 0x_1 0x 0b 0o 0b101 0B1 0b2 -0b1 0b_
    1_000 1__0 _1 1_ _ __ 1,000 1.000,5 12e3 1e3 1E3 1e+3 1e-3 +1e3 -1e3 .5 -.5 +.5 5. -5. . .. ... .e3 1.e3 .5e1 1.5e+3 1e 1e+ e3
    1.5 -1.5 1_0.5 0.1_0 685.230_15e+03 6.8523015e+5 190:20:30 190:20:30.15 22:22 22:22:22 1:1 1:60 0:0 00:00 -1:30 +1:30 1:2:3:4 60:60 1: :1
    2024-01-01 2024-1-1 2024-01-01T00:00:00Z 2024-01-01t00:00:00 2024-01-01T00:00:00+01:00 2024-13-45 2024-01 2024-01-01x 01-01-2024
    9223372036854775807 9223372036854775808 18446744073709551616 -9223372036854775809 340282366920938463463374607431768211456
    1e400 -1e400 1e-400 0x8000000000000000 0xffffffffffffffffff 1.7976931348623157e309 0.0 -0.0 -0 +0
    = << <<: == < > >> >- |- |+ | |2 >2 - -- --- ---- ---a ...a -a -1a ? ?a ?? : :: a: :a a:b a::b ! !! !!str !a !!null & &a * *a % %YAML %a @ @a ` `a
    # #a a#b a# \" ' '' \"\" \"a 'a a' a\" it's [ ] [] [a] [a { } {} {a} {a:b} , ,a a, a,b \\ \\n \\x41 a\\ / // /a $ $a ${A} ${A:-b} $$ {{a}} {{ }}
    ; ;a ( ) ^ + +a -: -# :# ?# !# key:value http://x:80/?a=b#c a=b --flag --flag=x -x *.example.org @daily 0.0.0.0 0.0.0.0:80 127.0.0.1:8080:8080 ::1 [::1]:80
    1.2.3 1.0.0-rc.1 v1 1Gi 250m 100% 50Mi 1e3Mi 0xdeadbeef 1234567 e1 1e1e1 12e34 0e0 00e0 1d 1f 1L 0x1p3 1p3 Yes! yes. no, n/a N/A
    true# null# ~a ~/ a~ -~ tRue nULL yEs oN TrUe nUll";

/// Texts with blanks, which cannot stand among the tokens.
const WITH_BLANKS: &[&str] = &[
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\n\n\n",
    " \n",
    "\n ",
    "\t\n",
    "\n\t",
    "\t\t\n\n",
    " \n \n",
    " a",
    "a ",
    "\ta",
    "a\t",
    "a\tb",
    "a  b",
    "a: b",
    "a : b",
    "a :b",
    "a:\tb",
    "a\t: b",
    "a #b",
    "a\t#b",
    "# a",
    "- a",
    "- - a",
    "-\ta",
    "? a",
    "?\ta",
    ": a",
    ":\ta",
    "! a",
    "& a",
    "--- a",
    "---\ta",
    "--- |",
    "... a",
    "... a$$",
    "a --- b",
    "%YAML 1.2",
    "%TAG ! x",
    "[a, b]",
    "{a: b}",
    "{a: b, c}",
    "'a' b",
    "\"a\" b",
    "a 'b'",
    "a \"b\"",
    "it's",
    "2024-01-01 00:00:00",
    "2024-01-01 00:00:00 +1",
    "2001-12-14t21:59:43.10-05:00",
    "2024-01-01 ",
    "1 ",
    " 1",
    "yes ",
    " yes",
    "~ ",
    "1 000",
    "0x 1f",
    "a, b",
    "a; b",
    "a\u{a0}",
    "\u{a0}a",
    "\u{a0}# a",
    "a\u{a0}: b",
    "a\nb",
    "a\nb\n",
    "a\nb\n\n",
    "a\n\nb",
    "\na",
    "\n\na\n",
    "a\n b\n",
    " a\nb\n",
    "  a\n b\nc",
    "\ta\nb",
    "\n\ta\n",
    " \ta\nb\n",
    "\t \na\n",
    "\n \ta\n",
    " \n\ta\n",
    "  \n\ta",
    "   \n a\n",
    " \n  a\n",
    "  \n\n a",
    "a\n ",
    "a\n  \n",
    "a\n\t",
    "a\n\t\n",
    "a \nb",
    "a\t\nb",
    "a\n\n\n",
    "a\n \n\n",
    "a\n---\nb\n",
    "---\na\n",
    "...\na\n",
    "a\n...\n",
    "--- a\n--- b\n",
    "# a\nb\n",
    "#\n",
    "a\n# b\n",
    "a: b\nc: d\n",
    "- a\n- b\n",
    "|\n",
    "|\na\n",
    "a\\\nb",
    "\"a\nb\"",
    "'a\nb'",
    "a\rb",
    "a\r\nb\r\n",
    "a\n\rb",
    "\ra",
    "a\r",
    "a\n\r\n",
    "a\u{85}b",
    "\u{85}",
    "a\n\u{85}b",
    "a\u{2028}b",
    "\u{2028}\n",
    "a\u{2029}b",
    "a\n\u{2029}",
    "\u{feff}",
    "\u{feff}a",
    "a\u{feff}b\n",
    "a\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{fffd}",
    "\u{7f}",
    "a\u{7f}\n",
    "\u{80}",
    "\u{9f}",
    "\u{a0}",
    "\u{ad}",
    "\0",
    "a\0b",
    "\u{1}",
    "\u{7}",
    "\u{8}",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31m",
    "\u{1b}\n",
    "\u{1f}",
    "a\u{b}b\nc",
    "a\u{c}\n",
    "ü",
    "日本語",
    "日本語\nb\n",
    "😀",
    "😀\n😀\n",
    "\u{10ffff}",
    "\u{e000}",
    "\u{d7ff}",
    "\u{202e}a",
    "\u{200b}",
    "\u{3000}a",
    "\u{1680}\n\u{1680}a",
    "e\u{301}",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "[section]\nkey = \"value\"\n\n[other]\n\tindented = 1\n",
    "#!/bin/sh\nset -eu\nexec \"$@\"\n",
    "{\n  \"a\": [1, 2]\n}\n",
    "{{ include \"x\" . | nindent 4 }}\n",
];

/// All difficult texts.
pub(crate) fn table() -> Vec<String> {
    let mut texts: Vec<String> = TOKENS.split_whitespace().map(str::to_owned).collect();
    texts.extend(WITH_BLANKS.iter().map(|&text| text.to_owned()));
    for token in TOKENS.split_whitespace() {
        texts.extend([
            format!("{token}\n"),
            format!("{token} a"),
            format!("a {token}"),
            format!("a\n{token}\n"),
            format!("{token}\nb"),
        ]);
    }
    texts.push("long ".repeat(400));
    texts.push(format!("{}end", "word ".repeat(400)));
    texts.push("x".repeat(3000));
    texts.push(format!("{}\n{}\n", "a b ".repeat(300), "c".repeat(2000)));
    texts
}

/// A text in every position that a text can have.
pub(crate) fn in_every_position(text: &str) -> Value {
    let mut keyed = Map::new();
    keyed.insert(text.to_owned(), json!(text));
    let mut deep = Map::new();
    deep.insert(text.to_owned(), json!([text, {"a": text, "b": 1}, [[text], text]]));
    json!({
        "value": text,
        "after": 1,
        "list": [text, text, 2],
        "lists": [[text, [text]], [[[text]]]],
        "maps": [{"a": text, "b": text}, {"a": [text]}, [{"a": text}]],
        "key": keyed,
        "keys": [keyed, {"a": keyed}],
        "deep": {"x": {"y": deep}},
    })
}

fn piece() -> impl Strategy<Value = String> {
    let tokens: Vec<String> = TOKENS.split_whitespace().map(str::to_owned).collect();
    let blanks: Vec<String> = WITH_BLANKS.iter().map(|&text| text.to_owned()).collect();
    prop_oneof![
        4 => prop::sample::select(tokens),
        2 => prop::sample::select(blanks),
        8 => prop::sample::select(vec![" ", "  ", "\n", "\n", "\n  ", "\t", ":", "#", "-", ": ", " #", "- ", "\n\n"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["\r", "\r\n", "\u{85}", "\u{2028}", "\u{feff}", "\0", "\u{7f}"]).prop_map(str::to_owned),
        6 => "[a-zA-Z0-9]{1,8}",
        2 => "[!-~]{1,4}",
        1 => any::<char>().prop_map(String::from),
    ]
}

/// Any text, most often a difficult one.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::collection::vec(piece(), 0..6).prop_map(|pieces| pieces.concat()),
        2 => prop::collection::vec("[ \t#:-]{0,3}[a-z\"']{0,3}[ \t]{0,2}", 1..6).prop_map(|lines| lines.join("\n")),
        1 => any::<String>(),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        12 => text().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => (-1000_i32..1000).prop_map(|number| json!(f64::from(number) / 8.0)),
        1 => any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Value::Number)),
    ]
}

/// Any value, full of difficult texts.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// The pointers to everything in a value.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    fn walk(value: &Value, pointer: &str, found: &mut Vec<String>) {
        found.push(pointer.to_owned());
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{pointer}/{index}"), found);
                }
            }
            Value::Object(entries) => {
                for (key, item) in entries {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    walk(item, &format!("{pointer}/{key}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

/// Whether two values are the same data. A reader that knows one kind of number only (kubectl:
/// what does not fit 64 bits signed becomes a float) is as right as one that knows two.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || (left.as_f64() == right.as_f64() && !(left.is_i64() && right.is_i64()))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| same(left, right)))
        }
        (left, right) => left == right,
    }
}
