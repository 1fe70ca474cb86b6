//! These tests are awake: what is broken in a tree that ran is found in the cluster, and named.

use crate::ready::warnings;
use crate::rollout::Rollout;
use crate::{scales, selects};
use std::cell::RefCell;

/// A fault in a file of iot-verification.
struct Fault {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// What is said of it.
    found: &'static str,
}

const FAULTS: &[Fault] = &[
    Fault {
        what: "a wrong port of a Service",
        file: "tsn-verification.yaml",
        from: "    targetPort: http\n",
        to: "    targetPort: htpp\n",
        found: "Service iot-verification/tsn-verification: port \"http\" leads nowhere",
    },
    Fault {
        what: "a budget that selects nothing",
        file: "tsn-verification.yaml",
        from: "  unhealthyPodEvictionPolicy: AlwaysAllow\n  selector:\n    matchLabels:\n      app.kubernetes.io/instance: iot-verification\n",
        to: "  unhealthyPodEvictionPolicy: AlwaysAllow\n  selector:\n    matchLabels:\n      app.kubernetes.io/instance: iot-verifcation\n",
        found: "PodDisruptionBudget iot-verification/tsn-verification: expectedPods is 0",
    },
    Fault {
        what: "an autoscaler of an unknown container",
        file: "tsn-verification.yaml",
        from: "      container: tsn-verification\n",
        to: "      container: tsn-verifcation\n",
        found: "HorizontalPodAutoscaler iot-verification/tsn-verification: reads no metric",
    },
    Fault {
        what: "a policy that selects nothing",
        file: "network-policies.yaml",
        from: "  podSelector:\n    matchLabels:\n      app.kubernetes.io/instance: iot-verification\n      app.kubernetes.io/name: tsn-verification\n",
        to: "  podSelector:\n    matchLabels:\n      app.kubernetes.io/instance: iot-verification\n      app.kubernetes.io/name: tsn-verifcation\n",
        found: "NetworkPolicy iot-verification/tsn-verification: selects no pod",
    },
    Fault {
        what: "an image that is not pinned",
        file: "redis.yaml",
        from: "        image: docker.io/valkey/valkey:",
        to: "        image: docker.io/valkey/valkey:latest # ",
        found: "docker.io/valkey/valkey:latest\": neither the lock nor a release names it",
    },
    Fault {
        what: "a missing key of a ConfigMap",
        file: "api-gateway.yaml",
        from: "          subPath: app.toml\n",
        to: "          subPath: app.tml\n",
        found: "failed to prepare subPath for volumeMount",
    },
    Fault {
        what: "a missing key of a Secret",
        file: "opcua-verification.yaml",
        from: "              - key: postgresql.password\n",
        to: "              - key: postgresql.pasword\n",
        found: "references non-existent secret key: postgresql.pasword",
    },
    Fault {
        what: "a probe of an unknown port",
        file: "wot-verification.yaml",
        from: "        startupProbe:\n          httpGet:\n            path: /health\n            port: http\n",
        to: "        startupProbe:\n          httpGet:\n            path: /health\n            port: htpp\n",
        found: "Startup probe failed: couldn't find port: htpp",
    },
    Fault {
        what: "a pod that its namespace refuses",
        file: "onem2m-verification.yaml",
        from: "          allowPrivilegeEscalation: false\n",
        to: "          allowPrivilegeEscalation: true\n",
        found: "violates PodSecurity",
    },
];

/// All faults at once: each has an object of its own.
pub(crate) fn what_is_broken_is_found(rollout: &Rollout<'_>) {
    for fault in FAULTS {
        let path = format!("out/{}/iot-verification/kubernetes/{}", rollout.name, fault.file);
        rollout.judged.project.edit(&path, fault.from, fault.to);
    }
    rollout.push();
    let hidden = RefCell::new(Vec::new());
    let found = rollout.surroundings.is_within("all faults", || {
        let problems =
            [selects::problems(rollout), scales::blind(rollout), warnings(rollout)].concat();
        let is_hidden = |fault: &&Fault| !problems.iter().any(|it| it.contains(fault.found));
        hidden.replace(FAULTS.iter().filter(is_hidden).map(|fault| fault.what).collect());
        hidden.borrow().is_empty()
    });
    assert!(found, "nobody finds {:#?}", hidden.borrow());
}
