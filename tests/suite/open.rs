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

const POLICIES: &str = "network policies, made of flows";

pub(crate) const OPEN: &[Open] = &[
    open("kube-score", "pod-networkpolicy", 52, POLICIES),
    open("checkov", "CKV2_K8S_6", 52, POLICIES),
];
