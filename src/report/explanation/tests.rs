use super::{json, text};
use crate::explain::{Derived, Explained, Explanation, Fact, Said, What, parse_path};
use crate::source::{Place, Sources};
use serde_json::json as object;

fn path(text: &str) -> Vec<String> {
    parse_path(text)
}

fn sample() -> (Explanation, Sources) {
    let mut sources = Sources::default();
    let system = sources.add("environments/shop/system.yaml", "a: 1\nb:  \u{1b}[31m70%\n");
    let prod = sources.add("environments/shop/prod.yaml", "c: 3\n");
    let kind = sources.add_built_in("catalogue/valkey.yaml", "x: 1\n");
    let said =
        |layer: &str, place: Place, what: What| Said { layer: layer.to_owned(), place, what };
    let at = Place::new(system, 9, 12);
    let over = Place::new(prod, 3, 4);
    let cpu = Explained {
        path: path("services.web.replicas.cpu"),
        value: Some(object!("80%")),
        said: vec![
            said("catalogue", Place::new(kind, 3, 4), What::Value(object!("60%"))),
            said("shape verifier", at, What::Value(object!("70%"))),
            said("service", over, What::Removed),
            said("service", over, What::Value(object!("80%"))),
        ],
        derived: None,
    };
    let gone = Explained {
        path: path("services.web.rollout.rolling.at-once"),
        value: None,
        said: vec![
            said("defaults", at, What::Value(object!("\u{1b}[31m50%"))),
            said("service", over, What::Replaced(object!({"recreate": {}}))),
        ],
        derived: None,
    };
    let long = Explained {
        path: path("services.web.files.\"/etc/app.toml\".from"),
        value: Some(object!("x".repeat(120))),
        said: vec![said("service", at, What::Value(object!("x".repeat(120))))],
        derived: None,
    };
    let unsaid = Explained { value: None, said: Vec::new(), ..gone.clone() };
    let variable = Explained {
        path: path("services.web.env.PORT"),
        value: Some(object!("8080")),
        said: Vec::new(),
        derived: Some(Derived {
            text: Some("{{ ports.http }}{{ service }}".to_owned()),
            origin: vec![Explained { path: path("services.web.config.PORT.text"), ..cpu.clone() }],
            facts: vec![
                Fact { name: "ports.http".to_owned(), values: vec![cpu.clone()] },
                Fact { name: "service".to_owned(), values: Vec::new() },
            ],
        }),
    };
    let explanation = Explanation {
        environment: "prod".to_owned(),
        system: "shop".to_owned(),
        path: path("services.web"),
        values: vec![cpu, gone, long, unsaid, variable],
    };
    (explanation, sources)
}

#[test]
fn values_come_first_and_layers_are_aligned() {
    let (explanation, sources) = sample();
    let shown = anstream::adapter::strip_str(&text(&explanation, &sources)).to_string();
    assert_eq!(
        shown,
        r#"services.web.replicas.cpu: 80%
  catalogue       <built-in>/catalogue/valkey.yaml:1:4  60%
  shape verifier  environments/shop/system.yaml:2:5     70%
  service         environments/shop/prod.yaml:1:4       removed
  service         environments/shop/prod.yaml:1:4       80%

services.web.rollout.rolling.at-once is removed
  defaults        environments/shop/system.yaml:2:5     ␛[31m50%
  service         environments/shop/prod.yaml:1:4       replaced by recreate

services.web.files."/etc/app.toml".from:
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
  service         environments/shop/system.yaml:2:5     xxxxxxxxxxxxxxxxxxxxxxx…

services.web.rollout.rolling.at-once is said by no layer

services.web.env.PORT: "8080"
  text: {{ ports.http }}{{ service }}
  services.web.config.PORT.text: 80%
    catalogue       <built-in>/catalogue/valkey.yaml:1:4  60%
    shape verifier  environments/shop/system.yaml:2:5     70%
    service         environments/shop/prod.yaml:1:4       removed
    service         environments/shop/prod.yaml:1:4       80%
  fact ports.http:
    services.web.replicas.cpu: 80%
      catalogue       <built-in>/catalogue/valkey.yaml:1:4  60%
      shape verifier  environments/shop/system.yaml:2:5     70%
      service         environments/shop/prod.yaml:1:4       removed
      service         environments/shop/prod.yaml:1:4       80%
  fact service: no layer says it
"#
    );
}

#[test]
fn nothing_is_wider_than_a_terminal_or_obeyed_by_it() {
    let (explanation, sources) = sample();
    let shown = text(&explanation, &sources);
    assert!(!shown.contains("\u{1b}[31m50%") && shown.contains("␛[31m50%"));
    for line in anstream::adapter::strip_str(&shown).to_string().lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn programs_read_the_same() {
    let (explanation, sources) = sample();
    let value = json(&explanation, &sources);
    assert_eq!(value["values"][0]["value"], "80%");
    assert_eq!(
        value["values"][0]["said"][1],
        object!({
            "layer": "shape verifier", "what": "value", "value": "70%",
            "file": "environments/shop/system.yaml", "line": 2, "column": 5,
        })
    );
    assert_eq!(value["values"][0]["said"][2]["what"], "removed");
    assert_eq!(value["values"][0]["said"][2].get("value"), None);
    assert_eq!(value["values"][1].get("value"), None);
    assert_eq!(value["values"][4]["derived"]["facts"][0]["values"][0], value["values"][0]);
}

#[test]
fn no_line_ends_in_blanks_that_a_colour_hides() {
    let (mut explanation, mut sources) = sample();
    let deep = sources.add(format!("environments/{}.yaml", "deep/".repeat(12)), "a: 1\n");
    explanation.values[0].said[0].place = Place::new(deep, 3, 4);
    let text = anstream::adapter::strip_str(&text(&explanation, &sources)).to_string();
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
}
