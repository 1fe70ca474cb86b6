//! Tests of the reference.

use super::markdown::anchor;
use super::*;
use crate::fileset::FileSet;
use crate::generate::schema::schemas;
use crate::load::{load, yaml};
use crate::source::Sources;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

fn kinds() -> BTreeMap<String, KindEntry> {
    load(Utf8Path::new("no-project")).unwrap().0.kinds
}

fn pages() -> FileSet {
    let (project, _) = load(Utf8Path::new("no-project")).unwrap();
    reference(schemas(&kinds()), &kinds(), &project.providers)
}

fn files() -> FileSet {
    let mut files = pages();
    files.extend(crate::generate::schema::files(&schemas(&kinds())));
    files
}

/// The pages without their blocks of code.
fn prose(text: &str) -> Vec<&str> {
    let mut inside = false;
    text.lines()
        .filter(|line| {
            let fence = line.starts_with("```");
            inside ^= fence;
            !inside && !fence
        })
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).into_iter().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim_start())).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let files = files();
    let link = regex::Regex::new(r"\]\(([^)]*)\)").unwrap();
    let mut links = 0;
    for (path, file) in files.iter().filter(|(path, _)| path.extension() == Some("md")) {
        let text = prose(&file.text).join("\n");
        for found in link.captures_iter(&text) {
            let target = found.get(1).unwrap().as_str();
            let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
            let other = match page {
                "" => path.to_owned(),
                _ => match page.strip_prefix("../") {
                    Some(page) => Utf8PathBuf::from(page),
                    None => Utf8Path::new("reference").join(page),
                },
            };
            let other = files.get(&other).unwrap_or_else(|| panic!("{path}: no file {target}"));
            let found = anchor.is_empty() || anchors(&other.text).contains(anchor);
            assert!(found, "{path}: no heading for {target}");
            links += 1;
        }
    }
    assert!(links > 200, "{links}");
}

#[test]
fn every_key_of_every_type_is_described_once() {
    let files = pages();
    let language: BTreeMap<&str, Value> = schemas(&kinds()).into_iter().collect();
    let homes = Homes::new(PAGES, &language);
    for (name, schema) in &language {
        let page = &files.get(Utf8Path::new(&format!("reference/{name}.md"))).unwrap().text;
        for key in types::keys(schema) {
            let own = page.split("\n## Type").next().unwrap();
            assert_eq!(own.matches(&format!("\n### `{}`\n", key.name)).count(), 1, "{name}");
        }
        let definitions = schema["$defs"].as_object().unwrap();
        for (of, definition) in definitions.iter().filter(|(of, _)| !of.contains("Options")) {
            let keys = types::keys(definition);
            if keys.is_empty() {
                continue;
            }
            let page = homes.page(of).unwrap_or_else(|| panic!("{name}: no page describes {of}"));
            let text = &files.get(Utf8Path::new(&format!("reference/{page}.md"))).unwrap().text;
            let heading = if page == "service" && of == "Service" {
                "## Keys\n".to_owned()
            } else {
                format!("## Type `{of}`\n")
            };
            let (_, section) = text.split_once(&heading).unwrap_or_else(|| panic!("{page}: {of}"));
            let section = section.split("\n## ").next().unwrap();
            for key in keys {
                let title = format!("\n### `{}`\n", key.name);
                assert_eq!(section.matches(&title).count(), 1, "{page}: {of}.{}", key.name);
            }
        }
    }
    let examples = |text: &str| text.matches("```yaml").count();
    let total: usize = files.iter().map(|(_, file)| examples(&file.text)).sum();
    assert!(total > 200, "{total}");
}

#[test]
fn pages_are_marked_and_their_lines_are_short() {
    for (path, file) in pages().iter() {
        assert!(file.text.lines().next().unwrap().contains(MARKER), "{path}");
        assert!(file.text.ends_with('\n') && !file.text.contains("\n\n\n"), "{path}");
        for line in prose(&file.text) {
            let width = line.chars().count();
            assert!(width <= 120 || line.starts_with('|'), "{path}: {line}");
        }
    }
}

#[test]
fn examples_are_yaml() {
    for (path, file) in pages().iter() {
        for block in file.text.split("```yaml\n").skip(1) {
            let text = block.split("```").next().unwrap();
            if text.starts_with('#') {
                continue;
            }
            let source = Sources::default().add(path.to_string(), text);
            let (node, findings) = yaml::parse(source, text);
            assert!(node.is_some() && findings.is_empty(), "{path}: {text}{findings:#?}");
        }
    }
}

/// The part of a page below a heading.
fn section<'a>(files: &'a FileSet, page: &str, headings: &[&str]) -> &'a str {
    let file = files.get(Utf8Path::new(&format!("reference/{page}.md"))).unwrap();
    let below = headings.iter().fold(file.text.as_str(), |text, heading| {
        text.split_once(&format!("{heading}\n")).unwrap_or_else(|| panic!("{heading}")).1
    });
    below.split("\n#").next().unwrap()
}

#[test]
fn what_an_environment_may_say_is_said() {
    let files = pages();
    for (headings, may) in [
        (&["### `replicas`"][..], true),
        (&["### `config`"], true),
        (&["### `ports`"], false),
        (&["### `image`"], false),
        (&["## Type `Use`", "### `as`"], false),
        (&["## Type `Use`", "### `enabled`"], true),
        (&["## Type `Volume`", "### `path`"], false),
        (&["## Type `Volume`", "### `size`"], true),
        (&["## Type `Resources`", "### `memory`"], true),
        (&["## Type `Probe`", "### `path`"], false),
        (&["## Type `Probe`", "### `timeout`"], true),
    ] {
        let text = section(&files, "service", headings);
        assert_eq!(text.contains("- An environment may say it\n"), may, "{headings:?}\n{text}");
        assert_eq!(text.contains("- The same in every environment"), !may, "{headings:?}\n{text}");
    }
    // Where a service is run elsewhere, the environment says where its secrets lie.
    let text = section(&files, "service", &["## Type `SecretSource`", "### `from`"]);
    assert!(text.contains("- An environment may say it\n"), "{text}");
}

#[test]
fn the_catalogue_says_what_a_kind_offers() {
    let files = pages();
    let text = section(&files, "catalogue", &["## `postgres`"]);
    for part in [
        "- `18`, the default: `docker.io/library/postgres:",
        "- `postgres`: 5432",
        "- `data`: `/var/lib/postgresql`; needs a volume of this name",
        "- `users`: a map from names to maps of `owns` (text). Users, each with",
        "- `database`: an entry of the option `databases`",
        "- `password`: the secret `{{ user }}#password`",
        "- each entry of `users`: `password`",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let text = section(&files, "catalogue", &["## `valkey`"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Default: `256Mi`. The container's memory follows, with 50% more. An environment may set it.",
        "scratch space of 256Mi; needs one with `role: store`",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}
