//! Capabilities of the Linux kernel.

use super::error::ValueError;
use super::scalar::{Scalar, text};
use crate::finding::nearest;
use std::str::FromStr;

/// A capability, as Kubernetes writes it: `NET_ADMIN`, not `CAP_NET_ADMIN`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capability(String);

/// Those of Linux 5.9, the last that got a new one.
const KNOWN: &[&str] = &[
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

impl FromStr for Capability {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if KNOWN.contains(&text) {
            return Ok(Self(text.to_owned()));
        }
        let upper = text.trim().to_ascii_uppercase().replace('-', "_");
        let meant = upper.strip_prefix("CAP_").unwrap_or(&upper);
        let meant = nearest(meant, KNOWN.iter().copied());
        let reason = match text {
            "ALL" => "all of them are `privileged: { why: … }`",
            _ => "it is a name of the kernel's, without `CAP_`, such as `NET_ADMIN`",
        };
        Err(ValueError::not(text, Self::WHAT, reason).write(meant.filter(|_| text != "ALL")))
    }
}

impl Scalar for Capability {
    const WHAT: &'static str = "a capability";
    const DESCRIPTION: &'static str = "A capability of the Linux kernel, without `CAP_`.";
    const PATTERN: &'static str = "^[A-Z]+(_[A-Z]+)*$";
    const EXAMPLES: &'static [&'static str] = KNOWN;
    const CLOSED: bool = true;
}

text!(Capability);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{bad, good};

    #[test]
    fn the_kernels_names() {
        good::<Capability>(&[("NET_ADMIN", "NET_ADMIN"), ("BPF", "BPF")]);
        let not = "is not a capability: it is a name of the kernel's, without `CAP_`, such as \
                   `NET_ADMIN`";
        bad::<Capability>(&[
            ("CAP_NET_ADMIN", &format!("`CAP_NET_ADMIN` {not}\nhelp: write `NET_ADMIN`")),
            ("net-raw", &format!("`net-raw` {not}\nhelp: write `NET_RAW`")),
            ("SYS_ADMN", &format!("`SYS_ADMN` {not}\nhelp: write `SYS_ADMIN`")),
            ("everything", &format!("`everything` {not}")),
            ("ALL", "`ALL` is not a capability: all of them are `privileged: { why: … }`"),
        ]);
        assert!(KNOWN.is_sorted());
    }
}
