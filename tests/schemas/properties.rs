//! Every key is described, and its example is right.

use super::{kinds, parse};
use iac::finding::Finding;
use iac::generate::schema::schemas;
use iac::layer::{self, exclusive};
use iac::load::{normalise, read};
use iac::tree::Node;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The type of a file, whose schema is the root.
fn root_type(file: &str) -> &'static str {
    match file {
        "environment" => "Environment",
        "system" => "System",
        "service" => "Service",
        "system-override" => "SystemOverride",
        "kind" => "Kind",
        "provider" => "Provider",
        "release" => "Release",
        "lock" => "Lock",
        _ => panic!("no type for `{file}`"),
    }
}

/// What the loader has against a map of the type of this name.
fn findings(name: &str, node: &Node) -> Vec<Finding> {
    macro_rules! by_name {
        ($($type:ident)*) => {
            match name {
                $(stringify!($type) => {
                    let (layer, mut findings) = read::<layer::$type>(node);
                    findings.extend(layer.into_iter().flat_map(|layer| normalise(&layer, node).1));
                    findings
                })*
                _ => panic!("no type `{name}`: list it here"),
            }
        };
    }
    by_name!(
        Alert Annotations Bind Build BuiltImage Capabilities Compose Contract ContractHealth DataFolder Defaults
        Elsewhere ElsewhereOverride EntryKey Environment Expose ExposeOverride External ExternalOverride
        ExternalSecrets SecretBackend SecretStore
        File Gateway GatewayPods Grpc Guard Health HealthOverride HostPath HostPathOverride
        Init InitOverride Kind KindFile KindOption KindUse KindVersion Kubernetes Labels Listeners
        Lock LockedImage LockedTool MakeBy Metrics Migrate MigrateOverride Monitoring NeededLevel ObjectPatch Offer
        Otherwise Override Panel Patches Pick Placement PodSecurity Pods Port Probe ProbeTimes Provider
        ProviderOperator ProviderPods Registry Release Released Replicas Resources Rolling Rollout Secret SecretOverride SecretSource Service SharedVolume
        SharedVolumeOverride Sidecar SidecarOverride Spread Storage System SystemOverride Template
        Token TokenRule Toleration Use UseOverride User Volume VolumeOverride Why
    )
}

/// The types of a schema and their definitions, the root's among them.
fn types(file: &str, schema: &Value) -> Vec<(String, Value)> {
    let mut root = schema.clone();
    root.as_object_mut().unwrap().remove("$defs");
    let mut types = vec![(root_type(file).to_owned(), root)];
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        types.push((name.clone(), definition.clone()));
    }
    // The catalogue's options are the catalogue's to describe.
    types.retain(|(name, _)| !name.contains("Options"));
    types
}

/// The keys of a type, also of one of whose keys exactly one is said.
fn keys(definition: &Value) -> Vec<(String, Value)> {
    let variants = definition["oneOf"].as_array().into_iter().flatten();
    variants
        .chain([definition])
        .filter_map(|schema| schema["properties"].as_object())
        .flat_map(|map| map.iter().map(|(key, schema)| (key.clone(), schema.clone())))
        .collect()
}

#[test]
fn every_key_has_a_description_and_an_example_that_both_accept() {
    let kinds = kinds();
    let mut seen = BTreeSet::new();
    for (file, schema) in schemas(&kinds) {
        for (name, definition) in types(file, &schema) {
            let mut whole = schema.clone();
            if name != root_type(file) {
                whole = json!({ "$ref": format!("#/$defs/{name}"), "$defs": schema["$defs"] });
            }
            let validator = jsonschema::draft202012::new(&whole).unwrap();
            for (key, property) in keys(&definition) {
                let at = format!("{file}: {name}.{key}");
                let text = property["description"].as_str().unwrap_or_default();
                assert!(text.contains("\n\nExample: `"), "{at} has no example: {text}");
                assert_eq!(text.matches("Example: ").count(), 1, "{at}");
                let source = text.split_once("\n\nExample: `").unwrap().1.trim_end_matches('`');
                let node = parse(source).unwrap_or_else(|it| panic!("{at}: {source}\n{it:#?}"));
                let json = node.to_json();
                assert_eq!(property["examples"], json!([json[&key]]), "{at}");
                // Another key may be required beside it.
                let faults: Vec<String> = validator
                    .iter_errors(&json)
                    .filter(|it| !it.to_string().contains("is a required property"))
                    .map(|it| it.to_string())
                    .collect();
                assert_eq!(faults, [""; 0], "{at}: {source}");
                let findings = findings(&name, &node);
                assert!(findings.iter().all(|it| it.id == "missing-key"), "{at}: {findings:#?}");
                seen.insert((name.clone(), key));
            }
        }
    }
    assert!(seen.len() > 200, "{}", seen.len());
    for (name, _) in &seen {
        for key in exclusive(name).iter().flat_map(|keys| keys.iter()) {
            assert!(seen.contains(&(name.clone(), (*key).to_owned())), "{name} has no `{key}`");
        }
    }
}

#[test]
fn every_type_is_described() {
    for (file, schema) in schemas(&kinds()) {
        for (name, definition) in types(file, &schema) {
            assert!(definition["description"].is_string(), "{file}: {name}");
        }
    }
}
