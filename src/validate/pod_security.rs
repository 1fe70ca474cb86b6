//! Pod Security: which pods the admission of a namespace would refuse.
//!
//! The rules are those of the Pod Security Standards for Linux pods, the same in every Kubernetes
//! version that is written for. They are asked of finished objects, whoever made them.

use crate::layer::PodSecurityLevel;
use serde_json::Value;

/// Something for which a level refuses a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The strictest level that would not mind.
    pub allowed_by: PodSecurityLevel,
    /// Where, as a JSON pointer below the pod (or its template). What is missing is reported at
    /// what should hold it.
    pub pointer: String,
    /// What was found and what is allowed, one sentence without a full stop.
    pub message: String,
}

/// The pod that an object makes, and the JSON pointer to it.
#[must_use]
pub fn pod_of(object: &Value) -> Option<(&'static str, &Value)> {
    let pointer = match object["kind"].as_str()? {
        "Pod" => "",
        "CronJob" => "/spec/jobTemplate/spec/template",
        "Deployment"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "ReplicationController"
        | "Job" => "/spec/template",
        _ => return None,
    };
    Some((pointer, object.pointer(pointer)?))
}

/// Everything for which a level refuses a pod.
#[must_use]
pub fn refusals(level: PodSecurityLevel, pod: &Value) -> Vec<Refusal> {
    let mut found = Found(Vec::new());
    if level < PodSecurityLevel::Privileged {
        baseline(pod, &mut found);
    }
    if level < PodSecurityLevel::Baseline {
        restricted(pod, &mut found);
    }
    found.0
}

struct Found(Vec<Refusal>);

impl Found {
    fn baseline(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.add(PodSecurityLevel::Privileged, pointer.into(), message.into());
    }

    fn restricted(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        self.add(PodSecurityLevel::Baseline, pointer.into(), message.into());
    }

    fn add(&mut self, allowed_by: PodSecurityLevel, pointer: String, message: String) {
        self.0.push(Refusal { allowed_by, pointer, message });
    }
}

/// The items of a list with their pointers.
fn items<'a>(of: &'a Value, pointer: &str) -> Vec<(String, &'a Value)> {
    let list = of.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    list.enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)).collect()
}

/// All containers of a pod with their pointers.
fn containers(pod: &Value) -> Vec<(String, &Value)> {
    ["/spec/initContainers", "/spec/containers", "/spec/ephemeralContainers"]
        .into_iter()
        .flat_map(|list| items(pod, list))
        .collect()
}

/// The security contexts of a pod: its own, and those of its containers.
fn contexts(pod: &Value) -> Vec<(String, &Value)> {
    let own = ("/spec/securityContext".to_owned(), &pod["spec"]["securityContext"]);
    let of = containers(pod)
        .into_iter()
        .map(|(at, container)| (format!("{at}/securityContext"), &container["securityContext"]));
    std::iter::once(own).chain(of).collect()
}

/// Capabilities that a container may add at `baseline`.
const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Settings of the kernel that hold for one pod alone.
const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// Types of `SELinux` under which containers are apart.
const SELINUX: &[&str] =
    &["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// What both levels refuse.
fn baseline(pod: &Value, found: &mut Found) {
    for (key, what) in [("hostNetwork", "network"), ("hostPID", "processes"), ("hostIPC", "memory")]
    {
        if pod["spec"][key] == true {
            found.baseline(format!("/spec/{key}"), format!("`{key}` shares the node's {what}"));
        }
    }
    for (at, volume) in items(pod, "/spec/volumes") {
        if !volume["hostPath"].is_null() {
            let name = volume["name"].as_str().unwrap_or_default();
            found.baseline(at, format!("the volume `{name}` is a path of the node"));
        }
    }
    for (at, sysctl) in items(pod, "/spec/securityContext/sysctls") {
        let name = sysctl["name"].as_str().unwrap_or_default();
        if !SYSCTLS.contains(&name) {
            found.baseline(at, format!("the kernel's setting `{name}` is not the pod's alone"));
        }
    }
    annotations(pod, found);
    for (at, context) in contexts(pod) {
        context_at_baseline(&at, context, found);
    }
    for (at, container) in containers(pod) {
        container_at_baseline(&at, container, found);
    }
}

/// How a profile of `AppArmor` was chosen before there was a field for it.
fn annotations(pod: &Value, found: &mut Found) {
    const KEY: &str = "container.apparmor.security.beta.kubernetes.io/";
    for (key, value) in pod["metadata"]["annotations"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let allowed = ["", "runtime/default"].contains(&value) || value.starts_with("localhost/");
        if key.starts_with(KEY) && !allowed {
            let at = format!("/metadata/annotations/{}", key.replace('~', "~0").replace('/', "~1"));
            found.baseline(at, format!("the AppArmor profile `{value}` is none of the node's"));
        }
    }
}

fn context_at_baseline(at: &str, context: &Value, found: &mut Found) {
    if let Some(profile) = context["seccompProfile"]["type"].as_str()
        && !["RuntimeDefault", "Localhost"].contains(&profile)
    {
        let message = format!("the seccomp profile `{profile}` allows every system call");
        found.baseline(format!("{at}/seccompProfile/type"), message);
    }
    if let Some(profile) = context["appArmorProfile"]["type"].as_str()
        && !["RuntimeDefault", "Localhost"].contains(&profile)
    {
        let message = format!("the AppArmor profile `{profile}` confines nothing");
        found.baseline(format!("{at}/appArmorProfile/type"), message);
    }
    let selinux = &context["seLinuxOptions"];
    if let Some(kind) = selinux["type"].as_str().filter(|kind| !SELINUX.contains(kind)) {
        let message = format!("the SELinux type `{kind}` is none of containers");
        found.baseline(format!("{at}/seLinuxOptions/type"), message);
    }
    for key in ["user", "role"] {
        if selinux[key].as_str().is_some_and(|text| !text.is_empty()) {
            let message = format!("SELinux's `{key}` is said, and must not be");
            found.baseline(format!("{at}/seLinuxOptions/{key}"), message);
        }
    }
    if context["windowsOptions"]["hostProcess"] == true {
        let at = format!("{at}/windowsOptions/hostProcess");
        found.baseline(at, "`hostProcess` runs on the node itself");
    }
}

fn container_at_baseline(at: &str, container: &Value, found: &mut Found) {
    let context = &container["securityContext"];
    if context["privileged"] == true {
        let at = format!("{at}/securityContext/privileged");
        found.baseline(at, "`privileged` may do everything on its node");
    }
    for (at, capability) in items(container, "/securityContext/capabilities/add")
        .into_iter()
        .map(|(item, capability)| (format!("{at}{item}"), capability))
    {
        let name = capability.as_str().unwrap_or_default();
        if !CAPABILITIES.contains(&name) {
            found.baseline(at, format!("the capability `{name}` reaches beyond the container"));
        }
    }
    if let Some(mount) = context["procMount"].as_str().filter(|mount| *mount != "Default") {
        let at = format!("{at}/securityContext/procMount");
        found.baseline(at, format!("the `procMount` `{mount}` shows what the kernel hides"));
    }
    for (item, port) in items(container, "/ports") {
        if port["hostPort"].as_u64().is_some_and(|number| number != 0) {
            found.baseline(format!("{at}{item}/hostPort"), "a port of the node is taken");
        }
    }
    let asks = ["/livenessProbe", "/readinessProbe", "/startupProbe"];
    let hooks = ["/lifecycle/postStart", "/lifecycle/preStop"];
    for asked in asks.iter().chain(&hooks) {
        for by in ["httpGet", "tcpSocket"] {
            let pointer = format!("{asked}/{by}/host");
            let host = container.pointer(&pointer).and_then(Value::as_str);
            if host.is_some_and(|host| !host.is_empty()) {
                found.baseline(format!("{at}{pointer}"), "the node would ask another host");
            }
        }
    }
}

/// Types of volumes that are a pod's own.
const VOLUMES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// What `restricted` refuses besides.
fn restricted(pod: &Value, found: &mut Found) {
    for (at, volume) in items(pod, "/spec/volumes") {
        let own = VOLUMES.iter().any(|kind| !volume[*kind].is_null());
        // A path of the node is refused already.
        if !own && volume["hostPath"].is_null() {
            let name = volume["name"].as_str().unwrap_or_default();
            found.restricted(at, format!("the volume `{name}` is of a type that is not allowed"));
        }
    }
    let own = &pod["spec"]["securityContext"];
    for (at, context) in contexts(pod) {
        if context["runAsUser"] == 0 {
            found.restricted(format!("{at}/runAsUser"), "it runs as root");
        }
        if context["runAsNonRoot"] == false {
            found.restricted(format!("{at}/runAsNonRoot"), "`runAsNonRoot` is false");
        }
    }
    for (at, container) in containers(pod) {
        let context = &container["securityContext"];
        let at = format!("{at}/securityContext");
        if context["runAsNonRoot"].is_null() && own["runAsNonRoot"].is_null() {
            found.restricted(at.clone(), "nothing says that it does not run as root");
        }
        if context["allowPrivilegeEscalation"] != false {
            found.restricted(at.clone(), "`allowPrivilegeEscalation` is not false");
        }
        if context["seccompProfile"]["type"].is_null() && own["seccompProfile"]["type"].is_null() {
            found.restricted(at.clone(), "it has no seccomp profile");
        }
        let dropped = items(container, "/securityContext/capabilities/drop");
        if !dropped.iter().any(|(_, capability)| *capability == "ALL") {
            found.restricted(at.clone(), "it does not drop all capabilities");
        }
        for (item, capability) in items(context, "/capabilities/add") {
            let name = capability.as_str().unwrap_or_default();
            // Others are refused already.
            if CAPABILITIES.contains(&name) && name != "NET_BIND_SERVICE" {
                found.restricted(format!("{at}{item}"), format!("it has the capability `{name}`"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
