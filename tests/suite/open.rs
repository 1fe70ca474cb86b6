//! Findings that are known and still open. The goal is an empty list.
//!
//! A number is exact: one more is a new finding, and one less is a line to be mended here.

/// So many findings of a rule are open.
pub(crate) struct Open {
    pub(crate) tool: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) count: usize,
    /// What `iac` is to write.
    pub(crate) needs: &'static str,
}

const fn open(tool: &'static str, rule: &'static str, count: usize, needs: &'static str) -> Open {
    Open { tool, rule, count, needs }
}

const SPREAD: &str = "spread constraints, from two replicas on";
const STORAGE: &str = "a request and a limit of ephemeral storage for every container";

pub(crate) const OPEN: &[Open] = &[
    open("kube-score", "deployment-has-host-podantiaffinity", 12, SPREAD),
    open("kube-score", "statefulset-has-host-podantiaffinity", 2, SPREAD),
    open("kube-score", "container-ephemeral-storage-request-and-limit", 56, STORAGE),
];
