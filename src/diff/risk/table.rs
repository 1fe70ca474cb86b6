//! What becomes of a change: add a row here.

use super::kinds::{
    ANY, CLAIM, CONFIG, CUSTOM_RESOURCE, EXTERNAL_SECRET, JOB, NETWORK_POLICIES, POSTGRES,
    REPLICATED, ROLE_BINDINGS, ROLES, ROLLED, ROUTES, SCALERS, STATEFUL, STORAGE_CLASS, VOLUME,
};
use super::{Effect, Risk, Rule, Test};

const fn rule(
    kinds: &'static [&'static str],
    paths: &'static [&'static str],
    test: Test,
    risk: Risk,
    reason: &'static str,
) -> Rule {
    Rule { kinds, paths, test, effect: Effect { risk, reason } }
}

const fn effect(risk: Risk, reason: &'static str) -> Effect {
    Effect { risk, reason }
}

/// A field that no row speaks of.
pub(super) const IN_PLACE: Effect = effect(Risk::Update, "takes effect in place");
/// A removed object that no row speaks of.
pub(super) const DELETED: Effect = effect(Risk::Update, "deleted");
/// A removed `StatefulSet` whose claims stay.
pub(super) const CLAIMS_LEFT: Effect =
    effect(Risk::DataLoss, "its pods stop, and its claims stay behind without an owner");
/// A removed `StatefulSet` whose claims go with it.
pub(super) const CLAIMS_DELETED: Effect = effect(Risk::DataLoss, "its claims are deleted with it");

/// A changed `ConfigMap` or `Secret`.
pub(super) const LATE: Effect = effect(Risk::Update, "running pods see it late or not at all");
/// The same, where pods that read it restart in the same change.
pub(super) const AT_RESTART: Effect = effect(Risk::Update, "read by its pods, which restart");

/// A job of another name in place of one that it was made of.
pub(in crate::diff) const ANOTHER_JOB: Effect =
    effect(Risk::Update, "another job, which runs once");

/// What keeps data gives way to an object of another kind that bears its name.
pub(super) const MOVED: Effect =
    effect(Risk::DataLoss, "another way to run it, which begins empty: move data by hand");

/// What becomes of a field that differs: the first row that fits.
pub(super) const FIELDS: &[Rule] = &[
    rule(ANY, &["status **"], Test::Always, Risk::None, "the cluster writes its status"),
    rule(ANY, &["metadata **"], Test::Always, Risk::None, "metadata only"),
    // Storage.
    rule(
        STATEFUL,
        &["spec volumeClaimTemplates * spec resources requests storage"],
        Test::Shrinks,
        Risk::DataLoss,
        "claims cannot shrink: new ones are empty",
    ),
    rule(
        STATEFUL,
        &["spec persistentVolumeClaimRetentionPolicy *"],
        Test::Becomes("Delete"),
        Risk::DataLoss,
        "claims are deleted with the pods that used them",
    ),
    rule(
        CLAIM,
        &["spec resources requests storage"],
        Test::Shrinks,
        Risk::DataLoss,
        "a claim cannot shrink: a new one is empty",
    ),
    rule(
        CLAIM,
        &["spec resources requests storage", "spec volumeAttributesClassName"],
        Test::Differs,
        Risk::Update,
        "the volume is changed in place",
    ),
    rule(
        CLAIM,
        &["spec **"],
        Test::Always,
        Risk::Replace,
        "a claim cannot be changed in place, and a new one is empty",
    ),
    rule(
        VOLUME,
        &["spec persistentVolumeReclaimPolicy"],
        Test::Becomes("Delete"),
        Risk::DataLoss,
        "the data is deleted with the claim",
    ),
    rule(
        VOLUME,
        &["spec csi **", "spec nfs **", "spec local **", "spec hostPath **", "spec volumeMode"],
        Test::Always,
        Risk::Replace,
        "the source of a volume cannot be changed in place",
    ),
    rule(
        STORAGE_CLASS,
        &["provisioner", "parameters **", "reclaimPolicy", "volumeBindingMode"],
        Test::Always,
        Risk::Replace,
        "a storage class cannot be changed in place",
    ),
    // Pods.
    rule(
        REPLICATED,
        &["spec replicas"],
        Test::Vanishes,
        Risk::Scale,
        "becomes 1 until somebody scales: hand it over first",
    ),
    rule(REPLICATED, &["spec replicas"], Test::Becomes("0"), Risk::Stop, "no pod is left"),
    rule(REPLICATED, &["spec replicas"], Test::Always, Risk::Scale, "number of pods changed"),
    rule(
        &["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps"],
        &["spec selector **"],
        Test::Always,
        Risk::Replace,
        "selector cannot be changed in place",
    ),
    rule(
        ROLLED,
        &["spec template spec containers * env PGDATA value"],
        Test::Differs,
        Risk::DataLoss,
        "starts empty elsewhere: pg_upgrade, or dump and restore",
    ),
    rule(ROLLED, &["spec template **"], Test::Always, Risk::Restart, "pod template changed"),
    rule(
        STATEFUL,
        &[
            "spec updateStrategy **",
            "spec minReadySeconds",
            "spec ordinals **",
            "spec revisionHistoryLimit",
            "spec persistentVolumeClaimRetentionPolicy **",
        ],
        Test::Always,
        Risk::Update,
        "takes effect in place",
    ),
    rule(
        STATEFUL,
        &["spec **"],
        Test::Always,
        Risk::Replace,
        "this part of a StatefulSet cannot be changed in place",
    ),
    rule(JOB, &["spec parallelism"], Test::Always, Risk::Scale, "number of pods changed"),
    rule(
        JOB,
        &[
            "spec template **",
            "spec selector **",
            "spec completions",
            "spec completionMode",
            "spec backoffLimitPerIndex",
            "spec podFailurePolicy **",
            "spec successPolicy **",
            "spec managedBy",
        ],
        Test::Always,
        Risk::Replace,
        "a Job cannot be changed in place",
    ),
    rule(
        &["Job.batch", "CronJob.batch"],
        &["spec suspend"],
        Test::Becomes("true"),
        Risk::Stop,
        "suspended: nothing runs",
    ),
    rule(
        &["CronJob.batch"],
        &["spec jobTemplate **"],
        Test::Always,
        Risk::Update,
        "the next run is made this way",
    ),
    rule(
        &["Pod"],
        &["spec containers * image", "spec initContainers * image"],
        Test::Differs,
        Risk::Restart,
        "image changed",
    ),
    rule(&["Pod"], &["spec **"], Test::Always, Risk::Replace, "a Pod cannot be changed in place"),
    rule(SCALERS, &["spec **"], Test::Always, Risk::Scale, "scaling changed"),
    // Postgres by CloudNativePG.
    rule(POSTGRES, &["spec instances"], Test::Always, Risk::Scale, "number of instances changed"),
    rule(
        POSTGRES,
        &["spec storage size", "spec walStorage size"],
        Test::Shrinks,
        Risk::DataLoss,
        "storage cannot shrink: a new cluster is empty",
    ),
    rule(
        POSTGRES,
        &["spec imageName", "spec postgresql **", "spec resources **"],
        Test::Always,
        Risk::Restart,
        "the operator may restart the instances",
    ),
    // Other things that are fixed once made.
    rule(
        &["Service"],
        &["spec clusterIP", "spec clusterIPs **"],
        Test::Always,
        Risk::Replace,
        "clusterIP cannot be changed in place",
    ),
    rule(
        CONFIG,
        &["data **", "binaryData **", "stringData **", "immutable"],
        Test::WasImmutable,
        Risk::Replace,
        "it is immutable",
    ),
    rule(
        CONFIG,
        &["data 10-databases.sh"],
        Test::Differs,
        Risk::Update,
        "read on an empty volume alone: elsewhere do it by hand",
    ),
    Rule {
        kinds: CONFIG,
        paths: &["data **", "binaryData **", "stringData **"],
        test: Test::Always,
        effect: LATE,
    },
    rule(
        EXTERNAL_SECRET,
        &["spec target name"],
        Test::Differs,
        Risk::Stop,
        "pods that name the old Secret cannot start",
    ),
    rule(
        EXTERNAL_SECRET,
        &["spec target creationPolicy"],
        Test::Becomes("Owner"),
        Risk::Update,
        "the Secret is deleted with it from now on",
    ),
    Rule {
        kinds: EXTERNAL_SECRET,
        paths: &["spec data **", "spec target template **", "spec secretStoreRef **"],
        test: Test::Always,
        effect: LATE,
    },
    rule(
        &["Secret"],
        &["type"],
        Test::Always,
        Risk::Replace,
        "the type of a Secret cannot be changed in place",
    ),
    rule(
        ROLE_BINDINGS,
        &["roleRef **"],
        Test::Always,
        Risk::Replace,
        "roleRef cannot be changed in place",
    ),
    rule(
        &["ResourceQuota"],
        &["spec **"],
        Test::Always,
        Risk::Update,
        "pods beyond it are no longer made; those that run stay",
    ),
    rule(
        &["LimitRange"],
        &["spec **"],
        Test::Always,
        Risk::Update,
        "holds for pods that are made from now on",
    ),
    rule(
        CUSTOM_RESOURCE,
        &["spec group", "spec scope", "spec names kind", "spec names plural"],
        Test::Always,
        Risk::Replace,
        "the name of a custom resource cannot be changed in place",
    ),
    rule(
        &["PriorityClass.scheduling.k8s.io", "IngressClass.networking.k8s.io"],
        &["value", "preemptionPolicy", "spec controller"],
        Test::Always,
        Risk::Replace,
        "this class cannot be changed in place",
    ),
];

/// Who gains or loses a right: every row that fits.
pub(super) const ACCESS: &[Rule] = &[
    rule(
        ROLES,
        &["rules **", "aggregationRule **", "roleRef **", "subjects **"],
        Test::Always,
        Risk::Access,
        "permissions changed",
    ),
    rule(
        NETWORK_POLICIES,
        &["spec **"],
        Test::Always,
        Risk::Access,
        "who may connect to whom changed",
    ),
    rule(
        &["ServiceAccount"],
        &["secrets **", "imagePullSecrets **"],
        Test::Always,
        Risk::Access,
        "secrets of a service account changed",
    ),
    rule(
        &["ServiceAccount"],
        &[
            "metadata annotations eks.amazonaws.com/role-arn",
            "metadata annotations iam.gke.io/gcp-service-account",
            "metadata annotations azure.workload.identity/client-id",
        ],
        Test::Always,
        Risk::Access,
        "identity at the cloud changed",
    ),
    rule(
        &["Namespace"],
        &["metadata labels pod-security.kubernetes.io/enforce"],
        Test::Always,
        Risk::Access,
        "which pods are admitted changed",
    ),
    rule(
        &["Service"],
        &["spec type"],
        Test::Becomes("LoadBalancer"),
        Risk::Access,
        "reachable from outside the cluster",
    ),
    rule(
        &["Service"],
        &["spec type"],
        Test::Becomes("NodePort"),
        Risk::Access,
        "reachable from outside the cluster",
    ),
    rule(
        &[
            "Ingress.networking.k8s.io",
            "HTTPRoute.gateway.networking.k8s.io",
            "GRPCRoute.gateway.networking.k8s.io",
        ],
        &["spec hostnames *", "spec parentRefs * name", "spec rules * host"],
        Test::Appears,
        Risk::Access,
        "reachable from outside the cluster",
    ),
    rule(
        &["Service"],
        &["spec externalIPs **"],
        Test::Appears,
        Risk::Access,
        "reachable from outside the cluster",
    ),
    rule(
        &["Service"],
        &["spec loadBalancerSourceRanges **"],
        Test::Always,
        Risk::Access,
        "who may connect to whom changed",
    ),
    rule(
        ANY,
        &["** serviceAccountName"],
        Test::Differs,
        Risk::Access,
        "pods run as another service account",
    ),
    rule(
        ANY,
        &["** automountServiceAccountToken"],
        Test::Leaves("false"),
        Risk::Access,
        "pods hold a token for the API",
    ),
    rule(
        ANY,
        &["** hostNetwork", "** hostPID", "** hostIPC", "** securityContext privileged"],
        Test::Becomes("true"),
        Risk::Access,
        "pods reach into their node",
    ),
    rule(
        ANY,
        &["** volumes * hostPath path"],
        Test::Appears,
        Risk::Access,
        "pods reach into their node",
    ),
    rule(
        ANY,
        &["** securityContext runAsNonRoot", "** securityContext readOnlyRootFilesystem"],
        Test::Leaves("true"),
        Risk::Access,
        "security context is weaker",
    ),
    rule(
        ANY,
        &["** securityContext allowPrivilegeEscalation"],
        Test::Leaves("false"),
        Risk::Access,
        "security context is weaker",
    ),
    rule(
        ANY,
        &["** securityContext runAsUser"],
        Test::Becomes("0"),
        Risk::Access,
        "security context is weaker",
    ),
    rule(
        ANY,
        &["** securityContext capabilities add *"],
        Test::Appears,
        Risk::Access,
        "security context is weaker",
    ),
    rule(
        ANY,
        &["** securityContext capabilities drop *"],
        Test::Vanishes,
        Risk::Access,
        "security context is weaker",
    ),
    rule(
        ANY,
        &["** securityContext seccompProfile type"],
        Test::Becomes("Unconfined"),
        Risk::Access,
        "security context is weaker",
    ),
    rule(
        ANY,
        &["** securityContext seccompProfile type"],
        Test::Vanishes,
        Risk::Access,
        "security context is weaker",
    ),
];

/// What a new object does.
pub(super) const ADDED: &[(&[&str], Effect)] =
    &[(SCALERS, effect(Risk::Scale, "pods are scaled by it"))];

/// What a removed object leaves behind.
pub(super) const REMOVED: &[(&[&str], Effect)] = &[
    (CLAIM, effect(Risk::DataLoss, "its data is deleted, unless the volume is retained")),
    (VOLUME, effect(Risk::DataLoss, "what it stores is no longer bound")),
    (&["Namespace"], effect(Risk::DataLoss, "everything in it is deleted")),
    (CUSTOM_RESOURCE, effect(Risk::DataLoss, "all objects of this kind are deleted")),
    (POSTGRES, effect(Risk::DataLoss, "its databases are deleted")),
    (
        &["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps", "Pod"],
        effect(Risk::Stop, "its pods stop"),
    ),
    (&["Job.batch"], effect(Risk::Update, "a run that is not done is stopped")),
    (&["CronJob.batch"], effect(Risk::Stop, "nothing runs any more")),
    (ROUTES, effect(Risk::Stop, "what it leads to can no longer be reached by it")),
    (&["ServiceAccount"], effect(Risk::Stop, "pods that name it cannot be made")),
    (SCALERS, effect(Risk::Scale, "pods are no longer scaled by it")),
    (EXTERNAL_SECRET, effect(Risk::Stop, "its Secret goes with it; new pods cannot start")),
    (CONFIG, effect(Risk::Update, "pods that still name it cannot start")),
    (
        &["PodDisruptionBudget.policy"],
        effect(Risk::Update, "pods are no longer kept from eviction"),
    ),
];
