//! Kinds that one row speaks of together.

pub(super) const ANY: &[&str] = &["*"];
pub(super) const REPLICATED: &[&str] = &["Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps"];
pub(super) const ROLLED: &[&str] = &["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps"];
pub(super) const STATEFUL: &[&str] = &["StatefulSet.apps"];
pub(super) const JOB: &[&str] = &["Job.batch"];
pub(super) const CLAIM: &[&str] = &["PersistentVolumeClaim"];
pub(super) const VOLUME: &[&str] = &["PersistentVolume"];
pub(super) const STORAGE_CLASS: &[&str] = &["StorageClass.storage.k8s.io"];
pub(super) const CONFIG: &[&str] = &["ConfigMap", "Secret"];
pub(super) const EXTERNAL_SECRET: &[&str] = &["ExternalSecret.external-secrets.io"];
pub(super) const SCALERS: &[&str] =
    &["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"];
pub(super) const POSTGRES: &[&str] = &["Cluster.postgresql.cnpg.io"];
pub(super) const CUSTOM_RESOURCE: &[&str] = &["CustomResourceDefinition.apiextensions.k8s.io"];
pub(super) const ROLE_BINDINGS: &[&str] =
    &["RoleBinding.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io"];
pub(super) const ROLES: &[&str] = &[
    "Role.rbac.authorization.k8s.io",
    "ClusterRole.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
    "ClusterRoleBinding.rbac.authorization.k8s.io",
];
pub(super) const NETWORK_POLICIES: &[&str] = &[
    "NetworkPolicy.networking.k8s.io",
    "CiliumNetworkPolicy.cilium.io",
    "CiliumClusterwideNetworkPolicy.cilium.io",
    "AuthorizationPolicy.security.istio.io",
    "PeerAuthentication.security.istio.io",
    "RequestAuthentication.security.istio.io",
];
pub(super) const ROUTES: &[&str] = &[
    "Service",
    "Ingress.networking.k8s.io",
    "Gateway.gateway.networking.k8s.io",
    "ListenerSet.gateway.networking.k8s.io",
    "HTTPRoute.gateway.networking.k8s.io",
    "GRPCRoute.gateway.networking.k8s.io",
    "TLSRoute.gateway.networking.k8s.io",
    "TCPRoute.gateway.networking.k8s.io",
    "UDPRoute.gateway.networking.k8s.io",
];
