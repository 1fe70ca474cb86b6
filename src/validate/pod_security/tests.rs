//! Each rule with a pod that it refuses, and one beside it that it does not.

use super::*;
use serde_json::json;

/// A pod that every level admits.
fn sound() -> Value {
    json!({
        "metadata": { "annotations": { "example.com/a": "b" } },
        "spec": {
            "securityContext": {
                "runAsNonRoot": true,
                "runAsUser": 1000,
                "seccompProfile": { "type": "RuntimeDefault" },
                "sysctls": [{ "name": "net.ipv4.tcp_rmem", "value": "1 2 3" }],
            },
            "volumes": [{ "name": "tmp", "emptyDir": {} }],
            "initContainers": [container()],
            "containers": [container()],
        },
    })
}

fn container() -> Value {
    json!({
        "name": "web",
        "ports": [{ "containerPort": 8080 }],
        "livenessProbe": { "httpGet": { "path": "/", "port": 8080 } },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"], "add": ["NET_BIND_SERVICE"] },
        },
    })
}

/// The sound pod with one value set; null takes a key away.
fn with(pointer: &str, value: Value) -> Value {
    let mut pod = sound();
    let mut at = &mut pod;
    let (keys, last) = pointer[1..].rsplit_once('/').expect("a key below the root");
    for key in keys.split('/') {
        if let Ok(index) = key.parse::<usize>() {
            at = &mut at[index];
        } else {
            at = &mut at[key.replace("~1", "/").as_str()];
        }
    }
    let last = last.replace("~1", "/");
    if value.is_null() {
        at.as_object_mut().expect("a map").remove(&last);
    } else if let (Ok(index), Some(list)) = (last.parse::<usize>(), at.as_array_mut()) {
        list.insert(index, value);
    } else {
        at[last.as_str()] = value;
    }
    pod
}

#[test]
fn a_sound_pod_is_admitted_everywhere() {
    use PodSecurityLevel::{Baseline, Privileged, Restricted};
    for level in [Restricted, Baseline, Privileged] {
        assert_eq!(refusals(level, &sound()), []);
    }
}

/// What is set, and where the refusal is; the message is read in the cases of `tests/messages`.
fn table(level: PodSecurityLevel, rows: &[(&str, Value, &str)]) {
    for (pointer, value, at) in rows {
        let pod = with(pointer, value.clone());
        for asked in [PodSecurityLevel::Restricted, PodSecurityLevel::Baseline] {
            let found = refusals(asked, &pod);
            if asked >= level {
                assert_eq!(found, [], "{pointer} at {asked:?}");
                continue;
            }
            let places: Vec<&str> = found.iter().map(|it| it.pointer.as_str()).collect();
            assert_eq!(places, [*at], "{pointer} at {asked:?}");
            assert_eq!(found[0].allowed_by, level, "{pointer}");
        }
        assert_eq!(refusals(PodSecurityLevel::Privileged, &pod), [], "{pointer}");
    }
}

#[test]
fn what_privileged_alone_admits() {
    const C: &str = "/spec/containers/0/securityContext";
    const I: &str = "/spec/initContainers/0/securityContext";
    let context = |key: &str| format!("{C}/{key}");
    let apparmor = "/metadata/annotations/container.apparmor.security.beta.kubernetes.io~1web";
    let same = |pointer: &str, value: Value| (pointer.to_owned(), value, pointer.to_owned());
    let rows = [
        same("/spec/hostNetwork", json!(true)),
        same("/spec/hostPID", json!(true)),
        same("/spec/hostIPC", json!(true)),
        same("/spec/volumes/0", json!({ "name": "log", "hostPath": { "path": "/var/log" } })),
        same("/spec/securityContext/sysctls/0", json!({ "name": "kernel.msgmax", "value": "1" })),
        same(apparmor, json!("unconfined")),
        same(&context("privileged"), json!(true)),
        same(&format!("{I}/privileged"), json!(true)),
        same(&context("capabilities/add/0"), json!("NET_ADMIN")),
        same(&context("procMount"), json!("Unmasked")),
        same("/spec/containers/0/ports/0/hostPort", json!(8080)),
        same("/spec/containers/0/livenessProbe/httpGet/host", json!("192.0.2.1")),
        (
            "/spec/containers/0/readinessProbe".to_owned(),
            json!({ "tcpSocket": { "port": 1, "host": "a" } }),
            "/spec/containers/0/readinessProbe/tcpSocket/host".to_owned(),
        ),
        (
            "/spec/containers/0/lifecycle".to_owned(),
            json!({ "preStop": { "httpGet": { "port": 1, "host": "a" } } }),
            "/spec/containers/0/lifecycle/preStop/httpGet/host".to_owned(),
        ),
        same("/spec/securityContext/seccompProfile/type", json!("Unconfined")),
        (
            context("seccompProfile"),
            json!({ "type": "Unconfined" }),
            context("seccompProfile/type"),
        ),
        (
            context("appArmorProfile"),
            json!({ "type": "Unconfined" }),
            context("appArmorProfile/type"),
        ),
        (
            "/spec/securityContext/seLinuxOptions".to_owned(),
            json!({ "type": "spc_t" }),
            "/spec/securityContext/seLinuxOptions/type".to_owned(),
        ),
        (
            context("seLinuxOptions"),
            json!({ "type": "container_t", "user": "system_u" }),
            context("seLinuxOptions/user"),
        ),
        (context("seLinuxOptions"), json!({ "role": "r" }), context("seLinuxOptions/role")),
        (
            context("windowsOptions"),
            json!({ "hostProcess": true }),
            context("windowsOptions/hostProcess"),
        ),
    ];
    let rows = rows.iter().map(|(set, value, at)| (set.as_str(), value.clone(), at.as_str()));
    table(PodSecurityLevel::Privileged, &rows.collect::<Vec<_>>());
}

#[test]
fn what_baseline_admits_and_restricted_does_not() {
    const C: &str = "/spec/containers/0/securityContext";
    let context = |key: &str| format!("{C}/{key}");
    let nfs = json!({ "name": "share", "nfs": { "server": "a", "path": "/" } });
    let rows = [
        ("/spec/volumes/0".to_owned(), nfs, "/spec/volumes/0".to_owned()),
        ("/spec/securityContext/runAsUser".to_owned(), json!(0), String::new()),
        (context("runAsUser"), json!(0), String::new()),
        ("/spec/securityContext/runAsNonRoot".to_owned(), json!(false), String::new()),
        (context("runAsNonRoot"), json!(false), String::new()),
        (context("allowPrivilegeEscalation"), json!(true), C.to_owned()),
        (context("allowPrivilegeEscalation"), Value::Null, C.to_owned()),
        (context("capabilities/drop"), json!(["NET_RAW"]), C.to_owned()),
        (context("capabilities/add/0"), json!("CHOWN"), String::new()),
    ];
    let rows = rows.iter().map(|(set, value, at)| {
        (set.as_str(), value.clone(), if at.is_empty() { set.as_str() } else { at.as_str() })
    });
    table(PodSecurityLevel::Baseline, &rows.collect::<Vec<_>>());
}

#[test]
fn what_nothing_says_is_asked_of_every_container() {
    for key in ["runAsNonRoot", "seccompProfile"] {
        let pod = with(&format!("/spec/securityContext/{key}"), Value::Null);
        let found = refusals(PodSecurityLevel::Restricted, &pod);
        let places: Vec<&str> = found.iter().map(|it| it.pointer.as_str()).collect();
        let both = ["/spec/initContainers/0/securityContext", "/spec/containers/0/securityContext"];
        assert_eq!(places, both, "{key}");
    }
}

#[test]
fn pods_are_found_where_objects_hold_them() {
    let pod = json!({ "spec": {} });
    let found = |object: &Value| pod_of(object).map(|(pointer, _)| pointer);
    for kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"] {
        let object = json!({ "kind": kind, "spec": { "template": pod } });
        assert_eq!(found(&object), Some("/spec/template"), "{kind}");
    }
    let job = json!({ "spec": { "template": pod } });
    let cron = json!({ "kind": "CronJob", "spec": { "jobTemplate": job } });
    assert_eq!(found(&cron), Some("/spec/jobTemplate/spec/template"));
    assert_eq!(found(&json!({ "kind": "Pod", "spec": {} })), Some(""));
    assert_eq!(found(&json!({ "kind": "Service", "spec": {} })), None);
}
