//! The order of fields in Kubernetes objects, and which maps hold the user's keys.

use super::{Keys, Place};

/// The keys of the map at a place.
pub(super) fn keys(place: &Place<'_>) -> Keys {
    if place.is_element { in_element(place) } else { in_field(place) }
}

fn in_field(place: &Place<'_>) -> Keys {
    let fields: &[&str] = match place.key {
        "labels"
        | "annotations"
        | "matchLabels"
        | "nodeSelector"
        | "requests"
        | "limits"
        | "data"
        | "stringData"
        | "binaryData"
        | "hard"
        | "capacity"
        | "allocatable"
        | "overhead"
        | "parameters"
        | "volumeAttributes"
        | "options"
        | "default"
        | "defaultRequest"
        | "min"
        | "max"
        | "maxLimitRequestRatio"
        | "commonLabels"
        | "externalLabels" => {
            return Keys::Data;
        }
        "selector" if selects_by_labels(place) => return Keys::Data,
        "" => ROOT,
        "metadata" => METADATA,
        "spec" => spec(place),
        "template" | "jobTemplate" => &["engineVersion", "metadata", "spec", "data"],
        "selector" | "labelSelector" | "podSelector" | "namespaceSelector" | "objectSelector" => {
            &["matchLabels", "matchExpressions"]
        }
        "initdb" => &["database", "owner", "secret"],
        "synchronous" => &["method", "number", "dataDurability"],
        "strategy" | "updateStrategy" => &["type", "rollingUpdate"],
        "rollingUpdate" => &["partition", "maxSurge", "maxUnavailable"],
        "securityContext" => SECURITY_CONTEXT,
        "capabilities" => &["drop", "add"],
        "seccompProfile" | "appArmorProfile" => &["type", "localhostProfile"],
        "seLinuxOptions" => &["user", "role", "type", "level"],
        "startupProbe" | "livenessProbe" | "readinessProbe" => PROBE,
        "httpGet" => &["path", "port", "scheme", "host", "httpHeaders"],
        "grpc" => &["port", "service"],
        "tcpSocket" => &["port", "host"],
        "lifecycle" => &["postStart", "preStop"],
        "resources" => &["requests", "limits", "claims"],
        "configMapKeyRef" | "secretKeyRef" => &["name", "key", "optional"],
        "configMapRef" | "secretRef" | "configMap" => &["name", "defaultMode", "optional", "items"],
        "secret" => &["secretName", "name", "defaultMode", "optional", "items"],
        "fieldRef" => &["apiVersion", "fieldPath"],
        "resourceFieldRef" => &["containerName", "resource", "divisor"],
        "emptyDir" => &["medium", "sizeLimit"],
        "persistentVolumeClaim" => &["claimName", "readOnly"],
        "scaleTargetRef" | "targetRef" => &["group", "apiVersion", "kind", "name", "namespace"],
        "roleRef" => &["apiGroup", "kind", "name"],
        "behavior" => &["scaleUp", "scaleDown"],
        "scaleUp" | "scaleDown" => &["stabilizationWindowSeconds", "selectPolicy", "policies"],
        "resource" | "containerResource" | "pods" | "object" | "external" => {
            &["describedObject", "name", "container", "metric", "target"]
        }
        "metric" => &["name", "selector"],
        "target" => &[
            "type",
            "averageUtilization",
            "averageValue",
            "value",
            "name",
            "creationPolicy",
            "deletionPolicy",
            "template",
        ],
        "parentRef" => REFERENCE,
        "tls" => &["mode", "certificateRefs"],
        "ipBlock" => &["cidr", "except"],
        "backend" | "defaultBackend" => &["service", "resource"],
        "service" => &["name", "namespace", "path", "port"],
        "port" => &["name", "number"],
        "clientConfig" => &["service", "url", "caBundle"],
        "secretStoreRef" => &["kind", "name"],
        "remoteRef" => &["key", "property"],
        _ => &[],
    };
    Keys::Fields(fields)
}

/// Elements of lists.
fn in_element(place: &Place<'_>) -> Keys {
    let fields: &[&str] = match place.key {
        "containers" | "initContainers" | "ephemeralContainers" => CONTAINER,
        "ports" => &[
            "name",
            "port",
            "containerPort",
            "endPort",
            "hostIP",
            "hostPort",
            "targetPort",
            "nodePort",
            "protocol",
            "appProtocol",
        ],
        "env" => &["name", "value", "valueFrom"],
        "envFrom" => &["prefix", "configMapRef", "secretRef"],
        "volumeMounts" => {
            &["name", "mountPath", "subPath", "subPathExpr", "readOnly", "mountPropagation"]
        }
        "matchExpressions" => &["key", "operator", "values"],
        "tolerations" => &["key", "operator", "value", "effect", "tolerationSeconds"],
        "topologySpreadConstraints" => &[
            "maxSkew",
            "minDomains",
            "topologyKey",
            "whenUnsatisfiable",
            "nodeAffinityPolicy",
            "nodeTaintsPolicy",
            "labelSelector",
            "matchLabelKeys",
        ],
        "limits" => &["type", "max", "min", "default", "defaultRequest", "maxLimitRequestRatio"],
        "volumeClaimTemplates" => ROOT,
        "metrics" => &["type"],
        "policies" => &["type", "value", "periodSeconds"],
        "subjects" => &["kind", "apiGroup", "name", "namespace"],
        "ownerReferences" | "parentRefs" | "backendRefs" | "targetRefs" => REFERENCE,
        "rules" => &[
            "alert",
            "record",
            "expr",
            "for",
            "keep_firing_for",
            "labels",
            "annotations",
            "apiGroups",
            "resources",
            "resourceNames",
            "nonResourceURLs",
            "verbs",
            "name",
            "host",
            "http",
            "matches",
            "filters",
            "backendRefs",
            "timeouts",
        ],
        "paths" => &["path", "pathType", "backend"],
        "data" => &["secretKey", "remoteRef"],
        "listeners" => &["name", "hostname", "port", "protocol", "tls", "allowedRoutes"],
        "tls" => &["hosts", "secretName"],
        "from" | "to" => &["namespaceSelector", "podSelector", "ipBlock"],
        "ingress" => &["from", "ports"],
        "egress" => &["to", "ports"],
        "preferredDuringSchedulingIgnoredDuringExecution" => {
            &["weight", "preference", "podAffinityTerm"]
        }
        "requiredDuringSchedulingIgnoredDuringExecution" => {
            &["topologyKey", "labelSelector", "namespaceSelector", "namespaces"]
        }
        "items" => &["key", "path", "mode", "fieldRef", "resourceFieldRef"],
        "groups" => &["name", "interval", "rules"],
        "endpoints" | "podMetricsEndpoints" => {
            &["port", "targetPort", "path", "scheme", "interval", "scrapeTimeout"]
        }
        _ => &["name", "type"],
    };
    Keys::Fields(fields)
}

/// Whether the `selector` here is labels alone.
fn selects_by_labels(place: &Place<'_>) -> bool {
    place.within == "spec" && matches!(place.kind, "Service" | "ReplicationController")
}

/// What a `spec` holds depends on what it is the specification of.
fn spec(place: &Place<'_>) -> &'static [&'static str] {
    let kind = match place.within {
        "template" => "Pod",
        "jobTemplate" => "Job",
        "volumeClaimTemplates" | "volumeClaimTemplate" => "PersistentVolumeClaim",
        _ => place.kind,
    };
    match kind {
        "Pod" => POD,
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Rollout" => &[
            "serviceName",
            "replicas",
            "minReadySeconds",
            "revisionHistoryLimit",
            "progressDeadlineSeconds",
            "podManagementPolicy",
            "strategy",
            "updateStrategy",
            "persistentVolumeClaimRetentionPolicy",
            "selector",
            "template",
            "volumeClaimTemplates",
        ],
        "Job" => &[
            "suspend",
            "parallelism",
            "completions",
            "completionMode",
            "backoffLimit",
            "activeDeadlineSeconds",
            "ttlSecondsAfterFinished",
            "podReplacementPolicy",
            "podFailurePolicy",
            "selector",
            "template",
        ],
        "Cluster" => CLUSTER,
        "Database" => &["cluster", "name", "owner"],
        "CronJob" => &[
            "schedule",
            "timeZone",
            "suspend",
            "concurrencyPolicy",
            "startingDeadlineSeconds",
            "successfulJobsHistoryLimit",
            "failedJobsHistoryLimit",
            "jobTemplate",
        ],
        "Service" => &[
            "type",
            "clusterIP",
            "clusterIPs",
            "externalName",
            "ipFamilyPolicy",
            "ipFamilies",
            "loadBalancerClass",
            "loadBalancerSourceRanges",
            "externalTrafficPolicy",
            "internalTrafficPolicy",
            "publishNotReadyAddresses",
            "sessionAffinity",
            "selector",
            "ports",
        ],
        "HorizontalPodAutoscaler" => {
            &["scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior"]
        }
        "PersistentVolumeClaim" => &[
            "accessModes",
            "storageClassName",
            "volumeMode",
            "volumeName",
            "resources",
            "selector",
            "dataSource",
            "dataSourceRef",
        ],
        "PodDisruptionBudget" => {
            &["minAvailable", "maxUnavailable", "unhealthyPodEvictionPolicy", "selector"]
        }
        "NetworkPolicy" => &["podSelector", "policyTypes", "ingress", "egress"],
        "Ingress" => &["ingressClassName", "defaultBackend", "tls", "rules"],
        "Gateway" => &["gatewayClassName", "infrastructure", "addresses", "listeners"],
        "ListenerSet" => &["parentRef", "listeners"],
        "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" => {
            &["parentRefs", "hostnames", "rules"]
        }
        "ServiceMonitor" | "PodMonitor" => {
            &["jobLabel", "namespaceSelector", "selector", "endpoints", "podMetricsEndpoints"]
        }
        "ExternalSecret" => &["refreshInterval", "secretStoreRef", "target", "data"],
        "Certificate" => &["secretName", "issuerRef", "commonName", "dnsNames"],
        _ => &[],
    }
}

/// A cluster of `CloudNativePG`.
const CLUSTER: &[&str] = &[
    "instances",
    "imageName",
    "imagePullSecrets",
    "inheritedMetadata",
    "serviceAccountTemplate",
    "storage",
    "ephemeralVolumesSizeLimit",
    "resources",
    "smartShutdownTimeout",
    "stopDelay",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "enableSuperuserAccess",
    "postgresql",
    "bootstrap",
    "managed",
];

const ROOT: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "type",
    "immutable",
    "roleRef",
    "subjects",
    "aggregationRule",
    "rules",
    "provisioner",
    "parameters",
    "reclaimPolicy",
    "volumeBindingMode",
    "allowVolumeExpansion",
    "value",
    "globalDefault",
    "description",
    "automountServiceAccountToken",
    "spec",
    "data",
    "stringData",
    "binaryData",
    "items",
];

const REFERENCE: &[&str] =
    &["group", "apiVersion", "kind", "name", "namespace", "sectionName", "port", "weight"];

const METADATA: &[&str] = &[
    "name",
    "generateName",
    "namespace",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
];

const POD: &[&str] = &[
    "serviceAccountName",
    "automountServiceAccountToken",
    "enableServiceLinks",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "dnsPolicy",
    "dnsConfig",
    "hostAliases",
    "hostname",
    "subdomain",
    "restartPolicy",
    "activeDeadlineSeconds",
    "terminationGracePeriodSeconds",
    "priorityClassName",
    "runtimeClassName",
    "schedulerName",
    "imagePullSecrets",
    "securityContext",
    "nodeName",
    "nodeSelector",
    "affinity",
    "tolerations",
    "topologySpreadConstraints",
    "initContainers",
    "containers",
    "volumes",
];

const CONTAINER: &[&str] = &[
    "name",
    "image",
    "imagePullPolicy",
    "restartPolicy",
    "command",
    "args",
    "workingDir",
    "ports",
    "env",
    "envFrom",
    "startupProbe",
    "livenessProbe",
    "readinessProbe",
    "lifecycle",
    "resources",
    "securityContext",
    "volumeMounts",
    "volumeDevices",
];

const SECURITY_CONTEXT: &[&str] = &[
    "privileged",
    "allowPrivilegeEscalation",
    "readOnlyRootFilesystem",
    "runAsNonRoot",
    "runAsUser",
    "runAsGroup",
    "fsGroup",
    "fsGroupChangePolicy",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "capabilities",
    "seccompProfile",
    "appArmorProfile",
    "seLinuxOptions",
    "procMount",
    "sysctls",
];

const PROBE: &[&str] = &[
    "httpGet",
    "grpc",
    "tcpSocket",
    "exec",
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "successThreshold",
    "failureThreshold",
    "terminationGracePeriodSeconds",
];
