//! What `read` says of values at fault, and where.

use crate::layer::{Environment, Kind, Lock, Release, Service, System, SystemOverride};
use crate::load::{read, yaml};
use crate::source::Sources;
use crate::tree::Node;
use serde::de::DeserializeOwned;

/// Each finding as `line:column 'source' message`, then notes and help.
pub(super) fn faults<T: DeserializeOwned>(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("f.yaml", text);
    let (node, findings) = yaml::parse(file, text);
    assert_eq!(findings, [], "in {text}");
    let (_, findings) = read::<T>(&node.unwrap());
    let said = findings.iter().map(|finding| {
        let place = finding.place.unwrap();
        let source = &text[place.start as usize..place.end as usize];
        let mut said = format!("{} '{source}' {}", sources.position(place), finding.message);
        for related in &finding.related {
            said += &format!(" ({}: {})", sources.position(related.place), related.label);
        }
        let nearest = finding.help.iter().map(|help| format!("help: {help}"));
        // Lists of all keys of a service are long and change often.
        let notes = finding.notes.iter().filter(|note| note.len() < 80).cloned();
        for more in notes.chain(nearest) {
            said += &format!("; {more}");
        }
        said
    });
    said.collect()
}

#[track_caller]
fn service(text: &str, expected: &[&str]) {
    assert_eq!(faults::<Service>(text), expected, "in {text}");
}

fn tree(text: &str) -> Node {
    let file = Sources::default().add("f.yaml", text);
    yaml::parse(file, text).0.unwrap()
}

#[test]
fn all_faults_of_a_file_are_told() {
    service(
        "enabled: maybe\nreplcias: 2\nports: { Http: 80, http: 99999, ok: 1 }\nrun: servce\n\
         health: { live: { evry: 5s, timeout: 5 }, starts-within: soon }\nargs: [a, 1, true, b]\n",
        &[
            "6:11 '1' expected text, or a map `{ text: \"…\" }`, found the number `1`; help: \
             write `\"1\"`",
            "6:14 'true' expected text, or a map `{ text: \"…\" }`, found `true`; help: write \
             `\"true\"`",
            "1:10 'maybe' expected `true` or `false`, found the text `maybe`",
            "5:19 'evry' unknown key `evry`; allowed: every, exec, failures, grpc, headers, \
             path, port, tcp, timeout; help: did you mean `every`?",
            "5:38 '5' missing unit in `5`; allowed: ms, s, m, h, d; help: write `5s`",
            "5:58 'soon' `soon` is not a duration: it is a number with a unit such as `30s`",
            "3:10 'Http' `Http` is not a port name: `H` is not a lower-case letter, a digit or \
             `-`; help: write `http`",
            "3:26 '99999' `99999` is not a port: it is a number from 1 to 65535",
            "2:1 'replcias' unknown key `replcias`; help: did you mean `replicas`?",
            "4:6 'servce' unknown word `servce`; allowed: service, worker, job, cron, node; help: did you mean \
             `service`?",
        ],
    );
}

#[test]
fn wrong_types_are_named_in_the_words_of_yaml() {
    for (value, found) in [
        ("18", "the number `18`; help: write `\"18\"`"),
        ("1.5", "the number `1.5`; help: write `\"1.5\"`"),
        ("true", "`true`; help: write `\"true\"`"),
        ("[a]", "a list"),
        ("{ a: b }", "a map"),
    ] {
        let place = format!("1:8 '{value}'");
        service(&format!("about: {value}"), &[&format!("{place} expected text, found {found}")]);
    }
    service(
        "enabled: \"true\"",
        &["1:10 '\"true\"' expected `true` or `false`, found the text `true`; help: write `true`"],
    );
    service("enabled: 1", &["1:10 '1' expected `true` or `false`, found the number `1`"]);
    let number = "expected a whole number from 0 to 4294967295, found";
    service("group: -1", &[&format!("1:8 '-1' {number} the number `-1`")]);
    service("group: 1.5", &[&format!("1:8 '1.5' {number} the number `1.5`")]);
    service("group: 5000000000", &[&format!("1:8 '5000000000' {number} the number `5000000000`")]);
    service("group: \"5\"", &[&format!("1:8 '\"5\"' {number} the text `5`; help: write `5`")]);
    service("group: staff", &[&format!("1:8 'staff' {number} the text `staff`")]);
    service("replicas: 1.5", &[&format!("1:11 '1.5' {number} the number `1.5`")]);
    service(
        "command: run",
        &["1:10 'run' expected a list, found the text `run`; help: write `[run]`"],
    );
    service("command: run it", &["1:10 'run it' expected a list, found the text `run it`"]);
    service("config: [a]", &["1:9 '[a]' expected a map, found a list"]);
    service(
        "health: true",
        &["1:9 'true' expected a map such as `{ live: /health, ready: /ready }`, found `true`"],
    );
    service(
        "health: [/live]",
        &["1:9 '[/live]' expected a map such as `{ live: /health, ready: /ready }`, found a list"],
    );
    service("rollout: { recreate: [] }", &["1:22 '[]' expected an empty map `{}`, found a list"]);
    service(
        "run: 5",
        &["1:6 '5' expected one of service, worker, job, cron, node, found the number `5`"],
    );
    service(
        "run: {}",
        &["1:6 '{}' expected one of service, worker, job, cron, node, found an empty map"],
    );
    service(
        "run: { worker: {} }",
        &[
            "1:6 '{ worker: {} }' expected only the word `worker`, found a map; help: write `worker`",
        ],
    );
    service(
        "resources: { memory: 5 }",
        &[
            "1:22 '5' missing unit in `5`; allowed: k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei; help: \
         write `5Mi`",
        ],
    );
    let long = "x".repeat(500);
    let shown = "x".repeat(80);
    service(
        &format!("enabled: {long}"),
        &[&format!("1:10 '{long}' expected `true` or `false`, found the text `{shown}…`")],
    );
}

#[test]
fn names_of_entries_are_told_at_the_key() {
    service(
        "config: { low er: 1 }",
        &[
            "1:11 'low er' `low er` is not a variable's name: a space is not a letter, a digit or `_`; \
         help: write `low_er`",
        ],
    );
    service(
        "files: { etc/app: { from: a } }",
        &[
            "1:10 'etc/app' `etc/app` is not an absolute path: it does not start with `/`; help: write \
         `/etc/app`",
        ],
    );
    let said = faults::<System>("services: { Web: {}, web: { ports: { p_1: 1 } } }");
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("1:13 'Web' `Web` is not a name"), "{}", said[0]);
    assert!(said[1].starts_with("1:38 'p_1' `p_1` is not a port name"), "{}", said[1]);
    // A removal names what another layer says; there is nothing to read.
    service("config: { low er: null }", &[]);
}

#[test]
fn one_of_several() {
    service(
        "rollout:\n  rolling: {}\n  recreate: {}\n",
        &[
            "3:3 'recreate' `rolling` and `recreate` exclude each other (2:3: `rolling` is said here); \
         help: keep one of them",
        ],
    );
    service(
        "rollout: rolling",
        &["1:10 'rolling' expected a map `{ rolling: … }`, found the text `rolling`; help: write \
         `{ rolling: {} }`"],
    );
    let allowed = "allowed: recreate, rolling";
    service(
        "rollout: rollng",
        &[&format!(
            "1:10 'rollng' unknown word `rollng`; {allowed}; help: did you mean `rolling`?"
        )],
    );
    service(
        "rollout: { rollng: {} }",
        &[&format!(
            "1:12 'rollng' unknown word `rollng`; {allowed}; help: did you mean `rolling`?"
        )],
    );
    service(
        "rollout: { rolling: {}, canary: {} }",
        &[&format!("1:25 'canary' unknown word `canary`; {allowed}")],
    );
    service("rollout: {}", &["1:10 '{}' expected one of recreate, rolling, found an empty map"]);
    service(
        "rollout: { recreate: null }",
        &["1:22 'null' expected what `recreate` holds, found `null`; help: write `recreate: {}`"],
    );
    // A `null` beside the chosen one removes another, as choosing does.
    service("rollout: { recreate: null, rolling: {} }", &[]);
    service(
        "rollout: { rolling: { at-once: 5, at-onec: 5% }, recreate: { x: 1 } }",
        &[
            "1:50 'recreate' `rolling` and `recreate` exclude each other (1:12: `rolling` is said \
         here); help: keep one of them",
            "1:32 '5' missing `%` in `5`; help: write `5%`",
            "1:35 'at-onec' unknown key `at-onec`; allowed: at-once; help: did you mean `at-once`?",
        ],
    );
    service(
        "rollout: { rolling: 5 }",
        &["1:21 '5' expected a map such as `{ at-once: 25% }`, found the number `5`"],
    );
}

#[test]
fn one_fault_is_told_once() {
    // What must be said and is at fault is not missing as well.
    service(
        "config: { A: { text: 5 } }",
        &["1:22 '5' expected text, found the number `5`; help: write `\"5\"`"],
    );
    service("config: { A: { text: null } }", &["1:22 'null' expected text, found `null`"]);
    service("config: { A: {} }", &["1:14 '{}' the key `text` is missing; help: add it: `text: …`"]);
    service(
        "image: { of: Web }",
        &[
            "1:14 'Web' `Web` is not a name: `W` is not a lower-case letter, a digit or `-`; help: write `web`",
        ],
    );
    service(
        "token: { rules: [{ resources: 1, verbs: [2] }, { verbs: [get] }] }",
        &[
            "1:31 '1' expected a list, found the number `1`",
            "1:42 '2' expected text, found the number `2`; help: write `\"2\"`",
            "1:48 '{ verbs: [get] }' the key `resources` is missing; help: add it: `resources: …`",
        ],
    );
    let said = faults::<Release>("web: { version: \"1\", digest: sha256:12 }\napi: { version: 1 }");
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("2:17 '1' `1` is a number"), "{}", said[0]);
    assert!(said[1].starts_with("1:30 'sha256:12' "), "{}", said[1]);
    let said = faults::<Lock>("images: { a/b: { tag: [] } }");
    assert_eq!(said.len(), 1, "{said:#?}");
    // What is written once and used twice.
    service(
        "config: { A: &x { txt: a }, B: *x }",
        &["1:19 'txt' unknown key `txt`; allowed: text; help: did you mean `text`?"],
    );
}

#[test]
fn a_list_goes_as_a_whole() {
    let (read, findings) = read::<Service>(&tree("command: [a, 1, b]\nargs: [a]\n"));
    let read = read.unwrap();
    assert_eq!(
        (findings.len(), read.command, read.args.map(|args| args.len())),
        (1, None, Some(1))
    );
}

#[test]
fn the_rest_is_read_in_spite_of_faults() {
    let (read, findings) = read::<Service>(&tree(
        "about: x\nrun: [worker]\nrollout: { rolling: 1 }\nports: { http: [], grpc: 5 }\n\
         config: { A: { text: 1 }, B: b }\nunknown: 1\n",
    ));
    let read = read.unwrap();
    assert_eq!(findings.len(), 5, "{findings:#?}");
    assert_eq!(read.about.as_deref(), Some("x"));
    assert_eq!((read.run, read.rollout), (None, None));
    assert_eq!(read.ports.unwrap().len(), 1);
    assert_eq!(read.config.unwrap().len(), 1);
}

#[test]
fn what_is_no_map_is_not_read_at_all() {
    let file = Sources::default().add("f.yaml", "x");
    let text = crate::tree::Value::Text("x".to_owned());
    let place = crate::source::Place::new(file, 0, 1);
    let (read, findings) = read::<Service>(&Node::new(place, text));
    assert!(read.is_none());
    assert_eq!(
        findings[0].message,
        "expected a service: a map of keys such as `build`, `kind` or `image`, found the text `x`"
    );
}

#[test]
fn there_is_an_end_of_faults() {
    let lines: Vec<String> = (0..300).map(|number| format!("key-{number:03}: 1\n")).collect();
    let text = lines.concat();
    let (read, findings) = read::<Service>(&tree(&text));
    assert!(read.is_none());
    assert_eq!(findings.len(), 100);
    assert_eq!(findings[99].notes.last().unwrap(), "there are more; reading ended here");
}

#[test]
fn a_null_is_a_removal_everywhere() {
    fn nothing<T: DeserializeOwned + schemars::JsonSchema>() {
        let schema = schemars::schema_for!(T);
        let keys = schema.get("properties").and_then(|keys| keys.as_object()).unwrap();
        for key in keys.keys() {
            let text = format!("{key}: null");
            assert_eq!(faults::<T>(&text), Vec::<String>::new(), "in {text}");
        }
    }
    nothing::<Service>();
    nothing::<System>();
    nothing::<SystemOverride>();
    nothing::<Environment>();
    nothing::<Kind>();
    nothing::<Lock>();
    service(
        "uses: { a: null, b: { env: { A: null, B: x }, pick: { c: null }, port: null } }\n\
         config: { A: null }\nports: { http: null, grpc: { port: null } }\n\
         health: { live: null, ready: { path: null, headers: { A: null } } }\n\
         replicas: { min: null }\nrollout: { rolling: { at-once: null } }\n\
         options: { a: { b: null } }\nvolumes: { data: { size: null } }\n\
         elsewhere: { secrets: { password: null }, facts: { user: null } }\n",
        &[],
    );
}
