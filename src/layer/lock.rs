//! Files that machines write: releases and the lock.

use crate::value::{Digest, ImageName, Name, Tag};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which version of each own image a system runs: `environments/<system>/release.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(expecting = "a map of services, each `{ version, digest }`")]
pub struct Release(pub BTreeMap<Name, Released>);

/// A version of an own image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map `{ version, digest }`")]
pub struct Released {
    /// The version, which is also the image's tag.
    ///
    /// Example: `version: "1.4.2"`
    pub version: Tag,
    /// The image's digest.
    ///
    /// Example: `digest: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"`
    pub digest: Digest,
}

/// What everything that moves is pinned to: `environments/lock.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a map of keys such as `iac` and `images`")]
pub struct Lock {
    /// The minor version of iac that writes this tree.
    ///
    /// Example: `iac: "0.1"`
    pub iac: Option<String>,
    /// Images by name, with their tag and digest.
    ///
    /// Example: `images: { docker.io/valkey/valkey: { tag: "9.1.2" } }`
    pub images: Option<BTreeMap<ImageName, LockedImage>>,
    /// Programs that builds install, with their version.
    ///
    /// Example: `tools: { cargo-chef: { version: "0.1.78" } }`
    pub tools: Option<BTreeMap<Name, LockedTool>>,
}

/// The version of a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map `{ version, seen }`")]
pub struct LockedTool {
    /// The version.
    ///
    /// Example: `version: "0.1.78"`
    pub version: Tag,
    /// When this was seen.
    ///
    /// Example: `seen: "2026-10"`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// An image's tag and digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map `{ tag, digest, seen }`")]
pub struct LockedImage {
    /// The tag.
    ///
    /// Example: `tag: "9.1.2"`
    pub tag: Tag,
    /// The digest; without it the image stands by its tag, with a warning.
    ///
    /// Example: `digest: "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// When this was seen.
    ///
    /// Example: `seen: "2026-10"`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}
