//! Keys that exclude each other: one table for reading, merging and the editor's schemas.

/// Groups of keys of which only one may be said, by the name of the type. The first key of a group
/// stands for it in messages.
#[must_use]
pub fn exclusive(name: &str) -> &'static [&'static [&'static str]] {
    match name {
        "Service" => &[&["build"], &["kind", "version", "options", "mirror"], &["image"]],
        "Build" => &[
            &["language", "strategy"],
            &["template"],
            &["dockerfile", "args", "target"],
            &["other-repository"],
        ],
        "Volume" => &[&["size", "tier", "shared"], &["scratch", "memory"], &["of"]],
        "Probe" => &[&["path", "headers"], &["grpc"], &["tcp"], &["exec"]],
        "Expose" | "ExposeOverride" => &[&["host"], &["hosts"]],
        "Gateway" => &[&["parent", "class", "listeners"], &["ingress-class"]],
        "SecretBackend" => &[&["external-secrets"], &["sops"], &["manual"]],
        "MakeBy" => &[&["length", "alphabet"], &["command", "gives"]],
        "KindFile" => &[&["text"], &["yaml"], &["derive"]],
        "Bind" => &[&["text"], &["secret"]],
        "KindOption" => &[
            &["one-of"],
            &["quantity"],
            &["text"],
            &["number"],
            &["duration"],
            &["map"],
            &["scalars"],
        ],
        _ => &[],
    }
}
