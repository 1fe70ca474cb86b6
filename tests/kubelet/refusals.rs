//! A pod that would run, broken in one place at a time.

use crate::world::World;
use serde_json::Value;

/// A pod that needs one thing of every kind.
const WHOLE: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { level: debug, app.toml: "" }
---
apiVersion: v1
kind: Secret
metadata: { name: login }
stringData: { user: me, password: secret }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: with-its-pod
  resources: { requests: { storage: 1Gi } }
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext: { runAsNonRoot: true }
  containers:
  - name: web
    image: registry.example.com/works:1
    ports: [{ name: http, containerPort: 8080 }]
    env:
    - name: LEVEL
      valueFrom: { configMapKeyRef: { name: settings, key: level } }
    - name: PASSWORD
      valueFrom: { secretKeyRef: { name: login, key: password } }
    - name: COLOUR
      valueFrom: { configMapKeyRef: { name: colours, key: red, optional: true } }
    envFrom: [{ configMapRef: { name: settings } }]
    startupProbe: { httpGet: { port: http }, periodSeconds: 1, failureThreshold: 3 }
    livenessProbe: { httpGet: { port: http }, periodSeconds: 1, failureThreshold: 3 }
    readinessProbe: { httpGet: { port: http }, periodSeconds: 1 }
    volumeMounts:
    - { name: files, mountPath: /etc/app.toml, subPath: app.toml }
    - { name: secrets, mountPath: /run/secrets }
    - { name: data, mountPath: /data }
  volumes:
  - name: files
    configMap: { name: settings, items: [{ key: app.toml, path: app.toml }] }
  - name: secrets
    projected: { sources: [{ secret: { name: login, items: [{ key: user, path: login.user }] } }] }
  - name: data
    persistentVolumeClaim: { claimName: data }
"#;

/// Where it is seen that a pod does not run.
enum Seen {
    /// The container waits, for this reason.
    Waiting(&'static str),
    /// The pod waits, and this event says why.
    Event(&'static str),
    /// No node is chosen.
    Unplaced,
    /// The pod runs.
    Ready,
}

struct Case {
    what: &'static str,
    /// What is replaced by what.
    edits: &'static [(&'static str, &'static str)],
    seen: Seen,
    /// A part of what is said.
    says: &'static str,
}

const CASES: &[Case] = &[
    Case { what: "nothing", edits: &[], seen: Seen::Ready, says: "" },
    Case {
        what: "an image of the lock",
        edits: &[(
            "registry.example.com/works:1",
            "docker.io/valkey/valkey:9.1.2@sha256:418652cfb58ef879d4978c33553735d7147016032d5aefaa14c828e611eb9dfd",
        )],
        seen: Seen::Ready,
        says: "",
    },
    Case {
        what: "a ConfigMap of a variable",
        edits: &[("configMapKeyRef: { name: settings", "configMapKeyRef: { name: setings")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "configmap \"setings\" not found",
    },
    Case {
        what: "a key of a ConfigMap",
        edits: &[("key: level", "key: levels")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "couldn't find key levels in ConfigMap",
    },
    Case {
        what: "a ConfigMap of all variables",
        edits: &[("configMapRef: { name: settings }", "configMapRef: { name: setings }")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "configmap \"setings\" not found",
    },
    Case {
        what: "a key of a Secret",
        edits: &[("key: password", "key: pasword")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "couldn't find key pasword in Secret",
    },
    Case {
        what: "a ConfigMap of a volume",
        edits: &[("configMap: { name: settings", "configMap: { name: setings")],
        seen: Seen::Event("FailedMount"),
        says: "volume \"files\" : configmap \"setings\" not found",
    },
    Case {
        what: "a key of a volume",
        edits: &[("key: app.toml", "key: app.tml")],
        seen: Seen::Event("FailedMount"),
        says: "volume \"files\" : references non-existent config key: app.tml",
    },
    Case {
        what: "a Secret of a projected volume",
        edits: &[("secret: { name: login", "secret: { name: logins")],
        seen: Seen::Event("FailedMount"),
        says: "volume \"secrets\" : secret \"logins\" not found",
    },
    Case {
        what: "a key of a projected volume",
        edits: &[("key: user", "key: username")],
        seen: Seen::Event("FailedMount"),
        says: "references non-existent secret key: username",
    },
    Case {
        what: "a file of a mount",
        edits: &[("subPath: app.toml", "subPath: app.tml")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "failed to prepare subPath for volumeMount \"files\"",
    },
    Case {
        what: "a claim",
        edits: &[("claimName: data", "claimName: date")],
        seen: Seen::Unplaced,
        says: "persistentvolumeclaim \"date\" not found",
    },
    Case {
        what: "a claim that is never bound",
        edits: &[("storageClassName: with-its-pod", "storageClassName: unknown")],
        seen: Seen::Unplaced,
        says: "unbound immediate PersistentVolumeClaims",
    },
    Case {
        // Pods that choose their node themselves meet no scheduler, but the kubelet.
        what: "a claim that is never bound, on a node",
        edits: &[
            ("storageClassName: with-its-pod", "storageClassName: unknown"),
            ("  containers:", "  nodeName: node-1\n  containers:"),
        ],
        seen: Seen::Event("FailedMount"),
        says: "PVC is not bound",
    },
    Case {
        what: "root by its number",
        edits: &[("runAsNonRoot: true", "runAsNonRoot: true, runAsUser: 0")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "container's runAsUser breaks non-root policy",
    },
    Case {
        what: "root by its image",
        edits: &[("works:1", "root:1")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "image will run as root",
    },
    Case {
        what: "a user with a name",
        edits: &[("works:1", "named:1")],
        seen: Seen::Waiting("CreateContainerConfigError"),
        says: "image has non-numeric user (nobody)",
    },
    Case {
        what: "an image outside the lock",
        edits: &[("registry.example.com/works:1", "docker.io/valkey/valkey:9.1.2")],
        seen: Seen::Waiting("ImagePullBackOff"),
        says: "neither the lock nor a release names it",
    },
    Case {
        what: "an image that the registry does not have",
        edits: &[("works:1", "gone:1")],
        seen: Seen::Waiting("ImagePullBackOff"),
        says: "manifest unknown",
    },
    Case {
        what: "a program that ends",
        edits: &[("works:1", "crashes:1")],
        seen: Seen::Waiting("CrashLoopBackOff"),
        says: "back-off restarting failed container",
    },
    Case {
        what: "a program that starts slowly",
        edits: &[("works:1", "slow:1")],
        seen: Seen::Event("Killing"),
        says: "Container web failed startup probe, will be restarted",
    },
    Case {
        what: "a port of a probe",
        edits: &[(
            "livenessProbe: { httpGet: { port: http",
            "livenessProbe: { httpGet: { port: htpp",
        )],
        seen: Seen::Event("Unhealthy"),
        says: "Liveness probe failed: couldn't find port: htpp",
    },
    Case {
        what: "a program that starts slowly, and has the time",
        edits: &[("works:1", "slow:1"), ("failureThreshold: 3", "failureThreshold: 30")],
        seen: Seen::Ready,
        says: "",
    },
];

/// All cases at once: each in a namespace of its own.
pub(crate) fn what_cannot_start_says_why(world: &World) {
    for (number, case) in CASES.iter().enumerate() {
        world.apply(&namespace(number), "pod", &broken(case));
    }
    for (number, case) in CASES.iter().enumerate() {
        let namespace = namespace(number);
        world.until(&format!("{} in {namespace}: {}", case.what, case.says), || {
            let pod = world.get(&namespace, "pod", "web");
            is_seen(world, &namespace, case, &pod)
        });
        println!("{}: seen", case.what);
    }
}

fn namespace(number: usize) -> String {
    format!("refusal-{number}")
}

fn broken(case: &Case) -> String {
    case.edits.iter().fold(WHOLE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{}: nothing to break", case.what);
        text.replacen(from, to, 1)
    })
}

fn is_seen(world: &World, namespace: &str, case: &Case, pod: &Value) -> bool {
    let state = &pod["status"]["containerStatuses"][0]["state"];
    let says = |text: &Value| text.as_str().is_some_and(|text| text.contains(case.says));
    match case.seen {
        Seen::Ready => world.is_ready(namespace, "web"),
        Seen::Waiting(reason) => {
            state["waiting"]["reason"] == reason && says(&state["waiting"]["message"])
        }
        Seen::Event(reason) => {
            let ready = world.is_ready(namespace, "web");
            let events = world.list(namespace, "events");
            !ready && events.iter().any(|it| it["reason"] == reason && says(&it["message"]))
        }
        Seen::Unplaced => {
            let mut conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
            conditions.any(|it| it["type"] == "PodScheduled" && says(&it["message"]))
        }
    }
}
