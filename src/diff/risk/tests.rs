use super::*;
use crate::diff::{ObjectChange, compare};
use camino::Utf8PathBuf;
use std::collections::BTreeMap;

fn change(old: &str, new: &str) -> ObjectChange {
    let files = |text: &str| -> BTreeMap<Utf8PathBuf, String> {
        let text = (!text.is_empty()).then(|| text.to_owned());
        text.map(|text| ("prod/a/kubernetes/a.yaml".into(), text)).into_iter().collect()
    };
    let changes = compare(&files(old), &files(new));
    changes.objects.into_iter().next().expect("an object differs")
}

/// The effects of putting `new` in the place of `old` in an object, as words.
fn of(kind: &str, rest: &str, old: &str, new: &str) -> Vec<String> {
    let (api_version, kind) = kind.rsplit_once(' ').unwrap_or(("v1", kind));
    let object = |part: &str| {
        let rest = rest.replace('@', part);
        format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: x}}\n{rest}\n")
    };
    words(&change(&object(old), &object(new)))
}

fn words(change: &ObjectChange) -> Vec<String> {
    change.effects.iter().map(|effect| format!("{}: {}", effect.risk, effect.reason)).collect()
}

/// The worst of the effects.
fn worst(kind: &str, rest: &str, old: &str, new: &str) -> String {
    let words = of(kind, rest, old, new);
    words.first().and_then(|word| word.split(':').next()).unwrap_or_default().to_owned()
}

#[test]
fn fields_have_risks() {
    let deployment = "apps/v1 Deployment";
    let stateful = "apps/v1 StatefulSet";
    let rows = [
        (deployment, "spec: {selector: {matchLabels: {app: @}}}", "a", "b", "replace"),
        (
            deployment,
            "spec: {template: {metadata: {annotations: {sum: '@'}}}}",
            "1",
            "2",
            "restart",
        ),
        (deployment, "spec: {replicas: @}", "2", "3", "scale"),
        (deployment, "spec: {replicas: @}", "2", "0", "stop"),
        (deployment, "spec: {x: 1, @}", "replicas: 2", "", "scale"),
        (deployment, "spec: {minReadySeconds: @}", "2", "0", "update"),
        (deployment, "spec: {x: 1, @}", "", "strategy: {type: Recreate}", "update"),
        (deployment, "x: 1\nstatus: {replicas: @}", "1", "2", "none"),
        (stateful, "spec: {serviceName: @}", "a", "b", "replace"),
        (stateful, "spec: {podManagementPolicy: @}", "a", "b", "replace"),
        (stateful, "spec: {updateStrategy: {type: @}}", "a", "b", "update"),
        (
            stateful,
            "spec: {volumeClaimTemplates: [{metadata: {name: d}, \
             spec: {resources: {requests: {storage: @}}}}]}",
            "1Gi",
            "2Gi",
            "replace",
        ),
        (
            stateful,
            "spec: {volumeClaimTemplates: [{metadata: {name: d}, \
             spec: {resources: {requests: {storage: @}}}}]}",
            "2Gi",
            "1Gi",
            "data-loss",
        ),
        ("apps/v1 DaemonSet", "spec: {selector: {matchLabels: {app: @}}}", "a", "b", "replace"),
        ("batch/v1 Job", "spec: {template: {spec: {x: @}}}", "a", "b", "replace"),
        ("batch/v1 Job", "spec: {parallelism: @}", "1", "2", "scale"),
        ("batch/v1 CronJob", "spec: {jobTemplate: {spec: {x: @}}}", "a", "b", "update"),
        ("Service", "spec: {clusterIP: @}", "None", "10.0.0.1", "replace"),
        ("Service", "spec: {selector: {app: @}}", "a", "b", "update"),
        ("Service", "spec: {type: @}", "ClusterIP", "LoadBalancer", "access"),
        ("gateway.networking.k8s.io/v1 HTTPRoute", "spec: {hostnames: [a@]}", "", ", b", "access"),
        (
            "networking.k8s.io/v1 Ingress",
            "spec: {rules: [{host: a}@]}",
            "",
            ", {host: b}",
            "access",
        ),
        ("ConfigMap", "data: {a: '@'}", "1", "2", "update"),
        ("ConfigMap", "immutable: true\ndata: {a: '@'}", "1", "2", "replace"),
        ("Secret", "type: @", "a", "b", "replace"),
        ("PersistentVolumeClaim", "spec: {storageClassName: @}", "a", "b", "replace"),
        (
            "PersistentVolumeClaim",
            "spec: {resources: {requests: {storage: @}}}",
            "1Gi",
            "2Gi",
            "update",
        ),
        (
            "PersistentVolumeClaim",
            "spec: {resources: {requests: {storage: @}}}",
            "1Gi",
            "1000M",
            "data-loss",
        ),
        (
            "PersistentVolume",
            "spec: {persistentVolumeReclaimPolicy: @}",
            "Retain",
            "Delete",
            "data-loss",
        ),
        ("storage.k8s.io/v1 StorageClass", "provisioner: @", "a", "b", "replace"),
        ("autoscaling/v2 HorizontalPodAutoscaler", "spec: {maxReplicas: @}", "2", "3", "scale"),
        ("rbac.authorization.k8s.io/v1 Role", "rules: [{verbs: [@]}]", "get", "'*'", "access"),
        ("rbac.authorization.k8s.io/v1 RoleBinding", "roleRef: {name: @}", "a", "b", "replace"),
        ("networking.k8s.io/v1 NetworkPolicy", "spec: {ingress: [@]}", "", "{}", "access"),
        ("postgresql.cnpg.io/v1 Cluster", "spec: {storage: {size: @}}", "2Gi", "1Gi", "data-loss"),
        ("example.com/v1 Cluster", "spec: {storage: {size: @}}", "2Gi", "1Gi", "update"),
    ];
    for (kind, rest, old, new, expected) in rows {
        assert_eq!(worst(kind, rest, old, new), expected, "{kind}: {rest}: {old} -> {new}");
    }
}

#[test]
fn a_data_folder_that_moves_is_data_loss() {
    let env = |name: &str| {
        format!(
            "spec: {{template: {{spec: {{containers: [{{name: db, env: [{{name: {name}, value: @}}]}}]}}}}}}"
        )
    };
    for kind in ["apps/v1 StatefulSet", "apps/v1 Deployment"] {
        assert_eq!(worst(kind, &env("PGDATA"), "/data/17", "/data/18"), "data-loss");
        assert_eq!(worst(kind, &env("OTHER"), "/data/17", "/data/18"), "restart");
    }
}

#[test]
fn metadata_alone_is_no_risk() {
    let object = |label: &str| {
        format!("apiVersion: v1\nkind: Service\nmetadata: {{name: x, labels: {{a: {label}}}}}\n")
    };
    assert_eq!(words(&change(&object("x"), &object("y"))), ["none: metadata only"]);
    let namespace = |level: &str| {
        format!(
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n  labels:\n    \
             pod-security.kubernetes.io/enforce: {level}\n"
        )
    };
    let change = change(&namespace("restricted"), &namespace("baseline"));
    assert_eq!(words(&change), ["access: which pods are admitted changed"]);
}

#[test]
fn a_weaker_security_context_is_access_and_a_stronger_one_is_not() {
    let pods = "spec: {template: {spec: {containers: [{name: a, image: a, @}]}}}";
    let context = |fields: &str| format!("securityContext: {{{fields}}}");
    let weaker = ["access: security context is weaker", "restart: pod template changed"];
    for (strong, weak) in [
        ("runAsNonRoot: true", "runAsNonRoot: false"),
        ("runAsNonRoot: true, x: 1", "x: 1"),
        ("readOnlyRootFilesystem: true", ""),
        ("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
        ("capabilities: {drop: [ALL]}", "capabilities: {drop: []}"),
        ("capabilities: {add: []}", "capabilities: {add: [NET_ADMIN]}"),
        ("runAsUser: 65532", "runAsUser: 0"),
        ("seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: Unconfined}"),
    ] {
        let (strong, weak) = (context(strong), context(weak));
        let kind = "apps/v1 Deployment";
        assert_eq!(of(kind, pods, &strong, &weak), weaker, "{strong} -> {weak}");
        assert_eq!(of(kind, pods, &weak, &strong), ["restart: pod template changed"], "{strong}");
    }
    let gone = "runAsNonRoot: true, privileged: false";
    assert_eq!(of("apps/v1 Deployment", pods, &context(gone), ""), weaker);
}

#[test]
fn a_container_that_leaves_weakens_nothing() {
    let pods = "spec: {template: {spec: {containers: [{name: a}@]}}}";
    let second = ", {name: b, securityContext: {runAsNonRoot: true}}";
    assert_eq!(of("apps/v1 Deployment", pods, second, ""), ["restart: pod template changed"]);
    let privileged = ", {name: b, securityContext: {privileged: true}}";
    assert_eq!(
        of("apps/v1 Deployment", pods, "", privileged),
        ["access: pods reach into their node", "restart: pod template changed",]
    );
}

#[test]
fn whole_objects_have_risks() {
    let removed = |kind: &str, rest: &str| {
        let (version, kind) = kind.rsplit_once(' ').unwrap_or(("v1", kind));
        words(&change(
            &format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n{rest}\n"),
            "",
        ))
    };
    let claims = "spec: {volumeClaimTemplates: [{metadata: {name: a}}]";
    for (kind, rest, expected) in [
        (
            "PersistentVolumeClaim",
            "",
            "data-loss: its data is deleted, unless the volume is retained",
        ),
        ("Namespace", "", "data-loss: everything in it is deleted"),
        ("apps/v1 StatefulSet", "", "stop: its pods stop"),
        (
            "apps/v1 StatefulSet",
            &format!("{claims}}}"),
            "data-loss: its pods stop, and its claims stay behind without an owner",
        ),
        (
            "apps/v1 StatefulSet",
            &format!("{claims}, persistentVolumeClaimRetentionPolicy: {{whenDeleted: Delete}}}}"),
            "data-loss: its claims are deleted with it",
        ),
        (
            "networking.k8s.io/v1 NetworkPolicy",
            "spec: {x: 1}",
            "access: who may connect to whom changed",
        ),
        ("example.com/v1 Thing", "", "update: deleted"),
    ] {
        assert_eq!(removed(kind, rest), [expected], "{kind}");
    }
    let added = |text: &str| words(&change("", text));
    assert_eq!(added("apiVersion: v1\nkind: Service\nmetadata: {name: x}\n"), [] as [&str; 0]);
    let privileged = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {hostNetwork: true}\n";
    assert_eq!(added(privileged), ["access: pods reach into their node"]);
}

#[test]
fn rows_of_the_table_are_well_made() {
    for rule in table::FIELDS.iter().chain(table::ACCESS) {
        assert!(!rule.kinds.is_empty() && !rule.paths.is_empty(), "{}", rule.effect.reason);
        assert!(rule.paths.iter().all(|path| !path.split(' ').any(str::is_empty)));
    }
    let reasons = (table::FIELDS.iter().chain(table::ACCESS).map(|rule| rule.effect))
        .chain(table::ADDED.iter().chain(table::REMOVED).map(|(_, effect)| *effect));
    for effect in reasons {
        let length = effect.reason.chars().count();
        assert!((1..=60).contains(&length) && !effect.reason.ends_with('.'), "{}", effect.reason);
    }
}
