//! What the operators make of their objects, and that others can refer to it.

use crate::world::{World, is_true};

const NAMESPACE: &str = "operators";

const SECRET: &str = r"
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: web }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  target: { name: web-secrets }
  data:
  - { secretKey: api-key, remoteRef: { key: web, property: api-key } }
---
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
  - name: web
    image: registry.example.com/works:1
    env:
    - { name: API_KEY, valueFrom: { secretKeyRef: { name: web-secrets, key: api-key } } }
";

const STORE: &str = r"
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: vault }
spec: { provider: { fake: { data: [] } } }
";

const DATABASE: &str = r"
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: database }
spec:
  instances: 3
  imageName: registry.example.com/works:1
  storage: { size: 1Gi, storageClass: with-its-pod }
---
apiVersion: v1
kind: Pod
metadata: { name: client }
spec:
  containers:
  - name: client
    image: registry.example.com/works:1
    env:
    - { name: PASSWORD, valueFrom: { secretKeyRef: { name: database-app, key: password } } }
";

pub(crate) fn operators_make_what_others_refer_to(world: &World) {
    world.apply(NAMESPACE, "secret", SECRET);
    world.apply(NAMESPACE, "database", DATABASE);

    world.until("an ExternalSecret without its store", || {
        let object = world.get(NAMESPACE, "externalsecret", "web");
        let message = object["status"]["conditions"][0]["message"].as_str().unwrap_or_default();
        message.contains("could not get ClusterSecretStore \"vault\"")
    });
    assert!(!world.is_ready(NAMESPACE, "web"), "a pod runs without its Secret");
    world.apply(NAMESPACE, "store", STORE);
    world.until("an ExternalSecret that is synchronised", || {
        is_true(&world.get(NAMESPACE, "externalsecret", "web"), "Ready")
    });
    world.until("a pod with the Secret", || world.is_ready(NAMESPACE, "web"));

    world.until("a database that is healthy", || {
        let status = &world.get(NAMESPACE, "cluster", "database")["status"];
        status["phase"] == "Cluster in healthy state" && status["readyInstances"] == 3
    });
    world.until("a client of the database", || world.is_ready(NAMESPACE, "client"));
    for (service, endpoints) in [("database-rw", 1), ("database-ro", 2), ("database-r", 3)] {
        world.until(service, || ready_endpoints(world, service) == endpoints);
    }
}

fn ready_endpoints(world: &World, service: &str) -> usize {
    let slices = world.list(NAMESPACE, "endpointslices");
    let of_service = slices
        .iter()
        .filter(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == service);
    let endpoints =
        of_service.flat_map(|slice| slice["endpoints"].as_array().into_iter().flatten());
    endpoints.filter(|endpoint| endpoint["conditions"]["ready"] == true).count()
}
