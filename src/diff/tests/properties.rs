use super::*;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

/// A tree of values with lists that go by name, and lists that do not.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z ]{0,8}".prop_map(Value::from),
        "[a-z]{1,4}\n[a-z]{1,4}\n".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::btree_map("[a-c]{1,2}|[a-z]/[a-z]", inner.clone(), 1..4)
                .prop_map(|map| map.into_iter().collect::<Value>()),
            proptest::collection::btree_map("[d-g]{1,2}", inner.clone(), 1..4).prop_map(|map| {
                map.into_iter()
                    .map(|(name, value)| json!({"name": name, "it": value}))
                    .collect::<Value>()
            }),
            proptest::collection::vec(
                proptest::collection::btree_map("[u-w]", inner, 1..3)
                    .prop_map(|map| map.into_iter().collect::<Value>()),
                1..4
            )
            .prop_map(Value::from),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    let kinds = prop_oneof![
        Just(("apps/v1", "Deployment")),
        Just(("apps/v1", "StatefulSet")),
        Just(("v1", "ConfigMap")),
        Just(("v1", "PersistentVolumeClaim")),
        Just(("example.com/v1", "Thing")),
    ];
    (kinds, "[a-c]", proptest::option::of("[m-n]"), value()).prop_map(|(kind, name, ns, spec)| {
        let mut metadata = json!({"name": name});
        if let Some(ns) = ns {
            metadata["namespace"] = json!(ns);
        }
        json!({"apiVersion": kind.0, "kind": kind.1, "metadata": metadata, "spec": {"x": spec}})
    })
}

/// Objects in files, each identity once.
fn tree() -> impl Strategy<Value = Vec<(String, Value)>> {
    proptest::collection::vec((0usize..3, object()), 0..6).prop_map(|objects| {
        let mut seen = BTreeSet::new();
        objects
            .into_iter()
            .filter(|(_, object)| {
                seen.insert(format!(
                    "{} {} {}",
                    object["apiVersion"], object["kind"], object["metadata"]
                ))
            })
            .map(|(file, object)| (format!("prod/shop/kubernetes/{file}.yaml"), object))
            .collect()
    })
}

fn written(objects: &[(String, Value)]) -> Files {
    let mut files = Files::new();
    for (path, object) in objects {
        let text = files.entry(Utf8PathBuf::from(path)).or_default();
        text.push_str("---\n");
        text.push_str(&serde_yaml::to_string(object).expect("objects can be written"));
    }
    files
}

/// The paths of all plain values below `spec`, as steps to follow and as they are told.
fn leaves(value: &Value, steps: &[String], told: &str, all: &mut Vec<(Vec<String>, String)>) {
    let with = |step: String| [steps, &[step]].concat();
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let plain = key.chars().all(|c| c.is_ascii_alphanumeric());
                let told = if plain { format!("{told}.{key}") } else { format!("{told}[{key}]") };
                leaves(value, &with(key.clone()), &told, all);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                let name = value.get("name").and_then(Value::as_str);
                let told = name.map_or_else(|| format!("{told}[{at}]"), |n| format!("{told}[{n}]"));
                let steps = with(at.to_string());
                match name {
                    // Another name is another item.
                    Some(_) => {
                        let steps = [&steps[..], &["it".to_owned()]].concat();
                        leaves(&value["it"], &steps, &format!("{told}.it"), all);
                    }
                    None => leaves(value, &steps, &told, all),
                }
            }
        }
        _ => all.push((steps.to_vec(), told.to_owned())),
    }
}

fn leaf<'a>(value: &'a mut Value, steps: &[String]) -> &'a mut Value {
    steps.iter().fold(value, |value, step| match value {
        Value::Array(items) => &mut items[step.parse::<usize>().expect("an index")],
        other => &mut other[step.as_str()],
    })
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(objects in tree()) {
        let files = written(&objects);
        prop_assert!(compare(&files, &files).is_empty());
    }

    #[test]
    fn what_was_added_and_removed_adds_up(old in tree(), new in tree()) {
        let changes = compare(&written(&old), &written(&new));
        let count = |action| changes.objects.iter().filter(|o| o.action == action).count();
        let (added, removed) = (count(Action::Added), count(Action::Removed));
        prop_assert_eq!(old.len() + added, new.len() + removed);
        let back = compare(&written(&new), &written(&old));
        let count = |action| back.objects.iter().filter(|o| o.action == action).count();
        prop_assert_eq!((added, removed), (count(Action::Removed), count(Action::Added)));
        prop_assert_eq!(changes.moved.len(), back.moved.len());
    }

    #[test]
    fn a_leaf_that_differs_is_told_by_its_path(
        objects in tree(),
        which in any::<Index>(),
        place in any::<Index>(),
        replacement in prop_oneof![
            Just(json!("another value")),
            Just(json!("another\nvalue\n")),
            Just(json!(null)),
            Just(json!(1.5)),
        ],
        move_it in any::<bool>(),
    ) {
        prop_assume!(!objects.is_empty());
        let which = which.index(objects.len());
        let mut all = Vec::new();
        leaves(&objects[which].1["spec"], &[], "spec", &mut all);
        prop_assume!(!all.is_empty());
        let (steps, told) = &all[place.index(all.len())];
        let mut changed = objects.clone();
        let before = std::mem::replace(leaf(&mut changed[which].1["spec"], steps), replacement.clone());
        if move_it {
            changed[which].0 = "prod/shop/kubernetes/elsewhere.yaml".to_owned();
        }
        let changes = compare(&written(&objects), &written(&changed));
        prop_assert_eq!(changes.objects.len(), 1);
        prop_assert_eq!(changes.moved.len(), usize::from(move_it));
        let change = &changes.objects[0];
        prop_assert_eq!(change.identity.name.as_str(), objects[which].1["metadata"]["name"].as_str().unwrap());
        prop_assert_eq!(change.fields.len(), 1, "{:?}", change.fields);
        prop_assert_eq!(&change.fields[0].path.to_string(), told);
        prop_assert_eq!(change.fields[0].old.as_ref(), Some(&before));
        prop_assert_eq!(change.fields[0].new.as_ref(), Some(&replacement));
        prop_assert!(!change.effects.is_empty());
    }

    #[test]
    fn broken_trees_never_panic(old in any::<String>(), new in "[-a:{}\\[\\]&*!|>\n \"'%@`#<,]{0,60}") {
        for path in ["prod/a/kubernetes/a.yaml", "prod/a/kubernetes/a.json", "a.yaml", "x/a.txt"] {
            let (before, after) = (files(&[(path, &old)]), files(&[(path, &new)]));
            let _ = summary(&compare(&before, &after));
            let _ = summary(&compare(&after, &before));
            let _ = between(&before, "prod", "x");
        }
    }
}
