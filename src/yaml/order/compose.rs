//! The order of keys in Compose files, and which maps hold the user's keys.

use super::{Keys, Place};

/// The keys of the map at a place.
pub(super) fn keys(place: &Place<'_>) -> Keys {
    let at_root = place.within.is_empty();
    let fields: &[&str] = match (place.key, place.is_element) {
        ("", _) => &["name", "include", "services", "networks", "volumes", "configs", "secrets"],
        ("services" | "networks" | "volumes" | "configs" | "secrets" | "models", false)
            if at_root =>
        {
            return Keys::Data;
        }
        (
            "labels" | "environment" | "annotations" | "depends_on" | "networks" | "extra_hosts"
            | "driver_opts" | "options" | "sysctls" | "args" | "ulimits" | "storage_opt",
            false,
        ) => return Keys::Data,
        ("services", true) if at_root => SERVICE,
        ("networks" | "volumes", true) if at_root => {
            &["name", "external", "driver", "driver_opts", "internal", "attachable", "ipam"]
        }
        ("configs" | "secrets", true) if at_root => {
            &["name", "external", "file", "environment", "content"]
        }
        ("build", _) => {
            &["context", "dockerfile", "dockerfile_inline", "target", "platforms", "args"]
        }
        ("healthcheck", _) => {
            &["test", "disable", "interval", "timeout", "retries", "start_period", "start_interval"]
        }
        ("depends_on", true) => &["condition", "restart", "required"],
        ("deploy", _) => {
            &["mode", "replicas", "endpoint_mode", "placement", "resources", "restart_policy"]
        }
        ("resources", _) => &["reservations", "limits"],
        ("limits" | "reservations", _) => &["cpus", "memory", "pids", "devices"],
        ("logging", _) => &["driver", "options"],
        ("ports", true) => {
            &["name", "mode", "host_ip", "published", "target", "protocol", "app_protocol"]
        }
        ("volumes" | "configs" | "secrets" | "watch", true) => {
            &["action", "type", "path", "source", "target", "uid", "gid", "mode", "read_only"]
        }
        (_, true) => &["name", "type"],
        _ => &[],
    };
    Keys::Fields(fields)
}

const SERVICE: &[&str] = &[
    "extends",
    "image",
    "pull_policy",
    "build",
    "platform",
    "profiles",
    "container_name",
    "hostname",
    "entrypoint",
    "command",
    "working_dir",
    "user",
    "group_add",
    "init",
    "read_only",
    "privileged",
    "cap_drop",
    "cap_add",
    "security_opt",
    "ulimits",
    "sysctls",
    "ports",
    "expose",
    "env_file",
    "environment",
    "configs",
    "secrets",
    "volumes",
    "tmpfs",
    "shm_size",
    "depends_on",
    "healthcheck",
    "networks",
    "network_mode",
    "dns",
    "extra_hosts",
    "restart",
    "stop_grace_period",
    "stop_signal",
    "deploy",
    "develop",
    "logging",
    "labels",
];
