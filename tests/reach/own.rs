//! Flows to objects of the user's own.

use super::{DNS, environments};
use crate::support::Project;

#[test]
fn objects_of_the_users_own_are_reached_by_who_uses_them() {
    let project = Project::of(&[
        (
            "environments/dev.yaml",
            "about: Development\ntargets: [kubernetes]\ndomain: example.com\n\
             kubernetes: { version: \"1.36\" }\n",
        ),
        (
            "environments/shop/system.yaml",
            "about: Shop
services:
  web:
    image: example.com/web:1
    user: 1000
    uses: { tool: { port: api, env: { TOOL: \"{{ url }}\" } }, plain: { env: PLAIN } }
  legacy:
    image: example.com/legacy:1
    user: 1000
    uses: { plain: { env: PLAIN } }
    pod-security: { level: privileged, why: it is old }
",
        ),
        ("environments/shop/manifests/tool.yaml", OWN),
    ]);
    project.iac(&["render"]).ends(0);
    let web = project.read("out/dev/shop/kubernetes/web.yaml");
    assert!(web.contains("value: http://tool:80\n"), "{web}");
    assert!(web.contains("value: plain:9000\n"), "{web}");
    let legacy = project.read("out/dev/shop/kubernetes/legacy.yaml");
    assert!(legacy.contains("value: plain.shop:9000\n"), "{legacy}");
    for environment in environments(&project.root) {
        let [missing, surplus] = environment.differences();
        assert!(missing.is_empty(), "{missing:#?}");
        // Everybody in the namespace may ask for names.
        assert!(surplus.iter().all(|(_, to, _)| to == DNS), "{surplus:#?}");
    }
}

const OWN: &str = "\
apiVersion: v1
kind: Service
metadata: { name: tool }
spec:
  selector: { app: tool }
  ports: [{ name: api, port: 80, targetPort: web, appProtocol: http }, { name: other, port: 81 }]
---
apiVersion: v1
kind: Service
metadata: { name: plain }
spec: { selector: { app: tool }, ports: [{ port: 9000 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: tool }
spec:
  selector: { matchLabels: { app: tool } }
  template:
    metadata: { labels: { app: tool } }
    spec:
      containers:
      - name: tool
        image: example.com/tool:1
        ports: [{ name: web, containerPort: 8080 }, { containerPort: 81 }, { containerPort: 9000 }]
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
";
