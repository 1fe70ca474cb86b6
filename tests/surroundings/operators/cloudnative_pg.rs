//! `CloudNativePG`: Secrets, Services, claims and pods for each Cluster.
//!
//! Its own init container is left out: who runs the operator chooses that image, not who writes
//! the Cluster.

use super::super::api::Api;
use super::{objects, owned_by, tell, text};
use k8s_openapi::api::core::v1::{Pod, Secret};
use serde_json::{Map, Value, json};

const VERSION: &str = "postgresql.cnpg.io/v1";
/// Its user, if the Cluster says none.
const USER: u64 = 26;

/// A Cluster, and what most of its objects need.
struct Database<'a> {
    api: &'a Api,
    object: &'a Value,
    namespace: &'a str,
    name: &'a str,
}

pub(in super::super) fn step(api: &Api) {
    for object in objects(api, VERSION, "clusters") {
        let metadata = &object["metadata"];
        let (namespace, name) = (text(metadata, "namespace"), text(metadata, "name"));
        let database = Database { api, object: &object, namespace, name };
        let status = database.reconcile().unwrap_or_else(|problem| json!({ "phase": problem }));
        let path = format!("/apis/{VERSION}/namespaces/{namespace}/clusters/{name}");
        tell(api, &path, &object, &status);
    }
}

impl Database<'_> {
    /// Makes everything that is missing, and says how the Cluster is, or what keeps it from being.
    fn reconcile(&self) -> Result<Value, String> {
        let spec = &self.object["spec"];
        let Some(image) = spec["imageName"].as_str() else {
            return Err("Unknown image: the operator's own choice is not known".to_owned());
        };
        self.secrets()?;
        self.account();
        self.services();
        let instances = spec["instances"].as_u64().unwrap_or(1);
        let mut ready = 0;
        for number in 1..=instances {
            self.claims(number);
            match self.present(&format!("pods/{}-{number}", self.name)) {
                None => self.make("Pod", "pods", self.pod(number, image)),
                Some(pod) if is_ready(&pod) => ready += 1,
                Some(_) => {}
            }
        }
        let phase = if ready == instances {
            "Cluster in healthy state"
        } else {
            "Waiting for the instances to become active"
        };
        Ok(json!({
            "phase": phase,
            "instances": instances,
            "readyInstances": ready,
            "currentPrimary": format!("{}-1", self.name),
        }))
    }

    /// The credentials: those that somebody else makes must be there, all others are made.
    fn secrets(&self) -> Result<(), String> {
        let spec = &self.object["spec"];
        let initdb = &spec["bootstrap"]["initdb"];
        let credentials = ["username", "password"];
        if let Some(name) = initdb["secret"]["name"].as_str() {
            self.has_keys(name, &credentials)?;
        } else {
            let more = ["user", "dbname", "host", "port", "uri", "jdbc-uri", "pgpass"];
            self.secret("app", &[&credentials[..], &more].concat());
        }
        if spec["enableSuperuserAccess"] == true {
            match spec["superuserSecret"]["name"].as_str() {
                Some(name) => self.has_keys(name, &credentials)?,
                None => self.secret("superuser", &credentials),
            }
        }
        self.secret("ca", &["ca.crt", "ca.key"]);
        self.secret("server", &["tls.crt", "tls.key"]);
        self.secret("replication", &["tls.crt", "tls.key"]);
        Ok(())
    }

    fn has_keys(&self, name: &str, keys: &[&str]) -> Result<(), String> {
        let path = format!("/api/v1/namespaces/{}/secrets/{name}", self.namespace);
        let Some(secret) = self.api.get::<Secret>(&path) else {
            return Err(format!("Waiting for the secret {name}: not found"));
        };
        let data = secret.data.unwrap_or_default();
        match keys.iter().find(|key| !data.contains_key(**key)) {
            Some(key) => Err(format!("Waiting for the secret {name}: no key {key}")),
            None => Ok(()),
        }
    }

    fn secret(&self, suffix: &str, keys: &[&str]) {
        let name = format!("{}-{suffix}", self.name);
        if self.present(&format!("secrets/{name}")).is_none() {
            let data: Map<String, Value> =
                keys.iter().map(|key| ((*key).to_owned(), json!("made"))).collect();
            let secret = json!({ "metadata": { "name": name }, "stringData": data });
            self.make("Secret", "secrets", secret);
        }
    }

    fn account(&self) {
        if self.present(&format!("serviceaccounts/{}", self.name)).is_none() {
            let account = json!({ "metadata": { "name": self.name } });
            self.make("ServiceAccount", "serviceaccounts", account);
        }
    }

    fn services(&self) {
        let selectors = [
            ("rw", "instanceRole", "primary"),
            ("ro", "instanceRole", "replica"),
            ("r", "podRole", "instance"),
        ];
        for (suffix, label, value) in selectors {
            let name = format!("{}-{suffix}", self.name);
            if self.present(&format!("services/{name}")).is_none() {
                let named = json!({ "metadata": { "name": name } });
                self.make("Service", "services", self.service(named, label, value));
            }
        }
        let managed = &self.object["spec"]["managed"]["services"]["additional"];
        for additional in managed.as_array().into_iter().flatten() {
            let template = &additional["serviceTemplate"];
            let name = text(&template["metadata"], "name");
            let (suffix, label, value) = selectors
                .into_iter()
                .find(|(suffix, ..)| additional["selectorType"] == *suffix)
                .unwrap_or_else(|| panic!("{name}: no such type of selector"));
            assert_ne!(name, format!("{}-{suffix}", self.name), "the operator has it already");
            if self.present(&format!("services/{name}")).is_none() {
                self.make("Service", "services", self.service(template.clone(), label, value));
            }
        }
    }

    /// A Service that leads to the instances of a role.
    fn service(&self, mut service: Value, label: &str, value: &str) -> Value {
        let mut selector = json!({ "cnpg.io/cluster": self.name });
        selector[format!("cnpg.io/{label}")] = json!(value);
        service["spec"]["selector"] = selector;
        service["spec"]["ports"] =
            json!([{ "name": "postgres", "port": 5432, "targetPort": 5432 }]);
        service
    }

    /// The claims of an instance: for data, and for the log if it has storage of its own.
    fn claims(&self, number: u64) {
        let spec = &self.object["spec"];
        for (key, suffix) in [("storage", ""), ("walStorage", "-wal")] {
            let name = format!("{}-{number}{suffix}", self.name);
            let path = format!("persistentvolumeclaims/{name}");
            if spec[key].is_object() && self.present(&path).is_none() {
                let mut claim = json!({
                    "accessModes": ["ReadWriteOnce"],
                    "resources": { "requests": { "storage": spec[key]["size"] } },
                });
                if let Some(class) = spec[key]["storageClass"].as_str() {
                    claim["storageClassName"] = json!(class);
                }
                let claim = json!({ "metadata": { "name": name }, "spec": claim });
                self.make("PersistentVolumeClaim", "persistentvolumeclaims", claim);
            }
        }
    }

    fn pod(&self, number: u64, image: &str) -> Value {
        let spec = &self.object["spec"];
        let name = format!("{}-{number}", self.name);
        let role = if number == 1 { "primary" } else { "replica" };
        let mut labels =
            spec["inheritedMetadata"]["labels"].as_object().cloned().unwrap_or_default();
        for (key, value) in [
            ("cluster", self.name),
            ("instanceName", &name),
            ("instanceRole", role),
            ("podRole", "instance"),
        ] {
            labels.insert(format!("cnpg.io/{key}"), json!(value));
        }
        let user = spec["postgresUID"].as_u64().unwrap_or(USER);
        let group = spec["postgresGID"].as_u64().unwrap_or(USER);
        let mut volumes = vec![
            json!({ "name": "pgdata", "persistentVolumeClaim": { "claimName": name } }),
            json!({ "name": "scratch-data", "emptyDir": {} }),
        ];
        if spec["walStorage"].is_object() {
            let claim = json!({ "claimName": format!("{name}-wal") });
            volumes.push(json!({ "name": "pg-wal", "persistentVolumeClaim": claim }));
        }
        let probe = |path: &str| json!({ "httpGet": { "path": path, "port": 8000 } });
        json!({
            "metadata": {
                "name": name,
                "labels": labels,
                "annotations": spec["inheritedMetadata"]["annotations"],
            },
            "spec": {
                "serviceAccountName": self.name,
                "imagePullSecrets": spec["imagePullSecrets"],
                "topologySpreadConstraints": spec["topologySpreadConstraints"],
                "securityContext": {
                    "runAsNonRoot": true,
                    "runAsUser": user,
                    "runAsGroup": group,
                    "fsGroup": group,
                    "seccompProfile": { "type": "RuntimeDefault" },
                },
                "containers": [{
                    "name": "postgres",
                    "image": image,
                    "resources": spec["resources"],
                    "ports": [
                        { "name": "postgresql", "containerPort": 5432 },
                        { "name": "metrics", "containerPort": 9187 },
                        { "name": "status", "containerPort": 8000 },
                    ],
                    "startupProbe": probe("/startupz"),
                    "livenessProbe": probe("/healthz"),
                    "readinessProbe": probe("/readyz"),
                    "securityContext": {
                        "allowPrivilegeEscalation": false,
                        "readOnlyRootFilesystem": true,
                        "capabilities": { "drop": ["ALL"] },
                    },
                    "volumeMounts": [
                        { "name": "pgdata", "mountPath": "/var/lib/postgresql/data" },
                        { "name": "scratch-data", "mountPath": "/run" },
                    ],
                }],
                "volumes": volumes,
            },
        })
    }

    fn present(&self, path: &str) -> Option<Value> {
        self.api.get(&format!("/api/v1/namespaces/{}/{path}", self.namespace))
    }

    /// Creates an object of the core group that goes with the Cluster.
    fn make(&self, kind: &str, plural: &str, mut object: Value) {
        object["apiVersion"] = json!("v1");
        object["kind"] = json!(kind);
        object["metadata"]["ownerReferences"] = owned_by(self.object);
        self.api.create(&format!("/api/v1/namespaces/{}/{plural}", self.namespace), &object);
    }
}

fn is_ready(pod: &Value) -> bool {
    let pod: Pod = serde_json::from_value(pod.clone()).unwrap();
    let status = pod.status.unwrap_or_default();
    let mut conditions = status.conditions.iter().flatten();
    conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
