//! What each kind of pod does until it is ready, or ends.

use crate::world::{World, is_true};
use serde_json::Value;

const NAMESPACE: &str = "lives";

/// An init container, a sidecar that starts slowly, another init container, and a container.
const ORDER: &str = r"
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  initContainers:
  - { name: first, image: registry.example.com/works:1 }
  - name: sidecar
    image: registry.example.com/slow:1
    restartPolicy: Always
    ports: [{ name: proxy, containerPort: 9000 }]
    startupProbe: { tcpSocket: { port: proxy }, periodSeconds: 1, failureThreshold: 30 }
  - { name: second, image: registry.example.com/works:1 }
  containers:
  - { name: main, image: registry.example.com/works:1 }
";

const JOBS: &str = r"
apiVersion: batch/v1
kind: Job
metadata: { name: migration }
spec:
  template:
    spec:
      restartPolicy: Never
      initContainers:
      - { name: sidecar, image: registry.example.com/works:1, restartPolicy: Always }
      containers:
      - { name: main, image: registry.example.com/works:1 }
---
apiVersion: batch/v1
kind: Job
metadata: { name: hopeless }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
      - { name: main, image: registry.example.com/crashes:1 }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: backup }
spec:
  schedule: 0 3 * * *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
          - { name: main, image: registry.example.com/works:1 }
";

const DAEMONS: &str = r"
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      containers:
      - { name: agent, image: registry.example.com/works:1 }
---
apiVersion: v1
kind: Service
metadata: { name: public }
spec:
  type: LoadBalancer
  selector: { app: agent }
  ports: [{ port: 80 }]
";

pub(crate) fn each_kind_of_pod_takes_its_course(world: &World) {
    for (name, text) in [("order", ORDER), ("jobs", JOBS), ("daemons", DAEMONS)] {
        world.apply(NAMESPACE, name, text);
    }
    let job = ["create", "job", "backup-now", "--from=cronjob/backup", "--namespace", NAMESPACE];
    world.cluster.kubectl(&job).ends(0);

    let holds = |kind: &str, name: &str, condition: &str| {
        world.until(&format!("{kind}/{name}: {condition}"), || {
            is_true(&world.get(NAMESPACE, kind, name), condition)
        });
    };
    holds("job", "migration", "Complete");
    holds("job", "backup-now", "Complete");
    holds("job", "hopeless", "Failed");
    world.until("an agent on every node", || {
        let status = &world.get(NAMESPACE, "daemonset", "agent")["status"];
        status["numberReady"] == 4 && status["desiredNumberScheduled"] == 4
    });
    world.until("an address of the load balancer", || {
        let service = world.get(NAMESPACE, "service", "public");
        service["status"]["loadBalancer"]["ingress"][0]["ip"].is_string()
    });
    holds("pod", "order", "Ready");
    it_was_in_order(&world.get(NAMESPACE, "pod", "order"));
}

/// Each began after the one before it had ended; the sidecar had to start for that alone.
fn it_was_in_order(pod: &Value) {
    let inits = &pod["status"]["initContainerStatuses"];
    let time = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{inits:#}")).to_owned();
    let first = time(&inits[0]["state"]["terminated"]["finishedAt"]);
    let sidecar = time(&inits[1]["state"]["running"]["startedAt"]);
    let second = &inits[2]["state"]["terminated"];
    let main = time(&pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]);
    assert!(first <= sidecar, "{inits:#}");
    assert!(sidecar < time(&second["startedAt"]), "{inits:#}");
    assert!(time(&second["finishedAt"]) <= main, "{inits:#}");
}
